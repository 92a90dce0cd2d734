"""Radiance pictures (.hdr, RGBE): from bytes to linear RGB.

G. Ward, "Real Pixels", Graphics Gems II (1991); format as in the Radiance reference manual, "Picture files": a
header, a resolution line, then scanlines that are flat, in the old run lengths, or in the new ones per component.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from render.colour.primaries import Chromaticities

Pixels = npt.NDArray[np.float32]

MAX_HEADER = 64 << 10
_RESOLUTION = re.compile(rb"([-+])Y (\d{1,6}) ([-+])X (\d{1,6})")
_ROWS_AT_ONCE = 256


@dataclass(frozen=True, kw_only=True)
class RadianceHeader:
    """The part before the pixels. `flip_rows`: the file starts at the bottom; `flip_columns`: at the right."""

    columns: int
    rows: int
    flip_rows: bool
    flip_columns: bool
    chromaticities: Chromaticities | None
    pixels_at: int


def read_header(content: bytes) -> RadianceHeader:
    """The header at the start of `content`. Raises ValueError with what was found and expected."""
    if not content.startswith((b"#?RADIANCE", b"#?RGBE")):
        raise ValueError("found no '#?RADIANCE' at its start, expected a Radiance picture")
    end = content.find(b"\n\n", 0, MAX_HEADER)
    line_end = content.find(b"\n", end + 2, end + 66)
    if end < 0 or line_end < 0:
        raise ValueError("found no end of the header, expected a blank line and the resolution")
    variables = dict(
        line.split(b"=", 1) for line in content[:end].split(b"\n")[1:] if b"=" in line and not line.startswith(b"#")
    )
    kind = variables.get(b"FORMAT", b"32-bit_rle_rgbe").strip()
    if kind != b"32-bit_rle_rgbe":
        raise ValueError(f"found FORMAT {_shown(kind)}, expected 32-bit_rle_rgbe")
    line = content[end + 2 : line_end].strip()
    size = _RESOLUTION.fullmatch(line)
    if size is None:
        raise ValueError(f"found resolution line {_shown(line)}, expected '-Y rows +X columns'")
    return RadianceHeader(
        rows=int(size[2]),
        columns=int(size[4]),
        flip_rows=size[1] == b"+",
        flip_columns=size[3] == b"-",
        chromaticities=_primaries(variables.get(b"PRIMARIES", b"")),
        pixels_at=line_end + 1,
    )


def _shown(word: bytes) -> str:
    return repr(word[:40].decode("latin-1"))


def _primaries(words: bytes) -> Chromaticities | None:
    """Eight numbers, or None where they cannot be true: widespread writers fill the line with zeros."""
    try:
        values = [float(word) for word in words.split()]
    except ValueError:
        return None
    if len(values) != 8 or not all(0.0 < value < 1.0 for value in values):
        return None
    return (values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7])


def decode(content: bytes, header: RadianceHeader) -> Pixels:
    """Linear RGB (rows, columns, 3), row 0 the top. Raises ValueError where pixels are cut off or impossible."""
    start = content[header.pixels_at : header.pixels_at + 4]
    if 8 <= header.columns <= 32767 and start == bytes((2, 2)) + header.columns.to_bytes(2, "big"):
        coded = _new_run_lengths(content, header)
    else:
        coded = _old_run_lengths(content, header)
    pixels = _linear(coded)
    if header.flip_rows:
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels[:, ::-1] if header.flip_columns else pixels)


def _new_run_lengths(content: bytes, header: RadianceHeader) -> npt.NDArray[np.uint8]:
    """Scanlines of four components each, every component as runs and literals."""
    marker = bytes((2, 2)) + header.columns.to_bytes(2, "big")
    length = 4 * header.columns
    planes = np.empty((header.rows, 4, header.columns), dtype=np.uint8)
    at = header.pixels_at
    for row in range(header.rows):
        if content[at : at + 4] != marker:
            raise ValueError(f"found no scanline start at row {row}, expected {header.rows} rows; the file is cut off")
        scanline, at = _scanline(content, at + 4, length, row)
        planes[row] = np.frombuffer(scanline, dtype=np.uint8).reshape(4, header.columns)
    return planes.transpose(0, 2, 1)


def _scanline(content: bytes, at: int, length: int, row: int) -> tuple[bytes, int]:
    """The `length` component bytes of one scanline, and where the next one starts."""
    parts: list[bytes] = []
    filled = 0
    while filled < length:
        code = content[at] if at < len(content) else 0
        if code > 128:
            count, parted = code - 128, content[at + 1 : at + 2] * (code - 128)
            at += 2
        else:
            count, parted = code, content[at + 1 : at + 1 + code]
            at += 1 + code
        if count == 0 or len(parted) != count:
            raise ValueError(f"found broken run lengths in row {row}, expected whole rows; the file is cut off")
        parts.append(parted)
        filled += count
    if filled != length:
        raise ValueError(f"found {filled} bytes in row {row}, expected {length}; the file is damaged")
    return b"".join(parts), at


def _old_run_lengths(content: bytes, header: RadianceHeader) -> npt.NDArray[np.uint8]:
    """Flat pixels, in which (1, 1, 1, n) repeats the pixel before n times; markers in a row are higher digits of n."""
    whole = (len(content) - header.pixels_at) // 4
    words = np.frombuffer(content, dtype=np.uint8, count=whole * 4, offset=header.pixels_at).reshape(-1, 4)
    wanted = header.rows * header.columns
    words = words[:wanted]
    marker = (words[:, :3] == 1).all(axis=1)
    if not len(words) or marker[0]:
        raise ValueError(f"found no pixels, expected {wanted}; the file is cut off")
    real = np.flatnonzero(~marker)
    digit = np.arange(len(words)) - np.repeat(real, np.diff(np.append(real, len(words)))) - 1
    if int(digit.max(initial=0)) > 3:
        raise ValueError("found more than four run markers in a row, expected pixels; the file is damaged")
    counts = np.where(marker, words[:, 3].astype(np.int64) << (8 * np.maximum(digit, 0)), 1)
    ends = np.cumsum(counts)
    used = int(np.searchsorted(ends, wanted))
    if used >= len(ends) or ends[used] != wanted:
        raise ValueError(
            f"found {min(int(ends[-1]), 1 << 40)} pixels, expected {wanted}; the file is cut off or damaged"
        )
    source = np.maximum.accumulate(np.where(marker, 0, np.arange(len(words))))
    coded = words[np.repeat(source[: used + 1], counts[: used + 1])]
    return np.asarray(coded.reshape(header.rows, header.columns, 4))


def _linear(coded: npt.NDArray[np.uint8]) -> Pixels:
    """Mantissa / 256 * 2 ** (exponent - 128); exponent 0 is black."""
    exponents = np.arange(256)
    scale = np.where(exponents > 0, np.ldexp(1.0, exponents - 136), 0.0).astype(np.float32)
    pixels = np.empty((*coded.shape[:2], 3), dtype=np.float32)
    for top in range(0, len(coded), _ROWS_AT_ONCE):
        part = coded[top : top + _ROWS_AT_ONCE]
        np.multiply(part[..., :3], scale[part[..., 3]][..., None], out=pixels[top : top + _ROWS_AT_ONCE])
    return pixels
