"""The show's side of the pictures for people who look: passes them on, only while somebody watches, and never waits."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from stage.run.picture_memory import WritablePictures, Write
from stage.run.preview_records import (
    MOST_BYTES,
    PictureCome,
    PictureHeader,
    PictureMemory,
    WantedPicture,
    to_page,
)

PERIOD_NS = 62_500_000
"""How often a picture is due: 16 times a second."""
_REST_PER_WORK = 8
"""Where frames have no room left, a picture that takes long to draw comes less often, in times of what it took."""
_LONGEST_REST_NS = 1_000_000_000
"""But so often at least: what one took on a machine that was busy just then must not keep the next ones away."""
_MOST_OWED = 2
"""So many pauses of lateness are made up for: a frame that was held up may last longer than one."""
_JUDGED_BY = 3
_TIMED_EACH = 4
"""One picture of each topic in so many is timed: to ask the driver is not free."""
_NEVER_NS = 1 << 63
_HEARS_EACH, _HEARS_AT_LAST = 3, 6
"""What is watched is heard once in so many frames; in one that passes a picture on only after as many as the latter."""
_ENCODER = msgspec.msgpack.Encoder()


class BegunPicture(NamedTuple):
    """A picture that is being drawn, and what is `said` of it once it has come."""

    wanted: WantedPicture
    header: PictureHeader
    said: bytes

    @classmethod
    def of(cls, wanted: WantedPicture, header: PictureHeader) -> BegunPicture:
        """One that has this header."""
        return cls(wanted, header, _ENCODER.encode(PictureCome(topic=wanted.topic, header=header)))


class Looker(Protocol):
    """Somebody in the show's own process who looks now and then."""

    def wanted(self) -> WantedPicture | None:
        """What it looks at now."""

    def take(self, header: PictureHeader, pixels: memoryview) -> None:
        """Such a picture has come, which is there until this returns."""


class _Due:
    """When a watched picture is due next, and how long the last ones took to draw."""

    def __init__(self, now_ns: int) -> None:
        self.next_ns = self.begun_ns = now_ns
        self.begun = self._owed_ns = 0
        self._took_ns: deque[int] = deque(maxlen=_JUDGED_BY)

    @property
    def took_ns(self) -> int:
        """The median of the last ones, the lesser of two; 0 before the first."""
        return sorted(self._took_ns)[(len(self._took_ns) - 1) // 2] if self._took_ns else 0

    @property
    def rest_ns(self) -> int:
        """How long is rested after one, in times of what the quickest of them took: others were held up."""
        return min(_REST_PER_WORK * min(self._took_ns, default=0), _LONGEST_REST_NS)

    def note(self, took_ns: int) -> None:
        """One took so long."""
        self._took_ns.append(took_ns)

    def begin(self, now_ns: int, pause_ns: int) -> None:
        """One is begun, and the next is due a pause later; sooner after one that was late, but by half a pause at most.

        What is left of its lateness the ones after that make up for, up to two pauses.
        """
        owed_ns = min(self._owed_ns + max(0, now_ns - self.next_ns), _MOST_OWED * pause_ns)
        sooner_ns = min(owed_ns, pause_ns // 2)
        self.next_ns, self._owed_ns = now_ns + pause_ns - sooner_ns, owed_ns - sooner_ns
        self.begun, self.begun_ns = self.begun + 1, now_ns


class PicturePublisher:
    """Passes pictures on to the one page that comes to the socket at `path`, through memory that both share.

    Each that is watched is due every `period_ns` of `clock_ns`, later where it takes long and rests. `looker` looks
    beside the page. Raises OSError where socket or memory cannot be.
    """

    def __init__(
        self,
        path: Path,
        period_ns: int = PERIOD_NS,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        looker: Looker | None = None,
    ) -> None:
        self.path = path
        self._link = to_page(path)
        try:
            self._memory = WritablePictures(MOST_BYTES, path.parent)
        except OSError:
            self._link.close()
            raise
        self._period_ns = period_ns
        self._clock_ns = clock_ns
        self._looker = looker
        self._due: dict[WantedPicture, _Due] = {}
        self._watched: tuple[WantedPicture, ...] = ()
        self._followed: tuple[WantedPicture, ...] = ()
        self._looked_at: WantedPicture | None = None
        self._next_ns = _NEVER_NS
        """When the first picture is due."""
        self._came = 0
        self._unheard = _HEARS_EACH

    def wants(self, *, has_passed_on: bool = False) -> list[WantedPicture]:
        """The watched pictures that are due, the one that has waited longest first. A frame that `has_passed_on` one
        has less time to hear what is watched.
        """
        self._unheard += 1
        if self._unheard >= (_HEARS_AT_LAST if has_passed_on else _HEARS_EACH):
            self._hear()
        now_ns = self._clock_ns()
        if now_ns < self._next_ns:
            return []
        due = [wanted for wanted, one in self._due.items() if one.next_ns <= now_ns]
        return sorted(due, key=lambda wanted: self._due[wanted].next_ns)

    def took_ns(self, wanted: WantedPicture) -> int:
        """How long a picture of these takes to draw; 0 before the first."""
        one = self._due.get(wanted)
        return 0 if one is None else one.took_ns

    def rested_ns(self, wanted: WantedPicture) -> int:
        """How long ago the last picture of these was begun, or they were first asked for."""
        one = self._due.get(wanted)
        return 0 if one is None else self._clock_ns() - one.begun_ns

    def is_timed(self, wanted: WantedPicture) -> bool:
        """Whether the picture that was begun last of these is to be timed: the first ones, then one in so many."""
        one = self._due.get(wanted)
        return one is not None and (one.begun <= _JUDGED_BY or one.begun % _TIMED_EACH == 0)

    def begun(self, wanted: WantedPicture, *, rests: bool) -> None:
        """A picture is being drawn: the next one is due a period after this one was, or later where such pictures take
        long and this one `rests` afterwards, as it does where it had no room of its own.
        """
        one = self._due.get(wanted)
        if one is not None:
            one.begin(self._clock_ns(), max(self._period_ns, one.rest_ns if rests else 0))
            self._next_ns = min(due.next_ns for due in self._due.values())

    def publish(self, picture: BegunPicture, write: Write, took_ns: int | None = None) -> bool:
        """Has a picture written, whose drawing took so long, to where the page looks for it.

        Returns False if it was dropped: nobody watches it any more, or no memory is there.
        """
        wanted, header, said = picture
        due = self._due.get(wanted)
        if due is None:
            return False
        if took_ns is not None:
            due.note(took_ns)
        is_looked_at = wanted == self._looked_at
        if is_looked_at and wanted not in self._watched:
            said = b""
        pixels = self._memory.write(said, header.byte_count, write)
        if pixels is None:
            return False
        if is_looked_at and self._looker is not None:
            self._looker.take(header, pixels)
        return True

    def close(self) -> None:
        """Leaves the page, and the memory."""
        self._link.close()
        self._memory.close()

    def _hear(self) -> None:
        """What is watched now. Nobody watches for a page that has gone."""
        self._unheard = 0
        for watched, _ in self._link.heard():
            self._note_page()
            self._watched = watched.pictures
        self._note_page()
        self._looked_at = None if self._looker is None else self._looker.wanted()
        now = self._watched if self._looked_at is None else (*self._watched, self._looked_at)
        if now != self._followed:
            self._followed = now
            self._due = {wanted: self._due.get(wanted) or _Due(self._clock_ns()) for wanted in now}
            self._next_ns = min((due.next_ns for due in self._due.values()), default=_NEVER_NS)

    def _note_page(self) -> None:
        """A page that has just come is told of the memory, and does not know what the one before watched."""
        if self._link.came != self._came:
            self._came, self._watched = self._link.came, ()
            frames = self._memory.frames
            made = PictureMemory(size=frames.size, most=frames.most, newest=self._memory.number)
            self._link.tell(made, frames.descriptor)
        elif not self._link.connected:
            self._watched = ()
