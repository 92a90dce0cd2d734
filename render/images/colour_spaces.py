"""The named colour spaces of OpenColorIO's default configuration, for pictures that are loaded."""

from __future__ import annotations

import difflib
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from render.images.faults import PictureError, RefusedFileError

Pixels = npt.NDArray[np.float32]

WORKING_SPACE = "ACEScg"
KEY = "world.colour_space"
"""What lines for terminals begin with where a colour space is refused."""
_ROWS_AT_ONCE = 256
_COMMON = ("ACEScg", "ACES2065-1", "Linear Rec.709 (sRGB)", "Linear Rec.2020", "sRGB Encoded Rec.709 (sRGB)")
"""Those that are named where a name is like none."""


class ColourSpaces:
    """The colour spaces that a `colour_space` key may name, with their aliases and roles.

    They are those of OpenColorIO's own configuration for studios, which has those of its default and of cameras.
    """

    def __init__(self) -> None:
        self._config = _studio_config()

    def names(self) -> tuple[str, ...]:
        """Every canonical name, in the configuration's order."""
        return tuple(space.getName() for space in self._config.getColorSpaces())

    def check(self, name: str) -> None:
        """Raises RefusedFileError with the nearest name for a colour space that does not exist."""
        if self._config.getColorSpace(name) is not None:
            return
        near, found = self._nearest(name), name[:80]
        if near is not None:
            raise RefusedFileError(PictureError("colour_space_unknown", found=found, near=near), KEY)
        names = ", ".join(common for common in _COMMON if common in self.names())
        raise RefusedFileError(PictureError("colour_space_far_off", found=found, names=names), KEY)

    def to_working(self, pixels: Pixels, name: str) -> None:
        """Converts (rows, columns, 3) C-contiguous pixels in place from the named space to ACEScg."""
        processor = self._config.getProcessor(name, WORKING_SPACE).getDefaultCPUProcessor()
        for top in range(0, len(pixels), _ROWS_AT_ONCE):
            processor.applyRGB(pixels[top : top + _ROWS_AT_ONCE])

    def _nearest(self, name: str) -> str | None:
        known = {
            _letters(alias): space.getName()
            for space in self._config.getColorSpaces()
            for alias in (space.getName(), *space.getAliases())
        }
        close = difflib.get_close_matches(_letters(name), known, n=1, cutoff=0.5)
        return known[close[0]] if close else None


def _letters(name: str) -> str:
    """A name without case and punctuation, as people remember it."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


@cache
def _studio_config() -> Any:
    """Read once a process, by the first that needs it: it takes 25 ms, and loading the library as long."""
    import PyOpenColorIO  # noqa: PLC0415

    return PyOpenColorIO.Config.CreateFromFile("ocio://studio-config-latest")
