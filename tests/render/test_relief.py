"""A picture with a depth map is a relief: what an eye off its centre sees of it, against a room in double precision."""

import os
import subprocess
import sys

import msgspec
import numpy as np
import pytest

from render.renderer import Renderer
from render.worlds.on_air import LayerPlan
from render.worlds.panorama.record import PanoramaPlan, ReliefPlan
from render.worlds.shared.depth import depth_space
from tests.render.box_room import error_px, picture_and_depth, seen
from tests.render.sample_plans import ASSET, air_of, frame_plan, inner, plane_positions, plane_wall, smooth_panorama
from tests.render.test_by_ray import FILM_PX_RAD

pytestmark = pytest.mark.gl
DEPTH = "d" * 64
OFF = np.array([0.3, 0.3, 0.265])
"""Half a metre off the room's centre."""
ROOM = (ReliefPlan(asset=DEPTH, kind="metres", most=0.5, jumps=False), False)
PILLAR = (ReliefPlan(asset=DEPTH, kind="metres", most=0.63, jumps=True), True)
WALL = plane_wall(size=(160, 160))


def light_of(relief):
    return PanoramaPlan(asset=ASSET, relief=relief)


def face(ahead, right, up, eye):
    """LEDs of a square around an eye, 1.2 m ahead of it, and the rays to them."""
    steps = np.linspace(-1.0, 1.0, WALL.resolution_px[0])
    rays = np.array(ahead) + steps[None, :, None] * np.array(right) - steps[:, None, None] * np.array(up)
    return eye + 1.2 * rays, rays


FACES = {
    "ahead": ((0, 1, 0), (1, 0, 0), (0, 0, 1)),
    "behind": ((0, -1, 0), (-1, 0, 0), (0, 0, 1)),
    "above": ((0, 0, 1), (1, 0, 0), (0, -1, 0)),
}


def with_eye(plan, eye):
    return msgspec.structs.replace(plan, outer=msgspec.structs.replace(plan.outer, eye_m=tuple(eye)))


def room_renderer(context, leds, *, pillar=False, draw="auto", columns=2048):
    renderer = Renderer(context, (WALL,), {WALL.name: leds}, draw=draw)
    picture, depth_m = picture_and_depth(columns, pillar=pillar)
    renderer.load_world(ASSET, picture)
    renderer.load_world(DEPTH, np.repeat(1.0 / depth_m[..., None], 3, axis=2), depth_space("metres"))
    return renderer


@pytest.mark.parametrize("turned", FACES)
@pytest.mark.parametrize(("relief", "pillar"), [ROOM, PILLAR], ids=["room", "pillar"])
def test_what_the_centre_saw_of_a_room_is_where_it_is_for_an_eye_half_a_metre_off(context, relief, pillar, turned):
    leds, rays = face(*FACES[turned], OFF)
    renderer = room_renderer(context, leds, pillar=pillar)
    renderer.draw(with_eye(frame_plan((WALL,), world=LayerPlan(light=light_of(relief))), OFF))
    truth = seen(OFF, rays, pillar=pillar)
    from_centre = seen(np.zeros(3), truth, pillar=pillar)
    was_seen = np.linalg.norm(from_centre - truth, axis=-1) < 0.01
    error = error_px(renderer.read_wall_linear(WALL.name), OFF, rays, FILM_PX_RAD)[was_seen]
    assert was_seen.mean() > 0.9
    assert np.median(error) <= 0.5
    assert np.quantile(error, 0.97) <= 3.0


def test_what_a_jump_of_depth_hides_is_the_stretched_far_side_and_never_between(context):
    eye = np.array([0.5, 0.0, 0.0])
    leds, rays = face(*FACES["ahead"], eye)
    renderer = room_renderer(context, leds, pillar=True)
    renderer.draw(with_eye(frame_plan((WALL,), world=LayerPlan(light=light_of(PILLAR[0]))), eye))
    shown = renderer.read_wall_linear(WALL.name)
    truth = seen(eye, rays, pillar=True)
    hidden = np.linalg.norm(seen(np.zeros(3), truth, pillar=True) - truth, axis=-1) > 0.5
    assert 0.01 < hidden.mean() < 0.2
    beyond = np.maximum(np.abs(shown) - np.array([3.0, 4.0, 2.0]), 0.0).max(axis=-1)
    on_room = (np.abs(np.abs(shown) - np.array([3.0, 4.0, 2.0])).min(axis=-1) < 0.05) & (beyond < 0.05)
    assert on_room[hidden].mean() > 0.95, "between pillar and wall there is nothing"


def test_a_relief_by_raster_shows_what_it_shows_by_ray(context):
    leds = plane_positions(WALL)
    both = [room_renderer(context, leds, pillar=True, draw=draw, columns=512) for draw in ("auto", "raster")]
    world = LayerPlan(light=light_of(PILLAR[0]), ground_m=1.4)
    for renderer in both:
        renderer.draw(frame_plan((WALL,), (inner(),), world=world, face_px=512))
    apart = np.abs(both[0].read_wall_linear(WALL.name) - both[1].read_wall_linear(WALL.name)).max(axis=-1)
    assert np.quantile(apart, 0.95) < 0.05
    assert apart.mean() < 0.05


@pytest.mark.parametrize("kind", ["bright", "dark"])
def test_near_and_far_scale_the_shares_of_a_flat_picture(context, kind):
    """A plane at 2 m, of a map of shares between 1 m and 4 m: parallax is that of a flat picture at 2 m."""
    leds, eye = plane_positions(WALL), (0.4, 0.0, 1.6)
    share = (0.5 - 0.25) / (1.0 - 0.25) if kind == "bright" else (4.0 - 2.0) / (4.0 - 1.0)
    renderer = Renderer(context, (WALL,), {WALL.name: leds})
    renderer.load_world(ASSET, smooth_panorama(256, 256))
    renderer.load_world(DEPTH, np.full((64, 64, 3), share, np.float32), depth_space(kind))
    flat = LayerPlan(light=PanoramaPlan(asset=ASSET), projection="flat", distance_m=2.0, anchor_m=(0.0, 0.0, 1.5))
    relief = ReliefPlan(asset=DEPTH, kind=kind, most=share, jumps=False)
    shown = []
    for layer in (flat, msgspec.structs.replace(flat, light=light_of(relief), near_m=1.0, far_m=4.0, distance_m=0.0)):
        renderer.draw(with_eye(frame_plan((WALL,), world=layer), eye))
        shown.append(renderer.read_wall_linear(WALL.name))
    assert np.abs(shown[0] - shown[1]).max() < 0.03


@pytest.mark.parametrize(
    ("values", "eye"),
    [
        ({"span_deg": 150.0}, OFF),
        ({"projection": "dome", "span_deg": 300.0, "tilt_deg": -90.0}, OFF),
        ({"projection": "dome", "span_deg": 120.0, "tilt_deg": -90.0, "turn_deg": 20.0}, OFF),
        (
            {"projection": "cylinder", "span_deg": 200.0},
            np.zeros(3),
        ),  # it is no cylinder: from its centre alone it looks alike
    ],
    ids=["part of a sphere", "dome", "part of a dome", "cylinder"],
)
def test_a_relief_as_far_away_everywhere_is_the_sphere_that_carries_a_picture_in_any_form(context, values, eye):
    renderer = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)})
    renderer.load_world(ASSET, smooth_panorama(512, 256))
    renderer.load_world(DEPTH, np.full((128, 256, 3), 0.2, np.float32), depth_space("metres"))
    shown = []
    for jumps in (None, False, True):
        relief = msgspec.UNSET if jumps is None else ReliefPlan(asset=DEPTH, kind="metres", most=0.2, jumps=jumps)
        layer = LayerPlan(light=light_of(relief), radius_m=5.0, **values)
        renderer.draw(with_eye(frame_plan((WALL,), world=layer), eye))
        shown.append(renderer.read_wall_linear(WALL.name))
    assert shown[0].std(axis=(0, 1)).min() > 0.05
    assert max(np.abs(one - shown[0]).max() for one in shown[1:]) < 0.01


def test_layers_and_dissolves_show_reliefs(context):
    leds = plane_positions(WALL)
    renderer = room_renderer(context, leds, pillar=True, columns=256)
    layer = LayerPlan(light=light_of(PILLAR[0]), ground_m=1.4)
    renderer.draw(frame_plan((WALL,), (inner(),), world=layer))
    alone = renderer.read_wall_linear(WALL.name)
    two = air_of(layer, msgspec.structs.replace(layer, opacity=0.5))
    for air in (two, msgspec.structs.replace(two, coming=air_of(layer).world, share=0.5)):
        renderer.draw(frame_plan((WALL,), (inner(),), air=air))
        assert np.abs(renderer.read_wall_linear(WALL.name) - alone).max() < 0.02


def test_a_depth_map_that_is_not_there_yet_is_black_like_its_picture(context):
    renderer = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)})
    renderer.load_world(ASSET, smooth_panorama())
    renderer.draw(frame_plan((WALL,), world=LayerPlan(light=light_of(ROOM[0]))))
    assert not renderer.read_wall(WALL.name).any()


def test_prediction_and_reprojection_know_the_nearest_light_of_a_relief():
    near = LayerPlan(light=light_of(ROOM[0]), ground_m=1.5)
    air = air_of(near)
    assert air.nearest_m((0.0, 0.5, 1.5)) == pytest.approx(1.5)
    assert air.reach((0.0, 0.0, 1.5), (0.0, 2.0, 0.0)) == pytest.approx(1.0)
    assert air.sphere_m() is None
    shares = ReliefPlan(asset=DEPTH, kind="bright", most=1.0)
    assert air_of(LayerPlan(light=light_of(shares), near_m=3.0)).nearest_m((0.0, 0.0, 0.0)) == pytest.approx(3.0)


ON_4_1 = """
import sys
from render.gpu.context import check_errors, create_headless_context
context = create_headless_context()
assert context.version_code == 410
import tests.render.test_relief as of
of.test_a_relief_by_raster_shows_what_it_shows_by_ray(context)
of.test_what_the_centre_saw_of_a_room_is_where_it_is_for_an_eye_half_a_metre_off(context, *of.PILLAR, "ahead")
of.test_near_and_far_scale_the_shares_of_a_flat_picture(context, "dark")
check_errors(context, "drawing on 4.1")
"""


def test_reliefs_are_the_same_on_opengl_4_1():
    environment = {**os.environ, "MESA_GL_VERSION_OVERRIDE": "4.1", "MESA_GLSL_VERSION_OVERRIDE": "410"}
    subprocess.run([sys.executable, "-c", ON_4_1], env=environment, check=True, timeout=120)
