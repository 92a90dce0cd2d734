"""Codes by which a tablet is let in: eight digits, for one tablet, for three minutes, with few guesses."""

from __future__ import annotations

import hmac
import secrets
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from stage.control.keys.tablets import TabletRole
from stage.panel.guessing import Tries
from stage.panel.refusals import Refused

DIGITS = 8
LASTS_S = 180.0
TRIES_IN_ALL = 20
"""After so many wrong codes from anywhere, every code that waits is void."""
_REMEMBERED = 32
_LONGEST = 32
_SPACES = str.maketrans("", "", " -\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")


class PairingCode(NamedTuple):
    """A code that waits for its tablet: until when (the clock's seconds), and what the tablet will be."""

    digits: str
    role: TabletRole
    until_s: float


class PairingCodes:
    """The codes of one process, which dies with it. `clock_s` is a monotonic clock."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._waiting: list[PairingCode] = []
        self._wrong = 0
        self._over: OrderedDict[str, str] = OrderedDict()
        self._tries = Tries("pairing_too_often", clock_s)

    def make(self, role: TabletRole) -> PairingCode:
        """A new code. It takes the place of one for the same role, which nobody sees any more."""
        self._forget_old()
        for one in [code for code in self._waiting if code.role == role]:
            self._end(one, "code_replaced")
        digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        made = PairingCode(digits, role, self._clock_s() + LASTS_S)
        self._waiting.append(made)
        self._over.pop(digits, None)
        return made

    def left_s(self, code: PairingCode) -> float:
        """How long a code still holds; 0 for one that does not."""
        self._forget_old()
        return code.until_s - self._clock_s() if code in self._waiting else 0.0

    def waiting(self) -> tuple[PairingCode, ...]:
        """The codes that hold now."""
        self._forget_old()
        return tuple(self._waiting)

    def use(self, given: str, address: str) -> TabletRole:
        """The role that a code gives, which is used up. Raises Refused, and counts the try for its address."""
        digits = _digits_of(given)
        self._tries.count(address)
        self._forget_old()
        found = [one for one in self._waiting if hmac.compare_digest(one.digits, digits)]
        if found:
            self._end(found[0], "code_used")
            return found[0].role
        reason = self._over.get(digits, "code_wrong")
        if reason == "code_wrong" and self._count_wrong():
            reason = "codes_void"
        raise Refused("forbidden", reason)

    def _count_wrong(self) -> bool:
        """Whether this was one wrong code too many for those that wait."""
        self._wrong += bool(self._waiting)
        if self._wrong < TRIES_IN_ALL:
            return False
        for one in tuple(self._waiting):
            self._end(one, "code_void")
        return True

    def _forget_old(self) -> None:
        now_s = self._clock_s()
        for one in [code for code in self._waiting if code.until_s <= now_s]:
            self._end(one, "code_expired")

    def _end(self, code: PairingCode, reason: str) -> None:
        """A code holds no longer; whoever still comes with it is told why."""
        self._waiting.remove(code)
        self._over[code.digits] = reason
        while len(self._over) > _REMEMBERED:
            self._over.popitem(last=False)
        if not self._waiting:
            self._wrong = 0


def _digits_of(given: str) -> str:
    """The eight digits of a code as people type it, in any width and with spaces. Raises Refused."""
    digits = unicodedata.normalize("NFKC", given[:_LONGEST]).translate(_SPACES)
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdecimal()):
        raise Refused("bad_message", "code_malformed", digits=DIGITS)
    return digits
