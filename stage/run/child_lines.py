"""The lines of a child's pipe: read without blocking, and bounded, whatever the child writes."""

from __future__ import annotations

import os
from typing import IO

MOST_LINE_BYTES = 64 * 1024
_AT_ONCE_BYTES = 64 * 1024


class ChildLines:
    """Whole lines from `pipe`, without their ends. `ended` is true once the pipe has been closed at its other end.

    Half a line waits for the rest; one that is too long is cut there, and what follows of it is dropped.
    """

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._part = bytearray()
        self._cut = False
        self.ended = False
        os.set_blocking(pipe.fileno(), False)

    def read(self) -> list[bytes]:
        """The lines that are complete now, from at most one read. Never waits."""
        try:
            content = os.read(self._pipe.fileno(), _AT_ONCE_BYTES)
        except BlockingIOError:
            return []
        if content:
            *whole, rest = content.split(b"\n")
            return [line for one in whole if (line := self._finish(one)) is not None] + self._keep(rest)
        self.ended = True
        last = self._finish(b"")
        return [last] if last else []

    def read_all(self) -> list[bytes]:
        """Everything that is there now, for a child that has ended; half a line at the end counts as one."""
        lines: list[bytes] = []
        while True:
            before = len(lines), len(self._part), self._cut
            lines += self.read()
            if self.ended or before == (len(lines), len(self._part), self._cut):
                break
        last = self._finish(b"")
        return [*lines, last] if last else lines

    def _finish(self, rest: bytes) -> bytes | None:
        """The line that ends with `rest`; None for what is left of one that was cut."""
        line, cut = bytes(self._part) + rest, self._cut
        self._part.clear()
        self._cut = False
        return None if cut else line[:MOST_LINE_BYTES]

    def _keep(self, rest: bytes) -> list[bytes]:
        """Keeps the beginning of a line; returns it if it is as long as a line may be."""
        if self._cut:
            return []
        self._part += rest
        if len(self._part) <= MOST_LINE_BYTES:
            return []
        line = bytes(self._part[:MOST_LINE_BYTES])
        self._part.clear()
        self._cut = True
        return [line]
