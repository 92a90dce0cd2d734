"""The loader's decoder: `python -m stage.assets.decoder FOLDER`. It alone opens the users' pictures.

A hostile file may crash it or take all its time; the loader then ends it and starts another. Jobs come on standard
input and answers go to standard output, a JSON line each.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from render.assets.decode import open_picture
from render.images.picture_hashes import mask_beside
from render.models.named_files import files_beside
from render.worlds.model.spaces import is_of_model
from stage.assets.examined import refusal_of
from stage.assets.films_and_scenes import examined_film, noted_model, packed_model
from stage.assets.kept_pictures import KeptPictures, NoDiskRoomError, PreparedPicture, causes_of
from stage.assets.messages import (
    Examine,
    Examined,
    ExaminedFilm,
    FromDecoder,
    Load,
    Loaded,
    LoadFailed,
    Loading,
    Look,
    Seen,
    SeenFile,
    ToDecoder,
    WantedPicture,
)
from stage.run.disk import MEGABYTE
from stage.run.realtime import die_with_parent, keep_loaded
from stage.show.frame.inputs import Cause
from tracking.records import UNDECODABLE, ConfigError, Scalar
from tracking.system_faults import said_by_system

READ_AGAIN = 3
"""How often a file is read that changes while it is read."""
MOST_MEMORY_BYTES = 12 << 30
_SHARE_OF_MEMORY = 0.75
_DECODED = 0.5
"""How much of the work is done when a file has been decoded; the rest is converting it."""


class Decoder:
    """Loads pictures into `folder`; `answer` takes what there is to say."""

    def __init__(self, folder: Path, answer: Callable[[FromDecoder], None]) -> None:
        self._kept = KeptPictures(folder)
        self._answer = answer

    def look(self, picture: WantedPicture) -> None:
        """Says which file is there now."""
        self._answer(Seen(picture=picture, seen=seen_at(picture.path)))

    def load(self, picture: WantedPicture) -> None:
        """Says that the picture is kept, or why it cannot be."""
        kept = self._kept.find(picture)
        if kept is None:
            self._say(picture, 0.0)
        self._answer(self._tried(picture, self._read) if kept is None else kept)

    def examine(self, picture: WantedPicture) -> None:
        """Says what the picture is, or why it cannot be read. Only its thumbnail is kept."""
        kept = None if picture.is_film else self._kept.find(picture)
        if picture.is_film:
            self._answer(self._tried(picture, self._examined_film))
        elif kept is not None and (kept.facts is not None or kept.packed_bytes):
            self._answer(Examined(picture=picture, facts=kept.facts, notes=kept.notes, thumbnail=kept.thumbnail))
        else:
            self._answer(self._tried(picture, self._examined))

    def _tried(self, picture: WantedPicture, read: Callable[[WantedPicture, SeenFile], FromDecoder]) -> FromDecoder:
        """What comes of reading a file that stands still while it is read."""
        for _ in range(READ_AGAIN):
            before = seen_at(picture.path)
            if before is None:
                return LoadFailed(picture=picture, cause=_cause(picture, "asset_absent"))
            try:
                return read(picture, before)
            except _FileChangedError:
                continue
        return LoadFailed(picture=picture, cause=_cause(picture, "asset_changes"), seen=seen_at(picture.path))

    def _read(self, wanted: WantedPicture, before: SeenFile) -> Loaded | LoadFailed:
        try:
            if is_of_model(wanted.colour_space):
                prepared = self._kept.keep_packed(wanted, packed_model(Path(wanted.path), wanted.colour_space))
                return self._committed(wanted, prepared, before)
            picture = open_picture(
                Path(wanted.path),
                wanted.colour_space or None,
                lambda part: self._say(wanted, _DECODED * part),
                exr_apart=False,
                probed=lambda found: self._answer(Loading(picture=wanted, share=0.0, size=(found.rows, found.columns))),
            )
            prepared = self._kept.keep(wanted, picture, lambda about, rows: self._say_written(wanted, about, rows))
        except (ConfigError, MemoryError, OSError) as error:
            if seen_at(wanted.path) != before:
                raise _FileChangedError from error
            return _failure(wanted, error, before)
        return self._committed(wanted, prepared, before)

    @staticmethod
    def _committed(wanted: WantedPicture, prepared: PreparedPicture, before: SeenFile) -> Loaded:
        if seen_at(wanted.path) != before:
            prepared.drop()
            raise _FileChangedError
        return prepared.commit()

    def _examined(self, wanted: WantedPicture, before: SeenFile) -> Examined | LoadFailed:
        try:
            if is_of_model(wanted.colour_space):
                return Examined(picture=wanted, facts=None, notes=noted_model(Path(wanted.path), wanted.colour_space))
            picture = open_picture(Path(wanted.path), wanted.colour_space or None, exr_apart=False)
            picture.examine()
        except (ConfigError, MemoryError, OSError) as error:
            if seen_at(wanted.path) != before:
                raise _FileChangedError from error
            return _failure(wanted, error, before)
        if seen_at(wanted.path) != before:
            raise _FileChangedError
        thumbnail = self._kept.keep_thumbnail(wanted, picture.thumbnail())
        return Examined(picture=wanted, facts=picture.facts(), notes=causes_of(picture), thumbnail=thumbnail)

    def _examined_film(self, wanted: WantedPicture, before: SeenFile) -> ExaminedFilm | LoadFailed:
        found = examined_film(wanted, before, self._kept.keep_thumbnail)
        if seen_at(wanted.path) != before:
            raise _FileChangedError
        return found

    def _say(self, picture: WantedPicture, share: float) -> None:
        self._answer(Loading(picture=picture, share=share))

    def _say_written(self, picture: WantedPicture, about: Loaded, rows: int | None) -> None:
        share = 1.0 if rows is None else _DECODED + (1.0 - _DECODED) * rows / about.rows
        self._answer(Loading(picture=picture, share=share, begun=about, rows=rows))


class _FileChangedError(Exception):
    """The file is not the one that reading began with."""


def seen_at(path: str) -> SeenFile | None:
    """The picture at `path`, with its mask, or the scene with the files that it names; None if there is none."""
    try:
        mask = mask_beside(Path(path))
        files = [Path(path).stat(), *([] if mask is None else [mask.lstat()])]
    except (OSError, ValueError):
        return None
    for beside in files_beside(Path(path)):  # those of a scene that is copied may come after it
        with contextlib.suppress(OSError):
            files.append(beside.stat())
    return tuple(
        number for found in files for number in (found.st_size, found.st_ino, found.st_mtime_ns, found.st_ctime_ns)
    )


def _failure(picture: WantedPicture, error: Exception, seen: SeenFile) -> LoadFailed:
    if isinstance(error, NoDiskRoomError):
        needed, free = error.needed_bytes // MEGABYTE, error.free // MEGABYTE
        cause = _cause(picture, "asset_no_disk_room", needed_mb=needed, free_mb=free)
    elif isinstance(error, MemoryError):
        cause = _cause(picture, "asset_takes_memory")
    elif isinstance(error, OSError):
        cause = _cause(picture, "asset_not_kept", found=said_by_system(error))
    else:
        cause = refusal_of(picture.file, error, picture.path)
    return LoadFailed(picture=picture, cause=cause, seen=seen)


def _cause(picture: WantedPicture, code: str, **values: Scalar) -> Cause:
    return Cause(code=code, values={"file": picture.file, **values})


def limit_memory() -> None:
    """Bounds this process's memory: a picture that needs more is refused, and the machine stays usable."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    most = min(MOST_MEMORY_BYTES, int(_SHARE_OF_MEMORY * machine))
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def main() -> None:
    """Works until standard input is closed. Whatever libraries print goes nowhere."""
    die_with_parent()
    keep_loaded()
    limit_memory()
    out = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    decoder = Decoder(Path(sys.argv[1]), lambda message: _write(out, message))
    for line in sys.stdin.buffer:
        try:
            job = msgspec.json.decode(line, type=ToDecoder)
        except UNDECODABLE:
            continue
        match job:
            case Load():
                decoder.load(job.picture)
            case Look():
                decoder.look(job.picture)
            case Examine():
                decoder.examine(job.picture)


def _write(out: int, message: FromDecoder) -> None:
    os.write(out, msgspec.json.encode(message) + b"\n")


if __name__ == "__main__":
    main()
