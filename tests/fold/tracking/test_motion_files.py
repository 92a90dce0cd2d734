import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import hostile
from tracking.motion_files import MotionTrack, moved_to, parse_motion, segments
from tracking.motions import Orbit, RecordedMotion
from tracking.records import Pose
from tracking.rotation import pan_tilt_roll_from_quat, quat_from_pan_tilt_roll, quat_rotate

coordinates = st.floats(-100.0, 100.0)
angles = st.floats(-179.0, 179.0)
poses = st.builds(
    lambda x, y, z, pan, tilt, roll: Pose(
        position_m=(x, y, z), rotation=quat_from_pan_tilt_roll(pan, tilt / 2.1, roll)
    ),
    coordinates,
    coordinates,
    coordinates,
    angles,
    angles,
    angles,
)


def written(time_ns, pose):
    seconds = f"{time_ns // 10**9}.{time_ns % 10**9:09d}"
    return " ".join([seconds, *(repr(v) for v in (*pose.position_m, *pose.rotation))])


def line(time_s, x=0.0):
    return f"{time_s} {x} 0 0 0 0 0 1"


@given(st.lists(st.tuples(st.integers(1, 10**9), poses), min_size=2, max_size=20), st.integers(0, 2 * 10**18))
def test_what_is_written_is_read_to_the_nanosecond(steps, start_ns):
    times, time_ns = [], start_ns
    for step, _ in steps:
        time_ns += step
        times.append(time_ns)
    lines = ["# comment", *(written(t, pose) for t, (_, pose) in zip(times, steps, strict=True))]
    track = parse_motion(lines, longest_gap_s=10.0)
    assert track.times_ns == tuple(times)
    assert track.findings == ()
    for read, (_, pose) in zip(track.poses, steps, strict=True):
        assert read.position_m == pose.position_m
        assert read.rotation == pytest.approx(pose.rotation, abs=1e-12)


@given(st.lists(st.text(max_size=120), max_size=30))
@hostile()
def test_any_text_gives_increasing_finite_poses(lines):
    track = parse_motion(lines)
    assert all(a < b for a, b in zip(track.times_ns, track.times_ns[1:], strict=False))
    for pose in track.poses:
        assert all(map(math.isfinite, (*pose.position_m, *pose.rotation)))


@given(
    st.lists(
        st.lists(st.sampled_from(["0", "1", "-0.5", "nan", "inf", "1e999", "1e-999", "9" * 30, "x"]), max_size=9),
        max_size=30,
    )
)
@hostile()
def test_lines_of_odd_numbers_never_break_the_parser(lines):
    parse_motion(" ".join(words) for words in lines)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("1.5 0 0 0", "4 fields, expected 8"),
        ("1.5 0 0 0 0 0 0 one", "not a number"),
        ("1.5 nan 0 0 0 0 0 1", "not finite"),
        ("1.5 0 0 0 0 0 0 0.5", "unit length"),
        (line(1.0), "the same time"),
        (line(0.5), "goes back by 0.500 s"),
    ],
)
def test_faulty_lines_are_skipped_and_reported_by_number(bad, message):
    track = parse_motion([line(1.0), bad, line(1.05)])
    assert track.times_ns == (1_000_000_000, 1_050_000_000)
    assert track.skipped == 1
    assert len(track.findings) == 1
    assert track.findings[0].startswith("line 2: ")
    assert message in track.findings[0]


def test_gaps_are_reported_and_kept():
    track = parse_motion([line(1.0), line(1.5)])
    assert len(track.poses) == 2
    assert track.findings == ("line 2: gap of 0.500 s since the pose before",)


def test_findings_of_a_hostile_file_stay_bounded():
    track = parse_motion("x" for _ in range(5000))
    assert len(track.findings) == 200
    assert track.skipped == 5000


def test_optical_axes_become_the_stage_body():
    # An identity rotation in optical axes: the lens looks along the world's +Z, its own up is the world's -Y.
    (pose,) = parse_motion([line(0.0)], axes="optical").poses
    assert quat_rotate(pose.rotation, (0.0, 1.0, 0.0)) == pytest.approx((0.0, 0.0, 1.0), abs=1e-12)
    assert quat_rotate(pose.rotation, (0.0, 0.0, 1.0)) == pytest.approx((0.0, -1.0, 0.0), abs=1e-12)
    assert quat_rotate(pose.rotation, (1.0, 0.0, 0.0)) == pytest.approx((1.0, 0.0, 0.0), abs=1e-12)


@given(poses, poses, st.floats(0.0, 1.0))
def test_between_two_poses_the_path_is_straight_and_holds_at_the_ends(a, b, fraction):
    track = MotionTrack(times_ns=(0, 10**9), poses=(a, b))
    middle = track.pose_at(round(fraction * 10**9))
    for value, start, end in zip(middle.position_m, a.position_m, b.position_m, strict=True):
        assert min(start, end) - 1e-6 <= value <= max(start, end) + 1e-6
    assert track.pose_at(-5) == a
    assert track.pose_at(10**9 + 5) == b


@given(st.lists(poses, min_size=2, max_size=8), st.tuples(coordinates, coordinates, coordinates))
def test_a_moved_motion_has_its_mean_there_and_keeps_its_shape(path, at):
    track = MotionTrack(times_ns=tuple(range(len(path))), poses=tuple(path))
    moved = moved_to(track, at)
    assert moved.mean_position() == pytest.approx(at, abs=1e-6)
    assert [pose.rotation for pose in moved.poses] == [pose.rotation for pose in path]


@given(st.lists(st.integers(1, 100), max_size=30))
def test_segments_cover_every_pose_once_and_cut_only_at_gaps(steps):
    times = [0]
    for step in steps:
        times.append(times[-1] + step)
    ranges = segments(tuple(times), 30)
    assert [i for part in ranges for i in part] == list(range(len(times)))
    assert len(ranges) == 1 + sum(step > 30 for step in steps)


def test_orbit_is_the_documented_circle():
    orbit = Orbit()
    for quarter, (x, y, pan) in enumerate([(1.0, 0.0, 0.0), (0.0, 1.0, 20.0), (-1.0, 0.0, 0.0), (0.0, -1.0, -20.0)]):
        pose = orbit.pose_at(quarter * 2 * 10**9)
        assert pose.position_m == pytest.approx((x, y, 1.5), abs=1e-9)
        assert pan_tilt_roll_from_quat(pose.rotation) == pytest.approx((pan, 0.0, 0.0), abs=1e-9)
    assert orbit.pose_at(8 * 10**9) == orbit.pose_at(0)


def test_a_looped_motion_starts_over_and_an_unlooped_one_ends():
    track = parse_motion([line(5.0, 1.0), line(5.1, 2.0)])
    assert RecordedMotion(track=track).duration_ns == 100_000_000
    assert RecordedMotion(track=track).pose_at(10**9).position_m[0] == 2.0
    looped = RecordedMotion(track=track, loop=True)
    assert looped.duration_ns is None
    assert looped.pose_at(150_000_000).position_m[0] == pytest.approx(1.5)
