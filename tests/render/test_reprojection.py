"""Reprojection, by raster: earlier pictures seen from the newest eye, exact where the world is known."""

import hashlib
import random

import msgspec
import numpy as np
import pytest
from sample_plans import ASSET, air_of, arc_positions, arc_wall, frame_plan, inner, smooth_panorama, world_plan
from tool_plans import card, earlier_picture, keyed, looking_into, outlined, with_cards

from render.renderer import Renderer
from render.worlds.coordinates.record import CoordinatesPlan
from render.worlds.on_air import LayerPlan
from render.worlds.panorama.record import PanoramaPlan

pytestmark = pytest.mark.gl
WALL = arc_wall()
PANORAMA = world_plan()
POSITIONS = arc_positions(WALL)
NEW = inner(eye=(0.2, -0.5, 1.4), pan=0.2, feather=0.0, size=(640, 360))
OLD = inner(eye=(0.05, -0.4, 1.35), pan=0.17, tilt=0.02, feather=0.0, size=(640, 360))


@pytest.fixture
def stage(context):
    renderer = Renderer(context, (WALL,), {WALL.name: POSITIONS}, draw="raster")
    renderer.load_world(ASSET, smooth_panorama())
    return renderer


def inside(camera):
    seen = POSITIONS - np.array(camera.eye_m)
    depth = seen @ np.array(camera.ahead)
    x, y = seen @ np.array(camera.right) / depth, seen @ np.array(camera.up) / depth
    view = camera.view
    return (depth > 0) & (x > view.left) & (x < view.right) & (y > view.bottom) & (y < view.top)


def reprojected_plan(camera, old, kind, radius_m=0.0, **changes):
    picture = earlier_picture(old, world=world_plan(kind, radius_m))
    return frame_plan((WALL,), (looking_into(camera, picture),), kind=kind, radius_m=radius_m, **changes)


def light_of(stage, plan):
    stage.draw(plan)
    return stage.read_wall_linear(WALL.name)


class UnknownSphere(CoordinatesPlan, tag="unknown sphere"):
    """The same light, its place known only from the inverse distances that it draws."""

    def sphere_m(self, surface):
        return None


@pytest.mark.parametrize("radius_m", [0.0, 6.0, 25.0])
@pytest.mark.parametrize("geometry", ["sphere", "drawn"])
def test_an_earlier_picture_shows_what_a_fresh_one_would(stage, geometry, radius_m):
    world = world_plan("coordinates", radius_m)
    if geometry == "drawn":
        stage._worlds._drawings[UnknownSphere] = stage._worlds._drawings[CoordinatesPlan]
        world = LayerPlan(light=UnknownSphere(), radius_m=radius_m)
    picture = earlier_picture(OLD, world=world)
    reprojected = light_of(stage, frame_plan((WALL,), (looking_into(NEW, picture),), world=world))
    fresh = light_of(stage, frame_plan((WALL,), (NEW,), kind="coordinates", radius_m=radius_m))
    still = light_of(stage, frame_plan((WALL,), (OLD,), kind="coordinates", radius_m=radius_m))
    within = inside(NEW) & inside(OLD)
    assert within.sum() > 1000
    error = np.degrees(np.linalg.norm(reprojected - fresh, axis=2))[within]
    without = np.degrees(np.linalg.norm(still - fresh, axis=2))[within]
    assert error.max() < 0.001
    assert np.median(without) > 0.4


def test_a_panorama_through_an_earlier_picture_differs_by_interpolation_alone(stage):
    reprojected = light_of(stage, reprojected_plan(NEW, OLD, "panorama"))
    fresh = light_of(stage, frame_plan((WALL,), (NEW,)))
    assert np.abs(reprojected - fresh).max() < 0.005


def digest(stage):
    pictures = (stage.read_wall(WALL.name), stage.read_wall_linear(WALL.name))
    return hashlib.sha256(b"".join(picture.tobytes() for picture in pictures)).hexdigest()


def assorted_plans():
    first = earlier_picture(OLD, frame=3, world=PANORAMA)
    second = earlier_picture(NEW, frame=7, world=PANORAMA)
    away = earlier_picture(inner(pan=-0.4), frame=7, world=PANORAMA)
    plain = frame_plan((WALL,), (NEW,))
    cards = (card(azimuth=30.0), card(name="flag", kind="flag", in_view=True, width_deg=8.0))
    return [
        plain,
        frame_plan((WALL,), (looking_into(NEW, first),)),
        frame_plan((WALL,), (looking_into(NEW, second),)),
        frame_plan((WALL,), (looking_into(OLD, first), NEW)),
        frame_plan((WALL,), (looking_into(NEW, first), looking_into(OLD, second))),
        with_cards(frame_plan((WALL,), (looking_into(NEW, first),)), *cards),
        with_cards(plain, cards[0]),
        with_cards(plain, cards[1]),
        frame_plan((WALL,), (outlined(looking_into(NEW, first)), keyed(OLD, markers="stage"))),
        frame_plan((WALL,), (looking_into(inner(pan=-0.4), away),)),
        reprojected_plan(NEW, OLD, "coordinates", 9.0),
    ]


def coming_along(plan, number):
    """The same picture to show, while some part of another one is drawn as well."""
    coming = earlier_picture(inner(pan=0.1 * number), frame=number, world=PANORAMA)
    parted = (
        msgspec.structs.replace(view, coming=looking_into(view, None, coming, number % 4, 4).coming)
        for view in plan.inners
    )
    return msgspec.structs.replace(plan, inners=tuple(parted))


def test_equal_plans_give_equal_pictures_whatever_was_drawn_before(context, stage):
    plans = assorted_plans()
    alone = []
    for plan in plans:
        fresh = Renderer(context, (WALL,), {WALL.name: POSITIONS}, draw="raster")
        fresh.load_world(ASSET, smooth_panorama())
        fresh.draw(plan)
        alone.append(digest(fresh))
    assert len(set(alone)) == len(alone)
    order = [*range(len(plans)), *range(len(plans))]
    random.Random(5).shuffle(order)
    for number, index in enumerate(order):
        plan = plans[index] if number % 3 else coming_along(plans[index], number % 7)
        stage.draw(plan)
        assert digest(stage) == alone[index], f"plan {index} as number {number}"


@pytest.mark.parametrize("parts", [1, 3, 4, 8])
def test_a_picture_drawn_in_parts_equals_one_drawn_whole(stage, parts):
    whole, other = earlier_picture(OLD, frame=4, world=PANORAMA), earlier_picture(NEW, frame=1, world=PANORAMA)
    expected = light_of(stage, frame_plan((WALL,), (looking_into(NEW, whole),)))
    stage.load_world(ASSET, smooth_panorama())
    rows = []
    for part in range(parts):
        before = stage.inners.rows_drawn
        stage.draw(frame_plan((WALL,), (looking_into(NEW, other, whole, part, parts),)))
        rows.append(stage.inners.rows_drawn - before)
    assert max(rows[1:], default=0) <= -(-whole.size_px[1] // parts)
    before = stage.inners.rows_drawn
    assert (light_of(stage, frame_plan((WALL,), (looking_into(NEW, whole),))) == expected).all()
    assert stage.inners.rows_drawn == before


def test_a_picture_is_drawn_once_while_plans_name_it(stage):
    picture = earlier_picture(OLD, world=PANORAMA)
    before = stage.inners.rows_drawn
    for step in range(5):
        camera = inner(eye=(0.05 * step, -0.5, 1.4), pan=0.17)
        stage.draw(frame_plan((WALL,), (looking_into(camera, picture),)))
    assert stage.inners.rows_drawn - before == picture.size_px[1]


def test_a_loaded_asset_is_in_the_next_frame_though_the_picture_is_kept(stage):
    plan = frame_plan((WALL,), (looking_into(NEW, earlier_picture(OLD, world=PANORAMA)),))
    before = light_of(stage, plan)
    stage.load_world(ASSET, smooth_panorama() * 2.0)
    assert np.allclose(light_of(stage, plan), before * 2.0, rtol=2e-3)


def test_by_ray_no_picture_is_looked_into_since_every_ray_is_the_newest(context):
    by_ray = Renderer(context, (WALL,), {WALL.name: POSITIONS})
    by_ray.load_world(ASSET, smooth_panorama())
    fresh = light_of(by_ray, frame_plan((WALL,), (NEW,)))
    assert (light_of(by_ray, reprojected_plan(NEW, OLD, "panorama")) == fresh).all()
    assert by_ray.inners.rows_drawn == 0


def test_a_frozen_outer_keeps_its_own_world_beside_the_frames(stage):
    plan = frame_plan((WALL,), (NEW,))
    own = msgspec.structs.replace(plan.outer, air=air_of(PanoramaPlan()))
    light = light_of(stage, msgspec.structs.replace(plan, outer=own))
    assert light[inside(NEW)].all()
    assert not light[:, :20].any()


def test_spare_pictures_do_not_pile_up(stage):
    for step in range(30):
        size = (320 + 32 * (step % 5), 180)
        picture = earlier_picture(inner(pan=0.01 * step, size=size), frame=step, world=PANORAMA)
        stage.draw(frame_plan((WALL,), (looking_into(inner(pan=0.01 * step), picture),)))
        assert len(stage.inners._kept) <= 3
