"""The pictures of a test plate: colour bars, a ramp that moves, the frame's number for the eye and for a machine.

Bars are those of SMPTE EG 1 in 75 %: white, yellow, cyan, green, magenta, red, blue. Codes are worked out in double
precision from R'G'B': ITU-R BT.601-7 2.5, BT.709-6 part 2 item 3, BT.2020-2 table 4.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from render.media.burnt_numbers import CELL_ROWS, cell_columns, digits_mask
from render.worlds.shared.media import Matrix

Plane = npt.NDArray[Any]
Codes = npt.NDArray[np.float64]

BARS = ((1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1))
BAR_LEVEL = 0.75
_BARS_END, _RAMP_END = 0.5, 0.62
RAMP_FRAMES = 48
"""The ramp is where it was after so many frames."""
LUMA: dict[Matrix, tuple[float, float, float]] = {
    "bt601": (0.299, 0.587, 0.114),
    "bt709": (0.2126, 0.7152, 0.0722),
    "bt2020": (0.2627, 0.6780, 0.0593),
}


class PlatePictures:
    """Pictures of one size. Those of two frames differ in the ramp, the digits and the cells."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.bars_end, self.ramp_end, self.cells_top = (
            round(share * rows / 2) * 2 for share in (_BARS_END, _RAMP_END, CELL_ROWS[0])
        )
        bars = np.array(BARS, dtype=np.float64) * BAR_LEVEL
        edges = np.minimum(np.arange(columns) // 2 * 2 * len(BARS) // columns, len(BARS) - 1)
        self._still = np.zeros((rows, columns, 3))
        self._still[: self.bars_end] = bars[edges]

    def ramp(self, number: int) -> Codes:
        """The grey of each column of the ramp in a frame, 0 to 1."""
        moved = (np.arange(self.columns) + number % RAMP_FRAMES * self.columns // RAMP_FRAMES) % self.columns
        return np.asarray(moved / max(self.columns - 1, 1))

    def grey(self, number: int) -> Codes:
        """What moves, (rows below the bars, columns): ramp, digits and cells."""
        grey = np.zeros((self.rows - self.bars_end, self.columns))
        ramp, cells = self.ramp_end - self.bars_end, self.cells_top - self.bars_end
        grey[:ramp] = self.ramp(number)
        grey[ramp:cells][digits_mask(f"{number:06d}", cells - ramp, self.columns)] = 1.0
        grey[cells:] = cell_columns(number, self.columns)
        return grey

    def rgb(self, number: int) -> Codes:
        """R'G'B' of a frame, (rows, columns, 3), 0 to 1."""
        picture = self._still.copy()
        picture[self.bars_end :] = self.grey(number)[..., None]
        return picture

    def alpha(self) -> Codes:
        """What a plate with alpha lets through: the ramp's rows are open on the left and whole on the right."""
        alpha = np.ones((self.rows, self.columns))
        alpha[self.bars_end : self.ramp_end] = np.linspace(0.0, 1.0, self.columns)
        return alpha


class YcbcrPlanes:
    """Codes of luma and colour differences of the pictures, of which only the luma moves."""

    def __init__(
        self, pictures: PlatePictures, *, bits: int, matrix: Matrix, full_range: bool, chroma: tuple[int, int]
    ) -> None:
        self._pictures, self._bits, self._full = pictures, bits, full_range
        self._type: Any = np.uint8 if bits <= 8 else np.uint16
        red, _, blue = LUMA[matrix]
        still = pictures.rgb(0)
        luma = still @ np.array(LUMA[matrix])
        across, down = chroma
        differences = ((still[..., 2] - luma) / (2.0 * (1.0 - blue)), (still[..., 0] - luma) / (2.0 * (1.0 - red)))
        self._luma = self._luma_codes(luma)
        self._chroma = [self._chroma_codes(plane[::down, ::across]) for plane in differences]

    def planes(self, number: int) -> list[Plane]:
        """Luma and both differences of a frame."""
        luma = self._luma.copy()
        luma[self._pictures.bars_end :] = self._luma_codes(self._pictures.grey(number))
        return [luma, *self._chroma]

    def _luma_codes(self, values: Codes) -> Plane:
        step = 1 << (self._bits - 8)
        codes = values * ((1 << self._bits) - 1) if self._full else (16.0 + 219.0 * values) * step
        return np.floor(codes + 0.5).astype(self._type)

    def _chroma_codes(self, values: Codes) -> Plane:
        middle = 1 << (self._bits - 1)
        span = (1 << self._bits) - 1 if self._full else 224 << (self._bits - 8)
        return np.floor(values * span + middle + 0.5).clip(0, (1 << self._bits) - 1).astype(self._type)


def rgb_codes(values: Codes, bits: int) -> Plane:
    """Whole codes of 0 to 1."""
    return np.floor(values * ((1 << bits) - 1) + 0.5).astype(np.uint8 if bits <= 8 else np.uint16)
