"""Rain, snow and dust before the worlds: what can be set of them, how far they have fallen, and their plan. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated

import msgspec

from render.views.limits import Impossible
from tracking.records import Evolving, Notebook, Vec3
from tracking.settable import Values, number

STRONGEST_WIND_M_S = 20.0
PERIOD_M = 1024.0
"""How far something falls until its pattern repeats; float32 holds such a number within 0.1 mm."""
_FALL_M_S = (8.0, 1.0, 0.15)
"""How fast rain, snow and dust fall in still air."""
_STEEPEST = (2.5, 3.0, 2.0)
"""How many metres sideways they go at most for each that they fall. In more wind they are faster instead."""


class WeatherValues(Values):
    """Rain, snow and dust between the walls and whatever world is behind them, and the wind that drives them."""

    rain: Annotated[float, number(0.0, 1.0, "", "Rain before the world: 0 none, 1 a downpour.", look="sky")] = 0.0
    snow: Annotated[float, number(0.0, 1.0, "", "Snow before the world: 0 none, 1 thick.", look="sky")] = 0.0
    dust: Annotated[float, number(0.0, 1.0, "", "Dust before the world: 0 none, 1 a storm.", look="sky")] = 0.0
    wind_m_s: Annotated[
        float,
        number(0.0, STRONGEST_WIND_M_S, "m/s", "Wind that drives rain, snow and dust aslant.", look="sky"),
    ] = 0.0
    wind_from_deg: Annotated[
        float,
        number(
            -360.0,
            360.0,
            "deg",
            "Where that wind comes from, as seen from the stage: + left, 0 is +Y.",
            look="sky",
            fade="circular",
        ),
    ] = 90.0


class WeatherPlan(Evolving, omit_defaults=True):
    """Rain, snow and dust in a frame, 0 to 1 each.

    `wind_m_s` is where the air goes, to the right and towards the front wall. `fallen_m` is how far rain, snow and
    dust have fallen, below `PERIOD_M`.
    """

    rain: float = 0.0
    snow: float = 0.0
    dust: float = 0.0
    wind_m_s: tuple[float, float] = (0.0, 0.0)
    fallen_m: Vec3 = (0.0, 0.0, 0.0)

    def falls_m_s(self) -> Vec3:
        """How fast rain, snow and dust fall in this wind."""
        rain, snow, dust = _falls_m_s(math.hypot(*self.wind_m_s))
        return (rain, snow, dust)


class WeatherState(Notebook):
    """How far rain, snow and dust have fallen: the phase that goes on where it was after everything was held."""

    fallen_m: Vec3 = (0.0, 0.0, 0.0)


def advance_weather(state: WeatherState, values: WeatherValues, elapsed_s: float) -> None:
    """Lets fall what there is of rain, snow and dust for `elapsed_s` seconds of show time."""
    if values.rain == values.snow == values.dust == 0.0 or elapsed_s <= 0.0:
        return
    falls = _falls_m_s(values.wind_m_s)
    rain, snow, dust = (
        (fallen + fall * elapsed_s) % PERIOD_M for fallen, fall in zip(state.fallen_m, falls, strict=True)
    )
    state.fallen_m = (rain, snow, dust)


def weather_plan(values: WeatherValues, state: WeatherState) -> WeatherPlan | msgspec.UnsetType:
    """The weather of a frame; UNSET where there is none."""
    if values.rain == values.snow == values.dust == 0.0:
        return msgspec.UNSET
    azimuth = math.radians(values.wind_from_deg)
    wind = (values.wind_m_s * math.sin(azimuth), -values.wind_m_s * math.cos(azimuth))
    return WeatherPlan(rain=values.rain, snow=values.snow, dust=values.dust, wind_m_s=wind, fallen_m=state.fallen_m)


def impossible_weather(weather: WeatherPlan) -> Iterator[Impossible]:
    """What cannot be drawn of the weather."""
    for name in ("rain", "snow", "dust"):
        amount = getattr(weather, name)
        if not 0.0 <= amount <= 1.0:
            yield Impossible(name, amount, "0 to 1")
    if not math.hypot(*weather.wind_m_s) <= STRONGEST_WIND_M_S + 1e-6:
        yield Impossible("wind_m_s", weather.wind_m_s, f"at most {STRONGEST_WIND_M_S:g} m/s")
    if not all(0.0 <= fallen < PERIOD_M for fallen in weather.fallen_m):
        yield Impossible("fallen_m", weather.fallen_m, f"0 to {PERIOD_M:g} m")


def _falls_m_s(wind_m_s: float) -> Iterator[float]:
    return (max(fall, wind_m_s / steepest) for fall, steepest in zip(_FALL_M_S, _STEEPEST, strict=True))
