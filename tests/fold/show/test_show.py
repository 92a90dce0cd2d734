"""What a show does with trackers, holds, freezes, worlds and time, with real packets and requests."""

import pytest

from stage.show.camera.mounts import orbit_pose
from stage.words.sentences import health_lines, hold_line
from tests.building import (
    START_NS,
    TRANSIT_NS,
    batch,
    codes,
    freed,
    inputs_at,
    ready,
    set_heading,
    set_to,
    step,
    value_of,
    view_of,
)
from tests.fold.show.eventful import EVENTFUL, freed_orbit
from tracking.rotation import pan_tilt_roll_from_quat, quat_from_pan_tilt_roll


def test_a_fade_ends_on_time_although_frames_are_skipped():
    show = EVENTFUL.show()
    step(show, 0, set_to("/grade/exposure_stops", 3.0, fade_s=1.0))
    assert step(show, 30).plan.grade.exposure_stops == pytest.approx(1.5)
    assert step(show, 75).plan.grade.exposure_stops == 3.0


def test_lost_tracker_holds_last_pose():
    show = EVENTFUL.show()
    for frame in range(60):
        step(show, frame, datagrams=[freed_orbit(frame)])
    eyes = [view_of(step(show, frame).plan).eye_m for frame in range(60, 200)]
    assert eyes[-1] == pytest.approx(eyes[-30], abs=1e-3)
    assert any("tracker f is lost" in line for line in health_lines(step(show, 200).health))


def test_prediction_carries_the_pose_to_the_light():
    show = EVENTFUL.show()
    for frame in range(120):
        plan = step(show, frame, datagrams=[freed_orbit(frame)]).plan
    view = view_of(plan)
    light_s = (view.light_ns - (START_NS - TRANSIT_NS)) * 1e-9
    assert view.eye_m == pytest.approx(orbit_pose(light_s).position_m, abs=0.004)


def test_an_impossible_camera_is_held_on_that_wall_and_the_others_continue():
    show = EVENTFUL.show()
    step(show, 0, {"/camera/A/source": "manual"})
    possible = step(show, 1).plan
    outcome = step(show, 2, {"/camera/A/manual/y_m": 8.0, "/camera/A/manual/pan_deg": 180.0})
    wall = outcome.plan.walls[0]
    assert "behind wall main" in hold_line(wall.holds)
    assert "wall_held" in codes(outcome)
    assert view_of(outcome.plan, "A") == view_of(possible, "A")
    assert view_of(outcome.plan, "B").light_ns == wall.light_ns


def test_freeze_keeps_the_picture_and_blackout_still_works_over_it():
    show = EVENTFUL.show()
    step(show, 0, {"/camera/A/source": "orbit"})
    frozen = step(show, 1, {"/output/freeze": True}).plan
    later = step(show, 30, {"/output/blackout": True}).plan
    assert (later.inners, later.walls, later.air) == (frozen.inners, frozen.walls, frozen.air)
    assert later.blackout
    assert step(show, 31, {"/output/freeze": False}).plan.inners != frozen.inners


def test_set_heading_turns_the_camera_to_the_pan_that_was_asked_for():
    show = EVENTFUL.show()
    for frame in range(10):
        step(show, frame, datagrams=[freed(frame, 33.0, 4.0)])
    ahead = view_of(step(show, 10, set_heading("f")).plan).ahead
    assert ahead[0] == pytest.approx(0.0, abs=1e-3)
    assert pan_tilt_roll_from_quat(quat_from_pan_tilt_roll(33.0, 4.0, 0.0))[0] == pytest.approx(33.0)


def test_heading_of_an_unknown_tracker_is_refused_with_the_trackers_there_are():
    refusal = EVENTFUL.show().step(inputs_at(0, set_heading("g"))).answers[0].refusal
    assert (refusal.code, refusal.reason) == ("unknown_path", "no_tracker")
    assert refusal.values == {"tracker": "g", "trackers": "f, serial, o"}


def test_heading_of_a_tracker_that_has_sent_nothing_is_a_conflict():
    refusal = EVENTFUL.show().step(inputs_at(0, set_heading("f"))).answers[0].refusal
    assert (refusal.code, refusal.reason) == ("conflict", "no_pose_yet")


def test_the_world_is_named_by_its_asset_only_once_it_is_ready():
    show = EVENTFUL.show()
    assert step(show, 0).plan.air.world.layers[0].light.asset == ""
    assert step(show, 1, observations=[ready("12" * 32)]).plan.air.world.layers[0].light.asset == "12" * 32


def test_the_time_of_day_stands_until_it_is_set_running_and_then_runs_at_its_speed():
    show = EVENTFUL.show()
    step(show, 0)
    step(show, 600)
    assert value_of(show, "/time/hour") == 12.0
    step(show, 601, {"/time/running": True, "/time/speed": 3600.0})
    step(show, 601 + 120)
    assert value_of(show, "/time/hour") == pytest.approx(14.0, abs=0.02)
    step(show, 601 + 121, {"/world/freeze_time": True})
    stood = value_of(show, "/time/hour")
    step(show, 601 + 500)
    assert value_of(show, "/time/hour") == stood


def test_an_hour_that_fades_while_time_runs_arrives_at_its_target_and_runs_on():
    show = EVENTFUL.show()
    step(show, 0, {"/time/running": True, "/time/speed": 3600.0})
    step(show, 60, set_to("/time/hour", 18.0, fade_s=2.0))
    begun = value_of(show, "/time/hour")
    step(show, 120)
    assert value_of(show, "/time/hour") == pytest.approx(0.5 * (begun + 18.0), abs=0.1)
    step(show, 180)
    assert value_of(show, "/time/hour") == pytest.approx(18.0)
    step(show, 240)
    assert value_of(show, "/time/hour") == pytest.approx(19.0, abs=0.02)


def test_a_margin_adapts_until_it_is_given_as_a_number():
    show = EVENTFUL.show()
    step(show, 0)
    assert show.state.controls.values.camera["A"].overscan_mode == "follow"
    step(show, 1, set_to("/camera/A/overscan_deg", 5.0))
    assert show.state.controls.values.camera["A"].overscan_mode == "fixed"
    assert show.state.controls.values.camera["B"].overscan_mode == "follow"
    step(show, 2, batch({"/camera/B/overscan_deg": 4.0, "/camera/B/overscan_mode": "follow"}))
    assert show.state.controls.values.camera["B"].overscan_mode == "follow"
