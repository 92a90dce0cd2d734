"""Clouds and fog before a sky: how much they cover, what light they are in, and that nothing steps, shimmers or fails."""

import itertools
import math

import msgspec
import numpy as np
import pytest

from render.renderer import Renderer
from render.worlds.on_air import LayerPlan
from render.worlds.sky.cloud_field import DEVIATIONS, cloud_field
from render.worlds.sky.ground_light import GroundLight
from render.worlds.sky.plan import CloudPlan, FogPlan, SkyPlan
from render.worlds.sky.record import SkyLight
from render.worlds.sky.tables import SkyTables
from render.worlds.sky.veils import cloud_places, cloud_threshold, light_at, shade
from tests.render.sample_plans import OUTER_EYE, frame_plan, inner, plane_positions, plane_wall

pytestmark = pytest.mark.gl
AROUND = plane_wall("around", size=(144, 72))
SOME = CloudPlan(coverage=0.5)
FULL_MOON = {"moon": (0.0, 0.6, 0.8), "moon_lit_by": (0.0, -0.6, -0.8)}


def all_around(columns=144, rows=72):
    """LEDs all around the outer eye: rows from the zenith down, columns from behind, over the right hand, to behind."""
    turn = 2.0 * np.pi * ((np.arange(columns) + 0.5) / columns - 0.5)[None, :]
    height = np.pi * (0.5 - (np.arange(rows) + 0.5) / rows)[:, None]
    away = [np.cos(height) * np.sin(turn), np.cos(height) * np.cos(turn), np.sin(height) + 0.0 * turn]
    return np.array(OUTER_EYE) + 10.0 * np.stack(away, axis=2)


def sun_at(elevation_deg):
    elevation = math.radians(elevation_deg)
    return (0.0, math.cos(elevation), math.sin(elevation))


def sky_plan(wall=AROUND, *inners, elevation_deg=35.0, **changes):
    sky = SkyPlan(sun=sun_at(elevation_deg), **changes)
    return frame_plan((wall,), inners, world=LayerPlan(light=SkyLight(sky=sky)))


@pytest.fixture(scope="module")
def dome(session_context):
    with session_context:
        return Renderer(session_context, (AROUND,), {AROUND.name: all_around()})


def drawn(renderer, wall=AROUND, **changes):
    renderer.draw(sky_plan(wall, **changes))
    return renderer.read_wall_linear(wall.name).astype(np.float64)


def steps(one, other):
    return float(np.abs(other - one).mean() / one.mean())


def test_a_clear_sky_is_the_same_bit_by_bit_wherever_clouds_or_fog_would_be(dome, context):
    clear = drawn(dome)
    nowhere = drawn(dome, clouds=CloudPlan(coverage=0.0, height_m=300.0, softness=1.0), fog=FogPlan(height_m=5.0))
    assert np.array_equal(clear, nowhere)


@pytest.mark.parametrize("veil", [{"clouds": CloudPlan(coverage=1e-5)}, {"fog": FogPlan(density_per_km=1e-4)}])
def test_clouds_and_fog_come_without_a_step(dome, context, veil):
    clear = drawn(dome, sun_disc=False)
    assert steps(clear, drawn(dome, sun_disc=False, **veil)) < 2e-3


@pytest.mark.parametrize("coverage", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_clouds_cover_the_share_of_the_sky_that_is_asked_for(coverage):
    field = (cloud_field()[:, :, :2] / 255.0 - 0.5) * DEVIATIONS
    turned = np.rot90(field[:, :, 1])
    both = 0.85 * field[:, :, 0] + 0.52 * turned
    assert (both > cloud_threshold(coverage)).mean() == pytest.approx(coverage, abs=0.05)


def test_nothing_of_the_field_is_beyond_the_thresholds_of_none_and_of_all():
    field = (cloud_field()[:, :, :2].astype(float) / 255.0 - 0.5) * DEVIATIONS
    highest, lowest = (share @ (0.85, 0.52) for share in (field.max((0, 1)), field.min((0, 1))))
    assert cloud_threshold(0.0) > highest
    assert cloud_threshold(1.0) < lowest
    found = [cloud_threshold(coverage) for coverage in np.linspace(0.0, 1.0, 400)]
    assert found == sorted(found, reverse=True)


def test_the_field_is_the_same_each_time_and_repeats_without_a_seam():
    field = cloud_field()
    assert np.array_equal(field, cloud_field())
    within = np.abs(np.diff(field.astype(int), axis=1)).mean(axis=(0, 1))
    across = np.abs(field[:, 0].astype(int) - field[:, -1]).mean(axis=0)
    assert (across < 2.0 * within).all()


ELEVATIONS = (-90.0, -18.0, -1.0, 0.0, 0.3, 5.0, 60.0, 90.0)


@pytest.mark.parametrize("elevation_deg", ELEVATIONS)
def test_every_sky_is_finite_and_has_no_seam(dome, context, elevation_deg):
    ends = itertools.product((0.03, 1.0), (0.0, 1.0), (200.0, 12_000.0))
    for coverage, softness, height_m in ends:
        clouds = CloudPlan(coverage=coverage, softness=softness, height_m=height_m, drift_m=(1e9, -1e9))
        light = drawn(dome, elevation_deg=elevation_deg, clouds=clouds, fog=FogPlan(density_per_km=0.5), **FULL_MOON)
        assert np.isfinite(light).all()
        assert light.min() >= 0.0
        within = np.abs(np.diff(light[:30], axis=1)).mean()
        assert np.abs(light[:30, 0] - light[:30, -1]).mean() <= 3.0 * within + 1e-12


@pytest.mark.parametrize(
    ("change", "least"),
    [
        ({"coverage": 0.5005}, 2e-3),
        ({"softness": 0.5005}, 2e-3),
        ({"height_m": 1500.5}, 2e-3),
        ({"drift_m": (1.0, 0.0)}, 3e-3),
    ],
)
def test_every_value_of_clouds_moves_them_smoothly(dome, context, change, least):
    before = drawn(dome, clouds=SOME, sun_disc=False)
    after = drawn(dome, clouds=msgspec.structs.replace(SOME, **change), sun_disc=False)
    assert 0.0 < steps(before, after) < least


def test_the_light_on_clouds_has_no_step_while_the_sun_sets(dome, context):
    light = [drawn(dome, elevation_deg=0.1 * step, clouds=SOME, sun_disc=False).mean() for step in range(20, -40, -1)]
    ratios = np.array(light[1:]) / light[:-1]
    assert ratios.min() > 0.85
    assert ratios.max() < 1.0


def test_an_overcast_hides_the_sun_and_dims_what_is_below(dome, context):
    clear, overcast = drawn(dome), drawn(dome, clouds=CloudPlan(coverage=1.0, softness=0.0))
    assert overcast.max() < 2.0 * np.median(overcast[:34])
    assert overcast[50:].mean() < 0.5 * clear[50:].mean()


def test_thin_clouds_before_the_sun_dim_its_disc():
    below = [shade(CloudPlan(coverage=coverage, softness=0.5)) for coverage in np.linspace(0.0, 1.0, 50)]
    assert [one.beams for one in below] == sorted((one.beams for one in below), reverse=True)
    assert below[0].of_light(0.5) == 0.5
    assert below[-1].beams < 1e-3
    assert 0.05 < below[-1].of_light(0.5) < 0.35
    assert all(one.of_light(0.9) <= 0.9 for one in below)


def test_clouds_are_lit_from_below_when_the_sun_sets_and_red(dome, context):
    """Away from the sun, halfway up, where a clear sky is blue."""
    opposite = (slice(12, 26), slice(0, 20))
    clear, clouded = (
        drawn(dome, elevation_deg=1.0, clouds=clouds)[opposite].mean(axis=(0, 1))
        for clouds in (CloudPlan(), CloudPlan(coverage=0.7))
    )
    assert clouded[0] / clouded[2] > 1.5 * clear[0] / clear[2]
    assert clouded[0] > clear[0]


def test_high_clouds_are_lit_longer_than_low_ones(dome, context):
    reds = [
        drawn(dome, elevation_deg=-2.0, clouds=CloudPlan(coverage=0.7, height_m=height_m))[:20, :, 0].mean()
        for height_m in (1000.0, 9000.0)
    ]
    assert reds[1] > 1.1 * reds[0]


def test_by_night_clouds_are_as_bright_as_the_moon_makes_them(dome, context):
    new, bright = (
        drawn(dome, elevation_deg=-60.0, clouds=CloudPlan(coverage=1.0), moon_stops=stops, **FULL_MOON)[:34].mean()
        for stops in (0.0, 3.0)
    )
    assert bright == pytest.approx(8.0 * new, rel=0.02)


def test_coarse_leds_show_the_mean_of_clouds_down_to_the_horizon(context):
    """One hundred LEDs of a fine wall for each of a coarse one, from 1 degree above the horizon upwards."""
    pictures = []
    for size in ((60, 10), (600, 100)):
        wall = plane_wall("low", size=size)
        x = np.linspace(-1.0, 1.0, 2 * size[0] + 1)[1::2]
        z = np.linspace(0.35, 0.017, 2 * size[1] + 1)[1::2]
        grid = np.meshgrid(10.0 * x, 10.0 * z)
        places = np.stack([grid[0], np.full_like(grid[0], 10.0), grid[1] + OUTER_EYE[2]], axis=2)
        renderer = Renderer(context, (wall,), {wall.name: places})
        pictures.append(drawn(renderer, wall, elevation_deg=60.0, clouds=SOME))
    mean = pictures[1].reshape(10, 10, 60, 10, 3).mean(axis=(1, 3))
    error = np.sqrt(np.mean((pictures[0] - mean) ** 2, axis=(1, 2))) / mean.mean()
    assert error[-1] < 0.05
    assert error[-3:].max() < 0.35
    assert np.abs(pictures[0].mean(axis=(1, 2)) / mean.mean(axis=(1, 2)) - 1.0).max() < 0.3


def test_fog_is_thick_along_the_ground_and_thin_above(dome, context):
    """Clouds are seen through it above, and hardly near the horizon."""
    plain, foggy = (
        drawn(dome, clouds=SOME, fog=fog, elevation_deg=90.0).std(axis=1).mean(axis=1)
        for fog in (FogPlan(), FogPlan(density_per_km=5.0, height_m=50.0))
    )
    assert foggy[8:16].mean() > 0.5 * plain[8:16].mean()
    assert foggy[34] < 0.2 * plain[34]


@pytest.mark.parametrize("height_m", [1.0, 50.0, 5000.0])
def test_more_fog_hides_more_of_the_sun(dome, context, height_m):
    brightest = [
        drawn(dome, fog=FogPlan(density_per_km=density, height_m=height_m)).max() for density in (0.0, 1.0, 10.0, 100.0)
    ]
    assert brightest == sorted(brightest, reverse=True)
    assert np.isfinite(brightest).all()


def test_by_raster_clouds_are_the_same(context):
    """But for what is filtered twice: a picture of a view is finer than the wall."""
    wall = plane_wall(size=(160, 90))
    pictures = []
    for draw in ("auto", "raster"):
        renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)}, draw=draw)
        plan = sky_plan(wall, inner(tilt=0.2), clouds=SOME, fog=FogPlan(density_per_km=0.2), sun_disc=False)
        outer = msgspec.structs.replace(plan.outer, face_px=512)
        renderer.draw(msgspec.structs.replace(plan, outer=outer))
        pictures.append(renderer.read_wall_linear(wall.name))
    assert np.sqrt(np.mean((pictures[0] - pictures[1]) ** 2)) <= 0.12 * pictures[0].mean()
    assert np.corrcoef(pictures[0].ravel(), pictures[1].ravel())[0, 1] > 0.97


@pytest.mark.parametrize("elevation_deg", [60.0, 20.0, 3.0, -3.0])
@pytest.mark.parametrize(
    "clouds", [CloudPlan(coverage=0.3), CloudPlan(coverage=0.5, softness=1.0), CloudPlan(coverage=1.0)]
)
def test_level_ground_gets_about_what_the_clouds_that_are_drawn_give_it(dome, context, elevation_deg, clouds):
    """The clouds that are drawn are those of one place, and the shade is a mean over all."""
    ground = GroundLight(context, SkyTables(context))
    sky = SkyPlan(sun=sun_at(elevation_deg), clouds=clouds)
    clear, shaded = (
        np.frombuffer(ground.texture(one).read(), np.float32)[:3]
        for one in (msgspec.structs.replace(sky, clouds=CloudPlan()), sky)
    )
    height = np.pi * (0.5 - (np.arange(36) + 0.5) / 72.0)
    weights = (np.sin(height) * np.cos(height) * (np.pi / 72.0) * (2.0 * np.pi / 144.0))[:, None, None]
    from_sky, from_clouds = (
        (drawn(dome, elevation_deg=elevation_deg, clouds=one, sun_disc=False)[:36] * weights).sum(axis=(0, 1))
        for one in (CloudPlan(), clouds)
    )
    found = from_clouds + np.maximum(clear - from_sky, 0.0) * shade(clouds).beams
    assert np.abs(np.log2(found / shaded)).max() < 0.4


def test_clouds_drift_with_what_they_were_seeded_on():
    assert cloud_places((0.0, 0.0)) == (0.0, 0.0, 0.0, 0.0)
    near = np.array(cloud_places((100.0, 50.0)))
    far = np.array(cloud_places((100.0 + 23_000.0, 50.0 - 46_000.0)))
    assert far[:2] % 1.0 == pytest.approx(near[:2] % 1.0, abs=1e-9)


def test_light_rises_over_the_horizon_of_the_place_it_falls_on():
    assert light_at(0.0, 0.0, math.radians(-1.0)) == (0.0, 0.0, 0.0)
    assert light_at(0.0, 5000.0, math.radians(-1.0))[0] > 0.0
    reds = [light_at(0.0, 1500.0, math.radians(angle))[0] for angle in np.linspace(-3.0, 90.0, 300)]
    assert reds == sorted(reds)
