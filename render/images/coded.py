"""PNG, JPEG, WebP and AVIF: decoded to code values, upright; PNG written so that equal pixels give equal bytes."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, UnidentifiedImageError

from render.images.coded_headers import avif_size, webp_exif, webp_size
from render.images.faults import PictureError
from render.images.orientation import is_sideways, orientation_of, upright
from render.images.png_chunks import read_png
from render.images.raw import RawPicture, raw_from_pixels
from tracking.records import ConfigError
from tracking.sources.ordinary_files import open_ordinary

CodedKind = Literal["png", "jpeg", "webp", "avif"]

MAX_COLUMNS = 16384
MAX_ROWS = 8192
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    RuntimeError,
    UnidentifiedImageError,
    Image.DecompressionBombError,
)
_CUT_OFF = ("truncated", "unexpected end", "incomplete")
"""How Pillow says that a file ends before its picture does."""
_BOMB = re.compile(r"\((\d{1,30}) pixels\)")


@dataclass(frozen=True, kw_only=True)
class CodedPicture:
    """A picture of code values 0..1, upright; `xmp` is b"" if the file has none.

    It is the first of `frames` where they make an animation.
    """

    picture: RawPicture
    xmp: bytes
    frames: int = 1


def coded_size(path: Path, kind: CodedKind, start: bytes) -> tuple[int, int]:
    """Columns and rows of the upright picture; `start` is the file's beginning. Raises PictureError."""
    try:
        if kind == "avif":
            return avif_size(start)
        if kind == "png":
            png = read_png(start)
            (columns, rows), exif = (png.columns, png.rows), png.exif
        elif kind == "webp":
            columns, rows = webp_size(start)
            with open_ordinary(path) as file:
                exif = webp_exif(file)
        else:
            with open_ordinary(path) as file, _open_image(file) as image:
                (columns, rows), exif = image.size, _note(image, "exif")
    except PictureError:
        raise
    except _BROKEN as error:
        raise _fault(error, "picture_header_damaged") from error
    return (rows, columns) if is_sideways(orientation_of(exif)) else (columns, rows)


def size_of_content(content: bytes, kind: CodedKind) -> tuple[int, int]:
    """Columns and rows as stored, of a file that is in memory. Raises PictureError."""
    try:
        if kind == "avif":
            return avif_size(content)
        if kind == "webp":
            return webp_size(content[:30])
        if kind == "png":
            png = read_png(content)
            return png.columns, png.rows
        with _open_image(io.BytesIO(content)) as image:
            return image.size
    except PictureError:
        raise
    except _BROKEN as error:
        raise _fault(error, "picture_header_damaged") from error


def coded_codes(content: bytes, kind: CodedKind) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
    """The codes of a file as stored, not turned upright: (rows, columns, 3), or 4 with alpha. Raises PictureError."""
    try:
        if kind == "png":
            return _codes_of_png(read_png(content).picture)
        with _open_image(io.BytesIO(content)) as image:
            return np.asarray(image.convert("RGBA" if _has_alpha(image) else "RGB"))
    except PictureError:
        raise
    except _BROKEN as error:
        raise _fault(error, "picture_pixels_damaged") from error


def decode_coded(content: bytes, kind: CodedKind) -> CodedPicture:
    """Decodes a file of this kind, of an animation the first picture. Raises PictureError.

    AVIF of more than 8 bits is read with 8.
    """
    frames = 1
    try:
        if kind == "png":
            png = read_png(content)
            codes, exif, xmp = _codes_of_png(png.picture), png.exif, png.xmp
        else:
            with _open_image(io.BytesIO(content)) as image:
                frames = getattr(image, "n_frames", 1) if kind != "jpeg" else 1
                exif, xmp = _note(image, "exif"), _note(image, "xmp")
                codes = np.asarray(image.convert("RGBA" if _has_alpha(image) else "RGB"))
    except PictureError:
        raise
    except _BROKEN as error:
        raise _fault(error, "picture_pixels_damaged") from error
    stored = upright(codes, orientation_of(exif))
    picture = raw_from_pixels(stored, scale=1.0 / np.iinfo(codes.dtype).max, straight=True)
    return CodedPicture(picture=picture, xmp=xmp, frames=frames)


def _fault(error: BaseException, otherwise: str) -> PictureError:
    """What is wrong with a picture, by a code: the library's own words are English, and some name its objects."""
    if isinstance(error, UnidentifiedImageError):
        return PictureError("picture_start_damaged")
    if isinstance(error, Image.DecompressionBombError):
        pixels = _BOMB.search(str(error))
        found = int(pixels[1]) if pixels else MAX_COLUMNS * MAX_ROWS
        return PictureError("picture_too_many_pixels", found=found, most_columns=MAX_COLUMNS, most_rows=MAX_ROWS)
    if any(words in str(error).lower() for words in _CUT_OFF):
        return PictureError("picture_cut_off")
    return PictureError(otherwise)


def _open_image(source: io.BufferedReader | io.BytesIO) -> ImageFile.ImageFile:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Image.open(source, formats=("PNG", "JPEG", "WEBP", "AVIF"))


def _note(image: ImageFile.ImageFile, name: str) -> bytes:
    note = image.info.get(name, b"")
    return note if isinstance(note, bytes) else b""


def _codes_of_png(content: bytes) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
    with _open_image(io.BytesIO(content)) as image:
        deep = _sixteen_bit(image, content)
        return np.asarray(image.convert("RGBA" if _has_alpha(image) else "RGB")) if deep is None else deep


def _has_alpha(image: ImageFile.ImageFile) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info


def _sixteen_bit(image: ImageFile.ImageFile, content: bytes) -> npt.NDArray[np.uint16] | None:
    """16-bit PNG codes; None for other depths.

    Pillow keeps only the high bytes of 16-bit colour. Reading the same file as little-endian gives the low ones.
    """
    if image.mode.startswith("I;16"):
        return np.repeat(np.asarray(image).astype(np.uint16)[..., None], 3, axis=2)
    layout = image.tile[0].args if image.tile else None
    if layout not in {"RGB;16B", "RGBA;16B"}:
        return None
    high = np.asarray(image).astype(np.uint16)
    with _open_image(io.BytesIO(content)) as again:
        again.tile = [again.tile[0]._replace(args=layout.replace("16B", "16L"))]
        low = np.asarray(again)
    return np.asarray((high << 8) | low, dtype=np.uint16)


def write_png(path: Path, picture: npt.NDArray[Any]) -> None:
    """Writes (rows, columns, 3) uint8 as PNG without metadata. Raises ConfigError, one line."""
    try:
        Image.fromarray(np.ascontiguousarray(picture, dtype=np.uint8), "RGB").save(path, "PNG", compress_level=3)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error}); check the folder and the disk") from error
