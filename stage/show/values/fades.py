"""Fades: a number on its way from where it was to a target, on show time."""

from __future__ import annotations

from fractions import Fraction

from tracking.records import Evolving
from tracking.settable import FadeRule

MIRED = 1e6
"""Mired is a million over kelvin: equal steps of it look about equal (Judd, JOSA 23, 1933)."""
_FARTHEST_M = 10_000.0
"""A distance beyond it is as good as infinity."""
_TURNS: dict[FadeRule, float] = {"circular": 360.0, "clock": 24.0}


class Fade(Evolving):
    """A running fade: from `start` at `start_frame`, `target` is reached `fade_s` seconds of show time later."""

    start_frame: int
    start: float
    target: float
    fade_s: float
    rule: FadeRule = "linear"


def is_over(fade: Fade, frame: int, rate: Fraction) -> bool:
    """Whether `frame` (at `rate` frames a second) is at or after the fade's end."""
    return (frame - fade.start_frame) * rate.denominator >= fade.fade_s * rate.numerator


def faded_value(fade: Fade, frame: int, rate: Fraction) -> float:
    """The value at `frame`, exactly `target` from the fade's end on.

    It depends on the frame number alone, so skipped frames leave no trace.
    """
    if is_over(fade, frame, rate):
        return fade.target
    elapsed = (frame - fade.start_frame) * rate.denominator
    if elapsed <= 0:
        return fade.start
    return between(fade.start, fade.target, elapsed / (fade.fade_s * rate.numerator), fade.rule)


def between(start: float, target: float, share: float, rule: FadeRule) -> float:
    """The value a `share` (0 to 1) of the way from `start` to `target`.

    A distance moves evenly in one over it, where 0 is infinity: so does the parallax that it makes. A number of stops
    is a logarithm already, so `stops` moves it evenly, as `linear` does. Angles and hours go the
    shorter way round; half a turn goes up.
    """
    if rule in _TURNS:
        return _around(start, target, share, rule)
    if rule == "nearness":
        nearness = _straight(_nearness(start), _nearness(target), share)
        value = 1.0 / nearness if nearness * _FARTHEST_M > 1.0 else 0.0
        return _within(value, start, target) if value > 0.0 and start > 0.0 and target > 0.0 else value
    if rule == "mired" and start > 0.0 and target > 0.0:
        value = MIRED / _straight(MIRED / start, MIRED / target, share)
    else:
        value = _straight(start, target, share)
    return _within(value, start, target)


def _nearness(distance_m: float) -> float:
    return 1.0 / distance_m if distance_m > 0.0 else 0.0


def _straight(start: float, target: float, share: float) -> float:
    return start + (target - start) * share


def _within(value: float, one: float, other: float) -> float:
    low, high = (one, other) if one < other else (other, one)
    return min(max(value, low), high)


def _around(start: float, target: float, share: float, rule: FadeRule) -> float:
    """The shorter way round. Where it crosses the seam, it is written as -180 to 180 degrees, or 0 to 24 hours."""
    turn = _TURNS[rule]
    way = 0.5 * turn - (start - target + 0.5 * turn) % turn
    value = start + way * share
    if way == target - start:
        return _within(value, start, target)
    low = 0.0 if rule == "clock" else -0.5 * turn
    return (value - low) % turn + low
