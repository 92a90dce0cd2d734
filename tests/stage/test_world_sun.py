"""`stage world sun`: what it prints of sun, moon and the air, and what it refuses."""

import json
import math

import numpy as np
import pytest
from running_stage import command_here

from tests.render.sky_truth import GROUND, Truth

TRUTH = Truth()
LONDON = ("--lat=51.5", "--lon=-0.13")
NREL = ("--lat=39.742476", "--lon=-105.1786", "--altitude=1830.14", "--utc", "2003-10-17T12:30:30-07:00")


def sun(*words):
    result = command_here("world", "sun", *words, "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_the_published_example_with_and_without_refraction():
    for words, elevation in (((), 39.872046), (("--refraction",), 39.88838)):
        found = sun(*NREL, *words)
        assert found["sun"]["azimuth_deg"] == pytest.approx(194.34024, abs=0.02)
        assert found["sun"]["elevation_deg"] == pytest.approx(elevation, abs=0.02)
    assert set(found["moon"]) == {"azimuth_deg", "elevation_deg", "phase"}


@pytest.mark.parametrize("hour", [4.0, 4.6, 5.2, 6.5, 9.0, 12.0, 20.25, 22.0])
def test_what_the_air_leaves_of_the_sun_agrees_with_quadrature_and_is_nothing_at_night(hour):
    minutes = round(60.0 * hour)
    found = sun(*LONDON, "--utc", f"2026-06-21T{minutes // 60:02d}:{minutes % 60:02d}:00Z")
    rise = math.sin(math.radians(found["sun"]["elevation_deg"]))
    (expected,) = TRUTH.transmittance(np.array([GROUND + 0.0015]), np.array([rise]))
    within = 0.01 if found["sun"]["elevation_deg"] > 1.0 else 0.1
    assert found["transmittance_rgb"] == pytest.approx(expected, rel=within)
    assert (max(found["transmittance_rgb"]) == 0.0) == (found["sun"]["elevation_deg"] < -0.05)


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (("--lat=90.5", "--lon=0", "--utc", "2026-01-01"), "--lat: found 90.5, expected -90 to 90"),
        (("--lat=nan", "--lon=0", "--utc", "2026-01-01"), "--lat: found nan, expected -90 to 90"),
        (("--lat=0", "--lon=inf", "--utc", "2026-01-01"), "--lon: found inf, expected -180 to 180"),
        (("--lat=0", "--lon=0", "--altitude=-1", "--utc", "2026-01-01"), "--altitude: found -1, expected 0 to 9000"),
        (
            ("--lat=0", "--lon=0", "--utc", "2101-01-01"),
            "--utc: found '2101-01-01', expected a time from 1950-01-01 to",
        ),
        (("--lat=0", "--lon=0", "--utc", "0001-01-01T00:00+14:00"), "--utc: found '0001-01-01T00:00+14:00', expected"),
        (("--lat=0", "--lon=0", "--utc", "noon"), "--utc: found 'noon', expected a time from 1950-01-01 to 2100-12-31"),
    ],
)
def test_a_place_or_time_that_there_is_not_is_refused(words, refused):
    result = command_here("world", "sun", *words)
    assert result.returncode == 2
    assert refused in result.stderr


def test_people_are_told_in_words():
    result = command_here("world", "sun", "--lat=90", "--lon=0", "--utc", "2026-06-21T12:00:00Z")
    assert "elevation +23.4" in result.stdout
    assert "% of the sun's red, green and blue" in result.stdout
