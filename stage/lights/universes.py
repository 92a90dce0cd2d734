"""The universes that are being sent: their packets, which of them changed, and which are due although they did not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from stage.dmx.universes import MOST_SLOTS
from stage.lights.mixing.records import Span
from stage.lights.packets import ALL, Framing, Packets, Which

REPEATS = 3
"""Unchanged levels are sent so many times more (E1.31-2018, 6.6.1)."""
KEEP_ALIVE_NS = 60_000_000
"""Then once in so long: E1.31 wants one in 1000 ms at least, Art-Net in 4 s.

With a tick more, which is 41.7 ms at most, it stays well below a tenth of a second: so no universe has been silent for
longer when a core dies.
"""
WATCHED_NS = 20_000_000
"""While no core speaks, nobody may wonder whether the stage still sends."""
_NEVER_NS = -(1 << 62)
Mask = npt.NDArray[np.bool_]


class Universes:
    """All universes of the patch, rising, a row each. Times are host monotonic nanoseconds.

    `fit` says which universes there are, `put` what their slots hold, and `due`, in each tick, what is to be sent.
    """

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._all_spans: tuple[Span, ...] = ()
        self.spans: tuple[Span, ...] = ()
        """Where the slots of each row lie among those of the patch, without universes that there cannot be."""
        self._tick = self._latest_tick = 0
        self._oldest_ns = _NEVER_NS
        self._slots: bytes | None = None
        self._is_new: Mask = np.zeros(0, bool)
        self._changed_at: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self._sent_ns: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self._lay_out(framing.packets(()))

    @property
    def numbers(self) -> tuple[int, ...]:
        """The universes' numbers."""
        return tuple([span.universe for span in self.spans])

    def fit(self, spans: tuple[Span, ...]) -> Packets | None:
        """The slots lie so from now on. Returns the packets of universes that are no longer of the patch, if any."""
        if spans == self._all_spans:
            return None
        before, changed_at, sent_ns = self.packets, self._changed_at, self._sent_ns
        left = {span.universe: (row, span.size) for row, span in enumerate(self.spans)}
        self._all_spans = spans
        self.spans = tuple(span for span in spans if span.universe in self._framing.numbers)
        self._lay_out(self._framing.packets(self.numbers))
        for row, span in enumerate(self.spans):
            if span.universe not in left:
                continue
            old, size = left.pop(span.universe)
            slots = slice(self._framing.slots_at, self._framing.slots_at + span.size)
            self.packets.rows[row, slots] = before.rows[old, slots]
            self.packets.sequences[row] = before.sequences[old]
            self._changed_at[row], self._sent_ns[row] = changed_at[old], sent_ns[old]
            self._is_new[row] = size != span.size
        self._levels = self._flat[self._at]
        return before.chosen(np.array([row for row, _ in left.values()])) if left else None

    def put(self, slots: bytes) -> Mask | None:
        """Takes over the slots of the patch. Returns which rows changed, None where none did."""
        if slots == self._slots:
            return None
        levels = np.frombuffer(slots, np.uint8)[self._of]
        changed, self._is_new = self._is_new, np.zeros(len(self.spans), bool)
        changed[self._row_of[levels != self._levels]] = True
        self._flat[self._at] = levels
        self._slots, self._levels = slots, levels
        return changed if changed.any() else None

    def forget(self) -> None:
        """All are new to who receives them."""
        self._slots = None
        self._is_new[:] = True

    def go_on_from(self, spans: tuple[Span, ...], slots: bytes, sequences: bytes) -> None:
        """What another process has sent, with the sequence of its newest packet of each row."""
        self.fit(spans)
        self.put(slots)
        if len(sequences) == len(self.spans):
            self.packets.sequences[:] = np.frombuffer(sequences, np.uint8)

    def due(self, changed: Mask | None, now_ns: int, *, watched: bool) -> Which | None:
        """The rows that are to be sent in this tick, and notes that they are; None where none is."""
        self._tick += 1
        since_ns = now_ns - (WATCHED_NS if watched else KEEP_ALIVE_NS)
        if changed is not None:
            self._changed_at[changed] = self._latest_tick = self._tick
        elif self._tick > self._latest_tick + REPEATS and self._oldest_ns > since_ns:
            return None
        due = (self._changed_at >= self._tick - REPEATS) | (self._sent_ns <= since_ns)
        self._sent_ns[due] = now_ns
        if due.all():
            self._oldest_ns = now_ns
            return ALL if self.spans else None
        self._oldest_ns = int(self._sent_ns.min())
        return np.flatnonzero(due) if due.any() else None

    def _lay_out(self, packets: Packets) -> None:
        """All rows are new, and all slots 0."""
        count, at = len(self.spans), self._framing.slots_at
        self.packets = packets
        self._flat = packets.rows.reshape(-1)
        sizes = [span.size for span in self.spans]
        rows = np.repeat(np.arange(count), sizes)
        within = np.arange(len(rows)) - np.repeat(np.cumsum([0, *sizes])[:-1], sizes)
        self._row_of = rows
        self._at = rows * packets.rows.shape[1] + at + within
        starts = np.repeat(np.array([span.start for span in self.spans], np.int64), sizes)
        self._of = ALL if self.spans == self._all_spans else starts + within
        self._is_new = np.ones(count, bool)
        self._changed_at = np.zeros(count, np.int64)
        self._sent_ns = np.full(count, _NEVER_NS)
        self._slots = None
        self._levels = self._flat[self._at]


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
