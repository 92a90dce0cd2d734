"""Findings: since which frame each has been there, what makes two of them the same, and that a snapshot keeps that."""

import pytest

from stage.show.frame.inputs import Dropped
from stage.show.report.health import Fault, HealthState, findings_of
from stage.show.state import decode_state, encode_state
from tests.building import SOURCE, camera, digest, freed, inputs_at, side_wall, stage, start_take, step, tracker, wall

STAGE = stage(wall(), side_wall(), tracker("t"), tracker("u", camera_id=2), camera("A", tracker="t"))


def since(outcome):
    """The first frame of each finding, by its code and what it is about."""
    subjects = ("tracker", "wall", "source", "why")
    return {
        (finding.code, *(finding.values[name] for name in subjects if name in finding.values)): finding.since_frame
        for finding in outcome.health
    }


def heard(show, frame, *camera_ids):
    return step(show, frame, datagrams=[freed(frame, camera_id=camera_id) for camera_id in camera_ids])


def test_a_finding_carries_its_first_frame_as_long_as_it_lasts():
    show = STAGE.show()
    for frame in range(3, 40):
        assert since(step(show, frame)) == {("tracker_never", "t"): 3, ("tracker_never", "u"): 3}


def test_a_finding_that_comes_back_after_a_break_is_a_new_one():
    show = STAGE.show()
    first = heard(show, 0, 1, 2)
    assert since(first) == {}
    lost_at = [frame for frame in range(1, 60) if ("tracker_lost", "t") in since(step(show, frame))]
    assert since(step(show, 60))["tracker_lost", "t"] == lost_at[0]
    assert ("tracker_lost", "t") not in since(heard(show, 61, 1))
    again = next(frame for frame in range(62, 160) if ("tracker_lost", "t") in since(step(show, frame)))
    assert since(step(show, 160))["tracker_lost", "t"] == again > lost_at[-1]


def test_each_subject_has_a_first_frame_of_its_own():
    show = STAGE.show()
    assert since(heard(show, 0, 2)) == {("tracker_never", "t"): 0}
    for frame in range(1, 60):
        outcome = step(show, frame)
    found = since(outcome)
    assert found["tracker_never", "t"] == 0
    assert 20 < found["tracker_lost", "u"] < 40


def test_late_and_lost_are_two_findings():
    show = STAGE.show()
    heard(show, 0, 1, 2)
    seen = [since(step(show, frame)) for frame in range(1, 60)]
    (late_at,) = {found["tracker_late", "t"] for found in seen if ("tracker_late", "t") in found}
    (lost_at,) = {found["tracker_lost", "t"] for found in seen if ("tracker_lost", "t") in found}
    assert late_at < lost_at


def test_a_count_that_rises_does_not_make_a_finding_new():
    show = STAGE.show()
    for frame in range(5, 100, 10):
        outcome = step(show, frame, observations=[Dropped(source=SOURCE, count=7, cause="kernel")])
        assert since(outcome)["input_dropped", SOURCE, "dropped_kernel"] == 5
    (dropped,) = [finding for finding in outcome.health if finding.code == "input_dropped"]
    assert dropped.values["count"] == 70


def test_two_causes_on_one_source_are_two_findings():
    show = STAGE.show()
    step(show, 5, observations=[Dropped(source=SOURCE, count=1, cause="kernel")])
    found = since(step(show, 9, observations=[Dropped(source=SOURCE, count=1, cause="too_long")]))
    assert found["input_dropped", SOURCE, "dropped_kernel"] == 5
    assert found["input_dropped", SOURCE, "dropped_too_long"] == 9


def test_a_view_held_on_two_walls_is_two_findings_that_end_apart():
    show = STAGE.show()
    manual = {"/camera/A/source": "manual", "/camera/A/manual/y_m": 8.0, "/camera/A/manual/pan_deg": 180.0}
    step(show, 0, manual)
    held = {key: frame for key, frame in since(step(show, 1)).items() if key[0] == "wall_held"}
    assert held == {("wall_held", "main", "behind_wall"): 0}
    step(show, 2, {"/camera/A/focal_length_mm": 0.5})
    found = {key: frame for key, frame in since(step(show, 3)).items() if key[0] == "wall_held"}
    assert found == {
        ("wall_held", "main", "focal_length_absurd"): 2,
        ("wall_held", "side", "focal_length_absurd"): 2,
    }


@pytest.mark.parametrize("cut", [1, 20, 45, 70])
def test_a_snapshot_keeps_the_first_frames(cut):
    frames = [inputs_at(frame, datagrams=[freed(frame)] if frame == 0 or frame > 60 else []) for frame in range(80)]
    whole, begun = STAGE.show(), STAGE.show()
    digests = [digest(whole.step(inputs)) for inputs in frames]
    for inputs in frames[:cut]:
        begun.step(inputs)
    resumed = STAGE.show(decode_state(encode_state(begun.snapshot())))
    assert [digest(resumed.step(inputs)) for inputs in frames[cut:]] == digests[cut:]


def test_a_skipped_frame_is_no_break():
    show = STAGE.show()
    step(show, 0)
    assert since(step(show, 500))["tracker_never", "t"] == 0


def test_findings_that_are_gone_leave_no_memory():
    state = HealthState()
    faults = [Fault("input_dropped", "warning", {"source": f"udp://{number}"}) for number in range(100)]
    assert len(findings_of(state, faults, 1)) == len(state.since) == 100
    assert findings_of(state, [], 2) == ()
    assert state.since == {}


def test_a_good_stage_has_no_findings():
    show = STAGE.show()
    for frame in range(30):
        outcome = heard(show, frame, 1, 2)
    assert outcome.health == ()
    assert step(show, 30, start_take(), datagrams=[freed(30), freed(30, camera_id=2)]).health == ()
