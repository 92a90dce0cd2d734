"""The grey sphere of a still: where it stands, what lights it, and a picture of it alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from calibration.walls import Wall
from render.colour.grade import NITS_AT_ONE, REC709_FROM_ACESCG
from render.colour.matrices import inverse
from render.colour.primaries import ACESCG, xyz_from_rgb
from render.film.camera import FilmPose
from render.film.grey_sphere import FilmLamp, Gathered, GreySphere, gather, irradiance, lamp_irradiance, with_sphere
from render.film.lens import FilmLens
from render.film.rotation import axes_from_pan_tilt_roll
from render.film.scene import FilmWall, Picture
from tracking.records import Record, Vec3

RADIUS_M = 0.15
CLOSE_UP_PX = 256
_FILLS = 0.9
_SENSOR_MM = 24.0
_ACESCG_FROM_REC709 = np.array(inverse(REC709_FROM_ACESCG))
_LUMINANCE = np.array(xyz_from_rgb(ACESCG)[1])


class SphereReport(Record):
    """Where the sphere is, and the lux of walls and of lamps there, on what faces the camera and on what faces up."""

    place_m: Vec3
    facing_lux: tuple[float, float]
    upward_lux: tuple[float, float]


class LitSphere(NamedTuple):
    """A grey sphere before walls, and all that lights it."""

    sphere: GreySphere
    walls: tuple[FilmWall, ...]
    lit_by: Gathered
    lamps: Sequence[FilmLamp]

    def in_film(self, film: Picture, lens: FilmLens, pose: FilmPose) -> Picture:
        """A film picture with the sphere in it."""
        return with_sphere(film, lens, pose, self.sphere, walls=self.walls, lit_by=self.lit_by, lamps=self.lamps)

    def alone(self, pupil_m: Vec3) -> Picture:
        """The sphere as it is seen from there, with nothing around it: (256, 256, 3)."""
        away = self.sphere.middle_m - np.array(pupil_m)
        distance = max(float(np.linalg.norm(away)), 1.01 * self.sphere.radius_m)
        x, y, z = away / max(float(np.linalg.norm(away)), 1e-9)
        pan, tilt = math.degrees(math.atan2(-x, y)), math.degrees(math.asin(max(-1.0, min(1.0, z))))
        tangent = self.sphere.radius_m / math.sqrt(distance**2 - self.sphere.radius_m**2)
        lens = FilmLens(
            focal_length_mm=_FILLS * 0.5 * _SENSOR_MM / tangent,
            sensor_mm=(_SENSOR_MM, _SENSOR_MM),
            resolution_px=(CLOSE_UP_PX, CLOSE_UP_PX),
        )
        pose = FilmPose(pupil_m=np.array(pupil_m), axes=axes_from_pan_tilt_roll(pan, tilt, 0.0))
        return self._replace(walls=()).in_film(np.zeros((CLOSE_UP_PX, CLOSE_UP_PX, 3), np.float32), lens, pose)

    def report(self, pupil_m: Vec3) -> SphereReport:
        """Its light in numbers, for a camera there."""
        place = self.sphere.middle_m
        towards = np.array(pupil_m) - place
        normals = np.array([towards / max(float(np.linalg.norm(towards)), 1e-9), [0.0, 0.0, 1.0]])
        of_walls = NITS_AT_ONE * irradiance(normals, self.lit_by) @ _LUMINANCE
        of_lamps = NITS_AT_ONE * lamp_irradiance(np.tile(place, (2, 1)), normals, self.lamps) @ _LUMINANCE
        facing, upward = ((float(a), float(b)) for a, b in zip(of_walls, of_lamps, strict=True))
        x, y, z = place.tolist()
        return SphereReport(place_m=(x, y, z), facing_lux=facing, upward_lux=upward)


def lit_sphere(
    place_m: Vec3,
    configured: Sequence[Wall],
    walls: tuple[FilmWall, ...],
    light: Mapping[str, Picture],
    lamps: Sequence[FilmLamp],
) -> LitSphere:
    """A sphere at a place, lit by walls that show `light` (ACEScg) as far as they can, and by lamps."""
    shown = {wall.name: shown_light(light[wall.name], wall) for wall in configured if wall.name in light}
    middle = np.array(place_m)
    return LitSphere(GreySphere(middle_m=middle, radius_m=RADIUS_M), walls, gather(walls, shown, middle), lamps)


def shown_light(light: Picture, wall: Wall) -> Picture:
    """What a wall shows of scene-linear ACEScg: nothing brighter than its peak, no colour outside its primaries."""
    rec709 = light.astype(np.float64) @ np.array(REC709_FROM_ACESCG).T
    shown = np.clip(rec709, 0.0, wall.signal.peak_nits / NITS_AT_ONE) @ _ACESCG_FROM_REC709.T
    return np.asarray(shown, np.float32)
