"""Draws crowds: near figures as they are, bent by the poses of their moment, and those far away as cards."""

from __future__ import annotations

import math
from collections.abc import Iterator

import moderngl
import numpy as np

from render.models.crowd_choice import ChosenFigures
from render.models.gpu_crowd import (
    CARD_MOMENTS,
    CARD_PX,
    CARD_WAYS,
    CARDS,
    NEAR,
    NOBODY,
    POSES,
    GpuCrowd,
    PlacedCrowd,
    card_view,
    card_views,
)
from render.models.placing import RasterView, Transform
from render.models.programs import BENDS_UNIT, CARD_SIDES_UNIT, SCENE_BINDING, ModelPrograms, Words
from render.models.scene_block import SceneBlock

_COLOUR_UNIT = 0
_CARD_HEIGHTS, _FULL_CARD_HEIGHTS = 8.0, 24.0
"""A figure that is so many times its height away is drawn as a card: a GPU has triangles to spare. In coarse pictures
one is that is no higher than its card.
"""
_ONE = np.array([(0.0, 0.0, 0.0, 1.0), (0.0, 1.0, 0.0, 1.0), (1.0, 1.0, 1.0, 1.0), (0.0,) * 4], np.float32)
"""One figure that stands at the origin and looks along +Y, whose cycle is the moment."""


class CrowdPass:
    """Draws crowds into what is bound, with the programs and the scene of whoever draws the rest."""

    def __init__(self, context: moderngl.Context, programs: ModelPrograms, scene: SceneBlock) -> None:
        self._context = context
        self._programs = programs
        self._scene = scene

    def prepare(self, crowd: GpuCrowd, words: Words) -> None:
        """Builds what a crowd is drawn with in a kind of light, before it is shown."""
        for number, posed in enumerate(crowd.posed):
            program = self._programs.lit((*posed.part.variant, "CROWD", *crowd.ground), words)
            crowd.array(program, number, NEAR)
        crowd.flat_array(self._programs.contact(crowd.ground), NEAR)
        for place in CARDS:
            crowd.flat_array(self._programs.card(crowd.ground, words), place)

    def prepare_shadows(self, crowd: GpuCrowd) -> None:
        """Builds what a crowd's shadows are drawn with."""
        for number, program in self._casting(crowd):
            for group in range(len(crowd.figures.groups)):
                crowd.array(program, number, group)

    def cast(self, placed: PlacedCrowd, view: RasterView) -> None:
        """Draws the depths of all figures that the sun sees in a view."""
        crowd = placed.crowd
        groups = crowd.seen(view, placed.stage_from_crowd)
        crowd.bind_ways()
        for number, program in self._casting(crowd) if groups else ():
            self._set(program, crowd, number, placed.stage_from_crowd, placed.moment)
            for group in groups:
                crowd.array(program, number, group).render(instances=crowd.count(group))

    def _casting(self, crowd: GpuCrowd) -> Iterator[tuple[int, moderngl.Program]]:
        """The parts that throw shadows, by their numbers, and what draws their depth."""
        for number, posed in enumerate(crowd.posed):
            if not posed.part.is_blended:
                yield number, self._programs.depth((*posed.part.depth_variant, "CROWD", *crowd.ground))

    def draw_cards_of(self, crowd: GpuCrowd) -> None:
        """Draws the pictures of the figure that cards show, of its own colours from all around."""
        framebuffer = crowd.cards_target
        framebuffer.use()
        framebuffer.clear(*NOBODY, depth=1.0)
        self._scene.write_view(card_view(crowd.card_m))
        self._scene.use(SCENE_BINDING)
        self._context.enable_only(moderngl.DEPTH_TEST)
        rows = self._context.buffer(_ONE.tobytes())
        for number, posed in enumerate(crowd.posed):
            program = self._programs.lit((*posed.part.variant, "CROWD", "BARE"), ())
            array = posed.part.crowd_array(program, rows)
            for viewport, turned, moment in card_views():
                framebuffer.viewport = viewport
                self._set(program, crowd, number, turned, moment)
                array.render(instances=1)
            array.release()
        self._context.enable_only(moderngl.NOTHING)
        rows.release()
        crowd.measure_cards()
        crowd.cards.build_mipmaps()
        crowd.cards.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)

    def draw(self, placed: PlacedCrowd, view: RasterView, words: Words, *, front: str, pixels: float) -> None:
        """Draws what a view sees of a crowd; `pixels` are those of the picture for a tangent of 1."""
        crowd, context = placed.crowd, self._context
        heights = min(_FULL_CARD_HEIGHTS if "FULL" in words else _CARD_HEIGHTS, math.ceil(pixels / CARD_PX))
        chosen = crowd.choose(placed.moment, view, placed.stage_from_crowd, heights)
        near = len(chosen.near)
        crowd.bind_ways()
        context.front_face = front
        for number, posed in enumerate(crowd.posed if near else ()):
            context.enable_only(moderngl.DEPTH_TEST | (0 if posed.part.is_double_sided else moderngl.CULL_FACE))
            program = self._programs.lit((*posed.part.variant, "CROWD", *crowd.ground), words)
            self._set(program, crowd, number, placed.stage_from_crowd, placed.moment)
            crowd.array(program, number, NEAR).render(instances=near)
        if near:
            self._draw_contacts(placed, near)
        if chosen.groups:
            self._draw_cards(placed, chosen, words)
        context.enable_only(moderngl.DEPTH_TEST | moderngl.CULL_FACE)

    def _draw_contacts(self, placed: PlacedCrowd, count: int) -> None:
        """Darkens the ground that is drawn already; depth is looked at and stays as it is."""
        crowd, program, context = placed.crowd, self._programs.contact(placed.crowd.ground), self._context
        context.enable_only(moderngl.DEPTH_TEST | moderngl.BLEND)
        context.blend_func = moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
        context.fbo.depth_mask = False
        _write(program, placed.stage_from_crowd, placed.moment)
        program["height_m"].value = crowd.card_m[1]  # type: ignore[union-attr]
        crowd.flat_array(program, NEAR).render(instances=count)
        context.fbo.depth_mask = True

    def _draw_cards(self, placed: PlacedCrowd, chosen: ChosenFigures, words: Words) -> None:
        """Draws the cards of all figures of some groups that are not near."""
        crowd, program = placed.crowd, self._programs.card(placed.crowd.ground, words)
        place, count = crowd.cards_of(chosen.groups)
        self._context.enable_only(moderngl.DEPTH_TEST)
        crowd.cards.use(_COLOUR_UNIT)
        crowd.card_sides.use(CARD_SIDES_UNIT)
        _write(program, placed.stage_from_crowd, placed.moment)
        program["card_m"].value = crowd.card_m  # type: ignore[union-attr]
        program["near_m"].value = chosen.near_m  # type: ignore[union-attr]
        program["pictures"].value = (CARD_WAYS, CARD_MOMENTS)  # type: ignore[union-attr]
        crowd.flat_array(program, place).render(instances=count)

    def _set(
        self, program: moderngl.Program, crowd: GpuCrowd, number: int, stage_from_crowd: Transform, moment: float
    ) -> None:
        posed = crowd.posed[number]
        crowd.model.bind(posed.part.material)
        crowd.poses.use(BENDS_UNIT)
        _write(program, stage_from_crowd, moment)
        program["posed"].value = (posed.first, posed.bones, POSES)  # type: ignore[union-attr]


def _write(program: moderngl.Program, stage_from_crowd: Transform, moment: float) -> None:
    program["stage_from_crowd"].write(np.asarray(stage_from_crowd.T, np.float32).tobytes())  # type: ignore[union-attr]
    program["moment"].value = moment  # type: ignore[union-attr]
