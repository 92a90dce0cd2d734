"""The light at probes against an integration of what the walls send and of the world around them."""

import math
import os
import subprocess
import sys

import msgspec
import numpy as np
import pytest

from calibration.walls import MeshShape
from render.plan.frame import GradePlan
from render.probes.light import COARSE, FINE
from render.renderer import Renderer
from render.worlds.sky.plan import SkyPlan
from tests.render.gathered_light import (
    ACESCG_FROM_REC709,
    arc_shaped,
    cone,
    cosine,
    flat_wall,
    gathered,
    shown_light,
    sphere,
)
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
    plane_positions,
    plane_wall,
    with_pattern,
)
from tests.render.sky_pictures import DOWN, SkyWall, patch, sky_air
from tests.render.sky_pictures import towards as towards_of
from tests.render.tool_plans import card, keyed, with_cards
from tracking.records import ConfigError

pytestmark = pytest.mark.gl

FLAT, ARC = plane_wall(size=(320, 180), peak_nits=300.0), arc_wall(size=(480, 120))


@pytest.fixture(scope="module")
def flat_renderer(session_context):
    with session_context:
        return new_renderer(session_context, FLAT)


@pytest.fixture(scope="module")
def arc_renderer(session_context):
    with session_context:
        return new_renderer(session_context, ARC)


LOBES = {
    "cosine": ({}, cosine),
    "narrow cone": ({"lobe": "cone", "half_angle_deg": 12.0}, lambda axis: cone(axis, 12.0)),
    "wide cone": ({"lobe": "cone", "half_angle_deg": 50.0}, lambda axis: cone(axis, 50.0)),
}


@pytest.mark.parametrize("lobe", LOBES)
def test_light_before_a_flat_wall_is_what_it_sends_and_the_world_beyond_it(context, flat_renderer, lobe):
    changes, weight = LOBES[lobe]
    aims = [(place, axis) for place in PLACES for axis in (FRONT, SIDE, BACK)]
    plan = with_probes(frame_plan((FLAT,), (inner(),)), *(probe(place, axis, **changes) for place, axis in aims))
    found, _ = measured(flat_renderer, plan)
    walls = [flat_wall(flat_renderer, "flat", plane_positions(FLAT), (4.0, 2.25))]
    for light, (place, axis) in zip(found, aims, strict=True):
        assert_within(light, gathered(place, weight(axis), walls, smooth_light))


@pytest.mark.parametrize("lobe", LOBES)
def test_light_inside_an_arc(context, arc_renderer, lobe):
    changes, weight = LOBES[lobe]
    aims = [(place, axis) for place in PLACES[:2] for axis in (FRONT, SIDE, BACK)]
    plan = with_probes(frame_plan((ARC,), (inner(),)), *(probe(place, axis, **changes) for place, axis in aims))
    found, _ = measured(arc_renderer, plan)
    walls = [arc_shaped(arc_renderer, "arc", arc_positions(ARC))]
    for light, (place, axis) in zip(found, aims, strict=True):
        assert_within(light, gathered(place, weight(axis), walls, smooth_light))


@pytest.mark.parametrize(("azimuth", "elevation"), [(171.0, 31.3), (-120.0, 62.0), (93.7, 7.0), (10.0, 81.0)])
def test_a_small_sun_beyond_the_wall_counts_whole_and_is_the_brightest(context, azimuth, elevation):
    pixels, towards, irradiance = sun_panorama(azimuth, elevation)
    renderer = new_renderer(context, plane_wall(size=(64, 36)), panorama=pixels)
    axis = tuple((towards / np.linalg.norm(towards)).tolist())
    above = (0.0, 0.0, 1.0)
    probes = (probe((0.0, 0.0, 1.5), axis), probe((0.0, 0.0, 1.5), above))
    plan = with_probes(frame_plan(tuple(renderer.walls.values())), *probes, brightest=True)
    found, brightest = measured(renderer, plan)
    assert_within(found[0], np.full(3, 1.0 + irradiance / math.pi))
    assert_within(found[1], np.full(3, 1.0 + irradiance * towards[2] / math.pi))
    assert math.degrees(math.acos(min(1.0, np.dot(towards_of(brightest[1], brightest[0]), towards)))) < 0.1
    assert_within(brightest[2:], np.full(3, irradiance))


def test_nothing_is_brightest_where_nothing_stands_out(context, flat_renderer):
    plan = with_probes(frame_plan((FLAT,)), probe(PLACES[0]), brightest=True)
    assert measured(flat_renderer, plan)[1] is None


def test_cards_flags_and_the_outer_look_count_as_the_wall_shows_them(context, flat_renderer):
    tools = (card(exposure_stops=1.5), card("flag", "flag", "ellipse", azimuth=20.0, elevation=-8.0, width_deg=14.0))
    plan = with_cards(frame_plan((FLAT,), (inner(),)), *tools)
    outer = msgspec.structs.replace(plan.outer, exposure_stops=-1.0)
    plan = with_probes(msgspec.structs.replace(plan, outer=outer), *(probe(place) for place in PLACES))
    found, _ = measured(flat_renderer, plan)
    walls = [flat_wall(flat_renderer, "flat", plane_positions(FLAT), (4.0, 2.25))]
    for light, place in zip(found, PLACES, strict=True):
        assert_within(light, gathered(place, cosine(FRONT), walls, lambda rays: 0.5 * smooth_light(rays)))


def test_what_the_walls_cannot_show_is_all_that_counts_when_clipped(context):
    renderer = new_renderer(context, FLAT, panorama=flat_panorama((5.0, 4.0, 2.0)))
    shown, above = (probe(PLACES[0], clipped=clipped) for clipped in (False, True))
    found, _ = measured(renderer, with_probes(frame_plan((FLAT,)), shown, above))
    rec709 = np.linalg.inv(ACESCG_FROM_REC709) @ [5.0, 4.0, 2.0]
    np.testing.assert_allclose(found[1], ACESCG_FROM_REC709 @ np.maximum(rec709 - 3.0, 0.0), rtol=0.01, atol=0.01)
    walls = [flat_wall(renderer, "flat", plane_positions(FLAT), (4.0, 2.25))]
    world = np.array([5.0, 4.0, 2.0])
    assert_within(found[0], gathered(PLACES[0], cosine(FRONT), walls, lambda rays: np.tile(world, (len(rays), 1))))


def test_a_region_of_a_wall_has_the_mean_of_its_leds_wherever_the_probe_is(context, flat_renderer):
    regions = ((0.0, 0.0, 1.0, 1.0), (0.0, 0.25, 0.125, 0.5), (0.7, 0.1, 0.9, 0.95))
    probes = (probe(PLACES[1], BACK, lobe="region", wall="flat", region=region) for region in regions)
    found, _ = measured(flat_renderer, with_probes(frame_plan((FLAT,), (inner(),)), *probes))
    sent = shown_light(flat_renderer, "flat").reshape(180, 320, 3)
    for light, (left, top, right, bottom) in zip(found, regions, strict=True):
        part = sent[round(top * 180) : round(bottom * 180), round(left * 320) : round(right * 320)]
        assert_within(light, part.mean(axis=(0, 1)))


def test_blackout_patterns_marks_and_guide_leave_the_light_as_it_is(context, flat_renderer):
    plan = with_probes(frame_plan((FLAT,), (inner(),)), probe(PLACES[0]))
    expected, _ = measured(flat_renderer, plan)
    marked = msgspec.structs.replace(keyed(inner(), markers="stage"), outline=True)
    for other in (
        msgspec.structs.replace(plan, blackout=True),
        with_pattern(plan, "white"),
        msgspec.structs.replace(plan, guide="floor"),
        msgspec.structs.replace(plan, inners=(marked,)),
    ):
        flat_renderer.probes.forget()
        assert (measured(flat_renderer, other)[0] == expected).all()


def test_backs_of_walls_are_dark_and_walls_hide_what_is_behind_them(context):
    renderer = new_renderer(context, FLAT, ARC, panorama=flat_panorama((1.0, 1.0, 1.0)))
    narrow = {"lobe": "cone", "half_angle_deg": 5.0}
    behind = probe((0.0, 3.5, 1.5), BACK, **narrow)
    through = probe((0.0, 0.0, 1.5), FRONT, **narrow)
    above = probe((0.0, 0.0, 1.5), (0.0, 0.0, 1.0), **narrow)
    found, _ = measured(renderer, with_probes(frame_plan((FLAT, ARC)), behind, through, above))
    assert_within(found[1:], np.ones((2, 3)))
    assert not found[0].any()


def test_leds_that_are_not_there_give_no_light_and_hide_nothing(context):
    small = plane_wall(size=(80, 45))
    positions = plane_positions(small)
    positions[15:30, 25:55] = np.nan
    wall = msgspec.structs.replace(small, shape=MeshShape(file="holed.obj"))
    renderer = Renderer(context, (wall,), {"flat": positions})
    renderer.measure_at_probes({"flat": positions}, FINE)
    renderer.load_world(ASSET, flat_panorama((2.0, 2.0, 2.0)))
    card_over_all = card(kind="flag", width_deg=170.0, height_deg=170.0, feather_deg=0.1)
    probes = (probe(PLACES[0]), probe((0.0, 1.5, 1.425), lobe="cone", half_angle_deg=10.0))
    plan = with_probes(frame_plan((wall,)), *probes)
    renderer.probes.prepare(plan.probes)
    found, _ = measured(renderer, plan)
    assert_within(found, np.full((2, 3), 2.0))
    dark, _ = measured(renderer, with_cards(plan, card_over_all))
    assert not dark[1].any()


def test_light_is_drawn_only_when_something_changed(context, flat_renderer):
    plan = with_probes(frame_plan((FLAT,), (inner(),)), probe(PLACES[0]))
    measured(flat_renderer, plan)
    before = flat_renderer.probes.draws
    for same in (
        msgspec.structs.replace(plan, frame=7, present_ns=9),
        msgspec.structs.replace(plan, blackout=True),
        msgspec.structs.replace(plan, probes=msgspec.UNSET),
    ):
        flat_renderer.draw_light_at_probes(same)
    assert flat_renderer.probes.draws == before
    moved = with_probes(plan, probe(PLACES[1]))
    panned = msgspec.structs.replace(plan, inners=(inner(pan=0.2),))
    graded = msgspec.structs.replace(plan, grade=GradePlan(exposure_stops=-1.0))
    found = [measured(flat_renderer, other)[0] for other in (moved, panned, graded, plan)]
    assert flat_renderer.probes.draws == before + 4
    anew = msgspec.structs.replace(plan, probes=msgspec.structs.replace(plan.probes, since_frame=9))
    assert (measured(flat_renderer, anew)[0] == found[3]).all()
    assert flat_renderer.probes.draws == before + 5
    assert all((one != found[3]).any() for one in found[:3])
    np.testing.assert_allclose(found[2], 0.5 * found[3], rtol=0.05)


def test_with_fewer_leds_and_directions_smooth_light_is_the_same(context, flat_renderer):
    coarse = new_renderer(context, FLAT, fineness=COARSE)
    plan = with_probes(frame_plan((FLAT,), (inner(),)), *(probe(place, SIDE) for place in PLACES))
    assert_within(measured(coarse, plan)[0], measured(flat_renderer, plan)[0], 0.01)


def test_a_sky_with_its_sun_is_as_bright_as_what_is_drawn_of_it(context):
    sky = SkyPlan(sun=towards_of(38.0, 130.0), moon=DOWN)
    small = plane_wall(size=(64, 36))
    renderer = new_renderer(context, small)
    plan = with_probes(frame_plan((small,), air=sky_air(sky)), probe((0.0, 0.0, 50.0), (0.0, 0.0, 1.0)), brightest=True)
    found, brightest = measured(renderer, plan)
    rays, solid = sphere(180)
    bare = msgspec.structs.replace(sky, sun_disc=False)
    light = SkyWall(context, rays.reshape(180, 360, 3)).light(bare).reshape(-1, 3)
    disc = patch(38.0, 130.0, 120, 1e-4)
    wall = SkyWall(context, disc)
    sun = (wall.light(sky) - wall.light(bare)).sum(axis=(0, 1)) * 1e-8
    expected = (solid * np.maximum(rays[:, 2], 0.0)) @ light + sun * math.sin(math.radians(38.0))
    assert_within(found[0], expected / math.pi)
    np.testing.assert_allclose(brightest[:2], (130.0, 38.0), atol=0.2)
    assert_within(brightest[2:], sun, 0.05)


SCRIPT = """
from tests.render.test_probes import *
from render.gpu.context import check_errors, create_headless_context
context = create_headless_context()
assert context.version_code == 410, context.version_code
renderer = new_renderer(context, FLAT, fineness=COARSE)
plan = with_probes(frame_plan((FLAT,), (inner(),)), probe(PLACES[0]), probe(PLACES[0], clipped=True), brightest=True)
found, brightest = measured(renderer, plan)
walls = [flat_wall(renderer, "flat", plane_positions(FLAT), (4.0, 2.25))]
assert_within(found[0], gathered(PLACES[0], cosine(FRONT), walls, smooth_light))
check_errors(context, "measuring light on 4.1")
"""


def test_light_is_measured_on_opengl_4_1():
    environment = {**os.environ, "MESA_GL_VERSION_OVERRIDE": "4.1", "MESA_GLSL_VERSION_OVERRIDE": "410"}
    command = [sys.executable, "-c", SCRIPT]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "changes",
    [
        {"place_m": (math.nan, 0.0, 0.0)},
        {"axis": (1.0, 1.0, 0.0)},
        {"half_angle_deg": 0.0},
        {"lobe": "star"},
        {"lobe": "region", "wall": "none"},
        {"lobe": "region", "wall": "flat", "region": (0.5, 0.0, 0.5, 1.0)},
    ],
)
def test_probes_that_cannot_be_are_refused_with_their_field(context, flat_renderer, changes):
    field = next(reversed(changes))
    one = msgspec.structs.replace(probe(PLACES[0]), **changes)
    with pytest.raises(ConfigError, match=rf"probes\.probes\[0\]\.{field}"):
        flat_renderer.draw(with_probes(frame_plan((FLAT,)), one))
