"""The look over everything and the wall's colour: exposure, white point, tint, primaries and full scale as one matrix.

Everything before a wall's signal curve is linear, so these are matrices on ACEScg column vectors.
"""

from __future__ import annotations

import math

from calibration.walls import Signal
from render.colour.matrices import IDENTITY, Matrix, inverse, multiply, scaled
from render.colour.primaries import ACESCG, REC709, acescg_from_rgb, adaptation, xyz_from_rgb
from render.plan.frame import GradePlan
from render.worlds.on_air import LayerPlan
from render.worlds.shared.values import NEUTRAL_K

NITS_AT_ONE = 100.0
"""Luminance of scene-linear 1.0 on a wall at exposure 0."""
PQ_FULL_SCALE_NITS = 10000.0
"""What code value 1 stands for in SMPTE ST 2084."""
TINT_UV = 0.02
"""How far tint 1 moves the white from the Planckian locus, in CIE 1960 u, v: -1 is green, +1 magenta."""

_XYZ_FROM_ACESCG = xyz_from_rgb(ACESCG)
_ACESCG_FROM_XYZ = inverse(_XYZ_FROM_ACESCG)
REC709_FROM_ACESCG = inverse(acescg_from_rgb(REC709))


def graded_from_world(grade: GradePlan) -> Matrix:
    """ACEScg to ACEScg: the grade over everything."""
    return _graded(grade.exposure_stops, grade.temperature_k, grade.tint, grade.saturation)


def world_from_layer(layer: LayerPlan, world_exposure_stops: float) -> Matrix:
    """ACEScg to ACEScg: a layer's own grade and its world's exposure. Contrast and opacity are not in it."""
    return _graded(layer.exposure_stops + world_exposure_stops, layer.temperature_k, layer.tint, layer.saturation)


def outer_from_world(exposure_stops: float, saturation: float) -> Matrix:
    """ACEScg to ACEScg: what is done to the light outside the cameras' views."""
    return _graded(exposure_stops, NEUTRAL_K, 0.0, saturation)


def _graded(exposure_stops: float, temperature_k: float, tint: float, saturation: float) -> Matrix:
    """Exposure, neutral light moved to the white of `temperature_k` with `tint`, then saturation about luminance.

    Neutral light keeps its luminance. At 6500 K, tint 0 and saturation 1 colours stay exactly as they are.
    """
    graded = IDENTITY
    if temperature_k != NEUTRAL_K or tint != 0.0:
        white = adaptation(_white(NEUTRAL_K, 0.0), _white(temperature_k, tint))
        graded = multiply(_ACESCG_FROM_XYZ, multiply(white, _XYZ_FROM_ACESCG))
    if saturation != 1.0:
        graded = multiply(_saturated(saturation), graded)
    return scaled(graded, 2.0**exposure_stops)


def _saturated(saturation: float) -> Matrix:
    """Colours moved away from grey of the same luminance, or towards it."""
    red, green, blue = ((1.0 - saturation) * weight for weight in _XYZ_FROM_ACESCG[1])
    return (
        (red + saturation, green, blue),
        (red, green + saturation, blue),
        (red, green, blue + saturation),
    )


def signal_from_world(grade: GradePlan, signal: Signal) -> Matrix:
    """ACEScg to the linear light that a wall's signal curve encodes, 1 at the curve's full scale."""
    full_scale = PQ_FULL_SCALE_NITS if signal.curve == "pq" else signal.peak_nits
    return scaled(multiply(REC709_FROM_ACESCG, graded_from_world(grade)), NITS_AT_ONE / full_scale)


def ceiling(signal: Signal) -> float:
    """The brightest light of a wall, on the scale of `signal_from_world`."""
    return min(1.0, signal.peak_nits / PQ_FULL_SCALE_NITS) if signal.curve == "pq" else 1.0


def _white(temperature_k: float, tint: float) -> tuple[float, float]:
    """CIE 1931 x, y of a Planckian radiator's white, moved across the locus by the tint."""
    t = min(max(temperature_k, 1000.0), 15000.0)
    u, v = _planckian(t)
    warmer_u, warmer_v = _planckian(t * 0.999)
    along_u, along_v = warmer_u - u, warmer_v - v
    step = tint * TINT_UV / math.hypot(along_u, along_v)
    u, v = u + along_v * step, v - along_u * step
    scale = 2.0 * u - 8.0 * v + 4.0
    return (3.0 * u / scale, 2.0 * v / scale)


def _planckian(t: float) -> tuple[float, float]:
    """CIE 1960 u, v of the Planckian locus at 1000-15000 K (M. Krystek, Color Research & Application 10, 1985)."""
    u = (0.860117757 + 1.54118254e-4 * t + 1.28641212e-7 * t * t) / (1.0 + 8.42420235e-4 * t + 7.08145163e-7 * t * t)
    v = (0.317398726 + 4.22806245e-5 * t + 4.20481691e-8 * t * t) / (1.0 - 2.89741816e-5 * t + 1.61456053e-7 * t * t)
    return (u, v)
