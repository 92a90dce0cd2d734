"""The film camera: a pose, a lens, an exposure; its picture of the walls and its error against the truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from render.film.lens import FilmLens
from render.film.rotation import turned
from render.film.scene import FilmWall, Picture, look, read_walls
from render.film.surfaces import Array, Mask
from render.film.world import FilmWorld

RAYS_AT_ONCE = 1 << 16
BORDER_STEPS = 96
FARTHEST_PX = 1e6
"""The error of a pixel that shows what is behind the camera, or what its lens cannot see at all."""


@dataclass(frozen=True, kw_only=True)
class FilmPose:
    """The true pose of the camera: its entrance pupil, and right, ahead and up as the columns of `axes` (3, 3)."""

    pupil_m: Array
    axes: Array


def pose_from_imaging_plane(plane_m: Array, axes: Array, entrance_pupil_m: float) -> FilmPose:
    """The pose of a camera whose imaging plane is at `plane_m`: its pupil is ahead of that on the optical axis."""
    return FilmPose(pupil_m=plane_m + entrance_pupil_m * axes[:, 1], axes=axes)


@dataclass(frozen=True)
class FilmPixels:
    """Film positions (n, 2) of a lens and the rays (n, 3) through them, in the camera's axes; computed once."""

    positions_px: Array
    rays: Array

    def portions(self) -> Iterator[FilmPixels]:
        """The same in portions that fit into the processor's cache."""
        for begin in range(0, len(self.rays), RAYS_AT_ONCE):
            part = slice(begin, begin + RAYS_AT_ONCE)
            yield FilmPixels(self.positions_px[part], self.rays[part])


def film_pixels(lens: FilmLens, positions_px: Array) -> FilmPixels:
    """Rays in the camera's axes of film positions (n, 2), without those that the lens cannot have."""
    tangents = lens.tangents_from_pixels(positions_px)
    good = np.isfinite(tangents).all(axis=1)
    rays = np.ones((int(good.sum()), 3), order="F")
    rays[:, 0], rays[:, 2] = tangents[good, 0], tangents[good, 1]
    return FilmPixels(positions_px[good], rays)


def every_pixel(lens: FilmLens) -> FilmPixels:
    """All pixel centres, row by row from the top."""
    return even_grid(lens, *lens.resolution_px)


def even_grid(lens: FilmLens, columns: int, rows: int) -> FilmPixels:
    """The middles of `columns` x `rows` equal parts of the picture."""
    width, height = lens.resolution_px
    across, down = (np.arange(columns) + 0.5) * (width / columns), (np.arange(rows) + 0.5) * (height / rows)
    return film_pixels(lens, np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2))


def border(lens: FilmLens) -> FilmPixels:
    """Outermost pixel centres, `BORDER_STEPS` even steps along each side, the corners among them: 384 positions.

    Where the film sees beyond an inner picture, it does so there first.
    """
    right, bottom = lens.resolution_px[0] - 0.5, lens.resolution_px[1] - 0.5
    corners = np.array([[0.5, 0.5], [right, 0.5], [right, bottom], [0.5, bottom], [0.5, 0.5]])
    share = (np.arange(BORDER_STEPS) / BORDER_STEPS)[:, None]
    sides = [start + share * (end - start) for start, end in pairwise(corners)]
    return film_pixels(lens, np.concatenate(sides))


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One sub-frame of an exposure: where the camera is and what every wall shows (linear, rows x columns x 3)."""

    pose: FilmPose
    pictures: Mapping[str, Picture] = field(default_factory=dict)


def photograph(lens: FilmLens, walls: tuple[FilmWall, ...], exposure: Sequence[Moment]) -> Picture:
    """The film picture (height, width, 3), linear: the mean light of the exposure's moments.

    Surroundings without LEDs are black, and so are positions for which the lens has no ray.
    """
    width, height = lens.resolution_px
    film = np.zeros((height * width, 3))
    for pixels in every_pixel(lens).portions():
        place = np.floor(pixels.positions_px).astype(np.int64)
        at = place[:, 1] * width + place[:, 0]
        for moment in exposure:
            sight = look(walls, moment.pose.pupil_m, in_stage(moment.pose, pixels.rays))
            film[at] += read_walls(walls, moment.pictures, sight).light
    return (film / len(exposure)).reshape(height, width, 3).astype(np.float32)


def exposure_times_ns(middle_ns: int, shutter_ns: int, sub_frames: int) -> tuple[int, ...]:
    """The middles of equal parts of an exposure that is centred on `middle_ns`."""
    opened_ns = middle_ns - shutter_ns // 2
    return tuple(opened_ns + (2 * part + 1) * shutter_ns // (2 * sub_frames) for part in range(sub_frames))


class Landing(NamedTuple):
    """Where points of a `coordinates` world are on the film.

    Positions (n, 2) are NaN where the lens has no ray to a point. `tangents` (n, 2) are of the rays to the points,
    `ahead` is which of them are ahead of the camera; the others are nowhere on the film.
    """

    positions_px: Array
    tangents: Array
    ahead: Mask


def landing(lens: FilmLens, pose: FilmPose, light: Array, near_px: Array, world: FilmWorld) -> Landing:
    """Photographs the points that `light` (n, 3) stands for, through the lens from the pose.

    `light` is that of a `coordinates` world: directions, of any length, to points of `world`. `near_px` (n, 2) are
    film positions to search from.
    """
    inside = turned(world.offsets(light, pose.pupil_m), pose.axes.T)
    ahead = inside[:, 1] > 1e-9
    tangents = inside[:, [0, 2]] / np.where(ahead, inside[:, 1], 1.0)[:, None]
    return Landing(lens.pixels_from_tangents(tangents, near_px=near_px), tangents, ahead)


def registration_px(
    lens: FilmLens, pose: FilmPose, seen: Array, positions_px: Array, world: FilmWorld
) -> npt.NDArray[np.float64]:
    """Registration error in film pixels: how far each shown point is from where a camera in the world would show it.

    `seen` (n, 3) is the light of a `coordinates` world at `positions_px` (n, 2). The point that it stands for is
    photographed through the true lens from the true pose (`landing`), and its place on the film is compared.
    """
    found, tangents, ahead = landing(lens, pose, seen, positions_px, world)
    apart = found - positions_px
    error = np.hypot(apart[:, 0], apart[:, 1])
    lost = ~np.isfinite(error)
    if lost.any():
        straight = (tangents[lost] - lens.tangents_from_pixels(positions_px[lost])) * lens.pixels_per_tangent
        error[lost] = np.hypot(straight[:, 0], straight[:, 1])
    return np.where(ahead & np.isfinite(error), np.minimum(error, FARTHEST_PX), FARTHEST_PX)


def in_stage(pose: FilmPose, rays: Array) -> Array:
    """Rays (n, 3) given in the camera's axes, in the stage."""
    return turned(rays, pose.axes)
