"""Times whole frames of three walls with weather before a panorama, and before skies with and without clouds."""

from __future__ import annotations

from collections.abc import Mapping

from stage.bench.against_bare import PANORAMA, Way, beside_plain, scene
from stage.verify.studio import open_studio
from tracking.records import Record
from tracking.settable import Value

_FOLLOWING = f"{PANORAMA}\nfollow_hour = true\nshot_hour = 13.0"
_SKY = 'kind = "sky"'
_HOUR: Mapping[str, Value] = {"/time/running": True, "/time/speed": 720.0}
"""A day in two minutes."""
_CLOUDS: Mapping[str, Value] = {"/sky/clouds/coverage": 0.5}
_WAYS: dict[str, Way] = {
    "rain": (PANORAMA, {"/weather/rain": 0.7}),
    "snow": (PANORAMA, {"/weather/snow": 0.7}),
    "dust": (PANORAMA, {"/weather/dust": 0.7}),
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
        return WeatherFigures(**beside_plain(studio, _WAYS, frames, draw), renderer=studio.renderer.name)
