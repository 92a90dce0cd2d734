"""The PIN of a tablet that was left somewhere: how it is kept, and how often it may be guessed."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from stage.control.keys.tablets import PinLock
from stage.panel.refusals import Refused

LEAST_PIN_DIGITS = 4
MOST_PIN_DIGITS = 12
MOST_WRONG = 20
"""After so many wrong PINs only an operator opens the lock."""
_COST, _BLOCK = 1 << 14, 8


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
