"""What a sky has at night: the moon with its phase, its light in the air, and the stars."""

import math

import msgspec
import numpy as np
import pytest

from render.worlds.sky.air import transmittance
from render.worlds.sky.lights import lights_of, star_gain
from render.worlds.sky.moonlight import FULL_MOON, MOON_RADIUS_RAD, moonlight
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.stars import CELLS, MEAN_LIGHT, cells_of, star_table
from tests.render.sky_pictures import DOWN, LUX_AT_ONE, SkyWall, patch, towards
from tracking.rotation import quat_conjugate, quat_from_pan_tilt_roll, quat_multiply, quat_rotate

pytestmark = pytest.mark.gl

DEEP = towards(-60.0)


def night(**values):
    """A sky without a sun, and without a moon unless it is given."""
    return SkyPlan(**{"sun": DEEP, "moon": DOWN, **values})


def from_behind(moon, off_deg=0.0):
    """What lights a moon that is full, or less so by an angle about the vertical."""
    turn = math.radians(off_deg)
    x, y, z = (-part for part in moon)
    return (math.cos(turn) * x - math.sin(turn) * y, math.sin(turn) * x + math.cos(turn) * y, z)


def test_a_full_moon_gives_its_light_whatever_the_leds(context):
    moon = towards(40.0)
    sky = night(moon=moon, moon_lit_by=from_behind(moon), moon_stops=10.0)
    passing = transmittance(0.0, 1.5, moon[2])[1]
    for pitch in (2e-4, 2e-3, 1e-2):
        wall = SkyWall(context, patch(40.0, 0.0, max(12, int(0.012 / pitch)), pitch))
        without = wall.rec709(msgspec.structs.replace(sky, moon=towards(40.0, 20.0)))
        light = (wall.rec709(sky) - without)[..., 1].sum() * pitch**2
        assert light / (FULL_MOON * 2.0**10 * LUX_AT_ONE) == pytest.approx(passing, rel=0.03), pitch


def test_a_half_moon_is_lit_on_the_side_of_its_light_and_keeps_its_law(context):
    moon = towards(2.0)
    side = towards(0.0, 90.0)
    pitch = 1.5e-4
    wall = SkyWall(context, patch(2.0, 0.0, 80, pitch))
    sky = night(moon=moon, moon_lit_by=side, moon_stops=12.0)
    light = wall.light(sky).sum(2)
    left, right = light[:, :35].sum(), light[:, 45:].sum()
    assert left > 100.0 * right
    law = moonlight(moon, side, 12.0)
    assert law.illuminance == pytest.approx(FULL_MOON * 2.0**12 * 10.0 ** (-0.4 * (2.34 + 4e-9 * 90.0**4)), rel=0.01)
    assert moonlight(moon, from_behind(moon, 180.0), 0.0).illuminance < 0.001 * FULL_MOON


def test_the_law_of_the_disc_agrees_with_that_of_its_light():
    moon = towards(0.0)
    side = np.linspace(-0.999, 0.999, 400)
    across, up = np.meshgrid(side, side)
    facing = np.sqrt(np.maximum(1.0 - across**2 - up**2, 0.0))
    inside = across**2 + up**2 < 1.0
    for off_deg in (0.0, 40.0, 90.0, 140.0):
        lit_by = np.array(from_behind(moon, off_deg))
        light = moonlight(moon, tuple(lit_by), 0.0)
        cosine = np.maximum(across * lit_by[0] - facing * lit_by[1], 0.0)
        mean = (2.0 * cosine / np.maximum(cosine + facing, 1e-6))[inside].mean()
        assert light.lit * mean == pytest.approx(light.mean, rel=0.02)
        assert light.mean * math.pi * MOON_RADIUS_RAD**2 == pytest.approx(light.illuminance)


def test_moonlight_scatters_like_sunlight(context):
    rays = [towards(elevation, azimuth) for elevation in (1.0, 30.0, 80.0) for azimuth in (-90.0, 0.0, 150.0)]
    wall = SkyWall(context, rays, apart=True)
    moon = towards(25.0, 60.0)
    by_moon = wall.light(night(moon=moon, moon_lit_by=from_behind(moon), stars_stops=-12.0))
    by_sun = wall.light(SkyPlan(sun=moon, moon=DOWN, sun_disc=False))
    assert by_moon == pytest.approx(FULL_MOON * by_sun, rel=1e-3)


def test_no_light_comes_or_goes_with_a_step():
    moon = towards(30.0)
    full = from_behind(moon)
    for stops in (0.0, 8.0):
        before = None
        for elevation in np.arange(10.0, -26.0, -0.02):
            sky = SkyPlan(sun=towards(elevation), moon=moon, moon_lit_by=full, moon_stops=stops)
            shown = {light.towards[0:2] == moon[0:2]: light.strength for light in lights_of(sky)}
            now = (shown.get(False, 0.0), shown.get(True, 0.0) / (FULL_MOON * 2.0**stops), star_gain(sky))
            if before is not None:
                assert np.abs(np.subtract(now, before)).max() < 0.06
            before = now
        assert now[0] == 0.0
        assert now[1] == pytest.approx(1.0)
    assert star_gain(SkyPlan(sun=towards(30.0))) == 0.0
    assert star_gain(night()) == 1.0


def test_there_are_as_many_stars_as_one_sees():
    table = star_table()
    light = table[..., 3].astype(float)
    stars = table[light > 0.0]
    assert 5500 < len(stars) < 6500
    assert light.sum() / (4.0 * math.pi) == pytest.approx(MEAN_LIGHT, rel=1e-3)
    magnitude = -2.5 * np.log10(stars[:, 3].astype(float) * 128_000.0 / 2.54e-6)
    counts = [int((magnitude < limit).sum()) for limit in (1.0, 3.0, 5.0)]
    assert 5 < counts[0] < 30
    assert 100 < counts[1] < 300
    assert 1000 < counts[2] < 2200
    assert np.linalg.norm(stars[:, :3], axis=1) == pytest.approx(np.ones(len(stars)), abs=1e-6)
    assert np.abs(stars[:, :3].mean(0)).max() < 0.04
    columns, rows = cells_of(stars[:, :3].astype(float))
    assert (table[rows, columns, 3] == stars[:, 3]).all()
    assert table.shape == (CELLS, CELLS, 4)


def test_stars_keep_their_light_on_fine_and_coarse_leds_and_over_the_edges_of_their_table(context):
    table = star_table().reshape(-1, 4).astype(float)
    picked = table[(np.abs(table[:, 2]) < 0.02) & (table[:, 3] > 2e-13)][:3]
    picked = np.concatenate([picked, table[np.argsort(-table[:, 3])[:3]]])
    for star in picked:
        elevation, azimuth = 60.0, 10.0
        turn = rotation_to(towards(elevation, azimuth), star[:3])
        for pitch in (3e-4, 1e-3, 3e-3):
            wall = SkyWall(context, patch(elevation, azimuth, 24, pitch))
            lit = wall.rec709(night(stars_from_stage=turn, stars_stops=12.0))[..., 1]
            near = np.linalg.norm(wall.rays - np.array(towards(elevation, azimuth)), axis=2) < 2.1 * pitch
            found = lit[near].sum() * pitch**2 / (2.0**12 * LUX_AT_ONE)
            expected = star[3] * transmittance(0.0, 1.5, math.sin(math.radians(elevation)))[1]
            assert found == pytest.approx(expected, rel=0.05), (pitch, star)


def rotation_to(place, star):
    """A rotation of the stage that takes `place` to the direction of a star."""
    first = azimuth_and_elevation(place)
    second = azimuth_and_elevation(star)
    back = quat_conjugate(quat_from_pan_tilt_roll(*first, 0.0))
    there = quat_from_pan_tilt_roll(*second, 0.0)
    turn = quat_multiply(there, back)
    assert quat_rotate(turn, place) == pytest.approx(tuple(star), abs=1e-6)
    return turn


def azimuth_and_elevation(direction):
    x, y, z = direction
    return math.degrees(math.atan2(-x, y)), math.degrees(math.asin(z))


def test_stars_fade_towards_the_horizon_and_hide_behind_the_moon(context):
    star = star_table().reshape(-1, 4)[np.argmax(star_table()[..., 3])].astype(float)
    seen = []
    for elevation in (70.0, 2.0):
        wall = SkyWall(context, patch(elevation, 0.0, 9, 5e-4))
        turn = rotation_to(towards(elevation), star[:3] / np.linalg.norm(star[:3]))
        seen.append(wall.rec709(night(stars_from_stage=turn))[..., 2].sum())
    ratio = (
        transmittance(0.0, 1.5, math.sin(math.radians(2.0)))[2]
        / transmittance(0.0, 1.5, math.sin(math.radians(70.0)))[2]
    )
    assert seen[1] / seen[0] == pytest.approx(ratio, rel=0.1)
    moon = towards(2.0)
    sky = night(stars_from_stage=turn, moon=moon, moon_lit_by=moon, moon_stops=-12.0)
    assert wall.rec709(sky)[..., 2].sum() < 0.02 * seen[1]
