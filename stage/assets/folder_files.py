"""One file in the library's folder: what tells its content from any other, and what keeps it from being a world."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import itertools
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from render.models.named_files import files_beside, may_name_others
from render.worlds.model.record import is_model_path
from render.worlds.shared.file_names import depth_names, is_world_file, mask_name, number_in
from stage.assets.folder_names import described, may_hold_frames
from stage.show.frame.inputs import Cause

_SCENES_REMEMBERED = 256
_MOST_JSON_BYTES = 4 << 20
"""Of a larger scene the files beside it are not looked at: it would be read here again and again, while it grows."""
_MOST_NAMED = 1000
_MOST_LOOKED_AT = 256
"""So many names of a folder are looked at before it is none of numbered frames."""


class FileNow(NamedTuple):
    """A file as a look found it. Size, inode and time tell its content from any other, with those of the files
    `beside` it: a picture's mask and depth map, or what a scene names. `depth` is the depth map's name, "" for none.
    """

    size: int
    inode: int
    changed_ns: int
    is_link: bool
    is_file: bool
    beside: str = ""
    depth: str = ""

    @property
    def version(self) -> str:
        """Stays the same when the file is renamed."""
        return f"{self.size:x}-{self.inode:x}-{self.changed_ns:x}{self.beside}"


def file_now(folder: Path, name: str) -> FileNow | None:
    """The file of this name now, or what a link leads to; None where there is none, or a folder.

    A folder of numbered frames is a film, and counts as a file.
    """
    path = folder / name
    try:
        about = path.lstat()
        is_link = stat.S_ISLNK(about.st_mode)
        if is_link:
            with contextlib.suppress(OSError):
                about = path.stat()
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(about.st_mode):
        is_film = may_hold_frames(name) and has_numbered_frames(path)
        return FileNow(about.st_size, about.st_ino, about.st_mtime_ns, is_link, True) if is_film else None
    beside, depth, is_file = "", "", stat.S_ISREG(about.st_mode)
    if is_model_path(name):
        beside = _stamp_of_named(path, about) if is_file and not is_link else ""
    elif not is_world_file(name):
        beside = _stamp_of(path.with_name(mask_name(path.name)))
        stamps = {one: _stamp_of(path.with_name(one)) for one in depth_names(path.name)}
        depth = next((one for one, stamp in stamps.items() if stamp), "")
        beside += stamps.get(depth, "")
    return FileNow(about.st_size, about.st_ino, about.st_mtime_ns, is_link, is_file, beside, depth)


def names_beside(folder: Path, names: Iterable[str]) -> frozenset[str]:
    """The names in `folder` of what its scenes name: a change of one is a change of a scene."""
    found: set[str] = set()
    for path in (folder / name for name in names if may_name_others(name)):
        with contextlib.suppress(OSError):
            found.update(one.name for one in _named_by(path, path.lstat()) if one.parent == folder)
    return frozenset(found)


def fault_of(folder: Path, name: str, now: FileNow) -> Cause | None:
    """What keeps a file from being a world, whatever is in it; None if nothing does."""
    file = described(name).file
    if now.is_link:
        try:
            target, home = (folder / name).resolve(strict=True), folder.resolve()
        except (OSError, RuntimeError):
            return Cause(code="library_link_broken", values={"file": file})
        if not target.is_relative_to(home):
            return Cause(code="library_link_outside", values={"file": file})
    return None if now.is_file else Cause(code="library_not_a_file", values={"file": file})


def has_numbered_frames(folder: Path) -> bool:
    """Whether two files in a folder at least are numbered frames of one film. It looks no farther than needed."""
    seen: set[tuple[str, str]] = set()
    try:
        with os.scandir(folder) as entries:
            for entry in itertools.islice(entries, _MOST_LOOKED_AT):
                numbered = number_in(entry.name)
                if numbered is not None:
                    series = (numbered.stem, numbered.ending)
                    if series in seen:
                        return True
                    seen.add(series)
    except OSError:
        pass
    return False


def has_other_names(path: Path) -> bool:
    """Whether a file has other names too: then it was whole before it had this one."""
    try:
        return path.stat().st_nlink > 1
    except OSError:
        return False


def _stamp_of_named(path: Path, about: os.stat_result) -> str:
    """What tells the content of the files that a scene names from any other, "" where it names none."""
    stamps = [_stamp_of(one) for one in _named_by(path, about)]
    return f"+{hashlib.sha256(';'.join(stamps).encode()).hexdigest()[:16]}" if stamps else ""


def _named_by(path: Path, about: os.stat_result) -> tuple[Path, ...]:
    return _read_names(path, about.st_size, about.st_ino, about.st_mtime_ns) if may_name_others(path.name) else ()


@functools.lru_cache(maxsize=_SCENES_REMEMBERED)
def _read_names(path: Path, _size: int, _inode: int, _changed_ns: int) -> tuple[Path, ...]:
    """What a scene names; each content of a file is read once."""
    return files_beside(path, _MOST_JSON_BYTES)[:_MOST_NAMED]


def _stamp_of(path: Path) -> str:
    """What tells the content of a file beside another one from any other, "" where there is none."""
    try:
        about = path.lstat()
    except (OSError, ValueError):
        return ""
    return f"+{about.st_size:x}-{about.st_ino:x}-{about.st_mtime_ns:x}"
