"""Plans on their way to the lights process: memory that both share, of which it reads what it needs.

The core writes a row in every frame and waits for nobody; rows take turns. How many there were stands at the beginning
and moves on once a row is whole, so one that was cut short is none. A row says which targets and which patch hold: they
lie behind all rows, take turns as well, and are only written when they change. Who reads copies them, and looks
afterwards whether the writer has come round to them meanwhile. No call of the system is made, nobody is woken, and
nothing is decoded.
"""

from __future__ import annotations

import math
import struct
from typing import NamedTuple

import numpy as np

from stage.lights.mixing.targets import Targets, within
from stage.lights.moments import TimedLook
from stage.show.frame.lights import NUMBERS_A_CELL, LightsPlan
from tracking.records import Evolving

ROWS = 64
"""So many frames may be ahead of their light, or wait for a process that the machine does not let run."""
_COUNT = struct.Struct("=q")
_ROW = struct.Struct("=4q")
"""Frame and `light_ns`; then the numbers of its targets and of its patch, each counted from 1."""
_ROWS_AT = 64
_WORD = 8
_NOTHING = bytes(_WORD)


class PlanSizes(Evolving):
    """How many cells and lights a stage has: what there is room for."""

    cells: int
    lights: int

    @property
    def parts_at(self) -> tuple[int, int, int]:
        """Where targets and patches begin, and where all ends."""
        targets = _ROWS_AT + ROWS * _ROW.size
        patch = targets + ROWS * NUMBERS_A_CELL * self.cells * _WORD
        return targets, patch, patch + ROWS * 2 * self.lights * _WORD

    @property
    def bytes(self) -> int:
        """The length of all."""
        return self.parts_at[-1]


class PlanWriter:
    """The core's end, over memory of `sizes.bytes` bytes that holds nothing yet."""

    def __init__(self, sizes: PlanSizes, memory: memoryview) -> None:
        self._memory = memory
        self._targets_at, self._patch_at, _ = sizes.parts_at
        self._packed_targets = struct.Struct(f"{NUMBERS_A_CELL * sizes.cells}d")
        self._packed_patch = struct.Struct(f"{2 * sizes.lights}q")
        self._sizes = NUMBERS_A_CELL * sizes.cells, 2 * sizes.lights
        self._count = self._targets_number = self._patch_number = 0
        self._targets: tuple[float, ...] | None = None
        self._patch: tuple[int, ...] | None = None

    def write(self, plan: LightsPlan) -> bool:
        """False for a plan of other sizes, or that holds what is no number."""
        targets, patch, memory = plan.targets, plan.patch, self._memory
        if (len(targets), len(patch)) != self._sizes:
            return False
        if targets is not self._targets and targets != self._targets:
            if not math.isfinite(sum(targets)):
                return False
            self._targets, self._targets_number = targets, self._targets_number + 1
            packed = self._packed_targets
            packed.pack_into(memory, self._targets_at + self._targets_number % ROWS * packed.size, *targets)
        if patch is not self._patch and patch != self._patch:
            self._patch, self._patch_number = patch, self._patch_number + 1
            packed = self._packed_patch
            packed.pack_into(memory, self._patch_at + self._patch_number % ROWS * packed.size, *patch)
        at = _ROWS_AT + self._count % ROWS * _ROW.size
        _ROW.pack_into(memory, at, plan.frame, plan.light_ns, self._targets_number, self._patch_number)
        self._count += 1
        _COUNT.pack_into(memory, 0, self._count)
        return True


class _Newest(NamedTuple):
    """What was read last: the numbers of its parts, and its chromaticities as they were written."""

    look: TimedLook
    targets_number: int
    patch_number: int
    xy: bytes


class PlanReader:
    """The process's end, over the same memory."""

    def __init__(self, sizes: PlanSizes, memory: memoryview) -> None:
        self._memory = memory
        targets_at, patch_at, end = sizes.parts_at
        count = ROWS * NUMBERS_A_CELL * sizes.cells
        targets = np.frombuffer(memory[targets_at:patch_at] or _NOTHING, np.float64, count)
        targets = targets.reshape(ROWS, sizes.cells, NUMBERS_A_CELL)
        self._xy, self._level = list(targets[:, :, :2]), list(targets[:, :, 2])
        patches = np.frombuffer(memory[patch_at:end] or _NOTHING, np.int64, ROWS * 2 * sizes.lights)
        self._patch = list(patches.reshape(ROWS, 2 * sizes.lights))
        self._read = 0
        self._newest: _Newest | None = None

    def newer(self) -> list[TimedLook]:
        """What the core has written since the last call, as far as it is still there."""
        while True:
            (count,) = _COUNT.unpack_from(self._memory)
            first = max(self._read, count - ROWS + 1)
            if first >= count:
                return []
            newest, looks = self._newest, []
            for number in range(first, count):
                newest = self._next(newest, *_ROW.unpack_from(self._memory, _ROWS_AT + number % ROWS * _ROW.size))
                looks.append(newest.look)
            if _COUNT.unpack_from(self._memory)[0] < first + ROWS:
                self._read, self._newest = count, newest
                return looks

    def _next(
        self, before: _Newest | None, frame: int, light_ns: int, targets_number: int, patch_number: int
    ) -> _Newest:
        """A row that was read after another one. What is as in that is the same object."""
        if before is not None and before.targets_number == targets_number:
            targets, written = before.look.targets, before.xy
        else:
            place = targets_number % ROWS
            written, level = self._xy[place].tobytes(), self._level[place].copy()
            if before is not None and written == before.xy:
                xy = before.look.targets.xy
            else:
                xy = within(np.frombuffer(written, np.float64).reshape(-1, 2))
            targets = Targets(xy, level if level.min(initial=0.0) >= 0.0 else np.maximum(level, 0.0))
        if before is not None and before.patch_number == patch_number:
            patch = before.look.patch
        else:
            patch = tuple(self._patch[patch_number % ROWS].tolist())
        return _Newest(TimedLook(frame, light_ns, targets, patch), targets_number, patch_number, written)
