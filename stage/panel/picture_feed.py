"""Live pictures for everybody who looks: each is scaled and encoded once for a topic and width, however many look on.

A watch that has not shown its last picture waits for nothing, so nobody's pictures are made faster than they are shown,
and what only such watches look at is not made at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from stage.panel.encoded import SizedPicture
from stage.panel.gallery import Gallery
from stage.panel.newest import FRESH_NS, NewestPicture

ASLEEP_NS = 2_000_000_000
"""A watch that has not shown its picture for so long watches no more, until it has."""
_LOOKS_EVERY_S = 0.5
_ENCODERS = 2


@dataclass(eq=False)
class Watch:
    """One watcher's wish for a topic, with sides of at most `side_px`.

    `ready` is the picture that it has not taken yet; `wake` tells it of one. `had_ns` is when the picture was received
    that it had last, `number` that picture's number until it is shown, `took_ns` when it took that.
    """

    topic: str
    side_px: int
    wake: Callable[[], None]
    ready: SizedPicture | None = None
    had_ns: int = field(default_factory=lambda: time.monotonic_ns() - FRESH_NS)
    number: int | None = None
    took_ns: int = field(default_factory=time.monotonic_ns)

    @property
    def waits(self) -> bool:
        """Whether it would take a picture now."""
        return self.ready is None and self.number is None

    @property
    def is_awake(self) -> bool:
        """Whether somebody looks: it would take a picture, or has taken one lately."""
        return self.waits or time.monotonic_ns() - self.took_ns < ASLEEP_NS

    def take(self, number: int) -> SizedPicture | None:
        """The picture that is ready, if one is; from then on `number` is under way."""
        taken, self.ready = self.ready, None
        if taken is not None:
            self.had_ns, self.number, self.took_ns = taken.received_ns, number, time.monotonic_ns()
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
        self._threads = ThreadPoolExecutor(_ENCODERS, "encoding")
        self._loop: asyncio.AbstractEventLoop | None = None
        gallery.pictures.listen(self._hear)

    def add(self, watch: Watch) -> None:
        """Begins to give a watch its pictures."""
        self._loop = asyncio.get_running_loop()
        self._watches[watch.topic].add(watch)
        if watch.topic not in self._tasks:
            self._changed[watch.topic] = asyncio.Event()
            self._tasks[watch.topic] = asyncio.create_task(self._follow(watch.topic))
        self._wake(watch.topic)

    def remove(self, watch: Watch) -> None:
        """Ends a watch."""
        self._watches[watch.topic].discard(watch)
        self._wake(watch.topic)

    def shown(self, watch: Watch) -> None:
        """The watch has shown its last picture, and wants the next."""
        watch.number = None
        self._wake(watch.topic)

    def close(self) -> None:
        """Ends the threads, soon."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _hear(self, topic: str) -> None:
        """A picture has come, on another thread."""
        if self._loop is not None and topic in self._tasks:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._wake, topic)

    def _wake(self, topic: str) -> None:
        if topic in self._changed:
            self._changed[topic].set()

    async def _follow(self, topic: str) -> None:
        """Makes the pictures of one topic for as long as somebody looks."""
        watches, changed = self._watches[topic], self._changed[topic]
        try:
            while watches and not self._gallery.ended:
                changed.clear()
                awake = [watch.side_px for watch in watches if watch.is_awake]
                if awake:
                    self._gallery.pictures.watch(topic, max(awake))
                newest = self._gallery.pictures.newest(topic)
                if newest is not None:
                    await self._give(newest)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), _LOOKS_EVERY_S)
        finally:
            del self._tasks[topic], self._changed[topic]
            self._made = {key: made for key, made in self._made.items() if key[0] != topic}

    async def _give(self, picture: NewestPicture) -> None:
        """Gives a picture to all that wait for it, as large as each wants it."""
        eager = [one for one in self._watches[picture.topic] if one.waits and one.had_ns < picture.received_ns]
        for side_px in sorted({watch.side_px for watch in eager}):
            made = await self._sized(picture, side_px)
            for watch in eager:
                if watch.side_px == side_px and watch.waits:
                    watch.ready = made
                    watch.wake()

    async def _sized(self, picture: NewestPicture, side_px: int) -> SizedPicture:
        """A picture in a size, made where it was not yet."""
        kept = self._made.get((picture.topic, side_px))
        if kept is None or kept.received_ns != picture.received_ns:
            work = asyncio.get_running_loop().run_in_executor
            kept = await work(self._threads, self._gallery.sized, picture, side_px)
            self._made[picture.topic, side_px] = kept
        return kept


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
