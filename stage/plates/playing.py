"""One film that is read ahead: what is wanted of it, and whose each slot of its memory is."""

from __future__ import annotations

from pathlib import Path

from render.worlds.shared.media import frame_bytes
from stage.plates.readers import FilmReaders, OpenFilm
from stage.plates.rooms import RoomWanted, slots_wanted
from stage.plates.wire import Film, WantedFrames
from stage.run.realtime import allowed_processors
from stage.run.shared_frames import WritableFrames, slot_bytes
from stage.show.frame.conditions import Cause

RETRY_S = 1.0
MOST_REST_S = 3.0
"""A film that nobody can read as fast as it plays is left alone no longer: one that stands still must come at last."""
_MOST_BAD = 1000
_SHORT = 3
"""Frames in memory; some more are on the GPU."""


class PlayingFilm:
    """A film with its readers and its slots. `busy` says that a thread reads a frame of it. Times are monotonic.

    `held` are the frames that the core has or is told of, with their slots; `failure` is why the film as a whole cannot
    be read. It `is_sought` while it was sent elsewhere and is not seen there yet.
    """

    def __init__(self, film: Film, opened: OpenFilm) -> None:
        self.film = film
        self.readers = FilmReaders(film, opened)
        self.size = slot_bytes(frame_bytes(film.facts))
        self.memory: WritableFrames | None = None
        self.number = 0
        self.held: dict[int, int] = {}
        self.busy = False
        self.wanted: tuple[int, ...] = ()
        self.after = 0
        self.first = 0
        self.is_sought = False
        self.failure: Cause | None = None
        self.is_too_heavy = film.is_too_heavy(allowed_processors())
        self._retry_s = 0.0
        self._ended_s, self._took_s = 0.0, 0.0
        self._bad: dict[int, float] = {}
        self._free: list[int] = []
        self._unused: list[int] = []
        self._slots = 0
        self._surplus = 0

    @property
    def room_wanted(self) -> RoomWanted:
        """As memory is shared out by it."""
        return RoomWanted(self.size, self.film.facts.rate)

    @property
    def slots(self) -> int:
        """How many slots may be in use at a time."""
        return self._slots

    @property
    def is_short(self) -> bool:
        """Whether hardly anything of it lies in memory, and more is wanted that can be read."""
        return len(self.held) < _SHORT and bool(self.wanted) and self.failure is None

    def want(self, wanted: WantedFrames) -> None:
        """What is wanted from now on."""
        self.wanted, self.after, self.first = wanted.frames, wanted.after, wanted.first
        self.is_sought = wanted.sought

    def make_room(self, number: int, folder: Path) -> WritableFrames:
        """Makes its memory, of which no slot can be used so far. Raises OSError."""
        most = slots_wanted(self.film.facts.rate)
        self.memory, self.number = WritableFrames(self.size, most, folder), number
        self._unused = list(range(most))
        return self.memory

    def resize(self, slots: int) -> None:
        """So many slots may be in use from now on. Raises OSError where there is no room for more."""
        memory = self.memory
        assert memory is not None
        while self._slots < slots and self._unused:
            memory.allocate(self._unused[-1])
            self._free.append(self._unused.pop())
            self._slots += 1
        while self._slots > slots and self._free:
            self._retire(self._free.pop())
        self._surplus = max(0, self._slots - slots)

    def take_back(self, slot: int) -> None:
        """The core has read a slot, or does not want what is in it. What is not the core's changes nothing."""
        frame = next((frame for frame, one in self.held.items() if one == slot), None)
        if frame is not None:
            del self.held[frame]
            self._let_go(slot)

    def following(self, now_s: float, rest: float) -> tuple[int, int] | None:
        """The most urgent frame that can be read now, and how many of the film's wanted frames come before it. One that
        is too heavy rests for so many times as long as its last frame took.
        """
        rests_until_s = self._ended_s + min(MOST_REST_S, rest * self._took_s) if self.is_too_heavy else 0.0
        if self.busy or not self._free or now_s < max(self._retry_s, rests_until_s):
            return None
        for place, frame in enumerate(self.wanted):
            if frame not in self.held and now_s >= self._bad.get(frame, 0.0):
                return frame, self.after + place
        return None

    def begin(self) -> int:
        """A thread begins to read a frame into this slot."""
        self.busy = True
        return self._free.pop()

    def end(self, frame: int, slot: int, *, is_told: bool, ended_s: float, took_s: float) -> None:
        """The frame is in its slot, which is the core's if it is told. Until then no other one is read."""
        self.busy, self.failure = False, None
        self._ended_s, self._took_s = ended_s, took_s
        self._bad.pop(frame, None)
        if is_told:
            self.held[frame] = slot
        else:
            self._let_go(slot)

    def fail(self, frame: int | None, slot: int, cause: Cause, now_s: float) -> bool:
        """A frame, or with None the whole film, cannot be read for now. Whether that is news."""
        self.busy = False
        self._let_go(slot)
        if frame is None:
            is_news, self.failure = cause != self.failure, cause
            self._retry_s = now_s + RETRY_S
            return is_news
        is_news = frame not in self._bad
        if len(self._bad) >= _MOST_BAD:
            del self._bad[next(iter(self._bad))]
        self._bad[frame] = now_s + RETRY_S
        return is_news

    def close(self) -> None:
        """Lets go of file and memory. No thread may read the film."""
        self.readers.close()
        if self.memory is not None:
            self.memory.close()
            self.memory = None

    def _let_go(self, slot: int) -> None:
        if self._surplus:
            self._surplus -= 1
            self._retire(slot)
        else:
            self._free.append(slot)

    def _retire(self, slot: int) -> None:
        assert self.memory is not None
        self.memory.give_up(slot)
        self._unused.append(slot)
        self._slots -= 1
