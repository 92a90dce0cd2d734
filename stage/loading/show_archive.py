"""Archives a show's folder as one tar file, for handing it over."""

from __future__ import annotations

import errno
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from stage.run.show_folder import TAKES
from stage.run.whole_files import write_new
from tracking.records import ConfigError
from tracking.sources.ordinary_files import open_ordinary

_OPEN_TAKE = ".mcap.part"
_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)
_DEEPEST = 16
_FOLDER_MODE, _FILE_MODE = 0o755, 0o644


class Archived(NamedTuple):
    """What an archive holds: how many files of how many bytes, and a line for each thing that was left out."""

    files: int
    bytes: int
    left_out: tuple[str, ...]


def archive_show(folder: Path, archive: Path, *, takes: bool = True) -> Archived:
    """Writes the whole show into a tar file that is not there yet. Links, and takes that are being written, stay out.

    Raises ConfigError where it cannot be written, or a file changed meanwhile.
    """
    entries, left_out = _entries(folder, takes=takes)
    try:
        write_new(archive, lambda stream: _write(folder, entries, stream))
    except FileExistsError:
        raise ConfigError(
            f"{archive}: found a file, expected none; choose another with --to, or move that file"
        ) from None
    except OSError as error:
        found = error.strerror or str(error)
        cure = (
            "give another place with --to"
            if error.errno in _UNWRITABLE
            else f"if a stage runs in {folder}, end it first"
        )
        raise ConfigError(f"{archive}: not written: {found}; {cure}") from error
    files = [entry for entry in entries if not entry.is_dir()]
    return Archived(len(files), sum(file.stat().st_size for file in files), left_out)


def _entries(folder: Path, *, takes: bool) -> tuple[list[Path], tuple[str, ...]]:
    """Every folder and ordinary file below `folder`, in order, and what is left out."""
    entries: list[Path] = []
    left_out: list[str] = []
    for path in _below(folder, _DEEPEST):
        name = path.relative_to(folder)
        if path.name.startswith("."):
            continue
        if not takes and name.parts[0] == TAKES:
            continue
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            left_out.append(f"{name}: a link or device")
        elif path.name.endswith(_OPEN_TAKE):
            left_out.append(f"{name}: a take that is not closed: `stage take repair` makes one of it")
        else:
            entries.append(path)
    return entries, tuple(left_out)


def _below(folder: Path, deepest: int) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        yield path
        if deepest and path.is_dir() and not path.is_symlink() and not path.name.startswith("."):
            yield from _below(path, deepest - 1)


def _write(folder: Path, entries: list[Path], stream: IO[bytes]) -> None:
    """The files with their times, and with nobody's name: they are whoever unpacks them."""
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in (folder, *entries):
            info = tarfile.TarInfo(str(folder.absolute().name / path.relative_to(folder)))
            info.mtime = int(path.stat().st_mtime)
            if path.is_dir():
                info.type, info.mode = tarfile.DIRTYPE, _FOLDER_MODE
                archive.addfile(info)
                continue
            with open_ordinary(path) as content:
                info.size, info.mode = os.fstat(content.fileno()).st_size, _FILE_MODE
                archive.addfile(info, content)
