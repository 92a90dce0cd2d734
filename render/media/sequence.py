"""Folders of numbered frames: which files make the film, which numbers are missing, and which are odd ones out."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from render.media.faults import MediaError
from render.media.film import Stamp, stamp_of
from render.media.timeline import FASTEST, MOST_FRAMES, SLOWEST, standard_rate
from render.worlds.shared.file_names import FRAME_ENDINGS, FrameKind, number_in
from tracking.system_faults import said_by_system

MOST_FILES = 1_000_000
_MOST_MISSING = 1000
"""So many numbers may be missing, or as many as there are files."""
_SAID_RATE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*fps", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class NumberedFrames:
    """The frames of a folder by their number, from the `first` on, with what tells each file from another.

    `frames` counts the missing ones too. `others` are files beside them that belong to no number.
    """

    folder: Path
    kind: FrameKind
    files: dict[int, tuple[Path, Stamp]]
    first: int
    frames: int
    others: int

    @property
    def missing(self) -> int:
        """How many numbers have no file."""
        return self.frames - len(self.files)

    def first_missing(self) -> int:
        """The lowest number without a file, where there is one."""
        return next(number for number in range(self.first, self.first + self.frames) if number not in self.files)

    def newest(self, frame: int) -> tuple[int, Path, Stamp]:
        """Number, file and stamp of what frame `frame` shows: its own, or the newest before it."""
        number = self.first + frame
        while number not in self.files:
            number -= 1
        return (number, *self.files[number])


def numbered_frames(folder: Path) -> NumberedFrames:
    """The frames in a folder: of several series of names the longest. A picture by itself is a film of one frame.

    Raises MediaError where there are none.
    """
    if not folder.is_dir():
        kind = FRAME_ENDINGS[folder.suffix.lower()]
        files = {0: (folder, stamp_of(folder))}
        return NumberedFrames(folder=folder.parent, kind=kind, files=files, first=0, frames=1, others=0)
    series: dict[tuple[str, str], dict[int, tuple[Path, Stamp]]] = defaultdict(dict)
    count = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(".") or not entry.is_file():
                    continue
                count += 1
                if count > MOST_FILES:
                    raise MediaError("media_too_long", frames=count, most=MOST_FILES)
                found = number_in(entry.name)
                if found is not None:
                    about = entry.stat()
                    stamp = (about.st_size, about.st_ino, about.st_mtime_ns)
                    series[found.stem, found.ending].setdefault(found.number, (Path(entry.path), stamp))
    except OSError as error:
        raise MediaError("media_unreadable", found=said_by_system(error)) from error
    if not series:
        raise MediaError("media_no_numbered_frames", files=count)
    (_, ending), chosen = max(series.items(), key=lambda one: (len(one[1]), one[0]))
    first, last = min(chosen), max(chosen)
    frames = last - first + 1
    if frames - len(chosen) > max(_MOST_MISSING, len(chosen)):
        raise MediaError("media_numbers_apart", files=len(chosen), first=first, last=last)
    if frames > MOST_FRAMES:
        raise MediaError("media_too_long", frames=frames, most=MOST_FRAMES)
    return NumberedFrames(
        folder=folder,
        kind=FRAME_ENDINGS[ending],
        files=dict(sorted(chosen.items())),
        first=first,
        frames=frames,
        others=count - len(chosen),
    )


def is_numbered(path: Path) -> bool:
    """Whether a path is read as numbered frames: a folder, or a picture by itself."""
    return path.is_dir() or path.suffix.lower() in FRAME_ENDINGS


def said_rate(folder: Path) -> Fraction | None:
    """The rate that the name of a folder says, as in `street.23.976fps`; None where it says none."""
    found = _SAID_RATE.search(folder.name)
    rate = None if found is None else standard_rate(Fraction(found[1]))
    return rate if rate is not None and SLOWEST <= rate <= FASTEST else None
