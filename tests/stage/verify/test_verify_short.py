"""Motion files too short to warm up on: a camera that stands leads into them, and they are judged."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stage.verify.motions import LeadIn, RecordedMotion, true_motion
from stage.verify.run import verify
from stage.verify.settings import WARM_UP_S, VerifySettings
from tests.stage.proving_stage import write_motion, write_stage
from tests.stage.running_stage import command_here
from tracking.motion_files import parse_motion

HERE = (0.0, 0.0, 1.3)
LENGTHS = st.floats(0.05, 2.9)


def steady(seconds, speed_m_s=1.0):
    lines = [f"{share * seconds:.9f} {share * seconds * speed_m_s:.9f} 0 0 0 0 0 1" for share in np.linspace(0, 1, 50)]
    return RecordedMotion(parse_motion(lines), HERE)


@given(LENGTHS)
def test_a_short_file_starts_with_a_camera_that_stands_and_ends_with_its_end(seconds):
    recorded = steady(seconds)
    motion = LeadIn(recorded)
    for time_s in (0.0, 1.0, WARM_UP_S - 0.5):
        assert motion.pose_at(time_s).position_m == pytest.approx(recorded.pose_at(0.0).position_m, abs=1e-12)
    assert motion.pose_at(motion.duration_s).position_m == pytest.approx(recorded.pose_at(seconds).position_m, abs=1e-9)


@given(LENGTHS, st.floats(0.0, 1.0))
def test_what_is_judged_of_a_short_file_moves_at_its_true_speed(seconds, share):
    motion = LeadIn(steady(seconds))
    time_s = WARM_UP_S + share * (motion.duration_s - WARM_UP_S - 0.001)
    step = motion.pose_at(time_s + 0.001).position_m - motion.pose_at(time_s).position_m
    assert step == pytest.approx((0.001, 0.0, 0.0), abs=1e-9)


@given(LENGTHS)
@settings(deadline=None)
def test_the_lead_in_of_a_short_file_has_no_jolt(seconds):
    motion = LeadIn(steady(seconds))
    step_s = 0.005
    times_s = np.arange(1.4, motion.duration_s, step_s)
    places = np.array([motion.pose_at(time_s).position_m[0] for time_s in times_s])
    speeds = np.diff(places) / step_s
    assert speeds.min() >= -1e-9
    assert speeds.max() <= 1.0 + 1e-6
    assert np.abs(np.diff(speeds)).max() / step_s <= 1.6 / min(0.5, seconds)  # to 1 m/s within half a second


def test_a_file_of_three_seconds_is_played_as_it_is(tmp_path):
    assert isinstance(true_motion(str(write_motion(tmp_path, 2.9)), HERE, "stage", 1), LeadIn)
    assert isinstance(true_motion(str(write_motion(tmp_path, 3.1)), HERE, "stage", 1), RecordedMotion)


@pytest.mark.gl
def test_a_second_of_motion_is_judged_and_reported(tmp_path):
    path = write_motion(tmp_path, seconds=1.0)
    report = verify(write_stage(tmp_path), VerifySettings(motions=(str(path),), poses=0), lambda _: None).report
    motion = report.cameras["A"].motion
    assert 40 <= motion.predict.frames <= 45
    assert motion.predict.median_px < motion.hold.median_px / 5
    assert "motion.txt: 0.99 s long" in report.findings[0]


@pytest.mark.gl
def test_a_gap_in_a_short_file_is_left_out(tmp_path):
    lines = write_motion(tmp_path, seconds=2.5).read_text().splitlines()
    del lines[100:130]
    path = tmp_path / "torn.txt"
    path.write_text("\n".join(lines))
    asked = VerifySettings(motions=(str(path),), poses=0)
    frames = verify(write_stage(tmp_path), asked, lambda _: None).report.cameras["A"].motion.predict.frames
    assert 75 <= frames <= 95  # of 135 without the gap of a quarter of a second and the half second after it


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("0.0 0 0 0 0 0 0 1", "expected at least 2 lines"),
        ("0.0 0 0 0 0 0 0 1\n0.02 0.1 0 0 0 0 0 1", "give a longer recording"),
    ],
)
def test_a_file_without_a_motion_is_refused_with_the_cure(tmp_path, text, finding):
    path = tmp_path / "brief.txt"
    path.write_text(text)
    done = command_here("verify", str(write_stage(tmp_path)), "--poses", "0", "--motion", str(path))
    assert done.returncode == 2
    assert finding in done.stderr
    assert "brief.txt" in done.stderr
