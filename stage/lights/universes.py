"""The universes that are being sent: their levels, which of them changed, and which are due although they did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stage.dmx.universes import MOST_SLOTS

REPEATS = 3
"""Unchanged levels are sent so many times more (E1.31-2018, 6.6.1)."""
KEEP_ALIVE_NS = 60_000_000
"""Then once in so long: E1.31 wants one in 1000 ms at least, Art-Net in 4 s.

With a tick more, which is 41.7 ms at most, it stays well below a tenth of a second: so no universe has been silent for
longer when a core dies.
"""
WATCHED_NS = 20_000_000
"""While no core speaks, nobody may wonder whether the stage still sends."""


class Universe:
    """One universe: its levels, the number of its newest packet, and when that was sent (host monotonic).

    Levels that are missing at the end are 0.
    """

    def __init__(self, number: int, levels: bytes = b"", sequence: int = 0) -> None:
        self.number = number
        self.levels = levels
        self.sequence = sequence
        self.sent_ns: int | None = None
        self.repeats = REPEATS

    @property
    def slots(self) -> bytes:
        """The levels of all its 512 slots."""
        return self.levels.ljust(MOST_SLOTS, b"\0")

    def is_due(self, now_ns: int, *, watched: bool) -> bool:
        """Whether its levels, which have not changed, are to be sent again."""
        if self.sent_ns is None or self.repeats > 0:
            return True
        return now_ns - self.sent_ns >= (WATCHED_NS if watched else KEEP_ALIVE_NS)

    def note_sent(self, now_ns: int, *, changed: bool) -> None:
        """It is being sent now, with the next number."""
        self.repeats = REPEATS if changed else max(0, self.repeats - 1)
        self.sent_ns = now_ns


class Universes:
    """All universes of the patch by number, rising."""

    def __init__(self) -> None:
        self.by_number: dict[int, Universe] = {}

    def take(self, levels: Mapping[int, bytes]) -> tuple[list[int], list[Universe]]:
        """Takes over the levels. Returns the numbers of the universes that changed, and those
        universes that are left.

        A universe that is not among the levels is no longer of the patch.
        """
        left = [self.by_number.pop(number) for number in sorted(self.by_number.keys() - levels.keys())]
        added = levels.keys() - self.by_number.keys()
        changed = []
        for number, wanted in levels.items():
            universe = self.by_number.get(number)
            if universe is None:
                universe = self.by_number[number] = Universe(number, wanted)
                changed.append(number)
            elif universe.levels != wanted:
                universe.levels = wanted
                changed.append(number)
        if added:
            self.by_number = dict(sorted(self.by_number.items()))
        return changed, left

    def due(self, changed: Sequence[int], now_ns: int, *, watched: bool) -> list[Universe]:
        """What is to be sent now, in the order of the universes' numbers, and notes that it is."""
        fresh = set(changed)
        due = [
            universe
            for number, universe in self.by_number.items()
            if number in fresh or universe.is_due(now_ns, watched=watched)
        ]
        for universe in due:
            universe.note_sent(now_ns, changed=universe.number in fresh)
        return due


def outside(patch: Sequence[int], sizes: Sequence[int], numbers: range) -> tuple[int, ...]:
    """The indices of lights, of so many slots each, that lie outside a universe, or in one not among `numbers`.

    `patch` has universe and address of each light, one after the other.
    """
    found = []
    for light, size in enumerate(sizes):
        universe, address = patch[2 * light], patch[2 * light + 1]
        if universe not in numbers or address < 1 or address + size - 1 > MOST_SLOTS:
            found.append(light)
    return tuple(found)
