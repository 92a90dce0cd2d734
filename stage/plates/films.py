"""All films that are read ahead: which frame is read next, and what the core is to be told. Threads share it."""

from __future__ import annotations

import secrets
import threading
from collections import deque
from pathlib import Path
from typing import NamedTuple

import msgspec

from stage.plates.playing import PlayingFilm
from stage.plates.readers import OpenFilm
from stage.plates.rooms import LEAST_SLOTS, share_out
from stage.plates.strain import FIRST_REST
from stage.plates.wire import Filled, Film, FilmFailed, FromPlates, RoomChanged, RoomMade, Wishes
from stage.run.realtime import allowed_processors
from stage.run.shared_frames import available_bytes
from stage.show.frame.conditions import Cause

_MIB = 1 << 20
_ROOM_BITS = 36
"""Rooms are counted from anywhere, so that a number of a process that has died is none of this one's."""
_SHARE_OF_AVAILABLE = 0.5
"""Of the memory that can be had, so much is taken at most: other processes of the run need some too."""

LIGHT_SHARE = 0.25
"""Films that take no more of all processors leave a picture that is drawn in software what it needs."""


class Job(NamedTuple):
    """A frame that a thread reads into a slot, from level `first` on. `session` tells one core's wishes from
    another's.
    """

    playing: PlayingFilm
    frame: int
    slot: int
    wanted: tuple[int, ...]
    session: int
    first: int


class News(NamedTuple):
    """What the core is to be told; with a descriptor that stays this process's own too."""

    message: FromPlates
    descriptor: int | None = None


class Films:
    """The films of one core's wishes. `changed` is notified when there may be work; all methods may be called by any
    thread.
    """

    def __init__(self, opened: OpenFilm, folder: Path, budget_bytes: int) -> None:
        self._open = opened
        self._folder = folder
        self._budget_bytes = budget_bytes
        self._lock = threading.Lock()
        self.changed = threading.Condition(self._lock)
        self._playing: dict[str, PlayingFilm] = {}
        self._leaving: list[PlayingFilm] = []
        self._news: deque[News] = deque()
        self._rooms = secrets.randbits(_ROOM_BITS) << 1
        self._session = 0
        self._rest = FIRST_REST

    def take(self, wishes: Wishes) -> None:
        """What the core wants from now on."""
        with self.changed:
            for back in wishes.back:
                for playing in self._playing.values():
                    if playing.number == back.room:
                        playing.take_back(back.slot)
            self._rest = self._rest if wishes.rest is None else wishes.rest
            if wishes.films is not None:
                self._take_films(wishes.films)
            for wanted in wishes.wanted:
                if wanted.media in self._playing:
                    self._playing[wanted.media].want(wanted)
            self.changed.notify_all()

    def forget_core(self) -> None:
        """The core has gone. It may live and still read what it maps: nothing is written there any more."""
        with self.changed:
            self._session += 1
            self._take_films(())
            self._news.clear()

    @property
    def are_wanted(self) -> bool:
        """Whether any film is."""
        return bool(self._playing)

    @property
    def are_sought(self) -> bool:
        """Whether somebody waits for one that was sent elsewhere."""
        return any(playing.is_sought for playing in tuple(self._playing.values()))

    @property
    def are_short(self) -> bool:
        """Whether hardly anything lies in memory of one, though all together need little."""
        return self.are_light and any(playing.is_short for playing in tuple(self._playing.values()))

    @property
    def are_light(self) -> bool:
        """Whether all together need so little that nothing is late of it."""
        load = sum(playing.film.load for playing in tuple(self._playing.values()))
        return load <= LIGHT_SHARE * allowed_processors()

    @property
    def are_too_heavy(self) -> bool:
        """Whether all are late whatever they have of the processors."""
        films = tuple(self._playing.values())
        return bool(films) and all(playing.is_too_heavy for playing in films)

    def news(self) -> News | None:
        """What is to be told next; it stays that until it is `told`."""
        with self._lock:
            return self._news[0] if self._news else None

    def told(self) -> None:
        """The core has that."""
        with self._lock:
            if self._news:
                self._news.popleft()

    def begin(self, now_s: float) -> Job | None:
        """The most urgent frame that can be read now; the lock of `changed` must be held. Of films that are too heavy
        one is read at a time.
        """
        found: tuple[int, PlayingFilm, int] | None = None
        reads_heavy = any(one.busy and one.is_too_heavy for one in (*self._playing.values(), *self._leaving))
        for playing in self._playing.values():
            if playing.is_too_heavy and reads_heavy:
                continue
            following = playing.following(now_s, self._rest)
            if following is not None and (found is None or following[1] < found[0]):
                found = following[1], playing, following[0]
        if found is None:
            return None
        _, playing, frame = found
        return Job(playing, frame, playing.begin(), playing.wanted, self._session, playing.first)

    def end(self, job: Job, took_ms: float, waited_ms: float, now_s: float) -> None:
        """A job is done."""
        with self.changed:
            playing, media = job.playing, job.playing.film.media
            is_told = job.session == self._session and self._playing.get(media) is playing
            playing.end(job.frame, job.slot, is_told=is_told, ended_s=now_s, took_s=1e-3 * took_ms)
            if is_told:
                place = {"room": playing.number, "slot": job.slot}
                filled = Filled(media=media, **place, frame=job.frame, first=job.first)
                self._note(msgspec.structs.replace(filled, took_ms=took_ms, waited_ms=waited_ms))
            self._settle()

    def fail(self, job: Job, cause: Cause, now_s: float, *, whole: bool) -> None:
        """A job cannot be done: because of the frame, or of the `whole` film."""
        with self.changed:
            frame = None if whole else job.frame
            if job.playing.fail(frame, job.slot, cause, now_s):
                self._note(FilmFailed(media=job.playing.film.media, cause=cause, frame=frame))
            self._settle()

    def tell(self, message: FromPlates) -> None:
        """Has the core told something."""
        with self._lock:
            self._note(message)

    def close(self) -> None:
        """Lets go of everything that no thread reads."""
        with self._lock:
            self._take_films(())

    def _take_films(self, films: tuple[Film, ...]) -> None:
        before, self._playing = self._playing, {}
        for film in films:
            known = before.get(film.media)
            is_same = known is not None and known.film == film
            self._playing[film.media] = before.pop(film.media) if is_same else PlayingFilm(film, self._open)
        self._leaving.extend(before.values())
        self._settle()
        self._make_rooms()

    def _settle(self) -> None:
        """Closes the films that nobody wants, once no thread reads them."""
        for playing in [one for one in self._leaving if not one.busy]:
            playing.close()
            self._leaving.remove(playing)
        self.changed.notify_all()

    def _make_rooms(self) -> None:
        films = list(self._playing.values())
        budget = self._budget_bytes
        available = available_bytes()
        if available is not None:
            in_use = sum(one.slots * one.size for one in films)
            budget = min(budget, in_use + int(_SHARE_OF_AVAILABLE * available))
        shares = share_out([one.room_wanted for one in films], budget)
        for playing, slots in sorted(zip(films, shares, strict=True), key=lambda one: one[1] - one[0].slots):
            self._resize(playing, slots, budget)

    def _resize(self, playing: PlayingFilm, slots: int, budget: int) -> None:
        """Gives a film its share; one that shrinks comes first, so that there is room for the others."""
        media, before = playing.film.media, playing.slots
        is_new = slots > 0 and playing.memory is None
        try:
            if is_new:
                self._rooms += 1
                playing.make_room(self._rooms, self._folder)
            if playing.memory is not None:
                playing.resize(slots)
        except OSError:
            slots = playing.slots
        if playing.memory is not None and is_new:
            self._tell_room(playing)
        elif slots != before or slots < LEAST_SLOTS:
            needs = LEAST_SLOTS * playing.size / _MIB
            self._note(RoomChanged(media=media, slots=slots, needs_mib=needs, has_mib=budget / _MIB))

    def _tell_room(self, playing: PlayingFilm) -> None:
        memory = playing.memory
        assert memory is not None
        media, size = playing.film.media, playing.size
        made = RoomMade(media=media, room=playing.number, size=size, most=memory.most, slots=playing.slots)
        self._note(made, memory.descriptor)

    def _note(self, message: FromPlates, descriptor: int | None = None) -> None:
        self._news.append(News(message, descriptor))
