"""Fades: a number on its way from where it was to a target, on show time."""

from __future__ import annotations

from fractions import Fraction

from tracking.records import Evolving


class Fade(Evolving):
    """A running fade: from `start` at `start_frame`, `target` is reached `fade_s` seconds of show time later."""

    start_frame: int
    start: float
    target: float
    fade_s: float


def is_over(fade: Fade, frame: int, rate: Fraction) -> bool:
    """Whether `frame` (at `rate` frames a second) lies at or after the fade's end."""
    return (frame - fade.start_frame) * rate.denominator >= fade.fade_s * rate.numerator


def value_at(fade: Fade, frame: int, rate: Fraction) -> float:
    """The faded value at `frame`: a straight line, exactly `target` from its end on.

    It depends on the frame number alone, so skipped frames leave no trace.
    """
    if is_over(fade, frame, rate):
        return fade.target
    elapsed = (frame - fade.start_frame) * rate.denominator
    if elapsed <= 0:
        return fade.start
    value = fade.start + (fade.target - fade.start) * (elapsed / (fade.fade_s * rate.numerator))
    low, high = (fade.start, fade.target) if fade.start < fade.target else (fade.target, fade.start)
    return min(max(value, low), high)
