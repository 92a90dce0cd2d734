"""What the core asks of the plates process, and what has come of each film."""

from __future__ import annotations

import os
import time
from collections.abc import Container, Mapping
from contextlib import ExitStack
from pathlib import Path

from stage.plates.causes import LateCause
from stage.plates.reception import FramesThere, Reception
from stage.plates.strain import FIRST_REST
from stage.plates.wanted import Coming
from stage.plates.wire import (
    Filled,
    Film,
    FilmFailed,
    ForFilm,
    Lives,
    RoomChanged,
    RoomMade,
    SlotBack,
    Waits,
    Wishes,
    to_plates,
)
from stage.show.frame.inputs import Condition
from tracking.records import Scalar

_LATER = 8
"""A film that is only coming waits for so many frames of those that are on the walls."""
ENOUGH = 4
"""Frames in memory with which a film plays on for some slots."""
STANDS_S = 0.4
"""A process that says nothing for so long stands still: it says more than twice as often that it runs."""
_NOTHING = Coming()


class Receiving:
    """The films that are wanted, by identity, and what has come of them. Raises OSError where there can be no socket.

    `came` counts the processes that there were. `has_news` is set where memory or process have changed, until
    somebody clears it.
    """

    def __init__(self, runtime: Path, there: FramesThere, stack: ExitStack) -> None:
        self._link = to_plates(runtime)
        stack.callback(self._link.close)
        self._there = there
        self.films: dict[str, Reception] = {}
        self.came = 0
        self.has_news = False
        self._was_connected = False
        self._heard_s = 0.0
        self._films_told = self._wants_anew = False
        self._on_walls: Container[str] = ()
        self._back: list[SlotBack] = []
        self.rest = FIRST_REST
        """For how many times as long as a frame of them took films rest that are too heavy."""
        self._rest_told = 0.0

    @property
    def connected(self) -> bool:
        """Whether there was a process at the last look."""
        return self._link.connected

    def decoder_trouble(self, now_s: float) -> LateCause | None:
        """What is wrong with the process; None where it runs, or has not been needed so far."""
        if not self._link.connected:
            return "decoder_lost" if self.came else None
        return "decoder_stands" if now_s - self._heard_s > STANDS_S else None

    def take_films(self, films: Mapping[str, Film]) -> None:
        """These films are wanted from now on, the most urgent first."""
        if [(media, one.film) for media, one in self.films.items()] == list(films.items()):
            return
        if not self.films:
            self._heard_s = time.monotonic()  # it says nothing while no film is wanted
        before, self.films = self.films, {}
        for media, film in films.items():
            known = before.get(media)
            self.films[media] = known if known is not None and known.film == film else Reception(film)
        self._films_told = False

    def want(self, coming: Mapping[str, Coming], on_walls: Container[str], sent: Container[str] = ()) -> None:
        """What is needed of each film; that of films `on_walls` before that of others. Some were `sent` elsewhere."""
        self._on_walls, self._wants_anew = on_walls, True
        for media, reception in self.films.items():
            self._back += reception.want(coming.get(media, _NOTHING), self._there, sent=media in sent)

    def go_on(self, coming: Mapping[str, Coming]) -> None:
        """The films show what was to come, and this is left of that."""
        for media, one in coming.items():
            self.films[media].go_on(one)

    @property
    def has_back(self) -> bool:
        """Whether slots were read that the process does not know of."""
        return bool(self._back)

    @property
    def has_enough(self) -> bool:
        """Whether all films have so much in memory that nothing is missed if more is not heard of for some slots."""
        return all(len(one.held) >= ENOUGH for one in self.films.values())

    @property
    def is_to_ask(self) -> bool:
        """Whether the process is to be told anything now: what is wanted has changed, or it could use the slots that
        were read.
        """
        if self._wants_anew or not self._films_told or self._rest_told != self.rest:
            return True
        return any(one.is_to_ask(len(self._back)) for one in self.films.values())

    def conditions(self) -> dict[str, Condition]:
        """What is wrong with films now, by what it is about."""
        found: dict[str, Condition] = {}
        for media, one in self.films.items():
            name = Path(one.film.path).name
            if one.failure is not None:
                failed: dict[str, Scalar] = {"file": name, **one.failure.values}
                found[f"failed {media}"] = Condition(code=one.failure.code, values=failed)
            if one.too_little is not None:
                needed, budget = (round(mib, 1) for mib in one.too_little)
                little: dict[str, Scalar] = {"file": name, "needed": needed, "budget": budget}
                found[f"memory {media}"] = Condition(code="plate_no_memory", values=little)
        return found

    def give_back(self, back: SlotBack) -> None:
        """A slot was read."""
        self._back.append(back)

    def hear(self) -> bool:
        """Takes what has come. Whether it was more than that the process lives."""
        if self._link.is_quiet():
            return False
        has_come = False
        for received in self._link.heard():
            self._heard_s = time.monotonic()
            if not isinstance(received.record, Lives):
                self._take(received.record, received.descriptor)
                has_come = True
        if self._link.came != self.came or self._link.connected != self._was_connected:
            self.came, self._was_connected = self._link.came, self._link.connected
            self._films_told, self._rest_told, self._back, self.has_news = False, 0.0, [], True
            self._heard_s = time.monotonic()
            for reception in self.films.values():
                reception.lose_process()
            has_come = True
        return has_come

    def ask(self) -> bool:
        """Tells the process what is new in all that. False for what it does not take now: that is told in the next
        frame.
        """
        if not self._link.connected:
            return True
        films = None if self._films_told else tuple(one.film for one in self.films.values())
        wanted = [
            asked
            for media, one in self.films.items()
            if (asked := one.to_ask(self._there, 0 if media in self._on_walls else _LATER)) is not None
        ]
        rest = None if self._rest_told == self.rest else self.rest
        if films is None and not wanted and not self._back and rest is None:
            self._wants_anew = False
            return True
        is_told = self._link.tell(Wishes(films=films, wanted=tuple(wanted), back=tuple(self._back), rest=rest))
        if is_told:
            self._films_told, self._rest_told, self._wants_anew = True, self.rest, False
            self._back.clear()
            for one in wanted:
                self.films[one.media].asked = one
        return is_told

    def _take(self, message: ForFilm, descriptor: int | None) -> None:
        reception = self.films.get(message.media)
        match message:
            case RoomMade() if descriptor is not None:
                if reception is None:
                    os.close(descriptor)
                else:
                    reception.note_room(message, descriptor)
                self.has_news = True
            case Filled():
                if reception is None or not reception.note_filled(message):
                    self._back.append(SlotBack(message.room, message.slot))
            case RoomChanged() if reception is not None:
                reception.note_change(message)
                self.has_news = True
            case FilmFailed() if reception is not None:
                reception.note_failed(message)
            case Waits() if reception is not None:
                reception.note_waits(message)
