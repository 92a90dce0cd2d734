"""From views to walls: each LED's light, from an inner picture where a camera looks and the outer elsewhere, and its
code value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import moderngl
import numpy as np
from numpy.typing import NDArray

from calibration.walls import Signal, Wall
from render.colour.grade import ceiling, signal_from_world
from render.colour.matrices import IDENTITY, Matrix, column_major
from render.compose.cards import CardLayer, CardPasses
from render.compose.footprint import TEXELS_OF_A_TAP, LedSamples, led_pitch, texels_per_tangent
from render.compose.marks import MARKS_UNIFORMS, is_marked, marks_uniforms
from render.gpu.context import Target, float_texture, largest_texture_px
from render.gpu.passes import Pass, Textures, Uniform
from render.plan.frame import GradePlan
from render.plan.inner import InnerPlan, as_drawn
from render.worlds.drawings import OuterCube
from tracking.records import ConfigError, Vec3

_LIGHT_UNIFORMS = ("eye", "camera_from_stage", "view", "feather_slope", "place_from_tangents", "taps_per_tangent")
_LIGHT_TEXTURES = ("positions", "behind", "inner")
_REPROJECTION_UNIFORMS: dict[str, tuple[str, ...]] = {
    "": (),
    "far": ("picture_from_stage",),
    "sphere": ("picture_from_stage", "picture_eye", "radius"),
    "drawn": ("picture_from_stage", "picture_eye"),
}
_HARD_EDGE = 1e9
_NO_CAMERA: dict[str, Uniform] = {
    "eye": (0.0, 0.0, 0.0),
    "camera_from_stage": (0.0,) * 9,
    "view": (0.0, 0.0, 0.0, 0.0),
    "feather_slope": _HARD_EDGE,
    "place_from_tangents": (0.0, 0.0, 0.0, 0.0),
    "taps_per_tangent": 0.0,
}
"""A camera that has every LED behind it: nothing of its picture is shown."""


@dataclass(frozen=True, slots=True)
class InnerPicture:
    """One camera's view, the picture it looks into, and how it finds its place there.

    `reprojection` is "" for the view's own picture; for an earlier one "far", "sphere" or "drawn", by where the world's
    light is: at infinity, on a sphere, or at the distances that were drawn with it.
    """

    plan: InnerPlan
    texture: moderngl.Texture
    reprojection: str = ""


class Tools(NamedTuple):
    """What one pass does besides laying an inner picture over what is behind it: a variant of the shaders."""

    reprojection: str = ""
    marks: bool = False
    cards: bool = False

    def defines(self) -> tuple[str, ...]:
        """What `common/wall_light.glsl` expects to be defined for this variant."""
        reprojection = (f"REPROJECT_{self.reprojection.upper()}",) if self.reprojection else ()
        return (*reprojection, *(("MARKS",) if self.marks else ()), *(("CARDS_IN_VIEW",) if self.cards else ()))

    def uniforms(self) -> tuple[str, ...]:
        """The uniforms of this variant."""
        return (*_LIGHT_UNIFORMS, *_REPROJECTION_UNIFORMS[self.reprojection], *(MARKS_UNIFORMS if self.marks else ()))

    def textures(self) -> tuple[str, ...]:
        """The textures of this variant."""
        return (*_LIGHT_TEXTURES, *(("card_gain", "card_light") if self.cards else ()))


_PLAIN = Tools()


class ComposePasses:
    """The shaders that compose, shared by all walls of a stage, for the signal curves that `signals` use.

    What a wall shows without tools is compiled at once, variants with tools when they are first needed.
    """

    def __init__(self, context: moderngl.Context, signals: Sequence[Signal]) -> None:
        self.outer = Pass(context, "outer_on_wall.frag", uniforms=("outer_eye",), textures=("positions", "outer"))
        self.cards = CardPasses(context)
        curves = sorted({signal.curve for signal in signals})
        self._context = context
        self._variants: dict[tuple[str, Tools], Pass] = {}
        for curve in curves:
            self.code(curve, _PLAIN)
        self.light(_PLAIN)

    def light(self, tools: Tools) -> Pass:
        """The pass that ends in scene-linear light."""
        return self._variant("light.frag", tools, ("light_from_world",))

    def code(self, curve: str, tools: Tools) -> Pass:
        """The pass that ends in this signal curve."""
        extra = ("inverse_gamma",) if curve == "gamma" else ()
        return self._variant(f"compose_{curve}.frag", tools, ("signal_from_world", "ceiling", *extra))

    def _variant(self, fragment: str, tools: Tools, uniforms: tuple[str, ...]) -> Pass:
        found = self._variants.get((fragment, tools))
        if found is None:
            found = self._variants[fragment, tools] = Pass(
                self._context,
                fragment,
                uniforms=(*tools.uniforms(), *uniforms),
                textures=tools.textures(),
                defines=tools.defines(),
            )
        return found


class WallPicture:
    """One wall: the places of its LEDs, the outer picture on them, and what is sent to it."""

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
            raise ConfigError(
                f"walls.{wall.name}: found positions of shape {positions.shape}, expected {(rows, columns, 3)}"
            )
        if max(columns, rows) > largest_texture_px(context):
            raise ConfigError(
                f"walls.{wall.name}.resolution_px: found {columns} x {rows}, expected at most "
                f"{largest_texture_px(context)} a side on this driver, split the wall"
            )
        pitch = led_pitch(positions)
        self.leds = LedSamples(positions, pitch)
        self.positions = float_texture(context, _with_pitch(positions, pitch))
        self.outer = Target(context, wall.resolution_px, kind)
        self.cards = CardLayer(context, passes.cards, self.positions, wall.resolution_px, kind)
        self._between: list[Target] = []
        self._light: Target | None = None

    @property
    def light(self) -> Target:
        """A float32 target of the wall's size for `draw_light`; made when it is first used."""
        if self._light is None:
            self._light = Target(self._context, self.wall.resolution_px, "f4")
        return self._light

    def draw_outer(self, cube: OuterCube, eye_m: Vec3) -> None:
        """Draws the outer picture on the wall, from a cube map that was drawn from `eye_m`."""
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
        self._draw(partial(self._passes.code, signal.curve), self.sent, inners, values)

    def draw_light(self, target: Target, inners: Sequence[InnerPicture], light_from_world: Matrix) -> None:
        """Draws the wall's scene-linear light, before the wall's own colour, into `target`."""
        values: dict[str, Uniform] = {"light_from_world": column_major(light_from_world)}
        self._draw(self._passes.light, target, inners, values)

    def _draw(
        self,
        last: Callable[[Tools], Pass],
        target: Target,
        inners: Sequence[InnerPicture],
        values: dict[str, Uniform],
    ) -> None:
        """Lays the inner pictures over what is behind them, lowest priority first; `last` draws the highest."""
        behind = self.cards.behind(self.outer)
        for depth, inner in enumerate(reversed(inners[1:])):
            between = self._layer(depth % 2)
            self._lay(self._passes.light, between, behind, inner, {"light_from_world": column_major(IDENTITY)})
            behind = between
        if inners:
            self._lay(last, target, behind, inners[0], values)
        else:
            textures: Textures = {"positions": self.positions, "behind": behind.texture, "inner": behind.texture}
            last(_PLAIN).draw(target.framebuffer, _NO_CAMERA | values, textures)

    def _lay(
        self,
        drawn_by: Callable[[Tools], Pass],
        target: Target,
        behind: Target,
        inner: InnerPicture,
        values: dict[str, Uniform],
    ) -> None:
        in_view = self.cards.in_view()
        tools = Tools(inner.reprojection, is_marked(inner.plan), in_view is not None)
        uniforms = camera_uniforms(inner.plan) | values
        if tools.marks:
            uniforms |= marks_uniforms(inner.plan)
        textures = {"positions": self.positions, "behind": behind.texture, "inner": inner.texture}
        if in_view is not None:
            textures |= {"card_gain": in_view[0], "card_light": in_view[1]}
        drawn_by(tools).draw(target.framebuffer, uniforms, textures)

    def _layer(self, index: int) -> Target:
        while len(self._between) <= index:
            self._between.append(Target(self._context, self.wall.resolution_px, self._kind))
        return self._between[index]


def camera_uniforms(inner: InnerPlan) -> dict[str, Uniform]:
    """The uniforms with which `common/wall_light.glsl` projects LEDs into an inner picture, also an earlier one."""
    view, picture = inner.view, inner.picture
    looked_into = as_drawn(inner)
    drawn = looked_into.drawn
    scale = (1.0 / (drawn.right - drawn.left), -1.0 / (drawn.top - drawn.bottom))
    uniforms: dict[str, Uniform] = {
        "eye": inner.eye_m,
        "camera_from_stage": column_major((inner.right, inner.up, inner.ahead)),
        "view": (view.left, view.bottom, view.right, view.top),
        "feather_slope": 1.0 / inner.feather if inner.feather > 0.0 else _HARD_EDGE,
        "place_from_tangents": (*scale, -drawn.left * scale[0], -drawn.top * scale[1]),
        "taps_per_tangent": texels_per_tangent(looked_into) / TEXELS_OF_A_TAP,
    }
    if picture is not None:
        uniforms["picture_from_stage"] = column_major((picture.right, picture.up, picture.ahead))
        uniforms["picture_eye"] = picture.eye_m
        uniforms["radius"] = picture.air.sphere_m() or 0.0
    return uniforms


def _with_pitch(positions: NDArray[np.float64], pitch: NDArray[np.float64]) -> NDArray[np.float32]:
    """Positions with the pitch as the fourth channel; all 0 where there is no LED."""
    present = np.isfinite(positions).all(axis=2, keepdims=True)
    return np.where(present, np.concatenate([positions, pitch[:, :, None]], axis=2), 0.0).astype(np.float32)
