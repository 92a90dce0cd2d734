"""Makes test plates: films and folders of numbered frames whose every frame says which one it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import OpenEXR
from PIL import Image

from render.colour.primaries import REC709
from render.media.burnt_numbers import CELLS, MOST_NUMBER
from render.media.faults import pyav
from render.media.film import MAX_COLUMNS, MAX_ROWS
from render.media.pixel_formats import plane_format
from render.media.plate_pictures import PlatePictures, YcbcrPlanes, rgb_codes
from render.media.timeline import FASTEST, SLOWEST
from render.worlds.shared.media import Matrix
from tracking.records import ConfigError

if TYPE_CHECKING:
    from av import VideoFrame

Plane = npt.NDArray[Any]
Progress = Callable[[int, int], None]
"""Takes how many frames are made, and of how many."""


@dataclass(frozen=True, kw_only=True)
class PlateCodec:
    """How a kind of plate is encoded. Without an `encoder`, it is a folder of numbered files with this `ending`."""

    encoder: str
    pixels: str
    options: dict[str, str]
    endings: tuple[str, ...]
    full_range: bool = False
    matrix: Matrix = "bt709"


_INTRA = (".mov", ".mxf", ".mkv")
_LONG = (".mp4", ".mov", ".mkv", ".ts")
_X264 = {"preset": "veryfast", "crf": "16"}
CODECS = {
    "prores422": PlateCodec(encoder="prores_ks", pixels="yuv422p10le", options={"profile": "2"}, endings=_INTRA),
    "prores422hq": PlateCodec(encoder="prores_ks", pixels="yuv422p10le", options={"profile": "3"}, endings=_INTRA),
    "prores4444": PlateCodec(
        encoder="prores_ks", pixels="yuva444p10le", options={"profile": "4", "alpha_bits": "16"}, endings=_INTRA
    ),
    "dnxhr": PlateCodec(encoder="dnxhd", pixels="yuv422p", options={"profile": "dnxhr_hq"}, endings=_INTRA),
    "dnxhr_hqx": PlateCodec(encoder="dnxhd", pixels="yuv422p10le", options={"profile": "dnxhr_hqx"}, endings=_INTRA),
    "dnxhr_444": PlateCodec(encoder="dnxhd", pixels="yuv444p10le", options={"profile": "dnxhr_444"}, endings=_INTRA),
    "h264": PlateCodec(encoder="libx264", pixels="yuv420p", options=_X264, endings=_LONG),
    "h265": PlateCodec(
        encoder="libx265",
        pixels="yuv420p10le",
        options={"preset": "ultrafast", "crf": "16", "x265-params": "log-level=none"},
        endings=(".mp4", ".mov", ".mkv"),
    ),
    "mjpeg": PlateCodec(
        encoder="mjpeg",
        pixels="yuvj420p",
        options={"q": "2"},
        endings=(".mov", ".avi", ".mkv"),
        full_range=True,
        matrix="bt601",
    ),
    "png": PlateCodec(encoder="", pixels="rgb24", options={}, endings=(".png",)),
    "png16": PlateCodec(encoder="", pixels="rgb48be", options={}, endings=(".png",)),
    "jpeg": PlateCodec(encoder="", pixels="rgb24", options={}, endings=(".jpg",)),
    "exr": PlateCodec(encoder="", pixels="light", options={}, endings=(".exr",)),
}
LEAST_COLUMNS, LEAST_ROWS = 2 * CELLS, 36
DNXHR_COLUMNS, DNXHR_ROWS = 256, 120
_THREADS = 2
_TAGS: dict[Matrix, tuple[int, int, int]] = {"bt601": (1, 6, 6), "bt709": (1, 1, 1), "bt2020": (9, 14, 9)}
"""Primaries, transfer characteristics and matrix coefficients (ITU-T H.273)."""


@dataclass(frozen=True, kw_only=True)
class PlateSettings:
    """A test plate: the first frame's burnt-in number is `first`; `group` frames at most lie from key frame to key
    frame, None for what the encoder does; `start` is the time code of the first frame, "" for none.
    """

    codec: str
    columns: int
    rows: int
    rate: Fraction
    frames: int
    first: int = 0
    group: int | None = None
    start: str = ""


def make_test_plate(out: Path, settings: PlateSettings, progress: Progress = lambda _done, _all: None) -> None:
    """Makes a film at `out`, or a folder of numbered files. Raises ConfigError where it cannot be made."""
    check_settings(out, settings)
    kind = CODECS[settings.codec]
    try:
        if kind.encoder:
            _make_film(out, settings, kind, progress)
        else:
            _make_files(out, settings, kind, progress)
    except (OSError, ValueError, RuntimeError, pyav().FFmpegError) as error:
        raise ConfigError(f"{out}: cannot be made ({error}); check the folder, the disk, size and rate") from error


def check_settings(out: Path, settings: PlateSettings) -> None:
    """Raises ConfigError for a plate that cannot be."""
    kind = CODECS[settings.codec]
    if kind.encoder and out.suffix.lower() not in kind.endings:
        raise ConfigError(f"--out: found {out.name!r}, expected a file that ends in {', '.join(kind.endings)}")
    if not (LEAST_COLUMNS <= settings.columns <= MAX_COLUMNS and LEAST_ROWS <= settings.rows <= MAX_ROWS):
        size = f"{LEAST_COLUMNS}x{LEAST_ROWS} to {MAX_COLUMNS}x{MAX_ROWS}"
        raise ConfigError(f"--size: found {settings.columns}x{settings.rows}, expected {size}")
    if kind.encoder == "dnxhd" and (settings.columns < DNXHR_COLUMNS or settings.rows < DNXHR_ROWS):
        least = f"at least {DNXHR_COLUMNS}x{DNXHR_ROWS} for DNxHR"
        raise ConfigError(f"--size: found {settings.columns}x{settings.rows}, expected {least}")
    if kind.encoder and (settings.columns % 2 or settings.rows % 2):
        raise ConfigError(f"--size: found {settings.columns}x{settings.rows}, expected even numbers for a film")
    if not SLOWEST <= settings.rate <= FASTEST:
        raise ConfigError(f"--rate: found {settings.rate}, expected {SLOWEST} to {FASTEST} frames a second")
    if settings.frames < 1 or settings.first < 0 or settings.first + settings.frames - 1 > MOST_NUMBER:
        raise ConfigError(
            f"--seconds: found frames to {settings.first + settings.frames - 1}, expected 0 to {MOST_NUMBER}"
        )


def _make_film(out: Path, settings: PlateSettings, kind: PlateCodec, progress: Progress) -> None:
    av = pyav()
    found = plane_format(av.VideoFormat(kind.pixels))
    pictures = PlatePictures(settings.columns, settings.rows)
    planes = YcbcrPlanes(pictures, bits=found.bits, matrix=kind.matrix, full_range=kind.full_range, chroma=found.chroma)
    alpha = [rgb_codes(pictures.alpha(), found.bits)] if found.has_alpha else []
    with av.open(str(out), "w") as container:
        stream = container.add_stream(kind.encoder, rate=settings.rate, options=dict(kind.options))
        stream.width, stream.height, stream.pix_fmt = settings.columns, settings.rows, kind.pixels
        context = stream.codec_context
        context.thread_count = _THREADS
        context.color_primaries, context.color_trc, context.colorspace = _TAGS[kind.matrix]
        context.color_range = 2 if kind.full_range else 1
        if settings.group is not None:
            context.gop_size = settings.group
        if settings.start:
            container.metadata["timecode"] = settings.start
        for at in range(settings.frames):
            frame = _frame_of([*planes.planes(settings.first + at), *alpha], kind.pixels)
            frame.pts, frame.time_base = at, 1 / settings.rate
            frame.color_primaries, frame.color_trc, frame.colorspace = _TAGS[kind.matrix]
            frame.color_range = context.color_range
            container.mux(stream.encode(frame))
            progress(at + 1, settings.frames)
        container.mux(stream.encode())


def _frame_of(planes: list[Plane], pixels: str) -> VideoFrame:
    """A frame of planes that each have their own rows and columns."""
    rows, columns = planes[0].shape
    frame: VideoFrame = pyav().VideoFrame(columns, rows, pixels)
    for plane, codes in zip(frame.planes, planes, strict=True):
        target: Plane = np.frombuffer(memoryview(plane), dtype=codes.dtype)
        across = plane.line_size // codes.itemsize
        target[: across * plane.height].reshape(plane.height, across)[:, : plane.width] = codes
    return frame


def _make_files(out: Path, settings: PlateSettings, kind: PlateCodec, progress: Progress) -> None:
    out.mkdir(parents=True, exist_ok=True)
    pictures = PlatePictures(settings.columns, settings.rows)
    digits = max(4, math.ceil(math.log10(settings.first + settings.frames + 1)))
    for at in range(settings.frames):
        number = settings.first + at
        file = out / f"plate.{number:0{digits}d}{kind.endings[0]}"
        _write_picture(file, pictures.rgb(number), settings.codec)
        progress(at + 1, settings.frames)


def _write_picture(file: Path, picture: npt.NDArray[np.float64], codec: str) -> None:
    """One numbered file of R'G'B', which are sRGB's; in EXR linear light with the primaries of BT.709."""
    if codec == "exr":
        linear = np.where(picture <= 0.04045, picture / 12.92, ((picture + 0.055) / 1.055) ** 2.4)
        header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage, "chromaticities": REC709}
        with OpenEXR.File(header, {"RGB": linear.astype(np.float16)}) as written:
            written.write(str(file))
    elif codec == "png16":
        file.write_bytes(_png16(rgb_codes(picture, 16)))
    else:
        image = Image.fromarray(rgb_codes(picture, 8), "RGB")
        image.save(file, quality=95, subsampling=0) if codec == "jpeg" else image.save(file, compress_level=1)


def _png16(codes: Plane) -> bytes:
    """A PNG of 16-bit colours, which Pillow does not write."""
    av = pyav()
    encoder = av.CodecContext.create("png", "w")
    rows, columns = codes.shape[:2]
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = columns, rows, "rgb48be", Fraction(1, 24)
    encoder.options = {"compression_level": "1"}
    frame = av.VideoFrame.from_ndarray(codes, format="rgb48le").reformat(format="rgb48be")
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode()])
