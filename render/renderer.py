"""Draws frame plans: the outer cube, every camera's inner picture, and each wall as it is sent."""

from __future__ import annotations

from collections.abc import Mapping

import moderngl
import numpy as np
from numpy.typing import NDArray

from calibration.walls import Signal, Wall
from render.compose import ComposePasses, InnerPicture, WallPicture
from render.footprint import TEXELS_OF_A_TAP
from render.gpu import Target, check_errors, largest_texture_px, prepare, renderer_name
from render.grade import NITS_AT_ONE, graded_from_world, signal_from_world
from render.matrices import IDENTITY, Matrix
from render.patterns import WallPatterns
from render.plan import FramePlan, OuterPlan, WallPlan, WorldPlan
from render.plan_limits import refuse_impossible
from render.preview import InnerPreview
from render.views import DrawnWorld, OuterCube, inner_view
from render.worlds.coordinates import CoordinatesWorld
from render.worlds.panorama import PanoramaWorld
from tracking.records import ConfigError

PICTURE_KIND = "f4"
"""Texture type of everything between the world and the code values: float32 holds `coordinates` exactly."""
_RAW_WORLDS = ("coordinates",)
"""Worlds whose light is a message: past colour, exposure, grade and dither."""


class Renderer:
    """Everything that is drawn on one stage, in one context.

    `positions` gives each wall's LED positions by its name: float64 (rows, columns, 3), metres in the stage, NaN where
    there is no LED. Equal plans give equal pictures, whatever was drawn before. Raises ConfigError for positions
    that do not fit a wall's raster.
    """

    def __init__(
        self,
        context: moderngl.Context,
        walls: tuple[Wall, ...],
        positions: Mapping[str, NDArray[np.float64]],
        stage_name: str = "",
    ) -> None:
        prepare(context)
        self._context = context
        self._largest_px = largest_texture_px(context)
        self._panoramas = PanoramaWorld(context)
        self._worlds: dict[str, DrawnWorld] = {
            "panorama": self._panoramas,
            "coordinates": CoordinatesWorld(context),
        }
        passes = ComposePasses(context, [wall.signal for wall in walls])
        self._walls = {
            wall.name: WallPicture(context, wall, positions[wall.name], passes, PICTURE_KIND) for wall in walls
        }
        self._patterns = WallPatterns(context, walls, stage_name)
        self._preview = InnerPreview(context)
        self._preview_signal = Signal(peak_nits=max((wall.signal.peak_nits for wall in walls), default=NITS_AT_ONE))
        self._cube: OuterCube | None = None
        self._outer_key: tuple[WorldPlan, OuterPlan] | None = None
        self.outer_draws = 0
        """How often the outer cube was drawn: the measure of what a moving outer eye costs."""
        self._inners: list[Target] = []
        self._plan: FramePlan | None = None
        check_errors(context, "loading the renderer")

    @property
    def name(self) -> str:
        """The driver's own name of what draws, as takes and reports give it."""
        return renderer_name(self._context)

    def load_world(self, asset: str, panorama: NDArray[np.float32] | None) -> None:
        """Takes in the picture that plans name by `asset`: ACEScg (rows, columns, 3), row 0 the top; None forgets it.

        Raises ConfigError for a picture that this driver cannot hold.
        """
        if panorama is None:
            self._panoramas.forget(asset)
        else:
            self._panoramas.load(asset, panorama)
        self._outer_key = None
        check_errors(self._context, "loading a panorama")

    def draw(self, plan: FramePlan) -> None:
        """Draws every wall of the plan; does not wait for the GPU. Raises ConfigError for one that cannot be drawn."""
        refuse_impossible(plan, self._largest_px)
        world = self._world(plan.world.kind)
        prepare(self._context)
        self._draw_outer(plan, world)
        inners = self._draw_inners(plan, world)
        planned = {wall.name: wall for wall in plan.walls}
        for name, picture in self._walls.items():
            self._draw_wall(plan, planned.get(name), picture, inners)
        self._plan = plan

    def wall_texture(self, name: str) -> moderngl.Texture:
        """What is sent to a wall, as a texture whose row 0 is the wall's top, for outputs to copy."""
        return self._walls[name].sent.texture

    def wall_framebuffer(self, name: str) -> moderngl.Framebuffer:
        """The framebuffer that holds what is sent to a wall; row 0 is the wall's top."""
        return self._walls[name].sent.framebuffer

    def read_wall(self, name: str) -> NDArray[np.uint8]:
        """What was last drawn for a wall, as sent: uint8 (rows, columns, 3)."""
        return self._walls[name].sent.read().astype(np.uint8, copy=False)

    def read_wall_linear(self, name: str) -> NDArray[np.float32]:
        """A wall's light in the last plan: graded scene-linear ACEScg before the wall's colour, (rows, columns, 3).

        Drawn for this call only. Raw vectors for `coordinates`; black under blackout and where there is no LED;
        patterns, which are code values, are not in it. All black before the first plan.
        """
        picture, plan = self._walls[name], self._plan
        target = picture.light
        planned = None if plan is None else next((wall for wall in plan.walls if wall.name == name), None)
        if plan is None or planned is None or plan.blackout:
            target.framebuffer.clear()
        else:
            inners = [InnerPicture(plan.inners[index], self._inners[index].texture) for index in planned.inners]
            picture.draw_light(target, inners, _light_from_world(plan))
        return target.read().astype(np.float32, copy=False)

    def read_inner(self, index: int) -> NDArray[np.float32]:
        """The inner picture that the last plan lists at `index`: scene-linear ACEScg, ungraded, (rows, columns, 3)."""
        return self._inners[index].read().astype(np.float32, copy=False)

    def read_inner_preview(self, index: int) -> NDArray[np.uint8]:
        """That picture for a screen: graded, in sRGB, as bright as the brightest wall; uint8 (rows, columns, 3)."""
        plan = self._plan
        raw = plan is None or plan.world.kind in _RAW_WORLDS
        matrix = IDENTITY if plan is None or raw else signal_from_world(plan.grade, self._preview_signal)
        return self._preview.read(self._inners[index], matrix)

    def finish(self) -> None:
        """Waits until everything drawn so far is done."""
        self._context.finish()

    def _world(self, kind: str) -> DrawnWorld:
        if kind not in self._worlds:
            raise ConfigError(
                f"world.kind: {kind!r}, expected one of {', '.join(self._worlds)}; a later version drew it"
            )
        return self._worlds[kind]

    def _draw_outer(self, plan: FramePlan, world: DrawnWorld) -> None:
        key = (plan.world, plan.outer)
        if key == self._outer_key:
            return
        if self._cube is None or self._cube.face_px != plan.outer.face_px:
            before, self._cube = self._cube, OuterCube(self._context, plan.outer.face_px, PICTURE_KIND)
            if before is not None:
                before.release()
        self._cube.draw(world, plan.outer, plan.world)
        for picture in self._walls.values():
            picture.draw_outer(self._cube, plan.outer.eye_m)
        self._outer_key = key
        self.outer_draws += 1

    def _draw_inners(self, plan: FramePlan, world: DrawnWorld) -> list[InnerPicture]:
        drawn = []
        for index, inner in enumerate(plan.inners):
            target = self._inner_target(index, inner.size_px)
            world.draw(target.framebuffer, inner_view(inner), plan.world)
            shown_on = [
                self._walls[wall.name] for wall in plan.walls if index in wall.inners and wall.name in self._walls
            ]
            target.set_smaller_pictures(any(wall.leds.widest(inner) > TEXELS_OF_A_TAP for wall in shown_on))
            drawn.append(InnerPicture(inner, target.texture))
        return drawn

    def _inner_target(self, index: int, size_px: tuple[int, int]) -> Target:
        """The target of one inner picture, exactly of its size: nothing of an earlier plan's rounding is left."""
        if index == len(self._inners):
            self._inners.append(Target(self._context, size_px, PICTURE_KIND))
        elif self._inners[index].size != size_px:
            before, self._inners[index] = self._inners[index], Target(self._context, size_px, PICTURE_KIND)
            before.release()
        return self._inners[index]

    def _draw_wall(
        self, plan: FramePlan, wall: WallPlan | None, picture: WallPicture, inners: list[InnerPicture]
    ) -> None:
        if wall is None or plan.blackout:
            picture.sent.framebuffer.clear(alpha=1.0)
        elif wall.pattern != "off":
            self._patterns.draw(picture.sent.framebuffer, picture.wall, wall.pattern, plan.frame)
        elif plan.world.kind in _RAW_WORLDS:
            picture.draw_light(picture.sent, [inners[index] for index in wall.inners], IDENTITY)
        else:
            picture.draw_code([inners[index] for index in wall.inners], plan.grade)


def _light_from_world(plan: FramePlan) -> Matrix:
    return IDENTITY if plan.world.kind in _RAW_WORLDS else graded_from_world(plan.grade)
