"""How the memory for frames is shared among the films that play. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

LEAST_SLOTS = 3
"""One that is uploaded, one that waits, and one that is written."""
AHEAD_S = 0.75
"""How far ahead frames are read: what a disk may stand still, or the processor be with others."""
MOST_SLOTS = 120


class RoomWanted(NamedTuple):
    """A film: bytes of a slot, and how many frames a second it has."""

    slot_bytes: int
    rate: tuple[int, int]


@lru_cache
def slots_wanted(rate: tuple[int, int]) -> int:
    """Slots of a film that has all the memory that it could use."""
    return max(LEAST_SLOTS, min(MOST_SLOTS, math.ceil(Fraction(*rate) * Fraction(AHEAD_S)) + 1))


def share_out(films: Sequence[RoomWanted], budget_bytes: int) -> tuple[int, ...]:
    """Slots for each film, the most urgent first. One for which there is not even the least has none."""
    slots, left = [0] * len(films), budget_bytes
    for index, film in enumerate(films):
        if LEAST_SLOTS * film.slot_bytes <= left:
            slots[index], left = LEAST_SLOTS, left - LEAST_SLOTS * film.slot_bytes
    most = [slots_wanted(film.rate) if slots[index] else 0 for index, film in enumerate(films)]
    grows = True
    while grows:
        grows = False
        for index, film in enumerate(films):
            if slots[index] < most[index] and film.slot_bytes <= left:
                slots[index], left, grows = slots[index] + 1, left - film.slot_bytes, True
    return tuple(slots)
