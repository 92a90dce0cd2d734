"""The colour spaces of films as drawing needs them: from code to light for one channel, and a matrix.

That is a table, and for the spaces that films are tagged with a polynomial: a software renderer pays as much for three
looks into a table as for a look-up of a picture, and hardly anything for the polynomial.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from render.colour.code_curves import FILM_SPACES, Curve, Toe, light_of
from render.colour.matrices import Matrix
from render.colour.primaries import acescg_from_rgb
from render.images.colour_spaces import KEY, ColourSpaces
from render.images.faults import PictureError, RefusedFileError

ENTRIES = 4096
ENTRIES_BELOW_BLACK, ENTRIES_TO_WHITE = 340, 3400
"""Black and white are entries, since curves may have a kink there; codes beyond them are a video range's foot and head
room.
"""
RISE_DEGREE, RISE_POWER = 7, 8
_FITTED_POINTS = 128
_APART, _LEAST_APART = 1e-3, 1e-6
"""More than this share of the light between OpenColorIO's and that of table and matrix: it is no such space."""
_BRIGHT, _DARK = 1.0, 0.0


class Rise(NamedTuple):
    """A curve above its `toe`, up to the last code of the table: the eighth power of a polynomial of how far the root
    of a code is above `middle`, its `factors` from the constant one on. The power has a few of them do for light from
    a millionth to hundreds, as in the perceptual quantiser.
    """

    toe: Toe
    middle: float
    factors: tuple[float, ...]


class FilmLight(NamedTuple):
    """What makes light of codes: `table` (4096,) of one channel, float64, or its `rise`; then `acescg_from_light`."""

    table: npt.NDArray[np.float64]
    acescg_from_light: Matrix
    rise: Rise | None = None


def film_light(name: str) -> FilmLight:
    """The light of a colour space by its name: one of `FILM_SPACES`, or one of OpenColorIO.

    Raises RefusedFileError for a name that there is not, and for a space that is more than a curve and a matrix.
    """
    if name in FILM_SPACES:
        space = FILM_SPACES[name]
        rise = _rise(space.light_of, space.toe)
        return FilmLight(_table(space.light_of), acescg_from_rgb(space.primaries), rise)
    spaces = ColourSpaces()
    spaces.check(name)
    return _taken_apart(spaces, name, _codes())


def _codes() -> npt.NDArray[np.float64]:
    return (np.arange(ENTRIES) - ENTRIES_BELOW_BLACK) / ENTRIES_TO_WHITE


@cache
def _table(curve: Curve) -> npt.NDArray[np.float64]:
    """Worked out once: every renderer has those of all spaces, and half of these share one."""
    table = np.array([light_of(curve, code) for code in _codes().tolist()])
    table.setflags(write=False)
    return table


@cache
def _rise(curve: Curve, toe: Toe) -> Rise:
    """By Chebyshev's points, which keep a polynomial near a smooth curve everywhere; what is small counts as much."""
    first, last = math.sqrt(toe.end), math.sqrt((ENTRIES - 1 - ENTRIES_BELOW_BLACK) / ENTRIES_TO_WHITE)
    middle, half = 0.5 * (last + first), 0.5 * (last - first)
    places = np.polynomial.chebyshev.chebpts1(_FITTED_POINTS)
    roots = np.array([curve((middle + half * place) ** 2) ** (1.0 / RISE_POWER) for place in places.tolist()])
    found = np.polynomial.Chebyshev(np.polynomial.chebyshev.chebfit(places, roots, RISE_DEGREE, w=1.0 / roots))
    factors = found.convert(kind=np.polynomial.Polynomial).coef.tolist()
    return Rise(toe, middle, tuple(float(factor) / half**power for power, factor in enumerate(factors)))


def _taken_apart(spaces: ColourSpaces, name: str, codes: npt.NDArray[np.float64]) -> FilmLight:
    """A space of OpenColorIO as a curve, which greys show, and a matrix, which shows in what one channel alone does."""
    greys = np.repeat(codes[:, None], 3, axis=1)
    table = _converted(spaces, name, greys)[:, 1]
    bright, dark = np.interp((_BRIGHT, _DARK), codes, table)
    alone = np.full((4, 3), _DARK)
    alone[[0, 1, 2], [0, 1, 2]] = _BRIGHT
    shown = _converted(spaces, name, alone)
    columns = (shown[:3] - shown[3]) / (bright - dark if bright != dark else 1.0)
    matrix = columns.T / columns.sum(axis=0)[:, None]  # greys stay grey: a table has their light
    _refuse_more(spaces, name, codes, table, matrix)
    a, b, c = ((float(row[0]), float(row[1]), float(row[2])) for row in matrix)
    return FilmLight(table, (a, b, c))


def _refuse_more(
    spaces: ColourSpaces,
    name: str,
    codes: npt.NDArray[np.float64],
    table: npt.NDArray[np.float64],
    matrix: npt.NDArray[np.float64],
) -> None:
    steps = np.linspace(0.0, 1.0, 5)
    colours = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    truth = _converted(spaces, name, colours)
    found = np.interp(colours, codes, table) @ matrix.T
    allowed = _APART * np.abs(truth).max(axis=1)[:, None] + _LEAST_APART
    if not bool((np.abs(found - truth) <= allowed).all()):
        raise RefusedFileError(PictureError("colour_space_no_film", found=name), KEY)


def _converted(spaces: ColourSpaces, name: str, colours: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Colours (n, 3) in ACEScg."""
    pixels = np.ascontiguousarray(colours[None], dtype=np.float32)
    spaces.to_working(pixels, name)
    return np.asarray(pixels[0], dtype=np.float64)
