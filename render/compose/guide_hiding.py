"""What of a scene's guide is hidden from the eyes that see a wall, by what stands in the scene."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import moderngl

from render.colour.matrices import column_major
from render.compose.guide import GuideLines
from render.gpu.context import Target, fill_black
from render.gpu.layer_source import LOOK_NEAR_M, Look
from render.gpu.passes import Pass, Uniform
from render.plan.frame import FramePlan
from render.plan.inner import InnerPlan
from tracking.records import Vec3

_KIND = "f1"
_IN_VIEW, _BEHIND = (True, False, False, False), (False, True, False, False)
_ALL = (True, True, True, True)
_ANYWHERE = 1e6
"""Tangents of a view that has all before its eye."""


class DepthLook(NamedTuple):
    """A picture of a scene as one eye sees it, and its depth."""

    look: Look
    depth: moderngl.Texture


class HidingPasses:
    """The shader that walls share, and what hides nothing, in one pixel for any wall."""

    def __init__(self, context: moderngl.Context) -> None:
        self.hidden = Pass(
            context,
            "guide_hidden.frag",
            uniforms=(
                *("look_near", "look_eye", "look_from_stage"),
                *("camera_from_stage", "camera_view", "guide_floor"),
            ),
            textures=("positions", "depths"),
        )
        self.none = Target(context, (1, 1), _KIND)
        fill_black(self.none.framebuffer)


class GuideHiding:
    """How much of the guide is hidden on the wall `name`: in red in the cameras' views, in green behind them."""

    def __init__(self, context: moderngl.Context, passes: HidingPasses, name: str, positions: moderngl.Texture) -> None:
        self._context = context
        self._passes = passes
        self._name = name
        self._positions = positions
        self._target: Target | None = None
        self._is_shown = False

    def textures(self) -> dict[str, moderngl.Texture]:
        """What is hidden, as `common/guide.glsl` names it."""
        shown = self._target if self._is_shown and self._target is not None else self._passes.none
        return {"guide_hidden": shown.texture}

    def forget(self) -> None:
        """Nothing is hidden from now on."""
        self._is_shown = False

    def draw(
        self, depths: Sequence[DepthLook], cameras: Sequence[InnerPlan], outer_eye_m: Vec3, floor_m: float
    ) -> None:
        """Draws what `depths` hide of a floor from the wall's cameras, by falling priority, and from the outer eye."""
        self._target = self._target or Target(self._context, self._positions.size, _KIND)
        self._is_shown = True
        fill_black(self._target.framebuffer)
        self._draw(_BEHIND, (one for one in depths if one.look.eye_m == outer_eye_m), None, floor_m)
        for camera in reversed(cameras):
            self._draw(_IN_VIEW, (one for one in depths if one.look.eye_m == camera.eye_m), camera, floor_m)
        self._target.framebuffer.color_mask = _ALL

    def _draw(
        self, mask: tuple[bool, bool, bool, bool], seen: Iterable[DepthLook], camera: InnerPlan | None, floor_m: float
    ) -> None:
        """Of scenes that are not in one picture, each hides what it does."""
        assert self._target is not None
        self._target.framebuffer.color_mask = mask
        for number, (look, depth) in enumerate(one for one in seen if one.look.wall in ("", self._name)):
            if number == 1:
                self._context.enable(moderngl.BLEND)
                self._context.blend_equation = moderngl.MAX  # type: ignore[assignment]
            self._passes.hidden.draw(
                self._target.framebuffer,
                {**_look_values(look), **_view_values(camera, look), "guide_floor": floor_m},
                {"positions": self._positions, "depths": depth},
            )
        self._context.blend_equation = moderngl.FUNC_ADD  # type: ignore[assignment]
        self._context.disable(moderngl.BLEND)


class HasGuide(Protocol):
    """A wall over which a guide is drawn."""

    @property
    def hiding(self) -> GuideHiding:
        """What of it is hidden."""


def hide_guide(
    plan: FramePlan, lines: GuideLines | None, walls: Mapping[str, HasGuide], depths: Sequence[DepthLook]
) -> None:
    """Draws on each wall of a plan what its scenes hide of the guide."""
    for wall in walls.values():
        wall.hiding.forget()
    for planned in plan.walls if lines is not None and depths else ():
        assert lines is not None
        cameras = [plan.inners[index] for index in planned.inners]
        walls[planned.name].hiding.draw(depths, cameras, plan.outer.eye_m, lines.floor_m)


def _look_values(look: Look) -> dict[str, Uniform]:
    return {"look_near": LOOK_NEAR_M, "look_eye": look.eye_m, "look_from_stage": look.picture_from_stage}


def _view_values(camera: InnerPlan | None, look: Look) -> dict[str, Uniform]:
    """What a camera's view has; without one all that is in the look."""
    if camera is None:
        return {"camera_from_stage": look.picture_from_stage, "camera_view": (-_ANYWHERE,) * 2 + (_ANYWHERE,) * 2}
    view = camera.view
    feather = camera.feather if math.isfinite(camera.feather) else 0.0
    edges = (view.left - feather, view.bottom - feather, view.right + feather, view.top + feather)
    return {"camera_from_stage": column_major((camera.right, camera.up, camera.ahead)), "camera_view": edges}
