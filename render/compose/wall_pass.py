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
from render.compose.footprint import LedSamples, flat_raster, led_pitch
from render.compose.marks import is_marked
from render.compose.regions import SHARED, Rectangles, WallTiles
from render.compose.variants import MOST_CAMERAS, ComposePasses, Variant, room_for
from render.compose.views import InnerPicture, mark_uniforms, picture_uniforms, view_uniforms
from render.gpu.context import Target, float_texture, largest_texture_px
from render.gpu.passes import Pass, Textures, Uniform
from render.plan.frame import GradePlan
from render.plan.inner import InnerPlan
from render.compose.raster_views import OuterCube
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


class _Finish(NamedTuple):
    """Where a wall's light goes: the shader file that ends a pass, its target, the matrix and the values it needs."""

    fragment: str
    target: Target
    result_from_world: Matrix
    values: Mapping[str, Uniform]


class _Part(NamedTuple):
    """A part of a wall: its scene, the effects of cards, what is drawn of further cameras, and where it is.

    In the part that a camera has alone, that camera stands in the place of the outer eye.
    """

    scene: Scene
    cards: Mapping[str, moderngl.Texture]
    behind: Target | None
    rectangles: Rectangles | None = None
    in_view: bool = False

    @property
    def room(self) -> int:
        """How many cameras its variant has room for."""
        return room_for(len(self.scene.inners))

    def seen_by(self, camera: InnerPlan) -> _Part:
        """This part as `camera` alone sees it."""
        cards = {name.replace("in_view", "behind"): card for name, card in self.cards.items() if "in_view" in name}
        scene = self.scene._replace(
            outer_eye_m=camera.eye_m, worlds=tuple(world._replace(outer=world.inner) for world in self.scene.worlds)
        )
        return self._replace(scene=scene, cards={**self.cards, **cards}, in_view=True)

    def tones(self, world: AiredWorld) -> tuple[Matrix, Matrix]:
        """The matrices of a world here, in the views and outside."""
        return (world.inner, world.inner) if self.in_view else (world.inner, world.outer)


@dataclass(slots=True)
class _Draft:
    """One pass in the making: its variant's options, uniforms and textures."""

    options: list[str]
    values: dict[str, Uniform]
    textures: dict[str, moderngl.Texture | list[moderngl.Texture]]

    @property
    def has_tools(self) -> bool:
        """Whether something is drawn that the world's grade must not touch."""
        return any(option in self.options for option in ("CARDS", "MARKS", "BEHIND"))

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
        self._tiles = WallTiles(positions)
        self._led_values = _flat_values(positions, pitch)
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
        layer = only_layer(scene.worlds)
        finish = _Finish(fragment, target, result_from_world, values)
        if scene.pictures is not None:
            self._show_pictures(finish, scene, behind)
        elif layer is not None:
            for part in self._parts(scene, behind):
                self._show_layer(finish, part, layer)
        else:
            self._sum_layers(scene, behind)
            self._show_sum(finish, scene, behind)

    def _parts(self, scene: Scene, behind: Target | None) -> list[_Part]:
        """The wall in parts: where one eye is alone, a pass needs no cameras."""
        whole = _Part(scene, self.cards.textures(), behind)
        if behind is not None or not scene.inners:
            return [whole]
        parts = []
        for owner, rectangles in self._tiles.regions(scene.inners):
            part = whole._replace(rectangles=rectangles)
            if owner != SHARED:
                part = part._replace(scene=scene._replace(inners=()))
            if owner >= 0:
                part = part.seen_by(scene.inners[owner])
            parts.append(part)
        return parts

    def _tools(self, part: _Part) -> _Draft:
        """The pass without its light: cameras, cards and marks, and what was drawn of further cameras."""
        inners, room = part.scene.inners, part.room
        draft = _Draft([], {**self._led_values, **view_uniforms(inners, room)}, {**part.cards})
        if self._led_values:
            draft.options.append("FLAT")
        else:
            draft.textures["positions"] = self.positions
        if part.cards:
            draft.options.append("CARDS")
        if any(is_marked(inner) for inner in inners):
            draft.options.append("MARKS")
            draft.values |= mark_uniforms(inners, room)
        if part.behind is not None:
            draft.options.append("BEHIND")
            draft.textures["behind"] = part.behind.texture
        return draft

    def _show_layer(self, finish: _Finish, part: _Part, layer: AiredLayer) -> None:
        """Shows the only layer there is. Its grade becomes part of the result's where nothing differs."""
        draft, result_from_world = self._tools(part), finish.result_from_world
        inner, outer = (multiply(tone, layer.matrix) for tone in (part.scene.worlds[0].inner, part.scene.worlds[0].outer))
        if draft.has_tools or (inner != outer and part.scene.inners):
            draft.tone(inner, outer)
        else:
            result_from_world = multiply(result_from_world, outer)
        draft.evaluate(layer.source, part.scene.outer_eye_m)
        self._finish(finish, Variant(part.room, "RAY", layer.source.file), draft, result_from_world, part.rectangles)

    def _show_pictures(self, finish: _Finish, scene: Scene, behind: Target | None) -> None:
        """Shows pictures of the views and the outer picture."""
        part = _Part(scene, self.cards.textures(), behind)
        draft, pictures = self._tools(part), scene.pictures or ()
        if draft.has_tools or scene.outer_look != IDENTITY:
            draft.tone(IDENTITY, scene.outer_look)
        draft.options += _reprojection(pictures)
        draft.textures["outer_on_wall"] = self.target("outer").texture
        if part.room > 0:
            inner = [picture.texture for picture in pictures]
            draft.textures["inner"] = inner + [inner[-1]] * (part.room - len(inner))
            draft.values |= picture_uniforms(pictures, part.room)
        self._finish(finish, Variant(part.room, "PICTURES"), draft, finish.result_from_world)

    def _show_sum(self, finish: _Finish, scene: Scene, behind: Target | None) -> None:
        """Shows the light that was summed of all layers, and the tools over it."""
        part = _Part(scene, self.cards.textures(), behind)
        draft = self._tools(part)
        draft.textures["light_on_wall"] = self.target("light").texture
        self._finish(finish, Variant(part.room, "LIGHT"), draft, finish.result_from_world)

    def _sum_layers(self, scene: Scene, behind: Target | None) -> None:
        """Sums the light of all layers in a target of the wall's size."""
        target = self.target("light")
        parts = self._parts(scene, behind)

        def draw(world: AiredWorld, layer: AiredLayer) -> None:
            for part in parts:
                draft = self._tools(part)
                tones = part.tones(world)
                draft.values["opacity"] = layer.opacity
                if layer.contrast == 1.0:
                    draft.tone(*(multiply(tone, layer.matrix) for tone in tones))
                else:
                    draft.options.append("CONTRAST")
                    draft.values |= {"layer_from_light": column_major(layer.matrix), "contrast": layer.contrast}
                    draft.tone(*tones)
                draft.evaluate(layer.source, part.scene.outer_eye_m)
                variant = Variant(part.room, "RAY", layer.source.file)
                self._draw_pass("layer.frag", target, variant, draft, part.rectangles)

        blend(self._context, target.framebuffer, scene.worlds, draw)

    def _finish(
        self,
        finish: _Finish,
        variant: Variant,
        draft: _Draft,
        result_from_world: Matrix,
        rectangles: Rectangles | None = None,
    ) -> None:
        result = "light_from_world" if finish.fragment == "light.frag" else "signal_from_world"
        draft.values |= {**finish.values, result: column_major(result_from_world)}
        self._draw_pass(finish.fragment, finish.target, variant, draft, rectangles)

    def _draw_pass(
        self, fragment: str, target: Target, variant: Variant, draft: _Draft, rectangles: Rectangles | None
    ) -> None:
        chosen = variant._replace(options=tuple(draft.options))
        self._passes.compose.draw(fragment, chosen, target.framebuffer, draft.values, draft.textures, rectangles)


def _reprojection(pictures: Sequence[InnerPicture]) -> tuple[str, ...]:
    """How the pictures are looked into. Pictures of a plan show one world, so one way serves them all."""
    ways = {picture.reprojection for picture in pictures} - {""}
    return (f"REPROJECT_{max(ways).upper()}",) if ways else ()


def _flat_values(positions: NDArray[np.float64], pitch: NDArray[np.float64]) -> dict[str, Uniform]:
    """The uniforms of `common/led.glsl` for a flat wall; {} for any other."""
    flat = flat_raster(positions)
    if flat is None:
        return {}
    corner, column, row = (tuple(float(part) for part in vector) for vector in flat)
    return {"first_led": (*corner, float(pitch[0, 0])), "led_column": column, "led_row": row}


def _with_pitch(positions: NDArray[np.float64], pitch: NDArray[np.float64]) -> NDArray[np.float32]:
    """Positions with the pitch as the fourth channel; all 0 where there is no LED."""
    present = np.isfinite(positions).all(axis=2, keepdims=True)
    return np.where(present, np.concatenate([positions, pitch[:, :, None]], axis=2), 0.0).astype(np.float32)
