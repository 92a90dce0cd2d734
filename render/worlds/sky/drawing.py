"""How a sky is drawn: along rays, by `shaders/worlds/sky.glsl`, from tables of what the air makes of sun and moon."""

from __future__ import annotations

import math
from typing import NamedTuple

import moderngl

from render.gpu.layer_source import LayerSource, TextureOf
from render.gpu.passes import Uniform
from render.worlds.shared.placed import PlacedLayer
from render.worlds.sky.air import NITS_AT_ONE, SUN_LUX, SUN_RADIUS_RAD
from render.worlds.sky.moonlight import moonlight
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from render.worlds.sky.tables import LightTable, SkyTables, horizon_values
from render.worlds.sky.veil_drawing import Shining, VeilDrawing
from render.worlds.sky.veils import has_veils
from tracking.records import Vec3

_ACESCG_FROM_REC709 = (
    (0.6130974024, 0.3395231462, 0.0473794515),
    (0.0701937225, 0.9163538791, 0.0134523985),
    (0.0206155929, 0.1095697729, 0.8698146342),
)
_WORLD_FROM_SKY = tuple(SUN_LUX / NITS_AT_ONE * row[column] for column in range(3) for row in _ACESCG_FROM_REC709)
"""From the model, in which the sun outside the air has an illuminance of 1, to the light of worlds; column by column."""
_DARK_RISE = -0.4
"""A light whose sine of elevation is below that lights no air that anybody could see."""
_LEAST_SHARE = 1e-4
"""Of the light of a sky: less of it does not show."""


class _Light(NamedTuple):
    """A light outside the air: where it is seen in the stage, and its strength, the sun's being 1."""

    towards: Vec3
    strength: float

    @property
    def level(self) -> float:
        """About how bright it makes the sky: a decade less for every 2 degrees that it is below the horizon."""
        rise = self.towards[2]
        return self.strength * 10.0 ** (-30.0 * max(-rise, 0.0)) if rise > _DARK_RISE else 0.0

    @property
    def heading(self) -> tuple[float, float]:
        """Its compass direction; any for one straight above."""
        length = math.hypot(*self.towards[:2])
        return (self.towards[0] / length, self.towards[1] / length) if length > 1e-9 else (0.0, 1.0)


class SkyDrawing:
    """The drawing of skies in one context, with the tables that they share."""

    def __init__(self, context: moderngl.Context, _texture_of: TextureOf) -> None:
        self.tables = SkyTables(context)
        self._veils = VeilDrawing(context)

    def source(self, light: SkyLight, layer: PlacedLayer) -> LayerSource:
        """What the shader needs for this sky. Of the layer's placement only the turn counts: a sky is at infinity."""
        sky = light.sky
        main, *others = _lights(sky, layer.turn_deg)
        other = others[0] if others else main
        main_table, other_table = (self.tables.light(sky, found.towards[2]) for found in (main, other))
        textures: dict[str, moderngl.Texture] = {
            **_named("main", main_table),
            **_named("other", other_table),
            "air_rows": self.tables.air(sky).rows,
        }
        values: dict[str, Uniform] = {
            "given_sky_horizon": horizon_values(sky.eye_altitude_m),
            "given_main_light": (*main.towards, main.strength),
            "given_main_heading": main.heading,
            "given_world_from_sky": _WORLD_FROM_SKY,
            "other_light": (*other.towards, other.strength),
            "other_heading": other.heading,
            "other_lights": len(others),
            "sun": (*turned(sky.sun, layer.turn_deg), 1.0 if sky.sun_disc else 0.0),
            "sun_radius": SUN_RADIUS_RAD,
        }
        if not has_veils(sky):
            return LayerSource("sky", (), values, textures)
        shining, second = (
            Shining(found.towards[2], found.strength, table.from_sky)
            for found, table in ((main, main_table), (other, other_table))
        )
        values |= self._veils.values(sky, shining, second if others else None)
        return LayerSource("veiled_sky", (), values, {**textures, **self._veils.textures(shining, second)})


DRAWING = SkyDrawing


def _lights(sky: SkyPlan, turn_deg: float) -> list[_Light]:
    """What lights the air, the stronger one first: sun and moon, but neither where it does not show."""
    sun = _Light(turned(sky.sun, turn_deg), 1.0)
    strength = moonlight(sky.moon, sky.moon_lit_by, sky.moon_stops).illuminance
    moon = _Light(turned(sky.moon, turn_deg), strength)
    found = [
        light._replace(strength=light.strength * share)
        for light, other in ((sun, moon), (moon, sun))
        if (share := _shown(light.level / max(other.level, 1e-30))) > 0.0
    ]
    found.sort(key=lambda light: -light.level)
    return found or [sun._replace(strength=0.0)]


def _shown(share: float) -> float:
    """How much of a light is drawn beside another one, over which it has this share: no less than shows, and no step."""
    ramp = min(max((share / _LEAST_SHARE - 1.0) / 3.0, 0.0), 1.0)
    return ramp * ramp * (3.0 - 2.0 * ramp)


def turned(direction: Vec3, turn_deg: float) -> Vec3:
    """A direction of a sky that is turned to the left."""
    cosine, sine = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    x, y, z = direction
    return (cosine * x - sine * y, sine * x + cosine * y, z)


def _named(which: str, table: LightTable) -> dict[str, moderngl.Texture]:
    return {f"{which}_by_air": table.by_air, f"{which}_by_haze": table.by_haze}
