"""The page's end of the pictures' way: it finds the show, tells what is watched, and copies out what has come."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from pathlib import Path

from stage.run.picture_memory import ReadablePictures
from stage.run.preview_records import PictureCome, PictureMemory, WantedPicture, Watched, to_show


class PictureLink:
    """A link to whichever show is at the socket `path`. One thread uses it.

    `rejected` counts what made no sense, `overtaken` what was written over before it was copied.
    """

    def __init__(self, path: Path) -> None:
        self._link = to_show(path)
        self._memory: ReadablePictures | None = None
        self._told: tuple[WantedPicture, ...] = ()
        self._came = 0
        self._unreadable = self.overtaken = 0

    @property
    def rejected(self) -> int:
        """How many messages made no sense."""
        return self._link.malformed + self._unreadable

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
        socket = self._link.socket
        if socket is not None:
            waiting = select.poll()
            waiting.register(socket, select.POLLIN)
            waiting.poll(wait_ms)
        for record, descriptor in self._link.heard_with_descriptors():
            if isinstance(record, PictureMemory):
                self._take_memory(record, descriptor)
            elif (copy := self._copied(record)) is not None:
                yield record, copy
            if descriptor is not None and not isinstance(record, PictureMemory):
                os.close(descriptor)

    def close(self) -> None:
        """Leaves the show."""
        self._link.close()

    def _take_memory(self, made: PictureMemory, descriptor: int | None) -> None:
        if descriptor is None:
            self._unreadable += 1
            return
        try:
            self._memory = ReadablePictures(descriptor, made.size, made.most)
        except (OSError, ValueError):
            self._unreadable += 1

    def _copied(self, come: PictureCome) -> bytes | None:
        size = come.header.byte_count
        if not all(sight.sensible for sight in come.header.sights):
            self._unreadable += 1
            return None
        if not size:
            return b""
        if self._memory is None or not self._memory.has(come.placed, size):
            self._unreadable += 1
            return None
        copy = self._memory.copied(come.placed, size)
        self.overtaken += copy is None
        return copy
