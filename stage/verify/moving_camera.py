"""One true camera in motion: its path, its shutter, and the figures of what it films."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from calibration.cameras import Camera
from render.film.camera import FilmPixels, FilmPose, border, even_grid, every_pixel
from render.plan.inner import InnerPlan
from stage.verify.cameras import LensTruth, Mounting
from stage.verify.errors import Errors
from stage.verify.exposure import FilmedFrame, SubFrame, photograph
from stage.verify.judge import area_ratio, held_walls
from stage.verify.maps import Maps
from stage.verify.motions import TrueMotion, TruePose
from stage.verify.packets import START_NS
from stage.verify.settings import FULL_FRAME_EVERY, GRID, STILL_PX
from stage.verify.studio import Studio
from stage.verify.tally import RUNS, MotionTally, RunName, add_verdict
from stage.verify.timetable import Shutter


class MovingCamera:
    """One true camera: its path, its shutter, the film positions that it judges, and its tallies by run."""

    def __init__(
        self,
        studio: Studio,
        camera: Camera,
        truth: LensTruth,
        motion: TrueMotion,
        *,
        offset_m: tuple[float, float, float],
        shutter: Shutter,
    ) -> None:
        self.camera = camera
        self.judge = studio.judge(camera.name, truth.lens)
        self.tallies = {run: MotionTally() for run in RUNS}
        self.maps = Maps(studio.film_walls, truth.lens.resolution_px)
        """Where the errors of the predicted run are, in the frames that are compared whole."""
        self.shutter = shutter
        self._mounting = Mounting(camera, truth)
        self._motion = motion
        self._offset_m = np.array(offset_m)
        self._grid = even_grid(truth.lens, *GRID)
        self._border = border(truth.lens)
        self._every: FilmPixels = every_pixel(truth.lens)

    def body_at(self, time_s: float) -> TruePose:
        """The tracked body's true pose, `time_s` seconds into the motion."""
        pose = self._motion.pose_at(time_s)
        return TruePose(pose.position_m + self._offset_m, pose.axes)

    def film(self, reel: Sequence[FilmedFrame]) -> None:
        """Photographs the walls of the frame in the reel's middle, in every run, around the moment its light leaves.

        The reel holds as many frames before and after that frame as the exposure sees.
        """
        frame = reel[len(reel) // 2]
        full = tuple(self._every.portions()) if frame.number % FULL_FRAME_EVERY == 0 else ()
        errors = {run: Errors() for run in RUNS}
        worst_px = dict.fromkeys(RUNS, -1.0)
        for light_ns, walls in frame.lit.items():
            moments = self._moments(reel, light_ns)
            middle = self._pose_at(light_ns)
            for run, verdict in photograph(self.judge, moments, middle, self._grid, walls).items():
                add_verdict(errors[run], verdict)
                worst_px[run] = _worse(worst_px[run], verdict.missed_px)
            for portion in full:
                for run, verdict in photograph(self.judge, moments, middle, portion, walls).items():
                    add_verdict(self.tallies[run].every_pixel, verdict)
                    worst_px[run] = _worse(worst_px[run], verdict.missed_px)
                    if run == "predict":
                        self.maps.add(self.judge.see(middle, portion), verdict)
            for run, missed_px in self._missed_at_border(moments, walls):
                worst_px[run] = _worse(worst_px[run], missed_px)
        self._count_movement(errors)
        for run in RUNS:
            self._count(run, frame, errors[run], worst_px[run])

    def _pose_at(self, time_ns: int) -> FilmPose:
        return self._mounting.film_pose(self.body_at((time_ns - START_NS) * 1e-9))

    def _moments(self, reel: Sequence[FilmedFrame], light_ns: int) -> list[SubFrame]:
        middle = len(reel) // 2
        return [
            SubFrame(self._pose_at(time_ns), reel[middle + self.shutter.frames_away(time_ns - light_ns)])
            for time_ns in self.shutter.times_ns(light_ns)
        ]

    def _missed_at_border(
        self, moments: list[SubFrame], walls: tuple[str, ...]
    ) -> Iterator[tuple[RunName, npt.NDArray[np.float64]]]:
        """How far the film's outermost pixels are outside the inner picture, in each moment of each run."""
        for pose, frame in moments:
            view = self.judge.see(pose, self._border)
            for run in RUNS:
                yield run, self.judge.region(frame.plans[run], view, walls).missed_px

    def _count_movement(self, errors: Mapping[RunName, Errors]) -> None:
        """Only frames in which holding errs show what predicting gains."""
        if errors["predict"].compared and errors["hold"].quantile(0.5) > STILL_PX:
            for run, tally in self.tallies.items():
                tally.moved.merge(errors[run])
                tally.moved_frames += 1

    def _count(self, run: RunName, frame: FilmedFrame, errors: Errors, worst_px: float) -> None:
        tally, plan = self.tallies[run], frame.plans[run]
        tally.grid.merge(errors)
        tally.frames += 1
        tally.held.update(held_walls(plan, self.camera.name).keys())
        time_s = (min(frame.lit) - START_NS) * 1e-9
        if errors.compared:
            tally.times_s.append(time_s)
            tally.medians_px.append(errors.quantile(0.5))
        if worst_px >= 0.0:
            tally.add_worst_pixel(frame.number, time_s, worst_px)
        own: list[InnerPlan] = [inner for inner in plan.inners if inner.camera == self.camera.name]
        tally.area_ratios += [area_ratio(inner) for inner in own[:1]]


def _worse(worst_px: float, missed_px: npt.NDArray[np.float64]) -> float:
    return max(worst_px, float(missed_px.max(initial=-1.0)))
