"""From views to walls: for each LED the inner picture where a camera looks and the outer elsewhere, then its code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import moderngl
import numpy as np
from numpy.typing import NDArray

from calibration.walls import Signal, Wall
from render.gpu import Pass, Target, Textures, Uniform, float_texture
from render.grade import ceiling, signal_from_world
from render.matrices import IDENTITY, Matrix, column_major
from render.plan import GradePlan, InnerPlan
from render.views import OuterCube
from tracking.records import ConfigError, Vec3

_LIGHT_UNIFORMS = ("eye", "camera_from_stage", "view", "feather_slope", "place_from_tangents")
_LIGHT_TEXTURES = ("positions", "behind", "inner")
_HARD_EDGE = 1e9
_NO_CAMERA: dict[str, Uniform] = {
    "eye": (0.0, 0.0, 0.0),
    "camera_from_stage": (0.0,) * 9,
    "view": (0.0, 0.0, 0.0, 0.0),
    "feather_slope": _HARD_EDGE,
    "place_from_tangents": (0.0, 0.0, 0.0, 0.0),
}
"""A camera behind which every LED lies: nothing of its picture is shown."""


@dataclass(frozen=True, slots=True)
class InnerPicture:
    """One camera's drawn picture and the plan it was drawn from."""

    plan: InnerPlan
    texture: moderngl.Texture


class ComposePasses:
    """The shaders that compose, shared by all walls of a stage; only the curves that `signals` use are compiled."""

    def __init__(self, context: moderngl.Context, signals: Sequence[Signal]) -> None:
        self.outer = Pass(context, "outer_on_wall.frag", uniforms=("outer_eye",), textures=("positions", "outer"))
        self.light = Pass(
            context, "light.frag", uniforms=(*_LIGHT_UNIFORMS, "light_from_world"), textures=_LIGHT_TEXTURES
        )
        self._codes = {curve: _code_pass(context, curve) for curve in sorted({signal.curve for signal in signals})}

    def code(self, signal: Signal) -> Pass:
        """The pass that ends in this signal's curve."""
        return self._codes[signal.curve]


def _code_pass(context: moderngl.Context, curve: str) -> Pass:
    extra = ("inverse_gamma",) if curve == "gamma" else ()
    return Pass(
        context,
        f"compose_{curve}.frag",
        uniforms=(*_LIGHT_UNIFORMS, "signal_from_world", "ceiling", *extra),
        textures=_LIGHT_TEXTURES,
    )


class WallPicture:
    """One wall: where its LEDs are, the outer picture on them, and what is sent to it."""

    def __init__(
        self, context: moderngl.Context, wall: Wall, positions: NDArray[np.float64], passes: ComposePasses, kind: str
    ) -> None:
        self.wall = wall
        self.sent = Target(context, wall.resolution_px, "f1")
        self._context = context
        self._kind = kind
        self._passes = passes
        self._positions = float_texture(context, _with_presence(wall, positions))
        self._outer = Target(context, wall.resolution_px, kind)
        self._between: list[Target] = []
        self._light: Target | None = None

    @property
    def light(self) -> Target:
        """A float32 target of the wall's size for `draw_light`; made when first asked for."""
        if self._light is None:
            self._light = Target(self._context, self.wall.resolution_px, "f4")
        return self._light

    def draw_outer(self, cube: OuterCube, eye_m: Vec3) -> None:
        """Takes the outer picture over from a cube map drawn from `eye_m`."""
        textures: Textures = {"positions": self._positions, "outer": cube.texture}
        self._passes.outer.draw(self._outer.framebuffer, {"outer_eye": eye_m}, textures)

    def draw_code(self, inners: Sequence[InnerPicture], grade: GradePlan) -> None:
        """Draws what is sent: `inners` by priority over the outer picture, graded, in the wall's colour and signal."""
        signal = self.wall.signal
        values: dict[str, Uniform] = {
            "signal_from_world": column_major(signal_from_world(grade, signal)),
            "ceiling": ceiling(signal),
        }
        if signal.curve == "gamma":
            values["inverse_gamma"] = 1.0 / signal.gamma
        self._draw(self._passes.code(signal), self.sent, inners, values)

    def draw_light(self, target: Target, inners: Sequence[InnerPicture], light_from_world: Matrix) -> None:
        """Draws the wall's scene-linear light, before the wall's own colour, into `target`."""
        values: dict[str, Uniform] = {"light_from_world": column_major(light_from_world)}
        self._draw(self._passes.light, target, inners, values)

    def _draw(self, last: Pass, target: Target, inners: Sequence[InnerPicture], values: dict[str, Uniform]) -> None:
        """Lays the inner pictures over the outer one, lowest priority first; `last` draws the highest."""
        behind = self._outer
        for depth, inner in enumerate(reversed(inners[1:])):
            between = self._layer(depth % 2)
            self._lay(self._passes.light, between, behind, inner, {"light_from_world": column_major(IDENTITY)})
            behind = between
        self._lay(last, target, behind, inners[0] if inners else None, values)

    def _lay(
        self, drawn_by: Pass, target: Target, behind: Target, inner: InnerPicture | None, values: dict[str, Uniform]
    ) -> None:
        camera = _NO_CAMERA if inner is None else _camera(inner.plan)
        picture = behind.texture if inner is None else inner.texture
        textures: Textures = {"positions": self._positions, "behind": behind.texture, "inner": picture}
        drawn_by.draw(target.framebuffer, camera | values, textures)

    def _layer(self, index: int) -> Target:
        while len(self._between) <= index:
            self._between.append(Target(self._context, self.wall.resolution_px, self._kind))
        return self._between[index]


def _camera(inner: InnerPlan) -> dict[str, Uniform]:
    drawn, view = inner.drawn, inner.view
    scale = (1.0 / (drawn.right - drawn.left), -1.0 / (drawn.top - drawn.bottom))
    return {
        "eye": inner.eye_m,
        "camera_from_stage": column_major((inner.right, inner.up, inner.ahead)),
        "view": (view.left, view.bottom, view.right, view.top),
        "feather_slope": 1.0 / inner.feather if inner.feather > 0.0 else _HARD_EDGE,
        "place_from_tangents": (*scale, -drawn.left * scale[0], -drawn.top * scale[1]),
    }


def _with_presence(wall: Wall, positions: NDArray[np.float64]) -> NDArray[np.float32]:
    """Positions with a fourth channel: 1 for an LED, 0 (at the origin) where there is none."""
    columns, rows = wall.resolution_px
    if positions.shape != (rows, columns, 3):
        raise ConfigError(f"walls.{wall.name}: positions of shape {positions.shape}, expected {(rows, columns, 3)}")
    present = np.isfinite(positions).all(axis=2, keepdims=True)
    return np.concatenate([np.where(present, positions, 0.0), present], axis=2).astype(np.float32)
