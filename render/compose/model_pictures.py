"""Pictures of the 3D scenes on air, drawn before the walls: for each camera's view, and all around the outer eye.

A picture is drawn where its scene, the scene's time or light, or its eye has changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import moderngl

from render.colour.matrices import column_major, multiply
from render.compose.air import SourceOf
from render.compose.footprint import TEXELS_OF_A_TAP, texels_per_tangent
from render.compose.model_light import AroundModels
from render.compose.raster_views import ViewPasses
from render.gpu.context import Target, attach_cube_face
from render.gpu.layer_source import Look
from render.models.drawing import ModelPass, Tier
from render.models.held import HeldModels
from render.models.light import ModelLight
from render.models.placing import PlacedModel, raster_view
from render.models.shadows import CASCADE_RADII_M, SunShadows
from render.plan.frame import FramePlan
from render.plan.inner import InnerPlan, as_drawn, drawn_as, inner_view
from render.views.view import View, cube_views
from render.worlds.model.drawing import SceneLooks
from render.worlds.model.record import ModelPlan
from render.worlds.on_air import AirPlan, LayerPlan
from render.worlds.shared.placed import PlacedLayer
from tracking.records import Vec3

_KIND = "f2"
"""Half floats: they have 11 bits at every brightness, and cost half."""

_SHADOWS: Mapping[Tier, tuple[int, tuple[float, ...]]] = {"low": (1024, (40.0,)), "full": (2048, CASCADE_RADII_M)}
"""Sides of the pictures of shadows, and how far from the outer eye they reach, in metres."""


class _Scene(NamedTuple):
    """A layer that is a scene, the light it stands in, and all that its pictures follow from but their eye."""

    layer: LayerPlan
    model: PlacedModel
    light: ModelLight
    key: tuple[object, ...]


@dataclass(slots=True, eq=False)
class _Shadows:
    """The shadows of a scene around an eye, kept as long as nothing of that changes."""

    shadows: SunShadows
    key: tuple[object, ...] = ()


class _Shown(NamedTuple):
    """What is on air somewhere in a plan: the views that see it, and the eye that sees it all around, if any does."""

    air: AirPlan
    views: tuple[InnerPlan, ...]
    around_m: Vec3 | None


@dataclass(slots=True, eq=False)
class _Picture:
    target: Target
    key: tuple[object, ...]


class _Cube:
    """A cube map with depth, that a scene is drawn into face by face."""

    def __init__(self, context: moderngl.Context, face_px: int) -> None:
        size = (face_px, face_px)
        self.texture = context.texture_cube(size, 4, dtype=_KIND)
        self.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self._parts = (context.renderbuffer(size, 4, dtype=_KIND), context.depth_renderbuffer(size))
        self._framebuffer = context.framebuffer(color_attachments=[self._parts[0]], depth_attachment=self._parts[1])
        self.face_px = face_px
        self.key: tuple[object, ...] = ()

    def face(self, number: int) -> moderngl.Framebuffer:
        """What is drawn into for a face."""
        attach_cube_face(self._framebuffer, self.texture, number)
        return self._framebuffer

    def release(self) -> None:
        """Frees the graphics memory."""
        self._framebuffer.release()
        for part in (*self._parts, self.texture):
            part.release()


class ModelPictures:
    """The pictures of all scenes of one stage. `held` has the models, `source_of` the layers whose light they get."""

    def __init__(
        self, context: moderngl.Context, passes: ViewPasses, source_of: SourceOf, held: HeldModels, tier: Tier
    ) -> None:
        self._context = context
        self._around = AroundModels(context, passes, source_of, tier)
        self._held = held
        self._tier = tier
        self._pass = ModelPass(context)
        self._pictures: list[_Picture] = []
        self._cubes: list[_Cube] = []
        self._shadows: list[_Shadows] = []
        self._none = Target(context, (1, 1), _KIND)
        self._looks: list[tuple[LayerPlan, SceneLooks]] = []
        self._drawn: FramePlan | None = None
        self.stands_in = False
        """Whether all that shows a scene is shown nothing instead, in the same form, so that shaders can be built."""
        self.draws = 0
        """How many pictures and faces were drawn so far: the measure of what a change costs."""

    def forget(self) -> None:
        """Draws everything anew, because an asset has changed."""
        self._around.forget()
        self._drawn = None
        for kept in (*self._pictures, *self._cubes, *self._shadows):
            kept.key = ()

    def looks(self, layer: PlacedLayer) -> SceneLooks | None:
        """Those of a layer of the plan that was drawn last; None where its scene is not on the GPU."""
        if self.stands_in:
            return self._stand_in()
        return next((looks for known, looks in self._looks if known is layer), None)

    def draw(self, plan: FramePlan) -> None:
        """Draws what is missing of the pictures of a plan's scenes. Once for each plan."""
        if plan is self._drawn:
            return
        self._drawn, self._looks = plan, []
        if self.stands_in:
            return
        spare, cubes, shadows = list(self._pictures), list(self._cubes), list(self._shadows)
        for shown in _shown_in(plan):
            for bare in self._scenes(shown.air):
                scene = self._with_shadows(bare, plan.outer.eye_m, shadows)
                looks = tuple(self._look(scene, inner, spare) for inner in shown.views)
                around = self._all_around(scene, shown.around_m, plan.outer.face_px, cubes)
                self._looks.append((scene.layer, SceneLooks(looks, around.texture, self._none.texture)))
        self._trim(spare, cubes, shadows)

    def _stand_in(self) -> SceneLooks:
        """Pictures of nothing for every eye of the plan."""
        inners = () if self._drawn is None else self._drawn.inners
        views = ((inner, inner_view(inner)) for inner in inners)
        looks = (Look(one.eye_m, _picture_from_stage(view), 1.0, self._none.texture) for one, view in views)
        if not self._cubes:
            self._cubes.append(_Cube(self._context, 1))
        return SceneLooks(tuple(looks), self._cubes[0].texture, self._none.texture)

    def _scenes(self, air: AirPlan) -> Iterator[_Scene]:
        for world in air.worlds:
            scenes = [layer for layer in world.layers if isinstance(layer.light, ModelPlan) and layer.opacity > 0.0]
            if not scenes:
                continue
            light, lit_by = self._around.light(world)
            for layer in scenes:
                assert isinstance(layer.light, ModelPlan)
                model = self._held.placed(layer.light, layer.turn_deg)
                if model is not None:
                    yield _Scene(layer, model, light, (layer.light, layer.turn_deg, lit_by))

    def _with_shadows(self, scene: _Scene, eye_m: Vec3, spare: list[_Shadows]) -> _Scene:
        """The scene with its shadows, where anything throws them: those around the outer eye, which all views share."""
        if not any(scene.light.sun_irradiance):
            return scene
        key = (*scene.key, eye_m)
        found = next((one for one in spare if one.key == key), None) or next(iter(spare), None)
        if found is None:
            side_px, radii_m = _SHADOWS[self._tier]
            found = _Shadows(SunShadows(self._context, side_px, radii_m))
            self._shadows.append(found)
            spare.append(found)
        if found.key != key:
            self._pass.draw_shadows(found.shadows, (scene.model,), scene.light.sun_towards, eye_m)
            found.key = key
        spare.remove(found)
        return scene._replace(light=scene.light._replace(shadows=found.shadows), key=key)

    def _look(self, scene: _Scene, inner: InnerPlan, spare: list[_Picture]) -> Look:
        view = inner_view(inner)
        key = (*scene.key, view)
        found = next((one for one in spare if one.key == key), None)
        if found is None:
            found = next((one for one in spare if one.key == () and one.target.size == view.size_px), None)
            found = found or next((one for one in spare if one.target.size == view.size_px), None)
            if found is None:
                found = _Picture(Target(self._context, view.size_px, _KIND), ())
                self._pictures.append(found)
                spare.append(found)
            self._draw(found.target.with_depth(), view, scene)
            found.key = key
        spare.remove(found)
        detail = texels_per_tangent(inner) / TEXELS_OF_A_TAP
        return Look(inner.eye_m, _picture_from_stage(view), detail, found.target.texture)

    def _all_around(self, scene: _Scene, eye_m: Vec3 | None, face_px: int, spare: list[_Cube]) -> _Cube:
        size = 1 if eye_m is None else face_px
        key = (*scene.key, eye_m)
        found = next((one for one in spare if one.key == key and one.face_px == size), None)
        if found is None:
            found = next((one for one in spare if one.face_px == size), None)
            if found is None:
                found = _Cube(self._context, size)
                self._cubes.append(found)
                spare.append(found)
            for face, view in enumerate(cube_views(eye_m, size) if eye_m is not None else ()):
                self._draw(found.face(face), view, scene)
            found.key = key
        spare.remove(found)
        return found

    def _draw(self, framebuffer: moderngl.Framebuffer, view: View, scene: _Scene) -> None:
        self._pass.draw(framebuffer, raster_view(view), (scene.model,), scene.light, self._tier)
        self.draws += 1

    def _trim(self, spare: list[_Picture], cubes: list[_Cube], shadows: list[_Shadows]) -> None:
        """Frees what this plan has no use for, but for as many pictures as it has used."""
        used = len(self._pictures) - len(spare)
        for picture in spare[used:]:
            self._pictures.remove(picture)
            picture.target.release()
        for cube in cubes:
            self._cubes.remove(cube)
            cube.release()
        for one in shadows:
            self._shadows.remove(one)
            one.shadows.release()


def _shown_in(plan: FramePlan) -> Iterator[_Shown]:
    """All that a plan shows, with what earlier pictures in it show, and by whom it is seen."""
    outer = plan.outer
    frozen = outer.air is not None and outer.air != plan.air
    yield _Shown(plan.air, plan.inners, None if frozen else outer.eye_m)
    if frozen and outer.air is not None:
        yield _Shown(outer.air, (), outer.eye_m)
    for inner in plan.inners:
        if inner.picture is not None:
            yield _Shown(inner.picture.air, (as_drawn(inner),), None)
        if inner.coming is not None:
            yield _Shown(inner.coming.picture.air, (drawn_as(inner, inner.coming.picture),), None)


def _picture_from_stage(view: View) -> tuple[float, ...]:
    """Takes a ray from the view's eye to a place in its picture, times the ray's depth; row 0 is the top."""
    edges = view.edges
    across, down = 1.0 / (edges.right - edges.left), -1.0 / (edges.top - edges.bottom)
    place = ((across, 0.0, -edges.left * across), (0.0, down, -edges.top * down), (0.0, 0.0, 1.0))
    return column_major(multiply(place, (view.right, view.up, view.ahead)))
