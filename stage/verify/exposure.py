"""Photographs of moving walls: one instant as it is, or the mean light of several sub-frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from render.film.camera import FilmPixels, FilmPose, landing, registration_px
from render.film.scene import Picture
from render.film.surfaces import Array, Mask
from render.plan.frame import FramePlan
from stage.verify.judge import FilmView, Judge, Verdict, WallReading
from stage.verify.tally import RUNS, RunName


class FilmedFrame(NamedTuple):
    """One frame of every run: its plans and pictures, and which walls' light truly leaves at which host time (ns)."""

    number: int
    lit: dict[int, tuple[str, ...]]
    plans: dict[RunName, FramePlan]
    pictures: dict[RunName, Mapping[str, Picture]]


class SubFrame(NamedTuple):
    """One moment of an exposure: where the camera is, and which frame is lit."""

    pose: FilmPose
    frame: FilmedFrame


def photograph(
    judge: Judge, moments: Sequence[SubFrame], middle: FilmPose, pixels: FilmPixels, walls: tuple[str, ...]
) -> dict[RunName, Verdict]:
    """The verdict on `walls` in each run: a single moment is judged as it is, several by the mean of their light."""
    if len(moments) == 1:
        frame, view = moments[0].frame, judge.see(moments[0].pose, pixels)
        return {run: judge.judge(frame.plans[run], view, frame.pictures[run], walls) for run in RUNS}
    exposure = Exposure(judge, pixels, middle, RUNS)
    for pose, frame in moments:
        view = judge.see(pose, pixels)
        exposure.add(view, {run: judge.read(frame.plans[run], view, frame.pictures[run], walls) for run in RUNS})
    return exposure.verdicts()


class Exposure:
    """Adds up what film positions see in the sub-frames of one exposure, on the walls of every run and in the world.

    Two photographs are compared: the mean light of the walls, and the mean light that the same lens would have received
    from the world in those moments. Both are imaged on the film from the `middle` pose. (For a single sub-frame in the
    middle the second is the film position itself.)
    """

    def __init__(self, judge: Judge, pixels: FilmPixels, middle: FilmPose, runs: tuple[RunName, ...]) -> None:
        self._judge = judge
        self._pixels = pixels
        self._middle = middle
        self._sub_frames = 0
        self._world = np.zeros((len(pixels.rays), 3))
        self._walls = {run: _WallLight(len(pixels.rays)) for run in runs}

    def add(self, view: FilmView, readings: Mapping[RunName, WallReading]) -> None:
        """Adds one sub-frame: what its rays meet, and the light that each run's walls show there."""
        self._sub_frames += 1
        self._world += self._judge.world.light(view.pose.pupil_m, view.rays)
        for run, reading in readings.items():
            self._walls[run].add(reading)

    def verdicts(self) -> dict[RunName, Verdict]:
        """One verdict for each run, on pixels that see a wall in any sub-frame.

        Compared are those that see it whole in every sub-frame.
        """
        expected = landing(self._judge.lens, self._middle, self._world, self._pixels.positions_px, self._judge.world)
        known = expected.ahead & np.isfinite(expected.positions_px).all(axis=1)
        return {run: self._verdict(walls, expected.positions_px, known) for run, walls in self._walls.items()}

    def _verdict(self, walls: _WallLight, expected_px: Array, known: Mask) -> Verdict:
        at = np.flatnonzero(walls.on_wall)
        compared = (walls.whole[at] == self._sub_frames) & known[at]
        chosen = at[compared]
        error_px = registration_px(
            self._judge.lens, self._middle, walls.light[chosen], expected_px[chosen], self._judge.world
        )
        return Verdict(at, compared, walls.covered[at], error_px, walls.missed_px[at])


class _WallLight:
    """Sums over the sub-frames: light, how often it was whole, and what any of them covered or missed."""

    def __init__(self, count: int) -> None:
        self.light = np.zeros((count, 3))
        self.whole = np.zeros(count, dtype=np.int64)
        self.on_wall = np.zeros(count, dtype=np.bool_)
        self.covered = np.zeros(count, dtype=np.bool_)
        self.missed_px = np.zeros(count)

    def add(self, reading: WallReading) -> None:
        self.light[reading.at] += reading.light
        self.whole[reading.at] += reading.whole
        self.on_wall[reading.at] = True
        self.covered[reading.at] |= reading.covered
        self.missed_px[reading.at] = np.maximum(self.missed_px[reading.at], reading.missed_px)
