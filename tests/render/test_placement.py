"""Placed pictures on the walls, against double-precision look-ups written apart, and by ray against by raster."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from render.gpu import passes
from render.gpu.passes import SHADERS
from render.plan.frame import OuterPlan
from render.renderer import Renderer
from render.worlds.coordinates.record import CoordinatesPlan
from render.worlds.on_air import LayerPlan
from tests.render.placed_pictures import (
    ANCHOR,
    EYE,
    PICTURE,
    assert_as_looked_up,
    colourful,
    placed,
    round_picture,
)
from tests.render.placed_truth import met, unit
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
)
from tests.render.tool_plans import card, earlier_picture, keyed, looking_into, with_cards

pytestmark = pytest.mark.gl


FLAT = {"projection": "flat", "width_deg": 100.0}
CASES = {
    "flat": ((512, 256), {**FLAT}),
    "flat, horizon": ((512, 256), {**FLAT, "horizon": 0.38}),
    "flat, rolled and tilted": ((512, 256), {**FLAT, "roll_deg": 12.0, "tilt_deg": 7.0, "turn_deg": 8.0}),
    "flat, flipped": ((512, 256), {**FLAT, "flip": True, "roll_deg": 5.0}),
    "flat at 6 m": ((512, 256), {**FLAT, "distance_m": 6.0, "turn_deg": -10.0}),
    "flat at 5 m, rolled and tilted": ((512, 256), {**FLAT, "distance_m": 5.0, "roll_deg": -9.0, "tilt_deg": 10.0}),
    "flat, minified": ((2048, 1024), {**FLAT, "distance_m": 5.0, "tilt_deg": 20.0}),
    "flat, no edge seen": ((1024, 512), {**FLAT, "width_deg": 165.0, "roll_deg": -9.0, "tilt_deg": 10.0}),
    "flat at 6 m, no edge seen": ((1024, 512), {**FLAT, "width_deg": 165.0, "distance_m": 6.0, "flip": True}),
    "part of a sphere": ((512, 256), {"span_deg": 160.0, "horizon": 0.6, "turn_deg": 15.0}),
    "part of a sphere, no edge seen": ((2048, 1024), {"span_deg": 300.0, "roll_deg": 5.0, "horizon": 0.45}),
    "band": ((1024, 256), {"span_deg": 360.0}),
    "rotated sphere": ((512, 256), {"turn_deg": 140.0, "tilt_deg": 30.0, "roll_deg": -40.0}),
    "flipped sphere": ((512, 256), {"flip": True, "turn_deg": 140.0}),
    "moved horizon": ((512, 256), {"horizon": 0.4}),
    "moved horizon, most": ((512, 256), {"horizon": 0.8, "tilt_deg": 25.0}),
    "moved horizon, its end seen": ((512, 256), {"horizon": 0.4, "tilt_deg": 50.0}),
    "moved horizon, near": ((512, 256), {"horizon": 0.4, "radius_m": 8.0}),
    "moved horizon, near, its end seen": ((512, 256), {"horizon": 0.4, "radius_m": 8.0, "tilt_deg": 50.0}),
    "part of a near sphere": ((1024, 512), {"span_deg": 300.0, "radius_m": 9.0}),
    "seam": ((512, 256), {"seam_deg": 20.0, "turn_deg": 180.0}),
    "seam, not seen": ((512, 256), {"seam_deg": 20.0, "horizon": 0.45}),
    "near": ((512, 256), {"radius_m": 8.0, "tilt_deg": 10.0}),
    "ground": ((512, 256), {"radius_m": 9.0, "ground_m": 1.7, "turn_deg": 30.0}),
    "ground without end": ((1024, 512), {"ground_m": 2.5}),
    "ground, minified": ((2048, 1024), {"ground_m": 1.2, "radius_m": 12.0}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_placed_picture_equals_a_double_precision_look_up(context, name):
    (columns, rows), values = CASES[name]
    layer = placed(**values)
    make = round_picture if columns == 2 * rows and layer.projection == "sphere" else colourful
    picture = colourful(columns, rows) if layer.seam_deg > 0.0 else make(columns, rows)
    assert_as_looked_up(context, layer, picture)


@pytest.mark.parametrize(
    "values",
    [
        {"projection": "flat", "distance_m": 7.0, "turn_deg": 12.0, "tilt_deg": 6.0},
        {"projection": "flat"},
        {"ground_m": 1.6},
        {"ground_m": 1.6, "radius_m": 8.0},
    ],
    ids=["plane", "flat, far", "ground", "ground in a sphere"],
)
def test_coordinates_say_where_on_plane_or_ground_light_comes_from(context, values):
    wall, layer = plane_wall(size=(320, 180)), placed(CoordinatesPlan(), **values)
    positions = plane_positions(wall)
    renderer = Renderer(context, (wall,), {wall.name: positions})
    renderer.draw(frame_plan((wall,), world=layer, outer=OuterPlan(eye_m=EYE, face_px=16)))
    expected = unit(met(layer, np.array(ANCHOR), np.array(EYE), positions - np.array(EYE))[0])
    error = np.degrees(np.linalg.norm(renderer.read_wall_linear(wall.name) - expected, axis=2))
    assert error.max() <= 0.0005


def ring(columns=1440, rows=60):
    """LEDs of a cylinder all around the outer eye, from straight ahead to straight ahead."""
    angle = 2.0 * np.pi * (np.arange(columns) + 0.5) / columns
    z = np.linspace(1.0, -1.0, rows)
    grid_angle, grid_z = np.meshgrid(angle, z)
    return np.array(OUTER_EYE) + np.stack([3.0 * np.sin(grid_angle), 3.0 * np.cos(grid_angle), grid_z], axis=2)


def around(context, picture, **values):
    """What a ring around the outer eye shows of a placed picture, (rows, columns, 3)."""
    positions = ring()
    wall = msgspec.structs.replace(arc_wall(), resolution_px=positions.shape[1::-1])
    renderer = Renderer(context, (wall,), {wall.name: positions})
    renderer.load_world(ASSET, picture)
    anchor = {"anchor_m": OUTER_EYE} if values.get("projection") == "flat" else {}
    renderer.draw(frame_plan((wall,), world=LayerPlan(light=PICTURE, **anchor, **values)))
    return renderer.read_wall_linear(wall.name)


def steps_sideways(light):
    """The largest relative step between neighbours of each column, all the way round."""
    return np.abs(np.roll(light, -1, axis=1) - light).max(axis=(0, 2)) / light.mean()


def test_a_seam_is_blended_until_no_step_is_left(context):
    """A panorama that is a fifth brighter on one edge than on the other, and even in between."""
    brightness = np.linspace(0.9, 1.1, 2048, dtype=np.float32)[None, :, None]
    picture = np.broadcast_to(brightness, (1024, 2048, 3)).astype(np.float32)
    before, after = (steps_sideways(around(context, picture, seam_deg=seam_deg)).max() for seam_deg in (0.0, 20.0))
    assert before > 0.05
    assert after <= 0.005


@pytest.mark.parametrize(
    "values",
    [
        {"projection": "flat", "width_deg": 60.0},
        {"projection": "flat", "width_deg": 120.0, "distance_m": 8.0},
        {"span_deg": 120.0},
        {"span_deg": 300.0, "horizon": 0.7},
    ],
    ids=["flat", "wide flat", "part", "most of a sphere"],
)
def test_a_picture_goes_on_beyond_its_edges_without_a_jump_up_to_its_mean(context, values):
    picture = colourful(1024, 512)
    light = around(context, picture, **values)
    assert (
        steps_sideways(light).max() < 0.08
    )  # the picture itself rises as steeply; a jump between edges is 0.3 and more
    behind = light[:, light.shape[1] // 2]
    assert np.abs(behind - picture.mean(axis=(0, 1))).max() < 0.05
    middle = 0.5 * values.get("width_deg", values.get("span_deg", 0.0))
    edge = round(middle / 360.0 * light.shape[1])
    inside, outside = light[:, edge - 2], light[:, edge + 1]
    assert np.abs(inside - outside).max() < 0.06 * light.mean()


@pytest.mark.parametrize(
    "values", [{"projection": "flat", "width_deg": 60.0}, {"span_deg": 60.0}], ids=["flat", "part"]
)
def test_a_black_surround_leaves_nothing_beyond_the_edges(context, values):
    light = around(context, colourful(512, 512), surround="black", **values)
    columns = light.shape[1]
    inside = np.r_[0 : columns // 12 - 2, columns - columns // 12 + 2 : columns]
    beyond = np.r_[columns // 12 + 3 : columns - columns // 12 - 3]
    assert light[:, inside].min() > 0.5
    assert light[:, beyond].max() == 0.0


def test_a_horizon_moves_the_rows_around_it_by_one_angle_and_none_at_the_poles():
    """The shader's own ease: monotone for the farthest shift, in double precision here."""
    elevation = np.radians(np.linspace(-90.0, 90.0, 2001))
    ease = np.clip(8.0 / np.pi * np.abs(elevation) - 3.0, -1.0, 1.0)
    share = 0.5 - ease * (0.625 - 0.125 * ease**4)
    moved = elevation + np.radians(30.0) * share
    assert np.all(np.diff(moved) > 0.0)
    assert np.allclose(share[np.abs(elevation) <= np.radians(45.0)], 1.0)
    assert np.allclose(share[[0, -1]], 0.0)


@pytest.fixture(scope="module")
def both(session_context):
    """Two renderers of the same walls, by ray and by raster."""
    walls = (plane_wall(size=(480, 270)), arc_wall(size=(384, 120)))
    places = {walls[0].name: plane_positions(walls[0]), walls[1].name: arc_positions(walls[1])}
    with session_context:
        renderers = [Renderer(session_context, walls, places, draw=draw) for draw in ("auto", "raster")]
        for renderer in renderers:
            renderer.load_world(ASSET, smooth_panorama(1024, 512))
        yield walls, renderers


RASTERED = ("flat at 6 m", "moved horizon", "seam", "part of a sphere", "ground")


@pytest.mark.parametrize("name", RASTERED)
def test_by_ray_and_by_raster_agree_however_a_picture_is_placed(both, context, name):
    walls, renderers = both
    layer = placed(**CASES[name][1])
    view = inner(half=(0.3, 0.2), size=(640, 400))
    for renderer in renderers:
        renderer.draw(frame_plan(walls, (view,), world=layer, face_px=1024))
    shown = walls[:1] if layer.projection == "flat" else walls  # far aside a cube's pixels are wider than LEDs
    for wall in shown:
        light, raster = (renderer.read_wall_linear(wall.name) for renderer in renderers)
        assert np.sqrt(np.mean((light - raster) ** 2)) <= 0.003 * raster.mean()


@pytest.mark.parametrize("name", ["tools", "outer look", "dissolve"])
def test_placed_layers_agree_by_ray_and_by_raster_with_all_that_is_drawn_beside_them(both, context, name):
    walls, renderers = both
    ground, tilted = placed(**CASES["ground"][1]), placed(tilt_deg=8.0, horizon=0.45)
    view = inner(half=(0.3, 0.2), size=(640, 400))
    look = OuterPlan(eye_m=OUTER_EYE, face_px=1024, exposure_stops=0.5 if name == "outer look" else 0.0)
    plan = frame_plan(walls, (keyed(view, "frame") if name == "tools" else view,), world=ground, outer=look)
    if name == "dissolve":
        coming = air_of(tilted, placed(seam_deg=5.0, turn_deg=170.0), opacity=0.6).world
        plan = msgspec.structs.replace(plan, air=msgspec.structs.replace(plan.air, coming=coming, share=0.4))
    if name == "tools":
        plan = with_cards(plan, card(azimuth=12.0), card(kind="flag", azimuth=-20.0, in_view=True))
    for renderer in renderers:
        renderer.draw(plan)
    for wall in walls:
        light, raster = (renderer.read_wall_linear(wall.name) for renderer in renderers)
        assert np.sqrt(np.mean((light - raster) ** 2)) <= 0.003 * raster.mean()


@pytest.mark.parametrize("name", ["flat at 5 m, rolled and tilted", "ground"])
def test_an_earlier_picture_by_raster_shows_plane_and_ground_where_they_are(both, context, name):
    """Neither is a sphere around the origin: the picture is looked into by the distances that were drawn with it."""
    walls, renderers = both
    layer = placed(CoordinatesPlan(), **CASES[name][1])
    new, old = inner(half=(0.3, 0.2), size=(640, 400)), inner(eye=(0.1, -0.4, 1.35), pan=0.03, half=(0.3, 0.2))
    renderer = renderers[1]
    lights = []
    for view in (new, looking_into(new, earlier_picture(old, world=layer)), old):
        renderer.draw(frame_plan(walls, (view,), world=layer))
        lights.append(renderer.read_wall_linear(walls[0].name))
    fresh, again, moved = lights
    seen = plane_positions(walls[0]) - np.array(new.eye_m)
    within = (np.abs(seen[..., 0] / seen[..., 1]) < 0.25) & (np.abs(seen[..., 2] / seen[..., 1] + 0.0) < 0.15)
    assert np.quantile(np.linalg.norm(again - fresh, axis=2)[within], 0.9) < 0.001
    assert np.median(np.linalg.norm(moved - fresh, axis=2)[within]) > 0.003


@pytest.mark.parametrize(
    ("right", "wrong", "name"),
    [
        ("aside.xyz + lengths * ray : ray", "aside.xyz + 1.02 * lengths * ray : ray", "flat at 6 m"),
        ("lengths * ray, surface.w", "1.02 * lengths * ray, surface.w", "flat at 6 m, no edge seen"),
        ("surface.y * up,", "0.9 * surface.y * up,", "ground"),
        ("0.625", "0.5", "moved horizon, most"),
        ("picture_place.zw", "picture_place.wz", "part of a sphere"),
    ],
)
def test_a_shader_that_places_a_picture_wrongly_is_found(context, monkeypatch, right, wrong, name):
    def read(file):
        text = (SHADERS / file).read_text()
        return (
            text.replace(right, wrong)
            if Path(file).stem in ("world_surface", "near_eye", "placed_picture", "bent_rows")
            else text
        )

    monkeypatch.setattr(passes, "_read_shader", read)
    with pytest.raises(AssertionError, match="RMS"):
        test_a_placed_picture_equals_a_double_precision_look_up(context, name)
