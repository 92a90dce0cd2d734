"""The universes that are being sent: their packets, which of them changed, and which are due although they did not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

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


class Universes:
    """All universes of the patch, rising, a row each. Times are host monotonic nanoseconds.

    `fit` says which there are, `put` what their slots hold, and `due`, in each tick, which are to be sent.
    """

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._all_spans: tuple[Span, ...] = ()
        self.spans: tuple[Span, ...] = ()
        """Where the slots of each row lie among those of the patch, without universes that there cannot be."""
        self._tick = self._latest_tick = 0
        self._oldest_ns = _NEVER_NS
        self._changed_at: list[int] = []
        self._sent_ns: list[int] = []
        self._new: list[int] = []
        self._slots: bytes | None = None
        self._parts: list[bytes] = []
        self._lay_out(framing.packets(()), 0)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The universes' numbers."""
        return tuple([span.universe for span in self.spans])

    def fit(self, spans: tuple[Span, ...], size: int) -> tuple[Packets, Which] | None:
        """The slots lie so from now on, all in all so many. Returns packets, and which of them are of universes that
        are no longer of the patch, if any are.
        """
        if spans == self._all_spans:
            return None
        before, changed_at, sent_ns = self.packets, self._changed_at, self._sent_ns
        left = {span.universe: (row, span.size) for row, span in enumerate(self.spans)}
        self._all_spans = spans
        self.spans = tuple(span for span in spans if span.universe in self._framing.numbers)
        self._lay_out(self._framing.packets(self.numbers), size // len(spans) if spans else 0)
        for row, span in enumerate(self.spans):
            if span.universe not in left:
                continue
            old, old_size = left.pop(span.universe)
            slots = slice(self._framing.slots_at, self._framing.slots_at + span.size)
            self.packets.rows[row, slots] = before.rows[old, slots]
            self.packets.sequences[row] = before.sequences[old]
            self._changed_at[row], self._sent_ns[row] = changed_at[old], sent_ns[old]
            if old_size == span.size:
                self._new.remove(row)
        self._note_parts()
        return (before, np.array([row for row, _ in left.values()])) if left else None

    def put(self, slots: bytes) -> Sequence[int]:
        """Takes over the slots of the patch. Returns which rows changed, rising."""
        if slots == self._slots or not self.spans:
            return ()
        self._slots, width = slots, self._levels.shape[1]
        before, self._parts = self._parts, [slots[row * width : (row + 1) * width] for row in self._kept]
        changed = [row for row, part in enumerate(self._parts) if part != before[row]]
        if changed:
            levels = np.frombuffer(slots, np.uint8).reshape(-1, width)
            self._levels[:] = levels if self._keeps_all else levels[self._kept]
        if self._new:
            changed, self._new = sorted({*changed, *self._new}), []
        return changed

    def forget(self) -> None:
        """All are new to who receives them."""
        self._slots, self._new = None, list(range(len(self.spans)))

    def go_on_from(self, spans: tuple[Span, ...], slots: bytes, sequences: bytes) -> None:
        """What another process has sent, with the sequence of its newest packet of each row."""
        self.fit(spans, len(slots))
        self.put(slots)
        if len(sequences) == len(self.spans):
            self.packets.sequences[:] = np.frombuffer(sequences, np.uint8)

    def due(self, changed: Sequence[int], now_ns: int, *, watched: bool) -> Which | None:
        """The rows that are to be sent in this tick, and notes that they are; None where none is."""
        self._tick += 1
        since_ns = now_ns - (WATCHED_NS if watched else KEEP_ALIVE_NS)
        if changed:
            self._latest_tick = self._tick
            if len(changed) == len(self.spans):
                self._changed_at, self._sent_ns = [self._tick] * len(changed), [now_ns] * len(changed)
                self._oldest_ns = now_ns
                return ALL
            for row in changed:
                self._changed_at[row] = self._tick
        elif self._tick > self._latest_tick + REPEATS and self._oldest_ns > since_ns:
            return None
        first, sent_ns = self._tick - REPEATS, self._sent_ns
        due = [row for row, tick in enumerate(self._changed_at) if tick >= first or sent_ns[row] <= since_ns]
        for row in due:
            sent_ns[row] = now_ns
        self._oldest_ns = min(sent_ns, default=now_ns)
        if not due:
            return None
        return slice(due[0], due[-1] + 1) if due[-1] - due[0] < len(due) else np.array(due)

    def _lay_out(self, packets: Packets, width: int) -> None:
        """All rows are new, and all slots 0; so many of each may be other than that."""
        count, at = len(self.spans), self._framing.slots_at
        self.packets = packets
        self._levels = packets.rows[:, at : at + width]
        self._kept = [row for row, span in enumerate(self._all_spans) if span.universe in self._framing.numbers]
        self._keeps_all = len(self._kept) == len(self._all_spans)
        self._new = list(range(count))
        self._changed_at, self._sent_ns = [0] * count, [_NEVER_NS] * count
        self._note_parts()

    def _note_parts(self) -> None:
        self._slots, self._parts = None, [row.tobytes() for row in self._levels]


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
