"""The terminal that a run was started from: lines written to it, and the signals it sends before the run has begun.

A closed terminal ends no show. Imports next to nothing, since signals must be caught before anything else is imported.
"""

from __future__ import annotations

import math
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

LASTING_COMMANDS = ("run", "demo")
"""Commands that run until a signal ends them."""


def print_notice(line: str) -> None:
    """One line for the user, on standard error. Lost where that takes none now: a reader that stalls stops no show."""
    try:
        if _is_writable(2):
            print(line, file=sys.stderr, flush=True)
    except BlockingIOError:
        return
    except OSError:
        _discard_output(2)


def notice_after(seconds: float, line: str) -> Callable[[], None]:
    """Something to call now and then during long work: it says `line`, once, when that has lasted so long."""
    waits = iter((time.monotonic() + seconds, math.inf))
    due = next(waits)

    def say() -> None:
        nonlocal due
        if time.monotonic() > due:
            due = next(waits)
            print_notice(line)

    return say


def print_line(line: str) -> None:
    """One line for programs, on standard output, at once."""
    try:
        print(line, flush=True)
    except OSError:
        _discard_output(1)


def leave_on_signals(words: list[str]) -> None:
    """Until the program is loaded, SIGINT and SIGTERM end it with 0, if `words` name a command that runs until then.

    It leaves by no exception: imports have callbacks in which Python prints one and goes on, and the signal was lost.
    """
    if _lasts(words):
        _catch(_leave)


def exit_quietly_on_signals(words: list[str]) -> None:
    """`exit_on_signals`, if `words` name a command that runs until then."""
    if _lasts(words):
        exit_on_signals()


def exit_on_signals() -> None:
    """From now on SIGINT and SIGTERM leave with 0 and print nothing, also where a shell had them ignored."""
    _catch(Exit())


class Exit:
    """A signal handler that leaves with 0, whatever was begun being closed. `asked` tells whoever runs on although the
    exception was swallowed.
    """

    asked = False

    def __call__(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature of a handler
        self.asked = True
        sys.exit(0)


def _lasts(words: list[str]) -> bool:
    return next((word for word in words if not word.startswith("-")), None) in LASTING_COMMANDS


def _catch(handler: Callable[[int, FrameType | None], None]) -> None:
    signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGTERM, handler)


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a signal handler
    os._exit(0)


def _is_writable(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    return bool(poll.poll(0))


def _discard_output(descriptor: int) -> None:
    """Drops what is written there from now on, and so keeps the interpreter's last flush from failing as well."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
