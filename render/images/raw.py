"""A decoded picture as its file holds it: planes of any number type, taken as floats a band of rows at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[Any]
Pixels = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class RawPicture:
    """Red, green and blue planes of equal shape, and alpha where the file has one; times `scale` they are its values.

    Where there is a `table`, colours are looked up in it by the planes' whole numbers instead.

    The picture has `rows` and `columns`. The planes begin at row and column `at` of it and end within; around them
    is black, which alpha leaves open. Colours are multiplied by alpha already, unless they are `straight`.
    """

    planes: tuple[Plane, Plane, Plane]
    alpha: Plane | None
    rows: int
    columns: int
    at: tuple[int, int] = (0, 0)
    scale: float = 1.0
    straight: bool = False
    table: Pixels | None = None

    @property
    def is_open(self) -> bool:
        """Whether anything can be seen through it: whether it has an alpha that is not 1 everywhere."""
        if self.alpha is None:
            return False
        is_whole = self.alpha.shape == (self.rows, self.columns)
        return not is_whole or bool((self.alpha != round(1.0 / self.scale)).any())

    def band(self, top: int, bottom: int) -> Pixels:
        """Rows `top` to `bottom`, not included: float32 (rows, columns, 3)."""
        pixels = np.zeros((bottom - top, self.columns, 3), dtype=np.float32)
        for index, plane in enumerate(self.planes):
            self._fill(pixels[..., index], plane, top, self.table)
        return pixels

    def alpha_band(self, top: int, bottom: int) -> Pixels | None:
        """Alpha of the same rows, float32 (rows, columns); None where the file has none."""
        if self.alpha is None:
            return None
        alpha = np.zeros((bottom - top, self.columns), dtype=np.float32)
        self._fill(alpha, self.alpha, top)
        return alpha

    def _fill(self, band: Pixels, plane: Plane, top: int, table: Pixels | None = None) -> None:
        """Puts the rows of a plane that lie in a band from `top` on at their place in it."""
        row, column = self.at
        first, last = max(top, row), min(top + len(band), row + plane.shape[0])
        if first >= last:
            return
        part = plane[first - row : last - row]
        target = band[first - top : last - top, column : column + plane.shape[1]]
        if table is not None:
            target[...] = table[part]
        elif self.scale == 1.0:
            target[...] = part
        else:
            np.multiply(part, np.float32(self.scale), out=target, dtype=np.float32)


def raw_from_pixels(pixels: Plane, *, scale: float = 1.0, straight: bool = False) -> RawPicture:
    """The picture of an array (rows, columns, 3 or 4), whose fourth channel is alpha."""
    return RawPicture(
        planes=(pixels[..., 0], pixels[..., 1], pixels[..., 2]),
        alpha=pixels[..., 3] if pixels.shape[2] > 3 else None,
        rows=pixels.shape[0],
        columns=pixels.shape[1],
        scale=scale,
        straight=straight,
    )
