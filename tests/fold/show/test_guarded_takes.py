"""What a take is kept from while it records, what it begins with that could spoil it, and what is forced upon it."""

from __future__ import annotations

import pytest

from stage.config.starting_values import tree_of
from stage.show.frame.inputs import Cause, TakeReport
from stage.words.sentences import health_lines, refusal_line, sentence
from tests.building import command, freed, inputs_at, set_heading, set_to, stage, start_take, step, stop_take
from tests.fold.show.air_stage import ready, stage_of_worlds
from tests.fold.show.people_refusals import ANNA, BEN, STAGE, Desk

TREE = tree_of(STAGE.config)
GUARDED = {
    "/world/guide",
    "/wall/main/latency_ms",
    "/wall/main/pattern",
    "/wall/main/grey_level",
    "/tracker/t/delay_ms",
    *(f"/tracker/t/offset/{name}" for name in ("x_m", "y_m", "z_m", "pan_deg", "tilt_deg", "roll_deg")),
    *(f"/camera/A/manual/{name}" for name in ("x_m", "y_m", "z_m", "pan_deg", "tilt_deg", "roll_deg")),
    *(
        f"/camera/A/{name}"
        for name in ("source", "parked", "outline", "priority", "focal_length_mm", "feather_px", "lens")
    ),
    *(f"/camera/A/{name}" for name in ("overscan_deg", "overscan_floor_deg", "overscan_ceiling_deg")),
    *(f"/camera/A/key/{name}" for name in ("enabled", "region", "red", "green", "blue", "markers")),
    *(f"/camera/A/key/marker_{name}" for name in ("exposure_stops", "spacing_deg", "size_deg")),
}
"""Written out once more: a declaration that is unguarded by mistake must not pass."""
NEVER_GUARDED = ("/output/blackout", "/output/freeze", "/outer/freeze", "/world/active", "/time/hour", "/place/date")
LATENCY, PATTERN, TINT = "/wall/main/latency_ms", "/wall/main/pattern", "/grade/tint"


def another(parameter):
    """A value that the parameter does not have."""
    if parameter.kind == "boolean":
        return not parameter.default
    if parameter.kind == "float":
        return parameter.maximum if parameter.default != parameter.maximum else parameter.minimum
    return next((choice for choice in parameter.choices if choice != parameter.default), "2026-01-01")


def recording():
    desk = Desk()
    desk.starts_take(BEN)
    return desk


def test_the_declarations_are_guarded_that_could_spoil_a_take_and_no_others():
    assert {parameter.path for parameter in TREE if parameter.guarded} == GUARDED
    assert not GUARDED & set(NEVER_GUARDED)
    assert not any(TREE[path].look for path in GUARDED)


def test_every_guarded_value_and_no_other_is_refused_while_a_take_records():
    desk = recording()
    for parameter in TREE:
        if parameter.path == "/world/active":
            continue
        (answer,) = desk.does(ANNA, set_to(parameter.path, another(parameter))).answers
        assert (answer.refusal is not None) == (parameter.path in GUARDED), parameter.path
        if answer.refusal is not None:
            assert refusal_line(answer.refusal).startswith(f"recording: {parameter.path} stays as it is")
            assert answer.refusal.code == "conflict"


def test_a_world_may_be_cut_and_dissolved_to_while_a_take_records():
    show = stage_of_worlds().show()
    step(show, 0, observations=ready("valley", "office"))
    step(show, 1, start_take("one"))
    step(show, 2, {"/world/active": "office"}, observations=[TakeReport(name="one", state="recording", count=1)])
    assert step(show, 3).air.on_air == "office"


def test_values_that_do_not_change_and_tools_that_go_off_are_never_refused():
    desk = Desk()
    desk.does(ANNA, set_to(PATTERN, "grid"))
    desk.starts_take(BEN)
    for path, value, refused in (
        (LATENCY, desk.value(LATENCY), False),
        (PATTERN, "bars", True),
        (PATTERN, "off", False),
        ("/camera/A/source", desk.value("/camera/A/source"), False),
    ):
        (answer,) = desk.does(ANNA, set_to(path, value)).answers
        assert (answer.refusal is not None) == refused, path


def test_a_heading_is_refused_while_a_take_records_and_turned_by_force():
    desk = Desk()
    desk.show.step(inputs_at(0, datagrams=[freed(0, 30.0)]))
    desk.frame = 0
    desk.starts_take(BEN)
    for request, turned in ((set_heading("t"), 0.0), (set_heading("t", by_deg=5.0), 0.0)):
        assert desk.does(ANNA, request).answers[0].refusal.reason == "kept_from_take"
        assert desk.value("/tracker/t/offset/pan_deg") == turned
    desk.does(ANNA, set_heading("t", by_deg=170.0, force=True), set_heading("t", by_deg=20.0, force=True))
    assert desk.value("/tracker/t/offset/pan_deg") == -170.0


def test_what_is_forced_upon_a_take_stands_in_health_with_who_did_it_until_it_is_acknowledged():
    desk = recording()
    assert desk.does(ANNA, set_to(LATENCY, 9.0, force=True), role="director").answers[0].refusal.code == "forbidden"
    desk.does(ANNA, set_to(TINT, 0.5, force=True), person="Anna")
    assert not forced(desk.idle())
    desk.does(ANNA, set_to(LATENCY, 9.0, force=True), person="Anna")
    desk.does(BEN, set_to(PATTERN, "grid", force=True))
    (finding,) = forced(desk.idle())
    assert (finding.severity, finding.values["count"]) == ("note", 2)
    assert health_lines([finding]) == (
        "take one: /wall/main/pattern was forced while it records, 2 in all: by a client without a name",
    )
    desk.does(ANNA, set_to(LATENCY, 8.0, force=True), person="Anna")
    assert health_lines(forced(desk.idle()))[0].endswith("3 in all: by Anna")


def test_outside_a_take_force_is_nothing_special():
    desk = Desk()
    assert desk.does(ANNA, set_to(LATENCY, 9.0, force=True)).answers[0].refusal is None
    desk.starts_take(BEN)
    desk.does(BEN, stop_take())
    assert desk.does(ANNA, set_to(LATENCY, 7.0)).answers[0].refusal is None
    assert not forced(desk.idle())


def test_a_tracker_that_is_lost_during_a_take_is_an_alarm_in_the_very_frame():
    show = STAGE.show()
    step(show, 0, start_take("one"), datagrams=[freed(0)])
    lost = None
    for frame in range(1, 120):
        outcome = show.step(inputs_at(frame, observations=[TakeReport(name="one", state="recording", count=1)]))
        (tracker,) = outcome.trackers
        found = [one.severity for one in outcome.health if one.code == "tracker_lost"]
        assert found == (["alarm"] if tracker.state == "lost" else [])
        lost = lost or (frame if found else None)
    assert lost is not None


SEEN = {
    "a fade": ([set_to(TINT, 1.0, fade_s=10.0)], "fades still running: 1, /grade/tint among them"),
    "a pattern": ([set_to(PATTERN, "grid")], "/wall/main/pattern is grid, normally off"),
    "freeze": ([set_to("/output/freeze", value=True)], "/output/freeze is on, normally off"),
    "a key patch": ([set_to("/camera/A/key/enabled", value=True)], "/camera/A/key/enabled is on, normally off"),
}


@pytest.mark.parametrize(("requests", "line"), SEEN.values(), ids=SEEN)
def test_a_take_that_starts_warns_of_what_could_spoil_it(requests, line):
    show = STAGE.show()
    step(show, 0, *requests, datagrams=[freed(0)])
    assert warned(show, 1, freed=True) == [line]
    assert [sentence(one.code, one.values) for one in show.state.take.warnings] == [line]


def test_a_take_that_starts_when_all_is_well_warns_of_nothing():
    show = STAGE.show()
    step(show, 0, datagrams=[freed(0)])
    assert warned(show, 1, freed=True) == []


def test_a_take_that_starts_warns_of_a_tracker_that_is_late_or_lost():
    for frame, state in ((1, "has sent nothing yet"), (8, "is late"), (90, "is lost")):
        show = STAGE.show()
        if state != "has sent nothing yet":
            step(show, 0, datagrams=[freed(0)])
        (line,) = warned(show, frame)
        assert f"tracker t {state}" in line


def test_a_take_that_starts_warns_of_a_world_that_loads_and_of_one_that_still_comes():
    show = stage_of_worlds().show()
    step(show, 0, observations=ready("valley"))
    step(show, 1, {"/world/active": "office"})
    assert warned(show, 2) == ["world office is still being read"]
    show = stage_of_worlds().show()
    step(show, 0, observations=ready("valley", "office"))
    step(show, 1, set_to("/world/active", "office", fade_s=5.0))
    assert warned(show, 2) == ["a dissolve to world office still runs"]


def test_a_take_that_starts_warns_of_little_disk():
    low = TakeReport(name="one", state="disk_low", cause=Cause(code="disk_low", values={"free_mb": 700}), count=1)
    show = stage().show()
    step(show, 0)
    assert warned(show, 1, low) == ["700 MB are free on the takes' disk"]


def test_the_warnings_of_a_take_come_with_its_answer_again():
    show = stage().show()
    step(show, 0, set_to("/output/freeze", value=True))
    asked = command(start_take("one"), request_id="a")
    show.step(inputs_at(1, asked))
    (first,) = show.step(inputs_at(2, observations=[TakeReport(name="one", state="recording", count=1)])).answers
    assert show.step(inputs_at(9, asked)).answers == (first,)
    assert [one.code for one in first.warnings] == ["value_in_force"]


def warned(show, frame, *reports, **given):
    """What a take warns of that starts in this frame, as sentences; in the next one the recorder has it on disk."""
    packets = [freed(frame)] if given.get("freed") else []
    show.step(inputs_at(frame, start_take("one"), datagrams=packets))
    begun = TakeReport(name="one", state="recording", count=1)
    (answer,) = show.step(inputs_at(frame + 1, observations=[*reports, begun])).answers
    assert answer.refusal is None
    return [sentence(one.code, one.values) for one in answer.warnings or ()]


def forced(outcome):
    return [one for one in outcome.health if one.code == "guard_forced"]
