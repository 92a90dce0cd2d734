"""How what is short is kept from being guessed: a few tries a minute, and the PIN of a tablet that was left alone."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from http import HTTPStatus

from stage.control.keys.tablets import PinLock
from stage.panel.refusals import Refused

LEAST_PIN_DIGITS = 4
MOST_PIN_DIGITS = 12
MOST_WRONG = 20
"""After so many wrong PINs only an operator opens the lock."""
_COST, _BLOCK = 1 << 14, 8
TRIES_A_MINUTE = 5
_MINUTE_S = 60.0
_MOST_GUESSERS = 512


def is_pin(pin: str) -> bool:
    """Whether a text can be a PIN: four to twelve digits."""
    return pin.isascii() and pin.isdecimal() and LEAST_PIN_DIGITS <= len(pin) <= MOST_PIN_DIGITS


def locked_with(pin: str) -> PinLock:
    """A lock that this PIN opens. Takes some 50 ms: a PIN is short, so each guess at its hash must cost something."""
    salt = secrets.token_hex(16)
    return PinLock(salt=salt, scrypt=_hash_of(pin, salt))


def opens(lock: PinLock, pin: str) -> bool:
    """Whether a PIN opens a lock. Takes as long as locking."""
    return is_pin(pin) and hmac.compare_digest(_hash_of(pin, lock.salt), lock.scrypt)


def refuse_worn(lock: PinLock) -> None:
    """Raises Refused where so many wrong PINs were tried that only an operator opens the lock."""
    if lock.wrong >= MOST_WRONG:
        raise Refused("forbidden", "pin_tries_over")


def _hash_of(pin: str, salt: str) -> str:
    return hashlib.scrypt(pin.encode(), salt=salt.encode(), n=_COST, r=_BLOCK, p=1, dklen=32).hex()


class Tries:
    """The tries of the last minute, by guesser; of many, those are forgotten that tried longest ago.

    `reason` is why too many are refused. `clock_s` is a monotonic clock.
    """

    def __init__(self, reason: str, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._reason = reason
        self._clock_s = clock_s
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()

    def count(self, guesser: str) -> None:
        """Counts a try. Raises Refused, with the seconds to wait, where there were too many."""
        now_s = self._clock_s()
        tries = self._tries.setdefault(guesser, deque(maxlen=TRIES_A_MINUTE))
        self._tries.move_to_end(guesser)
        if len(self._tries) > _MOST_GUESSERS:
            self._tries.popitem(last=False)
        if len(tries) == TRIES_A_MINUTE and now_s - tries[0] < _MINUTE_S:
            wait_s = max(1, round(tries[0] + _MINUTE_S - now_s))
            headers = {"Retry-After": str(wait_s)}
            raise Refused("busy", self._reason, status=HTTPStatus.TOO_MANY_REQUESTS, headers=headers, seconds=wait_s)
        tries.append(now_s)
