"""The packets of all universes as one array: laid out when the patch changes; then levels and numbers move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stage.dmx.universes import MOST_SLOTS

Bytes = npt.NDArray[np.uint8]
Which = npt.NDArray[np.int64] | slice
"""Rows by their indices, rising; where these follow on one another they are a slice, for which nothing is copied."""
ALL = slice(None)


class Framing(NamedTuple):
    """How a way out packs a universe: `packet` gives the packet of one whose 512 slots are 0, and they begin at
    `slots_at`; its sequence is at `sequence_at`, if it has one. `numbers` are the universes that there can be.
    """

    numbers: range
    sequence_at: int | None
    slots_at: int
    packet: Callable[[int], bytes | bytearray]

    def packets(self, numbers: Sequence[int]) -> Packets:
        """A row for each of these universes."""
        packed = b"".join(self.packet(number) for number in numbers)
        rows = np.frombuffer(bytearray(packed), np.uint8).reshape(len(numbers), -1) if numbers else _NO_ROWS
        at = self.sequence_at
        sequences = np.zeros(len(numbers), np.uint8) if at is None or not numbers else rows[:, at]
        return Packets(np.array(numbers, np.int64), rows, sequences)


class Packets(NamedTuple):
    """Packets, a row each; the number of each row's universe, and its sequence as it was sent last."""

    numbers: npt.NDArray[np.int64]
    rows: Bytes
    sequences: Bytes

    def of(self, which: Which) -> Bytes:
        """Some rows."""
        return self.rows if which is ALL else self.rows[which]


_NO_ROWS = np.zeros((0, MOST_SLOTS), np.uint8)
