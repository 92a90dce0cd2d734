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
_SPACES = {
    5: {"rec709": "rec601_625"},
    6: {"rec709": "rec601_525"},
    7: {"rec709": "rec601_525"},
    9: {"rec709": "rec2020", "pq": "pq", "hlg": "hlg"},
    12: {"rec709": "p3", "srgb": "display_p3"},
}
"""Colour spaces by the number of their primaries, where those are not BT.709's, and by their curves. SMPTE 240 (7) has
the primaries of SMPTE 170M (6).
"""
_UNSPECIFIED = (0, 2, 3)
_LIKE_REC709 = (1, *_UNSPECIFIED)
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
    default_curve = "srgb" if is_picture else "rec709"
    taken_curve = _CURVES.get(curve, default_curve)
    spaces = _SPACES.get(primaries, {})
    colours = ColourFacts(
        matrix=_MATRICES.get(matrix, "bt2020" if primaries == _BT2020 else assumed),
        full_range=code_range == _JPEG if code_range in (_MPEG, _JPEG) else found.is_full_range or is_picture,
        colour_space=spaces.get(taken_curve, taken_curve),
        tagged=(matrix in _MATRICES or not needs_matrix) and curve in _CURVES,
    )
    findings = []
    if needs_matrix and matrix not in _MATRICES and matrix not in _UNSPECIFIED:
        findings.append(finding("media_matrix_unread", number=matrix, taken=colours.matrix))
    if curve not in _CURVES and curve not in _UNSPECIFIED:
        findings.append(finding("media_curve_unread", number=curve, taken=colours.colour_space))
    if primaries == _BT2020 and taken_curve not in spaces:
        findings.append(finding("media_wide_colours", taken=colours.colour_space))
    elif taken_curve not in spaces and primaries not in _LIKE_REC709:
        findings.append(finding("media_primaries_unread", number=primaries, taken=colours.colour_space))
    return colours, findings
