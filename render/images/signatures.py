"""Which format a picture file has, by its first bytes, whatever its name says.

Signatures: the formats' own specifications; ISO/IEC 14496-12, section 4.3 for the brands of AVIF, HEIC and films.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from render.worlds.shared.formats import (
    ARCHIVE,
    BITMAP,
    DOCUMENT,
    DRAWING,
    FILM,
    GIF,
    HEIC,
    JPEG_2000,
    JPEG_XL,
    OTHER_FILM,
    PHOTOSHOP,
    RAW,
    SOUND,
    TIFF,
    Kind,
    UnreadFormat,
)


class _Signature(NamedTuple):
    """Bytes at a place of a file that tell its format."""

    format: Kind | UnreadFormat
    start: bytes
    later: bytes = b""
    later_at: int = 8


_SIGNATURES = (
    _Signature("exr", b"\x76\x2f\x31\x01"),
    _Signature("hdr", b"#?RADIANCE"),
    _Signature("hdr", b"#?RGBE"),
    _Signature("png", b"\x89PNG\r\n\x1a\n"),
    _Signature("jpeg", b"\xff\xd8\xff"),
    _Signature("webp", b"RIFF", b"WEBP"),
    _Signature(FILM, b"RIFF", b"AVI "),
    _Signature(FILM, b"\x1a\x45\xdf\xa3"),
    _Signature(OTHER_FILM, b"FLV\x01"),
    _Signature(SOUND, b"RIFF", b"WAVE"),
    _Signature(SOUND, b"ID3"),
    _Signature(SOUND, b"fLaC"),
    _Signature(RAW, b"II*\0", b"CR\x02"),
    _Signature(TIFF, b"II*\0"),
    _Signature(TIFF, b"MM\0*"),
    _Signature(TIFF, b"II+\0"),
    _Signature(TIFF, b"MM\0+"),
    _Signature(RAW, b"IIU\0"),
    _Signature(RAW, b"IIRO"),
    _Signature(RAW, b"IIRS"),
    _Signature(RAW, b"FUJIFILMCCD-RAW"),
    _Signature(PHOTOSHOP, b"8BPS"),
    _Signature(GIF, b"GIF8"),
    _Signature(BITMAP, b"BM", b"\0\0\0\0", 6),
    _Signature(JPEG_XL, b"\xff\x0a"),
    _Signature(JPEG_XL, b"\0\0\0\x0cJXL \r\n\x87\n"),
    _Signature(JPEG_2000, b"\0\0\0\x0cjP  \r\n\x87\n"),
    _Signature(JPEG_2000, b"\xff\x4f\xff\x51"),
    _Signature(DOCUMENT, b"%PDF-"),
    _Signature(ARCHIVE, b"PK\x03\x04"),
)
_AVIF_BRANDS = (b"avif", b"avis")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")
_RAW_BRAND = b"crx "
_SOUND_BRANDS = (b"M4A ", b"M4B ", b"M4P ")
_MOST_BRANDS = 64
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!(?:--|DOCTYPE\s+svg)[^>]{0,1000}>\s*)*<svg[\s>]"
)


def format_of(start: bytes) -> Kind | UnreadFormat | None:
    """The format of the file that begins with `start`; None where its bytes are those of no known format."""
    if start[4:8] == b"ftyp":
        return _by_brands(start)
    for one in _SIGNATURES:
        if start.startswith(one.start) and start.startswith(one.later, one.later_at):
            return one.format
    return DRAWING if _SVG.match(start[:4096]) else None


def _by_brands(start: bytes) -> Kind | UnreadFormat:
    """A file in boxes: what it says it is, and what else it may be read as."""
    length = min(int.from_bytes(start[:4], "big"), 16 + 4 * _MOST_BRANDS, len(start))
    brands = [start[8:12], *(start[at : at + 4] for at in range(16, length - 3, 4))]
    if any(brand in _AVIF_BRANDS for brand in brands):
        return "avif"
    if any(brand in _HEIF_BRANDS for brand in brands):
        return HEIC
    if brands[0] in _SOUND_BRANDS:
        return SOUND
    return RAW if _RAW_BRAND in brands else FILM
