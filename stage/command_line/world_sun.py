"""`stage world sun`: where sun and moon are seen from a place, and what the air leaves of the sun's light."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Annotated

import typer

from render.worlds.sky.air import transmittance
from render.worlds.sky.plan import EYE_ABOVE_GROUND_M, HIGHEST_PLACE_M
from stage.almanac.calendar import FIRST_DATE, LAST_DATE, day_of
from stage.almanac.instants import instant_at
from stage.almanac.seen import Place, azimuth_elevation_deg, lit_share, refracted_deg, sun_and_moon
from stage.command_line.options import JsonOption, print_json
from tracking.records import ConfigError, Record, Vec3


class SeenSun(Record):
    """Compass direction, north 0 and clockwise, and elevation."""

    azimuth_deg: float
    elevation_deg: float


class SeenMoon(SeenSun):
    """The same of the moon, and how much of its disc is lit."""

    phase: float


class SunReport(Record):
    """Sun and moon, and the share of the sun's light that gets through clear air, in linear Rec.709."""

    sun: SeenSun
    moon: SeenMoon
    transmittance_rgb: Vec3


def sun(
    lat: Annotated[float, typer.Option("--lat", help="Latitude in degrees, + north: --lat=-33.9.")],
    lon: Annotated[float, typer.Option("--lon", help="Longitude in degrees, + east: --lon=-0.13.")],
    utc: Annotated[str, typer.Option("--utc", help="When, in UTC: 2026-03-20T12:00:00Z.", metavar="TIME")],
    *,
    altitude: Annotated[float, typer.Option("--altitude", help="Height of the ground above the sea, in m.")] = 0.0,
    refraction: Annotated[
        bool, typer.Option("--refraction/--no-refraction", help="Raise both as standard air does; the sky does not.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say where sun and moon are seen from a place, and what clear air leaves of the sun's light.

    Example: stage world sun --lat=51.5 --lon=-0.13 --utc 2026-03-20T12:00:00Z
    """
    place = _place(lat, lon, altitude)
    day, hour = _moment(utc)
    both = sun_and_moon(instant_at(day, hour), place)
    report = SunReport(
        sun=SeenSun(**_angles(both.sun, place, refraction=refraction)),
        moon=SeenMoon(**_angles(both.moon, place, refraction=refraction), phase=lit_share(both.moon, both.moon_lit_by)),
        transmittance_rgb=transmittance(0.0, place.altitude_m + EYE_ABOVE_GROUND_M, both.sun[2]),
    )
    if as_json:
        print_json(report)
        return
    red, green, blue = (100.0 * part for part in report.transmittance_rgb)
    print(f"sun: azimuth {report.sun.azimuth_deg:.2f} deg, elevation {report.sun.elevation_deg:+.2f} deg")
    print(
        f"moon: azimuth {report.moon.azimuth_deg:.2f} deg, elevation {report.moon.elevation_deg:+.2f} deg, "
        f"{100.0 * report.moon.phase:.0f} % lit"
    )
    print(f"clear air leaves {red:.1f}, {green:.1f}, {blue:.1f} % of the sun's red, green and blue")


def _angles(direction: Vec3, place: Place, *, refraction: bool) -> dict[str, float]:
    azimuth, elevation = azimuth_elevation_deg(direction)
    seen = refracted_deg(elevation, place.altitude_m) if refraction else elevation
    return {"azimuth_deg": azimuth, "elevation_deg": seen}


def _place(lat: float, lon: float, altitude: float) -> Place:
    limits = (
        ("--lat", lat, -90.0, 90.0),
        ("--lon", lon, -180.0, 180.0),
        ("--altitude", altitude, 0.0, HIGHEST_PLACE_M),
    )
    for option, found, least, most in limits:
        if not (math.isfinite(found) and least <= found <= most):
            raise ConfigError(f"{option}: found {found:g}, expected {least:g} to {most:g}")
    return Place(lat, lon, altitude)


def _moment(utc: str) -> tuple[int, float]:
    """The day and the hour of a time in UTC; one that says its own offset is turned into it."""
    expected = f"expected a time from {FIRST_DATE} to {LAST_DATE}, as 2026-03-20T12:00:00Z"
    try:
        given = datetime.fromisoformat(utc)
        when = (given if given.tzinfo else given.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigError(f"--utc: found {utc[:64]!r}, {expected}") from None
    day = day_of(when.date().isoformat())
    if day is None:
        raise ConfigError(f"--utc: found {utc[:64]!r}, {expected}")
    return day, when.hour + when.minute / 60.0 + (when.second + when.microsecond * 1e-6) / 3600.0
