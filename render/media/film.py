"""A film file opened with FFmpeg, within bounds: of formats, decoders, sizes, and with no way to any other file.

A film names other files in some formats (playlists, reference films), and others name the network. None of those is
opened: only the formats below are, from this file alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from render.media.faults import MediaError, pyav, why_of
from render.media.planes import orientation_of
from tracking.records import Scalar
from tracking.sources.ordinary_files import open_ordinary
from tracking.system_faults import said_by_system

if TYPE_CHECKING:
    from av import Packet, VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

MAX_COLUMNS, MAX_ROWS = 16384, 8192
MOST_THREADS = 4
FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mxf,mpegts,mpeg,nut"
CODECS = (
    *("prores", "dnxhd", "h264", "hevc", "mjpeg", "png", "hap", "notchlc", "cfhd", "v210", "rawvideo", "ffv1"),
    *("vp8", "vp9", "libdav1d", "av1", "mpeg2video", "mpeg4", "mpeg1video", "dvvideo", "qtrle", "jpeg2000", "r210"),
    *("v308", "v408", "v410", "utvideo", "huffyuv", "ffvhuff", "magicyuv", "wmv3", "vc1", "theora"),
)
_PROBE_BYTES = 16 << 20
_ANALYSED_US = 5_000_000
_MOST_LATE_STREAMS = 10_000
_FIRST_PACKETS = 300
"""So many packets may come before the first picture."""
_ATTACHED = 1024 | 2048
"""A picture of the record's cover, or of chapters (FFmpeg, AV_DISPOSITION_ATTACHED_PIC and _TIMED_THUMBNAILS)."""
_UNORDERED = "avi"
"""It says when a frame is decoded, and not when it is shown: with B frames nobody can tell."""

Stamp = tuple[int, int, int]
"""Size, inode and time of a file: they tell it from one that takes its place."""


def stamp_of(path: Path) -> Stamp:
    """The file that is at `path` now. Raises MediaError where there is none."""
    try:
        about = path.stat()
    except (OSError, ValueError):
        raise MediaError("media_absent") from None
    return (about.st_size, about.st_ino, about.st_mtime_ns)


class FrameClock(NamedTuple):
    """Which frame has which stamp: frame 0 has `start`, in units of `time_base` seconds."""

    start: int
    time_base: Fraction
    rate: Fraction

    def number_of(self, pts: int) -> int:
        """The frame whose time is the nearest to a stamp, in whole numbers alone."""
        scale = self.time_base * self.rate
        return (2 * (pts - self.start) * scale.numerator + scale.denominator) // (2 * scale.denominator)

    def pts_of(self, number: int) -> int:
        """The stamp of a frame, rounded to the film's own units."""
        return self.start + round(number / (self.time_base * self.rate))


class Film:
    """An open film and its picture stream. `first` is its first frame shown, `start` that frame's stamp.

    Where all are known to be key frames, its threads share each frame, so that a seek decodes one alone.
    Raises MediaError, with what was found: no film, no pictures, a codec that is not read, or a picture too large.
    """

    def __init__(self, path: Path, threads: int | None = None, *, all_key_frames: bool = False) -> None:
        self.path = path
        self.stamp = stamp_of(path)
        self._threads = (threads or min(MOST_THREADS, os.cpu_count() or 1), "SLICE" if all_key_frames else "AUTO")
        self.container = _opened(path)
        self.begin()

    def begin(self) -> None:
        """Stands at its beginning: `begun` are the first frames that came out, `packets_left` those after them."""
        self.stream, self.pictures = _stream_of(self.container)
        context = self.stream.codec_context
        self.codec = context.name
        self.time_base = self.stream.time_base or Fraction(1, 1000)
        self._check()
        context.thread_count, context.thread_type = self._threads
        self.packets_left = self.packets()
        self.begun, self.start = self._first()
        self.first = self.begun[0]
        self.orientation, self.is_askew = orientation_of(self.first)

    def begin_again(self, *, alone: bool = False) -> None:
        """Opens it anew: that finds the beginning in every container, however well it seeks.

        `alone` lets one thread decode from now on: several lose more frames to a damaged one than itself.
        """
        self._threads = (1, "SLICE") if alone else self._threads
        self.container.close()
        self.container = _opened(self.path)
        self.begin()

    def packets(self) -> Iterator[Packet[VideoStream]]:
        """Packets of the picture stream from where it stands; the last is empty and lets all frames out."""
        for _ in range(_MOST_LATE_STREAMS):
            try:
                yield from self.container.demux(self.stream)
            except IndexError:  # a packet of a stream that began after the film was opened: PyAV knows none of those
                continue
            return

    @property
    def is_alone(self) -> bool:
        """Whether threads do not decode several frames at once."""
        return self._threads[0] == 1 or self._threads[1] == "SLICE"

    def all_packets(self) -> Iterator[Packet[VideoStream]]:
        """Every packet of it, undecoded. Afterwards it stands at its end."""
        self.container.close()
        self.container = _opened(self.path)
        self.stream, _ = _stream_of(self.container)
        return self.packets()

    def seek(self, pts: int) -> None:
        """Goes to the last key frame that the container knows before a stamp, or at it. Raises MediaError."""
        try:
            self.container.seek(pts, stream=self.stream, backward=True, any_frame=False)
        except pyav().FFmpegError as error:
            raise MediaError("media_seek_fails", **why_of(error)) from error

    def close(self) -> None:
        """Frees it."""
        self.container.close()

    def _check(self) -> None:
        context = self.stream.codec_context
        if self.codec not in CODECS:
            raise MediaError("media_codec_unread", codec=self.codec)
        if self.container.format.name == _UNORDERED and context.has_b_frames:
            raise MediaError("media_order_unknown", format=_UNORDERED, codec=self.codec)
        if not context.width or not context.height:
            raise MediaError("media_no_frames", why="film_no_size")
        if context.width > MAX_COLUMNS or context.height > MAX_ROWS:
            raise MediaError(
                "media_too_large",
                columns=context.width,
                rows=context.height,
                most_columns=MAX_COLUMNS,
                most_rows=MAX_ROWS,
            )

    def _first(self) -> tuple[list[VideoFrame], int]:
        """The first frame that is shown: what an edit list leaves out, or lacks what it needs, comes before it.

        With it come frames that the decoder gives at once.
        """
        fault: dict[str, Scalar] = {"why": "film_no_frame"}
        error_type = pyav().FFmpegError
        for _ in range(_FIRST_PACKETS):
            try:
                packet = next(self.packets_left, None)
                if packet is None:
                    break
                frames = packet.decode()
                for at, frame in enumerate(frames):
                    pts = pts_of(frame)
                    if pts is not None and not frame.is_corrupt:
                        return frames[at:], pts
            except error_type as error:
                fault = why_of(error)
        raise MediaError("media_no_frames", **fault)


def pts_of(frame: VideoFrame) -> int | None:
    """When a frame is shown; containers without stamps of that give when it is decoded."""
    return frame.dts if frame.pts is None else frame.pts


def _opened(path: Path) -> InputContainer:
    try:
        with open_ordinary(path):
            pass
    except OSError as error:
        raise MediaError("media_unreadable", found=said_by_system(error)) from error
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": FORMATS,
        "codec_whitelist": ",".join(CODECS),
        "probesize": str(_PROBE_BYTES),
        "analyzeduration": str(_ANALYSED_US),
        "max_streams": "64",
    }
    av = pyav()
    try:
        container: InputContainer = av.open(f"file:{path}", "r", container_options=options, metadata_errors="replace")
    except (av.FFmpegError, ValueError, UnicodeError) as error:
        raise MediaError("media_not_a_film", **why_of(error)) from error
    return container


def _stream_of(container: InputContainer) -> tuple[VideoStream, int]:
    """The stream of moving pictures that is played, and how many there are: the default one, of several the largest."""
    found: list[Any] = [
        stream
        for stream in container.streams
        if stream.type == "video" and not int(stream.disposition) & _ATTACHED and stream.codec_context is not None
    ]
    if not found:
        if any(stream.type == "video" and stream.codec_context is None for stream in container.streams):
            container.close()
            raise MediaError("media_codec_unknown")
        kinds = ",".join(sorted({stream.type for stream in container.streams})) or "none"
        container.close()
        raise MediaError("media_no_pictures", found=kinds)
    chosen = max(found, key=lambda one: (int(one.disposition) & 1, one.codec_context.width * one.codec_context.height))
    for stream in container.streams:
        if stream.index != chosen.index:
            stream.discard = pyav().stream.Discard.all
    return chosen, len(found)
