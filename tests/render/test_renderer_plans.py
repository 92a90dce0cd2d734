"""Equal plans give equal pictures; what is on a wall follows priority, feather, blackout and the outer eye."""

import hashlib
import math
import random
from functools import partial

import moderngl
import msgspec
import numpy as np
import pytest
from sample_plans import (
    ASSET,
    arc_positions,
    arc_wall,
    flat_panorama,
    frame_plan,
    inner,
    plane_positions,
    plane_wall,
    smooth_panorama,
    with_pattern,
)

from render.plan.frame import GradePlan, OuterPlan
from render.renderer import Renderer
from render.worlds.panorama.record import PanoramaPlan
from tracking.records import ConfigError

pytestmark = pytest.mark.gl


@pytest.fixture
def walls():
    return (plane_wall(), arc_wall())


def new_renderer(context, walls, draw):
    flat, arc = walls
    places = {flat.name: plane_positions(flat), arc.name: arc_positions(arc)}
    made = Renderer(context, walls, places, "Test", draw=draw)
    made.load_world(ASSET, smooth_panorama())
    return made


@pytest.fixture(params=["auto", "raster"])
def draw(request):
    return request.param


@pytest.fixture
def renderer(context, walls, draw):
    return new_renderer(context, walls, draw)


@pytest.fixture
def raster(context, walls):
    return new_renderer(context, walls, "raster")


def digest(renderer, walls):
    pictures = [renderer.read_wall(wall.name).tobytes() for wall in walls]
    pictures += [renderer.read_wall_linear(wall.name).tobytes() for wall in walls]
    return hashlib.sha256(b"".join(pictures)).hexdigest()


def assorted_plans(walls):
    one, two = inner(), inner(eye=(0.8, -1.0, 1.2), pan=0.5, size=(200, 130), name="B")
    plan = frame_plan(walls, (one,))
    return [
        plan,
        frame_plan(walls, (one, two)),
        frame_plan(walls, (two, one)),
        frame_plan(walls, (two,)),
        frame_plan(walls, ()),
        frame_plan(walls, (one, two), radius_m=20.0),
        frame_plan(walls, (two,), kind="coordinates"),
        frame_plan(walls, tuple(inner(pan=0.1 * number, name=f"{number}") for number in range(10))),
        frame_plan(walls, (one,), outer=OuterPlan(eye_m=(1.0, 0.5, 1.0), face_px=128)),
        frame_plan(walls, (one,), grade=GradePlan(exposure_stops=-1.0, temperature_k=4000.0, tint=0.5)),
        with_pattern(plan, "grid"),
        with_pattern(msgspec.structs.replace(plan, frame=9), "counter"),
        frame_plan(walls, (one,), blackout=True),
        frame_plan(walls, (one,), world=PanoramaPlan()),
        msgspec.structs.replace(plan, walls=plan.walls[:1]),
    ]


def test_equal_plans_give_equal_finite_pictures_whatever_came_before(renderer, walls):
    plans = assorted_plans(walls)
    first = []
    for plan in plans:
        renderer.draw(plan)
        first.append(digest(renderer, walls))
        assert all(np.isfinite(renderer.read_wall_linear(wall.name)).all() for wall in walls)
    assert len(set(first)) == len(first) - 1  # blackout and a missing asset are equally black
    order = list(range(len(plans)))
    random.Random(3).shuffle(order)
    for index in order:
        renderer.draw(plans[index])
        assert digest(renderer, walls) == first[index], f"plan {index}"


def test_a_fresh_renderer_draws_the_same_bytes(context, renderer, walls, draw):
    plan = assorted_plans(walls)[1]
    renderer.draw(plan)
    again = new_renderer(context, walls, draw)
    again.draw(plan)
    assert digest(again, walls) == digest(renderer, walls)


def test_a_black_plan_draws_nothing_else_and_what_follows_is_as_if_it_had_not_been(raster, walls):
    renderer = raster
    plan = frame_plan(walls, (inner(),))
    black = frame_plan(walls, (inner(pan=0.4),), blackout=True)
    renderer.draw(black)
    assert (renderer.outer.draws, renderer.inners.rows_drawn) == (0, 0)
    assert renderer.read_inner(0).any()
    renderer.draw(plan)
    expected = digest(renderer, walls)
    drawn = (renderer.outer.draws, renderer.inners.rows_drawn)
    renderer.draw(black)
    assert (renderer.outer.draws, renderer.inners.rows_drawn) == drawn
    assert not any(renderer.read_wall(wall.name).any() for wall in walls)
    renderer.draw(plan)
    assert digest(renderer, walls) == expected


@pytest.mark.parametrize("size_px", [(320, 180), (64, 36), (96, 400), (2048, 1152)])
def test_blackout_is_black_everywhere_however_large_the_inner_picture_is(renderer, walls, size_px):
    camera = msgspec.structs.replace(inner(), size_px=size_px)
    renderer.draw(frame_plan(walls, (camera,)))
    assert all(renderer.read_wall(wall.name).all(axis=2).any() for wall in walls)
    renderer.draw(frame_plan(walls, (camera,), blackout=True))
    for wall in walls:
        assert not renderer.read_wall(wall.name).any()
        assert not renderer.read_wall_linear(wall.name).any()


def test_a_wall_that_the_plan_leaves_out_is_black(renderer, walls):
    plan = frame_plan(walls, (inner(),))
    renderer.draw(plan)
    renderer.draw(msgspec.structs.replace(plan, walls=plan.walls[:1]))
    assert not renderer.read_wall(walls[1].name).any()
    assert not renderer.read_wall_linear(walls[1].name).any()


def test_a_world_is_black_until_its_asset_is_loaded(renderer, walls):
    small = msgspec.structs.replace(inner(), size_px=(64, 36))
    renderer.draw(frame_plan(walls, (small,)))
    missing = frame_plan(walls, (small, inner()), world=PanoramaPlan(asset="b" * 64))
    renderer.draw(missing)
    assert not renderer.read_wall("flat").any()
    renderer.load_world("b" * 64, flat_panorama((1.0, 1.0, 1.0)))
    renderer.draw(missing)
    assert renderer.read_wall("flat").all()
    renderer.load_world("b" * 64, None)
    renderer.draw(missing)
    assert not renderer.read_wall("flat").any()


def test_the_panorama_not_drawn_for_longest_makes_room(context, walls):
    flat, arc = walls
    positions = {flat.name: plane_positions(flat), arc.name: arc_positions(arc)}
    renderer = Renderer(context, walls, positions, "Test", gpu_mib=1)

    def shown(asset):
        renderer.draw(frame_plan(walls, (inner(),), world=PanoramaPlan(asset=asset)))
        return renderer.read_wall("flat").any()

    large = flat_panorama((1.0, 1.0, 1.0)).repeat(16, 0).repeat(16, 1)  # two of them fill the budget
    for asset in ("0", ASSET):
        renderer.load_world(asset, large)
        assert shown(asset)
    assert shown("0")
    renderer.load_world("1", large)
    assert shown("1")
    assert not shown(ASSET)
    assert shown("0")


def test_pixels_that_are_not_numbers_do_not_reach_a_wall(renderer, walls):
    broken = flat_panorama((1.0, np.inf, 1.0))
    broken[2:6, 4:12] = np.nan
    renderer.load_world(ASSET, broken)
    renderer.draw(frame_plan(walls, (inner(),)))
    assert np.isfinite(renderer.read_wall_linear("flat")).all()


@pytest.mark.parametrize("shape", [(4, 8), (4, 8, 5), (0, 8, 3)])
def test_a_picture_of_the_wrong_shape_is_refused(renderer, shape):
    with pytest.raises(ConfigError, match="shape"):
        renderer.load_world("c", np.zeros(shape, np.float32))


def test_positions_that_do_not_fit_the_raster_are_refused(context):
    wall = plane_wall()
    with pytest.raises(ConfigError, match=r"walls\.flat"):
        Renderer(context, (wall,), {wall.name: np.zeros((3, 3, 3))})


def test_raster_without_leds_stays_black(context):
    wall = plane_wall()
    positions = plane_positions(wall)
    positions[:45, 20:40] = np.nan
    renderer = Renderer(context, (wall,), {wall.name: positions})
    renderer.load_world(ASSET, flat_panorama((2.0, 2.0, 2.0)))
    renderer.draw(frame_plan((wall,), (inner(half=(1.0, 1.0)),)))
    hole = np.isnan(positions).any(axis=2)
    for picture in (renderer.read_wall("flat"), renderer.read_wall_linear("flat")):
        assert not picture[hole].any()
        assert picture[~hole].all()


def weights(context, camera, wall=None):
    """How much of the inner picture each LED shows, told apart by two parallel worlds: coordinates seen from two eyes.

    The outer eye is the origin of a small sphere, so both pictures are known exactly.
    """
    wall = wall or plane_wall()
    positions = plane_positions(wall)
    renderer = Renderer(context, (wall,), {wall.name: positions})
    renderer.draw(frame_plan((wall,), (camera,), kind="coordinates", face_px=512))
    light = renderer.read_wall_linear(wall.name)
    inside = positions - np.array(camera.eye_m)
    outside = positions - np.array((0.0, 0.0, 1.5))
    inside /= np.linalg.norm(inside, axis=2, keepdims=True)
    outside /= np.linalg.norm(outside, axis=2, keepdims=True)
    across = inside - outside
    return np.sum((light - outside) * across, axis=2) / np.sum(across * across, axis=2)


def test_feather_falls_from_one_to_nothing_without_rising(context):
    camera = inner(eye=(1.0, 0.0, 1.4), half=(0.2, 0.15), feather=0.15)
    weight = weights(context, camera)[45]
    x = (plane_positions(plane_wall())[45, :, 0] - 1.0) / 3.0
    assert np.allclose(weight[np.abs(x) <= 0.2], 1.0, atol=1e-3)
    assert np.allclose(weight[np.abs(x) >= 0.35], 0.0, atol=1e-3)
    outward = weight[x > 0.0]
    assert (np.diff(outward) <= 1e-4).all()
    assert (np.diff(weight[x < 0.0]) >= -1e-4).all()
    half_way = np.interp(0.275, x, weight)
    assert half_way == pytest.approx(0.5, abs=0.03)


def test_no_feather_is_a_hard_edge(context):
    weight = weights(context, inner(eye=(1.0, 0.0, 1.4), half=(0.2, 0.15), feather=0.0))
    assert np.all((np.abs(weight) < 1e-3) | (np.abs(weight - 1.0) < 1e-3))
    assert 100 < (weight > 0.5).sum() < 3000


def test_a_camera_that_looks_away_shows_nothing(context):
    assert np.abs(weights(context, inner(pan=math.pi))).max() < 5e-3


def test_the_first_camera_covers_the_second(context):
    wall = plane_wall()
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    left = inner(eye=(-0.4, 0.0, 1.4), half=(0.3, 0.2), name="A")
    right = inner(eye=(0.4, 0.0, 1.4), half=(0.3, 0.2), name="B")
    third = inner(eye=(0.0, 0.5, 1.4), half=(0.7, 0.3), name="C")
    pictures = {}
    for order in ((left,), (right,), (third,), (left, right, third), (right, left, third)):
        renderer.draw(frame_plan((wall,), order, kind="coordinates"))
        pictures["".join(camera.camera for camera in order)] = renderer.read_wall_linear("flat")
    x = plane_positions(wall)[45, :, 0]
    same = partial(np.allclose, rtol=0.0, atol=5e-7)  # where one eye is alone, LEDs are placed from it: other rounding
    both, only_left, only_third = np.abs(x) < 0.4, (x > -1.2) & (x < -0.7), (x > 1.5) & (x < 1.7)
    assert same(pictures["ABC"][45, both], pictures["A"][45, both])
    assert same(pictures["BAC"][45, both], pictures["B"][45, both])
    assert same(pictures["BAC"][45, only_left], pictures["A"][45, only_left])
    assert same(pictures["ABC"][45, only_third], pictures["C"][45, only_third])
    assert min(both.sum(), only_left.sum(), only_third.sum()) > 5


def test_each_wall_shows_only_the_views_it_is_given(renderer, walls):
    near, far = inner(), inner(eye=(0.9, -2.0, 1.0), name="A, later")
    plan = frame_plan(walls, (near, far))
    first = msgspec.structs.replace(plan.walls[0], inners=(0,))
    second = msgspec.structs.replace(plan.walls[1], inners=(1,))
    renderer.draw(msgspec.structs.replace(plan, walls=(first, second)))
    seen = renderer.read_wall("flat"), renderer.read_wall("arc")
    renderer.draw(frame_plan(walls, (near,)))
    assert (renderer.read_wall("flat") == seen[0]).all()
    renderer.draw(frame_plan(walls, (far,)))
    assert (renderer.read_wall("arc") == seen[1]).all()


def test_outer_is_drawn_only_when_world_eye_or_size_change(raster, walls):
    renderer = raster
    assert renderer.outer.draws == 0
    plan = frame_plan(walls, (inner(),))
    for frame in range(5):
        moved = inner(eye=(0.1 * frame, -0.5, 1.4))
        renderer.draw(msgspec.structs.replace(plan, frame=frame, inners=(moved,), grade=GradePlan(exposure_stops=1.0)))
    assert renderer.outer.draws == 1
    renderer.draw(msgspec.structs.replace(plan, outer=OuterPlan(eye_m=(0.1, 0.0, 1.5), face_px=128)))
    renderer.draw(msgspec.structs.replace(plan, outer=OuterPlan(eye_m=(0.1, 0.0, 1.5), face_px=64)))
    assert renderer.outer.draws == 3
    renderer.load_world(ASSET, flat_panorama((1.0, 1.0, 1.0)))
    renderer.draw(plan)
    assert renderer.outer.draws == 4


def test_state_that_others_leave_in_the_context_changes_nothing(context, renderer, walls):
    plan = frame_plan(walls, (inner(),))
    renderer.draw(plan)
    expected = digest(renderer, walls)
    renderer.draw(frame_plan(walls, (inner(pan=0.3),)))
    context.enable(moderngl.BLEND | moderngl.DEPTH_TEST | moderngl.CULL_FACE)
    context.blend_func = moderngl.ONE, moderngl.ONE
    sampler = context.sampler(filter=(moderngl.NEAREST, moderngl.NEAREST))
    for unit in range(3):
        sampler.use(unit)
    context.viewport = (0, 0, 3, 3)
    renderer.draw(plan)
    assert digest(renderer, walls) == expected
