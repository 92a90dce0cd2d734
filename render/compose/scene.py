"""What a wall shows in one frame, in the parts and passes that it is drawn in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import moderngl

from calibration.walls import Signal
from render.colour.grade import ceiling, signal_from_world
from render.colour.matrices import IDENTITY, Matrix, column_major, multiply, scaled
from render.compose.air import AiredLayer, AiredWorld, Mends
from render.compose.bands import dithered
from render.compose.footprint import LedForm
from render.compose.guide import GuideLines, guide_uniforms
from render.compose.marks import is_marked
from render.compose.mends import FOLLOWS, MENDED, gain_textures, mend_uniforms
from render.compose.regions import SHARED, Rectangles, Tiles, WallTiles
from render.compose.variants import MOST_CAMERAS, room_for
from render.compose.views import PictureBlock, mark_uniforms, view_uniforms
from render.gpu.context import Target
from render.gpu.layer_source import LayerSource
from render.gpu.passes import Pass, Uniform
from render.plan.frame import GradePlan
from render.plan.inner import InnerPlan
from render.worlds.on_air import AirPlan
from tracking.records import Vec3


class Scene(NamedTuple):
    """What one wall shows: its cameras by falling priority, the outer eye, and where their light comes from.

    That is `worlds`, evaluated along each LED's ray, or with `pictures`, block by block, those and the outer picture
    that was drawn on the wall last, to which `outer_look` applies. `weather` is before all of that, its light
    under `outer_look` outside the views, and `guide` is drawn over it. `coded_gain` is of pictures of code values
    (`render.compose.bands`). `air` is what the worlds follow from: what is on air, and on a frozen outer.
    Tiles of the wall that are not `due` show all of this already; None: all are.
    """

    inners: Sequence[InnerPlan]
    outer_eye_m: Vec3
    worlds: tuple[AiredWorld, ...] = ()
    pictures: Sequence[PictureBlock] | None = None
    outer_look: Matrix = IDENTITY
    weather: LayerSource | None = None
    guide: GuideLines | None = None
    coded_gain: float = 0.0
    air: tuple[AirPlan | None, ...] = ()
    due: Tiles | None = None

    def eyes_m(self) -> tuple[Vec3, ...]:
        """Every eye that sees any of the wall."""
        return (self.outer_eye_m, *(inner.eye_m for inner in self.inners))

    def chunks(self) -> list[Scene]:
        """The same in parts of as many cameras as one pass can have, the highest priority first."""
        starts = range(0, max(len(self.inners), 1), MOST_CAMERAS)
        return [
            self._replace(
                inners=self.inners[start : start + MOST_CAMERAS],
                pictures=None
                if self.pictures is None
                else [block._replace(pictures=block.pictures[start : start + MOST_CAMERAS]) for block in self.pictures],
            )
            for start in starts
        ]


def seen_worlds(scene: Scene, sees: Callable[[LayerSource, Iterable[Vec3]], bool]) -> list[AiredWorld]:
    """The worlds of which an eye sees a layer on the wall, as `sees` knows, with those layers alone."""
    eyes = scene.eyes_m()
    seen = (
        world._replace(layers=tuple(one for one in world.layers if one.is_softened or sees(one.source, eyes)))
        for world in scene.worlds
    )
    return [world for world in seen if world.layers]


def only_set(whole: Part, worlds: Sequence[AiredWorld]) -> tuple[AiredLayer, ...]:
    """The films of a set that are all that a wall shows, with nothing over them; none where it shows more."""
    if len(worlds) != 1 or whole.has_tools or whole.scene.weather is not None or worlds[0].inner != worlds[0].outer:
        return ()
    layers = worlds[0].layers
    return layers if all(layer.source.alone is not None and layer.is_plain_part for layer in layers) else ()


def shows_directly(whole: Part, worlds: Sequence[AiredWorld]) -> bool:
    """Whether the last layer can be evaluated in the pass that ends on the wall: no part of one, of more forms."""
    if not worlds or whole.scene.weather is not None:
        return False
    world, layer = worlds[-1], worlds[-1].layers[-1]
    if layer.source.looks is not None:
        return False
    if not layer.has_own_pass:
        return True
    is_plain = world.inner == world.outer and layer.source.only_in is None and not (layer.mends or layer.follows)
    return is_plain and not whole.has_tools


class Finish(NamedTuple):
    """Where a wall's light goes: the shader file that ends a pass, its target, the matrix and the values it needs.

    With `by_depth` the target's depth says which pixels are still to be drawn.
    """

    fragment: str
    target: Target
    result_from_world: Matrix
    values: Mapping[str, Uniform]
    by_depth: bool = False

    @property
    def framebuffer(self) -> moderngl.Framebuffer:
        """What is drawn into."""
        return self.target.with_depth() if self.by_depth else self.target.framebuffer

    def all_values(self) -> dict[str, Uniform]:
        """The uniforms of the shader file."""
        result = "light_from_world" if self.fragment == "light.frag" else "given_signal_from_world"
        return {**self.values, result: column_major(self.result_from_world)}


def code_finish(target: Target, signal: Signal, grade: GradePlan, scene: Scene) -> Finish:
    """What ends with the codes that a wall of this signal is sent, dithered as wide as the scene's codes ask for."""
    width, added, gain = dithered(scene.coded_gain, signal)
    values: dict[str, Uniform] = {"given_code_range": (gain * ceiling(signal), width, added)}
    if signal.curve == "gamma":
        values["inverse_gamma"] = 1.0 / signal.gamma
    matrix = scaled(signal_from_world(grade, signal), gain)
    return Finish(f"compose_{signal.curve}.frag", target, matrix, values)


class Part(NamedTuple):
    """A part of a wall: its scene, the effects of cards and what is hidden of the guide, what is drawn of further
    cameras, and where it is.

    In the part that a camera has `alone`, that camera stands in the place of the outer eye.
    """

    scene: Scene
    cards: Mapping[str, moderngl.Texture]
    behind: Target | None
    has_cards: bool = False
    rectangles: Rectangles | None = None
    alone: InnerPlan | None = None

    @property
    def room(self) -> int:
        """How many cameras its variant has room for."""
        return room_for(len(self.scene.inners))

    @property
    def has_tools(self) -> bool:
        """Whether something is drawn that the world's grade must not touch."""
        drawn = self.has_cards or self.behind is not None or self.scene.guide is not None
        return drawn or any(is_marked(inner) for inner in self.scene.inners)

    @property
    def outer_eye_m(self) -> Vec3:
        """The eye that has what the cameras leave."""
        return self.scene.outer_eye_m if self.alone is None else self.alone.eye_m

    def eyes_m(self) -> list[Vec3]:
        """Every eye that may have a share in it."""
        return [*(inner.eye_m for inner in self.scene.inners), self.outer_eye_m]

    def looking_into(self, source: LayerSource, wall: str) -> LayerSource:
        """A layer with the pictures of it that are looked into here, where it has any."""
        cameras = [inner.eye_m for inner in (*self.scene.inners, *(() if self.alone is None else (self.alone,)))]
        outer_eye_m, is_alone = self.scene.outer_eye_m, self.alone is not None
        seen = source.seen_from(cameras, None if is_alone else outer_eye_m, wall, is_within=is_alone)
        return seen.apart(cameras[0]) if self.room == 1 else seen

    def without_cameras(self) -> Part:
        """This part with one eye alone."""
        return self._replace(scene=self.scene._replace(inners=()))

    def seen_by(self, camera: InnerPlan) -> Part:
        """This part as `camera` alone sees it."""
        cards = {name.replace("in_view", "behind"): card for name, card in self.cards.items() if "in_view" in name}
        return self._replace(cards={**self.cards, **cards}, alone=camera)

    def tones(self, world: AiredWorld) -> tuple[Matrix, Matrix]:
        """The matrices of a world here, in the views and outside."""
        return (world.inner, world.outer if self.alone is None else world.inner)

    def graded(self, world: AiredWorld, layer: AiredLayer, *, summed: bool) -> tuple[Matrix, Matrix]:
        """The same with the own grade of the world's last layer, and its share where nothing is `summed` before."""
        whole = scaled(layer.matrix, layer.opacity if summed else layer.opacity * world.share)
        inner, outer = (multiply(tone, whole) for tone in self.tones(world))
        return inner, outer


def parts_of(whole: Part, tiles: WallTiles, within: Tiles | None) -> Iterator[Part]:
    """A wall by who sees it, of the tiles `within` alone; None for all."""
    inners = whole.scene.inners
    if whole.behind is not None or (not inners and within is None):
        yield whole
        return
    for owner, rectangles in tiles.regions(inners, within):
        part = whole._replace(rectangles=rectangles)
        if owner != SHARED:
            part = part.without_cameras()
        yield part.seen_by(inners[owner]) if owner >= 0 else part


@dataclass(slots=True)
class Draft:
    """One pass in the making: its variant's options, uniforms and textures."""

    options: list[str]
    values: dict[str, Uniform]
    textures: dict[str, moderngl.Texture | moderngl.TextureCube | Sequence[moderngl.Texture]]

    @property
    def is_toned(self) -> bool:
        """Whether the light in the views and outside has a matrix each."""
        return "TONED" in self.options

    def tone(self, inner: Matrix, outer: Matrix) -> None:
        """Gives the light in the views and outside a matrix each."""
        if not self.is_toned:
            self.options.append("TONED")
        self.values |= {"inner_from_world": column_major(inner), "outer_from_world": column_major(outer)}

    def tone_alone(self, outer: Matrix) -> None:
        """Gives the light a matrix where one eye is alone."""
        self.options.append("TONED_ALONE")
        self.values["given_tone"] = column_major(outer)

    def grade(self, part: Part, world: AiredWorld, layer: AiredLayer, mends: Mends | None) -> None:
        """Grades the light of a layer that is summed, and does to it what its `mends` say."""
        inner, outer = part.tones(world)
        if mends is not None:
            self.options.append(MENDED)
            self.values |= mend_uniforms(mends, layer.matrix)
            self.tone(inner, outer)
        elif self.is_toned or part.room > 0:
            self.tone(multiply(inner, layer.matrix), multiply(outer, layer.matrix))
        else:
            self.tone_alone(multiply(outer, layer.matrix))
        self.options += [FOLLOWS] if layer.follows else []
        if mends is not None or layer.follows:
            self.textures |= gain_textures(layer.source)

    def add_to(self, light: moderngl.Texture, world: AiredWorld, layer: AiredLayer, gain: float | None) -> None:
        """Adds the last layer, graded by a `gain` alone where that is not None, to the light that was summed before."""
        self.options.append("SUMMED")
        left = world.share if world.layers == (layer,) else -1.0
        self.values["share_left"] = left if gain is None else left * gain
        self.textures["light_on_wall"] = light

    def lay_over(self, weather: LayerSource, outer_look: Matrix, outer_eye_m: Vec3) -> None:
        """Lays the weather over all of the light, by each eye that sees an LED."""
        self.options += weather.defines
        self.values |= {
            **weather.values,
            "given_outer_from_weather": column_major(outer_look),
            "given_outer_eye": outer_eye_m,
        }
        self.textures |= weather.textures

    def lay_weather(self, part: Part) -> None:
        """Lays the part's weather over it, where it has any."""
        scene = part.scene
        if scene.weather is not None:
            self.lay_over(scene.weather, IDENTITY if part.alone else scene.outer_look, part.outer_eye_m)

    def evaluate(self, source: LayerSource, outer_eye_m: Vec3) -> None:
        """Takes the light from this layer along each LED's ray."""
        self.options += source.defines
        self.values |= {**source.values, "given_outer_eye": outer_eye_m}
        self.textures |= source.textures


class Ready(NamedTuple):
    """A pass that has only to be drawn. What Python does for it is done before pictures are waited for that it looks
    into: after that a software renderer would have nothing to do meanwhile.
    """

    made: Pass
    framebuffer: moderngl.Framebuffer
    draft: Draft
    rectangles: Rectangles | None

    def draw(self) -> None:
        """Draws it."""
        self.made.draw(self.framebuffer, self.draft.values, self.draft.textures, self.rectangles)


def draw_all(passes: Iterable[Ready]) -> None:
    """Draws these, one after the other."""
    for ready in passes:
        ready.draw()


def draft_of(part: Part, form: LedForm, positions: moderngl.Texture, *, tools: bool) -> Draft:
    """A pass without its light, before LEDs of this form, whose `positions` are looked up where it has none.

    With `tools` it draws cards, marks and guide, where there are any: one variant.
    """
    inners, room = part.scene.inners, part.room
    draft = Draft([], dict(view_uniforms(inners, room)), {})
    if form.option:
        draft.options.append(form.option)
        draft.values |= form.values
    else:
        draft.textures["positions"] = positions
    if tools:
        draft.options += ["TONED", "CARDS", "MARKS"]
        draft.textures |= part.cards
        draft.values |= mark_uniforms(inners, room) | guide_uniforms(
            part.scene.guide, part.outer_eye_m, in_view=part.alone is not None
        )
    if part.behind is not None:
        draft.options.append("BEHIND")
        draft.textures["behind"] = part.behind.texture
    return draft
