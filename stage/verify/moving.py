"""A motion through the whole chain in virtual time: packets, the real fold, the real renderer, the film camera."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from calibration.cameras import Camera
from render.film.camera import FilmPixels, FilmPose, border, even_grid, every_pixel
from render.film.scene import Picture
from render.plan.frame import FramePlan
from render.plan.inner import InnerPlan
from stage.config.records import StageConfig
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.requests import Target
from stage.verify.cameras import LensTruth, Mounting
from stage.verify.delays import Played
from stage.verify.errors import Errors
from stage.verify.exposure import INSTANT, Exposure, Shutter
from stage.verify.judge import Verdict, area_ratio, held_walls
from stage.verify.maps import Maps
from stage.verify.motions import TrueMotion, TruePose
from stage.verify.packets import PacketStream
from stage.verify.parameters import command_of
from stage.verify.settings import FULL_FRAME_EVERY, GRID, STILL_PX
from stage.verify.studio import Studio
from stage.verify.tally import RUNS, MotionTally, RunName
from stage.verify.timetable import Timetable
from tracking.datagrams import Datagram

START_NS = 1_000_000_000_000
MOTION_OUTER_PX = 256
"""Side of the outer cube's faces while something moves: only pixels that miss the inner picture see it."""
_SIDE_STEP_M = 0.8


class FilmedFrame(NamedTuple):
    """One frame of every run: what was planned and drawn, and when the light of which walls truly leaves."""

    number: int
    lit: dict[int, tuple[str, ...]]
    plans: dict[RunName, FramePlan]
    pictures: dict[RunName, Mapping[str, Picture]]


class SubFrame(NamedTuple):
    """One moment of an exposure: where the camera is, and the frame that is lit."""

    pose: FilmPose
    frame: FilmedFrame


class MovingCamera:
    """One true camera: its path, its shutter, what it looks along, and its tallies."""

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
        self.tallies = {name: MotionTally() for name in RUNS}
        self.maps = Maps(studio.film_walls, truth.lens.resolution_px)
        """Where the predicted run's errors lie in the frames that are compared whole."""
        self.shutter = shutter
        self._mounting = Mounting(camera, truth)
        self._motion = motion
        self._offset_m = np.array(offset_m)
        self._grid = even_grid(truth.lens, *GRID)
        self._border = border(truth.lens)
        self._every: FilmPixels = every_pixel(truth.lens)

    def body_at(self, time_s: float) -> TruePose:
        """The tracked body's true pose."""
        pose = self._motion.pose_at(time_s)
        return TruePose(pose.position_m + self._offset_m, pose.axes)

    def film(self, reel: Sequence[FilmedFrame]) -> None:
        """Photographs the walls of the frame in the reel's middle, in every run, around the moment its light leaves.

        The reel holds as many frames before it and after it as the exposure sees.
        """
        frame = reel[len(reel) // 2]
        full = tuple(self._every.portions()) if frame.number % FULL_FRAME_EVERY == 0 else ()
        errors = {name: Errors() for name in RUNS}
        worst_px = dict.fromkeys(RUNS, -1.0)
        for light_ns, walls in frame.lit.items():
            exposed = self._exposed(reel, light_ns)
            middle = self._pose_at(light_ns)
            for name, verdict in self._photograph(exposed, middle, self._grid, walls).items():
                _take_in(errors[name], verdict)
                worst_px[name] = _worse(worst_px[name], verdict.missed_px)
            for portion in full:
                for name, verdict in self._photograph(exposed, middle, portion, walls).items():
                    _take_in(self.tallies[name].every_pixel, verdict)
                    worst_px[name] = _worse(worst_px[name], verdict.missed_px)
                    if name == "predict":
                        self.maps.add(self.judge.see(middle, portion), verdict)
            for name, missed_px in self._missed_at_border(exposed, walls):
                worst_px[name] = _worse(worst_px[name], missed_px)
        self._note_movement(errors)
        for name, tally in self.tallies.items():
            self._note(tally, frame, frame.plans[name], errors[name], worst_px[name])

    def _pose_at(self, time_ns: int) -> FilmPose:
        return self._mounting.film_pose(self.body_at((time_ns - START_NS) * 1e-9))

    def _exposed(self, reel: Sequence[FilmedFrame], light_ns: int) -> list[SubFrame]:
        middle = len(reel) // 2
        return [
            SubFrame(self._pose_at(time_ns), reel[middle + self.shutter.frames_away(time_ns - light_ns)])
            for time_ns in self.shutter.times_ns(light_ns)
        ]

    def _photograph(
        self, exposed: list[SubFrame], middle: FilmPose, pixels: FilmPixels, walls: tuple[str, ...]
    ) -> dict[RunName, Verdict]:
        """The verdict on `walls` in each run: on one moment as it is, on several by the mean of their light."""
        if len(exposed) == 1:
            frame, seen = exposed[0].frame, self.judge.see(exposed[0].pose, pixels)
            return {name: self.judge.judge(frame.plans[name], seen, frame.pictures[name], walls) for name in RUNS}
        exposure = Exposure(self.judge, pixels, middle, RUNS)
        for pose, frame in exposed:
            seen = self.judge.see(pose, pixels)
            exposure.add(
                seen,
                {name: self.judge.glimpse(frame.plans[name], seen, frame.pictures[name], walls) for name in RUNS},
            )
        return exposure.verdicts()

    def _missed_at_border(
        self, exposed: list[SubFrame], walls: tuple[str, ...]
    ) -> Iterator[tuple[RunName, npt.NDArray[np.float64]]]:
        """How far the film's outermost pixels lie outside the inner picture in each moment of each run."""
        for pose, frame in exposed:
            seen = self.judge.see(pose, self._border)
            for name in RUNS:
                yield name, self.judge.region(frame.plans[name], seen, walls).missed_px

    def _note_movement(self, errors: Mapping[RunName, Errors]) -> None:
        """Only frames in which holding errs tell what predicting gains."""
        if errors["predict"].compared and errors["hold"].quantile(0.5) > STILL_PX:
            for name, tally in self.tallies.items():
                tally.moved.merge(errors[name])
                tally.moved_frames += 1

    def _note(self, tally: MotionTally, frame: FilmedFrame, plan: FramePlan, errors: Errors, worst_px: float) -> None:
        tally.grid.merge(errors)
        tally.frames += 1
        tally.held.update(held_walls(plan, self.camera.name).keys())
        time_s = (min(frame.lit) - START_NS) * 1e-9
        if errors.compared:
            tally.times_s.append(time_s)
            tally.medians_px.append(errors.quantile(0.5))
        if worst_px >= 0.0:
            tally.note_region(frame.number, time_s, worst_px)
        own: list[InnerPlan] = [inner for inner in plan.inners if inner.camera == self.camera.name]
        tally.area_ratios += [area_ratio(inner) for inner in own[:1]]


def _worse(worst_px: float, missed_px: npt.NDArray[np.float64]) -> float:
    return max(worst_px, float(missed_px.max(initial=-1.0)))


def _take_in(errors: Errors, verdict: Verdict) -> None:
    errors.add(verdict.error_px, on_wall=len(verdict.at), covered=int(verdict.covered.sum()))


def play(
    studio: Studio,
    played: Played,
    truths: Mapping[str, LensTruth],
    motion: TrueMotion,
    *,
    seconds: float | None,
    values: tuple[Target, ...] = (),
    shutters: Mapping[str, Shutter] | None = None,
    progress: Callable[[], None],
) -> dict[str, MovingCamera]:
    """Plays a motion on every tracked camera, side by side, once held and once predicted; all by camera name.

    Cameras that `shutters` does not name film the instant of each frame's light. Exposures see the frames around their
    own, so filming runs as many frames behind drawing.
    """
    config = played.config
    moving = _moving_cameras(studio, config, truths, motion, shutters or {})
    streams = _streams(config, played, truths, motion, moving)
    shows = {name: studio.new_show(_predicting(config, name)) for name in RUNS}
    timetable = Timetable(
        config, motion, (camera.shutter for camera in moving.values()), seconds=seconds, start_ns=START_NS
    )
    reel: deque[FilmedFrame] = deque(maxlen=2 * timetable.reach + 1)
    for frame in itertools.count():
        if timetable.over(frame):
            break
        inputs = FrameInputs(
            epoch=1,
            frame=frame,
            present_ns=timetable.begins_ns(frame + 1),
            datagrams=_arrived(streams, timetable.begins_ns(frame)),
            commands=command_of(values) if frame == 0 else (),
        )
        plans = {name: show.step(inputs).plan for name, show in shows.items()}
        wanted = plans if timetable.drawn(frame) else {}
        pictures = {name: studio.draw(_with_small_outer(plan)) for name, plan in wanted.items()}
        reel.append(FilmedFrame(frame, timetable.lit(frame), plans, pictures))
        if timetable.judged(frame - timetable.reach):
            for camera in moving.values():
                camera.film(reel)
        progress()
    return moving


def _moving_cameras(
    studio: Studio,
    config: StageConfig,
    truths: Mapping[str, LensTruth],
    motion: TrueMotion,
    shutters: Mapping[str, Shutter],
) -> dict[str, MovingCamera]:
    """Every tracked camera; those of one tracker move as one, trackers stand 0.8 m apart: middle, right, left, ..."""
    places = {tracker.name: index for index, tracker in enumerate(config.trackers)}
    order = sorted({places[camera.tracker] for camera in config.cameras if camera.tracker and not camera.parked})
    sides = {place: _SIDE_STEP_M * ((rank + 1) // 2) * (1 if rank % 2 else -1) for rank, place in enumerate(order)}
    return {
        camera.name: MovingCamera(
            studio,
            camera,
            truths[camera.name],
            motion,
            offset_m=(sides[places[camera.tracker]] + 0.0, 0.0, 0.0),
            shutter=shutters.get(camera.name, INSTANT),
        )
        for camera in config.cameras
        if camera.tracker and not camera.parked
    }


def _streams(
    config: StageConfig,
    played: Played,
    truths: Mapping[str, LensTruth],
    motion: TrueMotion,
    moving: Mapping[str, MovingCamera],
) -> list[PacketStream]:
    streams = []
    for tracker in config.trackers:
        carried = [camera for camera in moving.values() if camera.camera.tracker == tracker.name]
        if carried:
            streams.append(
                PacketStream(
                    tracker,
                    truths[carried[0].camera.name],
                    motion,
                    pose_at=carried[0].body_at,
                    journey=played.journeys[tracker.name],
                    start_ns=START_NS,
                )
            )
    return streams


def _arrived(streams: list[PacketStream], now_ns: int) -> tuple[Datagram, ...]:
    arrived = [datagram for stream in streams for datagram in stream.until(now_ns)]
    return tuple(sorted(arrived, key=lambda datagram: datagram.received_ns))


def _predicting(config: StageConfig, name: RunName) -> StageConfig:
    """The configuration with every tracker's newest pose held, or predicted as configured (a line where that holds)."""
    trackers = []
    for tracker in config.trackers:
        predictor = "line" if tracker.predictor == "hold" else tracker.predictor
        trackers.append(msgspec.structs.replace(tracker, predictor="hold" if name == "hold" else predictor))
    return msgspec.structs.replace(config, trackers=tuple(trackers))


def _with_small_outer(plan: FramePlan) -> FramePlan:
    outer = msgspec.structs.replace(plan.outer, face_px=min(plan.outer.face_px, MOTION_OUTER_PX))
    return msgspec.structs.replace(plan, outer=outer)
