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
from render.images.faults import PictureError

Pixels = npt.NDArray[np.float32]
Coded = npt.NDArray[np.uint8]
"""RGBE words: the last axis is red, green, blue and their common exponent."""

MAX_HEADER = 64 << 10
_RESOLUTION = re.compile(rb"([-+])Y +(\d{1,6}) +([-+])X +(\d{1,6})")
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
    """The header at the start of `content`. Raises PictureError."""
    if not content.startswith((b"#?RADIANCE", b"#?RGBE")):
        raise PictureError("radiance_no_start")
    lines, pixels_at = _header_lines(content)
    variables = dict(line.split(b"=", 1) for line in lines[1:-1] if b"=" in line and not line.startswith(b"#"))
    kind = variables.get(b"FORMAT", b"32-bit_rle_rgbe").strip()
    if kind != b"32-bit_rle_rgbe":
        raise PictureError("radiance_format", found=_shown(kind))
    size = _RESOLUTION.fullmatch(lines[-1])
    if size is None:
        raise PictureError("radiance_resolution", found=_shown(lines[-1]))
    return RadianceHeader(
        rows=int(size[2]),
        columns=int(size[4]),
        flip_rows=size[1] == b"+",
        flip_columns=size[3] == b"-",
        chromaticities=_primaries(variables.get(b"PRIMARIES", b"")),
        pixels_at=pixels_at,
    )


def _header_lines(content: bytes) -> tuple[list[bytes], int]:
    """The header's lines, of which the resolution is last, and where the pixels start. Lines end with LF or CRLF."""
    lines: list[bytes] = []
    at, is_last = 0, False
    while not is_last:
        end = content.find(b"\n", at, MAX_HEADER)
        if end < 0:
            raise PictureError("radiance_header_open")
        line = content[at:end].strip()
        is_last = bool(lines) and not lines[-1]
        lines.append(line)
        at = end + 1
    return lines, at


def _shown(word: bytes) -> str:
    return word[:40].decode("latin-1")


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
    """Linear RGB (rows, columns, 3), row 0 the top. Raises PictureError where pixels are cut off or impossible."""
    pixels = _linear(_coded(content, header))
    if header.flip_rows:
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels[:, ::-1] if header.flip_columns else pixels)


def _coded(content: bytes, header: RadianceHeader) -> Coded:
    """RGBE words (rows, columns, 4) in the file's order."""
    marker = bytes((2, 2)) + header.columns.to_bytes(2, "big") if 8 <= header.columns <= 32767 else b""
    at = header.pixels_at
    if marker and content[at : at + 4] == marker:
        return _scanlines(content, header, marker)
    if not marker or content.find(marker, at) < 0:
        return _old_run_lengths(content, at, header)
    try:
        coded = _old_run_lengths(content, at, header)
    except PictureError:
        return _scanlines(content, header, marker)
    starts_new = (coded[:, 0] == np.frombuffer(marker, dtype=np.uint8)).all(axis=1)
    return _scanlines(content, header, marker) if starts_new.any() else coded


def _scanlines(content: bytes, header: RadianceHeader, marker: bytes) -> Coded:
    """Scanlines of which each begins with `marker` and is in the new run lengths, or is in the old ones or flat."""
    coded = np.empty((header.rows, header.columns, 4), dtype=np.uint8)
    at = header.pixels_at
    for row in range(header.rows):
        if content[at : at + 4] == marker:
            scanline, at = _scanline(content, at + 4, 4 * header.columns, row)
            coded[row] = np.frombuffer(scanline, dtype=np.uint8).reshape(4, header.columns).T
        else:
            try:
                coded[row], at = _old_words(content, at, header.columns)
            except PictureError as error:
                raise PictureError.around(error, "radiance_in_row", row=row, rows=header.rows) from error
    return coded


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
            raise PictureError("radiance_row_broken", row=row)
        parts.append(parted)
        filled += count
    if filled != length:
        raise PictureError("radiance_row_bytes", found=filled, row=row, expected=length)
    return b"".join(parts), at


def _old_run_lengths(content: bytes, at: int, header: RadianceHeader) -> Coded:
    """A whole picture of flat pixels and old run lengths; runs may go on from row to row."""
    coded, _ = _old_words(content, at, header.rows * header.columns)
    return coded.reshape(header.rows, header.columns, 4)


def _old_words(content: bytes, at: int, wanted: int) -> tuple[Coded, int]:
    """The next `wanted` pixels (wanted, 4), flat or in old run lengths, and where they end.

    (1, 1, 1, n) repeats the pixel before n times; markers in a row are higher digits of n.
    """
    whole = min((len(content) - at) // 4, wanted)
    words = np.frombuffer(content, dtype=np.uint8, count=whole * 4, offset=at).reshape(-1, 4)
    marker = (words[:, :3] == 1).all(axis=1)
    if not len(words) or marker[0]:
        raise PictureError("radiance_no_pixels", expected=wanted)
    real = np.flatnonzero(~marker)
    digit = np.arange(len(words)) - np.repeat(real, np.diff(np.append(real, len(words)))) - 1
    counts = np.where(marker, words[:, 3].astype(np.int64) << (8 * np.clip(digit, 0, 3)), 1)
    ends = np.cumsum(counts)
    used = int(np.searchsorted(ends, wanted))
    fits = used < len(ends) and ends[used] == wanted
    if int((digit[: used + 1] if fits else digit).max(initial=0)) > 3:
        raise PictureError("radiance_runs")
    if not fits:
        raise PictureError("radiance_pixels", found=min(int(ends[-1]), 1 << 40), expected=wanted)
    source = np.maximum.accumulate(np.where(marker, 0, np.arange(len(words))))
    coded = words[np.repeat(source[: used + 1], counts[: used + 1])]
    return np.asarray(coded), at + 4 * (used + 1)


def _linear(coded: npt.NDArray[np.uint8]) -> Pixels:
    """Mantissa / 256 * 2 ** (exponent - 128); exponent 0 is black."""
    exponents = np.arange(256)
    scale = np.where(exponents > 0, np.ldexp(1.0, exponents - 136), 0.0).astype(np.float32)
    pixels = np.empty((*coded.shape[:2], 3), dtype=np.float32)
    for top in range(0, len(coded), _ROWS_AT_ONCE):
        part = coded[top : top + _ROWS_AT_ONCE]
        np.multiply(part[..., :3], scale[part[..., 3]][..., None], out=pixels[top : top + _ROWS_AT_ONCE])
    return pixels
