"""Times whole frames of three walls with weather before a panorama, and before skies with and without clouds."""

from __future__ import annotations

import statistics
from collections.abc import Mapping

from stage.bench.against_bare import ASSET, drawer, panorama, scene, turns_ms
from stage.verify.studio import open_studio
from tracking.records import Record
from tracking.settable import Value

_PANORAMA = 'kind = "panorama"\nfile = "bench.exr"'
_FOLLOWING = f"{_PANORAMA}\nfollow_hour = true\nshot_hour = 13.0"
_SKY = 'kind = "sky"'
_HOUR: Mapping[str, Value] = {"/time/running": True, "/time/speed": 720.0}
"""A day in two minutes."""
_CLOUDS: Mapping[str, Value] = {"/sky/clouds/coverage": 0.5}
_WAYS: dict[str, tuple[str, Mapping[str, Value]]] = {
    "plain": (_PANORAMA, {}),
    "rain": (_PANORAMA, {"/weather/rain": 0.7}),
    "snow": (_PANORAMA, {"/weather/snow": 0.7}),
    "dust": (_PANORAMA, {"/weather/dust": 0.7}),
    "following": (_FOLLOWING, _HOUR),
    "sky": (_SKY, {}),
    "clouds": (_SKY, _CLOUDS),
    "fog": (_SKY, {"/sky/fog/density_per_km": 1.0}),
    "day": (_SKY, {**_HOUR, **_CLOUDS}),
}


class WeatherFigures(Record):
    """Median milliseconds of a frame with every wall read back, and how many times as long as plain in the same turn.

    `plain` is a panorama; `rain`, `snow` and `dust` are before it, and `following` is it alone as it follows
    an hour that runs through a day in two minutes. `sky` is a clear sky, `clouds` and `fog` are in it,
    and `day` has clouds and an hour that runs so too.
    """

    plain_ms: float
    rain_ms: float
    snow_ms: float
    dust_ms: float
    following_ms: float
    sky_ms: float
    clouds_ms: float
    fog_ms: float
    day_ms: float
    rain_over_plain: float
    snow_over_plain: float
    dust_over_plain: float
    following_over_plain: float
    sky_over_plain: float
    clouds_over_plain: float
    fog_over_plain: float
    day_over_plain: float
    renderer: str


def measure_weathered(frames: int, draw: str) -> WeatherFigures:
    """Draws the walls of `measure_against_bare` once for every weather. Raises ConfigError without a driver."""
    with open_studio(scene(draw)) as studio:
        studio.renderer.load_world(ASSET, panorama())
        draws = {
            name: drawer(studio, scene(draw, world=world), settings=settings)
            for name, (world, settings) in _WAYS.items()
        }
        turns = turns_ms(draws, frames, keeps_pictures=draw == "raster")
        ms = {f"{name}_ms": statistics.median(times) for name, times in turns.items()}
        over = {f"{name}_over_plain": _over(times, turns["plain"]) for name, times in turns.items() if name != "plain"}
        return WeatherFigures(**ms, **over, renderer=studio.renderer.name)


def _over(times_ms: list[float], plain_ms: list[float]) -> float:
    """The median over all turns of a frame over the plain one."""
    return statistics.median(took / plain for took, plain in zip(times_ms, plain_ms, strict=True))
