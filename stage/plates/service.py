"""The plates process: `python -m stage.plates.service --runtime FOLDER --mib MIB`. It outlives the core.

It reads the frames of films ahead that the core is going to show, into memory that both share. Users' files are opened
here and nowhere in the core: one that kills this process is read by the next, and the show goes on with what it has.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from stage.plates.films import Films
from stage.plates.readers import OpenFilm, cause_of, open_film
from stage.plates.wire import Lives, ToCore, to_core
from stage.plates.workers import LOOK_EVERY_S, CauseOf, Workers
from stage.run.events import AliveEvent, print_event
from stage.run.realtime import (
    CLAIM_OF_BACKGROUND,
    FULL_CLAIM,
    LEAST_CLAIM,
    claim_processors,
    die_with_parent,
    work_in_background,
)

NAME = "plates"
ALIVE_EVERY_S = 1.0
_CORE_EVERY_S = 0.05
_MIB = 1 << 20


class Bell:
    """Wakes whoever waits for its `descriptor`."""

    def __init__(self) -> None:
        self.descriptor, self._other = os.pipe()
        for one in (self.descriptor, self._other):
            os.set_blocking(one, False)

    def ring(self) -> None:
        """Any thread may."""
        with suppress(BlockingIOError):
            os.write(self._other, b"1")

    def silence(self) -> None:
        """Whoever was woken has seen to it."""
        with suppress(BlockingIOError):
            os.read(self.descriptor, 1 << 16)

    def close(self) -> None:
        """No thread may ring it any more."""
        os.close(self.descriptor)
        os.close(self._other)


def serve_films(link: ToCore, films: Films, workers: Workers, bell: Bell, is_over: Callable[[], bool]) -> None:
    """Reads what the core wants until `is_over()`, which is asked all the time; `bell` rings where there is news.

    Films that are light are read with a session's full claim: they take what they need of it and no more. Beside a busy
    session they would else be late, however much that one leaves to others within itself. Films that are too heavy are
    read with what nobody else wants.
    """
    looked_s, claim = 0.0, CLAIM_OF_BACKGROUND
    while not is_over():
        if not link.look():
            time.sleep(_CORE_EVERY_S)
            continue
        for wishes in link.heard():
            films.take(wishes)
        core = link.socket
        if core is None:
            films.forget_core()
            continue
        bell.silence()
        _tell(link, films)
        if time.monotonic() - looked_s >= LOOK_EVERY_S:
            looked_s = time.monotonic()
            workers.look()
            wanted = _claim_of(films)
            if wanted != claim and claim_processors(wanted):
                claim = wanted
            if films.are_wanted and films.news() is None:
                link.tell(Lives())
        due_s = looked_s + LOOK_EVERY_S - time.monotonic()
        select.select([core.fileno(), bell.descriptor], [], [], max(0.0, due_s))


def _claim_of(films: Films) -> int:
    if films.are_light:
        return FULL_CLAIM
    return LEAST_CLAIM if films.are_too_heavy else CLAIM_OF_BACKGROUND


def _tell(link: ToCore, films: Films) -> None:
    while (news := films.news()) is not None:
        if not link.tell(news.message, news.descriptor):
            return
        films.told()


def main(words: list[str] | None = None, opened: OpenFilm = open_film, cause: CauseOf = cause_of) -> int:
    """Reads films until SIGTERM or SIGINT."""
    die_with_parent()
    parser = argparse.ArgumentParser(prog="stage.plates.service", description="Reads films ahead for a running stage.")
    parser.add_argument("--runtime", required=True, type=Path, metavar="FOLDER", help="the run's folder")
    parser.add_argument("--mib", required=True, type=float, help="the most memory for frames that wait, in MiB")
    given = parser.parse_args(words)
    ended: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: ended.append(number))
    work_in_background()
    bell = Bell()
    films = Films(opened, given.runtime, int(given.mib * _MIB), bell.ring)
    workers = Workers(films, cause)
    link = to_core(given.runtime)
    alive_s = 0.0

    def is_over() -> bool:
        nonlocal alive_s
        if time.monotonic() >= alive_s:
            alive_s = time.monotonic() + ALIVE_EVERY_S
            print_event(AliveEvent(name=NAME))
        return bool(ended)

    try:
        serve_films(link, films, workers, bell, is_over)
    finally:
        workers.close()
        films.close()
        link.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
