"""Are the stage's own table and its place plausible: outer eye, frame rate, ports, clock and meridian? Pure."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from calibration.forms import distance_of, is_in_front
from stage.config.addresses import parse_endpoint
from stage.config.findings import Finding
from stage.config.plausibility.units import listed, place_cure
from stage.config.survey.survey import Survey

FARTHEST_EYE_M = 30.0
CLOSEST_EYE_M = 0.3
HIGHEST_EYE_M = 4.0
HEIGHT_OF_AN_EYE_M = 1.6
FIRST_FREE_PORT = 1024
_M_PER_FOOT = 0.3048
LOWEST_EYE_M = 0.1
SLOWEST_HZ = 23.0
_FILM_BASES = (24, 30, 48, 60, 72, 96, 120, 240)
_RATE_ERROR_HZ = 0.012
_CONTROL_PORTS = ("control", "state", "telemetry")


def outer_eye_far_away(survey: Survey) -> Iterator[Finding]:
    """An outer eye that is not on the stage, as one in millimetres is not."""
    eye = survey.config.stage.outer_eye_m
    if _is_far(survey):
        found = f"found {listed(eye)}, which is not on the stage"
        yield Finding("stage.outer_eye_m", f"{found}: {place_cure(eye, 0.3, 5.0)}")


def outer_eye_behind_wall(survey: Survey) -> Iterator[Finding]:
    """An outer eye behind a wall that shines on the stage's middle."""
    eye = survey.config.stage.outer_eye_m
    middle = (0.0, 0.0, min(eye[2], HEIGHT_OF_AN_EYE_M))
    for one in survey.walls:
        if not _is_far(survey) and is_in_front(one.surface, middle) and not is_in_front(one.surface, eye):
            found = f"found {listed(eye)}, which is behind wall {one.wall.name!r}"
            cure = "the outer eye must see the walls' fronts: check its Y and the signs"
            cure = _height_cure(eye[2]) if eye[2] > HIGHEST_EYE_M else cure
            yield Finding("stage.outer_eye_m", f"{found}: {cure}")
            return


def outer_eye_too_high(survey: Survey) -> Iterator[Finding]:
    """An outer eye higher than any camera stands on a floor."""
    eye = survey.config.stage.outer_eye_m
    if not _is_far(survey) and eye[2] > HIGHEST_EYE_M and not list(outer_eye_behind_wall(survey)):
        yield Finding("stage.outer_eye_m", f"found {listed(eye)}, {eye[2]:g} m above the floor: {_height_cure(eye[2])}")


def outer_eye_on_wall(survey: Survey) -> Iterator[Finding]:
    """An outer eye nearer to a wall than anybody stands."""
    eye = survey.config.stage.outer_eye_m
    for one in survey.walls:
        distance = distance_of(one.surface, eye)
        if distance < CLOSEST_EYE_M:
            found = f"found {listed(eye)}, {distance:.2g} m from wall {one.wall.name!r}"
            yield Finding("stage.outer_eye_m", f"{found}: it is where the actors stand")
            return


def outer_eye_on_floor(survey: Survey) -> Iterator[Finding]:
    """An outer eye no higher than the lowest LED, as when height was written as the second number."""
    eye = survey.config.stage.outer_eye_m
    lowest = min((point[2] for one in survey.walls for point in one.form.lower_edge_m), default=0.0)
    if not _is_far(survey) and eye[2] < LOWEST_EYE_M and eye[2] < lowest + LOWEST_EYE_M:
        found = f"found {listed(eye)}, an eye on the floor"
        yield Finding("stage.outer_eye_m", f"{found}: the third number is the height, the second points into the wall")


def frame_rate_is_rounded(survey: Survey) -> Iterator[Finding]:
    """A film rate as a decimal: 23.98 runs away from 24000/1001 by a frame every few minutes."""
    rate = survey.config.stage.rate()
    for base in _FILM_BASES:
        exact = Fraction(base * 1000, 1001)
        if rate != exact and abs(rate - exact) < _RATE_ERROR_HZ:
            drift_s = 1.0 / float(abs(rate - exact))
            found = f'found {float(rate):g}, expected "{exact.numerator}/{exact.denominator}" ({float(exact):.4f})'
            drift = f"{drift_s / 60.0:.0f} min" if drift_s > 120.0 else f"{drift_s:.0f} s"
            yield Finding("stage.frame_rate_hz", f"{found}: as written, it is a frame off after {drift}")


def frame_rate_is_a_period(survey: Survey) -> Iterator[Finding]:
    """A rate below every film rate, as a period in milliseconds is."""
    rate = float(survey.config.stage.rate())
    if rate < SLOWEST_HZ:
        cure = (
            f"is it the period in ms? Then the rate is {1000.0 / rate:.4g}"
            if rate > 4.0
            else "it is in frames a second"
        )
        yield Finding("stage.frame_rate_hz", f"found {rate:g} frames a second, slower than film: {cure}")


def frame_rate_without_1001(survey: Survey) -> Iterator[Finding]:
    """A fraction over 1000, where 1001 is meant."""
    written = survey.config.stage.frame_rate_hz
    if isinstance(written, str) and written.replace(" ", "").endswith("000/1000"):
        meant = written.replace("/1000", "/1001").replace("/ 1000", "/1001")
        found = f"found {written!r}, which is {float(survey.config.stage.rate()):g} exactly"
        yield Finding("stage.frame_rate_hz", f'{found}: is "{meant}" meant?')


def ports_of_the_system(survey: Survey) -> Iterator[Finding]:
    """A port that only the system's own services may open."""
    config = survey.config
    ports = (
        ("control.endpoint", parse_endpoint(config.control.endpoint, lan=True)[1], "tcp://127.0.0.1:7700"),
        ("panel.bind", int(config.panel.bind.rpartition(":")[2]), "127.0.0.1:7780"),
    )
    for key, port, example in ports:
        if 0 < port < FIRST_FREE_PORT:
            found = f"found port {port}, which needs an administrator's rights"
            yield Finding(key, f"{found}: choose one from {FIRST_FREE_PORT} on, such as {example}")


def ports_twice(survey: Survey) -> Iterator[Finding]:
    """A preview page on a port of control, which takes three in a row."""
    config = survey.config
    host, first = parse_endpoint(config.control.endpoint, lan=True)
    panel_host, _, port = config.panel.bind.rpartition(":")
    same_host = host == "*" or panel_host.replace("localhost", "127.0.0.1") in (host, "0.0.0.0")  # noqa: S104
    if first and int(port) and same_host and first <= int(port) < first + len(_CONTROL_PORTS):
        user = _CONTROL_PORTS[int(port) - first]
        found = f"found port {port}, which {user} uses (control.endpoint is {config.control.endpoint})"
        yield Finding("panel.bind", f"{found}: choose another, such as 127.0.0.1:7780")


def _height_cure(height_m: float) -> str:
    metres = height_m * _M_PER_FOOT
    feet = f"written in feet? In metres it is {metres:.3g}; " if metres < HIGHEST_EYE_M else ""
    return f"{feet}the third number is the height, and a standing eye is at {HEIGHT_OF_AN_EYE_M:g}"


def _is_far(survey: Survey) -> bool:
    return max(map(abs, survey.config.stage.outer_eye_m)) > FARTHEST_EYE_M


STAGE_RULES = (
    outer_eye_far_away,
    outer_eye_behind_wall,
    outer_eye_too_high,
    outer_eye_on_wall,
    outer_eye_on_floor,
    frame_rate_is_rounded,
    frame_rate_is_a_period,
    frame_rate_without_1001,
    ports_of_the_system,
    ports_twice,
)


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
