"""OpenEXR pictures: a header check that trusts nothing, reading, and writing of equal bytes for equal pixels.

OpenEXR, "Technical Introduction" and "OpenEXR File Layout" (Academy Software Foundation).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenEXR

from render.colour.primaries import ACESCG, Chromaticities
from tracking.records import ConfigError

Pixels = npt.NDArray[np.float32]
Box = tuple[int, int, int, int]

MAX_HEADER = 1 << 20
_MAGIC = b"\x76\x2f\x31\x01"
_TILED, _LONG_NAMES, _DEEP, _PARTS = 0x200, 0x400, 0x800, 0x1000


@dataclass(frozen=True, kw_only=True)
class ExrHeader:
    """The header of a file. `data` and `display` are windows: first column, first row, last column, last row."""

    channels: tuple[str, ...]
    data: Box
    display: Box
    chromaticities: Chromaticities | None

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the whole (display) picture."""
        return self.display[2] - self.display[0] + 1, self.display[3] - self.display[1] + 1


def read_exr_header(content: bytes) -> ExrHeader:
    """The header of a flat single-part file, from its first bytes. Raises ValueError: found, expected."""
    if len(content) < 8 or content[:4] != _MAGIC:
        raise ValueError("found no OpenEXR signature, expected an EXR file")
    flags = struct.unpack_from("<I", content, 4)[0]
    if flags & (_DEEP | _PARTS):
        raise ValueError("found a deep or multi-part file, expected a flat single-part EXR")
    attributes = dict(_attributes(content))
    missing = [name for name in ("channels", "dataWindow", "displayWindow") if name not in attributes]
    if missing:
        raise ValueError(f"found no {missing[0]} attribute, expected a whole EXR header")
    chromaticities = attributes.get("chromaticities")
    return ExrHeader(
        channels=tuple(_channel_names(attributes["channels"])),
        data=_box(attributes["dataWindow"]),
        display=_box(attributes["displayWindow"]),
        chromaticities=None if chromaticities is None else _chromaticities(chromaticities),
    )


def _attributes(content: bytes) -> Iterator[tuple[str, bytes]]:
    at = 8
    while content[at : at + 1] != b"\0":
        name, at = _text(content, at)
        _, at = _text(content, at)
        if at + 4 > len(content):
            raise ValueError("found the end of the file inside the header, expected a whole EXR")
        size = struct.unpack_from("<I", content, at)[0]
        at += 4
        if at + size > len(content):
            raise ValueError(f"found a header longer than {len(content)} bytes, expected a whole EXR header")
        yield name, content[at : at + size]
        at += size


def _text(content: bytes, at: int) -> tuple[str, int]:
    end = content.find(b"\0", at, at + 257)
    if end <= at:
        raise ValueError("found a broken or cut header, expected a whole EXR header")
    return content[at:end].decode("latin-1"), end + 1


def _channel_names(value: bytes) -> Iterator[str]:
    """The names in a channel list, whose entries are a name and 16 bytes: type, linearity, sampling in x and y."""
    at = 0
    while value[at : at + 1] != b"\0":
        name, at = _text(value, at)
        if at + 16 > len(value):
            raise ValueError("found a broken channel list, expected a whole EXR header")
        if struct.unpack_from("<ii", value, at + 8) != (1, 1):
            raise ValueError(f"found subsampled channel {name!r}, expected R, G, B at full resolution")
        yield name
        at += 16


def _box(value: bytes) -> Box:
    if len(value) != 16:
        raise ValueError("found a broken window, expected four whole numbers")
    left, top, right, bottom = struct.unpack("<4i", value)
    if right < left or bottom < top:
        raise ValueError("found a window without area, expected a picture")
    return (left, top, right, bottom)


def _chromaticities(value: bytes) -> Chromaticities:
    if len(value) != 32:
        raise ValueError("found broken chromaticities, expected eight numbers")
    xr, yr, xg, yg, xb, yb, xw, yw = struct.unpack("<8f", value)
    return (xr, yr, xg, yg, xb, yb, xw, yw)


def decode_exr(path: Path, header: ExrHeader) -> Pixels:
    """Linear pixels (rows, columns, 3) of the display window as the file has them; black outside its data window.

    Grey (Y) goes to all three channels. Raises ValueError or RuntimeError where OpenEXR cannot read it.
    """
    names = ("R", "G", "B") if {"R", "G", "B"} <= set(header.channels) else ("Y", "Y", "Y")
    if names[0] not in header.channels:
        raise ValueError(f"found channels {', '.join(header.channels)[:80]}, expected R, G, B or Y")
    channels: dict[str, Any] = OpenEXR.File(str(path), separate_channels=True).channels()
    columns, rows = header.size
    pixels = np.zeros((rows, columns, 3), dtype=np.float32)
    left, top = max(header.data[0], header.display[0]), max(header.data[1], header.display[1])
    right, bottom = min(header.data[2], header.display[2]) + 1, min(header.data[3], header.display[3]) + 1
    target = (
        slice(top - header.display[1], max(bottom - header.display[1], 0)),
        slice(left - header.display[0], max(right - header.display[0], 0)),
    )
    source = (
        slice(top - header.data[1], max(bottom - header.data[1], 0)),
        slice(left - header.data[0], max(right - header.data[0], 0)),
    )
    for index, name in enumerate(names):
        pixels[(*target, index)] = channels[name].pixels[source]
    return pixels


def read_exr(path: Path) -> Pixels:
    """Pixels (rows, columns, 3) float32 of a trusted EXR, not colour-converted. Raises ConfigError, one line."""
    try:
        with path.open("rb") as file:
            header = read_exr_header(file.read(MAX_HEADER))
        return decode_exr(path, header)
    except (OSError, ValueError, RuntimeError, KeyError, MemoryError) as error:
        raise ConfigError(f"{path}: {error}; expected a readable EXR file") from error


def write_exr(path: Path, pixels: npt.NDArray[Any]) -> None:
    """Writes (rows, columns, 3) scene-linear ACEScg as 32-bit floats, ZIP, with the chromaticities of ACEScg.

    Equal pixels give equal bytes: neither time, host nor program is written. Raises ConfigError, one line.
    """
    header = {
        "compression": OpenEXR.ZIP_COMPRESSION,
        "type": OpenEXR.scanlineimage,
        "chromaticities": ACESCG,
    }
    channels = {"RGB": np.ascontiguousarray(pixels, dtype=np.float32)}
    try:
        with OpenEXR.File(header, channels) as file:
            file.write(str(path))
    except (OSError, ValueError, RuntimeError) as error:
        raise ConfigError(f"{path}: cannot be written ({error}); check the folder and the disk") from error
