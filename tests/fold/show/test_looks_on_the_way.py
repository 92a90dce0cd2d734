"""A look that is recalled while its values are on their way to it: they arrive when the look does."""

from __future__ import annotations

import pytest

from stage.show.frame.requests import LookRequest
from stage.show.looks.recall import is_in_force
from stage.show.looks.shelf import CalledLook, look_called
from stage.show.show import Show
from stage.values.cues import CueFields
from tests.building import UNNAMED, set_to, step, value_of
from tests.fold.show.air_stage import ACTIVE, air_at
from tests.fold.show.cue_stage import EXPOSURE, KELVIN, TINT, cue, exposure, fields, show_with


def look(action: str, **more: object) -> LookRequest:
    return LookRequest(id=UNNAMED, action=action, name="night", **more)


def is_shown(show: Show) -> bool:
    """Whether the look is said to be in force."""
    state, called = show.state, look_called(show.state.looks, "night")
    assert isinstance(called, CalledLook)
    return is_in_force(called, state.looks, state.air, state.controls, show.tree)


def on_the_way(**more: object) -> Show:
    """A show whose cue is on its way to its look, two stops down, for twenty seconds from frame 10 on."""
    show = show_with(CueFields(number=1, look="night", fade_s=20.0, **more))
    step(show, 2, {EXPOSURE: -2.0}, look("save"))
    step(show, 3, {EXPOSURE: 0.0})
    step(show, 10, cue("go"))
    return show


def test_a_look_that_its_cue_still_fades_to_is_in_force_at_once_when_it_is_recalled() -> None:
    show = on_the_way()
    step(show, 610)
    assert exposure(show) == -1.0
    step(show, 611, look("recall"))
    assert exposure(show) == -2.0


def test_it_arrives_in_the_time_of_the_recall_where_that_has_one() -> None:
    show = on_the_way()
    step(show, 610)
    step(show, 610, look("recall", fade_s=1.0))
    step(show, 640)
    assert exposure(show) == -1.5
    step(show, 670)
    assert exposure(show) == -2.0


def test_a_look_whose_cue_is_held_is_not_in_force_until_it_is_recalled() -> None:
    show = on_the_way()
    step(show, 300)
    assert is_shown(show)
    step(show, 310, cue("hold"))
    assert not is_shown(show)
    step(show, 320, look("recall"))
    assert exposure(show) == -2.0
    assert is_shown(show)
    step(show, 330, cue("resume"))
    step(show, 900)
    assert exposure(show) == -2.0


def test_what_waits_for_its_cue_is_left_to_the_look_also_where_it_is_so_already() -> None:
    show = show_with(fields(1, {TINT: 1.0, KELVIN: 3000.0}, delay_s=1.0))
    step(show, 2, look("save", only=("grade",)))
    step(show, 10, cue("go"))
    step(show, 20, look("recall", only=("grade",)))
    step(show, 200)
    assert (value_of(show, TINT), value_of(show, KELVIN)) == (0.0, 6500.0)


@pytest.mark.parametrize("by_hand", [False, True], ids=["recalled", "set"])
def test_a_dissolve_that_is_held_goes_on_when_its_world_is_asked_for(*, by_hand: bool) -> None:
    show = show_with(fields(1, {ACTIVE: "office"}, fade_s=1.0))
    step(show, 2, {ACTIVE: "office"})
    step(show, 3, look("save", only=("world",)))
    step(show, 4, {ACTIVE: "valley"})
    step(show, 10, cue("go"))
    step(show, 40, cue("hold"))
    assert air_at(show, 300).coming == "office"
    step(show, 301, set_to(ACTIVE, "office") if by_hand else look("recall"))
    assert air_at(show, 400).on_air == "office"
