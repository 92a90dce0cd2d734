"""OpenEXR pictures: decoded as they are, and written so that equal pixels give equal bytes.

OpenEXR, "Technical Introduction" (Academy Software Foundation).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenEXR

from render.colour.primaries import ACESCG
from render.images.exr_header import MAX_HEADER
from render.images.exr_layers import ExrHeader, read_exr_header
from tracking.records import ConfigError
from tracking.sources.ordinary_files import open_ordinary

Pixels = npt.NDArray[np.float32]


def decode_exr(path: Path, header: ExrHeader) -> Pixels:
    """Linear pixels (rows, columns, 3) of the display window as the file has them; black outside its data window.

    A grey picture has the same channel three times. Raises ValueError or RuntimeError where OpenEXR cannot read it.
    """
    channels: dict[str, Any] = OpenEXR.File(str(path), separate_channels=True).parts[header.part].channels
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
    for index, name in enumerate(header.channels):
        pixels[(*target, index)] = channels[name].pixels[source]
    return pixels


def read_exr(path: Path) -> Pixels:
    """Pixels (rows, columns, 3) float32 of a trusted EXR, not colour-converted. Raises ConfigError, one line."""
    try:
        with open_ordinary(path) as file:
            header = read_exr_header(file.read(MAX_HEADER))
        return decode_exr(path, header)
    except (OSError, ValueError, RuntimeError, KeyError, IndexError, MemoryError) as error:
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
