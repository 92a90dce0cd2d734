"""How rain, snow and dust are drawn: along rays, by `shaders/common/weather.glsl`, over what is there of the worlds."""

from __future__ import annotations

import moderngl

from render.gpu.context import tile_texture
from render.gpu.layer_source import LayerSource
from render.worlds.weather.patterns import drops, flakes
from render.worlds.weather.record import WeatherPlan

_KINDS = ("rain", "snow", "dust")
WEATHER = "WEATHER"
"""Chooses the variant of a pass that draws it."""


class WeatherDrawing:
    """Draws the weather of one stage; what is on its shells is made when it is first drawn."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._tiles: dict[str, moderngl.Texture] = {}

    def source(self, weather: WeatherPlan, around: moderngl.Texture) -> LayerSource:
        """What passes need for this weather; `around` is what the worlds' light is all around."""
        if not self._tiles:
            self._tiles = {
                "drops": tile_texture(self._context, drops()),
                "flakes": tile_texture(self._context, flakes()),
            }
        across, ahead = weather.wind_m_s
        values = {
            f"given_{kind}": (getattr(weather, kind), fallen, across / fall, ahead / fall)
            for kind, fallen, fall in zip(_KINDS, weather.fallen_m, weather.falls_m_s(), strict=True)
        }
        return LayerSource("weather", (WEATHER, *_defines(weather)), values, {**self._tiles, "around": around})


def _defines(weather: WeatherPlan) -> tuple[str, ...]:
    """What there is, where that is one thing; or else all, so that few shaders need to be built before a show."""
    found = tuple(kind.upper() for kind in _KINDS if getattr(weather, kind) > 0.0)
    return found if len(found) == 1 else tuple(kind.upper() for kind in _KINDS)
