"""A light that follows the sun: through a day of the sky on air, at night, and where there is no sky."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.worlds.sky.air import transmittance, world_from_air
from stage.almanac.seen import azimuth_elevation_deg
from stage.show.frame.lights import LightReached
from stage.show.lights.colour import cell_of
from stage.show.sky.planned import sky_plan
from tests.building import RATE_HZ, camera, light, stage, step, table

SKY = table("[world]", kind="sky")
PLACE = table("[place]", latitude_deg=46.5, longitude_deg=8.0, utc_offset_h=2.0, altitude_m=600.0, date="2026-06-21")
KEY = light("key", follow="sun", exposure_stops=-2.5)
STAGE = stage(camera("A"), KEY, SKY, PLACE)
TWO = stage(camera("A"), KEY, light("second", follow="sun", exposure_stops=-2.5, address=20), SKY, PLACE)
DAY_S = 600.0
SPEED = 86_400.0 / DAY_S


def temperature_of(x, y):
    """The correlated colour temperature, kelvin, of a chromaticity near the whites (C. McCamy, 1992, below 4000 K and
    above 15000 K less exact).
    """
    n = (x - 0.3320) / (0.1858 - y)
    return 449.0 * n**3 + 3525.0 * n**2 + 6823.3 * n + 5520.33


def cell(outcome) -> tuple[float, float, float]:
    return outcome.lights.targets[:3]


def direction(azimuth_deg: float, elevation_deg: float) -> tuple[float, float, float]:
    azimuth, elevation = math.radians(azimuth_deg), math.radians(elevation_deg)
    return (-math.cos(elevation) * math.sin(azimuth), math.cos(elevation) * math.cos(azimuth), math.sin(elevation))


def apart_deg(one, other) -> float:
    return math.degrees(math.acos(min(1.0, sum(a * b for a, b in zip(one, other, strict=True)))))


def moved(before: tuple[float, ...], now: tuple[float, ...]) -> float:
    """How far light went in any of X, Y and x, y and the level, as shares of full output."""
    levels = [abs(now[place] - before[place]) for place in (2, 5)]
    colours = [abs(now[place] * now[2] - before[place] * before[2]) for place in (0, 1)]
    colours += [abs(now[place] * now[5] - before[place] * before[5]) for place in (3, 4)]
    return max(*levels, *colours)


def test_through_a_day_in_ten_minutes_the_key_is_the_suns_and_nothing_steps():
    """Around sunrise and sunset every frame is looked at, else one in ten: between those, ten steps are one. The second
    light has a least level, whose colour must not step either when the sun goes.
    """
    show = TWO.show()
    values = {"/time/hour": 0.0, "/time/running": True, "/time/speed": SPEED, "/light/second/minimum": 0.05}
    before, frame, steps, seen = step(show, 0, values).lights.targets, 0, [], []
    while frame < DAY_S * RATE_HZ - 10:
        sun = sky_plan(show.state.controls.values).sun
        passed = 1 if abs(sun[2]) < 0.03 else 10
        frame += passed
        outcome = step(show, frame)
        now = outcome.lights.targets
        steps.append(moved(before, now) / passed)
        before = now
        sun = sky_plan(show.state.controls.values).sun
        if sun[2] > 0.0:
            towards = direction(*outcome.lights.directions[0])
            raw = world_from_air(transmittance(0.0, 601.5, sun[2]))
            x, y, level = cell_of(raw)
            own_k, key_k = temperature_of(x, y), temperature_of(now[0], now[1])
            seen.append((apart_deg(towards, sun), abs(own_k - key_k), level / math.pi * 2.0**-2.5 - now[2], sun[2]))
    assert len(seen) > 1000
    assert max(steps) < 0.01
    assert max(off for off, *_ in seen) < 1.0
    assert max(kelvin for _, kelvin, _, rise in seen if rise > 0.01) < 100.0
    assert max(abs(off) for *_, off, rise in seen if rise > 0.1) < 0.02


def test_at_night_the_key_is_the_moons_then_its_minimum_and_it_keeps_its_direction():
    show = STAGE.show()
    by_hand = {"/sky/sun/source": "manual", "/sky/moon/source": "manual", "/sky/sun/elevation_deg": -40.0}
    moon = {"/sky/moon/azimuth_deg": 30.0, "/sky/moon/elevation_deg": 40.0, "/sky/moon/exposure_stops": 12.0}
    step(show, 0, {**by_hand, **moon, "/light/key/exposure_stops": 4.0, "/light/key/minimum": 0.02})
    for frame in range(1, 120):
        outcome = step(show, frame)
    assert outcome.lights.directions[0] == pytest.approx((30.0, 40.0), abs=1e-6)
    bright = cell(outcome)[2]
    assert bright > 0.03
    for frame in range(120, 400):
        outcome = step(show, frame, *([{"/sky/moon/elevation_deg": -40.0}] if frame == 120 else []))
    assert cell(outcome)[2] == pytest.approx(0.02)
    assert outcome.lights.directions[0] == pytest.approx((30.0, 40.0), abs=1e-6)


@given(st.floats(-180.0, 180.0), st.floats(2.0, 85.0), st.floats(-90.0, 90.0))
def test_the_key_comes_from_where_its_turned_world_has_the_sun(azimuth, elevation, turn):
    show = STAGE.show()
    sun = {"/sky/sun/azimuth_deg": azimuth, "/sky/sun/elevation_deg": elevation, "/sky/sun/source": "manual"}
    found = step(show, 0, {**sun, "/worlds/world/turn_deg": turn}).lights.directions[0]
    assert apart_deg(direction(*found), direction(azimuth + turn, elevation)) < 1e-4


def test_the_key_is_graded_as_the_walls_are():
    show = STAGE.show()
    values = {"/light/key/smooth_s": 0.0, "/light/key/exposure_stops": -4.0}
    for frame in range(2):
        plain = cell(step(show, frame, values))
    darker = cell(step(show, 2, {"/grade/exposure_stops": -1.0}))
    assert darker[2] == pytest.approx(0.5 * plain[2], rel=1e-6)
    assert cell(step(show, 3, {"/grade/saturation": 0.0}))[:2] == pytest.approx((0.3127, 0.3290), abs=1e-4)


def test_without_a_sky_the_brightest_source_is_measured_and_followed():
    show = stage(camera("A"), light("key", follow="sun", smooth_s=0.0)).show()
    first = step(show, 0)
    assert first.plan.probes.brightest
    assert not first.plan.probes.probes
    source = (25.0, 10.0, math.pi, math.pi, math.pi)
    outcome = step(show, 1, observations=[LightReached(frame=0, light=(), brightest=source)])
    assert outcome.lights.directions[0] == (25.0, 10.0)
    for frame in range(2, 4):
        outcome = step(show, frame)
    assert cell(outcome)[2] == pytest.approx(1.0)


def test_where_a_sky_is_on_air_nothing_is_measured_for_a_key():
    assert not step(STAGE.show(), 0).plan.probes


def test_the_place_of_the_sun_is_that_of_the_almanac():
    outcome = step(STAGE.show(), 0, {"/time/hour": 14.0})
    azimuth, elevation = outcome.lights.directions[0]
    east_north_up = azimuth_elevation_deg(direction(azimuth - 180.0, elevation))
    assert east_north_up[1] == pytest.approx(elevation, abs=1e-6)
    assert elevation == pytest.approx(66.7, abs=1.0)


def test_levels_of_neighbouring_frames_rise_with_the_sun():
    show = STAGE.show()
    levels = []
    for frame, hour in enumerate((7.0, 8.0, 9.0, 10.0, 11.0)):
        values = {"/time/hour": hour, "/light/key/smooth_s": 0.0}
        levels.append(cell(step(show, frame, values))[2])
    assert all(before < after for before, after in pairwise(levels))
