"""Where rays meet a plane or an arc, and the place on the wall's raster there. Analytic, in double precision."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from calibration.walls import ArcShape, PlaneShape
from render.film.rotation import turned

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Meeting(NamedTuple):
    """Where (n) rays first meet a wall: `distance` in lengths of the ray (inf where they do not).

    `across` and `down` go from 0 to 1 over the raster from its upper left corner. `lit` is whether a ray meets the side
    with the LEDs.
    """

    distance: Array
    across: Array
    down: Array
    lit: Mask


class Surface(Protocol):
    """A wall's shape."""

    def meet(self, eye_m: Array, rays: Array) -> Meeting:
        """The first meeting of each ray (n, 3) from `eye_m` with this wall."""
        ...


@dataclass(frozen=True)
class FlatSurface:
    """A parallelogram from three corners."""

    shape: PlaneShape

    def meet(self, eye_m: Array, rays: Array) -> Meeting:
        """The two raster coordinates are ratios of linear forms of the ray, by the dual basis of the two edges."""
        corner = np.array(self.shape.lower_left_m)
        edge_across = np.array(self.shape.lower_right_m) - corner
        edge_up = np.array(self.shape.upper_left_m) - corner
        normal = np.cross(edge_across, edge_up)
        size = float(normal @ normal)
        dual_across, dual_up = np.cross(edge_up, normal) / size, np.cross(normal, edge_across) / size
        along_across, along_up, towards = turned(rays, np.array([dual_across, dual_up, normal])).T
        offset = eye_m - corner
        with np.errstate(divide="ignore", invalid="ignore"):
            distance = -float(normal @ offset) / towards
            across = float(dual_across @ offset) + distance * along_across
            up = float(dual_up @ offset) + distance * along_up
            met = (distance > 0) & (across >= 0) & (across <= 1) & (up >= 0) & (up <= 1)
        return Meeting(np.where(met, distance, np.inf), across, 1 - up, towards < 0)


@dataclass(frozen=True)
class ArcSurface:
    """A part of an upright cylinder, lit on its inside."""

    shape: ArcShape

    def meet(self, eye_m: Array, rays: Array) -> Meeting:
        """The nearer of the two roots that are within the sweep and the height."""
        base = np.array(self.shape.base_m)
        x, y = eye_m[0] - base[0], eye_m[1] - base[1]
        square = rays[:, 0] ** 2 + rays[:, 1] ** 2
        half = x * rays[:, 0] + y * rays[:, 1]
        beyond = x * x + y * y - self.shape.radius_m**2
        with np.errstate(divide="ignore", invalid="ignore"):
            root = np.sqrt(half * half - square * beyond)
            far = self._at(eye_m - base, rays, (root - half) / square, lit=True)
            if beyond < 0:
                return far
            near = self._at(eye_m - base, rays, (-root - half) / square, lit=False)
        nearer = near.distance < far.distance
        chosen = (np.where(nearer, first, second) for first, second in zip(near, far, strict=True))
        return Meeting(*chosen)

    def _at(self, offset: Array, rays: Array, distance: Array, *, lit: bool) -> Meeting:
        x, y = offset[0] + distance * rays[:, 0], offset[1] + distance * rays[:, 1]
        up = (offset[2] + distance * rays[:, 2]) / self.shape.height_m
        turned = np.arctan2(x, y) + math.radians(self.shape.turn_deg)
        wrapped = turned - 2 * math.pi * np.round(turned / (2 * math.pi))
        across = 0.5 + wrapped / math.radians(self.shape.sweep_deg)
        met = (distance > 0) & (across >= 0) & (across <= 1) & (up >= 0) & (up <= 1)
        return Meeting(np.where(met, distance, np.inf), across, 1 - up, np.full(len(rays), lit))
