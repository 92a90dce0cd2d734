"""One camera's figures over a motion, added up frame by frame."""

from __future__ import annotations

from typing import Literal

from stage.verify.errors import Errors

RunName = Literal["hold", "predict"]
RUNS: tuple[RunName, ...] = ("hold", "predict")


class MotionTally:
    """One camera's errors over one motion and one way of predicting; times and medians of frames that see a wall."""

    def __init__(self) -> None:
        self.frames = 0
        self.grid = Errors()
        self.every_pixel = Errors()
        self.missed_px: list[float] = []
        self.area_ratios: list[float] = []
        self.times_s: list[float] = []
        self.medians_px: list[float] = []

    def add(self, other: MotionTally) -> None:
        """Takes in another motion, one after the other in time."""
        after_s = self.times_s[-1] if self.times_s else 0.0
        self.frames += other.frames
        self.grid.merge(other.grid)
        self.every_pixel.merge(other.every_pixel)
        self.missed_px += other.missed_px
        self.area_ratios += other.area_ratios
        self.times_s += [after_s + time_s for time_s in other.times_s]
        self.medians_px += other.medians_px
