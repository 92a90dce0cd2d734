"""From a world to a wall: each LED's light, as the cameras see it where they look and as the outer eye sees it elsewhere,
and its code value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import moderngl
import numpy as np
from numpy.typing import NDArray

from calibration.walls import Wall
from render.colour.grade import ceiling, signal_from_world
from render.colour.matrices import IDENTITY, Matrix, column_major, multiply
from render.compose.air import AiredLayer, AiredWorld, only_layer
from render.compose.blending import blend
from render.compose.cards import CardLayer, CardPasses
from render.compose.footprint import LedSamples, led_pitch
from render.compose.marks import is_marked
from render.compose.raster_views import OuterCube
from render.compose.variants import MOST_CAMERAS, ComposePasses, Variant, room_for
from render.compose.views import InnerPicture, mark_uniforms, picture_uniforms, view_uniforms
from render.gpu.context import Target, float_texture, largest_texture_px
from render.gpu.passes import Pass, Textures, Uniform
from render.plan.frame import GradePlan
from render.plan.inner import InnerPlan
from render.worlds.drawings import LayerSource
from tracking.records import ConfigError, Vec3


class Scene(NamedTuple):
    """What one wall shows: its cameras by falling priority, the outer eye, and where their light comes from.

    That is `worlds`, evaluated along each LED's ray, or with `pictures`, one for each camera, those and the outer picture
    that was drawn on the wall last, to which `outer_look` applies.
    """

    inners: Sequence[InnerPlan]
    outer_eye_m: Vec3
    worlds: tuple[AiredWorld, ...] = ()
    pictures: Sequence[InnerPicture] | None = None
    outer_look: Matrix = IDENTITY

    def chunks(self) -> list[Scene]:
        """The same in parts of as many cameras as one pass can have, the highest priority first."""
        starts = range(0, max(len(self.inners), 1), MOST_CAMERAS)
        return [
            self._replace(
                inners=self.inners[start : start + MOST_CAMERAS],
                pictures=None if self.pictures is None else self.pictures[start : start + MOST_CAMERAS],
            )
            for start in starts
        ]


@dataclass(slots=True)
class _Draft:
    """One pass in the making: its variant's options, uniforms and textures."""

    options: list[str]
    values: dict[str, Uniform]
    textures: dict[str, moderngl.Texture | list[moderngl.Texture]]

    def copy(self) -> _Draft:
        return _Draft(list(self.options), dict(self.values), dict(self.textures))

    def tone(self, inner: Matrix, outer: Matrix) -> None:
        """Gives the light in the views and outside a matrix each."""
        self.options.append("TONED")
        self.values |= {"inner_from_world": column_major(inner), "outer_from_world": column_major(outer)}

    def evaluate(self, source: LayerSource, outer_eye_m: Vec3) -> None:
        """Takes the light from this layer along each LED's ray."""
        self.options += source.defines
        self.values |= {**source.values, "outer_eye": outer_eye_m}
        self.textures |= source.textures


class WallPasses:
    """The shaders that walls share in one context."""

    def __init__(self, context: moderngl.Context) -> None:
        self.outer = Pass(context, "outer_on_wall.frag", uniforms=("outer_eye",), textures=("positions", "outer"))
        self.cards = CardPasses(context)
        self.compose = ComposePasses(context)


class WallPicture:
    """One wall: the places of its LEDs, the outer picture on them, and what is sent to it."""

    def __init__(
        self, context: moderngl.Context, wall: Wall, positions: NDArray[np.float64], passes: WallPasses, kind: str
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
        self.cards = CardLayer(context, passes.cards, self.positions, wall.resolution_px, kind)
        self._targets: dict[str, Target] = {}

    def target(self, use: str) -> Target:
        """A float target of the wall's size for this use; made when it is first asked for."""
        if use not in self._targets:
            self._targets[use] = Target(self._context, self.wall.resolution_px, self._kind)
        return self._targets[use]

    def draw_outer(self, cube: OuterCube, eye_m: Vec3) -> None:
        """Draws the outer picture on the wall, from a cube map that was drawn from `eye_m`."""
        textures: Textures = {"positions": self.positions, "outer": cube.texture}
        self._passes.outer.draw(self.target("outer").framebuffer, {"outer_eye": eye_m}, textures)

    def draw_code(self, scene: Scene, grade: GradePlan) -> None:
        """Draws what is sent: the scene graded, in the wall's colour and signal."""
        signal = self.wall.signal
        values: dict[str, Uniform] = {"ceiling": ceiling(signal)}
        if signal.curve == "gamma":
            values["inverse_gamma"] = 1.0 / signal.gamma
        self._draw(f"compose_{signal.curve}.frag", self.sent, scene, signal_from_world(grade, signal), values)

    def draw_light(self, target: Target, scene: Scene, light_from_world: Matrix) -> None:
        """Draws the wall's scene-linear light, before the wall's own colour, into `target`."""
        self._draw("light.frag", target, scene, light_from_world, {})

    def _draw(
        self, fragment: str, target: Target, scene: Scene, result_from_world: Matrix, values: Mapping[str, Uniform]
    ) -> None:
        """Draws the scene; where it has more cameras than a pass has room for, the lowest priorities first."""
        first, *others = scene.chunks()
        behind = None
        for number, chunk in enumerate(reversed(others)):
            between = self.target(f"between {number % 2}")
            self._compose("light.frag", between, chunk, behind, IDENTITY, {})
            behind = between
        self._compose(fragment, target, first, behind, result_from_world, values)

    def _compose(
        self,
        fragment: str,
        target: Target,
        scene: Scene,
        behind: Target | None,
        result_from_world: Matrix,
        values: Mapping[str, Uniform],
    ) -> None:
        room = room_for(len(scene.inners))
        draft = self._tools(scene, room, behind)
        layer = only_layer(scene.worlds)
        if scene.pictures is not None:
            result_from_world = self._from_pictures(draft, scene, room, result_from_world)
            source, file = "PICTURES", ""
        elif layer is not None:
            result_from_world = self._from_layer(draft, scene, layer, result_from_world)
            source, file = "RAY", layer.source.file
        else:
            self._draw_layers(scene, room, draft)
            draft.textures["light_on_wall"] = self.target("light").texture
            source, file = "LIGHT", ""
        result = "light_from_world" if fragment == "light.frag" else "signal_from_world"
        draft.values |= {**values, result: column_major(result_from_world)}
        self._draw_pass(fragment, target, Variant(room, source, file), draft)

    def _tools(self, scene: Scene, room: int, behind: Target | None) -> _Draft:
        """The pass without its light: cameras, cards and marks, and what was drawn of further cameras."""
        cards = self.cards.textures()
        draft = _Draft([], dict(view_uniforms(scene.inners, room)), {"positions": self.positions, **cards})
        if cards:
            draft.options.append("CARDS")
        if any(is_marked(inner) for inner in scene.inners):
            draft.options.append("MARKS")
            draft.values |= mark_uniforms(scene.inners, room)
        if behind is not None:
            draft.options.append("BEHIND")
            draft.textures["behind"] = behind.texture
        return draft

    def _from_layer(self, draft: _Draft, scene: Scene, layer: AiredLayer, result_from_world: Matrix) -> Matrix:
        """Takes the light from the only layer there is. Its grade becomes part of the result's where nothing differs."""
        inner, outer = (multiply(tone, layer.matrix) for tone in (scene.worlds[0].inner, scene.worlds[0].outer))
        if draft.options or inner != outer:
            draft.tone(inner, outer)
        else:
            result_from_world = multiply(result_from_world, inner)
        draft.evaluate(layer.source, scene.outer_eye_m)
        return result_from_world

    def _from_pictures(self, draft: _Draft, scene: Scene, room: int, result_from_world: Matrix) -> Matrix:
        """Takes the light from pictures of the views and from the outer picture."""
        pictures = scene.pictures or ()
        if draft.options or scene.outer_look != IDENTITY:
            draft.tone(IDENTITY, scene.outer_look)
        draft.options += _reprojection(pictures)
        draft.textures["outer_on_wall"] = self.target("outer").texture
        if room > 0:
            inner = [picture.texture for picture in pictures]
            draft.textures["inner"] = inner + [inner[-1]] * (room - len(inner))
            draft.values |= picture_uniforms(pictures, room)
        return result_from_world

    def _draw_layers(self, scene: Scene, room: int, tools: _Draft) -> None:
        """Sums the light of all layers, a pass for each, in a target of the wall's size."""
        target = self.target("light")

        def draw(world: AiredWorld, layer: AiredLayer) -> None:
            draft = tools.copy()
            draft.values["opacity"] = layer.opacity
            if layer.contrast == 1.0:
                draft.tone(multiply(world.inner, layer.matrix), multiply(world.outer, layer.matrix))
            else:
                draft.options.append("CONTRAST")
                draft.values |= {"layer_from_light": column_major(layer.matrix), "contrast": layer.contrast}
                draft.tone(world.inner, world.outer)
            draft.evaluate(layer.source, scene.outer_eye_m)
            self._draw_pass("layer.frag", target, Variant(room, "RAY", layer.source.file), draft)

        blend(self._context, target.framebuffer, scene.worlds, draw)

    def _draw_pass(self, fragment: str, target: Target, variant: Variant, draft: _Draft) -> None:
        chosen = variant._replace(options=tuple(draft.options))
        self._passes.compose.draw(fragment, chosen, target.framebuffer, draft.values, draft.textures)


def _reprojection(pictures: Sequence[InnerPicture]) -> tuple[str, ...]:
    """How the pictures are looked into. Pictures of a plan show one world, so one way serves them all."""
    ways = {picture.reprojection for picture in pictures} - {""}
    return (f"REPROJECT_{max(ways).upper()}",) if ways else ()


def _with_pitch(positions: NDArray[np.float64], pitch: NDArray[np.float64]) -> NDArray[np.float32]:
    """Positions with the pitch as the fourth channel; all 0 where there is no LED."""
    present = np.isfinite(positions).all(axis=2, keepdims=True)
    return np.where(present, np.concatenate([positions, pitch[:, :, None]], axis=2), 0.0).astype(np.float32)
