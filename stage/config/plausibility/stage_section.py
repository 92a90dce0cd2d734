"""Is the stage's own table plausible: outer eye, frame rate, ports? Pure."""

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
        yield Finding("stage.outer_eye_m", f"{found}: {place_cure(eye, 0.3, FARTHEST_EYE_M)}")


def outer_eye_behind_wall(survey: Survey) -> Iterator[Finding]:
    """An outer eye behind a wall that shines on the stage's middle."""
    eye = survey.config.stage.outer_eye_m
    middle = (0.0, 0.0, eye[2])
    for one in survey.walls:
        if not _is_far(survey) and is_in_front(one.surface, middle) and not is_in_front(one.surface, eye):
            found = f"found {listed(eye)}, which is behind wall {one.wall.name!r}"
            cure = "the outer eye must see the walls' fronts: check its Y and the signs"
            yield Finding("stage.outer_eye_m", f"{found}: {cure}")
            return


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


def _is_far(survey: Survey) -> bool:
    return max(map(abs, survey.config.stage.outer_eye_m)) > FARTHEST_EYE_M


STAGE_RULES = (
    outer_eye_far_away,
    outer_eye_behind_wall,
    outer_eye_on_wall,
    outer_eye_on_floor,
    frame_rate_is_rounded,
    frame_rate_is_a_period,
    ports_twice,
)
