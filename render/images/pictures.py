"""Picture files: EXR, Radiance (HDR), PNG, JPEG, WebP and AVIF examined, and read as they are."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from render.colour.primaries import Chromaticities
from render.images.coded import MAX_COLUMNS, MAX_ROWS, CodedPicture, coded_size, decode_coded
from render.images.exr import decode_exr
from render.images.exr_apart import decode_exr_apart
from render.images.exr_header import MAX_HEADER
from render.images.exr_layers import read_exr_header
from render.images.faults import PictureError, RefusedFileError
from render.images.radiance import decode as decode_radiance
from render.images.radiance import read_header as read_radiance_header
from render.images.raw import RawPicture, raw_from_pixels
from render.images.signatures import format_of
from render.worlds.shared.formats import Kind, UnreadFormat
from tracking.sources.ordinary_files import open_ordinary
from tracking.system_faults import said_by_system

MAX_BYTES = 2 << 30
_PIECE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What the header of a picture file says.

    `columns` and `rows` are those of the upright picture; `chromaticities` is None where the file has no usable ones.
    """

    kind: Kind
    columns: int
    rows: int
    bytes: int
    chromaticities: Chromaticities | None = None


@dataclass(frozen=True, kw_only=True)
class PictureContent:
    """A decoded file: the SHA-256 of its bytes, its picture and its XMP.

    `picture` is upright, of linear or code values, whatever the file holds, and the first of `frames` where they make
    an animation; `xmp` is b"" where the file has none.
    """

    sha256: str
    picture: RawPicture
    xmp: bytes
    frames: int = 1


def probe(path: Path, *, of_depth: bool = False) -> Probe:
    """Kind and size of a picture file, or one `of_depth`, from its header. Raises RefusedFileError where it cannot be
    loaded.
    """
    try:
        with open_ordinary(path) as file:
            size = os.fstat(file.fileno()).st_size
            start = file.read(MAX_HEADER)
    except OSError as error:
        raise RefusedFileError(PictureError("picture_unreadable", found=said_by_system(error)), path) from error
    try:
        return _probe_bytes(path, start, size, of_depth=of_depth)
    except PictureError as error:
        raise RefusedFileError(error, path) from error


def _probe_bytes(path: Path, start: bytes, size: int, *, of_depth: bool) -> Probe:
    kind = format_of(start)
    chromaticities: Chromaticities | None = None
    match kind:
        case UnreadFormat():
            raise PictureError(kind.code)
        case None:
            if not start:
                raise PictureError("picture_empty")
            raise PictureError("picture_unknown", found=start[:8].hex(" "))
        case "exr":
            exr = read_exr_header(start, of_depth=of_depth)
            (columns, rows), chromaticities = exr.size, exr.chromaticities
            data = (exr.data[2] - exr.data[0] + 1, exr.data[3] - exr.data[1] + 1)
            columns, rows = (columns, rows) if data[0] <= MAX_COLUMNS and data[1] <= MAX_ROWS else data
        case "hdr":
            radiance = read_radiance_header(start)
            columns, rows, chromaticities = radiance.columns, radiance.rows, radiance.chromaticities
        case "png" | "jpeg" | "webp" | "avif":
            columns, rows = coded_size(path, kind, start)
    if not (0 < columns <= MAX_COLUMNS and 0 < rows <= MAX_ROWS):
        most = {"most_columns": MAX_COLUMNS, "most_rows": MAX_ROWS}
        raise PictureError("picture_too_large", columns=columns, rows=rows, **most)
    if size > MAX_BYTES:
        raise PictureError("picture_bytes", found=size, most=MAX_BYTES)
    return Probe(kind=kind, columns=columns, rows=rows, bytes=size, chromaticities=chromaticities)


def read_picture(
    path: Path, found: Probe, progress: Callable[[float], None], *, exr_apart: bool = True, of_depth: bool = False
) -> PictureContent:
    """Reads and decodes the file of which `probe` found `found`; `progress` is called with 0..1.

    EXR files are decoded in a process of their own, unless this is one: then with `exr_apart` false. Raises OSError,
    PictureError or MemoryError where the file cannot be read or decoded.
    """
    if found.kind == "exr":
        return _read_exr(path, found, progress, apart=exr_apart, of_depth=of_depth)
    content = bytearray()
    digest = _read(path, found.bytes, content.extend, lambda part: progress(0.3 * part))
    coded = _decode(found.kind, bytes(content))
    progress(1.0)
    return PictureContent(sha256=digest, picture=coded.picture, xmp=coded.xmp, frames=coded.frames)


def _read_exr(
    path: Path, found: Probe, progress: Callable[[float], None], *, apart: bool, of_depth: bool
) -> PictureContent:
    """The hash is made on a thread meanwhile. It tells the progress of a decoder in this process, which tells none."""
    with open_ordinary(path) as file:
        header = read_exr_header(file.read(MAX_HEADER), of_depth=of_depth)
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(
            _read, path, found.bytes, lambda _: None, lambda part: None if apart else progress(0.3 * part)
        )
        picture = decode_exr_apart(path, header, progress, of_depth=of_depth) if apart else decode_exr(path, header)
        sha256 = digest.result()
    progress(1.0)
    return PictureContent(sha256=sha256, picture=picture, xmp=b"")


def _read(path: Path, size: int, keep: Callable[[bytes], None], progress: Callable[[float], None]) -> str:
    """Reads a file piece by piece; returns the SHA-256 of its bytes."""
    digest, done = hashlib.sha256(), 0
    with open_ordinary(path) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            keep(piece)
            done += len(piece)
            if done > MAX_BYTES:
                raise PictureError("picture_bytes_more", most=MAX_BYTES)
            progress(min(1.0, done / max(size, 1)))
    return digest.hexdigest()


def _decode(kind: Kind, content: bytes) -> CodedPicture:
    if kind == "hdr":
        pixels = decode_radiance(content, read_radiance_header(content[:MAX_HEADER]))
        return CodedPicture(picture=raw_from_pixels(pixels), xmp=b"")
    assert kind != "exr"
    return decode_coded(content, kind)
