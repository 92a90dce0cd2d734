"""The fold's tests run quickly or in full: `--hypothesis-profile=quick` tries fewer examples of every law.

Beside what each of them claims, all of them watch one law: nobody changes a part of the state without saying so. A part
that was changed so stays what it was in the encoding, so one look at several quiet frames sees it.
"""

import pytest
from hypothesis import settings

from stage.show.frame.inputs import FrameInputs
from stage.show.frame.outcome import Outcome
from stage.show.show import Show
from stage.show.state import encode_state, state_in_parts
from tests.examples import QUICK

settings.register_profile("quick", max_examples=QUICK, deadline=None)
_ALL_FRAMES = 40
"""All of a show's first so many frames are looked at, and every later one in which somebody asks for something."""
_QUIET_FRAMES = 8
"""One of so many is looked at of the others."""
_step = Show.step


def _watched_step(show: Show, inputs: FrameInputs) -> Outcome:
    outcome = _step(show, inputs)
    is_asked = inputs.commands or inputs.observations or inputs.redone
    if inputs.frame > _ALL_FRAMES and inputs.frame % _QUIET_FRAMES and not is_asked:
        return outcome
    encoded = state_in_parts(show.state)
    assert encoded.whole() == encode_state(show.state), "a part of the state was changed without note_change()"
    return outcome


@pytest.fixture(autouse=True, scope="session")
def _parts_that_change_say_so() -> None:
    Show.step = _watched_step  # type: ignore[method-assign]  # the real step, and a look at what it left
