"""The guide over the world: what of it is drawn, and in which light."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from render.colour.grade import graded_from_world
from render.colour.matrices import apply, inverse, scaled
from render.compose.guide_strokes import MOST_STROKES, Stroke, origin_cross, scene_arrow
from render.gpu.passes import Uniform
from render.plan.frame import FramePlan, Guide
from render.worlds.model.record import ModelPlan
from render.worlds.on_air import LayerPlan
from tracking.records import Vec3

_NUMBERS: dict[Guide, int] = {"off": 0, "horizon": 1, "floor": 2, "scene": 3}
"""As the shader knows them."""
_LIGHT = (5.0, 5.0, 5.0)
"""Of its lines after the grade: 500 nits, white."""


class GuideLines(NamedTuple):
    """Which guide is drawn, its light before the grade, the height of its floor and the strokes on that."""

    guide: Guide
    light: Vec3
    floor_m: float = 0.0
    strokes: Sequence[Stroke] = ()


_NO_LINES = GuideLines("off", (0.0, 0.0, 0.0))


def guide_lines(plan: FramePlan, feet: Sequence[Stroke] = ()) -> GuideLines | None:
    """The guide of a plan; None where there is none. `feet` is the outline of the stage's walls.

    The grade over everything comes after it, so its light is what that grade turns into its own. White stays white
    under any saturation, which therefore is left out: at 0 it could not be undone.
    """
    if plan.guide == "off":
        return None
    floor_m, strokes = _on_scene(plan, feet) if plan.guide == "scene" else (0.0, ())
    if plan.air.raw:
        return GuideLines(plan.guide, _LIGHT, floor_m, strokes)
    grade = msgspec.structs.replace(plan.grade, saturation=1.0, exposure_stops=0.0)
    undone = scaled(inverse(graded_from_world(grade)), 2.0**-plan.grade.exposure_stops)
    return GuideLines(plan.guide, apply(undone, _LIGHT), floor_m, strokes)


def guide_uniforms(lines: GuideLines | None, eye_m: Vec3, *, in_view: bool) -> dict[str, Uniform]:
    """The uniforms of `shaders/common/guide.glsl`; `eye_m` has what the cameras leave, a camera's where `in_view`."""
    shown = lines or _NO_LINES
    unused = [(0.0, 0.0, 0.0, 0.0)] * (MOST_STROKES - len(shown.strokes))
    return {
        "guide": _NUMBERS[shown.guide],
        "guide_light": shown.light,
        "guide_eye": eye_m,
        "guide_in_view": in_view,
        "guide_floor": shown.floor_m,
        "guide_strokes": len(shown.strokes),
        "guide_stroke": [*shown.strokes, *unused],
    }


def _on_scene(plan: FramePlan, feet: Sequence[Stroke]) -> tuple[float, Sequence[Stroke]]:
    """The floor of the nearest scene on air, of the world that comes if there is one, and what is drawn on it.

    Without a scene it is the stage's own floor.
    """
    layer = next((one for world in plan.air.worlds[::-1] for one in world.layers[::-1] if _is_scene(one)), None)
    strokes = [*feet, *origin_cross()]
    if layer is None or not isinstance(layer.light, ModelPlan):
        return 0.0, strokes
    x_m, y_m, floor_m = layer.light.origin_m
    return floor_m, [*strokes, *scene_arrow((x_m, y_m), layer.turn_deg)]


def _is_scene(layer: LayerPlan) -> bool:
    return isinstance(layer.light, ModelPlan)
