"""The plates process: `python -m stage.plates.service --runtime FOLDER --mib MIB`. It outlives the core.

It reads the frames of films ahead that the core is going to show, into memory that both share. Users' files are opened
here and nowhere in the core: one that kills this process is read by the next, and the show goes on with what it has.
"""

from __future__ import annotations

import argparse
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from stage.plates.films import Films
from stage.plates.hurry import Hurry
from stage.plates.readers import OpenFilm, cause_of, open_film
from stage.plates.wire import Lives, ToCore, Wishes, to_core
from stage.plates.workers import LOOK_EVERY_S, CauseOf, Workers
from stage.run.events import AliveEvent, print_event
from stage.run.realtime import (
    CLAIM_OF_BACKGROUND,
    FULL_CLAIM,
    LEAST_CLAIM,
    claim_processors,
    die_with_parent,
    keep_loaded,
    work_in_background,
)

NAME = "plates"
ALIVE_EVERY_S = 1.0
_CORE_EVERY_S = 0.05
_JUST_S = 0.5 * LOOK_EVERY_S
_MIB = 1 << 20


class Talk:
    """The link to the core. One thread hears it, and every thread that has read a frame tells it so itself: another
    would first have to be woken for that, which takes as long as a frame is drawn where all processors draw.
    """

    def __init__(self, link: ToCore, films: Films) -> None:
        self._link = link
        self._films = films
        self._lock = threading.Lock()
        self._told_s = 0.0

    @property
    def core(self) -> socket.socket | None:
        """What becomes readable when the core speaks; None where there is none."""
        return self._link.socket

    def heard(self) -> list[Wishes] | None:
        """What has come; None where there is no core."""
        with self._lock:
            return list(self._link.heard()) if self._link.look() else None

    def tell_news(self) -> None:
        """Tells the core what is new of the films, as far as it takes that now; the rest is told the next time."""
        with self._lock:
            while (news := self._films.news()) is not None and self._link.tell(news.message, news.descriptor):
                self._films.told()
                self._told_s = time.monotonic()

    def tell_life(self) -> None:
        """Tells the core that this process runs, unless it hears of that by something else, or has just done so."""
        with self._lock:
            if self._films.news() is None and time.monotonic() - self._told_s >= _JUST_S:
                self._link.tell(Lives())

    def close(self) -> None:
        """Leaves the core."""
        with self._lock:
            self._link.close()


def serve_films(talk: Talk, films: Films, workers: Workers, hurry: Hurry, is_over: Callable[[], bool]) -> None:
    """Reads what the core wants until `is_over()`, which is asked all the time.

    Films that are light are read with a session's full claim: they take what they need of it and no more. Beside a busy
    session they would else be late, however much that one leaves to others within itself. Films that are too heavy are
    read with what nobody else wants.
    """
    looked_s, claim = 0.0, CLAIM_OF_BACKGROUND
    while not is_over():
        heard = talk.heard()
        if heard is None:
            hurry.follow(time.monotonic(), is_sought=False)
            time.sleep(_CORE_EVERY_S)
            continue
        for wishes in heard:
            with nullcontext() if wishes.films is None else hurry.unhurried():  # memory is made for other films
                films.take(wishes)
        hurry.follow(time.monotonic(), is_sought=films.are_sought, is_short=films.are_short)
        core = talk.core
        if core is None:
            films.forget_core()
            continue
        if time.monotonic() - looked_s >= LOOK_EVERY_S:
            looked_s = time.monotonic()
            workers.look()
            wanted = _claim_of(films)
            if wanted != claim and claim_processors(wanted):
                claim = wanted
            if films.are_wanted:
                talk.tell_life()
        talk.tell_news()
        now_s = time.monotonic()
        select.select([core.fileno()], [], [], min(hurry.left_s(now_s), max(0.0, looked_s + LOOK_EVERY_S - now_s)))


def _claim_of(films: Films) -> int:
    if films.are_light:
        return FULL_CLAIM
    return LEAST_CLAIM if films.are_too_heavy else CLAIM_OF_BACKGROUND


def main(words: list[str] | None = None, opened: OpenFilm = open_film, cause: CauseOf = cause_of) -> int:
    """Reads films until SIGTERM or SIGINT."""
    die_with_parent()
    keep_loaded()
    parser = argparse.ArgumentParser(prog="stage.plates.service", description="Reads films ahead for a running stage.")
    parser.add_argument("--runtime", required=True, type=Path, metavar="FOLDER", help="the run's folder")
    parser.add_argument("--mib", required=True, type=float, help="the most memory for frames that wait, in MiB")
    parser.add_argument("--realtime", action="store_true", help="hurry where somebody waits for a frame")
    given = parser.parse_args(words)
    ended: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: ended.append(number))
    work_in_background()
    films = Films(opened, given.runtime, int(given.mib * _MIB))
    talk = Talk(to_core(given.runtime), films)
    workers = Workers(films, cause, talk.tell_news)
    hurry = Hurry(allowed=given.realtime)
    alive_s = 0.0

    def is_over() -> bool:
        nonlocal alive_s
        if time.monotonic() >= alive_s:
            alive_s = time.monotonic() + ALIVE_EVERY_S
            print_event(AliveEvent(name=NAME))
        return bool(ended)

    try:
        serve_films(talk, films, workers, hurry, is_over)
    finally:
        workers.close()
        films.close()
        talk.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
