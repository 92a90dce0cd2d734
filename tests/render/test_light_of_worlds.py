"""The light at probes where sources are small, walls are of any form, and pictures are not what they should be."""

import math

import msgspec
import numpy as np
import pytest

from calibration.walls import MeshShape
from render.probes.light import COARSE
from render.renderer import Renderer
from render.worlds.sky.plan import SkyPlan
from tests.render.gathered_light import arc_shaped, cosine, gathered
from tests.render.measured_light import (
    BACK,
    FRONT,
    PLACES,
    SIDE,
    assert_within,
    measured,
    new_renderer,
    probe,
    smooth_light,
    sun_panorama,
    with_probes,
)
from tests.render.sample_plans import (
    ASSET,
    arc_positions,
    arc_wall,
    flat_panorama,
    frame_plan,
    inner,
    plane_wall,
    smooth_panorama,
)
from tests.render.sky_pictures import DOWN, SkyWall, patch, sky_air
from tests.render.sky_pictures import towards as towards_of
from tests.render.tool_plans import card, with_cards

pytestmark = pytest.mark.gl

UP = (0.0, 0.0, 1.0)
MIDDLE = (0.0, 0.0, 1.5)
SMALL = plane_wall(size=(64, 36))
AXES = (UP, FRONT, SIDE, BACK, (-0.6, 0.0, 0.8), (0.0, -0.8, -0.6))


@pytest.fixture(scope="module")
def coarse_renderer(session_context):
    with session_context:
        return new_renderer(session_context, SMALL, fineness=COARSE)


@pytest.mark.parametrize("columns", [1024, 1440])
@pytest.mark.parametrize(("azimuth", "elevation"), [(171.0, 5.3), (-120.0, 35.0), (33.7, 66.0), (10.0, 80.5)])
def test_a_small_sun_counts_whole_in_software_too(context, coarse_renderer, azimuth, elevation, columns):
    pixels, towards, irradiance = sun_panorama(azimuth, elevation, columns=columns)
    pixels[pixels == 1.0] = 0.2
    coarse_renderer.load_world(ASSET, pixels)
    found, brightest = measured(
        coarse_renderer,
        with_probes(frame_plan((SMALL,)), *(probe((0.0, 40.0, 90.0), axis) for axis in AXES), brightest=True),
    )
    facing = np.maximum(np.array(AXES) @ towards, 0.0)
    assert_within(found, np.repeat(0.2 + (irradiance / math.pi) * facing[:, None], 3, axis=1))
    assert math.degrees(math.acos(min(1.0, np.dot(towards_of(brightest[1], brightest[0]), towards)))) < 0.7


@pytest.mark.parametrize("elevation", [5.0, 40.0, 78.0])
def test_a_sky_with_a_sun_is_as_bright_in_software(context, coarse_renderer, elevation):
    sky = SkyPlan(sun=towards_of(elevation, 130.0), moon=DOWN)
    sunny, bare = (
        measured(coarse_renderer, with_probes(frame_plan((SMALL,), air=sky_air(one)), probe((0.0, 40.0, 90.0), UP)))[0]
        for one in (sky, msgspec.structs.replace(sky, sun_disc=False))
    )
    wall = SkyWall(context, patch(elevation, 130.0, 120, 1e-4))
    sun = (wall.light(sky) - wall.light(msgspec.structs.replace(sky, sun_disc=False))).sum(axis=(0, 1)) * 1e-8
    assert_within(sunny[0], bare[0] + sun * math.sin(math.radians(elevation)) / math.pi)


def test_a_bright_card_is_never_the_brightest_source_of_the_world(context, coarse_renderer):
    coarse_renderer.load_world(ASSET, flat_panorama((0.1, 0.1, 0.1)))
    plan = with_probes(frame_plan((SMALL,)), probe(MIDDLE), brightest=True)
    bright = with_cards(plan, card(exposure_stops=6.0, azimuth=30.0, elevation=40.0, width_deg=8.0))
    alone, with_card = (measured(coarse_renderer, one) for one in (plan, bright))
    assert alone[1] is None
    assert with_card[1] is None
    assert with_card[0][0, 1] > 1.05 * alone[0][0, 1]


def test_neither_cards_nor_flags_move_the_sun_of_a_panorama(context, coarse_renderer):
    pixels, towards, _ = sun_panorama(40.0, 30.0)
    coarse_renderer.load_world(ASSET, pixels)
    plan = with_probes(frame_plan((SMALL,)), probe((0.0, 40.0, 90.0), UP), brightest=True)
    tools = (
        card("flag", "flag", azimuth=40.0, elevation=30.0, width_deg=20.0, height_deg=20.0),
        card(exposure_stops=8.0, azimuth=-60.0, elevation=30.0),
    )
    alone, behind = (measured(coarse_renderer, one)[1] for one in (plan, with_cards(plan, *tools)))
    np.testing.assert_allclose(behind, alone, rtol=1e-4)
    assert np.dot(towards_of(behind[1], behind[0]), towards) > math.cos(math.radians(0.7))


def test_light_inside_a_curved_mesh(context):
    arc = arc_wall(size=(160, 40))
    wall = msgspec.structs.replace(arc, shape=MeshShape(file="curved.obj"))
    positions = arc_positions(arc)
    renderer = Renderer(context, (wall,), {wall.name: positions})
    renderer.measure_at_probes({wall.name: positions}, COARSE)
    renderer.load_world(ASSET, smooth_panorama(1024, 512))
    aims = [(place, axis) for place in PLACES[:1] for axis in (FRONT, UP)]
    plan = with_cards(frame_plan((wall,), (inner(),)), card(exposure_stops=1.5))
    plan = with_probes(plan, *(probe(place, axis) for place, axis in aims))
    renderer.probes.prepare(plan.probes)
    found, _ = measured(renderer, plan)
    walls = [arc_shaped(renderer, wall.name, positions)]
    for light, (place, axis) in zip(found, aims, strict=True):
        assert_within(light, gathered(place, cosine(axis), walls, smooth_light))


@pytest.mark.parametrize("light", [math.nan, math.inf, -math.inf, 0.0, -3.0])
def test_light_that_is_none_reaches_nobody_and_is_no_sun(context, coarse_renderer, light):
    coarse_renderer.load_world(ASSET, flat_panorama((light, light, light)))
    found, brightest = measured(
        coarse_renderer, with_probes(frame_plan((SMALL,)), probe(MIDDLE), probe(MIDDLE, clipped=True), brightest=True)
    )
    assert np.isfinite(found).all()
    assert (found >= 0.0).all()
    assert brightest is None


def test_another_world_is_looked_at_where_its_own_sun_is(context, coarse_renderer):
    for azimuth, elevation in ((100.0, 20.0), (-50.0, 50.0), (100.0, 20.0)):
        pixels, towards, irradiance = sun_panorama(azimuth, elevation)
        coarse_renderer.load_world(ASSET, pixels)
        found, _ = measured(coarse_renderer, with_probes(frame_plan((SMALL,)), probe((0.0, 40.0, 90.0), UP)))
        assert_within(found[0], np.full(3, 1.0 + irradiance * towards[2] / math.pi))
