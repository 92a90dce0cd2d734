"""One film at the core's end: which of its frames lie in shared memory, and why others do not."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from stage.plates.causes import Blame, LateCause
from stage.plates.wanted import Usual, in_reading_order
from stage.plates.wire import Filled, Film, FilmFailed, RoomChanged, RoomMade, SlotBack, Waits, WantedFrames
from stage.run.realtime import allowed_processors
from stage.run.shared_frames import ReadableFrames
from stage.show.frame.conditions import Cause

MOST_PASSED = 8
_SLOW_SHARE = 0.5
"""A frame of which more was waiting than work came late because of the disk."""


class FramesThere(Protocol):
    """The frames of films that are on the GPU."""

    def __contains__(self, frame: tuple[str, int]) -> bool: ...


class Held(NamedTuple):
    """A frame that lies in a slot of a room: `content` are its bytes, from level `first` on."""

    content: memoryview
    back: SlotBack
    first: int = 0


class Reception:
    """What has come of a film. `room` is the memory, None before there is one or where it cannot be.

    `failure` is why the film, or the frame that was tried last, cannot be read; `too_little` says, where there is no
    memory, how many MiB it needs and how many it could have. `wanted` are frames that are needed, the most urgent
    first; `asked` is what the process knows of that. `passed` are frames that were wanted a moment ago: where nothing
    else is there, a late one is better than one still older.
    """

    def __init__(self, film: Film) -> None:
        self.film = film
        self.room: ReadableFrames | None = None
        self.failure: Cause | None = None
        self.too_little: tuple[float, float] | None = None
        self.wanted: tuple[int, ...] = ()
        self.passed: list[int] = []
        self._read = Usual(1e-3 * film.facts.decode_ms)
        self._read_from = 0
        self.held: dict[int, Held] = {}
        self._number = -1
        self._slots = 0
        self._failed: set[int] = set()
        self._waits = False
        self._has_come = self._is_lost = False
        self.is_too_heavy = film.is_too_heavy(allowed_processors())
        """Whether no decoder here reads it as fast as it plays."""
        self.blame = Blame()
        """What its late frames are due to."""
        self.asked: WantedFrames | None = None
        self.first = 0
        """The finest level that anybody looks at."""
        self.stride = 1
        """One in so many of the next frames is read before those between."""

    @property
    def decode_s(self) -> float:
        """What frames take lately."""
        return self._read.seconds

    def note_room(self, made: RoomMade, descriptor: int) -> None:
        """There is memory for it. Raises OSError or ValueError where it cannot be mapped."""
        self.room = ReadableFrames(descriptor, made.size, made.most)
        self._number, self._slots, self.too_little = made.room, made.slots, None

    def note_change(self, changed: RoomChanged) -> None:
        """It has more memory, or less."""
        self._slots = changed.slots
        self.too_little = None if changed.slots else (changed.needs_mib, changed.has_mib)

    def note_filled(self, filled: Filled) -> bool:
        """A frame is there. False for one that is not needed."""
        if filled.room != self._number or self.room is None or filled.slot >= self.room.most:
            return False
        self._has_come, self._is_lost = True, False
        self._failed.discard(filled.frame)
        self._read.note(1e-3 * filled.took_ms)
        self.failure = None if not self._failed else self.failure
        self._waits = filled.waited_ms > _SLOW_SHARE * filled.took_ms and self._is_slow(filled.took_ms)
        if filled.frame not in (*self.wanted, *self.passed) or filled.frame in self.held:
            return False
        self.held[filled.frame] = Held(self.room.slot(filled.slot), SlotBack(filled.room, filled.slot), filled.first)
        return True

    def note_failed(self, failed: FilmFailed) -> None:
        """A frame or the whole film cannot be read."""
        self.failure = failed.cause
        if failed.frame is not None:
            self._failed.add(failed.frame)

    def note_waits(self, _waits: Waits) -> None:
        """The disk does not deliver."""
        self._waits = True

    def lose_process(self) -> None:
        """Nobody reads it now. What is held can still be used: its memory is there for as long as it is mapped."""
        self.asked, self._waits, self._is_lost = None, False, self._has_come

    def want(self, wanted: tuple[int, ...], read_from: int, there: FramesThere) -> tuple[SlotBack, ...]:
        """What is needed from now on, of which some is `there` already; those before `read_from` only where they lie in
        memory. Returns the slots that are not needed.
        """
        passed = [*self.passed, *(frame for frame in self.wanted if frame not in wanted)]
        self.passed = [frame for frame in passed if frame not in wanted][-MOST_PASSED:]
        self.wanted, self._read_from = wanted, read_from
        needed = (*wanted[:read_from], *self._to_read(self._in_order(), there), *self.passed)
        back = [frame for frame in self.held if frame not in needed]
        self._failed.intersection_update(wanted)
        return tuple(self.held.pop(frame).back for frame in back)

    def to_ask(self, there: FramesThere, later: int) -> WantedFrames:
        """What is missing, as far as there is memory for it. `later` is how many frames of others come first.

        Of a film that is too heavy nothing is, until what has been read of it is on its way to the GPU.
        """
        waits = self.is_too_heavy and self.held
        order = self._in_order()
        missing = () if waits else tuple(frame for frame in self._to_read(order, there) if frame not in self.held)
        after = later + (self._read_from + order.index(missing[0]) if missing else 0)
        return WantedFrames(media=self.film.media, frames=missing, after=after, first=self.first)

    def why_late(self, frame: int, decoder: LateCause | None) -> LateCause:
        """Why a frame that is needed now does not lie in memory; `decoder` is what is wrong with the process."""
        if frame in self._failed or (self.failure is not None and not self._failed):
            return "failed"
        if self._is_lost or decoder == "decoder_lost":
            return "decoder_lost"
        if decoder is not None and self._has_come:  # before that, memory for its frames is made, which takes a while
            return decoder
        if self.too_little is not None:
            return "no_room"
        if self.is_too_heavy:
            return "too_heavy"
        if self._waits:
            return "disk"
        return "not_decoded" if self._has_come else "opening"

    def why_not_uploaded(self, *, has_room: bool) -> LateCause:
        """Why one that lies in memory is not on the GPU, where there may be no room for it."""
        if not has_room:
            return "no_room"
        return "too_heavy" if self.is_too_heavy else "not_uploaded"

    def _to_read(self, order: tuple[int, ...], there: FramesThere) -> list[int]:
        """What is to lie in memory, if it does not yet, as far as there is memory for it."""
        media = self.film.media
        return [frame for frame in order if (media, frame) not in there][: self._slots]

    def _in_order(self) -> tuple[int, ...]:
        """What is worth reading, the first one first."""
        return in_reading_order(self.wanted[self._read_from :], self.stride)

    def _is_slow(self, took_ms: float) -> bool:
        numerator, denominator = self.film.facts.rate
        return took_ms * numerator > 1e3 * denominator
