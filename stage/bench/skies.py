"""Times whole frames of three walls before skies at several hours beside a panorama, and what fills a sky's tables."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping

import moderngl

from render.assets.plate_textures import PlateTextures
from render.worlds.on_air import LayerPlan
from render.worlds.sky.drawing import SkyDrawing
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from stage.bench.against_bare import Way, beside_plain, scene
from stage.verify.studio import open_studio
from tracking.records import Record
from tracking.settable import Value

_SKY = 'kind = "sky"'
_NO_MOON: Mapping[str, Value] = {"/sky/moon/source": "manual", "/sky/moon/elevation_deg": -60.0}
_MOON: Mapping[str, Value] = {"/sky/moon/source": "manual", "/sky/moon/elevation_deg": 30.0, "/sky/moon/phase": 0.5}


def _sun(elevation_deg: float) -> dict[str, Value]:
    return {"/sky/sun/source": "manual", "/sky/sun/elevation_deg": elevation_deg}


_WAYS: dict[str, Way] = {
    "noon": (_SKY, {**_NO_MOON, **_sun(50.0)}),
    "moving": (_SKY, {**_NO_MOON, "/time/running": True, "/time/speed": 720.0}),
    "moon": (_SKY, {**_MOON, **_sun(50.0)}),
    "dusk": (_SKY, {**_MOON, **_sun(-9.0)}),
    "night": (_SKY, {**_MOON, **_sun(-50.0)}),
}


class SkiesFigures(Record):
    """Median milliseconds of a frame with every wall read back, and how many times as long as plain in the same turn.

    `plain` is a panorama; `noon` a clear sky, `moving` one whose hour runs through a day in two minutes, `moon` has the
    moon in it by day, `dusk` sun and moon in the air and stars, `night` moon and stars. `sun_tables_ms` is what a sun
    that has moved costs by itself, `haze_tables_ms` what haze that has changed does.
    """

    plain_ms: float
    noon_ms: float
    moving_ms: float
    moon_ms: float
    dusk_ms: float
    night_ms: float
    noon_over_plain: float
    moving_over_plain: float
    moon_over_plain: float
    dusk_over_plain: float
    night_over_plain: float
    sun_tables_ms: float
    haze_tables_ms: float
    renderer: str


def measure_skies(frames: int, draw: str) -> SkiesFigures:
    """Draws the walls of `measure_against_bare` once for every sky. Raises ConfigError without a driver."""
    with open_studio(scene(draw)) as studio:
        figures = beside_plain(studio, _WAYS, frames, draw)
        context = studio.renderer.context
        return SkiesFigures(
            **figures,
            sun_tables_ms=_tables_ms(context, frames, lambda step: _with_sun(0.7 + step)),
            haze_tables_ms=_tables_ms(context, frames, lambda step: SkyPlan(haze=0.1 + step)),
            renderer=studio.renderer.name,
        )


def _with_sun(rise: float) -> SkyPlan:
    return SkyPlan(sun=(0.0, math.sqrt(1.0 - rise * rise), rise))


def _tables_ms(context: moderngl.Context, count: int, sky_at: Callable[[float], SkyPlan]) -> float:
    """What it takes until a sky's tables are filled, each time for another one."""
    drawing = SkyDrawing(context, lambda _asset, _colour_space: None, lambda: PlateTextures(context), None)
    took = []
    for number in range(count + 2):
        light = SkyLight(sky=sky_at(1e-3 * number))
        begun = time.perf_counter()
        drawing.source(light, LayerPlan(light=light))
        context.finish()
        took.append(1e3 * (time.perf_counter() - begun))
    return statistics.median(took[2:])
