"""A dissolve: the share of the coming world, on show time. Pure."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from stage.show.values.fades import curved, standing_at, went_on
from tracking.records import Evolving
from tracking.settable import Curve

HASTE_S = 0.5
"""How long a dissolve still takes at most when another world is asked for meanwhile."""


class Dissolve(Evolving):
    """A dissolve to the world `coming`: a `share` of it was done at `frame`.

    It is done in `fade_s` seconds of show time, or undone as fast where it runs `back`. `curve` says how much of the
    light the coming world has. It stands from the frame `held` on, where that is not -1.
    """

    coming: str
    frame: int
    share: float
    fade_s: float
    back: bool = False
    curve: Curve = "linear"
    held: int = -1


def light_at(dissolve: Dissolve, frame: int, rate: Fraction) -> float:
    """The coming world's share of the light at `frame` (at `rate` frames a second), 0 to 1."""
    return curved(share_at(dissolve, frame, rate), dissolve.curve)


def share_at(dissolve: Dissolve, frame: int, rate: Fraction) -> float:
    """How much of a dissolve is done at `frame` (at `rate` frames a second), 0 to 1.

    It depends on the frame number alone, so skipped frames leave no trace.
    """
    frames = standing_at(frame, dissolve.held) - dissolve.frame
    elapsed = frames * rate.denominator / (dissolve.fade_s * rate.numerator)
    share = dissolve.share - elapsed if dissolve.back else dissolve.share + elapsed
    return min(max(share, 0.0), 1.0)


def is_over(dissolve: Dissolve, frame: int, rate: Fraction) -> bool:
    """Whether one of the two worlds has all of the light at `frame`: the coming one, or, run back, the other."""
    share = share_at(dissolve, frame, rate)
    return share <= 0.0 if dissolve.back else share >= 1.0


def end_frame(dissolve: Dissolve, rate: Fraction) -> int | None:
    """The first frame in which it is over; None while it stands."""
    if dissolve.held >= 0:
        return None
    rest = dissolve.share if dissolve.back else 1.0 - dissolve.share
    frame = dissolve.frame + max(0, round(rest * dissolve.fade_s * rate))
    while not is_over(dissolve, frame, rate):
        frame += 1
    while frame > dissolve.frame and is_over(dissolve, frame - 1, rate):
        frame -= 1
    return frame


def turned(dissolve: Dissolve, frame: int, rate: Fraction, *, back: bool) -> Dissolve:
    """The same dissolve, running back or onwards from `frame` on."""
    if dissolve.back == back:
        return dissolve
    return _from(dissolve, frame, rate, dissolve.fade_s, back=back)


def held_or_not(dissolve: Dissolve, frame: int, *, held: bool) -> Dissolve:
    """The same dissolve, standing from `frame` on, or going on there."""
    if held == (dissolve.held >= 0):
        return dissolve
    if held:
        return msgspec.structs.replace(dissolve, held=frame)
    begun = went_on(frame, dissolve.held, dissolve.frame)
    return msgspec.structs.replace(dissolve, frame=begun, held=-1)


def hastened(dissolve: Dissolve, frame: int, rate: Fraction) -> Dissolve:
    """The same dissolve, over in `HASTE_S` from `frame` on, or earlier where it would be."""
    share = share_at(dissolve, frame, rate)
    rest = share if dissolve.back else 1.0 - share
    if rest * dissolve.fade_s <= HASTE_S:
        return dissolve
    return _from(dissolve, frame, rate, HASTE_S / rest, back=dissolve.back)


def _from(dissolve: Dissolve, frame: int, rate: Fraction, fade_s: float, *, back: bool) -> Dissolve:
    share = share_at(dissolve, frame, rate)
    return msgspec.structs.replace(dissolve, frame=frame, share=share, fade_s=fade_s, back=back)
