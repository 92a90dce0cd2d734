"""Cues are functions of the frame's number: frames that are skipped leave no trace, whatever was due in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.show.passing import MOST_FOLLOWING
from stage.show.show import Show
from stage.values.tree import snapshot_of
from tests.building import inputs_at, set_to
from tests.examples import costly
from tests.fold.show.air_stage import ACTIVE
from tests.fold.show.cue_stage import EXPOSURE, HOUR, TINT, cue, fields, pointer, show_with

CHAIN = range(1, 301)
SECONDS = st.sampled_from([0.0, 0.05, 0.25, 0.5])
VALUES = st.fixed_dictionaries(
    {EXPOSURE: st.floats(-4.0, 4.0)},
    optional={
        TINT: st.floats(-1.0, 1.0),
        HOUR: st.floats(0.0, 23.9),
        ACTIVE: st.sampled_from(["valley", "office", "street", "pattern"]),
    },
)
CUES = st.lists(
    st.builds(
        fields,
        st.none(),
        VALUES,
        fade_s=SECONDS,
        delay_s=SECONDS,
        curve=st.sampled_from(["linear", "ease"]),
        way=st.sampled_from(["shorter", "forward", "backward"]),
        follow_on=st.booleans(),
    ),
    min_size=1,
    max_size=6,
)
PRESSES = st.lists(
    st.tuples(st.integers(1, 50), st.sampled_from(["go", "go", "back", "hold", "resume", "hand", "world"])),
    max_size=7,
)


def numbered(cues):
    """The cues as 1, 2, 3."""
    return [
        type(one)(**{**{name: getattr(one, name) for name in one.__struct_fields__}, "number": place})
        for place, one in enumerate(cues, start=1)
    ]


def pressed(what: str):
    """What somebody does."""
    if what == "hand":
        return set_to(TINT, 0.125, fade_s=0.3)
    return set_to(ACTIVE, "valley", fade_s=0.2) if what == "world" else cue(what)


def seen_of(show: Show):
    """All that a client or a wall sees of a show, but for the count of changes."""
    state = show.state
    return snapshot_of(state.controls.values), state.play.pointer, state.air.on_air, state.air.dissolve


@given(CUES, PRESSES)
@costly(full=40, quick=15)
def test_a_show_that_steps_only_when_somebody_does_something_is_where_one_is_that_steps_every_frame(cues, presses):
    stepped, skipping = show_with(*numbered(cues)), show_with(*numbered(cues))
    frame = 1
    for gap, what in [*presses, (200, "resume"), (200, "hand")]:
        for one in range(frame + 1, frame + gap):
            stepped.step(inputs_at(one))
        frame += gap
        for show in (stepped, skipping):
            show.step(inputs_at(frame, pressed(what)))
        ours, theirs = seen_of(stepped), seen_of(skipping)
        assert ours[1:] == theirs[1:]
        assert ours[0] == pytest.approx(theirs[0], abs=1e-9)
    assert not stepped.state.controls.delayed
    assert not stepped.state.play.runs


def test_hundreds_of_cues_that_follow_on_at_once_do_so_a_few_in_a_frame():
    stepped, skipping = (show_with(*(fields(one, {TINT: one / 500}, follow_on=True) for one in CHAIN)) for _ in "ab")
    for show in (stepped, skipping):
        show.step(inputs_at(10, cue("go")))
    assert pointer(stepped) == 1 + MOST_FOLLOWING
    for frame in range(11, 40):
        stepped.step(inputs_at(frame))
        assert pointer(stepped) == 1 + MOST_FOLLOWING * (frame - 9)
    for show in (stepped, skipping):
        show.step(inputs_at(40, cue("hold")))
        show.step(inputs_at(200))
    assert seen_of(stepped) == seen_of(skipping)
    for show in (stepped, skipping):
        show.step(inputs_at(300, cue("resume")))
        show.step(inputs_at(900))
    assert seen_of(stepped) == seen_of(skipping)
    assert pointer(stepped) == len(CHAIN)
    assert not stepped.state.play.runs


@pytest.mark.parametrize("at", range(1, 90, 8))
def test_what_follows_on_does_so_when_the_last_of_two_dissolves_was_over_in_a_skipped_frame(at):
    """The second world waits until the first has made haste, so its dissolve ends long after its cue's own time."""
    cues = (
        fields(1, {ACTIVE: "office"}, fade_s=1.0),
        fields(2, {ACTIVE: "street"}, fade_s=0.25, follow_on=True),
        fields(3, {TINT: 1.0}, fade_s=2.0),
    )
    stepped, skipping = show_with(*cues), show_with(*cues)
    for show in (stepped, skipping):
        show.step(inputs_at(10, cue("go")))
        show.step(inputs_at(20, cue("go")))
    for frame in range(21, 20 + at):
        stepped.step(inputs_at(frame))
    for show in (stepped, skipping):
        show.step(inputs_at(20 + at))
        show.step(inputs_at(120))
    assert seen_of(stepped) == seen_of(skipping)
    assert stepped.state.play.pointer == 3000
