"""Still poses: a sweep over the volume in front of the walls, in which every film pixel on a wall is compared."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

import msgspec
import numpy as np

from calibration.cameras import Camera
from render.film.camera import FilmPixels, FilmPose, every_pixel
from render.film.rotation import Array, axes_from_pan_tilt_roll
from render.film.scene import Picture
from render.plan.frame import FramePlan
from stage.config.records import StageConfig
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.requests import Target
from stage.verify.cameras import LensTruth
from stage.verify.errors import Errors
from stage.verify.judge import Judge, area_ratio, held_walls
from stage.verify.maps import Maps
from stage.verify.packets import SENDER, START_NS, encoder_of
from stage.verify.report import StillFigures, misses_of
from stage.verify.settings import commands_of
from stage.verify.studio import Studio
from stage.verify.tally import add_verdict, mean
from stage.words.sentences import refuse_if_refused
from tracking.datagrams import Datagram
from tracking.records import TrackerSample, Vec3

_REACH = (0.4, 0.4, 0.15)
_AIM = 0.8
_ROLL_DEG = 10.0


class StillPose(NamedTuple):
    """A pose of the entrance pupil in the stage frame: position, and pan, tilt, roll."""

    position_m: Vec3
    rotation_deg: Vec3


class StillRun(NamedTuple):
    """The results of one camera's sweep."""

    figures: StillFigures
    area_ratio: float
    maps: Maps
    errors: Errors


def sweep(studio: Studio, count: int) -> tuple[StillPose, ...]:
    """`count` poses spread evenly over the middle of the volume, each aimed at a point of a wall and rolled.

    The volume is a box around the stage's outer eye, in proportion to the distance of the nearest LED. Eye, target and
    roll come from a Halton sequence (J. H. Halton, Numerische Mathematik 2, 1960).
    """
    centre = np.array(studio.config.stage.outer_eye_m)
    lit = {name: place[np.isfinite(place[..., 0])] for name, place in studio.positions.items()}
    reach_m = min(float(np.linalg.norm(place - centre, axis=1).min()) for place in lit.values())
    poses = []
    for number in range(1, count + 1):
        shares = [_halton(number, prime) for prime in (2, 3, 5, 7, 11, 13, 17)]
        eye = centre + (np.array(shares[:3]) * 2 - 1) * np.array(_REACH) * reach_m
        walls = list(lit.values())
        wall = walls[min(int(shares[3] * len(walls)), len(walls) - 1)]
        spot = _AIM * wall[int(shares[4] * len(wall))] + (1 - _AIM) * wall.mean(axis=0)
        poses.append(StillPose(_triple(eye), _aimed(spot + 0.1 * reach_m * (shares[5] - 0.5) - eye, shares[6])))
    return tuple(poses)


def _halton(number: int, prime: int) -> float:
    share, step = 0.0, 1.0 / prime
    while number:
        number, digit = divmod(number, prime)
        share += digit * step
        step /= prime
    return share


def _aimed(direction: Array, roll_share: float) -> Vec3:
    x, y, z = (float(part) for part in direction)
    pan_deg, tilt_deg = math.degrees(math.atan2(-x, y)), math.degrees(math.atan2(z, math.hypot(x, y)))
    return (pan_deg, tilt_deg, _ROLL_DEG * (2 * roll_share - 1))


def _triple(place: Array) -> Vec3:
    return (float(place[0]), float(place[1]), float(place[2]))


def verify_stills(
    studio: Studio,
    camera: Camera,
    truths: tuple[LensTruth, ...],
    poses: tuple[StillPose, ...],
    *,
    values: tuple[Target, ...] = (),
    progress: Callable[[], None],
) -> StillRun:
    """Photographs every pose of one camera alone, since other cameras' pictures would cover its own.

    The zooms of `truths` are used in turn. A wall that is held for a pose is left out of that pose.
    """
    tally = StillTally(camera.name, Maps(studio.film_walls, truths[0].lens.resolution_px))
    for turn, truth in enumerate(truths):
        judge = studio.judge(camera.name, truth.lens)
        pixels = every_pixel(truth.lens)
        for pose in poses[turn :: len(truths)]:
            plan = plan_pose(studio, camera, truth, pose, values)
            tally.add(judge, plan, pose, pixels, studio.draw(plan))
            progress()
    zooms = tuple(truth.zoom_raw for truth in truths[: len(poses)] if truth.zoom_raw is not None)
    return StillRun(tally.figures(len(poses), zooms), mean(tally.area_ratios), tally.maps, tally.errors)


def alone(config: StageConfig, camera: Camera) -> StageConfig:
    """The configuration with one camera and the tracker that reports its lens."""
    trackers = tuple(tracker for tracker in config.trackers if tracker.name == camera.tracker)
    return msgspec.structs.replace(config, cameras=(camera,), trackers=trackers)


class StillTally:
    """Sums the photographs of one camera's still poses."""

    def __init__(self, camera: str, maps: Maps) -> None:
        self.errors = Errors()
        self.maps = maps
        self.area_ratios: list[float] = []
        self._camera = camera
        self._held: list[str] = []
        self._held_walls: Counter[str] = Counter()
        self._missed_px: list[float] = []

    def add(
        self, judge: Judge, plan: FramePlan, pose: StillPose, pixels: FilmPixels, pictures: Mapping[str, Picture]
    ) -> None:
        """Compares every film pixel of one pose that sees a wall that is not held."""
        held = held_walls(plan, self._camera)
        if held:
            self._held.append(next(iter(held.values())))
            self._held_walls.update(held.keys())
        drawn = tuple(wall.name for wall in plan.walls if wall.name not in held)
        true_pose = FilmPose(pupil_m=np.array(pose.position_m), axes=axes_from_pan_tilt_roll(*pose.rotation_deg))
        worst_px, on_wall = 0.0, 0
        for portion in pixels.portions() if drawn else ():
            view = judge.see(true_pose, portion)
            verdict = judge.judge(plan, view, pictures, drawn)
            add_verdict(self.errors, verdict)
            self.maps.add(view, verdict)
            worst_px = max(worst_px, float(verdict.missed_px.max(initial=0.0)))
            on_wall += len(verdict.at)
        if drawn:
            self.area_ratios += [area_ratio(inner) for inner in plan.inners]
        if on_wall:
            self._missed_px.append(worst_px)

    def figures(self, poses: int, zooms: tuple[float, ...]) -> StillFigures:
        """The figures of all poses."""
        return StillFigures(
            **msgspec.structs.asdict(self.errors.registration()),
            poses=poses,
            held=tuple(self._held),
            held_walls=dict(sorted(self._held_walls.items())),
            inner_misses=misses_of(self._missed_px),
            zooms=zooms,
        )


def plan_pose(
    studio: Studio, camera: Camera, truth: LensTruth, pose: StillPose, values: tuple[Target, ...] = ()
) -> FramePlan:
    """One step of the real fold with one camera alone: its pose is set by hand, its lens reported by its tracker.

    Raises ConfigError where a value is refused.
    """
    config = alone(studio.config, camera)
    show = studio.new_show(config)
    inputs = FrameInputs(
        epoch=0,
        frame=0,
        present_ns=START_NS,
        datagrams=_lens_packets(config, truth),
        commands=commands_of((*_manual_pose(camera.name, pose), *values)),
    )
    outcome = show.step(inputs)
    refuse_if_refused(outcome)
    return outcome.plan


def _manual_pose(camera: str, pose: StillPose) -> tuple[Target, ...]:
    names = ("x_m", "y_m", "z_m", "pan_deg", "tilt_deg", "roll_deg")
    prefix = f"/camera/{camera}"
    numbers = zip(names, (*pose.position_m, *pose.rotation_deg), strict=True)
    set_pose = [Target(path=f"{prefix}/manual/{name}", value=number) for name, number in numbers]
    return (Target(path=f"{prefix}/source", value="manual"), *set_pose)


def _lens_packets(config: StageConfig, truth: LensTruth) -> tuple[Datagram, ...]:
    received_ns = START_NS - 100_000_000
    sample = truth.reported_in(
        TrackerSample(position_m=(0.0, 0.0, 0.0), rotation=(0.0, 0.0, 0.0, 1.0), device_ns=received_ns)
    )
    return tuple(
        Datagram(source=tracker.source, sender=SENDER, received_ns=received_ns, payload=packet)
        for tracker in config.trackers
        for packet in encoder_of(tracker, tracker.rate_hz or 60.0).encode(sample)
    )
