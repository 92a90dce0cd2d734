"""The sizes of WebP and AVIF pictures, from the beginnings of their files, without trusting or decoding them.

WebP: Google, "WebP Container Specification"; RFC 6386 and 9649. AVIF: ISO/IEC 14496-12 (boxes) and 23008-12 (items and
their properties).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from render.images.faults import PictureError

_MOST_BOXES = 4096
_MOST_EXIF_BYTES = 1 << 20


class Box(NamedTuple):
    """A box of an ISO media file: its type and what is in it, as far as that was read."""

    kind: bytes
    body: memoryview


def webp_size(start: bytes) -> tuple[int, int]:
    """Columns and rows of the stored picture or canvas. Raises PictureError."""
    kind, body = start[12:16], start[20:30]
    if kind == b"VP8X" and len(body) == 10:
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if kind == b"VP8 " and len(body) == 10 and body[3:6] == b"\x9d\x01\x2a":
        columns, rows = struct.unpack_from("<HH", body, 6)
        return columns & 0x3FFF, rows & 0x3FFF
    if kind == b"VP8L" and len(body) >= 5 and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise PictureError("picture_no_size")


def avif_size(start: bytes) -> tuple[int, int]:
    """Columns and rows of the upright primary picture. Raises PictureError."""
    try:
        return _primary_size(start)
    except (struct.error, IndexError) as error:
        raise PictureError("picture_no_size") from error


def _primary_size(start: bytes) -> tuple[int, int]:
    meta = _inside(memoryview(start), b"meta")[4:]
    pitm = _inside(meta, b"pitm")
    primary = struct.unpack_from(">I" if pitm[0] else ">H", pitm, 4)[0]
    properties = _inside(meta, b"iprp")
    known = list(_boxes(_inside(properties, b"ipco")))
    size, sideways = (0, 0), False
    for index in _properties_of(primary, _inside(properties, b"ipma")):
        kind, body = known[index - 1] if 0 < index <= len(known) else Box(b"", memoryview(b""))
        if kind == b"ispe":
            size = struct.unpack_from(">II", body, 4)
        elif kind == b"irot":
            sideways = bool(body[0] & 1)
    if 0 in size:
        raise PictureError("picture_no_size")
    return (size[1], size[0]) if sideways else size


def _properties_of(item: int, ipma: memoryview) -> Iterator[int]:
    """The numbers, from 1, of the properties that are associated with an item."""
    wide_items, wide_numbers = ipma[0] > 0, bool(ipma[3] & 1)
    at = 8
    for _ in range(min(struct.unpack_from(">I", ipma, 4)[0], _MOST_BOXES)):
        found = struct.unpack_from(">I" if wide_items else ">H", ipma, at)[0]
        at += 4 if wide_items else 2
        count = ipma[at]
        numbers = struct.unpack_from(f">{count}{'H' if wide_numbers else 'B'}", ipma, at + 1)
        at += 1 + count * (2 if wide_numbers else 1)
        if found == item:
            yield from (number & (0x7FFF if wide_numbers else 0x7F) for number in numbers)


def _inside(content: memoryview, kind: bytes) -> memoryview:
    """What is in the first box of a type. Raises PictureError where there is none."""
    for box in _boxes(content):
        if box.kind == kind:
            return box.body
    raise PictureError("picture_no_size")


def _boxes(content: memoryview) -> Iterator[Box]:
    """The boxes side by side in `content`; one that is cut off is given as far as it goes."""
    at = 0
    for _ in range(_MOST_BOXES):
        if at + 8 > len(content):
            return
        length, kind = struct.unpack_from(">I4s", content, at)
        header = 8
        if length == 1:
            if at + 16 > len(content):
                return
            length, header = struct.unpack_from(">Q", content, at + 8)[0], 16
        elif length == 0:
            length = len(content) - at
        if length < header:
            return
        yield Box(kind, content[at + header : at + length])
        at += length


def webp_exif(file: BinaryIO) -> bytes:
    """The EXIF of a WebP file, b"" where it has none. It stands behind the picture, which is passed over unread."""
    file.seek(12)
    for _ in range(_MOST_BOXES):
        head = file.read(8)
        if len(head) < 8:
            return b""
        length = int.from_bytes(head[4:], "little")
        if head[:4] == b"EXIF":
            return file.read(min(length, _MOST_EXIF_BYTES))
        file.seek(length + length % 2, os.SEEK_CUR)
    return b""
