"""Picture files: EXR, Radiance (HDR), PNG and JPEG examined and read as they are; PNG written.

Files are written so that equal pixels give equal bytes.
"""

from __future__ import annotations

import errno
import hashlib
import io
import stat
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, UnidentifiedImageError

from render.colour.primaries import Chromaticities
from render.images.exr import MAX_HEADER, read_exr_header
from render.images.exr_apart import decode_exr_apart
from render.images.radiance import decode as decode_radiance
from render.images.radiance import read_header as read_radiance_header
from tracking.records import ConfigError

Pixels = npt.NDArray[np.float32]
Kind = Literal["exr", "hdr", "png", "jpeg"]

MAX_COLUMNS = 16384
MAX_ROWS = 8192
MAX_BYTES = 2 << 30
_PIECE = 8 << 20
_SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"\x76\x2f\x31\x01", "exr"),
    (b"#?RADIANCE", "hdr"),
    (b"#?RGBE", "hdr"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
)


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What the header of a picture file says. `chromaticities` is None where the file has no usable ones."""

    kind: Kind
    columns: int
    rows: int
    bytes: int
    chromaticities: Chromaticities | None = None


def probe(path: Path) -> Probe:
    """Kind and size of a picture file from its header. Raises ConfigError, one line, where it cannot be loaded."""
    try:
        size = _regular_size(path)
        with path.open("rb") as file:
            start = file.read(MAX_HEADER)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}; expected a picture (EXR, HDR, PNG, JPEG)") from error
    try:
        found = _probe_bytes(path, start, size)
    except ValueError as error:
        raise ConfigError(f"{path}: {error}") from error
    if not (0 < found.columns <= MAX_COLUMNS and 0 < found.rows <= MAX_ROWS):
        raise ConfigError(
            f"{path}: found {found.columns} x {found.rows} pixels, expected at most {MAX_COLUMNS} x {MAX_ROWS}"
        )
    if size > MAX_BYTES:
        raise ConfigError(f"{path}: found {size} bytes, expected at most {MAX_BYTES}")
    return found


def _regular_size(path: Path) -> int:
    """Size of an ordinary file in bytes. Reading a pipe or a device would not end."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "is not an ordinary file")
    return found.st_size


def _probe_bytes(path: Path, start: bytes, size: int) -> Probe:
    kind = next((kind for signature, kind in _SIGNATURES if start.startswith(signature)), None)
    chromaticities: Chromaticities | None = None
    match kind:
        case None:
            what = "an empty file" if not start else f"the first bytes {start[:8].hex(' ')}"
            raise ValueError(f"found {what}, expected a picture (EXR, HDR, PNG, JPEG)")
        case "exr":
            exr = read_exr_header(start)
            (columns, rows), chromaticities = exr.size, exr.chromaticities
            data = (exr.data[2] - exr.data[0] + 1, exr.data[3] - exr.data[1] + 1)
            columns, rows = (columns, rows) if data[0] <= MAX_COLUMNS and data[1] <= MAX_ROWS else data
        case "hdr":
            radiance = read_radiance_header(start)
            columns, rows, chromaticities = radiance.columns, radiance.rows, radiance.chromaticities
        case "png" | "jpeg":
            columns, rows = _coded_size(path)
    return Probe(kind=kind, columns=columns, rows=rows, bytes=size, chromaticities=chromaticities)


def _coded_size(path: Path) -> tuple[int, int]:
    try:
        with _open_image(path) as image:
            return image.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(f"found a header that cannot be read ({error}), expected a whole picture") from error


def _open_image(source: Path | io.BytesIO) -> ImageFile.ImageFile:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Image.open(source, formats=("PNG", "JPEG"))


def read_picture(path: Path, found: Probe, progress: Callable[[float], None]) -> tuple[str, Pixels]:
    """SHA-256 of the file's bytes, and its pixels (rows, columns, 3) as linear or code values, whatever the file holds.

    `found` is what `probe` said of the file; `progress` is called with 0..1. Raises OSError, ValueError or MemoryError
    where the file cannot be read or decoded.
    """
    content = _read(path, found.bytes, lambda part: progress(0.3 * part))
    pixels = _decode(path, found.kind, content, lambda part: progress(0.3 + 0.7 * part))
    return hashlib.sha256(content).hexdigest(), pixels


def _read(path: Path, size: int, progress: Callable[[float], None]) -> bytes:
    content = bytearray()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            content += piece
            if len(content) > MAX_BYTES:
                raise ValueError(f"found more than {MAX_BYTES} bytes, expected a smaller picture")
            progress(min(1.0, len(content) / size))
    return bytes(content)


def _decode(path: Path, kind: Kind, content: bytes, progress: Callable[[float], None]) -> Pixels:
    match kind:
        case "exr":
            return decode_exr_apart(path, read_exr_header(content[:MAX_HEADER]), progress)
        case "hdr":
            return decode_radiance(content, read_radiance_header(content[:MAX_HEADER]))
        case "png" | "jpeg":
            return _decode_coded(content)


def _decode_coded(content: bytes) -> Pixels:
    """PNG and JPEG code values as 0..1, without alpha."""
    try:
        with _open_image(io.BytesIO(content)) as image:
            deep = _sixteen_bit(image, content)
            codes = np.asarray(image.convert("RGB")) if deep is None else deep
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise ValueError(f"found pixels that cannot be decoded ({error}), expected a whole picture") from error
    return codes.astype(np.float32) * np.float32(1.0 / np.iinfo(codes.dtype).max)


def _sixteen_bit(image: ImageFile.ImageFile, content: bytes) -> npt.NDArray[np.uint16] | None:
    """16-bit PNG codes; None for other depths.

    Pillow keeps only the high bytes of 16-bit colour. Reading the same file as little-endian gives the low ones.
    """
    if image.mode.startswith("I;16"):
        return np.repeat(np.asarray(image).astype(np.uint16)[..., None], 3, axis=2)
    layout = image.tile[0].args if image.tile else None
    if layout not in {"RGB;16B", "RGBA;16B"}:
        return None
    high = np.asarray(image)[..., :3].astype(np.uint16)
    with _open_image(io.BytesIO(content)) as again:
        again.tile = [again.tile[0]._replace(args=layout.replace("16B", "16L"))]
        low = np.asarray(again)[..., :3]
    return np.asarray((high << 8) | low, dtype=np.uint16)


def write_png(path: Path, picture: npt.NDArray[Any]) -> None:
    """Writes (rows, columns, 3) uint8 as PNG without metadata. Raises ConfigError, one line."""
    try:
        Image.fromarray(np.ascontiguousarray(picture, dtype=np.uint8), "RGB").save(path, "PNG", compress_level=3)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error}); check the folder and the disk") from error
