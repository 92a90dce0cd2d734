"""The log of who came in and who was refused: codes with values, one JSON line each, in a file beside the keys.

What is asked of the show stands in the show's own log. Here is what never comes there: pairing, foreign pages, cookies
and tokens that are not known, files that were put into the library.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from stage.panel.callers import Caller
from stage.run.terminal import print_notice
from stage.values.parameters import Refusal
from stage.words.sentences import sentence
from tracking.records import Record, Scalar

FILE = "access.log"
MOST_BYTES = 256 * 1024
"""The size at which a file makes room for the next; the one before is kept."""
MOST_LATELY = 64
TOLD = frozenset(
    (
        *("tablet_paired", "code_wrong", "codes_void", "pairing_too_often", "pin_wrong"),
        *("tablet_unknown", "tablet_revoked", "no_such_token", "token_revoked", "not_a_bearer"),
    )
)
"""What the user at the terminal wants to know."""
_A_WHILE_S = 10.0
_MOST_A_WHILE = 10
"""Refusals of one kind from one address."""
_MOST_KINDS = 256
_LONGEST_VALUE = 160


class Access(Record):
    """One line: when (Unix time in seconds), what as a code with its values, and from where.

    `more` counts the lines before it that were left out because too many came.
    """

    unix_s: float
    code: str
    address: str
    values: dict[str, Scalar]
    more: int = 0


class AccessLog:
    """Writes the log in `folder`; without one it is only remembered. Never raises, and never has a disk synchronise.

    What is in `TOLD` goes to the user's terminal as well, one line of each in ten seconds at most.
    """

    def __init__(self, folder: Path | None = None, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock_s = clock_s
        self._lately: deque[Access] = deque(maxlen=MOST_LATELY)
        self._times: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()
        self._left_out = 0
        self._told_s: dict[str, float] = {}

    def lately(self) -> tuple[Access, ...]:
        """The newest lines of this process, the newest first."""
        return tuple(reversed(self._lately))

    def refusal(self, code: str, address: str, /, **values: Scalar) -> None:
        """Adds a line for who was refused. Of a flood some are written, and the next line counts the others."""
        if self._floods((code, address), self._clock_s()):
            self._left_out += 1
        else:
            self.note(code, address, **values)

    def refused(self, caller: Caller, path: str, refusal: Refusal) -> None:
        """Adds a line for who came in and may not do what was asked at `path`."""
        self.refusal(refusal.reason, caller.origin, **{"person": caller.person, "path": path, **refusal.values})

    def note(self, code: str, address: str, /, **values: Scalar) -> None:
        """Adds a line."""
        now_s = self._clock_s()
        bounded = {name: one[:_LONGEST_VALUE] if isinstance(one, str) else one for name, one in values.items()}
        line = Access(unix_s=time.time(), code=code, address=address, values=bounded, more=self._left_out)
        self._left_out = 0
        self._lately.append(line)
        self._write(line)
        if code in TOLD and now_s - self._told_s.get(code, -_A_WHILE_S) >= _A_WHILE_S:
            self._told_s[code] = now_s
            print_notice(f"{address or 'an unknown address'}: {sentence(code, bounded)}")

    def _floods(self, kind: tuple[str, str], now_s: float) -> bool:
        times = self._times.setdefault(kind, deque(maxlen=_MOST_A_WHILE))
        self._times.move_to_end(kind)
        if len(self._times) > _MOST_KINDS:
            self._times.popitem(last=False)
        if len(times) == _MOST_A_WHILE and now_s - times[0] < _A_WHILE_S:
            return True
        times.append(now_s)
        return False

    def _write(self, line: Access) -> None:
        if self._folder is None:
            return
        file = self._folder / FILE
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                os.write(descriptor, msgspec.json.encode(line) + b"\n")
                is_full = os.fstat(descriptor).st_size >= MOST_BYTES
            finally:
                os.close(descriptor)
            if is_full:
                file.replace(file.with_name(f"{FILE}.1"))
