"""Numbered files decoded one at a time: PNG and JPEG to their own codes, EXR to scene-linear ACEScg."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from render.assets.halves import BRIGHTEST, Halves
from render.assets.levels import make_levels
from render.colour.primaries import REC709, acescg_from_rgb
from render.images.exr import decode_exr
from render.images.exr_header import MAX_HEADER
from render.images.exr_layers import ExrHeader, read_exr_header
from render.media.faults import MediaError, pyav, why_of
from render.media.film import MAX_COLUMNS, MAX_ROWS
from tracking.sources.ordinary_files import open_ordinary, read_ordinary

if TYPE_CHECKING:
    from av import VideoFrame

MOST_FILE_BYTES = 1 << 30
_DECODERS = {"png": "png", "jpeg": "mjpeg"}
_ROWS_AT_ONCE = 64
_MOST_PIXELS = MAX_COLUMNS * MAX_ROWS
Pixels = npt.NDArray[np.float32]


class CodedFrames:
    """Decodes PNG or JPEG files."""

    def __init__(self, kind: str) -> None:
        self._decoder: Any = pyav().CodecContext.create(_DECODERS[kind], "r")
        self._decoder.thread_count = 1
        self._decoder.options = {"max_pixels": str(_MOST_PIXELS)}

    def decode(self, path: Path, number: int) -> VideoFrame:
        """The picture of a file. Raises MediaError."""
        av = pyav()
        try:
            content = read_ordinary(path, MOST_FILE_BYTES)
            packet = av.Packet(content)
            packet.is_keyframe = True  # else FFmpeg takes a PNG for what is to be added to the one before
            frames = self._decoder.decode(packet)
        except (OSError, ValueError, MemoryError, av.FFmpegError) as error:
            raise MediaError("media_file_broken", number=number, **why_of(error)) from error
        if not frames:
            raise MediaError("media_file_broken", number=number, why="film_no_frame")
        frame: VideoFrame = frames[0]
        return frame


def exr_header_of(path: Path, number: int) -> ExrHeader:
    """What an EXR file says. Raises MediaError."""
    try:
        with open_ordinary(path) as file:
            return read_exr_header(file.read(MAX_HEADER))
    except (OSError, ValueError) as error:
        raise MediaError("media_file_broken", number=number, **why_of(error)) from error


def exr_bands(path: Path, number: int, size: tuple[int, int] | None = None) -> Iterator[tuple[int, Pixels]]:
    """An EXR file as scene-linear ACEScg with alpha: bands from the top, their first row, (rows, columns, 4) float32.

    Colours are as its chromaticities say, else linear BT.709; alpha is multiplied in, as EXR files have it. What is
    negative or no number becomes black. Raises MediaError where it cannot be decoded, or is not of `size` (columns,
    rows).
    """
    header = exr_header_of(path, number)
    columns, rows = header.size
    if not (0 < columns <= MAX_COLUMNS and 0 < rows <= MAX_ROWS):
        raise MediaError("media_too_large", columns=columns, rows=rows, most_columns=MAX_COLUMNS, most_rows=MAX_ROWS)
    if size is not None and header.size != size:
        raise MediaError("media_size_changes", columns=columns, rows=rows, first_columns=size[0], first_rows=size[1])
    try:
        picture = decode_exr(path, header)
        matrix = np.array(acescg_from_rgb(header.chromaticities or REC709)).T.astype(np.float32)
    except (OSError, ValueError, MemoryError) as error:
        raise MediaError("media_file_broken", number=number, **why_of(error)) from error
    for top in range(0, rows, _ROWS_AT_ONCE):
        bottom = min(top + _ROWS_AT_ONCE, rows)
        band = np.empty((bottom - top, columns, 4), dtype=np.float32)
        np.matmul(_usable(picture.band(top, bottom)), matrix, out=band[..., :3])
        alpha = picture.alpha_band(top, bottom)
        band[..., 3] = 1.0 if alpha is None else _usable(alpha).clip(0.0, 1.0)
        np.clip(band, 0.0, BRIGHTEST, out=band)
        yield top, band


def exr_light(path: Path, number: int) -> Pixels:
    """All bands of an EXR file together. Raises MediaError."""
    return np.concatenate([band for _, band in exr_bands(path, number)])


def fill_light_levels(levels: list[npt.NDArray[Any]], bands: Iterable[tuple[int, Pixels]]) -> None:
    """Half floats of a picture and of all its levels, each the one before filtered by a box."""

    def put(level: int, top: int, halves: Halves) -> None:
        levels[level][top : top + len(halves)] = halves.view(np.uint16)

    make_levels(levels[0].shape[:2], bands, put)


def _usable(samples: Pixels) -> Pixels:
    if np.isfinite(samples.sum()):
        return samples
    return np.nan_to_num(samples, copy=False, nan=0.0, posinf=BRIGHTEST, neginf=0.0)
