"""Pictures of the 3D scenes on air, drawn before the walls: for each camera's view, and all around the outer eye.

A picture is drawn where its scene, the scene's time or light, or its eye has changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import moderngl

from render.compose.air import SourceOf
from render.compose.footprint import TEXELS_OF_A_TAP
from render.compose.guide_hiding import DepthLook
from render.compose.model_groups import PlacedGroup, placed_group, scenes_together
from render.compose.model_light import AroundModels
from render.compose.model_shadows import KeptShadows, SceneShadows
from render.compose.model_shown import Shown, shown_in, views_of_scenes
from render.compose.model_steps import stepped_outside
from render.compose.model_targets import ModelCube, ScenePicture
from render.compose.raster_views import ViewPasses
from render.compose.sampled import Sampled
from render.compose.wall_pass import WallPicture
from render.compose.wall_views import FaceView, WallView, faces_on, picture_from_stage
from render.gpu.layer_source import Look
from render.models.drawing import ModelPass, Quality, Tier, Viewport, tier_of
from render.models.gpu import GpuModel
from render.models.held import HeldModels
from render.models.light import ModelLight
from render.models.placing import RasterView, raster_view
from render.plan.frame import FramePlan
from render.plan.inner import inner_view
from render.views.view import View
from render.worlds.model.drawing import SceneLooks
from render.worlds.on_air import AirPlan, LayerPlan
from render.worlds.shared.placed import PlacedLayer
from tracking.records import Vec3

_KIND, _EXACT = "f2", "f4"
"""Half floats have 11 bits at every brightness, and cost half; light that is a message needs all that there are."""

_LOW_OUTER_PX = 256
"""Sides of the faces around the outer eye in the low tier at most: nobody films it, it lights the stage."""


class _Scene(NamedTuple):
    """Layers that are drawn in one picture, the light they stand in, and all that their pictures follow from but their
    eye, and their shadows. `outside` is the light of outer pictures, and its number.
    """

    group: PlacedGroup
    light: ModelLight
    outside: tuple[ModelLight, tuple[float, ...]]
    key: tuple[object, ...]
    casts: tuple[object, ...]

    @property
    def kind(self) -> str:
        """The type of texture that its pictures need."""
        return _EXACT if self.group.layer.light.raw else _KIND


class ModelPictures:
    """The pictures of all scenes of one stage.

    A flat wall has pictures of just its LEDs; with `by_raster`, and before any other wall, views are drawn whole.
    """

    def __init__(
        self,
        context: moderngl.Context,
        passes: ViewPasses,
        walls: Mapping[str, WallPicture],
        quality: Quality,
        *,
        by_raster: bool,
    ) -> None:
        self._context = context
        self.tier: Tier = tier_of(context, quality)
        """What was chosen."""
        self.held = HeldModels(
            context,
            self._prepare,
            lambda crowd: self._pass.prepare_crowd(crowd, self.tier),
            has_edges=self.tier == "low",
        )
        """The models in graphics memory."""
        self._around = AroundModels(context, passes, self.tier)
        self._walls = walls
        self._rasters = {name: wall.raster for name, wall in walls.items() if wall.raster is not None}
        self._curved = {name: wall.tiles for name, wall in walls.items() if wall.raster is None}
        self._by_raster = by_raster
        self._is_around_bare = self.tier == "low" and not by_raster
        self._most_outer_px = _LOW_OUTER_PX if self._is_around_bare else 1 << 14
        self._pass = ModelPass(context)
        self._sampled = {kind: Sampled(context, kind, is_mended=self.tier == "low") for kind in (_KIND, _EXACT)}
        self._pictures: list[ScenePicture] = []
        self._whole: list[ScenePicture] = []
        self._cubes: list[ModelCube] = []
        self._faces_of: tuple[object, dict[int, FaceView]] = ((), {})
        self._shadows = SceneShadows(context, self._pass, self.tier)
        self._none = ScenePicture(context, (1, 1), _KIND, has_depth=by_raster)
        self._looks: list[tuple[LayerPlan, SceneLooks]] = []
        self.depths: list[DepthLook] = []
        """Those of pictures of the plan that was drawn last, with the guide of a scene over it."""
        self._drawn: FramePlan | None = None
        self.stands_in = False
        """Whether all that shows a scene is shown nothing instead, in the same form, so that shaders can be built."""
        self.draws = 0
        """How many pictures and faces were drawn so far: the measure of what a change costs."""

    def _prepare(self, gpu: GpuModel) -> Iterator[None]:
        """Builds the shaders of a model and of its light, with and without the sun, before it is shown; in steps."""
        self._around.prepare()
        for has_shadows in (False, True):
            yield from self._pass.prepare(gpu, self.tier, has_shadows=has_shadows)

    def lit_by(self, source_of: SourceOf) -> None:
        """From now on scenes get the light of their worlds' other layers, which `source_of` gives."""
        self._around.source_of = source_of

    def forget(self) -> None:
        """Draws everything anew, because an asset has changed."""
        self._around.forget()
        self._drawn = None
        for picture in (*self._pictures, *self._whole):
            picture.key = ()
        for cube in self._cubes:
            cube.keys = [None] * 6
        self._shadows.forget()

    def looks(self, layer: PlacedLayer) -> SceneLooks | None:
        """Those of a layer of the plan that was drawn last; None where its scene is not on the GPU."""
        if self.stands_in:
            return self._stand_in()
        return next((looks for known, looks in self._looks if known is layer), None)

    def draw(self, plan: FramePlan) -> None:
        """Draws what is missing of the pictures of a plan's scenes, but for what `finish` does. Once for each plan."""
        if plan is self._drawn:
            return
        self._drawn, self._looks, self.depths = plan, [], []
        if self.stands_in:
            return
        spare, cubes, shadows = list(self._pictures), list(self._cubes), list(self._shadows.kept)
        for shown in shown_in(plan):
            for bare in self._scenes(shown.air):
                scene = self._with_shadows(bare, plan.outer.eye_m, shadows)
                looks = tuple(
                    self._look(scene, wanted, self._pictures, spare)
                    if number is None
                    else self._look(self._outside(scene, number), wanted, self._pictures, spare)._replace(is_outer=True)
                    for number, wanted in self._views(plan, shown, scene)
                )
                around_m = None if self._is_on_walls(plan) else shown.around_m
                around = self._all_around(scene, around_m, plan.outer.face_px, cubes)
                self._looks.append((scene.group.layer, SceneLooks(looks, around.texture, around.versions)))
        if self._by_raster or self._is_guided:
            self.finish()
        self._trim(spare, cubes, shadows)

    def _views(self, plan: FramePlan, shown: Shown, scene: _Scene) -> Iterator[tuple[int | None, WallView]]:
        """The views of a scene; cut, but where light beside that of an LED is taken, too."""
        is_softened = any(layer.soften_deg > 0.0 for layer in scene.group.layers)
        curved = {} if is_softened else self._curved
        return views_of_scenes(plan, shown, self._rasters, curved, by_raster=self._by_raster)

    def draw_whole(self, plan: FramePlan, index: int) -> None:
        """Draws the whole view at `index` of the plan that was drawn last, for screens; walls need not have it."""
        if plan is not self._drawn or self._by_raster or self.stands_in:
            return
        spare, wanted = list(self._whole), WallView("", inner_view(plan.inners[index]))
        for scene in self._scenes(plan.air):
            place, (layer, looks) = next(
                (place, found) for place, found in enumerate(self._looks) if found[0] is scene.group.layer
            )
            lit = self._with_shadows(scene, plan.outer.eye_m, list(self._shadows.kept))
            look = self._look(lit, wanted, self._whole, spare)
            self._looks[place] = (layer, looks._replace(looks=(*looks.looks, look)))
        self.finish()

    def _stand_in(self) -> SceneLooks:
        """Pictures of nothing for every eye of the plan."""
        plan = self._drawn
        none = Look((0.0, 0.0, 0.0), (0.0,) * 9, 1.0, self._none.target.texture, depth=self._none.depth)
        looks = [] if plan is None else [none._replace(eye_m=inner.eye_m) for inner in plan.inners]
        if plan is not None and not self._by_raster:
            outer = none._replace(eye_m=plan.outer.eye_m, is_outer=True)
            looks += [outer._replace(wall=name) for name in self._rasters]
        if not self._cubes:
            self._cubes.append(ModelCube(self._context, 1, _KIND))
            self._cubes[0].clear()
        return SceneLooks(tuple(looks), self._cubes[0].texture)

    def _outside(self, scene: _Scene, number: int) -> _Scene:
        """The scene as the outer picture of this number has it: in the low tier, in steps of its time and light."""
        if self.tier == "full":
            return scene
        stepped = placed_group(scene.group.layers, self.held.placed, lambda light: stepped_outside(light, number))
        group, (light, lit_by) = stepped or scene.group, scene.outside
        light = light._replace(shadows=scene.light.shadows)
        return scene._replace(group=group, light=light, key=(group.shown, lit_by, *scene.key[2:]))

    def _scenes(self, air: AirPlan) -> Iterator[_Scene]:
        for world in air.worlds:
            groups = list(scenes_together(world))
            if not groups:
                continue
            (light, lit_by), outside = self._around.lights(world)
            for group in groups:
                found = placed_group(group, self.held.placed)
                if found is not None:
                    yield _Scene(found, light, outside, (found.shown, lit_by), (found.casts, light.sun_towards))

    def _with_shadows(self, scene: _Scene, eye_m: Vec3, spare: list[KeptShadows]) -> _Scene:
        """The scene with its shadows, where anything throws them: those around the outer eye, which all views share."""
        if not any(scene.light.sun_irradiance):
            return scene
        shadows = self._shadows.of(scene.group, scene.casts, scene.light, eye_m, spare)
        return scene._replace(light=scene.light._replace(shadows=shadows), key=(*scene.key, eye_m))

    def _is_on_walls(self, plan: FramePlan) -> bool:
        """Whether each wall has pictures of its own for every eye, so that no other is looked into."""
        return not self._by_raster and all(wall.name in self._rasters for wall in plan.walls)

    def _look(self, scene: _Scene, wanted: WallView, pool: list[ScenePicture], spare: list[ScenePicture]) -> Look:
        view, kind = wanted.view, scene.kind
        key, has_depth = (*scene.key, view), self._by_raster or self._is_guided
        fitting = [one for one in spare if one.fits(view.size_px, kind, has_depth=has_depth)]
        found = next((one for one in fitting if one.key == key), None)
        if found is None:
            found = next((one for one in fitting if one.key == ()), None) or next(iter(fitting), None)
            if found is None:
                found = ScenePicture(self._context, view.size_px, kind, has_depth=has_depth)
                pool.append(found)
                spare.append(found)
            self._draw(found.framebuffer, view, scene)
            found.key = key
        spare.remove(found)
        detail = 1.0 / (min(view.pixel_tangents()) * TEXELS_OF_A_TAP)
        look = Look(view.eye_m, picture_from_stage(view), detail, found.target.texture, wanted.wall)
        if found.depth is not None and self._is_guided:
            self.depths.append(DepthLook(look, found.depth))
        return look._replace(depth=found.depth) if self._by_raster else look

    @property
    def _is_guided(self) -> bool:
        return self._drawn is not None and self._drawn.guide == "scene"

    def _all_around(self, scene: _Scene, eye_m: Vec3 | None, face_px: int, spare: list[ModelCube]) -> ModelCube:
        """The scene all around an eye, each face drawn where it has changed and a wall may be seen through it."""
        size = 1 if eye_m is None else min(face_px, self._most_outer_px)
        faces = {} if eye_m is None else self._faces(eye_m, size, max(one.soften_deg for one in scene.group.layers))
        wanted = {face: self._outside(scene, face) for face in faces}
        keys = [(*wanted[face].key, faces[face].view) if face in faces else () for face in range(6)]
        fitting = [one for one in spare if one.face_px == size and one.kind == scene.kind]
        found = max(fitting, key=lambda one: one.alike(keys), default=None)
        if found is None:
            found = ModelCube(self._context, size, scene.kind, has_depth=self._is_around_bare)
            self._cubes.append(found)
            spare.append(found)
        found.update(keys, lambda framebuffer, face: self._draw_face(framebuffer, faces[face], wanted[face]))
        spare.remove(found)
        return found

    def _faces(self, eye_m: Vec3, size: int, soften_deg: float) -> dict[int, FaceView]:
        """The faces that are looked into, by raster any; kept while the eye rests."""
        key = (eye_m, size, soften_deg)
        if key != self._faces_of[0]:
            walls = None if self._by_raster else list(self._curved.values())
            self._faces_of = (key, faces_on(eye_m, size, walls, math.radians(soften_deg)))
        return self._faces_of[1]

    def _draw_face(self, framebuffer: moderngl.Framebuffer, face: FaceView, scene: _Scene) -> None:
        """Draws what of a face is seen; where it is coarse without its edges, since only what it lights is filmed."""
        if self._is_around_bare:
            self._draw_models(framebuffer, raster_view(face.view), scene, face.viewport)
        else:
            self._draw(framebuffer, face.whole, scene)

    def _draw(self, framebuffer: moderngl.Framebuffer, view: View, scene: _Scene) -> None:
        seen = raster_view(view)
        samples = self._sampled[scene.kind]
        self._draw_models(samples.framebuffer(view.size_px), seen, scene)
        samples.take(framebuffer, lambda edges: self._pass.draw_edges(edges, seen))

    def _draw_models(
        self, target: moderngl.Framebuffer, seen: RasterView, scene: _Scene, viewport: Viewport | None = None
    ) -> None:
        group = scene.group
        self._pass.draw(target, seen, group.models, scene.light, self.tier, crowds=group.crowds, viewport=viewport)
        self.draws += 1

    def finish(self) -> None:
        """Finishes the pictures, for whoever looks into them next: software waits until they are drawn, so this is
        called once everything else is ready.
        """
        for samples in self._sampled.values():
            samples.finish()

    def _trim(self, spare: list[ScenePicture], cubes: list[ModelCube], shadows: list[KeptShadows]) -> None:
        """Frees what this plan has no use for, but for as many pictures as it has used."""
        used = len(self._pictures) - len(spare)
        for picture in spare[used:]:
            self._pictures.remove(picture)
            picture.release()
        for cube in cubes:
            self._cubes.remove(cube)
            cube.release()
        self._shadows.drop(shadows)
