"""From a world to a wall: each LED's light, seen from the cameras where they look and from the outer eye elsewhere, and
its code value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext

import moderngl
import msgspec
import numpy as np
from numpy.typing import NDArray

from calibration.walls import Wall
from render.colour.matrices import IDENTITY, Matrix, common_factor, multiply
from render.compose.air import AiredLayer, AiredWorld
from render.compose.blending import blend_ready
from render.compose.cards import CardLayer
from render.compose.facets import facets_of
from render.compose.footprint import LedSamples, led_form, led_pitch, with_pitch
from render.compose.guide_hiding import GuideHiding
from render.compose.kept import KeptOuter, KeptShown
from render.compose.left_out import COVERED, by_depth, hides_directly, left_open, may_hide
from render.compose.raster_views import OuterCube
from render.compose.regions import Rectangles, Tiles, WallTiles, in_both
from render.compose.scene import (
    Draft,
    Finish,
    Part,
    Ready,
    Scene,
    code_finish,
    draft_of,
    draw_all,
    only_set,
    parts_of,
    seen_worlds,
    shows_directly,
)
from render.compose.seen_edges import EveryForm, SeenEdges
from render.compose.variants import Variant, WallPasses
from render.compose.views import picture_uniforms, reprojection_of
from render.compose.wall_views import refuse_wall, wall_raster
from render.gpu.context import Target, float_texture, largest_texture_px
from render.gpu.layer_source import LayerSource
from render.plan.frame import GradePlan
from tracking.records import Vec3

_FEW_LEDS = 32
"""A side of a wall that is drawn only so that its shaders are built."""


class WallPicture:
    """One wall: the places of its LEDs, the outer picture on them, and what is sent to it.

    `pitch` (rows, columns) is how wide LEDs are taken for, metres; without it as far as it is to neighbours.
    """

    def __init__(
        self,
        context: moderngl.Context,
        wall: Wall,
        positions: NDArray[np.float64],
        passes: WallPasses,
        kind: str,
        *,
        pitch: NDArray[np.float64] | None = None,
    ) -> None:
        self.wall = wall
        self.sent = Target(context, wall.resolution_px, "f1")
        self._context = context
        self._kind = kind
        self._passes = passes
        refuse_wall(wall, positions.shape, largest_texture_px(context))
        self._sums = pitch is not None  # the asked share the shaders of layers: a form of their own would double them
        pitch = led_pitch(positions) if pitch is None else pitch
        self.form = led_form(positions, pitch)
        self.leds = LedSamples(positions, pitch)
        self.positions = float_texture(context, with_pitch(positions, pitch))
        self.tiles = WallTiles(positions)
        self.facets = facets_of(positions, self.tiles)
        self.raster = wall_raster(wall, positions, self.tiles)
        self.edges: SeenEdges | EveryForm = SeenEdges(positions, float(pitch.max()), self.tiles)
        self.cards = CardLayer(context, passes.cards, self.positions, wall.resolution_px, kind)
        self.hiding = GuideHiding(context, passes.hiding, wall.name, self.positions)
        self._targets: dict[str, Target] = {}
        self._kept, self.shown = KeptOuter(self.tiles), KeptShown(self.tiles)

    def thinned(self, positions: NDArray[np.float64], pitch: NDArray[np.float64] | None = None) -> WallPicture:
        """This wall with a few of its LEDs, where and as wide as it has them; drawn by the same shaders, edges too."""
        rows, columns = (-(-side // _FEW_LEDS) for side in positions.shape[:2])
        few = np.ascontiguousarray(positions[::rows, ::columns])
        wide = None if pitch is None else pitch[::rows, ::columns]
        wall = msgspec.structs.replace(self.wall, resolution_px=(few.shape[1], few.shape[0]))
        found = WallPicture(self._context, wall, few, self._passes, self._kind, pitch=wide)
        found.edges = EveryForm()
        return found if found.form.option == self.form.option else self

    def target(self, use: str) -> Target:
        """A float target of the wall's size for this use; made when it is first asked for."""
        if use not in self._targets:
            self._targets[use] = Target(self._context, self.wall.resolution_px, self._kind)
        return self._targets[use]

    @property
    def unkept(self) -> moderngl.Framebuffer:
        """What is sent, for whoever draws something else over all of it."""
        self.shown.begin()
        return self.sent.framebuffer

    def draw_outer(self, cube: OuterCube, eye_m: Vec3) -> None:
        """Draws the outer picture on the wall, from a cube map that was drawn from `eye_m`."""
        target = self.target("outer").framebuffer
        self._passes.outer.draw(target, {"outer_eye": eye_m}, {"positions": self.positions, "outer": cube.texture})

    def draw_code(self, scene: Scene, grade: GradePlan) -> None:
        """Draws what is sent: the scene graded, in the wall's colour and signal."""
        self._draw(code_finish(self.sent, self.wall.signal, grade, scene), scene)

    def draw_light(self, target: Target, scene: Scene, light_from_world: Matrix) -> None:
        """Draws the wall's scene-linear light, before the wall's own colour, into `target`."""
        self._draw(Finish("light.frag", target, light_from_world, {}), scene)

    def _draw(self, finish: Finish, scene: Scene) -> None:
        """Draws the scene; where it has more cameras than a pass has room for, the lowest priorities first."""
        if finish.target is self.sent:
            self.shown.begin()
        first, *others = scene.chunks()
        behind = None
        for number, chunk in enumerate(reversed(others)):
            between = self.target(f"between {number % 2}")
            self._compose(Finish("light.frag", between, IDENTITY, {}), chunk, behind)
            behind = between
        self._compose(finish, first, behind)

    def _compose(self, finish: Finish, scene: Scene, behind: Target | None) -> None:
        worlds = seen_worlds(scene, self.edges.sees)
        if finish.target is self.sent and behind is None:
            scene = scene._replace(due=self.shown.due(finish, scene, worlds, self.cards.version))
        if scene.pictures is not None:
            self._show_pictures(finish, scene, behind)
        elif self._sums or not shows_directly(self._whole(scene, behind), worlds):
            self._show_summed(finish, scene, worlds, behind)
        else:
            *others, last = worlds
            before = [*others, last._replace(layers=last.layers[:-1])]
            self._show_over(finish, scene, before, last, behind)

    def _show_summed(self, finish: Finish, scene: Scene, worlds: Sequence[AiredWorld], behind: Target | None) -> None:
        """Shows the sum of layers; of a set only where no film is alone, and no two are that can be drawn in one."""
        layers = () if self._sums else only_set(self._whole(scene, behind), worlds)
        sources, owners = [layer.source for layer in layers], self.tiles.owners(scene.inners)
        apart, shared, pairs = self.edges.apart(sources, scene.eyes_m(), owners)
        has_rest = (rest := in_both(shared, scene.due)) is None or bool(rest.any())
        if has_rest:
            self._summing(scene, worlds, behind, rest)()
        shown = [(layer, layer.source.alone or layer.source, one) for layer, one in zip(layers, apart, strict=True)]
        for layer, source, tiles in (*shown, *((layers[at], both, tiles) for at, both, tiles in pairs)):
            for part in self._parts(scene, behind, tiles):
                self._shown(finish, part, worlds[0], layer._replace(source=source), summed=False).draw()
        if has_rest:
            self._show_sum(finish, scene, behind, rest)

    def _parts(self, scene: Scene, behind: Target | None, within: Tiles | None = None) -> list[Part]:
        """What is due of the wall in parts, `within` alone: where one eye is alone, a pass needs no cameras."""
        return list(parts_of(self._whole(scene, behind), self.tiles, in_both(within, scene.due)))

    def _whole(self, scene: Scene, behind: Target | None) -> Part:
        return Part(scene, self.cards.textures() | self.hiding.textures(), behind, has_cards=self.cards.shown)

    def _draft(self, part: Part, *, tools: bool) -> Draft:
        return draft_of(part, self.form, self.positions, tools=tools)

    def _shown(
        self, finish: Finish, part: Part, world: AiredWorld, layer: AiredLayer, *, summed: bool, covered: bool = False
    ) -> Ready:
        """What shows the last layer, over which the others are `summed` before.

        The grade of an only one becomes part of the result's where nothing differs; over a sum, one that is but a gain
        needs no matrix.
        """
        inner, outer = part.graded(world, layer, summed=summed)
        draft = self._draft(part, tools=part.has_tools or (not summed and inner != outer and part.room > 0))
        gain = common_factor(inner, outer) if summed and not draft.is_toned else None
        if draft.is_toned or (summed and gain is None):
            draft.tone(inner, outer)
        elif not summed:
            finish = finish._replace(result_from_world=multiply(finish.result_from_world, outer))
        if summed:
            draft.add_to(self.target("light").texture, world, layer, gain)
        draft.options += [COVERED] if covered else []
        draft.evaluate(self._source(layer.source, part), part.outer_eye_m)
        return self._finished(finish, Variant(part.room, "RAY", layer.source.file), draft, part.rectangles)

    def _show_pictures(self, finish: Finish, scene: Scene, behind: Target | None) -> None:
        """Shows pictures of the views and the outer picture."""
        for rectangles, of_cameras in scene.pictures or ():
            pictures = [picture for picture in of_cameras if picture is not None]
            seen = scene._replace(inners=[picture.plan for picture in pictures])
            part = self._whole(seen, behind)._replace(rectangles=rectangles)
            draft = self._draft(part, tools=part.has_tools or scene.outer_look != IDENTITY)
            if draft.is_toned:
                draft.tone(IDENTITY, scene.outer_look)
            draft.options += reprojection_of(pictures)
            draft.textures["outer_on_wall"] = self.target("outer").texture
            if part.room > 0:
                inner = [picture.texture for picture in pictures]
                draft.textures["inner"] = inner + [inner[-1]] * (part.room - len(inner))
                draft.values |= picture_uniforms(pictures, part.room)
            draft.lay_weather(part)
            self._finished(finish, Variant(part.room, "PICTURES"), draft, rectangles).draw()

    def _show_sum(self, finish: Finish, scene: Scene, behind: Target | None, within: Tiles | None = None) -> None:
        """Shows the light that was summed of all layers, and the tools over it; on the tiles `within` alone."""
        whole = self._whole(scene, behind)
        if within is not None:
            whole = whole._replace(rectangles=self.tiles.regions((), within)[0].rectangles)
        if scene.weather is None:
            parts = [whole if whole.has_tools else whole.without_cameras()]
        else:
            parts = self._parts(scene, behind)
        for part in parts:
            draft = self._draft(part, tools=part.has_tools)
            draft.lay_weather(part)
            draft.textures["light_on_wall"] = self.target("light").texture
            self._finished(finish, Variant(part.room, "LIGHT"), draft, part.rectangles).draw()

    def _show_over(
        self, finish: Finish, scene: Scene, before: Sequence[AiredWorld], last: AiredWorld, behind: Target | None
    ) -> None:
        """Shows the last layer over those `before` it: these are summed, and the sum is shown where nothing is left for
        it, which what then ends on the wall leaves alone. One scene is shown there as it is, and summed elsewhere.
        """
        summed = any(world.layers for world in before)
        hides = summed and may_hide(before[-1]) and not self._whole(scene, behind).has_tools
        finish, keeps = finish._replace(by_depth=hides), finish.target is self.sent and behind is None
        is_direct = hides and behind is None and hides_directly(before)
        if summed and not is_direct:
            self._summing(scene, before, behind)()
        tiles = self.shown.missing(finish, scene, before) if hides and keeps else None
        due = self.shown.rectangles(in_both(tiles, scene.due))
        covered = self._covered(finish, self._parts(scene, behind, tiles) if is_direct else [], before[-1], due)
        summing = self._summing(scene, before, behind, beside=finish.target) if is_direct else None
        parts = self._parts(scene, behind)
        shown = [self._shown(finish, part, last, last.layers[-1], summed=summed) for part in parts]
        self._passes.finish_pictures()
        with by_depth(self._context, finish.framebuffer, due) if hides else nullcontext():
            if hides:
                draw_all(covered)
                left_open(finish.framebuffer)
            if summing is not None:
                summing()
            draw_all(shown)

    def _covered(self, finish: Finish, parts: Sequence[Part], world: AiredWorld, due: Rectangles | None) -> list[Ready]:
        """What shows the only scene of a world directly in `parts`, or the sum, where nothing is left for others."""
        if parts:
            return [self._shown(finish, part, world, world.layers[0], summed=False, covered=True) for part in parts]
        draft = Draft([COVERED], {}, {"light_on_wall": self.target("light").texture})
        return [self._finished(finish, Variant(0, "LIGHT"), draft, due)]

    def _summing(
        self,
        scene: Scene,
        worlds: Sequence[AiredWorld],
        behind: Target | None,
        rest: Tiles | None = None,
        *,
        beside: Target | None = None,
    ) -> Callable[[], None]:
        """What sums the light of `worlds`, in tiles of the `rest` alone, where the depth of `beside` lets it."""
        target = self.target("light")
        framebuffer = target.framebuffer if beside is None else target.with_depth_of(beside)
        may_keep = rest is None and not self._whole(scene, behind).has_tools
        due = self._kept.missing(scene, worlds, may_keep=may_keep, shown_by=(beside is None,))
        layers = [
            [
                self._summed(framebuffer, part, world, layer)
                for part in self._parts(scene, behind, self._within(scene, layer, due, rest))
            ]
            for world in worlds
            for layer in world.layers
        ]

        def run() -> None:
            self._passes.finish_pictures()
            blend_ready(self._context, framebuffer, worlds, layers)

        return run

    def _within(self, scene: Scene, layer: AiredLayer, due: Tiles | None, rest: Tiles | None) -> Tiles | None:
        """The tiles of the wall in which a layer is summed; None for all."""
        within = due if due is not None or layer.is_softened else self.edges.tiles(layer.source, scene.eyes_m())
        return within if rest is None or within is None else within & rest

    def _summed(self, framebuffer: moderngl.Framebuffer, part: Part, world: AiredWorld, layer: AiredLayer) -> Ready:
        """What adds one layer in one part; `fill` is given when it is drawn."""
        mends = layer.own_mends if part.has_tools else layer.mends
        draft = self._draft(part, tools=part.has_tools or mends is not None)
        draft.values |= {"opacity": layer.opacity, "fill": 0.0}
        draft.grade(part, world, layer, mends)
        draft.evaluate(self._source(layer.source, part), part.outer_eye_m)
        variant = Variant(part.room, "RAY", layer.source.file).with_options(draft.options)
        return Ready(self._passes.compose.drawing("layer.frag", variant, draft), framebuffer, draft, part.rectangles)

    def _source(self, source: LayerSource, part: Part) -> LayerSource:
        return self.edges.source(part.looking_into(source, self.wall.name), part.eyes_m())

    def _finished(self, finish: Finish, variant: Variant, draft: Draft, rectangles: Rectangles | None = None) -> Ready:
        draft.values |= finish.all_values()
        made = self._passes.compose.drawing(finish.fragment, variant.with_options(draft.options), draft)
        return Ready(made, finish.framebuffer, draft, rectangles)
