"""A camera's true lens, found from the frame that a plan says it sees, which determines its zoom."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from calibration.cameras import Camera
from calibration.lens_records import Lens
from render.film.lens import FilmLens, film_lens
from render.film.rotation import Array
from render.readback.scaled import fitting

LONGEST_SIDE_PX = 640
_ZOOMS = 64
_BORDER = 24
_ROUNDS = 6
_SAME = 1e-7

Frame = tuple[float, float, float, float]


class FilmOptics:
    """One camera's small film: its lens at any zoom.

    `lens` is the camera's lens file; without one the lens is a pinhole.
    """

    def __init__(self, camera: Camera, lens: Lens | None, longest_px: int = LONGEST_SIDE_PX) -> None:
        self.size_px = fitting(camera.resolution_px, longest_px)
        self._sensor_mm = camera.sensor_mm
        self._lens = lens
        self._zooms, self._widths = (np.zeros(0), np.zeros(0)) if lens is None else self._zoom_table(lens)

    def lens_seeing(self, frame: Frame) -> FilmLens:
        """The lens whose picture is as wide as this frame (left, right, bottom, top as tangents).

        A pinhole's axis is where the frame's tangents are zero. A lens file's zoom is looked up by the width. Beyond
        its ends, where the focal length was set by hand, its last lens gets a longer or shorter focal length, which is
        the same as a smaller or larger sensor.
        """
        width = frame[1] - frame[0]
        if self._lens is None:
            return self._pinhole(frame, self._sensor_mm[0] / width)
        lens = self._at(self._lens, float(np.interp(width, self._widths, self._zooms)))
        for _ in range(_ROUNDS):
            share = width / _width_seen(lens)
            if abs(share - 1.0) < _SAME:
                break
            lens = replace(lens, sensor_mm=(lens.sensor_mm[0] * share, lens.sensor_mm[1] * share))
        return lens

    def _pinhole(self, frame: Frame, focal_mm: float) -> FilmLens:
        left, right, bottom, top = frame
        offset_mm = (-0.5 * focal_mm * (left + right), 0.5 * focal_mm * (bottom + top))
        return FilmLens(
            focal_length_mm=focal_mm,
            sensor_mm=self._sensor_mm,
            resolution_px=self.size_px,
            projection_offset_mm=offset_mm,
        )

    def _at(self, lens: Lens, zoom_raw: float) -> FilmLens:
        return film_lens(lens, zoom_raw, self._sensor_mm, self.size_px)

    def _zoom_table(self, lens: Lens) -> tuple[Array, Array]:
        """Zoom encoder values and the width that the lens sees at each (tangents), the narrowest first."""
        raw = sorted(node.zoom_raw for node in lens.nodes)
        steps = max(1, _ZOOMS // len(raw))
        between = [np.linspace(low, high, steps, endpoint=False) for low, high in pairwise(raw)]
        zooms = np.concatenate([*between, raw[-1:]])
        widths = np.array([_width_seen(self._at(lens, float(zoom))) for zoom in zooms])
        order = np.argsort(widths)
        return zooms[order], widths[order]


def _width_seen(lens: FilmLens) -> float:
    """The width from the leftmost to the rightmost ray through the picture's border, in tangents."""
    width, height = lens.resolution_px
    along = np.linspace(0.0, 1.0, _BORDER + 1)
    across, down = along * width, along * height
    border = np.concatenate(
        [
            np.stack([across, np.zeros_like(across)], axis=1),
            np.stack([across, np.full_like(across, height)], axis=1),
            np.stack([np.zeros_like(down), down], axis=1),
            np.stack([np.full_like(down, width), down], axis=1),
        ]
    )
    tangents = lens.tangents_from_pixels(border)[:, 0]
    return float(np.nanmax(tangents) - np.nanmin(tangents))
