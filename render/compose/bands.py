"""Bands: how wide the dither of a wall must be, so that the steps of a picture of 8 bits do not show on it."""

from __future__ import annotations

import math

from calibration.walls import Signal
from render.colour.grade import NITS_AT_ONE
from render.plan.frame import FramePlan
from tracking.records import Vec3

CODE_GAMMA = 2.2
"""The power that the sRGB curve is near to."""
STEP_NEAR_ONE = CODE_GAMMA / 255.0
"""How much light one code value of 8 bits stands for near light of 1. At less light it falls about with its root."""
_PQ_STEP = 1.0
"""Of the perceptual quantiser, which has about one code for a step of the picture in the darks, and fewer above."""
_WIDEST_STEP = 4.0


def coded_gain(plan: FramePlan) -> float:
    """The largest gain of any light on air that a picture of code values holds; 0 where there is none."""
    if plan.air.raw:
        return 0.0
    worlds = (*plan.air.worlds, *(() if plan.outer.air is None else plan.outer.air.worlds))
    stops = [
        world.exposure_stops + layer.exposure_stops
        for world in worlds
        for layer in world.layers
        if layer.light.holds_codes() and layer.opacity > 0.0
    ]
    if not stops:
        return 0.0
    return math.exp2(max(stops) + plan.grade.exposure_stops + max(plan.outer.exposure_stops, 0.0))


def dithered(gain: float, signal: Signal) -> Vec3:
    """What `shaders/common/compose.glsl` does to values from 0 to 1: a factor, the width of the dither, what is added.

    The width is one code value, and as much as one step of the pictures on air is on this wall: less would leave the
    flat parts of a slow gradient at one code each, with an edge between them. Factor and addition spread values by half
    of that step at either end, so that the wider dither lifts no black and dims no white; nothing moves by more than
    the picture itself is uncertain.
    """
    step = _step(gain, signal) / 255.0
    return (1.0 + step, 1.0 / 255.0 + step, -0.5 * step)


def _step(gain: float, signal: Signal) -> float:
    """How many code values of a wall one step of a picture is, whose light has this gain; 0 for gain 0."""
    if gain <= 0.0:
        return 0.0
    if signal.curve == "pq":
        return _PQ_STEP
    gamma = signal.gamma if signal.curve == "gamma" else CODE_GAMMA
    step = CODE_GAMMA / gamma * math.pow(gain * NITS_AT_ONE / signal.peak_nits, 1.0 / gamma)
    return min(step, _WIDEST_STEP)
