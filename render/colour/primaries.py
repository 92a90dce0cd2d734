"""From any linear RGB to the ACEScg working space, by the chromaticities of a picture file. Pure.

Primaries: ACEScg AP1 (Academy S-2014-004), Rec. ITU-R BT.709. White points are adapted by the linear Bradford
transform (ICC.1:2022, annex E), as in the ACES colour configurations.
"""

from __future__ import annotations

from render.colour.matrices import Matrix, apply, inverse, multiply

Chromaticities = tuple[float, float, float, float, float, float, float, float]
"""x, y of red, green, blue and white (CIE 1931)."""
Column = tuple[float, float, float]

ACESCG: Chromaticities = (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767)
REC709: Chromaticities = (0.640, 0.330, 0.300, 0.600, 0.150, 0.060, 0.3127, 0.3290)

_BRADFORD: Matrix = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))


def acescg_from_rgb(chromaticities: Chromaticities) -> Matrix:
    """Matrix from linear RGB of these chromaticities to ACEScg.

    Raises ValueError where the primaries are on one line or the white point is outside them.
    """
    white_x, white_y = chromaticities[6:]
    adapted = adaptation((white_x, white_y), (ACESCG[6], ACESCG[7]))
    return multiply(inverse(xyz_from_rgb(ACESCG)), multiply(adapted, xyz_from_rgb(chromaticities)))


def xyz_from_rgb(chromaticities: Chromaticities) -> Matrix:
    """Matrix from linear RGB to CIE XYZ with Y = 1 at white (SMPTE RP 177). Raises ValueError as above."""
    xr, yr, xg, yg, xb, yb, xw, yw = chromaticities
    if not all(abs(value) < 10.0 for value in chromaticities):
        raise ValueError("out of range")
    primaries = ((xr, xg, xb), (yr, yg, yb), (1.0 - xr - yr, 1.0 - xg - yg, 1.0 - xb - yb))
    gains = apply(inverse(primaries), _xyz_of_white(xw, yw))
    if min(gains) <= 0.0:
        raise ValueError("the white point is outside the primaries")
    return _scale_columns(primaries, gains)


def adaptation(source: tuple[float, float], target: tuple[float, float]) -> Matrix:
    """Bradford: from XYZ under the white of `source` to XYZ under the white of `target`."""
    before = apply(_BRADFORD, _xyz_of_white(*source))
    after = apply(_BRADFORD, _xyz_of_white(*target))
    if min(before) <= 0.0:
        raise ValueError("the white point is not a visible colour")
    gains = (after[0] / before[0], after[1] / before[1], after[2] / before[2])
    return multiply(_scale_columns(inverse(_BRADFORD), gains), _BRADFORD)


def _xyz_of_white(x: float, y: float) -> Column:
    if not y > 1e-6:
        raise ValueError("the white point has no luminance")
    return (x / y, 1.0, (1.0 - x - y) / y)


def _scale_columns(m: Matrix, s: Column) -> Matrix:
    first, second, third = ((row[0] * s[0], row[1] * s[1], row[2] * s[2]) for row in m)
    return (first, second, third)
