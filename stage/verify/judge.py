"""What one camera's film shows in one frame: its error against the truth, and where its inner picture fell short."""

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
from render.plan.frame import FramePlan
from render.plan.inner import InnerPlan
from stage.words.sentences import hold_line


class Seen(NamedTuple):
    """Film pixels on the walls at one moment: the true pose, the rays in the stage, and what they meet."""

    pose: FilmPose
    pixels: FilmPixels
    rays: Array
    sight: Sight


class Region(NamedTuple):
    """Film pixels that see a judged wall: their indices `at` and what they see; the rest is as in `Verdict`."""

    at: npt.NDArray[np.int64]
    sight: Sight
    covered: Mask
    missed_px: Array


class Glimpse(NamedTuple):
    """What film pixels that see a judged wall read there at one moment: their indices `at`, and its light (n, 3).

    `whole` are those between four LEDs that no other camera's picture covers; the rest is as in `Verdict`.
    """

    at: npt.NDArray[np.int64]
    light: Array
    whole: Mask
    covered: Mask
    missed_px: Array


class Verdict(NamedTuple):
    """Film pixels that see a judged wall: their indices `at`, which were compared, and those ones' errors.

    `missed_px` is how far outside the inner picture's full region each of `at` lies, 0 inside, in film pixels; pixels
    that another camera's picture covers are neither compared nor missed.
    """

    at: npt.NDArray[np.int64]
    compared: Mask
    covered: Mask
    error_px: Array
    missed_px: Array


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Judges one camera's film. `radius_m` is the distance of the `coordinates` world, None for infinity.

    `cell_m` is for each wall the diagonal between its LEDs: pixels so near to what another camera's picture covers read
    LEDs of it, too.
    """

    camera: str
    lens: FilmLens
    walls: tuple[FilmWall, ...]
    radius_m: float | None
    cell_m: Mapping[str, float] = field(default_factory=dict)

    def see(self, pose: FilmPose, pixels: FilmPixels) -> Seen:
        """Looks along the rays of `pixels` from the true pose."""
        rays = in_stage(pose, pixels.rays)
        return Seen(pose, pixels, rays, look(self.walls, pose.pupil_m, rays))

    def judge(
        self, plan: FramePlan, seen: Seen, pictures: Mapping[str, Picture], only: tuple[str, ...] | None = None
    ) -> Verdict:
        """The pixels on the walls named `only` (None: on all), whose light left when `seen` was looked at."""
        found = self.glimpse(plan, seen, pictures, only)
        error_px = registration_px(
            self.lens,
            seen.pose,
            found.light[found.whole],
            seen.pixels.positions_px[found.at[found.whole]],
            self.radius_m,
        )
        return Verdict(found.at, found.whole, found.covered, error_px, found.missed_px)

    def glimpse(
        self, plan: FramePlan, seen: Seen, pictures: Mapping[str, Picture], only: tuple[str, ...] | None = None
    ) -> Glimpse:
        """What is read off the walls named `only` (None: all), which show the `pictures` of `plan`."""
        at, sight, covered, missed_px = self.region(plan, seen, only)
        reading = read_walls(self.walls, pictures, sight)
        return Glimpse(at, reading.light, reading.whole & ~covered, covered, missed_px)

    def region(self, plan: FramePlan, seen: Seen, only: tuple[str, ...] | None = None) -> Region:
        """Where the walls named `only` (None: all) show whose picture, without a look at any."""
        planned = {wall.name: wall for wall in plan.walls if only is None or wall.name in only}
        lit = np.array([wall.name in planned for wall in self.walls])
        at = np.flatnonzero((seen.sight.wall >= 0) & lit[seen.sight.wall])
        rays, sight = (seen.rays, seen.sight) if at.size == len(seen.rays) else (seen.rays[at], seen.sight.of(at))
        points = seen.pose.pupil_m + rays * sight.distance[:, None]
        covered = np.zeros(len(at), dtype=np.bool_)
        missed_px = np.zeros(len(at))
        for index, wall in enumerate(self.walls):
            here = np.flatnonzero(sight.wall == index)
            if here.size:
                inners = [plan.inners[number] for number in planned[wall.name].inners]
                covered[here], missed_px[here] = self._inner_region(
                    inners, points[here], self.cell_m.get(wall.name, 0.0)
                )
        return Region(at, sight, covered, missed_px)

    def _inner_region(self, inners: list[InnerPlan], points: Array, cell_m: float) -> tuple[Mask, Array]:
        """Which points another camera's picture covers, and how far the rest lie outside this camera's full one."""
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
    """How far stage points (n, 3) lie outside the region that an inner picture fills whole, in tangents; 0 inside.

    Worked out from the plan's own eye and axes; inf behind the camera.
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
    """Which stage points lie where an inner picture is shown, feather and all, or at most `cell_m` beside it."""
    aside, depth, above = turned(points - np.array(inner.eye_m), np.array([inner.right, inner.ahead, inner.up])).T
    view, feather = inner.view, inner.feather
    sides = ((aside, view.right), (-aside, -view.left), (above, view.top), (-above, -view.bottom))
    inside: Mask = depth > 0.0
    for along, tangent in sides:
        inside &= along - (tangent + feather) * depth <= cell_m * math.hypot(1.0, tangent + feather)
    return inside


def held_walls(plan: FramePlan, camera: str) -> dict[str, str]:
    """Walls on which this camera's view is not that of the frame but an earlier one or none, and the reasons."""
    held = {}
    for wall in plan.walls:
        inners = [plan.inners[number] for number in wall.inners]
        if wall.holds and not any(inner.camera == camera and inner.light_ns == wall.light_ns for inner in inners):
            held[wall.name] = hold_line(wall.holds)
    return held


def area_ratio(inner: InnerPlan) -> float:
    """Area of the region that is filled whole over that of the frame, in tangents."""
    view, frame = inner.view, inner.frame
    return ((view.right - view.left) * (view.top - view.bottom)) / (
        (frame.right - frame.left) * (frame.top - frame.bottom)
    )
