"""From views to walls: for each LED the inner picture where a camera looks and the outer elsewhere, then its code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import moderngl
import numpy as np
from numpy.typing import NDArray

from calibration.walls import Signal, Wall
from render.footprint import TEXELS_OF_A_TAP, LedSamples, led_pitch, texels_per_tangent
from render.gpu import Pass, Target, Textures, Uniform, float_texture, largest_texture_px
from render.grade import ceiling, signal_from_world
from render.matrices import IDENTITY, Matrix, column_major
from render.plan import GradePlan, InnerPlan
from render.views import OuterCube
from tracking.records import ConfigError, Vec3

_LIGHT_UNIFORMS = ("eye", "camera_from_stage", "view", "feather_slope", "place_from_tangents", "taps_per_tangent")
_LIGHT_TEXTURES = ("positions", "behind", "inner")
_HARD_EDGE = 1e9
_NO_CAMERA: dict[str, Uniform] = {
    "eye": (0.0, 0.0, 0.0),
    "camera_from_stage": (0.0,) * 9,
    "view": (0.0, 0.0, 0.0, 0.0),
    "feather_slope": _HARD_EDGE,
    "place_from_tangents": (0.0, 0.0, 0.0, 0.0),
    "taps_per_tangent": 0.0,
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
        columns, rows = wall.resolution_px
        if positions.shape != (rows, columns, 3):
            raise ConfigError(f"walls.{wall.name}: positions of shape {positions.shape}, expected {(rows, columns, 3)}")
        if max(columns, rows) > largest_texture_px(context):
            raise ConfigError(
                f"walls.{wall.name}.resolution_px: {columns} x {rows}, expected at most {largest_texture_px(context)} "
                "a side on this driver, split the wall"
            )
        pitch = led_pitch(positions)
        self.leds = LedSamples(positions, pitch)
        self.positions = float_texture(context, _with_pitch(positions, pitch))
        self.outer = Target(context, wall.resolution_px, kind)
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
        textures: Textures = {"positions": self.positions, "outer": cube.texture}
        self._passes.outer.draw(self.outer.framebuffer, {"outer_eye": eye_m}, textures)

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
        behind = self.outer
        for depth, inner in enumerate(reversed(inners[1:])):
            between = self._layer(depth % 2)
            self._lay(self._passes.light, between, behind, inner, {"light_from_world": column_major(IDENTITY)})
            behind = between
        self._lay(last, target, behind, inners[0] if inners else None, values)

    def _lay(
        self, drawn_by: Pass, target: Target, behind: Target, inner: InnerPicture | None, values: dict[str, Uniform]
    ) -> None:
        camera = _NO_CAMERA if inner is None else camera_uniforms(inner.plan)
        picture = behind.texture if inner is None else inner.texture
        textures: Textures = {"positions": self.positions, "behind": behind.texture, "inner": picture}
        drawn_by.draw(target.framebuffer, camera | values, textures)

    def _layer(self, index: int) -> Target:
        while len(self._between) <= index:
            self._between.append(Target(self._context, self.wall.resolution_px, self._kind))
        return self._between[index]


def camera_uniforms(inner: InnerPlan) -> dict[str, Uniform]:
    """The uniforms by which `common/wall_light.glsl` projects LEDs into one inner picture."""
    drawn, view = inner.drawn, inner.view
    scale = (1.0 / (drawn.right - drawn.left), -1.0 / (drawn.top - drawn.bottom))
    return {
        "eye": inner.eye_m,
        "camera_from_stage": column_major((inner.right, inner.up, inner.ahead)),
        "view": (view.left, view.bottom, view.right, view.top),
        "feather_slope": 1.0 / inner.feather if inner.feather > 0.0 else _HARD_EDGE,
        "place_from_tangents": (*scale, -drawn.left * scale[0], -drawn.top * scale[1]),
        "taps_per_tangent": texels_per_tangent(inner) / TEXELS_OF_A_TAP,
    }


def _with_pitch(positions: NDArray[np.float64], pitch: NDArray[np.float64]) -> NDArray[np.float32]:
    """Positions with the pitch as fourth channel: all 0 where there is no LED."""
    present = np.isfinite(positions).all(axis=2, keepdims=True)
    return np.where(present, np.concatenate([positions, pitch[:, :, None]], axis=2), 0.0).astype(np.float32)
