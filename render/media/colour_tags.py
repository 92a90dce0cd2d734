"""What a film's tags say of its colours, and what is taken where they say nothing.

Numbers are those of ITU-T H.273 (matrix coefficients, transfer characteristics, colour primaries).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from render.media.examined import MediaFinding, finding
from render.media.pixel_formats import PlaneFormat
from render.worlds.shared.media import Matrix

if TYPE_CHECKING:
    from av import VideoFrame

_MATRICES: dict[int, Matrix] = {1: "bt709", 4: "bt601", 5: "bt601", 6: "bt601", 9: "bt2020"}
_CURVES = {
    1: "rec709",
    4: "rec709",
    6: "rec709",
    8: "linear",
    13: "srgb",
    14: "rec709",
    15: "rec709",
    16: "pq",
    18: "hlg",
}
_WIDE = {"pq": "pq", "hlg": "hlg", "rec709": "rec2020"}
"""Colour spaces with the primaries of BT.2020, by their curves."""
_UNSPECIFIED = (0, 2, 3)
_LIKE_REC709 = (1, 5, 6, 7)
"""Primaries of BT.709, and those of BT.601 and SMPTE 240, which are near them."""
_MPEG, _JPEG = 1, 2
_BT2020 = 9
_MOST_ROWS_OF_601 = 576


class ColourFacts(NamedTuple):
    """The fields of the same names of `MediaFacts`."""

    matrix: Matrix
    full_range: bool
    colour_space: str
    tagged: bool


def colour_facts(frame: VideoFrame, found: PlaneFormat, *, is_picture: bool) -> tuple[ColourFacts, list[MediaFinding]]:
    """What was taken, and what should be known of it. `is_picture` is for numbered files: without tags they are sRGB.

    Without tags, a film of at most 576 rows is BT.601, one of more BT.709, in video range, as broadcasters have them;
    red, green and blue are full range.
    """
    matrix, curve = int(frame.colorspace), int(frame.color_trc)
    primaries, code_range = int(frame.color_primaries), int(frame.color_range)
    needs_matrix = found.kind == "ycbcr" and not found.is_grey
    assumed: Matrix = "bt601" if is_picture or frame.height <= _MOST_ROWS_OF_601 else "bt709"
    wide = primaries == _BT2020
    default_curve = "srgb" if is_picture else "rec709"
    space = _CURVES.get(curve, default_curve)
    colours = ColourFacts(
        matrix=_MATRICES.get(matrix, "bt2020" if wide else assumed),
        full_range=code_range == _JPEG if code_range in (_MPEG, _JPEG) else found.is_full_range or is_picture,
        colour_space=_WIDE.get(space, space) if wide else space,
        tagged=(matrix in _MATRICES or not needs_matrix) and curve in _CURVES,
    )
    findings = []
    if needs_matrix and matrix not in _MATRICES and matrix not in _UNSPECIFIED:
        findings.append(finding("media_matrix_unread", number=matrix, taken=colours.matrix))
    if curve not in _CURVES and curve not in _UNSPECIFIED:
        findings.append(finding("media_curve_unread", number=curve, taken=colours.colour_space))
    if wide and space not in _WIDE:
        findings.append(finding("media_wide_colours", taken=colours.colour_space))
    elif not wide and primaries not in (*_LIKE_REC709, *_UNSPECIFIED):
        findings.append(finding("media_primaries_unread", number=primaries, taken=colours.colour_space))
    return colours, findings
