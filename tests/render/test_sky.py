"""The air of a sky as it is drawn, against quadrature in double precision, and by the shape that any sky has."""

import math

import msgspec
import numpy as np
import pytest

from render.colour.primaries import REC709, acescg_from_rgb
from render.worlds.on_air import LayerPlan
from render.worlds.sky.air import ACESCG_FROM_REC709, SUN_RADIUS_RAD, horizon_dip_rad, transmittance
from render.worlds.sky.drawing import SkyDrawing
from render.worlds.sky.plan import CloudPlan, SkyPlan
from render.worlds.sky.record import SkyLight
from tests.render.sample_plans import frame_plan
from tests.render.sky_pictures import LUX_AT_ONE, SkyWall, day, patch, sky_air, towards
from tests.render.sky_truth import GROUND, Truth

pytestmark = pytest.mark.gl

ELEVATIONS = (60.0, 30.0, 10.0, 3.0, 0.5, -2.0, -4.0)


@pytest.fixture(scope="module")
def truth():
    return Truth()


def many_directions(count=60):
    """As many near the horizon as above, and those on the horizon's row all around."""
    random = np.random.default_rng(7)
    low = [(0.5, azimuth) for azimuth in np.linspace(-180.0, 180.0, 16)]
    low += [(elevation, azimuth) for elevation in (1.0, 2.0, 5.0) for azimuth in (-120.0, -10.0, 35.0, 90.0)]
    high = np.degrees(np.arcsin(random.random(count - len(low))))
    return np.array([towards(*angles) for angles in [*low, *zip(high, 360.0 * random.random(len(high)), strict=True)]])


@pytest.mark.parametrize("altitude_m", [1.5, 2500.0])
def test_the_sky_is_what_the_model_says_at_every_height_of_the_sun(context, truth, altitude_m):
    rays = many_directions()
    wall = SkyWall(context, rays, apart=True)
    for elevation in ELEVATIONS:
        sky = day(elevation, 40.0, eye_altitude_m=altitude_m, sun_disc=False)
        expected = LUX_AT_ONE * truth.radiance(altitude_m * 1e-3, rays, np.array(sky.sun))
        error = np.abs(wall.rec709(sky)[:, 0] / expected - 1.0)
        assert np.median(error) < 0.004, elevation
        assert np.percentile(error, 95) < 0.02, elevation


def test_haze_makes_the_sky_of_the_hazier_model(context):
    hazy = Truth(mie=10.0 ** (2.5 * 0.5))
    rays = many_directions()
    wall = SkyWall(context, rays, apart=True)
    for elevation in (30.0, 0.5, -4.0):
        sky = day(elevation, 40.0, haze=0.5, sun_disc=False)
        error = np.abs(wall.rec709(sky)[:, 0] / (LUX_AT_ONE * hazy.radiance(0.0015, rays, np.array(sky.sun))) - 1.0)
        assert np.median(error) < 0.01, elevation
        assert np.percentile(error, 95) < 0.03, elevation


def test_the_sun_is_as_bright_as_the_air_leaves_it(context, truth):
    for elevation, limit in ((70.0, 0.01), (12.0, 0.01), (2.0, 0.01), (0.5, 0.02)):
        rays = patch(elevation, 0.0, 41, 4e-4)
        wall = SkyWall(context, rays)
        disc = wall.rec709(day(elevation)) - wall.rec709(day(elevation, sun_disc=False))
        drawn = disc.sum((0, 1)) * 4e-4**2 / LUX_AT_ONE
        heights = math.radians(elevation) + SUN_RADIUS_RAD * np.linspace(-0.98, 0.98, 50)
        shares = np.sqrt(SUN_RADIUS_RAD**2 - (heights - math.radians(elevation)) ** 2)
        light = truth.transmittance(np.full(50, GROUND + 0.0015), np.sin(heights))
        expected = (light * shares[:, None]).sum(0) / shares.sum()
        assert drawn == pytest.approx(expected, rel=limit), elevation


def test_transmittance_is_that_of_quadrature_to_the_horizon(truth):
    for altitude_m in (0.0, 1.5, 3000.0, 9000.0):
        dip = -math.degrees(horizon_dip_rad(altitude_m))
        for elevation in (90.0, 20.0, 3.0, 0.2, 0.0, 0.999 * dip):
            rise = math.sin(math.radians(elevation))
            expected = truth.transmittance(np.array([GROUND + altitude_m * 1e-3]), np.array([rise]))[0]
            assert transmittance(0.0, altitude_m, rise) == pytest.approx(expected, rel=1e-3, abs=1e-12)
        assert transmittance(0.0, altitude_m, math.sin(math.radians(dip - 0.01))) == (0.0, 0.0, 0.0)


def test_colours_of_the_sky_are_those_of_rec709():
    assert np.array(ACESCG_FROM_REC709) == pytest.approx(np.array(acescg_from_rgb(REC709)), abs=1e-9)


@pytest.mark.parametrize(
    "values", [{}, {"haze": 1.0, "eye_altitude_m": 0.0}, {"eye_altitude_m": 9001.5, "ground_albedo": 1.0}]
)
def test_light_is_finite_for_every_sun_in_every_direction(context, values):
    random = np.random.default_rng(3)
    rays = random.normal(size=(40, 40, 3))
    rays[0, :6] = [(0, 0, 1), (0, 0, -1), (0, 1, 0), (1, 0, 0), (1e-7, 0, 1), (1e-7, 0, -1)]
    dip = horizon_dip_rad(values.get("eye_altitude_m", 1.5))
    rays[1] = [(math.sin(turn), math.cos(turn), -math.tan(dip)) for turn in np.linspace(-math.pi, math.pi, 40)]
    wall = SkyWall(context, rays / np.linalg.norm(rays, axis=2, keepdims=True))
    for elevation in (-90.0, -50.0, -23.6, -18.0, -6.0, -1.0, -dip, 0.0, 1e-4, 7.0, 45.0, 89.999, 90.0):
        sky = SkyPlan(sun=towards(elevation, 180.0), moon=towards(-elevation, 10.0), stars_stops=6.0, **values)
        light = wall.light(sky)
        assert np.isfinite(light).all(), elevation
        assert (wall.rec709(sky) > -1e-3 * (1.0 + light)).all(), elevation


def test_there_is_no_seam_all_around(context):
    azimuths = np.linspace(-180.0, 180.0, 721)
    for elevation in (0.3, 20.0, 75.0, -20.0):
        wall = SkyWall(context, [towards(elevation, azimuth) for azimuth in azimuths], apart=True)
        light = wall.light(day(-2.0, 40.0))[:, 0]
        assert light[0] == pytest.approx(light[-1], rel=1e-4)
        jumps = np.abs(np.diff(np.log(light), axis=0))
        assert jumps.max() < 0.03


def test_nothing_jumps_while_the_sun_goes_down(context):
    rays = [
        towards(elevation, azimuth) for elevation in (0.3, 5.0, 40.0, 90.0, -10.0) for azimuth in (0.0, 90.0, 180.0)
    ]
    wall = SkyWall(context, rays, apart=True)
    heights = np.arange(2.0, -8.0, -0.1)
    light = np.array([wall.light(day(elevation, 30.0, sun_disc=False)).sum(2) for elevation in heights])
    steps = np.diff(np.log(light), axis=0)
    assert np.abs(np.diff(steps, axis=0)).max() < 0.08
    sums = light.sum((1, 2))
    assert (np.diff(sums) < 0.0).all()


def test_the_zenith_turns_blue_at_dusk_and_fades(context):
    wall = SkyWall(context, [towards(90.0)], apart=True)
    zenith = [wall.rec709(day(elevation))[0, 0] for elevation in np.arange(-2.0, -16.0, -1.0)]
    ratio = np.array([light[2] / light[0] for light in zenith])
    bluest = int(ratio.argmax())
    assert 5 < bluest < 10
    assert (np.diff(ratio[: bluest + 1]) > 0.0).all()
    assert ratio.max() > 1.5 * ratio[0]
    assert ratio.max() > 1.2 * ratio[-1]


def test_ground_gets_more_light_the_higher_the_sun(context):
    drawing = SkyDrawing(context, no_picture, None, None)
    found = [ground_light(drawing, day(elevation)).sum() for elevation in np.arange(-6.0, 91.0, 3.0)]
    assert (np.diff(found) > 0.0).all()


def test_clouds_take_about_as_much_light_from_the_ground_as_was_measured(context):
    """F. Kasten and G. Czeplak, "Solar and terrestrial radiation dependent on the amount and type of cloud" (1980)."""
    drawing = SkyDrawing(context, no_picture, None, None)
    clear = ground_light(drawing, day(40.0)).sum()
    for coverage in (0.1, 0.3, 0.5, 0.7, 0.9, 1.0):
        left = ground_light(drawing, day(40.0, clouds=CloudPlan(coverage=coverage))).sum() / clear
        assert left == pytest.approx(1.0 - 0.75 * coverage**3.4, abs=0.2)


def test_ground_light_is_the_mean_of_the_drawn_sky(context):
    rings, turns = np.meshgrid(np.arange(48), np.arange(96), indexing="ij")
    rise, turn = np.sqrt((rings + 0.5) / 48), 2.0 * math.pi * (turns + 0.5) / 96
    level = np.sqrt(1.0 - rise**2)
    wall = SkyWall(context, np.stack([level * np.sin(turn), level * np.cos(turn), rise], 2), apart=True)
    for elevation in (50.0, 5.0, -3.0):
        sky = day(elevation, sun_disc=False)
        direct = np.array(ACESCG_FROM_REC709) @ transmittance(0.0, 1.5, sky.sun[2]) * max(sky.sun[2], 0.0) * LUX_AT_ONE
        whole = ground_light(SkyDrawing(context, no_picture, None, None), sky)
        assert whole == pytest.approx(math.pi * wall.light(sky).mean((0, 1)) + direct, rel=0.01)


def test_ground_light_is_that_of_the_double_precision_model(context, truth):
    drawing, rays, weights = SkyDrawing(context, no_picture, None, None), *level_ground(20, 24)
    for elevation in (60.0, 30.0, 10.0, 3.0, -2.0, -4.0):
        sky = day(elevation)
        expected = (truth.radiance(0.0015, rays, np.array(sky.sun)) * weights[:, None]).sum(0)
        if elevation > 0.0:
            rise = np.array([sky.sun[2]])
            expected += truth.transmittance(np.array([GROUND + 0.0015]), rise)[0] * rise
        expected = LUX_AT_ONE * np.array(ACESCG_FROM_REC709) @ expected
        assert ground_light(drawing, sky) == pytest.approx(expected, rel=0.01 if elevation >= 10.0 else 0.025), (
            elevation
        )


def level_ground(rings, turns):
    """Directions above level ground, on one side of a sun ahead, and what the light of each counts for on it."""
    nodes, shares = np.polynomial.legendre.leggauss(rings)
    roots = 0.5 * (nodes + 1.0)  # of the sines of elevations, so that more rings are near the horizon
    azimuths = (np.arange(turns) + 0.5) / turns * 180.0
    rays = [towards(math.degrees(math.asin(root**2)), azimuth) for root in roots for azimuth in azimuths]
    return np.array(rays), np.repeat(2.0 * math.pi / turns * roots**3 * shares, turns)


def test_a_sun_that_moves_redraws_nothing_but_its_own_table(context):
    drawing = SkyDrawing(context, no_picture, None, None)

    def draws_after(sky):
        light = SkyLight(sky=sky)
        drawing.source(light, LayerPlan(light=light))
        return msgspec.structs.asdict(drawing.tables.draws)

    before = draws_after(day(30.0))
    assert before == {"columns": 1, "multiple": 1, "air": 1, "light": 1, "between": 0}
    for elevation in (31.0, 32.0, 33.0):
        after = draws_after(day(elevation))
    assert after == {**before, "light": 4}
    assert draws_after(day(33.0, azimuth_deg=90.0)) == after
    assert draws_after(day(33.0, haze=0.1)) == {**after, "multiple": 2, "air": 2, "light": 5}


def test_the_sky_of_a_sun_between_two_tables_is_mixed_of_both(context):
    rays = many_directions()
    drawing = SkyDrawing(context, no_picture, None, None)
    for number in range(5):
        light = SkyLight(sky=day(30.05 + 0.04 * number))
        drawing.source(light, LayerPlan(light=light))
    assert (drawing.tables.draws.light, drawing.tables.draws.between) == (2, 5)
    wall, truth = SkyWall(context, rays, apart=True), Truth()
    for elevation in (30.125, 1.0625, -2.0625, -4.0625):
        sky = day(elevation, 40.0, sun_disc=False)
        error = np.abs(wall.rec709(sky)[:, 0] / (LUX_AT_ONE * truth.radiance(0.0015, rays, np.array(sky.sun))) - 1.0)
        assert np.median(error) < 0.005, elevation
        assert np.percentile(error, 95) < 0.02, elevation


def no_picture(_asset, _colour_space):
    return None


def ground_light(drawing, sky):
    return np.frombuffer(drawing.ground_light(sky).read(), np.float32)[:3].astype(float)


def test_a_disc_neither_flickers_nor_loses_light_on_any_led(context):
    for pitch in (2e-4, 1e-3, 4e-3, 8e-3, 2e-2):
        size = 24 if pitch < 3e-3 else 12
        wall = SkyWall(context, patch(30.0, 0.0, max(size, int(0.02 / pitch)), pitch))
        sums = []
        for shift in np.linspace(0.0, 1.0, 6):
            off = math.degrees(pitch) * shift
            sun = {"elevation_deg": 30.0 + 0.7 * off, "azimuth_deg": off / math.cos(math.radians(30.0))}
            disc = wall.rec709(day(**sun)) - wall.rec709(day(**sun, sun_disc=False))
            sums.append(disc[..., 1].sum() * pitch**2 / LUX_AT_ONE)
        expected = transmittance(0.0, 1.5, 0.5)[1]
        assert sums == pytest.approx([expected] * 6, rel=0.03), pitch


def test_the_horizon_cuts_the_sun(context):
    rays = patch(0.0, 0.0, 61, 2e-4)
    wall = SkyWall(context, rays)
    dip = horizon_dip_rad(1.5)
    sky = day(-math.degrees(dip))
    disc = (wall.light(sky) - wall.light(msgspec.structs.replace(sky, sun_disc=False)))[..., 0]
    heights = np.arcsin(rays[..., 2]) + dip
    assert disc[heights < -2e-4].max() == 0.0
    lit = disc[(heights > 2e-4) & (disc > 0.5 * disc.max())]
    assert len(lit) * 2e-4**2 == pytest.approx(0.5 * math.pi * SUN_RADIUS_RAD**2, rel=0.1)


def test_a_turned_sky_is_turned_to_the_left(context):
    wall = SkyWall(context, [towards(12.0, azimuth) for azimuth in (-60.0, 0.0, 30.0, 170.0)], apart=True)
    turned = wall.light(day(20.0, 10.0), turn_deg=35.0, radius_m=9.0)
    assert turned == pytest.approx(wall.light(day(20.0, 45.0)), rel=1e-4)


def test_a_sky_by_raster_is_the_sky_by_ray(context):
    rays = patch(35.0, 20.0, 40, 0.02)
    sky = day(25.0, 5.0, sun_disc=False)
    by_ray, by_raster = (SkyWall(context, rays, draw=draw).light(sky, face_px=512) for draw in ("auto", "raster"))
    assert np.sqrt(((by_raster / by_ray - 1.0) ** 2).mean()) < 0.002


def test_skies_of_two_hours_can_be_on_air_together(context):
    wall = SkyWall(context, patch(35.0, 20.0, 12, 0.02))
    noon, dusk = day(60.0), SkyPlan(sun=towards(-5.0, 30.0), moon=towards(40.0), stars_stops=4.0)
    air = msgspec.structs.replace(sky_air(noon), coming=sky_air(dusk).world, share=0.25)
    frozen = msgspec.structs.replace(frame_plan((wall.wall,)).outer, air=air)
    plan = msgspec.structs.replace(frame_plan((wall.wall,), air=sky_air(dusk)), outer=frozen)
    wall.renderer.draw(plan)
    both = wall.renderer.read_wall_linear("sky")
    assert both == pytest.approx(0.75 * wall.light(noon) + 0.25 * wall.light(dusk), rel=1e-3)
