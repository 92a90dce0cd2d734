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
from render.images.faults import PictureError
from render.images.raw import Pixels, RawPicture
from tracking.records import ConfigError
from tracking.sources.ordinary_files import open_ordinary

_COMPRESSIONS = 10
"""So many ways to pack pixels OpenEXR has, numbered from 0; newer releases may read more."""


def decode_exr(path: Path, header: ExrHeader) -> RawPicture:
    """The linear picture of the display window as the file has it; black outside its data window.

    A grey picture has the same channel three times. Raises PictureError where OpenEXR cannot read it.
    """
    try:
        return _decode(path, header)
    except (OSError, RuntimeError, ValueError, LookupError) as error:
        if header.compression >= _COMPRESSIONS:
            raise PictureError("exr_compression", found=header.compression) from error
        raise PictureError("exr_damaged") from error


def _decode(path: Path, header: ExrHeader) -> RawPicture:
    channels: dict[str, Any] = OpenEXR.File(str(path), separate_channels=True).parts[header.part].channels
    columns, rows = header.size
    data, display = header.data, header.display
    left, top = max(data[0], display[0]), max(data[1], display[1])
    right, bottom = min(data[2], display[2]) + 1, min(data[3], display[3]) + 1
    is_seen = left < right and top < bottom
    part = (slice(top - data[1], bottom - data[1]), slice(left - data[0], right - data[0])) if is_seen else slice(0, 0)
    red, green, blue = (channels[name].pixels[part] for name in header.channels)
    return RawPicture(
        planes=(red, green, blue),
        alpha=None if header.alpha is None else channels[header.alpha].pixels[part],
        rows=rows,
        columns=columns,
        at=(top - display[1], left - display[0]) if is_seen else (0, 0),
    )


def read_exr(path: Path) -> Pixels:
    """Pixels (rows, columns, 3) float32 of a trusted EXR, not colour-converted. Raises ConfigError, one line."""
    try:
        with open_ordinary(path) as file:
            header = read_exr_header(file.read(MAX_HEADER))
        picture = decode_exr(path, header)
        return picture.band(0, picture.rows)
    except (OSError, ValueError, MemoryError) as error:
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
