"""The lights process: `python -m stage.lights.service --runtime FOLDER --state FOLDER`. It outlives the core.

A run has two of them. One is on the wire; the other, the stand-in, has everything loaded and waits without a word until
the first has ended. So taking over costs milliseconds, where a start costs half a second of processor, which a busy
machine makes several. Which of the two it is, a process learns when it starts.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from stage.run.events import AliveEvent, print_event
from stage.run.options import REFUSED
from stage.run.realtime import (
    SENDING_PRIORITY,
    die_with_parent,
    done_in_background,
    give_realtime,
    keep_loaded,
    own_threads,
)
from stage.run.terminal import print_notice
from stage.run.turn import Turn
from tracking.records import ConfigError

NAME, STAND_IN = "lights", "lights stand-in"
ALIVE_EVERY_S = 1.0


def main(words: list[str] | None = None) -> int:
    """Waits for its turn, then sends until SIGTERM or SIGINT; then the streams end."""
    die_with_parent()
    parser = argparse.ArgumentParser(prog="stage.lights.service", description="Sends to a running stage's lights.")
    parser.add_argument("--runtime", required=True, type=Path, metavar="FOLDER", help="the run's folder")
    parser.add_argument("--state", required=True, type=Path, metavar="FOLDER", help="what outlives a run")
    parser.add_argument("--name", default=NAME, help="what its supervisor calls it")
    parser.add_argument("--realtime", action="store_true", help="send before films are read, behind drawing")
    given = parser.parse_args(words)
    turn = Turn(given.runtime)
    try:
        if turn.take():
            ended = _endings()
            serve = _made_ready(given.runtime, given.state)
        else:
            serve = done_in_background(lambda: _made_ready(given.runtime, given.state))
            turn.wait()
            ended = _endings()
    except ConfigError as error:
        print_notice(str(error))
        return REFUSED
    if given.realtime:
        give_realtime(own_threads(), SENDING_PRIORITY)
    keep_loaded()
    alive_s = 0.0

    def is_over() -> bool:
        nonlocal alive_s
        if time.monotonic() >= alive_s:
            alive_s = time.monotonic() + ALIVE_EVERY_S
            print_event(AliveEvent(name=given.name))
        return bool(ended)

    serve(is_over)
    return 0


def _made_ready(runtime: Path, state: Path) -> Callable[[Callable[[], bool]], None]:
    """Loads what sending needs: nearly all of what a start costs, so a stand-in does it in the background."""
    from stage.lights.stage_rig import made_ready  # noqa: PLC0415

    return made_ready(runtime, state)


def _endings() -> list[int]:
    """The signals that have asked for a clean end. A process that only waits has none to make: signals just end it."""
    ended: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: ended.append(number))
    return ended


if __name__ == "__main__":
    sys.exit(main())
