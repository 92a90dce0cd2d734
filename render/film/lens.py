"""The film camera's true lens: from pixels to rays and back, in double precision.

A pinhole with the Brown-Conrady distortion of SMPTE RIS OpenLensIO (1.0, "Mathematical lens model") in either
direction. The other direction has no formula and is solved by Newton's method on the two-dimensional map.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from calibration.lens_records import Lens, LensNode

Array = npt.NDArray[np.float64]

MOST_STEPS = 40
_EXACT_MM = 1e-13
_GOOD_MM = 1e-9


@dataclass(frozen=True, kw_only=True)
class FilmLens:
    """A lens at one zoom and focus. `sensor_mm` and `resolution_px` are (width, height) of the recorded picture.

    Film positions are in pixels from the picture's upper left corner, x right, y down; centres are at halves. Tangents
    are (x right, y up) of rays from the entrance pupil at unit distance along the optical axis.
    """

    focal_length_mm: float
    sensor_mm: tuple[float, float]
    resolution_px: tuple[int, int]
    entrance_pupil_m: float = 0.0
    radial: tuple[float, ...] = ()
    tangential: tuple[float, ...] = ()
    projection_offset_mm: tuple[float, float] = (0.0, 0.0)
    distortion_offset_mm: tuple[float, float] = (0.0, 0.0)
    undistorts: bool = True

    @property
    def pixels_per_tangent(self) -> float:
        """Film pixels to a unit of tangent on the axis, along the picture's width."""
        return self.focal_length_mm * self.resolution_px[0] / self.sensor_mm[0]

    def tangents_from_pixels(self, positions_px: Array) -> Array:
        """Tangents (n, 2) of the rays through film positions (n, 2); NaN where the lens has none (it folds over)."""
        centre = np.add(self.projection_offset_mm, self.distortion_offset_mm)
        distorted = (positions_px - self._half_px()) * self._mm_per_px() - centre
        straight = self._map(distorted) if self.undistorts else self._solve(distorted, distorted)
        return (straight + self.distortion_offset_mm) * (1.0 / self.focal_length_mm, -1.0 / self.focal_length_mm)

    def pixels_from_tangents(self, tangents: Array, near_px: Array | None = None) -> Array:
        """Film positions (n, 2) of rays given by their tangents (n, 2); NaN where a ray does not reach the film.

        `near_px` (n, 2) are positions to start the search from; the solution does not need good ones.
        """
        straight = tangents * (self.focal_length_mm, -self.focal_length_mm) - self.distortion_offset_mm
        centre = np.add(self.projection_offset_mm, self.distortion_offset_mm)
        if not self._bends():
            distorted = straight
        elif self.undistorts:
            begin = straight if near_px is None else (near_px - self._half_px()) * self._mm_per_px() - centre
            distorted = self._solve(straight, begin)
        else:
            distorted = self._map(straight)
        return np.asarray((distorted + centre) / self._mm_per_px() + self._half_px())

    def _bends(self) -> bool:
        return any(self.radial) or any(self.tangential)

    def _half_px(self) -> Array:
        return np.asarray(self.resolution_px, dtype=np.float64) * 0.5

    def _mm_per_px(self) -> Array:
        return np.asarray(self.sensor_mm) / np.asarray(self.resolution_px, dtype=np.float64)

    def _map(self, points: Array) -> Array:
        """The polynomial of the standard, about the distortion centre, in millimetres."""
        if not self._bends():
            return points
        x, y = points[:, 0], points[:, 1]
        p1, p2 = (*self.tangential, 0.0, 0.0)[:2]
        square = x * x + y * y
        factor, _ = self._factor(square)
        return np.stack(
            [
                x * factor + 2 * p1 * x * y + p2 * (square + 2 * x * x),
                y * factor + p1 * (square + 2 * y * y) + 2 * p2 * x * y,
            ],
            axis=1,
        )

    def _factor(self, square: Array) -> tuple[Array, Array]:
        """The radial factor and its derivative by the squared radius."""
        k1, k2, k3, k4, k5, k6 = (*self.radial, *(0.0,) * 6)[:6]
        above = 1 + square * (k1 + square * (k3 + square * k5))
        below = 1 + square * (k2 + square * (k4 + square * k6))
        above_slope = k1 + square * (2 * k3 + square * 3 * k5)
        below_slope = k2 + square * (2 * k4 + square * 3 * k6)
        return above / below, (above_slope * below - above * below_slope) / (below * below)

    def _solve(self, wanted: Array, begin: Array) -> Array:
        """The points that `_map` maps to `wanted`; NaN where Newton's method finds none."""
        if not self._bends():
            return wanted
        found = np.array(begin, dtype=np.float64)
        open_rows = np.arange(len(wanted))
        with np.errstate(all="ignore"):
            for _ in range(MOST_STEPS):
                points = found[open_rows]
                missing = wanted[open_rows] - self._map(points)
                open_rows = open_rows[~(np.abs(missing).max(axis=1) < _EXACT_MM)]
                if not open_rows.size:
                    break
                points, missing = found[open_rows], wanted[open_rows] - self._map(found[open_rows])
                found[open_rows] = points + self._newton_step(points, missing)
            wrong = ~(np.abs(self._map(found) - wanted).max(axis=1) < _GOOD_MM)
        found[wrong] = np.nan
        return found

    def _newton_step(self, points: Array, missing: Array) -> Array:
        """Solves the 2 x 2 Jacobian for the step that closes `missing`, to first order."""
        x, y = points[:, 0], points[:, 1]
        p1, p2 = (*self.tangential, 0.0, 0.0)[:2]
        factor, slope = self._factor(x * x + y * y)
        across = factor + 2 * x * x * slope + 2 * p1 * y + 6 * p2 * x
        down = factor + 2 * y * y * slope + 6 * p1 * y + 2 * p2 * x
        mixed = 2 * x * y * slope + 2 * p1 * x + 2 * p2 * y
        share = 1.0 / (across * down - mixed * mixed)
        return np.stack(
            [
                (down * missing[:, 0] - mixed * missing[:, 1]) * share,
                (across * missing[:, 1] - mixed * missing[:, 0]) * share,
            ],
            axis=1,
        )


def film_lens(lens: Lens, zoom_raw: float, sensor_mm: tuple[float, float], resolution_px: tuple[int, int]) -> FilmLens:
    """The lens of a lens file at a zoom encoder value: linear between two nodes, constant beyond the ends.

    The logarithm of the focal length is linear in the encoder value. Distortion is interpolated on the image scaled to
    unit focal length (coefficients in mm of power n scale with the focal length to the n); pupil and offsets directly.
    """
    nodes = sorted(lens.nodes, key=lambda node: node.zoom_raw)
    places = [node.zoom_raw for node in nodes]
    after = int(np.searchsorted(places, zoom_raw, side="right"))
    low, high = nodes[max(after - 1, 0)], nodes[min(after, len(nodes) - 1)]
    span = high.zoom_raw - low.zoom_raw
    share = (zoom_raw - low.zoom_raw) / span if span > 0 else 0.0
    focal_mm = float(np.exp((1 - share) * np.log(low.focal_length_mm) + share * np.log(high.focal_length_mm)))

    def mixed(first: tuple[float, ...], second: tuple[float, ...]) -> tuple[float, ...]:
        return tuple((1 - share) * a + share * b for a, b in zip(first, second, strict=True))

    radial_low, radial_high = _of_unit_focal(low), _of_unit_focal(high)
    radial = mixed(radial_low[0], radial_high[0])
    tangential = mixed(radial_low[1], radial_high[1])
    return FilmLens(
        focal_length_mm=focal_mm,
        sensor_mm=sensor_mm,
        resolution_px=resolution_px,
        entrance_pupil_m=(1 - share) * low.entrance_pupil_m + share * high.entrance_pupil_m,
        radial=tuple(k / focal_mm**power for k, power in zip(radial, _POWERS, strict=True)),
        tangential=tuple(p / focal_mm for p in tangential),
        projection_offset_mm=_pair(mixed(low.projection_offset_mm, high.projection_offset_mm)),
        distortion_offset_mm=_pair(mixed(low.distortion_offset_mm, high.distortion_offset_mm)),
        undistorts=lens.model == "Brown-Conrady D-U",
    )


def film_lens_of_focal_length(
    lens: Lens, focal_length_mm: float, sensor_mm: tuple[float, float], resolution_px: tuple[int, int]
) -> FilmLens:
    """The lens of a lens file at a focal length.

    Beyond the focal lengths of the file, its nearest end is used with the same picture at unit focal length.
    """
    nodes = sorted(lens.nodes, key=lambda node: node.focal_length_mm)
    logarithms = np.log([node.focal_length_mm for node in nodes])
    zoom_raw = float(np.interp(np.log(focal_length_mm), logarithms, [node.zoom_raw for node in nodes]))
    found = film_lens(lens, zoom_raw, sensor_mm, resolution_px)
    stretch = found.focal_length_mm / focal_length_mm
    return replace(
        found,
        focal_length_mm=focal_length_mm,
        radial=tuple(k * stretch**power for k, power in zip(found.radial, _POWERS, strict=True)),
        tangential=tuple(p * stretch for p in found.tangential),
    )


_POWERS = (2, 2, 4, 4, 6, 6)


def _of_unit_focal(node: LensNode) -> tuple[tuple[float, ...], tuple[float, ...]]:
    radial = (*node.radial, *(0.0,) * 6)[:6]
    tangential = (*node.tangential, 0.0, 0.0)[:2]
    length = node.focal_length_mm
    return (
        tuple(k * length**power for k, power in zip(radial, _POWERS, strict=True)),
        tuple(p * length for p in tangential),
    )


def _pair(values: tuple[float, ...]) -> tuple[float, float]:
    return values[0], values[1]


def focal_length_from_zoom(rows: tuple[tuple[float, float], ...], zoom_raw: float) -> float:
    """Millimetres at a zoom encoder value, from rows of (raw, mm): linear between rows, constant beyond the ends."""
    ordered = np.array(sorted(rows), dtype=np.float64)
    return float(np.interp(zoom_raw, ordered[:, 0], ordered[:, 1]))
