"""Draws frame plans: each wall as it is sent, by ray, or by raster from pictures of what the eyes see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import moderngl
import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from calibration.walls import Wall
from render.assets.plate_textures import PLATES_MIB, PlateTextures
from render.assets.upload import BUDGET_MIB, PictureTextures
from render.colour.grade import graded_from_world
from render.colour.matrices import IDENTITY, Matrix
from render.compose.air import AiredWorld, aired, aired_on_walls, outer_look
from render.compose.bands import coded_gain
from render.compose.guide import guide_lines
from render.compose.guide_hiding import hide_guide
from render.compose.guide_strokes import wall_feet
from render.compose.inner_pictures import InnerPictures, InnerPreview
from render.compose.model_pictures import ModelPictures
from render.compose.outer_picture import OuterPicture
from render.compose.patterns import WallPatterns
from render.compose.raster_views import ViewPasses
from render.compose.scene import Scene
from render.compose.stand_ins import standing_in
from render.compose.variants import WallPasses
from render.compose.views import PictureBlock
from render.compose.wall_pass import WallPicture
from render.compose.weather import AiredWeather, behind_weather
from render.gpu.context import check_errors, fill_black, largest_texture_px, prepare, renderer_name
from render.gpu.fence import Finishing, Meanwhile
from render.gpu.layer_source import LayerSource
from render.models.drawing import Quality
from render.models.model import Model
from render.outputs.canvas import placed_patches
from render.outputs.records import Output
from render.plan.frame import FramePlan, WallPlan, refuse_impossible
from render.plan.inner import inner_view
from render.plan.warm_up import warm_up_layers, warm_up_plans
from render.probes.light import Fineness, ProbeLight, ReachedLight
from render.probes.sources import LitScenes, lit_scenes
from render.worlds.drawings import WorldDrawings
from render.worlds.kinds import LightPlan
from render.worlds.model.spaces import MODEL_SPACE
from render.worlds.shared.media import MediaFacts

Draw = Literal["auto", "raster"]
"""By ray where a world can be evaluated along a ray, or always by raster."""
PICTURE_KIND = "f4"
"""Texture type of everything between the world and the code values. Raw worlds need float32 to stay exact."""


class Renderer:
    """Everything that is drawn on one stage, in one context.

    `positions` gives each wall's LED positions by its name: float64 (rows, columns, 3), metres in the stage, NaN where
    there is no LED. `stage_name` and `outputs` are what the labels of the grid pattern name. `draw` is "auto", by ray
    where the world allows it, or "raster"; `quality` is how 3D scenes are drawn. Equal plans give equal pictures,
    whatever was drawn before. Raises ConfigError for positions that do not fit a wall's raster.
    """

    def __init__(
        self,
        context: moderngl.Context,
        walls: tuple[Wall, ...],
        positions: Mapping[str, NDArray[np.float64]],
        stage_name: str = "",
        outputs: tuple[Output, ...] = (),
        *,
        draw: Draw = "auto",
        gpu_mib: float = BUDGET_MIB,
        plates_mib: float = PLATES_MIB,
        quality: Quality = "auto",
    ) -> None:
        prepare(context)
        self.context = context
        """What everything is drawn in."""
        self.finishing = Finishing()
        """Who waits for what is drawn."""
        self._largest_px = largest_texture_px(context)
        self.plates = PlateTextures(context, plates_mib)
        self._by_raster = draw == "raster"
        self._passes = passes = WallPasses(context)
        self._walls = {
            wall.name: WallPicture(context, wall, positions[wall.name], passes, PICTURE_KIND) for wall in walls
        }
        self._feet = wall_feet(positions[wall.name] for wall in walls)
        self._thinned = {name: wall.thinned(positions[name]) for name, wall in self._walls.items()}
        self._patterns = WallPatterns(context, walls, stage_name, placed_patches(outputs, walls))
        self._views = ViewPasses(context)
        self.scenes = ModelPictures(context, self._views, self._walls, quality, by_raster=self._by_raster)
        """The 3D scenes in graphics memory, and how they are drawn."""
        self.textures = PictureTextures(context, gpu_mib, self.scenes.held)
        """The pictures of worlds in graphics memory, of `gpu_mib` at most with all scenes."""
        self._worlds = WorldDrawings(context, self.textures.use, self.plates, self.scenes)
        self.scenes.lit_by(self._worlds.source)
        passes.finish_pictures = self.scenes.finish
        self.preview = InnerPreview(context, self._views, max((wall.signal.peak_nits for wall in walls), default=None))
        """Draws what views see for screens."""
        self.outer = OuterPicture(context, PICTURE_KIND, self._views)
        self._weather = AiredWeather(context, self._views)
        self._before: LayerSource | None = None
        self.inners = InnerPictures(context, PICTURE_KIND, self._views, self._worlds.source)
        self._shown: dict[str, list[PictureBlock]] | None = None
        self.probes: ProbeLight | None = None
        """What measures light at probes; None unless `measure_at_probes` was called."""
        self._plan: FramePlan | None = None
        self._on_air: tuple[AiredWorld, ...] = ()
        check_errors(context, "loading the renderer")

    @property
    def name(self) -> str:
        """The driver's own name of the device that draws, as takes and reports give it."""
        return renderer_name(self.context)

    def load_world(self, asset: str, pixels: NDArray[Any] | None, colour_space: str = "") -> None:
        """Puts the picture that plans name by `asset` on the GPU: ACEScg (rows, columns, 3 or 4), row 0 the top.

        None for `pixels` frees it. Raises ConfigError for a picture that this driver cannot hold.
        """
        if pixels is None:
            self.textures.forget(asset, colour_space)
        else:
            self.textures.load(asset, pixels, colour_space)
        self._forget_light()
        check_errors(self.context, "loading the picture of a world")

    def load_plate(self, media: str, number: int, facts: MediaFacts, frame: memoryview | bytes) -> None:
        """Puts a frame of a film on the GPU, laid out as `plane_levels` says. Raises ConfigError for lack of room."""
        self.plates.load(media, number, facts, frame)
        self._forget_light()
        check_errors(self.context, "loading the frame of a film")

    def load_model(self, asset: str, model: Model | None, space: str = MODEL_SPACE) -> None:
        """Puts a 3D scene that plans name by `asset`, or what else its file was read for, on the GPU; None frees it."""
        self.scenes.held.load(asset, model, space)
        self._forget_light()

    def draw(self, plan: FramePlan) -> None:
        """Draws every wall of the plan; does not wait for the GPU. Raises ConfigError where it cannot be drawn.

        A black plan draws nothing but black, so that blackout is as quick on a slow GPU as on any other.
        """
        refuse_impossible(plan, self._largest_px)
        prepare(self.context)
        if self.plates.next_plan():
            self._forget_light()
        self._plan, self._shown, self._before, self._on_air = plan, None, None, ()
        if not plan.blackout:
            self.scenes.draw(plan)
            self._on_air = () if self._by_raster else aired_on_walls(plan, self._worlds.source)
            self._before = self._weather_of(plan)
            for picture in self._walls.values():
                picture.cards.update(plan.outer.cards)
            hide_guide(plan, guide_lines(plan), self._walls, self.scenes.depths)
            if self._by_raster:
                self.outer.draw(plan, self._worlds.source, self._walls.values())
                self._pictures(plan)
        planned = {wall.name: wall for wall in plan.walls}
        for name, picture in self._walls.items():
            self._draw_wall(plan, planned.get(name), picture)
        self.scenes.finish()

    def warm_up(self, plan: FramePlan, configured: Iterable[LightPlan], meanwhile: Meanwhile | None = None) -> None:
        """Draws what makes the driver build every shader that a show with this plan's walls can need.

        `configured` are the lights of its worlds; their pictures need not be there. A few LEDs of each wall are drawn.
        `meanwhile` is called now and then.
        """
        self.scenes.held.build(lights := tuple(configured))
        walls, self._walls = self._walls, self._thinned
        with standing_in(self.context, self._worlds, self.plates, self.scenes):
            for variant in warm_up_plans(plan, warm_up_layers(lights), by_raster=self._by_raster):
                self.draw(variant)
                if self.probes is not None and not variant.air.raw:
                    self.probes.warm_up(self._lit(variant))
                self.finish(meanwhile)
                if meanwhile is not None:
                    meanwhile()
        self._plan, self._shown, self._walls = None, None, walls
        self._forget_light()
        if self.probes is not None and plan.probes is not UNSET:
            self.probes.prepare(plan.probes)

    def measure_at_probes(self, positions: Mapping[str, NDArray[np.float64]], fineness: Fineness | None = None) -> None:
        """Has the light at probes measured from now on, as closely as suits the driver where `fineness` is None."""
        self.probes = ProbeLight(self.context, self.walls, positions, self._passes, self.finishing, fineness=fineness)

    def draw_light_at_probes(self, plan: FramePlan) -> None:
        """Draws the light at the plan's probes where it has changed; `probes` has it some frames later. Never waits.

        It is that of the picture, also under blackout and patterns, without marks and guide. Raw light is none.
        """
        if self.probes is None or plan.probes is UNSET or plan.air.raw or not self.probes.is_due(plan):
            return
        prepare(self.context)
        self.probes.draw(plan, self._lit(plan))

    def light_reached(self) -> Iterator[ReachedLight]:
        """The light at probes that has come since it was last asked for. Never waits."""
        return iter(()) if self.probes is None else self.probes.arrived()

    @property
    def walls(self) -> Mapping[str, Wall]:
        """The walls that are drawn, by name."""
        return {name: picture.wall for name, picture in self._walls.items()}

    def wall_texture(self, name: str) -> moderngl.Texture:
        """What is sent to a wall, as a texture whose row 0 is the wall's top, for outputs to copy."""
        return self._walls[name].sent.texture

    def read_wall(self, name: str) -> NDArray[np.uint8]:
        """What was last drawn for a wall, as sent: uint8 (rows, columns, 3)."""
        return self._walls[name].sent.read().astype(np.uint8, copy=False)

    def read_wall_linear(self, name: str) -> NDArray[np.float32]:
        """A wall's light in the last plan: graded scene-linear ACEScg before the wall's colour, (rows, columns, 3).

        Drawn for this call only, ungraded for raw worlds. Black under blackout, where there is no LED, and before the
        first plan. Patterns are not in it, since they are code values.
        """
        picture, plan, target = self._walls[name], self._plan, self._walls[name].target("read")
        planned = None if plan is None else next((wall for wall in plan.walls if wall.name == name), None)
        if plan is None or planned is None or plan.blackout:
            fill_black(target.framebuffer)
        else:
            light_from_world = IDENTITY if plan.air.raw else graded_from_world(plan.grade)
            picture.draw_light(target, self._scene(plan, planned), light_from_world)
        return target.read().astype(np.float32, copy=False)

    def read_inner(self, index: int) -> NDArray[np.float32]:
        """The picture of the last plan's inner view at `index`: scene-linear ACEScg, ungraded, (rows, columns, 3).

        By raster it is what walls show, with reprojection an earlier one. By ray and of a black plan it is drawn for
        this call.
        """
        if self._plan is None:
            return np.zeros((1, 1, 3), np.float32)
        self._shown = None
        self.scenes.draw_whole(self._plan, index)
        return self.inners.own(self._plan, index).read().astype(np.float32, copy=False)

    def inner_codes_from_light(self) -> Matrix:
        """How `preview` grades the light of the last plan, for a screen as bright as the brightest wall."""
        return IDENTITY if self._plan is None else self.preview.codes_from_light(self._plan)

    def draw_inner_light(self, index: int, size_px: tuple[int, int]) -> None:
        """Draws what the last plan's view at `index` sees, for codes of `preview`. There must be a last plan."""
        plan = self._plan
        assert plan is not None
        self.scenes.draw_whole(plan, index)
        worlds = () if plan.blackout else aired(plan.air, self._worlds.source)
        worlds = worlds if self._before is None else behind_weather(worlds, self._before)
        self.preview.draw_light(inner_view(plan.inners[index]), size_px, worlds)

    def finish(self, meanwhile: Meanwhile | None = None) -> None:
        """Waits until everything drawn so far is done; `meanwhile` is called now and then."""
        self.finishing.wait(meanwhile)

    def _draw_wall(self, plan: FramePlan, wall: WallPlan | None, picture: WallPicture) -> None:
        if wall is None or plan.blackout:
            fill_black(picture.unkept, alpha=1.0)
        elif wall.pattern != "off":
            self._patterns.draw(picture.unkept, picture.wall, wall, plan.frame)
        elif plan.air.raw:
            picture.draw_light(picture.sent, self._scene(plan, wall), IDENTITY)
        else:
            picture.draw_code(self._scene(plan, wall), plan.grade)

    def _weather_of(self, plan: FramePlan) -> LayerSource | None:
        return None if plan.weather is UNSET else self._weather.source(plan, aired(plan.air, self._worlds.source))

    def _forget_light(self) -> None:
        """Draws everything that is kept anew, because a picture has changed."""
        self.outer.forget()
        self.inners.forget()
        self._weather.forget()
        self.scenes.forget()
        for picture in self._walls.values():
            picture.shown.forget()
        if self.probes is not None:
            self.probes.forget()

    def _lit(self, plan: FramePlan) -> LitScenes:
        self.scenes.draw(plan)
        self.scenes.finish()
        return lit_scenes(plan, aired_on_walls(plan, self._worlds.source), self._weather_of(plan))

    def _pictures(self, plan: FramePlan) -> dict[str, list[PictureBlock]]:
        """The pictures of every wall's views, drawn where they are missing."""
        self._shown = self._shown or self.inners.draw(plan, self._walls)
        return self._shown

    def _scene(self, plan: FramePlan, wall: WallPlan) -> Scene:
        inners = tuple(plan.inners[index] for index in wall.inners)
        scene = Scene(inners, plan.outer.eye_m, guide=guide_lines(plan, self._feet), coded_gain=coded_gain(plan))
        scene = scene._replace(weather=self._before, outer_look=outer_look(plan), air=(plan.air, plan.outer.air))
        pictures = self._pictures(plan)[wall.name] if self._by_raster else None
        return scene._replace(worlds=self._on_air, pictures=pictures)
