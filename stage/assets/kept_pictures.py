"""Keeps decoded pictures in the run's folder, so that a restarted core need not decode them again.

A file holds one picture: a header, then all its levels as they go to the GPU, half floats row by row. A restarted core
therefore draws exactly the same. One that was read stays as it was read for as long as the run lasts, whatever becomes
of the user's file. All are deleted with the run's folder.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from render.assets.halves import Halves
from render.assets.levels import HALF_BYTES, level_sizes, levels_bytes
from stage.assets.levels_file import HEADER_BYTES, LEVELS_SUFFIX, MARK, description_in
from stage.assets.messages import Loaded, WantedPicture
from stage.run.disk import MEGABYTE, free_bytes
from stage.show.frame.inputs import Cause
from tracking.records import UNDECODABLE
from tracking.sources.ordinary_files import open_ordinary

if TYPE_CHECKING:
    from render.assets.decode import OpenPicture
    from render.assets.depth import OpenDepth

LEFT_FREE_BYTES = 256 * MEGABYTE
_OF_LIBRARY = "library-"
THUMBNAIL_SUFFIX = ".jpg"
_PIECE_BYTES = 1 << 20
"""What one call writes: a kernel that is not interrupted inside of itself gives nobody else that processor before."""

Written = Callable[[Loaded, int | None], None]
"""Takes what a picture will be, and how many rows of its first level are in its file; None: all rows of all levels."""


class Packed(NamedTuple):
    """A 3D scene in the form in which it goes to another process; `chunks` follow one another."""

    sha256: str
    chunks: tuple[bytes | memoryview, ...]
    gpu_bytes: int
    notes: tuple[Cause, ...] = ()
    movements: tuple[str, ...] = ()


class NoDiskRoomError(OSError):
    """The run's folder has no room for a picture."""

    def __init__(self, needed_bytes: int, free: int) -> None:
        super().__init__(f"found {free // MEGABYTE} MB free, expected {needed_bytes // MEGABYTE} MB")
        self.needed_bytes, self.free = needed_bytes, free


class KeptPictures:
    """The pictures kept in `folder`, by the path and the colour space of the user's files.

    Those of the library's folder are kept by their version in the place of their path: they may be renamed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, picture: WantedPicture) -> Loaded | None:
        """The kept picture of that path and colour space; None if there is none, or it is not whole."""
        about = _about(self._place(picture))
        if about is None or _identity(about.picture) != _identity(picture):
            return None
        return msgspec.structs.replace(about, picture=picture)

    def place_of(self, picture: WantedPicture) -> Path:
        """Where a picture is kept, if it is."""
        return self._place(picture)

    def keep(self, wanted: WantedPicture, picture: OpenPicture | OpenDepth, written: Written) -> PreparedPicture:
        """Writes a picture's levels beside the kept ones; it is not kept before it is committed.

        `written` is called as its levels come into the file, before its facts are known. Raises NoDiskRoomError, any
        other OSError, or MemoryError, and leaves nothing.
        """
        self._refuse_without_room(levels_bytes(picture.rows, picture.columns, picture.channels))
        place = self._place(wanted)
        fresh = place.with_suffix(".new")
        about = Loaded(
            picture=wanted,
            levels=str(fresh),
            sha256=picture.sha256,
            rows=picture.rows,
            columns=picture.columns,
            channels=picture.channels,
        )
        try:
            _write_levels(fresh, picture, lambda rows: written(about, rows))
            written(about, None)
            thumbnail, facts = self.keep_thumbnail(wanted, picture.thumbnail()), picture.facts()
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        whole = msgspec.structs.replace(
            about, levels=str(place), notes=causes_of(picture), facts=facts, thumbnail=thumbnail
        )
        return PreparedPicture(fresh, place, whole)

    def keep_packed(self, wanted: WantedPicture, packed: Packed) -> PreparedPicture:
        """Writes a packed scene as `keep` writes a picture, and raises as that does."""
        size = sum(len(chunk) for chunk in packed.chunks)
        self._refuse_without_room(size)
        place = self._place(wanted)
        fresh = place.with_suffix(".new")
        try:
            with fresh.open("wb", buffering=0) as file:
                at = HEADER_BYTES
                for chunk in packed.chunks:
                    _write_all(file, at, memoryview(chunk).cast("B"))
                    at += len(chunk)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        about = Loaded(
            picture=wanted,
            levels=str(place),
            sha256=packed.sha256,
            rows=0,
            columns=0,
            channels=0,
            notes=packed.notes,
            packed_bytes=size,
            gpu_bytes=packed.gpu_bytes,
            movements=packed.movements,
        )
        return PreparedPicture(fresh, place, about)

    def _refuse_without_room(self, size: int) -> None:
        """Raises NoDiskRoomError where a file of so many bytes behind its header would leave too little."""
        needed, free = HEADER_BYTES + size + LEFT_FREE_BYTES, free_bytes(self._folder)
        if free < needed:
            raise NoDiskRoomError(needed, free)

    def keep_thumbnail(self, picture: WantedPicture, content: bytes) -> str:
        """Keeps a small JPEG of a picture beside its levels; returns its path, "" where there is no room for it."""
        place = self._place(picture).with_suffix(THUMBNAIL_SUFFIX)
        fresh = place.with_suffix(f"{THUMBNAIL_SUFFIX}.new")
        try:
            fresh.write_bytes(content)
            fresh.replace(place)
        except OSError:
            fresh.unlink(missing_ok=True)
            return ""
        return str(place)

    def drop_others(self, pictures: Iterable[WantedPicture]) -> None:
        """Removes the kept pictures of the library's folder but for these: there may be thousands in time."""
        stay = {self._place(picture) for picture in pictures if picture.version}
        for place in self._folder.glob(f"{_OF_LIBRARY}*{LEVELS_SUFFIX}"):
            if place not in stay:
                place.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Removes what a killed decoder left half written."""
        for left in self._folder.glob("*.new"):
            left.unlink(missing_ok=True)

    def _place(self, picture: WantedPicture) -> Path:
        name = hashlib.sha256("\0".join(_identity(picture)).encode(errors="surrogateescape")).hexdigest()
        return self._folder / f"{_OF_LIBRARY if picture.version else ''}{name[:32]}{LEVELS_SUFFIX}"


def _identity(picture: WantedPicture) -> tuple[str, str]:
    return picture.version or picture.path, picture.colour_space


def causes_of(picture: OpenPicture | OpenDepth) -> tuple[Cause, ...]:
    """What the user should know of a picture, once all its bands have been taken."""
    return tuple(Cause(code=finding.code, values=finding.values) for finding in picture.findings())


def copied_sha256(place: Path) -> str:
    """The hash of the file that a kept picture was decoded from; "" where it is not a whole picture."""
    about = _about(place)
    return "" if about is None else about.sha256


def copied_light(place: Path) -> NDArray[np.float16]:
    """A kept picture as it goes to the GPU, (rows, columns, 3 or 4). Raises OSError or ValueError where it is none."""
    about = _about(place)
    if about is None:
        raise ValueError(f"{place}: found no decoded picture")
    if about.packed_bytes:
        raise ValueError(f"{place}: found a 3D scene")
    shape = (about.rows, about.columns, about.channels)
    return np.memmap(place, dtype=np.float16, mode="r", offset=HEADER_BYTES, shape=shape)


def copied_packed(place: Path) -> memoryview:
    """A kept scene as it was packed. Raises OSError or ValueError where it is none."""
    about = _about(place)
    if about is None or not about.packed_bytes:
        raise ValueError(f"{place}: found no 3D scene")
    with open_ordinary(place) as file:
        file.seek(HEADER_BYTES)
        return memoryview(file.read(about.packed_bytes))


def _about(place: Path) -> Loaded | None:
    """What the header of a kept picture says of it; None where it is not there or not whole."""
    try:
        with open_ordinary(place) as file:
            header = file.read(HEADER_BYTES)
            size = os.fstat(file.fileno()).st_size
        about = msgspec.json.decode(description_in(header), type=Loaded)
    except (OSError, *UNDECODABLE):
        return None
    if about.packed_bytes > 0:
        return about if size == HEADER_BYTES + about.packed_bytes else None
    if min(about.rows, about.columns) < 1 or about.channels not in (3, 4):
        return None
    whole = HEADER_BYTES + levels_bytes(about.rows, about.columns, about.channels)
    return about if size == whole else None


class PreparedPicture:
    """A picture that is written and not kept yet: it is committed or dropped."""

    def __init__(self, fresh: Path, place: Path, about: Loaded) -> None:
        self._fresh, self._place, self._about = fresh, place, about

    def commit(self) -> Loaded:
        """Keeps it, in place of any of the same path and colour space. Raises OSError."""
        header = MARK + msgspec.json.encode(self._about)
        if len(header) > HEADER_BYTES:
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
        with self._fresh.open("r+b") as file:
            file.write(header.ljust(HEADER_BYTES, b"\0"))
        self._fresh.replace(self._place)
        return self._about

    def drop(self) -> None:
        """Removes it."""
        with contextlib.suppress(OSError):
            self._fresh.unlink()


def _write_levels(place: Path, picture: OpenPicture | OpenDepth, written: Callable[[int], None]) -> None:
    starts = list(_starts(picture))
    with place.open("wb", buffering=0) as file:

        def put(level: int, top: int, halves: Halves) -> None:
            _write_all(file, starts[level] + top * halves[0].nbytes, halves.data.cast("B"))
            if level == 0:
                written(top + len(halves))

        picture.make_levels(put)


def _write_all(file: FileIO, at: int, content: memoryview) -> None:
    while content:
        done = os.pwrite(file.fileno(), content[:_PIECE_BYTES], at)
        content, at = content[done:], at + done


def _starts(picture: OpenPicture | OpenDepth) -> Iterator[int]:
    """Where each level begins in the file."""
    at = HEADER_BYTES
    for rows, columns in level_sizes(picture.rows, picture.columns):
        yield at
        at += rows * columns * picture.channels * HALF_BYTES
