"""The page's end of the pictures' way: it finds the show, tells what is watched, and copies out what has come."""

from __future__ import annotations

import select
from collections.abc import Iterator
from pathlib import Path

import msgspec

from stage.run.picture_memory import Lost, ReadablePictures
from stage.run.preview_records import PictureCome, PictureMemory, WantedPicture, Watched, to_show
from tracking.records import UNDECODABLE

LOOK_MS = 4
"""How often a picture is looked for that is watched: nobody says when one has come."""


class PictureLink:
    """A link to whichever show is at the socket `path`. One thread uses it.

    Pictures lie in memory that it looks at while some are watched; else it waits for the show to speak.
    """

    def __init__(self, path: Path) -> None:
        self._link = to_show(path)
        self._memory: ReadablePictures | None = None
        self._told: tuple[WantedPicture, ...] = ()
        self._came = 0
        self._unreadable = 0
        self._lost = Lost()
        self._decoder = msgspec.msgpack.Decoder(PictureCome)

    @property
    def rejected(self) -> int:
        """How much made no sense."""
        return self._link.malformed + self._unreadable + self._lost.senseless

    @property
    def overtaken(self) -> int:
        """How many pictures were written over before they were copied."""
        return self._lost.overtaken

    def look(self) -> bool:
        """Whether there is a show, which is looked for if there is none. One that has just come knows nothing yet."""
        there = self._link.look()
        if self._link.came != self._came:
            self._came, self._memory, self._told = self._link.came, None, ()
        return there

    def watch(self, pictures: tuple[WantedPicture, ...]) -> None:
        """All that is watched from now on."""
        if pictures != self._told and self._link.tell(Watched(pictures=pictures)):
            self._told = pictures

    def come(self, wait_ms: int) -> Iterator[tuple[PictureCome, bytes]]:
        """What has come, each with a copy of its pixels. Waits so long for the first one at most."""
        self._wait(wait_ms)
        for made, descriptor in self._link.heard_with_descriptors():
            self._take_memory(made, descriptor)
        if self._memory is None:
            return
        for said, pixels in self._memory.come():
            come = self._decoded(said, len(pixels)) if said else None
            if come is not None:
                yield come, pixels

    def close(self) -> None:
        """Leaves the show."""
        self._link.close()

    def _wait(self, wait_ms: int) -> None:
        """Until something has come. Where nothing is watched, only the show can end it."""
        socket = self._link.socket
        if socket is None:
            return
        waiting = select.poll()
        waiting.register(socket, select.POLLIN)
        pause_ms = min(LOOK_MS, wait_ms) if self._told else wait_ms
        while wait_ms > 0 and not (self._memory and self._memory.has_come) and not waiting.poll(pause_ms):
            wait_ms -= pause_ms

    def _take_memory(self, made: PictureMemory, descriptor: int | None) -> None:
        if descriptor is None:
            self._unreadable += 1
            return
        try:
            self._memory = ReadablePictures(descriptor, made.size, made.most, made.newest, self._lost)
        except (OSError, ValueError):
            self._unreadable += 1

    def _decoded(self, said: bytes, size: int) -> PictureCome | None:
        """What is said of a picture of so many bytes; None where it cannot be."""
        try:
            come = self._decoder.decode(said)
        except UNDECODABLE:
            come = None
        if come is not None and come.header.byte_count == size and all(one.sensible for one in come.header.sights):
            return come
        self._unreadable += 1
        return None
