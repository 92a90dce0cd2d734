"""The chunks of a PNG file: what makes its picture, and what it says of itself beside that.

ISO/IEC 15948 (PNG), its extension eXIf, and the XMP specification, part 3 (storage in files). Text, colour profiles and
other chunks are passed over unread, whatever they hold or unpack to.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from render.images.faults import PictureError

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 1_000_000
MAX_NOTE_BYTES = 1 << 20
_XMP = b"XML:com.adobe.xmp\0"
_OLD_PROFILES = (b"Raw profile type exif\0", b"Raw profile type xmp\0", b"Raw profile type APP1\0")
"""How notes were stored before they had chunks: EXIF, XMP, and the APP1 segment of a JPEG, which is one of them."""
_EXIF_STARTS = (b"Exif\0\0", b"II*\0", b"MM\0*")
_APP1_XMP = b"http://ns.adobe.com/xap/1.0/\0"


@dataclass(frozen=True, kw_only=True)
class PngContent:
    """`picture` is a PNG file of the critical chunks and transparency alone.

    `exif` (a TIFF file) and `xmp` (XML) are b"" if missing.
    """

    columns: int
    rows: int
    picture: bytes
    exif: bytes
    xmp: bytes


def read_png(content: bytes) -> PngContent:
    """The parts of a PNG file, or of its beginning. Raises PictureError."""
    if content[12:16] != b"IHDR" or len(content) < 24:
        raise PictureError("png_no_header")
    columns, rows = struct.unpack_from(">II", content, 16)
    view = memoryview(content)
    kept = [view[:8]]
    exif = xmp = b""
    for kind, body, chunk in _chunks(view):
        if kind[:1].isupper() or kind == b"tRNS":
            kept.append(chunk)
        elif kind == b"eXIf":
            exif = exif or bytes(body[:MAX_NOTE_BYTES])
        elif kind in (b"zTXt", b"tEXt"):
            note = _old_profile(body, is_packed=kind == b"zTXt")
            if note.startswith(_EXIF_STARTS):
                exif = exif or note
            else:
                xmp = xmp or note.removeprefix(_APP1_XMP)
        elif kind == b"iTXt" and body[: len(_XMP)] == _XMP:
            xmp = xmp or _international_text(bytes(body[len(_XMP) :]))
    whole = len(kept) > 1 and sum(map(len, kept)) == len(content)
    return PngContent(columns=columns, rows=rows, picture=content if whole else b"".join(kept), exif=exif, xmp=xmp)


def _chunks(content: memoryview) -> Iterator[tuple[bytes, memoryview, memoryview]]:
    """Type, body and whole bytes of every chunk up to the last; one that is cut off is given as far as it goes."""
    at = len(PNG_SIGNATURE)
    for _ in range(MAX_CHUNKS):
        if at + 8 > len(content):
            return
        length, kind = struct.unpack_from(">I4s", content, at)
        yield kind, content[at + 8 : at + 8 + length], content[at : at + 12 + length]
        at += 12 + length
        if kind == b"IEND":
            return
    raise PictureError("png_chunks", most=MAX_CHUNKS)


def _international_text(body: bytes) -> bytes:
    """The text of an iTXt chunk after its keyword: two flags, language, translated keyword, text."""
    texts = body[2:].split(b"\0", 2)
    if len(texts) < 3:
        return b""
    return _unpacked(texts[2]) if body[0] else texts[2][:MAX_NOTE_BYTES]


def _old_profile(body: memoryview, *, is_packed: bool) -> bytes:
    """A note as hexadecimal text, after a line break, a name and a length; b"" if the chunk holds another text."""
    keyword = next((keyword for keyword in _OLD_PROFILES if body[: len(keyword)] == keyword), None)
    if keyword is None:
        return b""
    content = bytes(body[len(keyword) : len(keyword) + 2 * MAX_NOTE_BYTES])
    lines = (_unpacked(content[1:]) if is_packed else content).split(b"\n")
    try:
        return bytes.fromhex(b"".join(lines[3:]).decode("ascii"))
    except ValueError:
        return b""


def _unpacked(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, MAX_NOTE_BYTES)
    except zlib.error:
        return b""
