"""The light that 3D scenes stand in: that of their world's other layers, gathered on the GPU, and its sun or moon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import moderngl
import msgspec

from render.colour.grade import world_from_layer
from render.colour.matrices import apply, scaled
from render.compose.air import NO_MENDS, AiredWorld, SourceOf, aired
from render.compose.model_steps import stepped_way, stepped_worlds
from render.compose.raster_views import OuterCube, ViewPasses
from render.gpu.context import Target
from render.gpu.passes import Pass
from render.models.around import LightAround
from render.models.drawing import Tier
from render.models.light import ModelLight
from render.models.street import lit_share
from render.worlds.model.record import ModelPlan
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.sky.air import SUN_RADIUS_RAD, transmittance, world_from_air
from render.worlds.sky.lights import lights_of, risen
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from render.worlds.sky.veils import fog_passing, shade
from tracking.records import Vec3

_FACE_PX: Mapping[Tier, int] = {"low": 8, "full": 32}
"""Where light is mirrored, more of it has to be seen."""
_KIND = "f4"
_EYE_M: Vec3 = (0.0, 0.0, 1.5)
_MOST_KEPT = 6
"""The light of so many worlds is kept: of two in a dissolve, and of a frozen outer one, inside and outside of views."""
_EVEN = 0.5
"""Radiance from all around where a world has nothing but scenes, so that they can be seen at all."""


@dataclass(slots=True, eq=False)
class _Gathered:
    """What was gathered of a world's light, and for which of them; `version` grows with each."""

    target: Target
    around: LightAround | None
    key: tuple[object, ...] = ()
    version: int = 0


class Lit(NamedTuple):
    """Light for scenes, and numbers that are others where it has changed."""

    light: ModelLight
    key: tuple[float, ...]


class AroundModels:
    """The light around the scenes of a stage. It is gathered where a world's other layers have changed."""

    def __init__(self, context: moderngl.Context, passes: ViewPasses, tier: Tier) -> None:
        self._context = context
        self._passes = passes
        self.source_of: SourceOf = lambda _layer: None
        """Gives the layers whose light is gathered."""
        self._tier = tier
        self._cube: OuterCube | None = None
        self._total: Pass | None = None
        self._kept: list[_Gathered] = []
        self._versions = 0

    def prepare(self) -> Pass:
        """Builds what light is gathered with, before a scene is shown; a stage without scenes never needs it."""
        if self._total is None:
            self._total = Pass(self._context, "light_harmonics.frag", uniforms=("face_px",), textures=("world",))
        return self._total

    def forget(self) -> None:
        """Gathers the light again from now on, because a picture has changed."""
        for one in self._kept:
            one.key = ()

    def lights(self, world: WorldPlan) -> tuple[Lit, Lit]:
        """The light in which the scenes of a world stand in cameras' views, and that outside of them. In the low tier
        both go on in steps, which are wider outside.

        An exposure that follows the hour changes nearly always: there what was gathered is multiplied by it. A sun that
        sets changes by itself: it throws its shadows in steps, and shines in finer ones.
        """
        bare = msgspec.structs.replace(world, layers=tuple(_without_scenes(world)), exposure_stops=0.0)
        if self._tier == "full":
            lit = self._lit(bare, 1.0, *_strongest(bare), _dusk(bare))
            return lit, lit
        inside, outside = (
            self._lit(*_unexposed(around), stepped_way(towards), colour, _dusk(shining))
            for around, shining in stepped_worlds(bare)
            for towards, colour in (_strongest(shining),)
        )
        return inside, outside

    def _lit(self, others: WorldPlan, gain: float, sun_towards: Vec3, sun_irradiance: Vec3, dusk: float) -> Lit:
        """What was gathered of the `others` times `gain`, and what shines."""
        gathered = self._gathered(others)
        light = ModelLight(
            gathered.target.texture,
            sun_towards,
            sun_irradiance,
            around=gathered.around,
            version=gathered.version,
            dusk=dusk,
            gain=gain,
        )
        return Lit(light, (gathered.version, gain, *sun_irradiance, dusk))

    def _aired(self, others: WorldPlan) -> tuple[AiredWorld, ...]:
        """The light without a sun's disc: that is taken by itself, since it throws shadows."""
        if not others.layers:
            return ()
        return aired(AirPlan(world=others), lambda layer: self.source_of(_without_disc(layer)))

    def _gathered(self, others: WorldPlan) -> _Gathered:
        """What was gathered of these layers. Skies are always there; of others, more may be there than before."""
        may_come = not all(isinstance(layer.light, SkyLight) for layer in others.layers)
        key = (others.layers, sum(len(one.layers) for one in self._aired(others)) if may_come else None)
        found = next((one for one in self._kept if one.key == key), None)
        if found is not None:
            self._kept.remove(found)
        else:
            found = self._kept.pop(0) if len(self._kept) >= _MOST_KEPT else self._new()
            self._gather(found, self._aired(others))
            self._versions += 1
            found.key, found.version = key, self._versions
        self._kept.append(found)
        return found

    def _new(self) -> _Gathered:
        around = LightAround(self._context) if self._tier == "full" else None
        return _Gathered(Target(self._context, (9, 1), _KIND), around)

    def _gather(self, into: _Gathered, worlds: tuple[AiredWorld, ...]) -> None:
        """Draws the light all around, and makes of it what surfaces get. The scenes' own is not in it."""
        if self._cube is None:
            self._cube = OuterCube(self._context, _FACE_PX[self._tier], _KIND)
        cube = self._cube
        if any(world.layers for world in worlds):
            cube.draw(self._passes, _EYE_M, tuple(_in_one_form(world) for world in worlds))
        else:
            cube.fill(_EVEN)
        cube.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self.prepare().draw(into.target.framebuffer, {"face_px": cube.face_px}, {"world": cube.texture})
        if into.around is not None:
            into.around.update(cube.texture)


def _without_scenes(world: WorldPlan) -> Iterator[LayerPlan]:
    return (layer for layer in world.layers if not isinstance(layer.light, ModelPlan))


def _unexposed(world: WorldPlan) -> tuple[WorldPlan, float]:
    """The world with its last layer's exposure taken off all layers, and the gain that brings it back; the world as it
    is where light is not just multiplied by exposures.
    """
    if not world.layers or any(layer.is_mended for layer in world.layers):
        return world, 1.0
    stops = world.layers[-1].exposure_stops
    layers = (msgspec.structs.replace(one, exposure_stops=one.exposure_stops - stops) for one in world.layers)
    return msgspec.structs.replace(world, layers=tuple(layers)), 2.0**stops


def _without_disc(layer: LayerPlan) -> LayerPlan:
    if not isinstance(layer.light, SkyLight):
        return layer
    sky = msgspec.structs.replace(layer.light.sky, sun_disc=False)
    return msgspec.structs.replace(layer, light=msgspec.structs.replace(layer.light, sky=sky))


def _in_one_form(world: AiredWorld) -> AiredWorld:
    """The world with all layers in the one form that serves any, so that few shaders need to be built for this."""
    return world._replace(layers=tuple(layer._replace(mends=layer.mends or NO_MENDS) for layer in world.layers))


def _dusk(world: WorldPlan) -> float:
    """How dark it is for lamps that shine at dusk: by the sun of the world's sky, where it has one."""
    rises = [layer.light.sky.sun[2] for layer in world.layers if isinstance(layer.light, SkyLight)]
    return lit_share(rises[-1]) if rises else 0.0


def _strongest(world: WorldPlan) -> tuple[Vec3, Vec3]:
    """Where the strongest sun or moon of a world's skies is, and its irradiance on what faces it; black for none."""
    found: tuple[Vec3, Vec3] = ((0.0, 0.0, 1.0), (0.0, 0.0, 0.0))
    for layer in world.layers:
        if isinstance(layer.light, SkyLight):
            towards, light = _shining(layer.light.sky, layer.turn_deg)
            found = towards, apply(scaled(world_from_layer(layer, 0.0), layer.opacity), light)
    return found


@lru_cache(maxsize=16)
def _shining(sky: SkyPlan, turn_deg: float) -> tuple[Vec3, Vec3]:
    """The same of one sky, whatever its layer's grade."""
    main = lights_of(sky, turn_deg)[0]
    shown = main.strength * risen(sky, main.towards[2], SUN_RADIUS_RAD)
    left = shown * shade(sky.clouds).beams * fog_passing(sky.fog)
    red, green, blue = world_from_air(transmittance(sky.haze, sky.eye_altitude_m, main.towards[2]))
    return main.towards, (left * red, left * green, left * blue)
