"""From the codes of a film's planes to red, green and blue codes, of which 0 is black and 1 is white. Pure."""

from __future__ import annotations

from typing import NamedTuple

from render.colour.matrices import IDENTITY, Row, apply, inverse, multiply
from render.colour.matrices import Matrix as Rows
from render.worlds.shared.media import Matrix, MediaFacts, PlaneKind

_LUMA = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}
"""The shares of red and blue in luma: Rec. ITU-R BT.601-7, section 2.5.1; BT.709-6, item 3.2; BT.2020-2, table 4, of
non-constant luminance.
"""


class CodesToColours(NamedTuple):
    """R'G'B' = `matrix` (planes) + `offset`, where planes are samples of textures: 1 for the largest number of 8 or 16
    bits. `alpha` is what such a sample of the plane of alpha is multiplied by.
    """

    matrix: Rows
    offset: Row
    alpha: float


def codes_to_colours(facts: MediaFacts, matrix: Matrix, *, full_range: bool) -> CodesToColours:
    """How the planes of a film become colours, its luma by `matrix` and its codes in the full or in the video range.

    Ranges are those of BT.709-6, item 4.6, and of BT.2100-2, table 9, for any number of bits. Alpha is always of the
    full range. Planes of light stay as they are.
    """
    if facts.planes == "light":
        return CodesToColours(IDENTITY, (0.0, 0.0, 0.0), 1.0)
    code = float(255 if facts.sample_bytes == 1 else 65535)
    peak = float((1 << facts.bits) - 1)
    scales, blacks = _range(facts.planes, facts.bits, full_range=full_range)
    meant = tuple(code / scale for scale in scales)
    shift = (-blacks[0] / scales[0], -blacks[1] / scales[1], -blacks[2] / scales[2])
    rgb = _rgb_from_luma(matrix) if facts.planes == "ycbcr" else IDENTITY
    diagonal: Rows = ((meant[0], 0.0, 0.0), (0.0, meant[1], 0.0), (0.0, 0.0, meant[2]))
    return CodesToColours(multiply(rgb, diagonal), apply(rgb, shift), code / peak)


def _range(planes: PlaneKind, bits: int, *, full_range: bool) -> tuple[Row, Row]:
    """How many codes there are from black to white, and which is black; for differences of colour, which is grey."""
    unit = 2.0 ** (bits - 8)
    luma, black = (2.0**bits - 1.0, 0.0) if full_range else (219.0 * unit, 16.0 * unit)
    if planes == "rgb":
        return (luma, luma, luma), (black, black, black)
    difference = 2.0**bits - 1.0 if full_range else 224.0 * unit
    return (luma, difference, difference), (black, 128.0 * unit, 128.0 * unit)


def _rgb_from_luma(matrix: Matrix) -> Rows:
    """R'G'B' of luma and two differences, each from -0.5 to 0.5."""
    red, blue = _LUMA[matrix]
    green = 1.0 - red - blue
    luma = (red, green, blue)
    to_blue = tuple((float(index == 2) - share) / (2.0 * (1.0 - blue)) for index, share in enumerate(luma))
    to_red = tuple((float(index == 0) - share) / (2.0 * (1.0 - red)) for index, share in enumerate(luma))
    return inverse((luma, (to_blue[0], to_blue[1], to_blue[2]), (to_red[0], to_red[1], to_red[2])))
