"""A signal that asks a stage to end before it has begun: it ends at once and well, and says nothing."""

from __future__ import annotations

import signal
import sys
from types import FrameType

LASTING = ("run", "demo")


def end_well_when_told(words: list[str]) -> None:
    """For commands that run until they are told to end: SIGINT and SIGTERM exit with 0 from now on."""
    if next((word for word in words if not word.startswith("-")), None) in LASTING:
        signal.signal(signal.SIGINT, _leave)
        signal.signal(signal.SIGTERM, _leave)


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a signal handler
    sys.exit(0)
