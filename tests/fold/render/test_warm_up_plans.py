"""Plans for the warm-up use every tool and every way of drawing that a stage can need."""

import pytest

from render.plan.cards import MOST_CARDS
from render.plan.frame import refuse_impossible
from render.plan.warm_up import warm_up_lights, warm_up_plans
from render.worlds.coordinates.record import CoordinatesPlan
from render.worlds.panorama.record import PanoramaPlan
from tests.render.sample_plans import frame_plan, inner, plane_wall

WALL = plane_wall()


def warm_up(cameras=2, lights=None, *, by_raster=False):
    plan = frame_plan((WALL,), tuple(inner(name=str(number)) for number in range(cameras)))
    return list(warm_up_plans(plan, lights or warm_up_lights((PanoramaPlan(radius_m=9.0),)), by_raster=by_raster))


def test_cards_are_drawn_in_every_shader_variant_that_they_can_need():
    assert {len(plan.outer.cards) for plan in warm_up()} == {0, 1, MOST_CARDS}


def test_each_kind_of_the_stage_is_warmed_up_near_and_far_as_it_is_there_and_a_far_panorama_always():
    assert warm_up_lights(()) == (PanoramaPlan(),)
    near = (PanoramaPlan(radius_m=9.0), CoordinatesPlan(radius_m=3.0))
    assert set(warm_up_lights((*near, PanoramaPlan(radius_m=8.0)))) == {
        PanoramaPlan(),
        near[1],
        PanoramaPlan(radius_m=8.0),
    }


@pytest.mark.parametrize(("cameras", "counts"), [(0, {0}), (1, {0, 1}), (3, {0, 1, 3}), (6, {0, 1, 4, 5, 6})])
def test_fewer_cameras_than_the_stage_has_need_no_new_shader(cameras, counts):
    assert {len(plan.inners) for plan in warm_up(cameras)} == counts


@pytest.mark.parametrize("by_raster", [False, True])
def test_views_are_drawn_with_and_without_marks_and_by_raster_reprojected_too(by_raster):
    found = {
        (view.picture is not None, view.key is not None, view.outline)
        for plan in warm_up(by_raster=by_raster)
        for view in plan.inners
    }
    fresh = {(False, False, False), (False, True, True)}
    assert found == (fresh | {(True, False, False), (True, True, True)} if by_raster else fresh)


def test_every_plan_can_be_drawn():
    lights = warm_up_lights((CoordinatesPlan(),))
    for plan in warm_up(lights=lights, by_raster=True):
        refuse_impossible(plan, 2048)
        assert all(len(world.layers) == 1 or not world.raw for world in plan.air.worlds)
