"""Live pictures for everybody who looks: each is scaled and encoded once for a topic and width, however many look on.

A watch that shows its pictures soon misses none: what comes while its last is under way waits for it. One that takes
long waits for nothing meanwhile and then gets the newest, so nobody's pictures are made faster than they are shown, and
what only such watches look at is not made at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from stage.panel.encoded import SizedPicture
from stage.panel.gallery import Gallery
from stage.panel.newest import FRESH_NS, NewestPicture
from stage.run.preview_pictures import PERIOD_NS

ASLEEP_NS = 2_000_000_000
"""A watch that has not shown its picture for so long watches no more, until it has."""
SOON_NS = 2 * PERIOD_NS
"""A picture that is under way for longer than this is waited for no more."""
_JUDGED_BY = 3
_LOOKS_EVERY_S = 0.5
_ENCODERS = 2
_MOST_WAITING = 2
"""So many pictures wait for a watch, and as many of a topic for being made: on a machine whose processors all draw,
each step of a picture's way waits now and then for longer than until the next one comes."""


class Watch:
    """One watcher's wish for a topic, with sides of at most `side_px`. `wake` tells it of a picture that is ready."""

    def __init__(
        self, topic: str, side_px: int, wake: Callable[[], None], clock_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self.topic = topic
        self.side_px = side_px
        self.number: int | None = None
        """That of the picture which is under way, until it is shown."""
        self._wake = wake
        self._clock_ns = clock_ns
        self._ready: deque[SizedPicture] = deque(maxlen=_MOST_WAITING)
        self._since_ns = clock_ns()
        """When it took its last picture, or when one was ready that it has not taken."""
        self._had_ns = self._since_ns - FRESH_NS
        """When the picture was received that it took last."""
        self._took_ns: deque[int] = deque(maxlen=_JUDGED_BY)
        """How long the last ones were under way."""

    @property
    def is_awake(self) -> bool:
        """Whether somebody looks: it would take a picture, or has taken one lately."""
        return self._waits or self._clock_ns() - self._since_ns < ASLEEP_NS

    def expects(self, received_ns: int) -> bool:
        """Whether it would take a picture that was received then, now or soon."""
        newest_ns = self._ready[-1].received_ns if self._ready else self._had_ns
        return newest_ns < received_ns and (self._waits or self._is_quick)

    def offer(self, made: SizedPicture) -> None:
        """A picture that it expects is ready."""
        if self._waits:
            self._since_ns = self._clock_ns()
        self._ready.append(made)
        self._wake()

    def take(self, number: int) -> SizedPicture | None:
        """The picture that is to be sent now, if one is; from then on `number` is under way."""
        if self.number is not None or not self._ready:
            return None
        taken = self._ready.popleft()
        self._had_ns, self.number, self._since_ns = taken.received_ns, number, self._clock_ns()
        return taken

    def shown(self) -> None:
        """The picture under way was shown. What has waited meanwhile is too old where that took long."""
        self.number, is_quick = None, self._is_quick
        self._took_ns.append(self._clock_ns() - self._since_ns)
        if not is_quick:
            self._ready.clear()
        elif self._ready:
            self._wake()

    @property
    def _waits(self) -> bool:
        """Whether it would take a picture now."""
        return not self._ready and self.number is None

    @property
    def _is_quick(self) -> bool:
        """Whether it will soon take the next one: it mostly shows one before the next comes, and may be about to now.

        One that always took longer would else show each of them late.
        """
        mostly_ns = sorted(self._took_ns)[len(self._took_ns) // 2] if self._took_ns else 0
        return mostly_ns < PERIOD_NS and self._clock_ns() - self._since_ns < SOON_NS


class PictureFeed:
    """Gives each watch the pictures of its topic. All methods belong to the event loop's thread."""

    def __init__(self, gallery: Gallery) -> None:
        self.topics = gallery.topics
        self._gallery = gallery
        self._watches: defaultdict[str, set[Watch]] = defaultdict(set)
        self._come: dict[str, deque[NewestPicture]] = {topic: deque(maxlen=_MOST_WAITING) for topic in gallery.topics}
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
        watch.shown()
        self._wake(watch.topic)

    def close(self) -> None:
        """Ends the threads, soon."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _hear(self, picture: NewestPicture) -> None:
        """A picture has come, on another thread."""
        if self._loop is not None and picture.topic in self._tasks:
            self._come[picture.topic].append(picture)
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._wake, picture.topic)

    def _wake(self, topic: str) -> None:
        if topic in self._changed:
            self._changed[topic].set()

    async def _follow(self, topic: str) -> None:
        """Makes the pictures of one topic for as long as somebody looks: those that come, and the newest for whoever
        expected none when it came.
        """
        watches, changed, come = self._watches[topic], self._changed[topic], self._come[topic]
        try:
            while watches and not self._gallery.ended:
                changed.clear()
                awake = [watch.side_px for watch in watches if watch.is_awake]
                if awake:
                    self._gallery.pictures.watch(topic, max(awake))
                newest = come.popleft() if come else self._gallery.pictures.newest(topic)
                if newest is not None:
                    await self._give(newest)
                if come:
                    continue
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LOOKS_EVERY_S):
                        await changed.wait()
        finally:
            come.clear()
            del self._tasks[topic], self._changed[topic]
            self._made = {key: made for key, made in self._made.items() if key[0] != topic}

    async def _give(self, picture: NewestPicture) -> None:
        """Gives a picture to all that expect it, as large as each wants it."""
        watches, received_ns = self._watches[picture.topic], picture.received_ns
        for side_px in sorted({watch.side_px for watch in watches if watch.expects(received_ns)}):
            made = await self._sized(picture, side_px)
            for watch in watches:
                if watch.side_px == side_px and watch.expects(received_ns):
                    watch.offer(made)

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
