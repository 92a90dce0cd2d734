"""How cues play: what GO, BACK, GOTO, HOLD and RESUME do, what waits and what follows on."""

from __future__ import annotations

import pytest

from stage.show.frame.requests import LookRequest
from stage.show.show import Show
from stage.show.sky.clock import DATE
from stage.show.values.fades import MIRED
from stage.values.cues import CueFields, as_number
from tests.building import UNNAMED, command, inputs_at, set_to, step, value_of
from tests.fold.show.air_stage import ACTIVE, air_at, ready
from tests.fold.show.cue_stage import (
    CUES_STAGE,
    EXPOSURE,
    HOUR,
    KELVIN,
    RATE,
    SATURATION,
    TINT,
    cue,
    exposure,
    fields,
    pointer,
    refused,
    show_with,
)

TO_2 = fields(1, {EXPOSURE: 2.0}, fade_s=1.0)
TO_4 = fields(2, {EXPOSURE: 4.0, TINT: 0.5}, fade_s=2.0)


def test_go_plays_the_cues_in_their_order_and_says_which():
    show = show_with(TO_4, TO_2)
    (answer,) = step(show, 10, cue("go")).answers
    assert (answer.value, pointer(show)) == (1.0, 1.0)
    step(show, 10 + RATE // 2)
    assert exposure(show) == 1.0
    step(show, 10 + RATE)
    assert (exposure(show), value_of(show, TINT)) == (2.0, 0.0)
    (answer,) = step(show, 100, cue("go")).answers
    step(show, 100 + RATE)
    assert (answer.value, exposure(show), value_of(show, TINT)) == (2.0, 3.0, 0.25)
    assert refused(show, 400, cue("go")) == "no_cue_left"
    assert (show.state.play.goes, pointer(show)) == (2, 2.0)


def test_go_goes_on_from_where_a_running_fade_is():
    show = show_with(TO_2, TO_4)
    step(show, 10, cue("go"))
    step(show, 40, cue("go"))
    step(show, 40 + RATE)
    assert exposure(show) == 2.5
    step(show, 40 + 2 * RATE)
    assert exposure(show) == 4.0


def test_a_cue_changes_only_what_it_holds():
    show = show_with(TO_2)
    step(show, 5, {SATURATION: 0.4, HOUR: 3.0})
    before = show.snapshot().controls.values
    step(show, 10, cue("go"))
    step(show, 100)
    changed = show.state.controls.values
    assert changed.grade.exposure_stops == 2.0
    changed.grade = before.grade
    assert changed == before


def test_back_returns_to_what_was_before_the_last_go_over_its_time_and_moves_the_pointer_back():
    show = show_with(TO_2, TO_4)
    step(show, 5, {EXPOSURE: -1.0, TINT: -0.5})
    step(show, 10, cue("go"))
    step(show, 100, cue("go"))
    (answer,) = step(show, 300, cue("back")).answers
    assert (answer.value, pointer(show)) == (2.0, 1.0)
    step(show, 300 + RATE)
    assert (exposure(show), value_of(show, TINT)) == (3.0, 0.0)
    step(show, 300 + 2 * RATE)
    assert (exposure(show), value_of(show, TINT)) == (2.0, -0.5)
    step(show, 500, cue("back"))
    step(show, 600)
    assert (exposure(show), pointer(show)) == (-1.0, 0.0)
    assert refused(show, 601, cue("back")) == "no_go_to_take_back"


def test_back_in_the_middle_of_a_fade_begins_where_it_is_and_returns_to_a_look_and_not_to_its_middle():
    show = show_with(TO_2, TO_4)
    step(show, 10, cue("go"))
    step(show, 40, cue("go"))
    step(show, 40 + RATE, cue("back"))
    assert exposure(show) == 2.5
    step(show, 300)
    assert exposure(show) == 2.0


def test_goto_plays_one_cue_alone():
    show = show_with(
        TO_2, fields(2, {SATURATION: 0.5}), fields(3, {EXPOSURE: 4.0}, follow_on=True), fields(4, {TINT: 1.0})
    )
    (answer,) = step(show, 10, cue("goto", number="3")).answers
    for frame in range(11, 30):
        step(show, frame)
    assert (answer.value, pointer(show), exposure(show)) == (3.0, 3.0, 4.0)
    assert (value_of(show, SATURATION), value_of(show, TINT)) == (1.0, 0.0)
    step(show, 40, cue("back"))
    assert (pointer(show), exposure(show)) == (0.0, 0.0)
    assert refused(show, 41, cue("goto", number=2.5)) == "no_cue"


def test_hold_stops_the_fades_of_cues_alone_and_resume_lets_them_go_on():
    show = show_with(fields(1, {EXPOSURE: 2.0, TINT: 1.0}, fade_s=1.0), fields(2, {KELVIN: 3000.0}, delay_s=1.0))
    step(show, 10, cue("go"))
    step(show, 11, set_to(SATURATION, 0.0, fade_s=1.0))
    step(show, 12, cue("go"))
    step(show, 40, cue("hold"))
    step(show, 500)
    assert (exposure(show), value_of(show, TINT), value_of(show, SATURATION)) == (1.0, 0.5, 0.0)
    assert value_of(show, KELVIN) == 6500.0
    step(show, 1000, cue("resume"))
    step(show, 1000 + 15)
    assert exposure(show) == 1.5
    step(show, 1000 + 31)
    assert (exposure(show), value_of(show, KELVIN)) == (2.0, 6500.0)
    step(show, 1000 + 32)
    assert value_of(show, KELVIN) == 3000.0


def test_a_value_that_is_touched_by_hand_leaves_its_cue():
    show = show_with(fields(1, {EXPOSURE: 2.0, TINT: 1.0}, fade_s=1.0), fields(2, {KELVIN: 3000.0}, delay_s=1.0))
    step(show, 10, cue("go"))
    step(show, 20, cue("go"))
    step(show, 30, set_to(TINT, -0.25), set_to(KELVIN, 5000.0))
    step(show, 35, cue("hold"))
    step(show, 36, set_to(EXPOSURE, -1.0, fade_s=0.5))
    step(show, 90)
    assert (exposure(show), value_of(show, TINT)) == (-1.0, -0.25)
    step(show, 100, cue("resume"))
    step(show, 400)
    assert (exposure(show), value_of(show, TINT), value_of(show, KELVIN)) == (-1.0, -0.25, 5000.0)


def test_a_delay_waits_and_what_is_set_later_wins():
    show = show_with(
        fields(1, {EXPOSURE: 2.0}, delay_s=0.5, fade_s=0.5), fields(2, {EXPOSURE: 4.0}), fields(3, {TINT: 1.0})
    )
    step(show, 10, cue("go"))
    step(show, 39)
    assert exposure(show) == 0.0
    step(show, 40)
    step(show, 55)
    assert exposure(show) == 1.0
    step(show, 100, cue("goto", number=1))
    step(show, 101, cue("go"))
    step(show, 300)
    assert exposure(show) == 4.0
    step(show, 301, cue("back"))
    assert exposure(show) == 2.0


def test_a_cue_along_ease_begins_and_ends_softly():
    show = show_with(fields(1, {EXPOSURE: 8.0}, fade_s=1.0, curve="ease"))
    step(show, 0 + 10, cue("go"))
    seen = []
    for frame in (15, 25, 40, 55, 65, 70):
        step(show, frame)
        seen.append(exposure(show))
    assert seen == pytest.approx([8 * (3 * s * s - 2 * s**3) for s in (1 / 12, 0.25, 0.5, 0.75, 11 / 12, 1.0)])


def test_kelvin_fades_in_mired_and_the_hour_along_the_clock_by_its_way_and_back():
    show = show_with(fields(1, {KELVIN: 3000.0, HOUR: 6.0}, fade_s=1.0, way="forward"))
    step(show, 5, {KELVIN: 6000.0, HOUR: 18.0})
    step(show, 10, cue("go"))
    step(show, 40)
    assert MIRED / value_of(show, KELVIN) == pytest.approx(0.5 * (MIRED / 3000.0 + MIRED / 6000.0))
    assert (value_of(show, HOUR), value_of(show, DATE)) == (0.0, "2026-06-21")
    step(show, 100, cue("back"))
    step(show, 115)
    assert value_of(show, HOUR) == 3.0
    step(show, 200)
    assert (value_of(show, HOUR), value_of(show, DATE)) == (18.0, "2026-06-20")


def test_what_follows_on_waits_for_delay_and_fade_and_belongs_to_one_go():
    show = show_with(
        fields(1, {EXPOSURE: 1.0}, delay_s=0.5, fade_s=0.5, follow_on=True),
        fields(1.1, {TINT: 0.5}, follow_on=True),
        fields(1.2, {SATURATION: 0.5}, delay_s=0.25),
        fields(2, {EXPOSURE: 3.0}),
    )
    step(show, 10, cue("go"))
    seen = {}
    for frame in range(11, 120):
        step(show, frame)
        seen.setdefault((pointer(show), value_of(show, TINT), value_of(show, SATURATION)), frame)
    assert seen == {(1.0, 0.0, 1.0): 11, (1.2, 0.5, 1.0): 70, (1.2, 0.5, 0.5): 85}
    assert show.state.play.goes == 1
    step(show, 200, cue("back"))
    step(show, 300)
    assert (pointer(show), exposure(show), value_of(show, TINT), value_of(show, SATURATION)) == (0.0, 0.0, 0.0, 1.0)


def test_a_go_while_a_cue_would_be_followed_plays_the_next_and_nothing_follows_twice():
    show = show_with(
        fields(1, {EXPOSURE: 1.0}, fade_s=1.0, follow_on=True), fields(2, {TINT: 0.5}), fields(3, {SATURATION: 0.5})
    )
    step(show, 10, cue("go"))
    step(show, 20, cue("go"))
    for frame in range(21, 200):
        step(show, frame)
    assert (pointer(show), value_of(show, SATURATION)) == (2.0, 1.0)


def test_what_follows_on_waits_while_it_is_held_and_is_off_after_back():
    show = show_with(fields(1, {EXPOSURE: 1.0}, fade_s=1.0, follow_on=True), fields(2, {TINT: 0.5}))
    step(show, 10, cue("go"))
    step(show, 40, cue("hold"))
    step(show, 300)
    step(show, 310, cue("resume"))
    step(show, 339)
    assert pointer(show) == 1.0
    step(show, 340)
    assert (pointer(show), value_of(show, TINT)) == (2.0, 0.5)
    step(show, 400, cue("back"))
    step(show, 410, cue("go"))
    step(show, 420, cue("back"))
    for frame in range(421, 600):
        step(show, frame)
    assert (pointer(show), exposure(show)) == (0.0, 0.0)


def to_office(**more: object) -> CueFields:
    return fields(1, {ACTIVE: "office", EXPOSURE: 1.0}, **more)


def test_what_follows_on_waits_for_a_world_that_loads_and_dissolves():
    show = CUES_STAGE.show()
    cues = (to_office(fade_s=0.5, follow_on=True), fields(2, {TINT: 0.5}))
    step(show, 0, cue("add", cues=cues), observations=ready("valley"))
    (answer,) = step(show, 10, cue("go")).answers
    assert answer.detail == "loading"
    for frame in range(11, 100):
        step(show, frame)
    assert (pointer(show), exposure(show)) == (1.0, 1.0)
    step(show, 100, observations=ready("office"))
    for frame in range(101, 130):
        assert air_at(show, frame).coming == "office"
        assert pointer(show) == 1.0
    step(show, 130)
    assert (pointer(show), value_of(show, TINT)) == (2.0, 0.5)


def test_hold_stops_a_dissolve_of_a_cue_and_one_that_has_not_begun():
    show = show_with(to_office(fade_s=1.0, curve="ease"), fields(2, {ACTIVE: "street"}, fade_s=1.0))
    step(show, 10, cue("go"))
    step(show, 25)
    eased = air_at(show, 25).share
    assert eased == pytest.approx(3 / 16 - 2 / 64)
    step(show, 25, cue("hold"))
    assert air_at(show, 300).share == eased
    step(show, 400, cue("resume"))
    assert air_at(show, 400 + 15).share == pytest.approx(0.5)
    assert (air_at(show, 500).on_air, air_at(show, 500).coming) == ("office", "")
    step(show, 510, set_to(ACTIVE, "valley", fade_s=1.0))
    step(show, 520, cue("hold"))
    assert air_at(show, 540).share == pytest.approx(0.5)  # by hand


def test_a_world_that_is_set_by_hand_leaves_its_held_cue():
    show = show_with(to_office(fade_s=1.0))
    step(show, 10, cue("go"))
    step(show, 40, cue("hold"))
    step(show, 100, set_to(ACTIVE, "valley"))
    step(show, 200)
    assert air_at(show, 201).on_air == "valley"


def test_a_cue_recalls_a_look_or_a_part_of_it():
    show = show_with()
    step(show, 2, {EXPOSURE: 3.0, HOUR: 5.0}, LookRequest(id=UNNAMED, action="save", name="dawn"))
    step(show, 3, {EXPOSURE: 0.0, HOUR: 12.0})
    cues = (CueFields(look="dawn", only=("time",), fade_s=0.5), CueFields(look="Dawn"), CueFields(look="gone"))
    (answer,) = step(show, 4, cue("add", cues=cues)).answers
    assert answer.look.absent == ("look gone",)
    step(show, 5, cue("go"))
    step(show, 50)
    assert (value_of(show, HOUR), exposure(show)) == (5.0, 0.0)
    step(show, 60, cue("go"))
    assert exposure(show) == 3.0
    assert refused(show, 70, cue("go")) == "cue_without_look"
    assert pointer(show) == 2.0


def test_what_is_missing_of_a_cue_is_named_and_the_rest_applies():
    show = show_with(fields(1, {ACTIVE: "nowhere", "/layer/gone/tint": 0.5, EXPOSURE: 1.0}))
    (answer,) = step(show, 10, cue("go")).answers
    assert answer.look.absent == (ACTIVE, "/layer/gone")
    assert (answer.look.count, exposure(show)) == (1, 1.0)


def test_go_sent_again_under_the_same_id_happens_once():
    show = show_with(TO_2, TO_4)
    again = command(cue("go"), request_id="go", role="director")
    first = show.step(inputs_at(10, again)).answers
    second = show.step(inputs_at(20, again, command(cue("go"), request_id="other"))).answers
    assert [one.value for one in (*first, *second)] == [1.0, 1.0, 2.0]
    assert show.state.play.goes == 2


def test_no_cue_is_kept_from_a_take():
    show = show_with(TO_2)
    step(show, 2, set_to("/wall/main/pattern", "off"))
    show.state.take.recording = True
    step(show, 10, cue("go"))
    step(show, 100)
    assert exposure(show) == 2.0


def test_a_show_restored_while_a_cue_is_held_or_waits_goes_on_alike():
    def played(show: Show, at: int | None) -> list[object]:
        asked = {10: cue("go"), 40: cue("hold"), 80: cue("resume"), 130: cue("back")}
        seen: list[object] = []
        for frame in range(2, 300):
            if frame == at:
                show = CUES_STAGE.show(show.snapshot())
            outcome = step(show, frame, *([asked[frame]] if frame in asked else []))
            seen += [outcome.plan, as_number(show.state.play.pointer)]
        return seen

    cues = (
        fields(1, {EXPOSURE: 1.0, HOUR: 4.0}, fade_s=1.0, curve="ease", follow_on=True),
        fields(2, {ACTIVE: "office", TINT: 0.5}, delay_s=0.5, fade_s=0.5, follow_on=True),
        fields(3, {ACTIVE: "street"}, fade_s=0.5),
    )
    straight = played(show_with(*cues), None)
    for at in (20, 41, 79, 81, 115, 135):
        assert played(show_with(*cues), at) == straight
