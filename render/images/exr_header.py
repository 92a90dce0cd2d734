"""The header of an OpenEXR file, parsed from its first bytes without trusting them.

OpenEXR, "OpenEXR File Layout" and "Multi-part File Specification" (Academy Software Foundation).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from render.colour.primaries import Chromaticities
from render.images.faults import PictureError

Box = tuple[int, int, int, int]

MAX_HEADER = 16 << 20
"""Headers of renderers list the names of all objects in a scene."""
MAX_PARTS = 1000
_MAGIC = b"\x76\x2f\x31\x01"
_DEEP, _MULTI_PART = 0x800, 0x1000
_SAMPLE_BYTES = {0: 4, 1: 2, 2: 4}
"""Bytes of a sample by the pixel type of its channel: unsigned, half float, float."""


@dataclass(frozen=True, kw_only=True)
class ExrChannel:
    """A channel of a part. `is_full`: it has a sample for every pixel; `sample_bytes` is 2 or 4."""

    name: str
    is_full: bool
    sample_bytes: int


@dataclass(frozen=True, kw_only=True)
class ExrPart:
    """A part of a file: a picture with any number of channels.

    `index` is its place in the file, `name` is "" where it has none. `data` and `display` are windows: first column,
    first row, last column, last row. `compression` is the number that its file has for how it is packed.
    """

    index: int
    name: str
    is_deep: bool
    channels: tuple[ExrChannel, ...]
    data: Box
    display: Box
    chromaticities: Chromaticities | None
    compression: int

    @property
    def bytes(self) -> int:
        """Memory that its samples take when all channels are read."""
        left, top, right, bottom = self.data
        return (right - left + 1) * (bottom - top + 1) * sum(channel.sample_bytes for channel in self.channels)


def read_exr_parts(content: bytes) -> tuple[ExrPart, ...]:
    """All parts in the header at the start of `content`. Raises PictureError."""
    if len(content) < 8 or content[:4] != _MAGIC:
        raise PictureError("exr_no_signature")
    flags = struct.unpack_from("<I", content, 4)[0]
    at = 8
    parts: list[ExrPart] = []
    while len(parts) < MAX_PARTS and (not parts or (flags & _MULTI_PART and content[at : at + 1] != b"\0")):
        attributes, at = _attributes(content, at)
        parts.append(_part(len(parts), attributes, is_deep=bool(flags & _DEEP and not flags & _MULTI_PART)))
    return tuple(parts)


def _part(index: int, attributes: dict[str, bytes], *, is_deep: bool) -> ExrPart:
    missing = [name for name in ("channels", "dataWindow", "displayWindow") if name not in attributes]
    if missing:
        raise PictureError("exr_lacks", found=missing[0])
    chromaticities = attributes.get("chromaticities")
    return ExrPart(
        index=index,
        name=attributes.get("name", b"").decode("utf-8", errors="replace"),
        is_deep=is_deep or attributes.get("type", b"").startswith(b"deep"),
        channels=tuple(_channels(attributes["channels"])),
        data=_box(attributes["dataWindow"]),
        display=_box(attributes["displayWindow"]),
        chromaticities=None if chromaticities is None else _chromaticities(chromaticities),
        compression=int.from_bytes(attributes.get("compression", b"")[:1], "little"),
    )


def _attributes(content: bytes, at: int) -> tuple[dict[str, bytes], int]:
    """The attributes of one part's header, which starts at `at`, and where it ends."""
    attributes = {}
    while content[at : at + 1] != b"\0":
        name, at = _text(content, at)
        _, at = _text(content, at)
        if at + 4 > len(content):
            raise PictureError("exr_header_cut")
        size = struct.unpack_from("<I", content, at)[0]
        at += 4
        if at + size > len(content):
            raise PictureError("exr_header_long", found=len(content))
        attributes[name] = content[at : at + size]
        at += size
    return attributes, at + 1


def _text(content: bytes, at: int) -> tuple[str, int]:
    end = content.find(b"\0", at, at + 257)
    if end <= at:
        raise PictureError("exr_header_broken")
    return content[at:end].decode("utf-8", errors="replace"), end + 1


def _channels(value: bytes) -> Iterator[ExrChannel]:
    """The entries of a channel list: a name and 16 bytes (type, linearity, sampling in x and y)."""
    at = 0
    while value[at : at + 1] != b"\0":
        name, at = _text(value, at)
        if at + 16 > len(value):
            raise PictureError("exr_channels_broken")
        kind, _, *sampling = struct.unpack_from("<4i", value, at)
        yield ExrChannel(name=name, is_full=sampling == [1, 1], sample_bytes=_SAMPLE_BYTES.get(kind, 4))
        at += 16


def _box(value: bytes) -> Box:
    if len(value) != 16:
        raise PictureError("exr_window_broken")
    left, top, right, bottom = struct.unpack("<4i", value)
    if right < left or bottom < top:
        raise PictureError("exr_window_empty")
    return (left, top, right, bottom)


def _chromaticities(value: bytes) -> Chromaticities:
    if len(value) != 32:
        raise PictureError("exr_chromaticities_broken")
    xr, yr, xg, yg, xb, yb, xw, yw = struct.unpack("<8f", value)
    return (xr, yr, xg, yg, xb, yb, xw, yw)
