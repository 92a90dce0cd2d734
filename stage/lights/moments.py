"""Which plans a moment lies between: lights show the wall's light of that moment, not the newest plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from stage.lights.mixing.targets import Targets, on_the_way, targets_after, targets_of
from stage.show.frame.lights import NUMBERS_A_CELL, LightsPlan

MOST_PLANS = 64
_SAME = 1e-3
"""A moment so near to a plan's, as a share of the way to the next, is that plan's: nothing is smeared between two."""


class TimedLook(NamedTuple):
    """A plan as it is mixed: what all cells are to give when a wall emits the light of `frame`, at `light_ns`."""

    frame: int
    light_ns: int
    targets: Targets
    patch: tuple[int, ...]
    numbers: tuple[float, ...] = ()
    """The targets as they came in a plan."""


class Between(NamedTuple):
    """Between two looks, and the share of the way from the first to the second; equal where there is only one."""

    first: TimedLook
    second: TimedLook
    share: float

    @property
    def at_frame(self) -> float:
        """The moment of show time, in frames."""
        return self.first.frame + self.share * (self.second.frame - self.first.frame)


def look_of(plan: LightsPlan, cells: int, lights: int, before: TimedLook | None = None) -> TimedLook | None:
    """The look of a plan; None where it is not of a stage of so many cells and lights.

    What is as in the look `before` is the same object: so whoever goes on sees at once what does not move.
    """
    frame, light_ns, numbers, patch = plan.frame, plan.light_ns, plan.targets, plan.patch
    if len(numbers) != NUMBERS_A_CELL * cells or len(patch) != 2 * lights or not math.isfinite(sum(numbers)):
        return None
    if before is None:
        return TimedLook(frame, light_ns, targets_of(numbers), patch, numbers)
    patch = before.patch if patch == before.patch else patch
    if numbers == before.numbers:
        return TimedLook(frame, light_ns, before.targets, patch, before.numbers)
    return TimedLook(frame, light_ns, targets_after(before.targets, before.numbers, numbers), patch, numbers)


class Delays:
    """The lights' latencies, from packet to light: cells of the same latency are shown the same moment.

    `latencies_ns` and `cells` have a number for each light. `each_ns` are the different latencies, rising.
    """

    def __init__(self, latencies_ns: Sequence[int], cells: Sequence[int]) -> None:
        of_cells = np.repeat(np.array(latencies_ns, np.int64), cells)
        self.each_ns: tuple[int, ...] = tuple(sorted(set(latencies_ns))) or (0,)
        self._rows = [np.flatnonzero(of_cells == latency) for latency in self.each_ns]

    def mixed(self, betweens: Sequence[Between]) -> Targets:
        """The targets of all cells: those of each latency from the looks that it lies between."""
        if len(betweens) == 1:
            return _interpolated(betweens[0])
        each = [_interpolated(between) for between in betweens]
        xy, level = each[0]
        if all(one is each[0] for one in each):
            return each[0]
        if any(one.xy is not xy for one in each):
            xy = xy.copy()
            for rows, one in zip(self._rows, each, strict=True):
                xy[rows] = one.xy[rows]
        level = level.copy()
        for rows, one in zip(self._rows, each, strict=True):
            level[rows] = one.level[rows]
        return Targets(xy, level)


def _interpolated(between: Between) -> Targets:
    first, second, share = between
    if share == 0.0 or first.targets is second.targets:
        return first.targets
    return on_the_way(first.targets, second.targets, share)


def _between(first: TimedLook, second: TimedLook, moment_ns: int) -> Between:
    share = (moment_ns - first.light_ns) / (second.light_ns - first.light_ns)
    if share < _SAME:
        return Between(first, first, 0.0)
    return Between(second, second, 0.0) if share > 1.0 - _SAME else Between(first, second, share)


class Plans:
    """The newest looks, in the order of their light."""

    def __init__(self) -> None:
        self._plans: list[TimedLook] = []

    @property
    def newest(self) -> TimedLook | None:
        """The look of the latest light."""
        return self._plans[-1] if self._plans else None

    def add(self, look: TimedLook) -> None:
        """A later look. Those that were to be shown after it were of a time that has been corrected."""
        while self._plans and self._plans[-1].light_ns >= look.light_ns:
            self._plans.pop()
        self._plans.append(look)
        del self._plans[:-MOST_PLANS]

    def forget(self) -> None:
        """Another core speaks: its plans do not follow on these."""
        self._plans.clear()

    def at(self, now_ns: int, later_ns: Sequence[int]) -> tuple[Between, ...]:
        """What each of the moments that are so much later than now, rising, lies between: the newest look where that is
        due and no later one has come. What no moment from these on lies after is forgotten. There is a look.
        """
        plans = self._plans
        while len(plans) > 2 and plans[1].light_ns <= now_ns + later_ns[0]:
            del plans[0]
        return tuple([self._at(now_ns + later) for later in later_ns])

    def _at(self, moment_ns: int) -> Between:
        second = None
        for first in reversed(self._plans):
            if first.light_ns <= moment_ns:
                return Between(first, first, 0.0) if second is None else _between(first, second, moment_ns)
            second = first
        return Between(first, first, 0.0)
