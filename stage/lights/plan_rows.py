"""Plans on their way to the lights process: rows of memory that both share, of which it reads what it needs.

The core writes a row in every frame and waits for nobody; rows take turns. How many there were stands at the beginning
and moves on once a row is whole, so one that was cut short is none. Who reads copies rows, and looks afterwards whether
the writer has come round to them meanwhile. No call of the system is made, nobody is woken, and nothing is decoded.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

import numpy as np

from stage.lights.mixing.targets import Targets, are_sane, targets_of
from stage.lights.moments import TimedLook
from stage.show.frame.lights import NUMBERS_A_CELL, LightsPlan
from tracking.records import Evolving

ROWS = 64
"""So many frames may be ahead of their light, or wait for a process that the machine does not let run."""
_COUNT = struct.Struct("=q")
_HEAD = struct.Struct("=5q")
"""Frame and `light_ns`; then the counts of the rows since which chromaticities, levels and patch are the same."""
_ROWS_AT = 64
_WORD = 8


class PlanSizes(Evolving):
    """How many cells and lights a stage has: what a row has room for."""

    cells: int
    lights: int

    @property
    def row_bytes(self) -> int:
        """The length of a row."""
        return _HEAD.size + _WORD * (NUMBERS_A_CELL * self.cells + 2 * self.lights)

    @property
    def bytes(self) -> int:
        """The length of all."""
        return _ROWS_AT + ROWS * self.row_bytes


class PlanWriter:
    """The core's end, over memory of `sizes.bytes` bytes that holds nothing yet."""

    def __init__(self, sizes: PlanSizes, memory: memoryview) -> None:
        self._sizes, self._memory = sizes, memory
        self._row = struct.Struct(f"=5q{NUMBERS_A_CELL * sizes.cells}d{2 * sizes.lights}q")
        self._count = self._xy_since = self._level_since = self._patch_since = 0
        self._targets: tuple[float, ...] = ()
        self._xy: tuple[float, ...] = ()
        self._level: tuple[float, ...] = ()
        self._patch: tuple[int, ...] = ()

    def write(self, plan: LightsPlan) -> bool:
        """False for a plan of other sizes, or that holds what is no number."""
        if plan.targets is not self._targets and not self._take(plan.targets):
            return False
        count, patch = self._count, plan.patch
        if patch != self._patch:
            if len(patch) != 2 * self._sizes.lights:
                return False
            self._patch, self._patch_since = patch, count
        at = _ROWS_AT + count % ROWS * self._sizes.row_bytes
        since = self._xy_since, self._level_since, self._patch_since
        self._row.pack_into(self._memory, at, plan.frame, plan.light_ns, *since, *self._xy, *self._level, *patch)
        self._count = count + 1
        _COUNT.pack_into(self._memory, 0, self._count)
        return True

    def _take(self, targets: tuple[float, ...]) -> bool:
        if len(targets) != NUMBERS_A_CELL * self._sizes.cells or not math.isfinite(sum(targets)):
            return False
        self._targets = targets
        xy, level = targets[0::NUMBERS_A_CELL] + targets[1::NUMBERS_A_CELL], targets[2::NUMBERS_A_CELL]
        if xy != self._xy or min(level, default=0.0) < 0.0:
            if not are_sane(xy[: len(level)], xy[len(level) :], level):
                sane = targets_of(targets)
                xy, level = tuple(sane.xy.T.ravel().tolist()), tuple(sane.level.tolist())
            self._xy, self._xy_since = xy, self._count
        if level != self._level:
            self._level, self._level_since = level, self._count
        return True


class PlanReader:
    """The process's end, over the same memory."""

    def __init__(self, sizes: PlanSizes, memory: memoryview) -> None:
        self._memory, self._row_bytes = memory, sizes.row_bytes
        table = np.frombuffer(memory, np.float64, offset=_ROWS_AT).reshape(ROWS, -1)
        xy, level = _HEAD.size // _WORD, _HEAD.size // _WORD + 2 * sizes.cells
        self._xy = list(table[:, xy:level].reshape(ROWS, 2, -1).transpose(0, 2, 1))
        self._level = list(table[:, level : level + sizes.cells])
        self._patch = list(table.view(np.int64)[:, level + sizes.cells :])
        self._read = 0
        self._newest: TimedLook | None = None
        self._since: Sequence[int] = ()

    def newer(self) -> list[TimedLook]:
        """What the core has written since the last call, as far as it is still there."""
        while True:
            (count,) = _COUNT.unpack_from(self._memory)
            first = max(self._read, count - ROWS + 1)
            if first >= count:
                return []
            newest, since, looks = self._newest, self._since, []
            for number in range(first, count):
                newest, since = self._look(number % ROWS, newest, since)
                looks.append(newest)
            if _COUNT.unpack_from(self._memory)[0] < first + ROWS:
                self._read, self._newest, self._since = count, newest, since
                return looks

    def _look(
        self, place: int, before: TimedLook | None, since_before: Sequence[int]
    ) -> tuple[TimedLook, Sequence[int]]:
        """The look of a row. What is as in the look before is the same object."""
        frame, light_ns, *since = _HEAD.unpack_from(self._memory, _ROWS_AT + place * self._row_bytes)
        if before is not None and since == since_before:
            return TimedLook(frame, light_ns, before.targets, before.patch), since
        xy = before.targets.xy if before is not None and since[0] == since_before[0] else self._xy[place].copy()
        if before is not None and since[2] == since_before[2]:
            patch = before.patch
        else:
            patch = tuple(self._patch[place].tolist())
        return TimedLook(frame, light_ns, Targets(xy, self._level[place].copy()), patch), since
