"""Fades: a number on its way from where it was to a target, on show time."""

from __future__ import annotations

from fractions import Fraction

from tracking.records import Evolving
from tracking.settable import ROUND_TURNS, Curve, FadeRule, Way

MIRED = 1e6
"""Mired is a million over kelvin: equal steps of it look about equal (Judd, JOSA 23, 1933)."""
_FARTHEST_M = 10_000.0
"""A distance beyond it is as good as infinity."""


class Fade(Evolving):
    """A running fade: from `start` at `start_frame`, `target` is reached `fade_s` seconds of show time later.

    `way` is which way round it goes. `midnights` are those that it has carried the date over so far, + forward. `cue`
    is the number of the cue that began it, in thousandths; 0 is none. It stands from the frame `held` on, where that is
    not -1.
    """

    start_frame: int
    start: float
    target: float
    fade_s: float
    rule: FadeRule = "linear"
    way: Way = "shorter"
    midnights: int = 0
    curve: Curve = "linear"
    cue: int = 0
    held: int = -1


def is_over(fade: Fade, frame: int, rate: Fraction) -> bool:
    """Whether `frame` (at `rate` frames a second) is at or after the fade's end. One that stands does not end."""
    return (standing_at(frame, fade.held) - fade.start_frame) * rate.denominator >= fade.fade_s * rate.numerator


def standing_at(frame: int, held: int) -> int:
    """The frame at which something stands that stands from the frame `held` on; -1 is no such frame."""
    return frame if held < 0 else min(frame, held)


def went_on(frame: int, held: int, begun: int) -> int:
    """When something would have begun that goes on in `frame` from where it stood since `held`; see `standing_at`."""
    return begun if held < 0 else begun + max(0, frame - held)


def curved(share: float, curve: Curve) -> float:
    """The share of the way that is gone when a `share` of the time is; `ease` begins and ends without speed."""
    return share * share * (3.0 - 2.0 * share) if curve == "ease" else share


def faded_value(fade: Fade, frame: int, rate: Fraction) -> float:
    """The value at `frame`, exactly `target` from the fade's end on.

    It depends on the frame number alone, so skipped frames leave no trace.
    """
    share = _share(fade, frame, rate)
    if share in (0.0, 1.0):
        return fade.target if share else fade.start
    return between(fade.start, fade.target, share, fade.rule, fade.way)


def midnights_passed(fade: Fade, frame: int, rate: Fraction) -> int:
    """How many midnights a fading hour has passed by `frame`, + forward."""
    turn = ROUND_TURNS[fade.rule]
    gone = fade.start + way_round(fade.start, fade.target, turn, fade.way) * _share(fade, frame, rate)
    return round((gone - faded_value(fade, frame, rate)) / turn)


def _share(fade: Fade, frame: int, rate: Fraction) -> float:
    """How much of a fade is done: 0 until it begins, 1 from its end on."""
    if is_over(fade, frame, rate):
        return 1.0
    frames = standing_at(frame, fade.held) - fade.start_frame
    return curved(max(0.0, frames * rate.denominator / (fade.fade_s * rate.numerator)), fade.curve)


def between(start: float, target: float, share: float, rule: FadeRule, way: Way = "shorter") -> float:
    """The value a `share` (0 to 1) of the way from `start` to `target`.

    A distance moves evenly in one over it, where 0 is infinity: so does the parallax that it makes. A number of stops
    is a logarithm already, so `stops` moves it evenly, as `linear` does. Angles and hours go round, by `way`.
    """
    if rule in ROUND_TURNS:
        return _around(start, target, share, rule, way)
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


def way_round(start: float, target: float, turn: float, way: Way) -> float:
    """How far it is round from `start` to `target`, less than 0 backward. Half a turn goes forward, no turn nowhere."""
    if way == "shorter":
        return 0.5 * turn - (start - target + 0.5 * turn) % turn
    return (target - start) % turn if way == "forward" else -((start - target) % turn)


def _around(start: float, target: float, share: float, rule: FadeRule, way: Way) -> float:
    """A value on its way round. Where it crosses the seam, it is written as -180 to 180 degrees, or 0 to 24 hours."""
    turn = ROUND_TURNS[rule]
    far = way_round(start, target, turn, way)
    value = start + far * share
    if far == target - start:
        return _within(value, start, target)
    low = 0.0 if rule == "clock" else -0.5 * turn
    written = (value - low) % turn + low
    return written if written < low + turn else low
