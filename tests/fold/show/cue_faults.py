"""Every way in which a cue is refused, and what the next one may lack."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from stage.show.cues.playing import MOST_DELAYED_VALUES
from stage.show.frame.requests import LookRequest
from stage.show.values.delayed import Delayed
from stage.values.cues import LARGEST_NUMBER, MOST_BYTES, MOST_CUES, Cue, CueFields
from tests.building import inputs_at
from tests.fold.show.cue_stage import CUES_STAGE, EXPOSURE, cue, fields
from tracking.records import Scalar

Coded = tuple[str, dict[str, Scalar]]


def refused_cues() -> Iterator[Coded]:
    """The codes of all refusals, with their values."""
    asked = (
        cue("go"),
        cue("back"),
        cue("add"),
        cue("add", cues=(fields(1, {EXPOSURE: 1.0}), CueFields(number=2, look="none"))),
        cue("goto", number=2),
        cue("goto", number=3),
        cue("goto"),
        cue("goto", number="one"),
        cue("add", cues=(fields(1, {EXPOSURE: 1.0}),)),
        cue("add", cues=(fields(4, {"/wall/main/latency_ms": 1.0}),)),
        cue("add", cues=(fields(4, {EXPOSURE: 1.0}, name="two\nlines"),)),
        cue("add", cues=(fields(4, {EXPOSURE: 1.0}, look="none"),)),
        cue("add", cues=(CueFields(number=4),)),
        cue("add", cues=(fields(4, {EXPOSURE: 1.0}, only=("light",)),)),
        cue("add", cues=(fields(1.001, {EXPOSURE: 1.0}),)),
        cue("add", after=1, cues=(CueFields(values={EXPOSURE: 1.0}),)),
        cue("goto", number=1),
        cue("delete", number=1, to=9999),
        cue("add", cues=(fields(1, {EXPOSURE: 1.0}),)),
        cue("goto", number=1),
        cue("go"),
    )
    show = CUES_STAGE.show()
    for frame, request in enumerate(asked):
        answers = show.step(inputs_at(frame, request)).answers
        yield from ((one.refusal.reason, one.refusal.values) for one in answers if one.refusal is not None)
    yield from _of_many()
    yield from _of_waiting()


def _of_many() -> Iterator[Coded]:
    """A list that is full, in numbers and in bytes."""
    for count, content in ((MOST_CUES, b"\x80"), (1, bytes(MOST_BYTES))):
        show = CUES_STAGE.show()
        full = [Cue(number=1000 + number, content=content, count=1) for number in range(count)]
        show.state.cues.note_change()
        show.state.cues.cues = [*full, Cue(number=LARGEST_NUMBER, look="last")][-MOST_CUES:]
        for one in (fields(1.9, {EXPOSURE: 1.0}), fields(msgspec.UNSET, {EXPOSURE: 1.0})):
            answers = show.step(inputs_at(0, cue("add", cues=(one,)))).answers
            yield from ((one.refusal.reason, one.refusal.values) for one in answers if one.refusal is not None)


def lacking_cues() -> Iterator[Coded]:
    """The codes in health of a next cue whose look or world is not there."""
    show = CUES_STAGE.show()
    cues = (CueFields(number=1, look="none"), fields(2, {"/world/active": "nowhere"}))
    show.step(inputs_at(0, LookRequest(id="look", action="save", name="look"), cue("add", cues=cues)))
    for frame, number in enumerate((1, 2), start=1):
        show.state.play.note_change()
        show.state.play.pointer = 1000 * (number - 1)
        for later in range(40):
            outcome = show.step(inputs_at(100 * frame + later))
        yield from ((finding.code, finding.values) for finding in outcome.health)


def _of_waiting() -> Iterator[Coded]:
    """The code where the values of many cues wait for their delays."""
    show = CUES_STAGE.show()
    show.step(inputs_at(0, cue("add", cues=(fields(1, {EXPOSURE: 1.0}),))))
    values = {f"/{number}": 0.0 for number in range(MOST_DELAYED_VALUES + 1)}
    show.state.controls.delayed.append(Delayed(number=9000, frame=1 << 40, values=values))
    answers = show.step(inputs_at(1, cue("go"))).answers
    yield from ((one.refusal.reason, one.refusal.values) for one in answers if one.refusal is not None)
