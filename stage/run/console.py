"""Saying something to the user, whether or not anyone still listens: a closed terminal ends no show."""

from __future__ import annotations

import os
import sys


def tell(line: str) -> None:
    """One line on standard error."""
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        _listen_no_more(2)


def print_line(line: str) -> None:
    """One line on standard output, at once."""
    try:
        print(line, flush=True)
    except OSError:
        _listen_no_more(1)


def _listen_no_more(descriptor: int) -> None:
    """What is written there from now on is dropped; the interpreter's own last flush too, which else would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
