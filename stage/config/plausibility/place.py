"""Do the clock and the meridian of the stage's place go together? Pure."""

from __future__ import annotations

from collections.abc import Iterator

from stage.config.findings import Finding
from stage.config.survey.survey import Survey

MOST_FROM_SUN_H = 3.5
"""No country's clock is further from the sun, summer time included."""
_DEGREES_AN_HOUR = 15.0
_DAY_H = 24.0


def clock_far_from_sun(survey: Survey) -> Iterator[Finding]:
    """A clock that says something else than the sun at the place, as where one of the two was left out."""
    place = survey.config.place
    if _apart_h(place.utc_offset_h, place.longitude_deg) <= MOST_FROM_SUN_H:
        return
    found = f"found {place.utc_offset_h:g} h at longitude {place.longitude_deg:g}, where the sun is at its highest at "
    noon = (12.0 + place.utc_offset_h - place.longitude_deg / _DEGREES_AN_HOUR) % _DAY_H
    expected = round(place.longitude_deg / _DEGREES_AN_HOUR)
    west = _apart_h(place.utc_offset_h, -place.longitude_deg) <= MOST_FROM_SUN_H
    cure = "is the longitude's sign right? East is +" if west else f"is the clock there about {expected:+d} h from UTC?"
    yield Finding("place.utc_offset_h", f"{found}{noon:.1f} on this clock: {cure}")


def _apart_h(offset_h: float, longitude_deg: float) -> float:
    """How far a clock is from the sun, the shorter way round the day."""
    return abs((offset_h - longitude_deg / _DEGREES_AN_HOUR + 0.5 * _DAY_H) % _DAY_H - 0.5 * _DAY_H)


PLACE_RULES = (clock_far_from_sun,)
