"""Draws models with depth: opaque ones by batches, see-through ones from back to front, and the sun's shadows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import moderngl
import numpy as np

from render.gpu.context import draws_in_software
from render.gpu.fence import begin_drawing
from render.models.arranged import Arranged, Batch, Mask
from render.models.crowd_pass import CrowdPass
from render.models.edge_choice import least_tangent_of
from render.models.gpu import GpuModel
from render.models.gpu_crowd import GpuCrowd, PlacedCrowd
from render.models.light import ModelLight
from render.models.placing import PlacedModel, RasterView, Transform, near_from_pixel, pixels_for_a_tangent
from render.models.programs import (
    BENDS_UNIT,
    IRRADIANCE_UNIT,
    MIRRORED_UNIT,
    MORPHS_UNIT,
    SCENE_BINDING,
    SHADOWS_UNIT,
    SPLIT_SUMS_UNIT,
    ModelPrograms,
)
from render.models.scene_block import SceneBlock, lamps_of
from render.models.shadows import SunShadows
from tracking.records import Vec3

Tier = Literal["low", "full"]
Quality = Literal["auto", "low", "full"]
"""How scenes are drawn: as suits the driver, for laptops and software, or for GPUs."""
Viewport = tuple[int, int, int, int]
_SHADOW_OFFSET = (2.0, 4.0)
"""Slopes, and smallest steps of depth, that a surface is put further from the sun: it must not shade itself where the
places that are compared lie beside a texel's middle."""
_NO_OFFSET = (0.0, 0.0)
_NO_LIGHT = (0.0, 0.0, 0.0)
_CASCADES_OF_FIGURES = 2
"""So many of the nearest cascades have texels that are small enough for figures."""
_PARTS_AT_ONCE = 16
"""So many get what draws them in one step."""
_BY_SHARE = (0x88F9, 0x88FA)
"""SRC1_COLOR and ONE_MINUS_SRC1_COLOR: a pixel that several edges go through gets its share of each."""


class ModelPass:
    """Draws models into any framebuffer with a depth. What a picture needs is built when it is first asked for."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._programs = ModelPrograms(context)
        self._scene = SceneBlock(context)
        self._arranged = Arranged(context)
        self._cast = Arranged(context)
        self._crowds = CrowdPass(context, self._programs, self._scene)

    def prepare(self, model: GpuModel, tier: Tier, *, has_shadows: bool, has_lamps: bool = False) -> Iterator[None]:
        """Builds the shaders and arrays of a model before it is shown; `has_lamps`: others beside it have some.

        One step for each shader, or for some of its parts.
        """
        has_lamps = has_lamps or bool(model.lamps)
        kinds = [
            _light_words(tier, has_shadows=has_shadows, has_lamps=has_lamps, is_dusk=is_dusk)
            for is_dusk in (False, True)
        ]
        for number, part in enumerate(model.parts, start=1):
            for words in kinds:
                built = self._programs.built
                part.array(self._programs.lit(part.variant, words))
                if self._programs.built > built:
                    yield
            if has_shadows and not part.is_blended:
                part.array(self._programs.depth(part.depth_variant))
            if tier == "low":
                part.edges_array(self._programs.edge())
            if number % _PARTS_AT_ONCE == 0:
                yield

    def prepare_crowd(self, crowd: GpuCrowd, tier: Tier) -> None:
        """Builds what a crowd is drawn with, and draws its cards, before it is shown."""
        for has_shadows in (False, True):
            self._crowds.prepare(crowd, _light_words(tier, has_shadows=has_shadows, has_lamps=False, is_dusk=False))
        if tier == "full":
            self._crowds.prepare_shadows(crowd)
        self._crowds.draw_cards_of(crowd)

    def draw(
        self,
        target: moderngl.Framebuffer,
        view: RasterView,
        models: Sequence[PlacedModel],
        light: ModelLight,
        tier: Tier,
        *,
        crowds: Sequence[PlacedCrowd] = (),
        viewport: Viewport | None = None,
    ) -> None:
        """Covers `target`, or `viewport` of it, with what the view sees of models and crowds, in one depth.

        That is ACEScg times alpha, and alpha; where there is nothing it is transparent, at the largest depth. The full
        tier needs `light.around`.
        """
        self._arranged.arrange(models)
        self._arranged.sort(view.eye_m)
        lamps = [*light.lamps, *lamps_of(models)]
        brightest = max((one.model.source.dusk_light for one in models), key=sum, default=_NO_LIGHT)
        self._scene.write(view, light, lamps, brightest)
        viewport = viewport or (0, 0, *target.size)
        self._begin(target, viewport)
        target.clear(0.0, 0.0, 0.0, 0.0, depth=1.0, viewport=viewport)
        self._bind_light(light, tier)
        words = _light_words(
            tier, has_shadows=light.shadows is not None, has_lamps=bool(lamps), is_dusk=light.dusk > 0.0
        )
        mask = self._arranged.seen(view)
        turns = np.linalg.det(view.clip_from_world[[0, 1, 3], :3]) > 0.0
        self._draw_opaque(mask, words, turns=turns)
        begin_drawing()
        pixels = pixels_for_a_tangent(view, viewport[3])
        for crowd in crowds:
            self._crowds.draw(crowd, view, words, front="cw" if turns else "ccw", pixels=pixels)
        self._forget_bound()
        self._draw_blended(mask, words, view, turns=turns)
        target.depth_mask = True
        self._end()

    def draw_edges(self, target: moderngl.Framebuffer, view: RasterView) -> None:
        """Draws what edges of what was drawn last do to pixels of one sample, for `shaders/models/mended.frag`.

        `target` has the depth of what was drawn.
        """
        arranged, program = self._arranged, self._programs.edge()
        target.depth_mask = False
        target.use()
        target.clear()
        self._context.enable_only(moderngl.DEPTH_TEST | moderngl.BLEND)
        self._context.blend_func = _BY_SHARE
        self._scene.use(SCENE_BINDING)
        program["size_px"].value = target.size  # type: ignore[union-attr]
        program["near_m"].value = view.near_m  # type: ignore[union-attr]
        from_pixel = near_from_pixel(view, target.size)
        program["near_from_pixel"].write(from_pixel.T.astype("f4").tobytes())  # type: ignore[union-attr]
        mask, least = arranged.seen(view), least_tangent_of(from_pixel, target.size)
        for batch, count in zip(arranged.batches, arranged.counts(mask), strict=True):
            array = batch.part.edges_array(program) if count else None
            if array is None:
                continue
            instances, choice = arranged.write(batch, mask, count), batch.part.edge_choice
            if choice is None or batch.stop - batch.start > 1 or batch.model.bends:
                array.render(instances=instances)
            else:
                choice.render(instances, arranged.place_of(batch), view.eye_m, least)
        self._context.blend_func = moderngl.ONE, moderngl.ZERO  # with two sources set, others are refused
        self._end()
        begin_drawing()

    def draw_shadows(
        self,
        shadows: SunShadows,
        models: Sequence[PlacedModel],
        sun_towards: Vec3,
        eye_m: Vec3,
        *,
        crowds: Sequence[PlacedCrowd] = (),
        again: bool = False,
    ) -> None:
        """Draws the depths of opaque and masked parts around the eye as the sun sees them.

        Figures of `crowds` are in the nearest cascades alone. `again`: nothing but they has moved since.
        """
        arranged = self._cast
        arranged.arrange(models)
        shadows.place(sun_towards, eye_m, *_bounds(arranged, crowds))
        self._context.polygon_offset = _SHADOW_OFFSET
        for number, (viewport, view) in enumerate(shadows.views()[: _CASCADES_OF_FIGURES if again else None]):
            self._scene.write_view(view)
            self._begin(shadows.framebuffer, viewport)
            shadows.framebuffer.clear(depth=1.0, viewport=viewport)
            self._context.disable(moderngl.CULL_FACE)
            mask = arranged.seen_from_afar(view)
            for batch, count in zip(arranged.batches, arranged.counts(mask), strict=True):
                if count and not batch.part.is_blended:
                    program = self._programs.depth(batch.part.depth_variant)
                    self._render(arranged, batch, program, mask, count)
            for crowd in crowds if number < _CASCADES_OF_FIGURES else ():
                self._crowds.cast(crowd, view)
        self._context.polygon_offset = _NO_OFFSET
        self._end()

    def _begin(self, target: moderngl.Framebuffer, viewport: Viewport) -> None:
        target.viewport = viewport
        target.use()
        self._context.enable_only(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        self._scene.use(SCENE_BINDING)
        self._forget_bound()

    def _forget_bound(self) -> None:
        self._bound: tuple[int, int] = (0, -1)
        self._front = ""

    def _end(self) -> None:
        self._context.enable_only(moderngl.NOTHING)
        self._context.front_face = "ccw"

    def _bind_light(self, light: ModelLight, tier: Tier) -> None:
        if light.shadows is not None:
            light.shadows.texture.use(SHADOWS_UNIT)
        if tier == "full":
            assert light.around is not None
            light.around.mirrored.use(MIRRORED_UNIT)
            light.around.irradiance.use(IRRADIANCE_UNIT)
            light.around.split_sums.use(SPLIT_SUMS_UNIT)

    def _draw_opaque(self, mask: Mask, words: tuple[str, ...], *, turns: bool) -> None:
        arranged, begun = self._arranged, False
        for number, (batch, count) in enumerate(zip(arranged.batches, arranged.counts(mask), strict=True)):
            if count and not batch.part.is_blended:
                if not begun and 3 * number > len(arranged.batches):
                    begin_drawing()  # software works at pixels of these while corners of the others are worked out
                    begun = True
                self._turn(batch, turns=turns)
                self._render(arranged, batch, self._programs.lit(batch.part.variant, words), mask, count)

    def _draw_blended(self, mask: Mask, words: tuple[str, ...], view: RasterView, *, turns: bool) -> None:
        """One instance after the other, the farthest first; none hides another, so depth is only looked at."""
        arranged = self._arranged
        blended = [batch for batch in arranged.batches if batch.part.is_blended]
        seen = [
            (batch, one) for batch in blended for one in np.flatnonzero(mask[batch.start : batch.stop]) + batch.start
        ]
        if not seen:
            return
        away = np.linalg.norm(arranged.middles[[one for _, one in seen]] - np.array(view.eye_m), axis=1)
        context = self._context
        context.enable(moderngl.BLEND)
        context.blend_func = moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
        context.fbo.depth_mask = False
        for place in np.argsort(-away, kind="stable"):
            batch, one = seen[int(place)]
            arranged.write_one(batch, int(one))
            program = self._programs.lit(batch.part.variant, words)
            self._turn(batch, turns=turns)
            self._render(arranged, batch, program, None, 1, is_written=True)
        context.fbo.depth_mask = True

    def _turn(self, batch: Batch, *, turns: bool) -> None:
        """Says which side of triangles is the front, and whether the other is drawn."""
        front = "cw" if turns != batch.is_mirrored else "ccw"
        face = front + ("" if not batch.part.is_double_sided else " both")
        if face != self._front:
            self._front = face
            self._context.front_face = front
            if batch.part.is_double_sided:
                self._context.disable(moderngl.CULL_FACE)
            else:
                self._context.enable(moderngl.CULL_FACE)

    def _render(
        self,
        arranged: Arranged,
        batch: Batch,
        program: moderngl.Program,
        mask: Mask | None,
        count: int,
        *,
        is_written: bool = False,
    ) -> None:
        drawn = count if is_written else arranged.write(batch, mask, count)
        part = batch.part
        bound = (id(batch.model), part.material)
        if bound != self._bound:
            batch.model.bind(part.material)
            self._bound = bound
        if batch.model.bends:
            arranged.bends.use(BENDS_UNIT)
            if part.morphs is not None:
                part.morphs.use(MORPHS_UNIT)
        part.array(program).render(instances=drawn)


def _bounds(arranged: Arranged, crowds: Sequence[PlacedCrowd]) -> tuple[Transform, Transform]:
    """The corners of a box around all that may cast a shadow."""
    boxes = [arranged.bounds()] if arranged.batches or not crowds else []
    boxes += [one.crowd.bounds(one.stage_from_crowd) for one in crowds]
    return np.min([low for low, _ in boxes], axis=0), np.max([high for _, high in boxes], axis=0)


def tier_of(context: moderngl.Context, quality: Quality) -> Tier:
    """The tier that this asks for."""
    if quality == "auto":
        return "low" if draws_in_software(context) else "full"
    return quality


def _light_words(tier: Tier, *, has_shadows: bool, has_lamps: bool, is_dusk: bool) -> tuple[str, ...]:
    """The variant of light. A loop over no lamps costs a fifth of a picture in software, so it has its own word."""
    given = {"FULL": tier == "full", "SHADOWED": has_shadows, "LAMPS": has_lamps, "DUSK": is_dusk}
    return tuple(word for word, is_given in given.items() if is_given)
