"""Measures a picture while it is decoded, band by band: from a small copy, from its edges, and from samples of it.

Nothing is kept of the size of the picture. Whatever a picture holds, every fact is a finite number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from render.assets.horizon import Line, find_horizon
from render.assets.picture_edges import has_even_poles, matching_edges, seam_step, unevenness
from render.assets.picture_light import Light
from render.assets.picture_texture import bands_share, finest_detail_px
from render.assets.sphere_horizon import Circle, find_circle
from render.assets.sphere_sun import find_sun
from render.images.sphere_area import PanoramaCrop
from render.worlds.shared.facts import PictureFacts, SpherePart
from tracking.records import Scalar

Pixels = npt.NDArray[np.float32]
SMALL_PX = 640
"""Most columns and rows of the small copy."""
_LINES = 64
"""Full rows, and full columns, that are kept to look for what a small copy does not show."""
_SAMPLES = 2_000_000
"""About so many pixels are counted by their light."""
LUMINANCE = (0.2722287168, 0.6740817658, 0.0536895174)
"""Of ACEScg (AP1 primaries, D60 white)."""
_TWO_TO_ONE = 0.001


@dataclass(frozen=True, kw_only=True)
class PictureFinding:
    """Something about a file that its user should know, though it can be shown: a code with values for its sentence."""

    code: str
    values: dict[str, Scalar]


class PictureMeasure:
    """Takes the rows of a picture from the top, and tells its facts once it has had all of them."""

    def __init__(self, rows: int, columns: int) -> None:
        self._rows, self._columns = rows, columns
        times = -(-max(rows, columns) // SMALL_PX)
        self._block = min(times, rows), min(times, columns)
        self._size = rows // self._block[0], columns // self._block[1]
        self._sums = np.zeros((*self._size, 3), dtype=np.float32)
        self._row_step = max(1, rows // _LINES)
        self._lines: list[Pixels] = []
        self._down: list[Pixels] = []
        self._edges: list[Pixels] = []
        self._first: Pixels | None = None
        self._last: Pixels | None = None
        self._light = Light(max(1, rows * columns // _SAMPLES))

    def add(self, top: int, pixels: Pixels) -> None:
        """Rows from `top` on, (rows, columns, 3) of float32 ACEScg, multiplied by alpha where there is any."""
        self._shrink(top, pixels)
        weights = np.array(LUMINANCE, dtype=np.float32)
        begin = -top % self._row_step
        self._lines += [pixels[row] @ weights for row in range(begin, len(pixels), self._row_step)]
        self._down.append(pixels[:, :: max(1, self._columns // _LINES)] @ weights)
        quarters = [self._columns * part // 4 for part in (1, 2, 3)]
        last = self._columns - 1
        places = [0, min(1, last), max(0, last - 1), last, *quarters]
        self._edges.append(pixels[:, places])
        if self._first is None:
            self._first = pixels[0].copy()
        self._last = pixels[-1]
        self._light.add(top, pixels, weights)

    def facts(self, crop: PanoramaCrop | None) -> PictureFacts:
        """What was measured, once all rows were added. `crop` is what the file's metadata say of it (GPano)."""
        small, edges = self.small(), np.concatenate(self._edges)
        down, across = np.concatenate(self._down).T, np.stack(self._lines)
        first, last = self._poles()
        is_sphere = (
            crop is None
            and self._rows > 1
            and abs(self._columns - 2 * self._rows) <= max(1.0, self._columns * _TWO_TO_ONE)
            and (matching := matching_edges(edges)) != "no"
            and has_even_poles(first, last, strictly=matching == "perhaps")
        )
        codes = coded(small)
        circle = find_circle(codes) if is_sphere else None
        line = None if is_sphere else find_horizon(codes)
        sun = find_sun(small @ np.array(LUMINANCE, np.float32)) if is_sphere else None
        return PictureFacts(
            columns=self._columns,
            rows=self._rows,
            part=None if crop is None else part_of(crop),
            is_sphere=is_sphere,
            **self._horizon_facts(line, circle),
            depth=None,
            seam=round(seam_step(edges), 4),
            pole_top=round(unevenness(first), 4),
            pole_bottom=round(unevenness(last), 4),
            clipped=round(self._light.clipped, 5),
            missing_stops=round(self._light.missing_stops, 2),
            bands=round(bands_share(down), 4),
            detail_px=round(finest_detail_px(across, down), 2),
            mean_nits=round(self._light.mean_nits, 3),
            median_nits=round(self._light.median_nits, 3),
            sun_deg=None if sun is None else round(sun.elevation_deg, 1),
            sun_over_sky=0.0 if sun is None else float(f"{sun.share:.4g}"),
        )

    def small(self) -> Pixels:
        """The small copy, (rows, columns, 3) ACEScg, at most `SMALL_PX` on a side."""
        return self._sums / np.float32(self._block[0] * self._block[1])

    def _horizon_facts(self, line: Line | None, circle: Circle | None) -> dict[str, float]:
        if circle is not None:
            row = circle.row * self._size[0] * self._block[0] / self._rows
            tilt, roll = round(circle.tilt_deg, 2), round(circle.roll_deg, 2)
            return {"horizon": round(row, 4), "tilt_deg": tilt, "roll_deg": roll}
        if line is not None:
            return {"horizon": round(self._row_share(line), 4), "roll_deg": round(line.roll_deg, 2)}
        return {}

    def _row_share(self, line: Line) -> float:
        """The row of a line of the small copy in the picture's middle column, as a share of the picture's height."""
        (tall, broad), (high, wide) = self._block, self._size
        aside = (self._columns - wide * broad) / 2.0
        return (line.row * high * tall + aside * math.tan(math.radians(line.roll_deg))) / self._rows

    def _poles(self) -> tuple[Pixels, Pixels]:
        assert self._first is not None
        assert self._last is not None
        return self._first, self._last

    def _shrink(self, top: int, pixels: Pixels) -> None:
        (tall, broad), (high, wide) = self._block, self._size
        kept = pixels[: max(0, high * tall - top), : wide * broad]
        if not len(kept):
            return
        for row in range(top // tall, (top + len(kept) - 1) // tall + 1):
            block = kept[max(0, row * tall - top) : (row + 1) * tall - top]
            self._sums[row] += block.sum(0).reshape(wide, broad, 3).sum(1)


def coded(light: Pixels) -> Pixels:
    """Light as code values 0 to 1, as the eye sees differences; 1 is what hardly any of it exceeds."""
    white = float(np.quantile(light, 0.99))
    scaled = np.clip(light / np.float32(max(white, 1e-6)), 0.0, 1.0)
    return np.asarray(scaled ** np.float32(1.0 / 2.4), dtype=np.float32)


def part_of(crop: PanoramaCrop) -> SpherePart:
    """The part of the sphere that GPano names."""
    span_deg = 360.0 * crop.columns / crop.full_columns
    middle = (crop.left + crop.columns / 2.0) / crop.full_columns
    horizon = (crop.full_rows / 2.0 - crop.top) / crop.rows
    turn_deg = math.remainder(360.0 * (0.5 - middle), 360.0)
    return SpherePart(span_deg=span_deg, turn_deg=turn_deg, horizon=horizon)
