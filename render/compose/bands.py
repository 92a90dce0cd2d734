"""Bands: how wide the dither of a wall must be, so that the steps of a picture of 8 bits do not show on it."""

from __future__ import annotations

import math
from typing import NamedTuple

import msgspec

from calibration.walls import Signal
from render.colour.grade import NITS_AT_ONE
from render.plan.frame import FramePlan
from render.worlds.on_air import LayerPlan
from render.worlds.sky.daylight import ground_lux
from render.worlds.sky.plan import BRIGHTEST_STOPS, DARKEST_STOPS

CODE_GAMMA = 2.2
"""The power that the sRGB curve is near to."""
STEP_NEAR_ONE = CODE_GAMMA / 255.0
"""How much light one code value of 8 bits stands for near light of 1. At less light it falls about with its root."""
_PQ_STEP = 1.0
"""Of the perceptual quantiser, which has about one code for a step of the picture in the darks, and fewer above."""
_PQ_CODES_A_STOP = 19.0
"""Of the perceptual quantiser around 100 nits, at 8 bits."""
_MARGIN = 1.02
"""What the shader's fit of the sRGB curve may lack beyond white."""
_WIDEST_STEP = 4.0


def coded_gain(plan: FramePlan) -> float:
    """The largest gain of any light on air that a picture of code values holds; 0 where there is none."""
    if plan.air.raw:
        return 0.0
    worlds = (*plan.air.worlds, *(() if plan.outer.air is None else plan.outer.air.worlds))
    stops = [
        world.exposure_stops + layer.exposure_stops + _hour_stops(layer)
        for world in worlds
        for layer in world.layers
        if layer.light.holds_codes() and layer.opacity > 0.0
    ]
    if not stops:
        return 0.0
    return math.exp2(max(stops) + plan.grade.exposure_stops + max(plan.outer.exposure_stops, 0.0))


def _hour_stops(layer: LayerPlan) -> float:
    """About how much brighter the hour makes a layer that follows it. Dither needs no more than that."""
    following = layer.following
    if following is msgspec.UNSET:
        return 0.0
    stops = math.log2(ground_lux(following.now) / ground_lux(following.shot)) + following.adapted_stops
    gain = math.exp2(min(max(stops, DARKEST_STOPS), BRIGHTEST_STOPS))
    return math.log2(1.0 + layer.follows_by * (gain - 1.0))


class Dithered(NamedTuple):
    """How a wall's values, 0 to 1, are dithered: how wide, and what is added; `gain` is of its light before."""

    width: float
    added: float
    gain: float


def dithered(gain: float, signal: Signal) -> Dithered:
    """The dither of a wall, on which the light of pictures of code values has this gain; 0 without such pictures.

    The width is one code value, and as much as one step of the pictures on air is on this wall: less would leave the
    flat parts of a slow gradient at one code each, with an edge between them. So that the wider dither lifts no black,
    half of the step is taken away; so that it dims no white, light is so much brighter that white comes out where it
    was. Between them nothing moves by more than half a step, by which the picture itself is uncertain.
    """
    step = _step(gain, signal) / 255.0
    if signal.curve == "gamma":
        brighter = math.pow(1.0 + step, signal.gamma)
    elif signal.curve == "pq":
        brighter = math.exp2(0.5 * step * 255.0 / _PQ_CODES_A_STOP)
    else:
        brighter = math.pow((1.0 + _MARGIN * step + 0.055) / 1.055, 2.4)
    return Dithered(width=1.0 / 255.0 + step, added=-0.5 * step, gain=brighter)


def _step(gain: float, signal: Signal) -> float:
    """How many code values of a wall one step of a picture is, whose light has this gain; 0 for gain 0."""
    if gain <= 0.0:
        return 0.0
    if signal.curve == "pq":
        return _PQ_STEP
    gamma = signal.gamma if signal.curve == "gamma" else CODE_GAMMA
    step = CODE_GAMMA / gamma * math.pow(gain * NITS_AT_ONE / signal.peak_nits, 1.0 / gamma)
    return min(step, _WIDEST_STEP)
