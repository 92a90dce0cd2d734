"""Motion files: reads the text of a recorded camera path, line by line, into poses in the stage.

The format is that of the TUM RGB-D benchmark (Sturm et al., IROS 2012): one pose a line,
`timestamp_s tx ty tz qx qy qz qw`, fields separated by blanks; `#` starts a comment.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Literal

from tracking.records import Pose, Quat, Record, Vec3
from tracking.rotation import quat_multiply, quat_normalise, slerp

Axes = Literal["stage", "optical"]

MAX_POSES = 2_000_000
MAX_FINDINGS = 200
FARTHEST_M = 1e6
_LATEST_S = 9e9
_NORM_TOLERANCE = 0.05
_OPTICAL_FROM_STAGE_BODY: Quat = (math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5))


class MotionTrack(Record):
    """Poses of a body in the stage over time.

    `times_ns` are strictly increasing, on the file's own clock, one for each of `poses`. `findings` lists by line
    number what was skipped and where there are gaps. It stops after `MAX_FINDINGS` lines; `skipped` counts all skipped
    lines.
    """

    times_ns: tuple[int, ...]
    poses: tuple[Pose, ...]
    findings: tuple[str, ...] = ()
    skipped: int = 0

    @property
    def duration_ns(self) -> int:
        """Nanoseconds from the first pose to the last."""
        return self.times_ns[-1] - self.times_ns[0]

    def mean_position(self) -> Vec3:
        """The mean of all positions, metres."""
        count = len(self.poses)
        x, y, z = (math.fsum(pose.position_m[axis] for pose in self.poses) / count for axis in range(3))
        return (x, y, z)

    def pose_at(self, time_ns: int) -> Pose:
        """The pose at `time_ns` on the file's clock: linear and slerp between poses, held beyond both ends."""
        after = bisect_right(self.times_ns, time_ns)
        if after == 0:
            return self.poses[0]
        if after == len(self.times_ns):
            return self.poses[-1]
        start_ns, end_ns = self.times_ns[after - 1], self.times_ns[after]
        return between(self.poses[after - 1], self.poses[after], (time_ns - start_ns) / (end_ns - start_ns))


def between(start: Pose, end: Pose, fraction: float) -> Pose:
    """The pose `fraction` of the way from `start` (0) to `end` (1)."""
    a, b = start.position_m, end.position_m
    position = (
        a[0] + (b[0] - a[0]) * fraction,
        a[1] + (b[1] - a[1]) * fraction,
        a[2] + (b[2] - a[2]) * fraction,
    )
    return Pose(position_m=position, rotation=slerp(start.rotation, end.rotation, fraction))


def segments(times_ns: tuple[int, ...], longest_gap_ns: int) -> tuple[range, ...]:
    """The sections of `times_ns`, as index ranges, in which no step is longer than `longest_gap_ns`."""
    cuts = [i for i in range(1, len(times_ns)) if times_ns[i] - times_ns[i - 1] > longest_gap_ns]
    starts, ends = [0, *cuts], [*cuts, len(times_ns)]
    return tuple(range(start, end) for start, end in zip(starts, ends, strict=True) if end > start)


def moved_to(track: MotionTrack, at_m: Vec3) -> MotionTrack:
    """The same motion with its mean position at `at_m`."""
    mean = track.mean_position()
    shift = (at_m[0] - mean[0], at_m[1] - mean[1], at_m[2] - mean[2])
    poses = tuple(_shifted(pose, shift) for pose in track.poses)
    return MotionTrack(times_ns=track.times_ns, poses=poses, findings=track.findings, skipped=track.skipped)


def parse_motion(lines: Iterable[str], *, axes: Axes = "stage", longest_gap_s: float = 0.1) -> MotionTrack:
    """The poses in a motion file's lines.

    `axes` says how the file's body axes are oriented: "stage" is x right, y ahead, z up; "optical" is x right, y down,
    z ahead, the convention of computer vision. In both cases the world frame is taken to be the stage's. Lines that are
    too short, not finite, without a unit rotation or not later than the line before are skipped and listed. A step
    longer than `longest_gap_s` is listed and kept. A file without poses gives an empty track.
    """
    findings: list[str] = []
    times: list[int] = []
    poses: list[Pose] = []
    skipped = 0
    for number, words in _numbered_words(lines):
        read = _read_pose(words, axes)
        fault = read if isinstance(read, str) else _time_fault(times, read[0])
        if fault or isinstance(read, str):
            skipped += 1
            _note(findings, number, fault)
            continue
        if times and read[0] - times[-1] > longest_gap_s * 1e9:
            _note(findings, number, f"gap of {(read[0] - times[-1]) / 1e9:.3f} s since the pose before")
        times.append(read[0])
        poses.append(read[1])
        if len(poses) == MAX_POSES:
            _note(findings, number, f"more than {MAX_POSES} poses: the rest is ignored")
            break
    return MotionTrack(times_ns=tuple(times), poses=tuple(poses), findings=tuple(findings), skipped=skipped)


def _numbered_words(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Line number (from 1) and words of each line that is not blank or a comment."""
    for number, line in enumerate(lines, start=1):
        words = line.partition("#")[0].split()
        if words:
            yield number, words


def _read_pose(words: list[str], axes: Axes) -> tuple[int, Pose] | str:
    """Time in nanoseconds and pose of one line, or what is wrong with it."""
    if len(words) != 8:
        return f"{len(words)} fields, expected 8: timestamp_s tx ty tz qx qy qz qw"
    try:
        time_s, x, y, z, qx, qy, qz, qw = (float(word) for word in words)
    except ValueError:
        return "a field is not a number"
    if not abs(time_s) < _LATEST_S or not all(abs(value) < FARTHEST_M for value in (x, y, z)):
        return "time or position is not finite, or too large to be real"
    if not abs(math.sqrt(qx * qx + qy * qy + qz * qz + qw * qw) - 1.0) < _NORM_TOLERANCE:
        return "the quaternion is not of unit length"
    rotation = quat_normalise((qx, qy, qz, qw))
    if axes == "optical":
        rotation = quat_multiply(rotation, _OPTICAL_FROM_STAGE_BODY)
    return _nanoseconds(words[0], time_s), Pose(position_m=(x, y, z), rotation=rotation)


def _nanoseconds(written: str, time_s: float) -> int:
    """Whole nanoseconds from seconds as written. A float would lose 100 ns of a Unix time."""
    return round(Decimal(written).scaleb(9)) if abs(time_s) > 1e-12 else 0


def _time_fault(times: list[int], time_ns: int) -> str:
    if not times or time_ns > times[-1]:
        return ""
    if time_ns == times[-1]:
        return "the same time as the pose before"
    return f"time goes back by {(times[-1] - time_ns) / 1e9:.3f} s"


def _note(findings: list[str], number: int, detail: str) -> None:
    if len(findings) < MAX_FINDINGS:
        findings.append(f"line {number}: {detail}")


def _shifted(pose: Pose, shift: Vec3) -> Pose:
    x, y, z = pose.position_m
    return Pose(position_m=(x + shift[0], y + shift[1], z + shift[2]), rotation=pose.rotation)
