"""The guide over the world: what of it is drawn, and in which light."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from render.colour.grade import graded_from_world
from render.colour.matrices import apply, inverse, scaled
from render.gpu.passes import Uniform
from render.plan.frame import FramePlan, Guide
from tracking.records import Vec3

_NUMBERS: dict[Guide, int] = {"off": 0, "horizon": 1, "floor": 2}
"""As the shader knows them."""
_LIGHT = (5.0, 5.0, 5.0)
"""Of its lines after the grade: 500 nits, white."""


class GuideLines(NamedTuple):
    """Which guide is drawn, and its light before the grade."""

    guide: Guide
    light: Vec3


_NO_LINES = GuideLines("off", (0.0, 0.0, 0.0))


def guide_lines(plan: FramePlan) -> GuideLines | None:
    """The guide of a plan; None where there is none.

    The grade over everything comes after it, so its light is what that grade turns into its own. White stays white
    under any saturation, which therefore is left out: at 0 it could not be undone.
    """
    if plan.guide == "off":
        return None
    if plan.air.raw:
        return GuideLines(plan.guide, _LIGHT)
    grade = msgspec.structs.replace(plan.grade, saturation=1.0, exposure_stops=0.0)
    undone = scaled(inverse(graded_from_world(grade)), 2.0**-plan.grade.exposure_stops)
    return GuideLines(plan.guide, apply(undone, _LIGHT))


def guide_uniforms(lines: GuideLines | None, eye_m: Vec3) -> dict[str, Uniform]:
    """The uniforms of `shaders/common/guide.glsl`; `eye_m` has what the cameras leave."""
    shown = lines or _NO_LINES
    return {"guide": _NUMBERS[shown.guide], "guide_light": shown.light, "guide_eye": eye_m}
