"""Rain, snow and dust before worlds: where they are, how they move, what light they are in, and what they cost."""

import msgspec
import numpy as np
import pytest
from OpenGL import GL

from render.gpu.context import tile_texture
from render.renderer import Renderer
from render.worlds.on_air import LayerPlan
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from render.worlds.weather.patterns import drops, flakes
from render.worlds.weather.record import WeatherPlan
from tests.render.sample_plans import (
    ASSET,
    OUTER_EYE,
    air_of,
    arc_positions,
    arc_wall,
    flat_panorama,
    frame_plan,
    inner,
    plane_positions,
    plane_wall,
    smooth_panorama,
    world_plan,
)
from tests.render.sky_pictures import towards
from tests.render.tool_plans import card, keyed, with_cards

pytestmark = pytest.mark.gl
WALL = plane_wall(size=(320, 180))
KINDS = ("rain", "snow", "dust")
WINDY = WeatherPlan(rain=0.7, snow=0.6, dust=0.4, wind_m_s=(4.0, 1.0), fallen_m=(3.0, 5.0, 7.0))


def half_lit():
    """Dark above the horizon and bright below: what is before it is seen everywhere."""
    panorama = np.full((64, 128, 3), 0.2, np.float32)
    panorama[32:] = 4.0
    return panorama


def drawn(context, pixels, *plans, wall=WALL, draw="auto"):
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)}, draw=draw)
    renderer.load_world(ASSET, pixels)
    pictures = []
    for plan in plans:
        renderer.draw(plan)
        pictures.append(renderer.read_wall_linear(wall.name).astype(np.float64))
    return pictures


def before(weather, *inners, wall=WALL, **changes):
    return frame_plan((wall,), inners, weather=weather, **changes)


def seen_from(eye_m, weather):
    plan = before(weather)
    return msgspec.structs.replace(plan, outer=msgspec.structs.replace(plan.outer, eye_m=eye_m))


def shift_of(one, other, axis, most):
    """By how many LEDs `other` is moved along an axis, where that matches `one` best."""
    middle = slice(most, -most)
    one, other = (picture - picture.mean() for picture in (one, other))
    fits = [np.mean(np.roll(other, -step, axis)[middle, middle] * one[middle, middle]) for step in range(-most, most)]
    return int(np.argmax(fits)) - most


@pytest.mark.parametrize("weather", [WeatherPlan(**{kind: 1.0}) for kind in ("rain", "snow")], ids=("rain", "snow"))
def test_in_a_world_that_is_alike_all_around_rain_and_snow_neither_glow_nor_darken(context, weather):
    (picture,) = drawn(context, flat_panorama((0.7, 0.2, 0.1)), before(weather))
    assert np.allclose(picture, (0.7, 0.2, 0.1), rtol=2e-3)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("exposure_stops", [0.0, -8.0])
def test_weather_is_seen_by_day_and_as_well_by_night(context, kind, exposure_stops):
    air = air_of(world_plan(), exposure_stops=exposure_stops)
    plain, picture = drawn(
        context, half_lit(), before(msgspec.UNSET, air=air), before(WeatherPlan(**{kind: 0.8}), air=air)
    )
    assert np.abs(picture / plain - 1.0).mean() > 0.02
    assert picture.max() <= plain.max() * 1.001


@pytest.mark.parametrize("kind", KINDS)
def test_it_comes_without_a_step_and_grows_with_its_amount(context, kind):
    amounts = (0.001, 0.01, 0.3, 0.6, 1.0)
    plain, *pictures = drawn(
        context, half_lit(), before(msgspec.UNSET), *(before(WeatherPlan(**{kind: amount})) for amount in amounts)
    )
    changes = [np.abs(picture / plain - 1.0).mean() for picture in pictures]
    assert changes[0] < 2e-3
    assert changes == sorted(changes)


def test_rain_falls_down_the_wall(context):
    """The near drops are 6 m away and fall 12 cm here, which is 6 cm on a wall at half that distance."""
    dark = np.full((8, 16, 3), 0.2, np.float32)
    dark[:2] = 4.0
    pictures = drawn(
        context, dark, *(before(WeatherPlan(rain=0.2, fallen_m=(fallen, 0.0, 0.0))) for fallen in (1.0, 1.12))
    )
    one, other = (picture[:, :, 1] for picture in pictures)
    assert 3 <= shift_of(one, other, 0, 20) <= 6


@pytest.mark.parametrize(("wind", "way"), [((6.0, 0.0), 1), ((-6.0, 0.0), -1)])
def test_snow_is_driven_by_the_wind(context, wind, way):
    """In 5 cm that it falls by 15 cm to one side, which is half of that on a wall at half the distance."""
    dark = np.full((8, 16, 3), 0.2, np.float32)
    dark[:2] = 4.0
    weathers = [WeatherPlan(snow=0.3, wind_m_s=wind, fallen_m=(0.0, fallen, 0.0)) for fallen in (2.0, 2.05)]
    one, other = (picture[:, :, 1] for picture in drawn(context, dark, *map(before, weathers)))
    assert 3 <= way * shift_of(one, np.roll(other, -2, axis=0), 1, 20) <= 7


def test_drops_have_parallax_as_things_that_stand_behind_the_wall(context):
    """An eye 24 cm to the right sees what is 6 m away 3 m behind the wall, which moves half as far on the wall."""
    dark = np.full((8, 16, 3), 0.2, np.float32)
    dark[:2] = 4.0
    weather = WeatherPlan(rain=0.2)
    eyes = (OUTER_EYE, (0.24, *OUTER_EYE[1:]))
    one, other = (picture[:, :, 1] for picture in drawn(context, dark, *(seen_from(eye, weather) for eye in eyes)))
    assert 7 <= shift_of(one, other, 1, 30) <= 13


def test_a_camera_sees_in_its_view_what_an_outer_eye_in_its_place_would(context):
    camera = inner(feather=0.0, half=(0.2, 0.15))
    plain = drawn(context, half_lit(), before(WINDY, camera), seen_from(camera.eye_m, WINDY))
    places = plane_positions(WALL) - np.array(camera.eye_m)
    inside = (np.abs(places[:, :, 0] / places[:, :, 1]) < 0.19) & (np.abs(places[:, :, 2] / places[:, :, 1]) < 0.14)
    assert np.allclose(plain[0][inside], plain[1][inside], rtol=1e-4)
    assert not np.allclose(plain[0][~inside], plain[1][~inside], rtol=1e-2)


def test_coarse_leds_show_the_mean_of_what_fine_ones_do(context):
    coarse = plane_wall(size=(32, 18))
    for weather in (WeatherPlan(rain=0.7), WeatherPlan(snow=0.7), WeatherPlan(dust=0.7)):
        (fine,) = drawn(context, half_lit(), before(weather))
        (few,) = drawn(context, half_lit(), before(weather, wall=coarse), wall=coarse)
        mean = fine.reshape(18, 10, 32, 10, 3).mean(axis=(1, 3))
        assert np.sqrt(np.mean((few - mean) ** 2)) < 0.06 * mean.mean()


def test_by_raster_it_is_the_same_with_two_eyes_and_tools(context):
    views = (inner(), keyed(inner(pan=0.3, name="B")))
    plan = with_cards(before(WINDY, *views, face_px=512), card(in_view=True))
    by_ray, by_raster = (drawn(context, smooth_panorama(), plan, draw=draw)[0] for draw in ("auto", "raster"))
    assert np.sqrt(np.mean((by_ray - by_raster) ** 2)) <= 0.003 * by_ray.mean()


def test_equal_plans_give_equal_pictures_whatever_was_drawn_before(context):
    other = before(WINDY, air=air_of(world_plan(), exposure_stops=2.0))
    one, _, again = drawn(context, half_lit(), before(WINDY), other, before(WINDY))
    assert np.array_equal(one, again)


@pytest.mark.parametrize("elevation_deg", [40.0, 2.0, -0.5, -3.0, -15.0, -40.0])
def test_before_a_sky_it_is_about_as_bright_as_the_sky_at_any_hour(context, elevation_deg):
    sky = LayerPlan(light=SkyLight(sky=SkyPlan(sun=towards(elevation_deg, 180.0), moon=towards(-20.0), sun_disc=True)))
    plain, picture = drawn(context, half_lit(), *(before(weather, world=sky) for weather in (msgspec.UNSET, WINDY)))
    assert picture.mean() < 4.0 * plain.mean()
    assert picture.mean() > 0.25 * plain.mean()


def test_it_is_dimmed_outside_the_views_with_the_light_on_the_actors(context):
    dim = msgspec.structs.replace(before(WINDY).outer, exposure_stops=-2.0)
    whole, dimmed = drawn(context, half_lit(), before(WINDY), before(WINDY, outer=dim))
    assert np.allclose(dimmed, 0.25 * whole, rtol=1e-3)


def test_it_is_never_before_raw_light(context):
    plain, picture = drawn(
        context, half_lit(), *(before(weather, kind="coordinates") for weather in (msgspec.UNSET, WINDY))
    )
    assert np.array_equal(plain, picture)


def test_all_around_there_is_no_seam_and_nothing_that_is_not_a_number(context):
    """The turns of a shell begin and end straight ahead, and change their octant at each eighth."""
    wall = arc_wall(size=(256, 80))
    renderer = Renderer(context, (wall,), {wall.name: arc_positions(wall)})
    renderer.load_world(ASSET, half_lit())
    for weather in (WeatherPlan(rain=1.0, wind_m_s=(0.0, 20.0)), WeatherPlan(snow=1.0, wind_m_s=(20.0, 0.0)), WINDY):
        renderer.draw(frame_plan((wall,), weather=weather))
        assert np.isfinite(renderer.read_wall_linear(wall.name)).all()
    renderer.draw(frame_plan((wall,), weather=WeatherPlan(dust=1.0)))
    steps = np.abs(np.diff(renderer.read_wall_linear(wall.name)[:, :, 1], axis=1)).mean(axis=0)
    assert steps[127] <= 2.0 * np.median(steps)


def test_what_is_on_shells_is_the_same_each_time_and_about_as_much_in_each_set():
    for make, sets in ((drops, 4), (flakes, 3)):
        tile = make()
        assert np.array_equal(tile, make())
        means = tile[:, :, :sets].mean(axis=(0, 1))
        assert means.max() < 1.25 * means.min()


def test_the_smaller_pictures_of_a_tile_are_means_of_what_is_in_it(context):
    tile = np.random.default_rng(5).integers(0, 256, (8, 32, 4), np.uint8)
    texture = tile_texture(context, tile)
    texture.use(0)
    for level, (rows, columns) in enumerate(((8, 32), (4, 16), (2, 8), (1, 4), (1, 2), (1, 1))):
        read = GL.glGetTexImage(GL.GL_TEXTURE_2D, level, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE)
        found = np.frombuffer(read, np.uint8).reshape(rows, columns, 4)
        means = tile.reshape(rows, 8 // rows, columns, 32 // columns, 4).mean(axis=(1, 3))
        assert np.abs(found - means).max() <= 0.5
