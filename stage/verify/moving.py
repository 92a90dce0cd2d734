"""A motion through the whole chain in virtual time: packets, the real fold, the real renderer, the film camera."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Literal, NamedTuple

import msgspec
import numpy as np

from calibration.cameras import Camera
from render.film.camera import FilmPixels, even_grid, every_pixel
from render.film.scene import Picture
from render.plan import FramePlan, InnerPlan
from stage.config import StageConfig
from stage.inputs import Datagram, FrameInputs, SetRequest
from stage.verify.cameras import LensTruth, Mounting
from stage.verify.delays import Played
from stage.verify.errors import Errors
from stage.verify.judge import Judge, Seen, area_ratio
from stage.verify.motions import TrueMotion, TruePose
from stage.verify.packets import PacketStream
from stage.verify.parameters import command_of
from stage.verify.settings import FULL_FRAME_EVERY, GRID, WARM_UP_S
from stage.verify.studio import Studio

START_NS = 1_000_000_000_000
MOTION_OUTER_PX = 256
"""Side of the outer cube's faces while something moves: only pixels that miss the inner picture see it."""
_SIDE_STEP_M = 0.8

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


class FilmedFrame(NamedTuple):
    """One frame of every run: what was planned and drawn, and when the light of which walls truly leaves.

    The light's times are not taken from the plans: a plan that errs in time must be seen to.
    """

    number: int
    lit: dict[int, tuple[str, ...]]
    plans: dict[RunName, FramePlan]
    pictures: dict[RunName, Mapping[str, Picture]]


class MovingCamera:
    """One true camera: its path, what it looks along, and its tallies."""

    def __init__(
        self, studio: Studio, camera: Camera, truth: LensTruth, motion: TrueMotion, offset_m: tuple[float, float, float]
    ) -> None:
        self.camera = camera
        self.judge = Judge(camera=camera.name, lens=truth.lens, walls=studio.film_walls, radius_m=studio.radius_m)
        self.tallies = {name: MotionTally() for name in RUNS}
        self._mounting = Mounting(camera, truth)
        self._motion = motion
        self._offset_m = np.array(offset_m)
        self._grid = even_grid(truth.lens, *GRID)
        self._every: FilmPixels = every_pixel(truth.lens)

    def body_at(self, time_s: float) -> TruePose:
        """The tracked body's true pose."""
        pose = self._motion.pose_at(time_s)
        return TruePose(pose.position_m + self._offset_m, pose.axes)

    def film(self, frame: FilmedFrame) -> None:
        """Photographs the walls of one frame of every run at the moment when their light leaves."""
        full = self._every if frame.number % FULL_FRAME_EVERY == 0 else None
        errors = {name: Errors() for name in RUNS}
        worst_px = dict.fromkeys(RUNS, -1.0)
        for light_ns, walls in frame.lit.items():
            pose = self._mounting.film_pose(self.body_at((light_ns - START_NS) * 1e-9))
            seen = self.judge.see(pose, self._grid)
            for name in RUNS:
                worst_px[name] = max(worst_px[name], self._take_in(errors[name], name, frame, seen, walls))
            for portion in full.portions() if full is not None else ():
                seen = self.judge.see(pose, portion)
                for name, tally in self.tallies.items():
                    self._take_in(tally.every_pixel, name, frame, seen, walls)
        for name, tally in self.tallies.items():
            self._note(tally, frame, frame.plans[name], errors[name], worst_px[name])

    def _take_in(self, errors: Errors, name: RunName, frame: FilmedFrame, seen: Seen, walls: tuple[str, ...]) -> float:
        """Adds what was seen; returns how far the worst pixel missed the inner picture, -1 where no wall is seen."""
        verdict = self.judge.judge(frame.plans[name], seen, frame.pictures[name], walls)
        errors.add(verdict.error_px, on_wall=len(verdict.at), covered=int(verdict.covered.sum()))
        return float(verdict.missed_px.max(initial=-1.0))

    def _note(self, tally: MotionTally, frame: FilmedFrame, plan: FramePlan, errors: Errors, worst_px: float) -> None:
        tally.grid.merge(errors)
        tally.frames += 1
        if errors.compared:
            tally.times_s.append((min(frame.lit) - START_NS) * 1e-9)
            tally.medians_px.append(errors.quantile(0.5))
        if worst_px >= 0.0:
            tally.missed_px.append(worst_px)
        own: list[InnerPlan] = [inner for inner in plan.inners if inner.camera == self.camera.name]
        tally.area_ratios += [area_ratio(inner) for inner in own[:1]]


def play(
    studio: Studio,
    played: Played,
    truths: Mapping[str, LensTruth],
    motion: TrueMotion,
    *,
    seconds: float | None,
    values: tuple[SetRequest, ...] = (),
    progress: Callable[[], None],
) -> dict[str, MovingCamera]:
    """Plays a motion on every tracked camera, side by side, once held and once predicted; all by camera name."""
    config = played.config
    moving = _moving_cameras(studio, config, truths, motion)
    streams = _streams(config, played, truths, motion, moving)
    shows = {name: studio.new_show(_predicting(config, name)) for name in RUNS}
    period_ns = 1_000_000_000 / config.stage.rate()
    end_s = motion.duration_s if seconds is None else min(seconds, motion.duration_s)
    for frame in itertools.count():
        lit = _lit(config, frame, period_ns)
        lights_s = [(light_ns - START_NS) * 1e-9 for light_ns in lit]
        if max(lights_s) > end_s:
            break
        now_ns, present_ns = START_NS + round(frame * period_ns), START_NS + round((frame + 1) * period_ns)
        inputs = FrameInputs(
            epoch=1,
            frame=frame,
            present_ns=present_ns,
            datagrams=_arrived(streams, now_ns),
            commands=command_of(values) if frame == 0 else (),
        )
        plans = {name: show.step(inputs) for name, show in shows.items()}
        if min(lights_s) >= WARM_UP_S and all(motion.settled_at(light_s) for light_s in lights_s):
            pictures = {name: studio.draw(_with_small_outer(plan)) for name, plan in plans.items()}
            for camera in moving.values():
                camera.film(FilmedFrame(frame, lit, plans, pictures))
        progress()
    return moving


def _lit(config: StageConfig, frame: int, period_ns: Fraction) -> dict[int, tuple[str, ...]]:
    """When the light of each frame leaves the walls, in the middle of its showing, and which walls do so together."""
    lit: dict[int, tuple[str, ...]] = {}
    for wall in config.walls:
        light_ns = START_NS + round((frame + Fraction(3, 2)) * period_ns + Fraction(wall.latency_ms) * 1_000_000)
        lit[light_ns] = (*lit.get(light_ns, ()), wall.name)
    return lit


def _moving_cameras(
    studio: Studio, config: StageConfig, truths: Mapping[str, LensTruth], motion: TrueMotion
) -> dict[str, MovingCamera]:
    """Every tracked camera; those of one tracker move as one, trackers stand 0.8 m apart: middle, right, left, ..."""
    places = {tracker.name: index for index, tracker in enumerate(config.trackers)}
    order = sorted({places[camera.tracker] for camera in config.cameras if camera.tracker and not camera.parked})
    sides = {place: _SIDE_STEP_M * ((rank + 1) // 2) * (1 if rank % 2 else -1) for rank, place in enumerate(order)}
    return {
        camera.name: MovingCamera(
            studio, camera, truths[camera.name], motion, (sides[places[camera.tracker]] + 0.0, 0.0, 0.0)
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
