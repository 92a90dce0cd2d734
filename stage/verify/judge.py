"""Judges one camera's film in one frame: its error against the truth, and where its inner picture fell short."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from render.film.camera import FilmPixels, FilmPose, in_stage, registration_px
from render.film.lens import FilmLens
from render.film.rotation import turned
from render.film.scene import FilmWall, Picture, Sight, look, read_walls
from render.film.surfaces import Array, Mask
from render.film.world import FilmWorld
from render.plan.frame import FramePlan
from render.plan.inner import InnerPlan
from stage.words.sentences import hold_line

_CELLS_AROUND = 2.0
"""Diagonals between LEDs: a pixel's light is from four LEDs, each of which shows an area of its own size."""


class FilmView(NamedTuple):
    """What film pixels see at one moment: the true pose, the rays in the stage frame, and what the rays meet."""

    pose: FilmPose
    pixels: FilmPixels
    rays: Array
    sight: Sight


class PictureRegion(NamedTuple):
    """Film pixels that see a judged wall: their indices `at` and what they see; other fields are as in `Verdict`."""

    at: npt.NDArray[np.int64]
    sight: Sight
    covered: Mask
    missed_px: Array


class WallReading(NamedTuple):
    """What film pixels that see a judged wall read there at one moment: their indices `at` and the light (n, 3).

    `whole` marks pixels between four LEDs that no other camera's picture covers; other fields are as in `Verdict`.
    """

    at: npt.NDArray[np.int64]
    light: Array
    whole: Mask
    covered: Mask
    missed_px: Array


class Verdict(NamedTuple):
    """Film pixels that see a judged wall: their indices `at`, which were compared, and the errors of those.

    `missed_px` is how far each pixel of `at` is outside the region that the inner picture fills whole, in film pixels;
    0 inside. Pixels that another camera's picture covers are neither compared nor missed.
    """

    at: npt.NDArray[np.int64]
    compared: Mask
    covered: Mask
    error_px: Array
    missed_px: Array


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Judges one camera's film. `world` is where the light of the `coordinates` world comes from.

    `cell_m` is the diagonal between neighbouring LEDs of each wall: a pixel that is as near as that to another camera's
    picture also reads LEDs of it.
    """

    camera: str
    lens: FilmLens
    walls: tuple[FilmWall, ...]
    world: FilmWorld
    cell_m: Mapping[str, float] = field(default_factory=dict)

    def see(self, pose: FilmPose, pixels: FilmPixels) -> FilmView:
        """What the rays of `pixels` meet from the true pose."""
        rays = in_stage(pose, pixels.rays)
        return FilmView(pose, pixels, rays, look(self.walls, pose.pupil_m, rays))

    def judge(
        self, plan: FramePlan, view: FilmView, pictures: Mapping[str, Picture], only: tuple[str, ...] | None = None
    ) -> Verdict:
        """Judges the pixels on the walls named `only` (None: on all), whose light leaves at the moment of `view`."""
        reading = self.read(plan, view, pictures, only)
        reading = reading._replace(whole=reading.whole & self._is_of_one_field(view, reading.at))
        error_px = registration_px(
            self.lens,
            view.pose,
            reading.light[reading.whole],
            view.pixels.positions_px[reading.at[reading.whole]],
            self.world,
        )
        return Verdict(reading.at, reading.whole, reading.covered, error_px, reading.missed_px)

    def read(
        self, plan: FramePlan, view: FilmView, pictures: Mapping[str, Picture], only: tuple[str, ...] | None = None
    ) -> WallReading:
        """Reads the light of the walls named `only` (None: all), which show the `pictures` of `plan`."""
        at, sight, covered, missed_px = self.region(plan, view, only)
        reading = read_walls(self.walls, pictures, sight)
        return WallReading(at, reading.light, reading.whole & ~covered, covered, missed_px)

    def _is_of_one_field(self, view: FilmView, at: npt.NDArray[np.int64]) -> Mask:
        """Which pixels see LEDs that all show the same field of the world, where that is chequered."""
        if self.world.room is None:
            return np.ones(len(at), dtype=np.bool_)
        cells_m = np.array([self.cell_m.get(wall.name, 0.0) for wall in self.walls])[view.sight.wall[at]]
        apart_rad = _CELLS_AROUND * cells_m / view.sight.distance[at]
        return self.world.is_whole(view.pose.pupil_m, view.rays[at], apart_rad)

    def region(self, plan: FramePlan, view: FilmView, only: tuple[str, ...] | None = None) -> PictureRegion:
        """Which camera's picture each pixel on the walls named `only` (None: all) falls on, by the plan alone."""
        planned = {wall.name: wall for wall in plan.walls if only is None or wall.name in only}
        lit = np.array([wall.name in planned for wall in self.walls])
        at = np.flatnonzero((view.sight.wall >= 0) & lit[view.sight.wall])
        rays, sight = (view.rays, view.sight) if at.size == len(view.rays) else (view.rays[at], view.sight.of(at))
        points = view.pose.pupil_m + rays * sight.distance[:, None]
        covered = np.zeros(len(at), dtype=np.bool_)
        missed_px = np.zeros(len(at))
        for index, wall in enumerate(self.walls):
            here = np.flatnonzero(sight.wall == index)
            if here.size:
                inners = [plan.inners[number] for number in planned[wall.name].inners]
                covered[here], missed_px[here] = self._inner_region(
                    inners, points[here], self.cell_m.get(wall.name, 0.0)
                )
        return PictureRegion(at, sight, covered, missed_px)

    def _inner_region(self, inners: list[InnerPlan], points: Array, cell_m: float) -> tuple[Mask, Array]:
        """Which points another camera's picture covers, and how far the rest are outside this camera's own picture."""
        covered = np.zeros(len(points), dtype=np.bool_)
        farthest_px = float(max(self.lens.resolution_px))
        for inner in inners:
            if inner.camera == self.camera:
                outside = beyond_view(inner, points)
                missed_px = np.minimum(outside * self.lens.pixels_per_tangent, farthest_px)
                return covered, np.where(covered, 0.0, missed_px)
            covered |= within(inner, points, cell_m)
        return covered, np.where(covered, 0.0, farthest_px)


def beyond_view(inner: InnerPlan, points: Array) -> Array:
    """How far stage points (n, 3) are outside the region that an inner picture fills whole, in tangents; 0 inside.

    Computed from the plan's own eye and axes; inf behind the camera.
    """
    offset = points - np.array(inner.eye_m)
    aside, depth, above = turned(offset, np.array([inner.right, inner.ahead, inner.up])).T
    with np.errstate(divide="ignore", invalid="ignore"):
        across, upward = aside / depth, above / depth
    view = inner.view
    outside_across = np.maximum(np.maximum(view.left - across, across - view.right), 0.0)
    outside_upward = np.maximum(np.maximum(view.bottom - upward, upward - view.top), 0.0)
    return np.where(depth > 1e-6, np.hypot(outside_across, outside_upward), np.inf)


def within(inner: InnerPlan, points: Array, cell_m: float) -> Mask:
    """Which stage points are inside an inner picture with its feather, or at most `cell_m` beside it."""
    aside, depth, above = turned(points - np.array(inner.eye_m), np.array([inner.right, inner.ahead, inner.up])).T
    view, feather = inner.view, inner.feather
    sides = ((aside, view.right), (-aside, -view.left), (above, view.top), (-above, -view.bottom))
    inside: Mask = depth > 0.0
    for along, tangent in sides:
        inside &= along - (tangent + feather) * depth <= cell_m * math.hypot(1.0, tangent + feather)
    return inside


def held_walls(plan: FramePlan, camera: str) -> dict[str, str]:
    """Walls on which this camera's view is an earlier one or none instead of the frame's own, with the reasons."""
    held = {}
    for wall in plan.walls:
        inners = [plan.inners[number] for number in wall.inners]
        if wall.holds and not any(inner.camera == camera and inner.light_ns == wall.light_ns for inner in inners):
            held[wall.name] = hold_line(wall.holds)
    return held


def area_ratio(inner: InnerPlan) -> float:
    """The area of the region that is filled whole over the area of the frame, both in tangents."""
    view, frame = inner.view, inner.frame
    return ((view.right - view.left) * (view.top - view.bottom)) / (
        (frame.right - frame.left) * (frame.top - frame.bottom)
    )
