"""One film at the core's end: which of its frames lie in shared memory, and why others do not."""

from __future__ import annotations

from collections.abc import Container
from contextlib import suppress
from itertools import filterfalse
from typing import NamedTuple, Protocol

from render.assets.plate_storage import FrameContent, content_of
from render.worlds.shared.media import frame_bytes
from stage.plates.causes import Blame, LateCause
from stage.plates.wanted import Coming, Usual, in_reading_order
from stage.plates.wire import Filled, Film, FilmFailed, RoomChanged, RoomMade, SlotBack, Waits, WantedFrames
from stage.run.realtime import allowed_processors
from stage.run.shared_frames import ReadableFrames
from stage.show.frame.conditions import Cause

MOST_PASSED = 8
_MIB = 1 << 20
_BACK_EACH = 3
"""Slots go back once they are one in so many: until then the process has enough to do."""
_SLOW_SHARE = 0.5
"""A frame of which more was waiting than work came late because of the disk."""


class FramesThere(Protocol):
    """The frames of films that are on the GPU. `changes` is another number whenever one has come or gone."""

    @property
    def changes(self) -> int: ...

    def __contains__(self, frame: tuple[str, int]) -> bool: ...

    def numbers(self, media: str) -> tuple[int, ...]: ...


class Held(NamedTuple):
    """A frame that lies in a slot of a room: `content` is there from level `first` on."""

    content: FrameContent
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
        self._order: tuple[int, ...] = ()
        self.held: dict[int, Held] = {}
        self.on_its_way: int | None = None
        """The frame that was taken out of memory and is to be on the GPU next."""
        self._number = -1
        self._slots = self._address = 0
        self._failed: set[int] = set()
        self._waits = False
        self._has_come = self._is_lost = False
        self.is_too_heavy = film.is_too_heavy(allowed_processors())
        """Whether no decoder here reads it as fast as it plays."""
        self.blame = Blame()
        """What its late frames are due to."""
        self.asked: WantedFrames | None = None
        self.changes = 0
        """Another number whenever it wants other frames, or has others in memory."""
        self._asked_at: tuple[int, int, int, bool] | None = None
        self._first = 0

    @property
    def decode_s(self) -> float:
        """What frames take lately."""
        return self._read.seconds

    def note_room(self, made: RoomMade, descriptor: int) -> None:
        """There is memory for it. Such as cannot be mapped, or is too small for a frame, is none: the driver would read
        beyond it.
        """
        needed = frame_bytes(self.film.facts)
        self.room, self._number, self._slots, self.too_little = None, made.room, 0, (needed / _MIB, 0.0)
        with suppress(OSError, ValueError):
            room = ReadableFrames(descriptor, made.size, made.most)
            self._address = content_of(room.slot(0), self.film.facts).address
            self.room, self._slots, self.too_little = room, made.slots, None
        self.changes += 1

    def note_change(self, changed: RoomChanged) -> None:
        """It has more memory, or less."""
        self._slots = changed.slots
        self.changes += 1
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
        content = FrameContent(self.room.slot(filled.slot), self._address + filled.slot * self.room.size)
        self.held[filled.frame] = Held(content, SlotBack(filled.room, filled.slot), filled.first)
        self.changes += 1
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
        self.asked, self._asked_at, self._waits, self._is_lost = None, None, False, self._has_come

    def want(self, coming: Coming, there: FramesThere, *, sent: bool = False) -> tuple[SlotBack, ...]:
        """What is needed from now on, of which some is `there` already; those that are only worth uploading where they
        lie in memory. A film that was `sent` elsewhere has no use for what it wanted before, however late it comes.
        Returns the slots that are not needed.
        """
        wanted, read_from = coming.frames, coming.read_from
        passed = () if sent else (*self.passed, *self.wanted)
        self.passed = [*filterfalse(frozenset(wanted).__contains__, passed)][-MOST_PASSED:]
        if sent and self.on_its_way not in wanted:
            self.on_its_way = None
        self.wanted, self._read_from, self._first = wanted, read_from, coming.first
        self._order = in_reading_order(wanted[read_from:], coming.stride)
        needed = (*wanted[:read_from], *self._to_read(there), *self.passed)
        back = self.held.keys() - needed
        self._failed.intersection_update(wanted)
        self.changes += 1
        return tuple(self.held.pop(frame).back for frame in back)

    def go_on(self, coming: Coming) -> None:
        """It shows what was to come, and this is left of that: all of it is read in order."""
        self.wanted, self._order = coming.frames, coming.frames[coming.read_from :]
        self.changes += 1

    def take(self, frame: int) -> Held:
        """Takes a frame out of memory, to upload it. Those before it are of no use any more."""
        self.passed.clear()
        self.on_its_way = frame
        self.changes += 1
        return self.held.pop(frame)

    def arrived(self) -> None:
        """What was taken is there, or was given up."""
        self.on_its_way = None
        self.changes += 1

    def has(self, frame: int) -> bool:
        """Whether a frame lies in memory, or is on its way from there to the GPU."""
        return frame in self.held or frame == self.on_its_way

    def is_to_ask(self, back: int) -> bool:
        """Whether the process could do more for it if it were told what has come and gone, and had that many slots
        `back`.
        """
        is_known = self.asked is not None and self.asked.sought == self.blame.is_sought
        return self.is_too_heavy or not is_known or back * _BACK_EACH >= self._slots

    def to_ask(self, there: FramesThere, later: int) -> WantedFrames | None:
        """What is missing, as far as there is memory for it; None where that is what was asked for. `later` is how many
        frames of others come first.

        Of a film that is too heavy nothing is, until what has been read of it is on its way to the GPU.
        """
        at = (self.changes, there.changes, later, self.blame.is_sought)
        if at == self._asked_at:
            return None
        here = {*self.held, self.on_its_way}
        waits = self.is_too_heavy and self.held
        missing = () if waits else tuple(filterfalse(here.__contains__, self._to_read(there)))
        after = later + (self._read_from + self._order.index(missing[0]) if missing else 0)
        sought = self.blame.is_sought and not self.is_too_heavy
        if self.asked is not None and (after, missing, self._first, sought) == self._known(self.asked, here, later):
            self._asked_at = at
            return None
        return WantedFrames(media=self.film.media, frames=missing, after=after, first=self._first, sought=sought)

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

    def _to_read(self, there: FramesThere) -> list[int]:
        """What is to lie in memory, if it does not yet, as far as there is memory for it."""
        on_gpu = there.numbers(self.film.media)
        return [*filterfalse(frozenset(on_gpu).__contains__, self._order)][: self._slots]

    @staticmethod
    def _known(asked: WantedFrames, here: Container[int | None], later: int) -> tuple[int, tuple[int, ...], int, bool]:
        """What the process makes of what it was asked for: it leaves out what has come until that is given back."""
        left = tuple(filterfalse(here.__contains__, asked.frames))
        after = asked.after + asked.frames.index(left[0]) if left else later
        return after, left, asked.first, asked.sought

    def _is_slow(self, took_ms: float) -> bool:
        numerator, denominator = self.film.facts.rate
        return took_ms * numerator > 1e3 * denominator
