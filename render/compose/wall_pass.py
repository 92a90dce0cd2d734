"""From a world to a wall: each LED's light, as the cameras see it where they look and as the outer eye sees it elsewhere,
and its code value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import moderngl
import numpy as np
from numpy.typing import NDArray

from calibration.walls import Wall
from render.colour.grade import ceiling, signal_from_world
from render.colour.matrices import IDENTITY, Matrix, column_major, multiply
from render.compose.cards import CardLayer, CardPasses
from render.compose.footprint import LedSamples, led_pitch
from render.compose.marks import is_marked
from render.compose.variants import MOST_CAMERAS, ComposePasses, Variant, room_for
from render.compose.views import InnerPicture, mark_uniforms, picture_uniforms, view_uniforms
from render.gpu.context import Target, fill_black, float_texture, largest_texture_px
from render.gpu.passes import Pass, Textures, Uniform
from render.plan.frame import GradePlan
from render.plan.inner import InnerPlan
from render.worlds.drawings import LayerSource, OuterCube
from tracking.records import ConfigError, Vec3


class Scene(NamedTuple):
    """What one wall shows: its cameras by falling priority, the outer eye, and where their light comes from.

    `source` is evaluated along each LED's ray; None is black, or with `pictures`, one for each camera, the light comes
    from those and from the outer picture that was drawn on the wall last. The two matrices apply to the world's light
    in the cameras' views and outside, before cards.
    """

    inners: Sequence[InnerPlan]
    outer_eye_m: Vec3
    source: LayerSource | None = None
    pictures: Sequence[InnerPicture] | None = None
    inner_from_world: Matrix = IDENTITY
    outer_from_world: Matrix = IDENTITY

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
        cards = self.cards.textures()
        marked = any(is_marked(inner) for inner in scene.inners)
        room = room_for(len(scene.inners))
        options: list[str] = []
        uniforms: dict[str, Uniform] = {**values, **view_uniforms(scene.inners, room)}
        textures: dict[str, moderngl.Texture | list[moderngl.Texture]] = {"positions": self.positions, **cards}
        tones = (scene.inner_from_world, scene.outer_from_world)
        if cards or marked or behind is not None or tones[0] != tones[1]:
            options.append("TONED")
            uniforms["inner_from_world"], uniforms["outer_from_world"] = (column_major(tone) for tone in tones)
        else:
            result_from_world = multiply(result_from_world, tones[0])
        if cards:
            options.append("CARDS")
        if marked:
            options.append("MARKS")
            uniforms |= mark_uniforms(scene.inners, room)
        if behind is not None:
            options.append("BEHIND")
            textures["behind"] = behind.texture
        result = "light_from_world" if fragment == "light.frag" else "signal_from_world"
        uniforms[result] = column_major(result_from_world)
        variant = self._light_of(scene, room, uniforms, textures)
        variant = variant._replace(options=(*variant.options, *options))
        self._passes.compose.draw(fragment, variant, target.framebuffer, uniforms, textures)

    def _light_of(
        self,
        scene: Scene,
        room: int,
        uniforms: dict[str, Uniform],
        textures: dict[str, moderngl.Texture | list[moderngl.Texture]],
    ) -> Variant:
        """The variant for the scene's light, without options; adds what it needs to `uniforms` and `textures`."""
        if scene.pictures is not None:
            textures["outer_on_wall"] = self.target("outer").texture
            if room > 0:
                inner = [picture.texture for picture in scene.pictures]
                textures["inner"] = inner + [inner[-1]] * (room - len(inner))
                uniforms |= picture_uniforms(scene.pictures, room)
            return Variant(room, "PICTURES", options=_reprojection(scene.pictures))
        if scene.source is None:
            black = self.target("light")
            fill_black(black.framebuffer)
            textures["light_on_wall"] = black.texture
            return Variant(room, "LIGHT")
        uniforms |= {**scene.source.values, "outer_eye": scene.outer_eye_m}
        textures |= scene.source.textures
        return Variant(room, "RAY", scene.source.file, scene.source.defines)


def _reprojection(pictures: Sequence[InnerPicture]) -> tuple[str, ...]:
    """How the pictures are looked into. Pictures of a plan show one world, so one way serves them all."""
    ways = {picture.reprojection for picture in pictures} - {""}
    return (f"REPROJECT_{max(ways).upper()}",) if ways else ()


def _with_pitch(positions: NDArray[np.float64], pitch: NDArray[np.float64]) -> NDArray[np.float32]:
    """Positions with the pitch as the fourth channel; all 0 where there is no LED."""
    present = np.isfinite(positions).all(axis=2, keepdims=True)
    return np.where(present, np.concatenate([positions, pitch[:, :, None]], axis=2), 0.0).astype(np.float32)
