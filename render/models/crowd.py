"""Where the figures of a crowd are, and how they go: numbers that a shader makes places of, at any time.

Each figure goes to and fro on a stretch of its own, a whole number of times in `LOOP_S`, and with a whole number of
steps. So where all are is a function of one share of that time, which holds single precision for days.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.models.crowd_walks import LONGEST_WALK_M
from render.models.ground import Places, Wide
from render.models.model import Floats, Stood
from render.worlds.model.crowd import CrowdPlan

LOOP_S = 600
ROW_FLOATS = 16
_SHORTEST_M = 0.5
_GROUPS = 48
"""The crowd is drawn by so many groups of those near each other."""


class Group(NamedTuple):
    """Figures from `start` to before `stop` of all, within a ball of `radius` (without their own size) at all times."""

    start: int
    stop: int
    middle: tuple[float, float, float]
    radius: float


class Gait(NamedTuple):
    """A model whose movement takes `cycle_s` and, walking, goes on by `stride_m`. `share` of all figures are of it."""

    cycle_s: float
    stride_m: float
    share: int = 1


class Figures(NamedTuple):
    """`rows`: (n, 16): where its way begins and its direction; length, times in `LOOP_S`, share at the start, cycles of
    the movement; size and tint; how high it begins, its first bend, how many it has, and how high it is, about. Metres
    to the right, ahead and up on the crowd's ground. `bends`: (m, 2) how far along a way each is, and how high.
    `levels`: (n, 2) how low and how high each figure ever is.
    """

    rows: Floats
    groups: tuple[Group, ...]
    bends: Floats
    levels: Wide


def figures_of(crowd: CrowdPlan, cycle_s: float, stride_m: float, stood: Stood | None = None) -> Figures:
    """The figures of a crowd of one model, on its polygon or where they are said to stand."""
    return figures_of_each(crowd, (Gait(cycle_s, stride_m),), stood)[0]


def figures_of_each(crowd: CrowdPlan, gaits: Sequence[Gait], stood: Stood | None = None) -> tuple[Figures, ...]:
    """The figures of a crowd by their models. Its seed says which figure is of which."""
    rng = np.random.default_rng(crowd.seed)
    count, begins, ways, length = _ways(rng, crowd) if stood is None else _ways_of(stood)
    of_gait = _of_gait(crowd.seed, count, gaits)
    cycle_s, stride_m = (np.array(column)[of_gait] for column in ([one[place] for one in gaits] for place in (0, 1)))
    rows = np.zeros((count, ROW_FLOATS), np.float32)
    sizes = 1.0 + rng.uniform(-1.0, 1.0, count) * crowd.size_spread
    if crowd.walks:
        speed = crowd.speed_m_s * rng.uniform(0.8, 1.2, count)
        times = np.maximum(np.round(LOOP_S * speed / np.maximum(2.0 * length, _SHORTEST_M)), 1.0)
        steps = np.maximum(np.round(2.0 * length / (stride_m * sizes)), 1.0)
    else:
        times = np.maximum(np.round(LOOP_S / cycle_s * rng.uniform(0.85, 1.15, count)), 1.0)
        steps = np.ones(count)
    rows[:, :8] = np.column_stack([begins, ways, length, times, rng.random(count), steps])
    rows[:, 8] = sizes
    shades = np.exp2(3.0 * crowd.tint_spread * rng.uniform(-1.0, 0.6, (count, 1)))
    rows[:, 9:12] = shades * (1.0 + 0.7 * crowd.tint_spread * rng.uniform(-1.0, 1.0, (count, 3)))
    if stood is not None:
        rows[:, 12:15] = stood.rows[:, 5:]
    bends = np.zeros((0, 2), np.float32) if stood is None else stood.bends
    return tuple(_grouped(rows[of_gait == number], bends) for number in range(len(gaits)))


def _ways(rng: np.random.Generator, crowd: CrowdPlan) -> tuple[int, Wide, Wide, Wide]:
    """How many there are on a polygon; where the ways of all begin, where they lead, and how long they are."""
    area = np.array(crowd.area_m or (), np.float64)
    places = _places(rng, area, crowd.count)
    count = len(places)
    off = np.radians(rng.uniform(-1.0, 1.0, count) * crowd.turn_deg)
    heading = math.radians(crowd.flow_deg) + (0.15 * off if crowd.walks else off)
    ways = np.stack([-np.sin(heading), np.cos(heading)], axis=1)
    if not crowd.walks:
        return count, places, ways, np.zeros(count)
    before, after = _room(places, ways, area)
    return count, places - before[:, None] * ways, ways, before + after


def _ways_of(stood: Stood) -> tuple[int, Wide, Wide, Wide]:
    rows = stood.rows.astype(np.float64)
    return len(rows), rows[:, :2], rows[:, 2:4], rows[:, 4]


def _of_gait(seed: int, count: int, gaits: Sequence[Gait]) -> Places:
    """Which model each figure is of: as many of each as its share says, up to one."""
    shares = np.repeat(np.arange(len(gaits)), [gait.share for gait in gaits])
    order = np.random.default_rng((seed, 1)).permutation(count)
    return np.asarray(shares[order % len(shares)], np.intp)


def _places(rng: np.random.Generator, area: Wide, count: int) -> Wide:
    """Places inside a polygon, evenly."""
    low, high = area.min(axis=0), area.max(axis=0)
    found: list[Wide] = []
    missing = count
    for _ in range(200):
        if missing <= 0:
            break
        tried = rng.uniform(low, high, (max(64, 2 * missing), 2))
        inside = tried[_is_inside(tried, area)][:missing]
        found.append(inside)
        missing -= len(inside)
    return np.concatenate(found) if found else np.zeros((0, 2))


def _is_inside(places: Wide, area: Wide) -> NDArray[np.bool_]:
    """Even-odd rule."""
    inside = np.zeros(len(places), dtype=bool)
    for a, b in zip(area, np.roll(area, -1, axis=0), strict=True):
        if a[1] != b[1]:
            across = (places[:, 1] < a[1]) != (places[:, 1] < b[1])
            inside ^= across & (places[:, 0] < a[0] + (places[:, 1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0]))
    return inside


def _room(places: Wide, ways: Wide, area: Wide) -> tuple[Wide, Wide]:
    """How far each figure can go back and on until it meets an edge, or is half of the longest way off."""
    before = np.full(len(places), 0.5 * LONGEST_WALK_M)
    after = before.copy()
    for a, b in zip(area, np.roll(area, -1, axis=0), strict=True):
        edge, to = b - a, a - places
        across = ways[:, 0] * edge[1] - ways[:, 1] * edge[0]
        with np.errstate(divide="ignore", invalid="ignore"):
            along = (to[:, 0] * edge[1] - to[:, 1] * edge[0]) / across
            share = (to[:, 0] * ways[:, 1] - to[:, 1] * ways[:, 0]) / across
        meets = (across != 0.0) & (share >= 0.0) & (share <= 1.0)
        after = np.where(meets & (along >= 0.0), np.minimum(after, along), after)
        before = np.where(meets & (along <= 0.0), np.minimum(before, -along), before)
    return before, after


def _grouped(rows: Floats, bends: Floats) -> Figures:
    """In groups of equally many, as many for a hundred as for ten thousand: each is a draw of its own."""
    if not len(rows):
        return Figures(rows, (), bends, np.zeros((0, 2)))
    begins = rows[:, :2].astype(np.float64)
    ends = begins + rows[:, 4:5].astype(np.float64) * rows[:, 2:4]
    bends, low, high = _own_bends(rows, bends)
    rows[:, 15] = 0.5 * (low + high)
    parts = list(_halved(np.arange(len(rows)), 0.5 * (begins + ends), min(len(rows), _GROUPS)))
    groups, start = [], 0
    for part in parts:
        level = np.concatenate([begins[part], ends[part]])
        corners = np.concatenate([np.column_stack([level, np.tile(one[part], 2)]) for one in (low, high)])
        middle = 0.5 * (corners.min(axis=0) + corners.max(axis=0))
        radius = float(np.linalg.norm(corners - middle, axis=1).max())
        groups.append(Group(start, start + len(part), (float(middle[0]), float(middle[1]), float(middle[2])), radius))
        start += len(part)
    order = np.concatenate(parts)
    return Figures(rows[order], tuple(groups), bends, np.column_stack([low, high])[order])


def _own_bends(rows: Floats, bends: Floats) -> tuple[Floats, Wide, Wide]:
    """The bends of these figures alone, by which rows name them from now on, and how low and how high each ever is."""
    if not len(bends):
        heights = rows[:, 12].astype(np.float64)
        return bends, heights, heights
    first, counts = rows[:, 13].astype(np.intp), rows[:, 14].astype(np.intp)
    starts = np.cumsum(counts) - counts
    own = bends[np.repeat(first - starts, counts) + np.arange(counts.sum())]
    rows[:, 13] = starts
    heights = own[:, 1].astype(np.float64)
    return own, np.minimum.reduceat(heights, starts), np.maximum.reduceat(heights, starts)


def _halved(chosen: NDArray[np.intp], middles: Wide, groups: int) -> Iterator[NDArray[np.intp]]:
    """So many groups of those near each other, split again and again across the way along which they are wide."""
    if groups == 1:
        yield chosen
        return
    here = middles[chosen]
    order = np.argsort(here[:, int(np.ptp(here, axis=0).argmax())], kind="stable")
    first = len(chosen) * (groups // 2) // groups
    yield from _halved(chosen[order[:first]], middles, groups // 2)
    yield from _halved(chosen[order[first:]], middles, groups - groups // 2)


def share_of_loop(time_us: int) -> float:
    """Where a crowd is in its loop, 0 to 1, of a time in whole microseconds."""
    whole = LOOP_S * 1_000_000
    return (time_us % whole) / whole
