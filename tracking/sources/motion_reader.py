"""Reads motion files, plain or gzip, from disk."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

from tracking.motion_files import Axes, MotionTrack, parse_motion
from tracking.records import ConfigError
from tracking.sources.ordinary_files import open_ordinary, refuse_wide_text

MAX_LINE_CHARACTERS = 1000
MAX_CHARACTERS = 1 << 29
"""More than the most poses need. A small gzip file can unpack to any size."""
_COST_OF_A_LINE = 64
"""Characters that each line counts besides its own: empty lines take time too."""
_GZIP_MAGIC = b"\x1f\x8b"


def read_motion(path: Path | str, *, axes: Axes = "stage") -> MotionTrack:
    """The poses of the motion file at `path`; gzip is recognised by its first bytes, not by the name.

    Raises ConfigError if the file cannot be read or holds fewer than two usable poses.
    """
    path = Path(path)
    try:
        with open_ordinary(path) as file:
            packed = file.read(2) == _GZIP_MAGIC
            file.seek(0)
            unpacked = gzip.GzipFile(fileobj=file) if packed else file
            refuse_wide_text(unpacked.peek(4)[:4])
            track = parse_motion(_bounded_lines(unpacked), axes=axes)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise ConfigError(f"{path}: motion: cannot be read ({reason}); give a motion file, or `orbit`") from error
    if len(track.poses) < 2:
        first = f" ({track.findings[0]})" if track.findings else ""
        raise ConfigError(
            f"{path}: motion: found {len(track.poses)} usable poses{first}, expected at least 2 lines "
            "`timestamp_s tx ty tz qx qy qz qw`"
        )
    return track


def _bounded_lines(file: gzip.GzipFile | io.BufferedReader) -> Iterator[str]:
    """Lines of text without a byte-order mark. A line longer than any pose needs is cut; the parser refuses the pieces.

    Raises ValueError after `MAX_CHARACTERS`.
    """
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace")
    read = 0
    while line := text.readline(MAX_LINE_CHARACTERS):
        if not read:
            line = line.lstrip("\ufeff")
        read += len(line) + _COST_OF_A_LINE
        if read > MAX_CHARACTERS:
            raise ValueError(f"found more text than {MAX_CHARACTERS >> 20} MiB")
        yield line
