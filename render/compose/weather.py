"""The weather before the worlds on air, and the light that it is seen in, which is theirs."""

from __future__ import annotations

import moderngl
import msgspec

from render.colour.matrices import inverse
from render.compose.air import NO_MENDS, AiredLayer, AiredWorld
from render.compose.raster_views import OuterCube, ViewPasses
from render.gpu.context import Target
from render.gpu.layer_source import LayerSource
from render.gpu.passes import Pass
from render.plan.frame import FramePlan
from render.worlds.on_air import AirPlan
from render.worlds.weather.drawing import WeatherDrawing
from tracking.records import Vec3

_FACE_PX = 8
_KIND = "f4"
_EYE_M: Vec3 = (0.0, 0.0, 1.5)
"""Where the light is gathered: how large the stage is makes no difference to what is so coarse."""


class AiredWeather:
    """The weather of a stage. The light of the worlds from all around is gathered where they have changed."""

    def __init__(self, context: moderngl.Context, passes: ViewPasses) -> None:
        self._context = context
        self._passes = passes
        self._drawing = WeatherDrawing(context)
        self._gathering: tuple[OuterCube, Pass, Target] | None = None
        self._gathered: tuple[AirPlan, int] | None = None

    def forget(self) -> None:
        """Gathers the light again from now on, because a picture has changed."""
        self._gathered = None

    def source(self, plan: FramePlan, worlds: tuple[AiredWorld, ...]) -> LayerSource | None:
        """What passes need for the weather of a plan whose worlds on air are `worlds`; None where it has none."""
        if plan.weather is msgspec.UNSET or plan.air.raw:
            return None
        if self._gathering is None:
            total = Pass(self._context, "light_around.frag", uniforms=("face_px",), textures=("world",))
            cube, target = OuterCube(self._context, _FACE_PX, _KIND), Target(self._context, (4, 1), _KIND)
            self._gathering = (cube, total, target)
        cube, total, target = self._gathering
        key = (plan.air, sum(len(world.layers) for world in worlds))
        if key != self._gathered:
            cube.draw(self._passes, _EYE_M, tuple(_in_one_form(world) for world in worlds))
            total.draw(target.framebuffer, {"face_px": _FACE_PX}, {"world": cube.texture})
            self._gathered = key
        return self._drawing.source(plan.weather, target.texture)


def _in_one_form(world: AiredWorld) -> AiredWorld:
    """The world with all layers in the one form that serves any, so that few shaders need to be built for this."""
    return world._replace(layers=tuple(layer._replace(mends=layer.mends or NO_MENDS) for layer in world.layers))


def behind_weather(worlds: tuple[AiredWorld, ...], weather: LayerSource) -> tuple[AiredWorld, ...]:
    """The worlds with the weather as the layer before each, as views for screens need it."""
    # Its light has the worlds' exposures in it already, so theirs must not be applied to it again.
    return tuple(world._replace(layers=(_before(world, weather), *world.layers)) for world in worlds if world.layers)


def _before(world: AiredWorld, weather: LayerSource) -> AiredLayer:
    return AiredLayer(weather, inverse(world.inner))
