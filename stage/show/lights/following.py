"""Following: from the light that was measured to the light that is shown, frame by frame. Pure.

All of it is in flat tuples and done in single passes: two hundred followers must not cost the loop a fifth of a
millisecond.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from stage.show.frame.lights import LightReached
from stage.show.lights.colour import NEUTRAL_XY, XYZ_FROM_ACESCG
from stage.show.lights.state import LightsState, ProbeLayout, asked_by

MOST_LAYOUTS = 16
BRIGHTEST = 1e9
"""No light is brighter: what is beyond is no light, and is ignored."""
_DARK = 1e-12
"""Light below this is none: its chromaticity would be made of roundings."""
(_XR, _XG, _XB), (_YR, _YG, _YB), (_ZR, _ZG, _ZB) = XYZ_FROM_ACESCG
_SR, _SG, _SB = _XR + _YR + _ZR, _XG + _YG + _ZG, _XB + _YB + _ZB


def note_layout(state: LightsState, frame: int, probes: tuple[int, ...]) -> None:
    """Notes whose the probes of this frame's plan are."""
    if not state.layouts or state.layouts[-1].probes != probes:
        state.layouts.append(ProbeLayout(from_frame=frame, probes=probes))
        del state.layouts[:-MOST_LAYOUTS]


def note_reached(state: LightsState, reached: LightReached) -> None:
    """Takes over the light that reached the followers, as far as it is light, and of probes that were planned."""
    light = reached.light
    layout = next((one for one in reversed(state.layouts) if one.from_frame <= reached.frame), None)
    if layout is None or reached.frame > state.frame or len(light) != 3 * len(layout.probes):
        return
    if not (sum(light) < BRIGHTEST and min(light, default=0.0) >= 0.0):
        return
    if reached.brightest is not None and all(map(math.isfinite, reached.brightest)):
        state.brightest = reached.brightest
    if layout.probes == state.slots:
        state.goal = light
        return
    _scatter(state, layout.probes, light)


def _scatter(state: LightsState, probes: tuple[int, ...], light: tuple[float, ...]) -> None:
    """The light of probes to their slots, and to those who asked."""
    found = {probe: light[3 * place : 3 * place + 3] for place, probe in enumerate(probes)}
    goal: list[float] = []
    for slot in state.slots:
        goal += found.get(slot) or state.goal[len(goal) : len(goal) + 3]
    state.goal = tuple(goal)
    for asked in state.asked:
        parts = [part for probe, rgb in found.items() if asked_by(probe) == asked.number for part in rgb]
        if parts:
            asked.reached = mean_of(parts)


def mean_of(light: Sequence[float]) -> tuple[float, float, float]:
    """The mean of red, green and blue of several slots or probes."""
    count = len(light) // 3
    return (math.fsum(light[0::3]) / count, math.fsum(light[1::3]) / count, math.fsum(light[2::3]) / count)


def kept_share(smooth_s: float, passed_s: float) -> float:
    """How much of the way to its goal a light goes in so many seconds: all of it without smoothing."""
    return 1.0 - math.exp(-passed_s / smooth_s) if smooth_s > 0.0 else 1.0


def smoothed(now: tuple[float, ...], goal: tuple[float, ...], ways: Sequence[float] | float) -> tuple[float, ...]:
    """The light shown, moved on towards its goal: one share of the way for all, or one for each number."""
    if isinstance(ways, float):
        return tuple([a + (b - a) * ways for a, b in zip(now, goal, strict=True)])
    return tuple([a + (b - a) * way for a, b, way in zip(now, goal, ways, strict=True)])


def slot_targets(
    state: LightsState,
    gains: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    scales: Sequence[float],
) -> list[float]:
    """x, y and level of each slot, one after the other.

    A gain is of the followed light; then come the least and the most level, and what groups and masters leave of it.
    """
    found: list[float] = []
    now = state.now
    rows = zip(now[0::3], now[1::3], now[2::3], gains, lows, highs, scales, strict=True)
    for place, (r, g, b, gain, low, high, scale) in enumerate(rows):
        y = _YR * r + _YG * g + _YB * b
        total = _SR * r + _SG * g + _SB * b
        level = y * gain
        if low > 0.0 or total <= _DARK:
            found += _topped(
                state, place, (_XR * r + _XG * g + _XB * b, y, total), (gain, low, min(level, high), scale)
            )
        else:
            found += ((_XR * r + _XG * g + _XB * b) / total, y / total, (level if level < high else high) * scale)
    return found


def _topped(
    state: LightsState, place: int, light: tuple[float, float, float], limits: tuple[float, float, float, float]
) -> tuple[float, float, float]:
    """A slot with a least level, or in the dark. What lacks is filled with the colour that it had when nothing did: so
    neither level nor colour steps when a sun sets. `light` is X, Y and the sum of X, Y and Z.
    """
    (big_x, big_y, total), (gain, low, level, scale) = light, limits
    slot = state.slots[place]
    if level >= low and total > _DARK:
        x, y = big_x / total, big_y / total
        if low > 0.0 and state.held.get(slot) != (x, y):
            state.held[slot] = (x, y)
        return (x, y, level * scale)
    x, y = state.held.get(slot, NEUTRAL_XY)
    share = (low - max(level, 0.0)) / (max(y, 1e-3) * gain)
    whole = max(total, 0.0) + share
    if whole > _DARK:
        x, y = (big_x + share * x) / whole, (big_y + share * y) / whole
    return (x, y, max(low, 0.0) * scale)
