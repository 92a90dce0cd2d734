"""Plans for the warm-up use every tool and every way of drawing that a stage can need."""

import msgspec
import pytest

from render.plan.cards import MOST_CARDS
from render.plan.frame import refuse_impossible
from render.plan.warm_up import warm_up_layers, warm_up_plans
from render.worlds.coordinates.record import CoordinatesPlan
from render.worlds.panorama.record import PanoramaPlan
from render.worlds.shared.surfaces import Surface
from tests.render.sample_plans import frame_plan, inner, plane_wall

WALL = plane_wall()


def warm_up(cameras=2, layers=None, *, by_raster=False):
    plan = frame_plan((WALL,), tuple(inner(name=str(number)) for number in range(cameras)))
    return list(warm_up_plans(plan, layers or warm_up_layers((PanoramaPlan(),)), by_raster=by_raster))


def test_cards_are_drawn_in_every_shader_variant_that_they_can_need():
    assert {len(plan.outer.cards) for plan in warm_up()} == {0, 1, MOST_CARDS}


def test_each_kind_of_the_stage_is_warmed_up_wherever_values_can_place_it_and_a_panorama_always():
    def places(layers):
        return {(type(layer.light), layer.surface()._replace(anchor_m=None, ahead=None)) for layer in layers}

    def everywhere(kind):
        near = Surface(radius_m=10.0)
        surfaces = (Surface(), near, near._replace(is_cylinder=True), Surface(is_flat=True))
        return {(kind, surface._replace(anchor_m=None, ahead=None)) for surface in surfaces}

    assert places(warm_up_layers(())) == everywhere(PanoramaPlan)
    both = warm_up_layers((CoordinatesPlan(), PanoramaPlan(asset="ab" * 32)))
    assert places(both) == everywhere(PanoramaPlan) | everywhere(CoordinatesPlan)


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
    layers = warm_up_layers((CoordinatesPlan(),))
    for plan in warm_up(layers=layers, by_raster=True):
        refuse_impossible(plan, 2048)
        assert all(len(world.layers) == 1 or not world.raw for world in plan.air.worlds)


@pytest.mark.parametrize(("stages", "small"), [(1024, 32), (512, 32), (1000, 125), (24, 24), (16, 16)])
def test_what_is_around_is_drawn_small_and_in_a_size_of_the_same_kind(stages, small):
    plan = frame_plan((WALL,), (inner(name="A"),))
    plan = msgspec.structs.replace(plan, outer=msgspec.structs.replace(plan.outer, face_px=stages))
    warmed = warm_up_plans(plan, warm_up_layers((PanoramaPlan(),)), by_raster=True)
    assert {one.outer.face_px for one in warmed} == {small}
