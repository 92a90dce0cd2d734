"""Live pictures for everybody who looks: each is scaled and encoded once for a topic and width, however many look on.

A watch that has not shown its last picture waits for nothing, so nobody's pictures are made faster than they are shown,
and what only such watches look at is not made at all.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from stage.panel.encoded import SizedPicture
from stage.panel.gallery import Gallery
from stage.panel.newest import PagePicture

WIDTHS_PX = (160, 320, 640, 960, 1280)
"""The widths that pictures are made in: whoever asks for another gets the next larger one."""
_NEXT_S = 0.25
_ENCODERS = 2

Found = TypeVar("Found")


@dataclass(eq=False)
class Watch:
    """One watcher's wish for a topic. `ready` is the picture that it has not taken yet; `wake` tells it of one.

    `sent_ns` is when the picture was received that it had last, `number` that picture's number until it is shown.
    """

    topic: str
    width: int
    wake: Callable[[], None]
    ready: SizedPicture | None = None
    sent_ns: int = 0
    number: int | None = None

    @property
    def waits(self) -> bool:
        """Whether it would take a picture now."""
        return self.ready is None and self.number is None

    def take(self, number: int) -> SizedPicture | None:
        """The picture that is ready, if one is; from then on `number` is under way."""
        taken, self.ready = self.ready, None
        if taken is not None:
            self.sent_ns, self.number = taken.received_ns, number
        return taken


class PictureFeed:
    """Gives each watch the newest picture of its topic. All methods belong to the event loop's thread."""

    def __init__(self, gallery: Gallery) -> None:
        self.topics = gallery.topics
        self._gallery = gallery
        self._watches: defaultdict[str, set[Watch]] = defaultdict(set)
        self._changed: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._made: dict[tuple[str, int], SizedPicture] = {}
        self._threads = ThreadPoolExecutor(len(self.topics) + _ENCODERS, "pictures")

    def add(self, watch: Watch) -> None:
        """Begins to give a watch its pictures."""
        self._watches[watch.topic].add(watch)
        if watch.topic not in self._tasks:
            self._changed[watch.topic] = asyncio.Event()
            self._tasks[watch.topic] = asyncio.create_task(self._follow(watch.topic))
        self._changed[watch.topic].set()

    def remove(self, watch: Watch) -> None:
        """Ends a watch."""
        self._watches[watch.topic].discard(watch)
        if watch.topic in self._changed:
            self._changed[watch.topic].set()

    def shown(self, watch: Watch) -> None:
        """The watch has shown its last picture, and wants the next."""
        watch.number = None
        if watch.topic in self._changed:
            self._changed[watch.topic].set()

    def close(self) -> None:
        """Ends the threads, soon."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _follow(self, topic: str) -> None:
        """Makes the pictures of one topic for as long as somebody looks."""
        watches, changed = self._watches[topic], self._changed[topic]
        try:
            while watches and not self._gallery.ended:
                changed.clear()
                waiting = [watch for watch in watches if watch.waits]
                if not waiting:
                    await changed.wait()
                    continue
                after_ns = min(watch.sent_ns for watch in waiting)
                picture = await self._on_thread(lambda: self._gallery.picture(topic, after_ns, _NEXT_S))  # noqa: B023
                if picture is not None:
                    await self._give(picture)
        finally:
            del self._tasks[topic], self._changed[topic]

    async def _give(self, picture: PagePicture) -> None:
        """Gives a picture to all that wait for it, in the width of each."""
        eager = [one for one in self._watches[picture.topic] if one.waits and one.sent_ns < picture.received_ns]
        for width in sorted({watch.width for watch in eager}):
            made = await self._sized(picture, width)
            for watch in eager:
                if watch.width == width and watch.waits:
                    watch.ready = made
                    watch.wake()

    async def _sized(self, picture: PagePicture, width: int) -> SizedPicture:
        """A picture in a width, made where it was not yet."""
        kept = self._made.get((picture.topic, width))
        if kept is None or kept.received_ns != picture.received_ns:
            kept = await self._on_thread(lambda: self._gallery.sized(picture, width))
            self._made[picture.topic, width] = kept
        return kept

    async def _on_thread(self, work: Callable[[], Found]) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def width_class(width: int) -> int:
    """The width that a picture is made in for somebody who wants `width` pixels."""
    return next((one for one in WIDTHS_PX if one >= width), WIDTHS_PX[-1])


def header_of(made: SizedPicture, number: int) -> dict[str, Any]:
    """What is said of a picture before its bytes."""
    header: dict[str, Any] = {
        "number": number,
        "topic": made.topic,
        "frame": made.frame,
        "width": made.width,
        "height": made.height,
    }
    if made.sights:
        header["sights"] = made.sights
    if made.note:
        header["note"] = made.note
    return header
