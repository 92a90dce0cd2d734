"""One camera's figures over a motion, summed frame by frame."""

from __future__ import annotations

import math
from collections import Counter
from typing import Literal

import msgspec

from stage.verify.errors import Errors
from stage.verify.judge import Verdict
from stage.verify.report import InnerMisses, Miss, MotionFigures, misses_of

RunName = Literal["hold", "predict"]
RUNS: tuple[RunName, ...] = ("hold", "predict")
MOST_MISSES = 1000


def add_verdict(errors: Errors, verdict: Verdict) -> None:
    """Adds the errors and counts of one photograph."""
    errors.add(verdict.error_px, on_wall=len(verdict.at), covered=int(verdict.covered.sum()))


def mean(values: list[float]) -> float:
    """The mean; 0 of an empty list."""
    return math.fsum(values) / len(values) if values else 0.0


class MotionTally:
    """One camera's errors over one motion in one run, with the times and medians of the frames that see a wall.

    `grid` holds the errors of all frames on the even grid, `moved` those of the frames in which holding errs by more
    than `STILL_PX`, `every_pixel` the errors of the frames that were compared whole. `held` counts, for each wall, the
    frames in which the camera's view was held there.
    """

    def __init__(self) -> None:
        self.frames = 0
        self.grid = Errors()
        self.moved = Errors()
        self.moved_frames = 0
        self.every_pixel = Errors()
        self.missed_px: list[float] = []
        self.misses: list[Miss] = []
        self.held: Counter[str] = Counter()
        self.area_ratios: list[float] = []
        self.times_s: list[float] = []
        self.medians_px: list[float] = []

    def add(self, other: MotionTally) -> None:
        """Adds another motion, placed after this one in time."""
        after_s = self.times_s[-1] if self.times_s else 0.0
        self.frames += other.frames
        self.grid.merge(other.grid)
        self.moved.merge(other.moved)
        self.moved_frames += other.moved_frames
        self.every_pixel.merge(other.every_pixel)
        self.missed_px += other.missed_px
        self.misses += [Miss(frame=one.frame, time_s=after_s + one.time_s, px=one.px) for one in other.misses]
        self.held += other.held
        self.area_ratios += other.area_ratios
        self.times_s += [after_s + time_s for time_s in other.times_s]
        self.medians_px += other.medians_px

    def add_worst_pixel(self, frame: int, time_s: float, worst_px: float) -> None:
        """Adds how far the worst pixel of a frame that sees a wall is outside the inner picture, px; 0 inside."""
        self.missed_px.append(worst_px)
        if worst_px > 0.0 and len(self.misses) < MOST_MISSES:
            self.misses.append(Miss(frame=frame, time_s=time_s, px=worst_px))

    def inner_misses(self) -> InnerMisses:
        """How many of the frames that see a wall missed the inner picture."""
        return misses_of(self.missed_px)

    def figures(self, *, listed: bool) -> MotionFigures:
        """The figures of all frames. Single misses are `listed` where their times are those of one motion."""
        return MotionFigures(
            **msgspec.structs.asdict(self.grid.registration()),
            frames=self.frames,
            every_pixel=self.every_pixel.registration() if self.every_pixel.on_wall else None,
            inner_misses=self.inner_misses(),
            misses=tuple(self.misses) if listed else (),
            held=dict(sorted(self.held.items())),
        )
