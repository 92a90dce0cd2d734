"""Walls by ray: against double-precision look-ups written here, and against the same plans by raster."""

import math

import msgspec
import numpy as np
import pytest

from render.plan.frame import OuterPlan
from render.renderer import Renderer
from tests.render.sample_plans import (
    ASSET,
    OUTER_EYE,
    air_of,
    arc_positions,
    arc_wall,
    frame_plan,
    inner,
    plane_positions,
    plane_wall,
    smooth_panorama,
    world_plan,
)
from tests.render.tool_plans import card, keyed, outlined, with_cards

pytestmark = pytest.mark.gl
FILM_PX_RAD = 36.0 / 35.0 / 1920.0
"""What a film pixel of a 35 mm lens sees."""


def bilinear(level, column, row):
    rows, columns = level.shape[:2]
    row = np.clip(row, 0.0, rows - 1.0)
    left, upper = np.floor(column).astype(int), np.minimum(np.floor(row).astype(int), max(rows - 2, 0))
    lower = np.minimum(upper + 1, rows - 1)
    across, down = (column - left)[..., None], (row - upper)[..., None]
    first, second = left % columns, (left + 1) % columns
    top = level[upper, first] * (1 - across) + level[upper, second] * across
    bottom = level[lower, first] * (1 - across) + level[lower, second] * across
    return top * (1 - down) + bottom * down


def halvings(panorama):
    """The panorama in double precision, and halved again and again."""
    levels = [panorama.astype(np.float16).astype(np.float64)]
    while min(levels[-1].shape[:2]) > 1:
        halved = levels[-1]
        levels.append(0.25 * (halved[::2, ::2] + halved[1::2, ::2] + halved[::2, 1::2] + halved[1::2, 1::2]))
    return levels


def looked_up(levels, ray, footprint):
    """A panorama along rays, between the two halved pictures whose texels are as wide as the footprint, in radians."""
    x, y, z = np.moveaxis(ray / np.linalg.norm(ray, axis=-1, keepdims=True), -1, 0)
    across = 0.5 + np.arctan2(x, y) / (2.0 * math.pi)
    down = 0.5 - np.arcsin(np.clip(z, -1.0, 1.0)) / math.pi
    detail = np.clip(np.log2(footprint * levels[0].shape[0] / math.pi), 0.0, len(levels) - 1.0)
    read = np.stack([bilinear(level, across * level.shape[1] - 0.5, down * level.shape[0] - 0.5) for level in levels])
    lower = np.minimum(np.floor(detail).astype(int), len(levels) - 2)
    share = (detail - lower)[..., None]
    pick = np.indices(detail.shape)
    return read[lower, *pick] * (1.0 - share) + read[lower + 1, *pick] * share


@pytest.mark.parametrize(("turn_deg", "radius_m"), [(0.0, 4.0), (130.0, 4.0), (40.0, 2000.0)])
def test_leds_on_an_arc_are_worked_out_to_where_they_would_be_looked_up(context, turn_deg, radius_m):
    wall, plan = arc_wall(size=(640, 200)), frame_plan((arc_wall(),), (inner(),), "coordinates")
    turn, positions = np.radians(turn_deg), arc_positions(wall)
    angle = np.arctan2(positions[..., 0], positions[..., 1]) * 4.0 / radius_m
    positions[..., 0] = radius_m * np.sin(angle)
    positions[..., 1] = 4.0 - 2.0 * radius_m * np.sin(0.5 * angle) ** 2
    positions = positions @ [[np.cos(turn), np.sin(turn), 0.0], [-np.sin(turn), np.cos(turn), 0.0], [0, 0, 1]]
    one_less = positions.copy()
    one_less[0, 0] = np.nan
    found = []
    for places in (positions, one_less):
        renderer = Renderer(context, (wall,), {wall.name: places})
        renderer.draw(plan)
        found.append(renderer.read_wall_linear(wall.name))
    assert np.abs(found[1]).max() > 0.9
    assert np.abs(found[0] - found[1]).max(axis=2).ravel()[1:].max() < 1e-6


def dome(wall, ahead, up, half):
    """LEDs on a sphere of 3 m around the outer eye, about a direction, and the pitch of each."""
    columns, rows = wall.resolution_px
    x = np.linspace(-half, half, columns)[None, :, None]
    y = np.linspace(half * rows / columns, -half * rows / columns, rows)[:, None, None]
    ahead, up = np.array(ahead, float), np.array(up, float)
    rays = ahead + x * np.cross(ahead, up) + y * up
    places = np.array(OUTER_EYE) + 3.0 * rays / np.linalg.norm(rays, axis=2, keepdims=True)
    steps = [np.linalg.norm(np.diff(places, axis=axis), axis=2) for axis in (0, 1)]
    sides = (np.pad(steps[0], ((1, 0), (0, 0))), np.pad(steps[0], ((0, 1), (0, 0))))
    sides += (np.pad(steps[1], ((0, 0), (1, 0))), np.pad(steps[1], ((0, 0), (0, 1))))
    return places, np.min([np.where(side > 0.0, side, np.inf) for side in sides], axis=0)


@pytest.fixture(scope="module")
def smooth():
    """Panoramas by their columns, each with its halved pictures, which take longer to make than to draw."""
    panoramas = {columns: smooth_panorama(columns, columns // 2) for columns in (64, 2048)}
    return {columns: (panorama, halvings(panorama)) for columns, panorama in panoramas.items()}


@pytest.mark.parametrize("columns", [64, 2048], ids=["magnified", "minified"])
@pytest.mark.parametrize(
    ("ahead", "up"),
    [((0, 1, 0), (0, 0, 1)), ((0, -1, 0), (0, 0, 1)), ((0, 0, 1), (0, -1, 0)), ((0, 0, -1), (0, 1, 0))],
    ids=["middle", "wrap column", "zenith", "nadir"],
)
def test_a_panorama_equals_a_double_precision_look_up_everywhere(context, smooth, ahead, up, columns):
    wall, (panorama, levels) = plane_wall(size=(160, 90)), smooth[columns]
    places, pitch = dome(wall, ahead, up, 0.6)
    renderer = Renderer(context, (wall,), {wall.name: places})
    renderer.load_world(ASSET, panorama)
    renderer.draw(frame_plan((wall,)))
    ray = places - np.array(OUTER_EYE)
    expected = looked_up(levels, ray, pitch / np.linalg.norm(ray, axis=2))
    error = renderer.read_wall_linear(wall.name) - expected
    assert np.sqrt(np.mean(error**2)) <= 0.002 * expected.mean()
    assert np.abs(error).max() <= 0.01 * expected.mean()


def test_leds_much_wider_than_texels_show_the_mean_of_what_they_cover(context):
    chequer = ((np.indices((1024, 2048)).sum(axis=0) % 2) * 2.0).astype(np.float32)
    wall = plane_wall(size=(40, 22))
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    renderer.load_world(ASSET, np.repeat(chequer[:, :, None], 3, axis=2))
    renderer.draw(frame_plan((wall,), (inner(),)))
    assert np.abs(renderer.read_wall_linear(wall.name) - 1.0).max() < 0.02


def test_the_outer_picture_has_no_seam_anywhere(context):
    """By raster the cube's faces meet at 45 degrees with an error of 0.007 degrees."""
    wall = arc_wall(size=(1536, 64))
    positions = arc_positions(wall)
    renderer = Renderer(context, (wall,), {wall.name: positions})
    renderer.draw(frame_plan((wall,), kind="coordinates"))
    direction = positions - np.array(OUTER_EYE)
    expected = direction / np.linalg.norm(direction, axis=2, keepdims=True)
    error = np.degrees(np.linalg.norm(renderer.read_wall_linear(wall.name) - expected, axis=2))
    assert error.max() < 5e-5


@pytest.fixture(scope="module")
def both(session_context):
    """Two renderers of the same walls, by ray and by raster."""
    walls = (plane_wall(size=(640, 360)), arc_wall(size=(512, 160)))
    places = {walls[0].name: plane_positions(walls[0]), walls[1].name: arc_positions(walls[1])}
    with session_context:
        renderers = [Renderer(session_context, walls, places, draw=draw) for draw in ("auto", "raster")]
        for renderer in renderers:
            renderer.load_world(ASSET, smooth_panorama(1024, 512))
        yield walls, renderers


def cameras(count):
    return tuple(
        inner(
            eye=(0.1 * number - 0.3, 0.05 * number, 1.3),
            pan=0.5 * math.cos(2.0 * number),
            half=(0.3, 0.2),
            size=(640, 400),
            name=f"{number}",
        )
        for number in range(count)
    )


def plans(walls):
    panorama, near = world_plan(), world_plan(radius_m=9.0)
    mixed = air_of(panorama, near, opacity=0.6, saturation=0.5, contrast=1.4, turn_deg=30.0, exposure_stops=-0.5)
    dissolve = msgspec.structs.replace(air_of(near, exposure_stops=1.0), coming=mixed.world, share=0.4)
    two, six = cameras(2), cameras(6)
    marked = (keyed(outlined(two[0]), "frame"), two[1])
    look = OuterPlan(eye_m=OUTER_EYE, face_px=512, exposure_stops=0.5, saturation=0.3)
    cards = (card(azimuth=10.0), card(kind="window", red=2.0, in_view=True), card(kind="flag", azimuth=-20.0))
    plain = frame_plan(walls, two, face_px=512)
    return {
        "one layer": plain,
        "near": frame_plan(walls, two, radius_m=9.0, face_px=512),
        "layers": frame_plan(walls, two, air=mixed, face_px=512),
        "dissolve": frame_plan(walls, two, air=dissolve, face_px=512),
        "more cameras than a pass has room for": frame_plan(walls, six, face_px=512),
        "marks": frame_plan(walls, marked, air=dissolve, face_px=512),
        "cards": with_cards(plain, *cards),
        "cards over layers": with_cards(frame_plan(walls, two, air=mixed, face_px=512), *cards),
        "outer look": frame_plan(walls, two, outer=look),
        "frozen outer": frame_plan(walls, two, outer=msgspec.structs.replace(look, air=dissolve)),
    }


@pytest.mark.parametrize("name", plans(()))
def test_by_ray_and_by_raster_agree(both, context, name):
    walls, renderers = both
    for renderer in renderers:
        renderer.draw(plans(walls)[name])
    for wall in walls:
        light, raster = (renderer.read_wall_linear(wall.name) for renderer in renderers)
        assert np.sqrt(np.mean((light - raster) ** 2)) <= 0.003 * raster.mean()


def test_by_ray_and_by_raster_show_the_same_place_within_a_thousandth_of_a_film_pixel(both, context):
    walls, renderers = both
    camera = inner(half=(0.5, 0.3), feather=0.0, size=(960, 576))
    flat = plane_positions(walls[0]) - np.array(camera.eye_m)
    inside = (np.abs(flat[:, :, 0] / flat[:, :, 1]) < 0.5) & (np.abs(flat[:, :, 2] / flat[:, :, 1]) < 0.3)
    for renderer in renderers:
        renderer.draw(frame_plan(walls, (camera,), kind="coordinates", radius_m=8.0))
    light, raster = (renderer.read_wall_linear(walls[0].name)[inside] for renderer in renderers)
    away = np.linalg.norm(light - raster, axis=1) / FILM_PX_RAD
    assert np.quantile(away, 0.99) <= 0.001
