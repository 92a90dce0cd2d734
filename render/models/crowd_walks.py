"""How figures of a crowd walk on ground that is not level: how far each can, and how high it is on its way.

A way over triangles rises evenly on each of them, so it is told by its bends, which the vertex shader looks up.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.models.ground import SAME_M, Ground, Places, Wide, areas_m2
from render.models.model import Stood
from render.worlds.model.spaces import GroundUse

LONGEST_WALK_M = 24.0
MOST_STEP_M = 0.5
"""Figures go up and down steps as high as this; before higher ones they turn."""
MOST_BENDS = 60
"""In each direction from where a figure begins; a way with more ends there."""
ROOM_M = 1.5
"""Figures stand and walk only where there is so much room above."""
_MOST_PARTS = 400
_PAIRS = 40_000_000
"""So many triangles are looked at for all figures together; then ways end. Only ground that lies many times above
itself needs more.
"""
_TRIES = 8
_BEYOND_M = 1e-4
"""So far beyond an edge the next triangle is looked for: what is narrower is stepped over."""
_EVEN = 1e-9
_AT_ONCE = 500_000
_SAME, _NONE, _BLOCKED = -1, -2, -3
"""In the place of the triangle upon which a figure goes on."""


class OnGround(NamedTuple):
    """Figures on triangles: `places` (n, 2) where each is put, and on which one."""

    places: Wide
    triangles: Places


class Bends(NamedTuple):
    """Of ways one after the other in `along_m`, `counts` places each: how far along each is, and on which plane."""

    counts: Places
    along_m: Wide
    triangles: Places


class Walks(NamedTuple):
    """How far each figure goes back and on from where it was put, and where its way bends, from its beginning on."""

    before_m: Wide
    after_m: Wide
    bends: Bends


def stood_on(ground: Ground, use: GroundUse) -> Stood:
    """Who stands where on the ground, and how each walks there. One seed gives the same on every machine.

    Heights are those of the places that single precision has, so that none of its steps is a step off the ground.
    """
    rng = np.random.default_rng((use.seed, 2))
    figures = put_on(ground, rng, use.count)
    off = np.radians(rng.uniform(-1.0, 1.0, use.count) * use.turn_deg)
    heading = math.radians(use.flow_deg) + (0.15 * off if use.walks else off)
    ways = np.stack([-np.sin(heading), np.cos(heading)], axis=1)
    rows = np.zeros((use.count, 8), np.float32)
    rows[:, :4] = np.column_stack([figures.places, ways])
    if not use.walks:
        rows[:, 5] = ground.height(figures.triangles, rows[:, :2].astype(np.float64))
        return Stood(rows, np.zeros((0, 2), np.float32))
    before, after, (counts, along_m, planes) = walks_on(ground, figures, ways, 0.5 * LONGEST_WALK_M)
    rows[:, :2], rows[:, 4] = figures.places - before[:, None] * ways, before + after
    along = along_m.astype(np.float32)
    wide = rows[np.repeat(np.arange(use.count), counts)].astype(np.float64)
    heights = ground.height(planes, wide[:, :2] + along.astype(np.float64)[:, None] * wide[:, 2:4])
    bends = np.column_stack([along, heights]).astype(np.float32)
    first = np.cumsum(counts) - counts
    rows[:, 5:] = np.column_stack([bends[first, 1], first, counts])
    return Stood(rows, bends)


def put_on(ground: Ground, rng: np.random.Generator, count: int) -> OnGround:
    """So many figures, evenly by the area of the ground. Those for whom something lies too close above are put anew."""
    ends = np.cumsum(areas_m2(ground))
    places, triangles = np.zeros((count, 2)), np.zeros(count, np.intp)
    wrong = np.arange(count)
    for _ in range(_TRIES):
        found = np.searchsorted(ends, rng.random(len(wrong)) * ends[-1], side="right")
        found = np.minimum(found, len(ends) - 1)
        root, across = np.sqrt(rng.random(len(wrong)))[:, None], rng.random(len(wrong))[:, None]
        a, b, c = (ground.corners[found, corner, :2] for corner in range(3))
        places[wrong] = (1.0 - root) * a + root * (1.0 - across) * b + root * across * c
        triangles[wrong] = found
        wrong = wrong[~_are_free(ground, places[wrong], ground.height(found, places[wrong]))]
        if not len(wrong):
            break
    return OnGround(places, triangles)


def walks_on(ground: Ground, figures: OnGround, ways: Wide, most_m: float) -> Walks:
    """How each figure walks along its way and back, at most `most_m` from where it is put."""
    count = len(ways)
    both = OnGround(np.concatenate([figures.places] * 2), np.concatenate([figures.triangles] * 2))
    gone = _Ways(ground, both, np.concatenate([-ways, ways]), most_m)
    gone.go()
    counts, along, triangles = gone.counts, gone.along, gone.planes
    before, after = gone.length[:count], gone.length[count:]
    places = np.arange(MOST_BENDS)
    back = places < counts[:count, None]
    on = places < counts[count:, None]
    # Way back, in turned order, then the way on: one row for each figure, the unused places left out.
    whole = np.concatenate([(before[:, None] - along[:count])[:, ::-1], before[:, None] + along[count:]], axis=1)
    used = np.concatenate([back[:, ::-1], on], axis=1)
    found = np.concatenate([triangles[:count, ::-1], triangles[count:]], axis=1)
    return Walks(before, after, Bends(used.sum(axis=1), whole[used], found[used]))


class _Ways:
    """Figures that go one way, all at once: from one triangle, and one cell of the grid, to the next."""

    def __init__(self, ground: Ground, figures: OnGround, ways: Wide, most_m: float) -> None:
        count = len(ways)
        self._ground, self._most_m = ground, most_m
        self._places, self._ways = figures.places, ways
        self._on = figures.triangles.copy()
        self._gone = np.zeros(count)
        self.length = np.zeros(count)
        self.counts = np.zeros(count, np.intp)
        self.along = np.zeros((count, MOST_BENDS))
        self.planes = np.zeros((count, MOST_BENDS), np.intp)
        self._tried = 0

    def go(self) -> None:
        """Until each has ended. The last bend of each is its end."""
        going = np.arange(len(self._ways))
        for _ in range(_MOST_PARTS):
            if len(going):
                going = np.concatenate([self._step(part) for part in self._portions(going)])
        self._end(going, self._gone[going])

    def _portions(self, going: Places) -> list[Places]:
        step = max(1, _AT_ONCE * len(self._ground.starts) // len(self._ground.members))
        return [going[first : first + step] for first in range(0, len(going), step)]

    def _step(self, going: Places) -> Places:
        """Takes some figures on to the next edge of anything; those that go on from there."""
        ground, on, gone = self._ground, self._on[going], self._gone[going]
        places, ways = self._places[going], self._ways[going]
        probes = places + (gone + _BEYOND_M)[:, None] * ways
        reach = gone + _BEYOND_M + np.maximum(ground.until_next_cell(probes, ways), 0.0)
        left = ground.crossed(on, places, ways)[1]
        until = np.maximum(np.minimum(np.minimum(left, reach), self._most_m), gone)
        met, upon = self._met(going, probes, until)
        here = places + met[:, None] * ways
        leaves = (upon == _NONE) & (left <= until)
        beyond = places + (met + _BEYOND_M)[:, None] * ways
        found = ground.below(beyond[leaves], ground.height(on[leaves], here[leaves]), MOST_STEP_M)
        upon[leaves] = np.where(found < 0, _BLOCKED, found)
        upon[(upon == _NONE) & (met < self._most_m)] = _SAME
        is_over = (self.counts[going] > MOST_BENDS - 3) | (self._tried > _PAIRS) | (met >= self._most_m)
        ends = is_over | (upon < _SAME)
        self._end(going[ends], met[ends])
        on_on, after = going[~ends], upon[~ends]
        changes = after != _SAME
        self._change(on_on[changes], met[~ends][changes], after[changes])
        self._gone[on_on] = met[~ends] + np.where(leaves[~ends], _BEYOND_M, 0.0)
        return on_on

    def _met(self, going: Places, probes: Wide, until: Wide) -> tuple[Wide, Places]:
        """Where each meets what lies above its own triangle first, before it has gone on `until`, and what comes then:
        the triangle that it steps upon, `_BLOCKED` before what is too high, `_NONE` where it meets nothing.
        """
        ground = self._ground
        of, tried = ground.in_cells(probes)
        self._tried += len(of)
        who = going[of]
        begins, ends = ground.crossed(tried, self._places[who], self._ways[who])
        begins = np.maximum(begins, self._gone[who])
        meets = (begins < ends - _BEYOND_M) & (begins <= until[of]) & (tried != self._on[who])
        of, who, tried, begins = of[meets], who[meets], tried[meets], begins[meets]
        here = self._places[who] + (begins + _BEYOND_M)[:, None] * self._ways[who]
        above = ground.height(tried, here) - ground.height(self._on[who], here)
        meets = (above > SAME_M) & (above < ROOM_M)
        of, tried, begins, above = of[meets], tried[meets], begins[meets], above[meets]
        order = np.lexsort((tried, above, -begins, of))
        met, upon = until.copy(), np.full(len(going), _NONE)
        met[of[order]] = begins[order]  # the last one, which comes first on the way, stays
        upon[of[order]] = np.where(above[order] > MOST_STEP_M, _BLOCKED, tried[order])
        return met, upon

    def _change(self, who: Places, at: Wide, after: Places) -> None:
        """They go on upon another triangle: a bend where that rises otherwise, two where there is a step."""
        ground, before = self._ground, self._on[who]
        here = self._places[who] + at[:, None] * self._ways[who]
        steps = np.abs(ground.height(after, here) - ground.height(before, here)) > SAME_M * 0.1
        slopes = ((ground.rises[after] - ground.rises[before]) * self._ways[who]).sum(axis=1)
        self._note(who[steps], at[steps], before[steps])
        bends = steps | (np.abs(slopes) > _EVEN)
        self._note(who[bends], at[bends], after[bends])
        self._on[who] = after

    def _end(self, who: Places, at: Wide) -> None:
        self.length[who] = at
        self._note(who, at, self._on[who])

    def _note(self, who: Places, at: Wide, plane: Places) -> None:
        self.along[who, self.counts[who]], self.planes[who, self.counts[who]] = at, plane
        self.counts[who] += 1


def _are_free(ground: Ground, places: Wide, heights: Wide) -> NDArray[np.bool_]:
    step = max(1, _AT_ONCE * len(ground.starts) // len(ground.members))
    parts = [
        ground.is_free(places[first : first + step], heights[first : first + step], ROOM_M)
        for first in range(0, len(places), step)
    ]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)
