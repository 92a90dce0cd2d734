"""Wall meshes: parses the part of Wavefront OBJ that places LEDs (v, vt, f).

Wavefront Technologies, "Advanced Visualizer Manual", appendix B1 (object files). Other statements of modelling programs
(normals, groups, materials, lines) are skipped.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tracking.records import ConfigError

Array = npt.NDArray[np.float64]

MAX_TRIANGLES = 500_000
MAX_VERTICES = 1_000_000
MAX_POLYGON = 64
_UV_SLACK = 1e-6
_FLAT = 1e-14
_SKIPPED = frozenset(
    "o g s mg vn vp l p usemtl mtllib usemap maplib bevel c_interp d_interp lod shadow_obj trace_obj".split()  # noqa: SIM905
)


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """Triangles of a wall as in the file, before scale and axes are applied.

    `points` (n, 3 corners, xyz), `uvs` (n, 3 corners, uv) within 0..1, `lines` (n,) each face's line in `file`.
    """

    file: str
    points: Array
    uvs: Array
    lines: npt.NDArray[np.int64]


Corner = tuple[int, int]
"""Indices into the vertices and the texture vertices, both from 0."""


@dataclass
class _ObjText:
    """The statements read so far."""

    file: str
    line: int = 0
    points: list[tuple[float, ...]] = field(default_factory=list)
    uvs: list[tuple[float, ...]] = field(default_factory=list)
    corners: list[tuple[Corner, ...]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def refuse(self, found: str, expected: str) -> ConfigError:
        return ConfigError(f"{self.file}:{self.line}: {found}, expected {expected}")


def parse_obj(text: str, file: str) -> Mesh:
    """The triangles of an OBJ text. Polygons that can be split into a fan in UV are split.

    Raises ConfigError, `file:line: found, expected`, for anything that cannot be a wall: faces without UVs, UVs
    outside 0..1, numbers that are not finite, indices out of range, triangles without area.
    """
    reader = _ObjText(file)
    for number, words in _statements(text):
        reader.line = number
        _read_statement(reader, words[0], words[1:])
    if not reader.corners:
        raise ConfigError(f"{file}: found no faces, expected a mesh with UVs; export the wall as triangles with UVs")
    return _build(reader)


def _statements(text: str) -> Iterator[tuple[int, list[str]]]:
    r"""The number (from 1) of the line where each statement starts, and its words. A `\` at a line's end continues it.

    Lines end at LF, CRLF or CR only: other characters that Unicode counts as line ends are part of names.
    """
    words: list[str] = []
    start = 1
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines, start=1):
        # A byte-order mark is where an editor put one, and where files were joined.
        part, comment, _ = line.lstrip("\ufeff").partition("#")
        is_continued = not comment and _is_continued(part := part.rstrip(" \t"))
        words += (part[:-1] if is_continued else part).split()
        if not is_continued:
            if words:
                yield start, words
            words, start = [], number + 1
    if words:
        yield start, words


def _is_continued(line: str) -> bool:
    r"""Whether a line goes on in the next one.

    In East Asian encodings the last byte of a letter can be that of `\`: a name that ends with such a letter is whole.
    """
    return line.endswith("\\") and not _is_half_a_letter(line[-2:-1])


def _is_half_a_letter(character: str) -> bool:
    """Whether a character stands for a byte that is not UTF-8, as `surrogateescape` decodes it."""
    return "\udc80" <= character <= "\udcff"


def _read_statement(reader: _ObjText, keyword: str, words: list[str]) -> None:
    if keyword == "v":
        _append(reader, reader.points, _numbers(reader, words, 3))
    elif keyword == "vt":
        _append(reader, reader.uvs, _read_uv(reader, words))
    elif keyword == "f":
        _read_face(reader, words)
    elif keyword not in _SKIPPED:
        raise reader.refuse(f"found {keyword[:24]!r}", "an OBJ statement (v, vt, vn, f, o, g, ...)")


def _append(reader: _ObjText, rows: list[tuple[float, ...]], row: tuple[float, ...]) -> None:
    if len(rows) >= MAX_VERTICES:
        raise reader.refuse(f"found more than {MAX_VERTICES} vertices", "a simpler mesh")
    rows.append(row)


def _numbers(reader: _ObjText, words: list[str], count: int) -> tuple[float, ...]:
    if len(words) < count:
        raise reader.refuse(f"found {len(words)} numbers", f"at least {count}")
    try:
        numbers = tuple(float(word) for word in words[:count])
    except ValueError:
        raise reader.refuse(f"found {' '.join(words)[:40]!r}", f"{count} numbers") from None
    if not all(math.isfinite(number) and abs(number) < 1e9 for number in numbers):
        raise reader.refuse(f"found {' '.join(words)[:40]!r}", "finite numbers below 1e9")
    return numbers


def _read_uv(reader: _ObjText, words: list[str]) -> tuple[float, ...]:
    u, v = _numbers(reader, words, 2)
    if not (-_UV_SLACK <= u <= 1.0 + _UV_SLACK and -_UV_SLACK <= v <= 1.0 + _UV_SLACK):
        raise reader.refuse(f"found UV ({u:g}, {v:g})", "UVs within 0..1, (0, 0) being the raster's lower left")
    return (u, v)


def _read_face(reader: _ObjText, words: list[str]) -> None:
    if not 3 <= len(words) <= MAX_POLYGON:
        raise reader.refuse(f"found a face of {len(words)} corners", f"3 to {MAX_POLYGON}")
    polygon = [_read_corner(reader, word) for word in words]
    fan = _fan(reader, polygon)
    if len(reader.corners) + len(fan) > MAX_TRIANGLES:
        raise reader.refuse(f"found more than {MAX_TRIANGLES} triangles", "a simpler mesh")
    reader.corners += fan
    reader.lines += [reader.line] * len(fan)


def _read_corner(reader: _ObjText, word: str) -> Corner:
    parts = word.split("/")
    if len(parts) < 2 or not parts[1]:
        raise reader.refuse(f"found corner {word[:40]!r} without a UV", "vertex/uv; export the wall with UVs")
    return (
        _index(reader, parts[0], len(reader.points), "vertex"),
        _index(reader, parts[1], len(reader.uvs), "UV"),
    )


def _index(reader: _ObjText, word: str, count: int, what: str) -> int:
    """The index from 0. OBJ counts from 1, and negative indices count back from the newest."""
    try:
        index = int(word)
    except ValueError:
        raise reader.refuse(f"found {what} index {word[:24]!r}", "a whole number") from None
    place = index - 1 if index > 0 else count + index
    if index == 0 or not 0 <= place < count:
        raise reader.refuse(f"found {what} index {index}", f"1 to {count} or -{count} to -1")
    return place


def _fan(reader: _ObjText, polygon: list[Corner]) -> list[tuple[Corner, ...]]:
    """Split a polygon from a corner that sees all others. A fan that uses every corner is preferred."""
    best: list[tuple[Corner, ...]] = []
    for start in range(len(polygon)):
        turned = polygon[start:] + polygon[:start]
        triangles = [(turned[0], turned[k], turned[k + 1]) for k in range(1, len(turned) - 1)]
        areas = [_uv_area(reader, triangle) for triangle in triangles]
        kept = [triangle for triangle, area in zip(triangles, areas, strict=True) if abs(area) > _FLAT]
        if len(kept) > len(best) and (min(areas) > -_FLAT or max(areas) < _FLAT):
            best = [*kept]
    if best:
        return best
    if len(polygon) == 3:
        raise reader.refuse("found a triangle without area in UV", "three UVs that are not in one line")
    raise reader.refuse("found a polygon that no fan can split in UV", "triangles; triangulate on export")


def _uv_area(reader: _ObjText, triangle: tuple[Corner, ...]) -> float:
    (u0, v0), (u1, v1), (u2, v2) = (reader.uvs[corner[1]] for corner in triangle)
    return ((u1 - u0) * (v2 - v0) - (u2 - u0) * (v1 - v0)) * 0.5


def _build(reader: _ObjText) -> Mesh:
    corners: npt.NDArray[Any] = np.array(reader.corners, dtype=np.int64)
    points = np.array(reader.points, dtype=np.float64)[corners[:, :, 0]]
    lines = np.array(reader.lines, dtype=np.int64)
    area = np.linalg.norm(np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0]), axis=1)
    if not area.min() > 0.0:
        reader.line = int(lines[int(area.argmin())])
        raise reader.refuse("found a triangle without area in space", "three points that are not in one line")
    uvs = np.clip(np.array(reader.uvs, dtype=np.float64), 0.0, 1.0)[corners[:, :, 1]]
    return Mesh(file=reader.file, points=points, uvs=uvs, lines=lines)
