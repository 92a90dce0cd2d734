"""Scenes in layers next to each other: one depth for all of them, and one place among the layers of their world."""

import msgspec
import numpy as np
import pytest

from render.models.made import made_box, made_model
from render.models.model import Material, Node
from render.renderer import Renderer
from render.worlds.model.record import ModelPlan
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from tests.render.sample_plans import frame_plan, inner, plane_positions, plane_wall

pytestmark = pytest.mark.gl
WALL = plane_wall(size=(120, 68))
POSITIONS = plane_positions(WALL)
RED, GREEN = (2.0, 0.0, 0.0, 1.0), (0.0, 2.0, 0.0, 1.0)
SKY = LayerPlan(light=SkyLight(sky=SkyPlan()))


def box(colour, *places_m):
    nodes = [Node(place_m=place_m, mesh=0) for place_m in places_m]
    return made_model([made_box((1.6, 1.2, 0.6))], [Material(colour=colour, is_unlit=True)], nodes)


def layer(asset, **changes):
    return LayerPlan(light=ModelPlan(asset=asset * 64, origin_m=(0.0, 9.0, 1.6)), **changes)


@pytest.fixture(params=["low", "full"])
def stage(request, context):
    """Two bars one through the other: the first layer's is the nearer one on the left, the second's on the right."""
    found = Renderer(context, (WALL,), {WALL.name: POSITIONS}, quality=request.param)
    found.load_model("a" * 64, box(RED, (-0.6, 0.0, 1.0), (0.6, 0.2, -1.0)))
    found.load_model("b" * 64, box(GREEN, (-0.5, 0.1, -0.4), (0.5, 0.0, 0.6)))
    return found


def light_of(stage, *layers, **air):
    world = WorldPlan(key="w", layers=tuple(layers))
    view = inner(half=(0.5, 0.4))
    stage.draw(frame_plan((WALL,), (view,), air=AirPlan(world=world, **air), face_px=256))
    return stage.read_wall_linear(WALL.name)


def shown(light):
    """How many LEDs show mainly the first layer's colour, and the second's, on the left and on the right."""
    red, green = light[..., 0] > 2.0 * light[..., 1], light[..., 1] > light[..., 0]
    green &= light[..., 1] > 0.5
    half = WALL.resolution_px[0] // 2
    return [int(found.sum()) for part in (red, green) for found in (part[:, :half], part[:, half:])]


def test_what_is_nearer_hides_the_other_layer_whichever_comes_first(stage):
    one, other = (light_of(stage, *layers) for layers in ((layer("a"), layer("b")), (layer("b"), layer("a"))))
    assert (np.abs(one - other) < 1e-3 * one.max()).mean() > 0.998  # two edges in one pixel are mended in turn
    red_left, red_right, green_left, green_right = shown(one)
    assert red_left > 200
    assert green_left < 150
    assert green_right > 200
    assert red_right < 150


def test_layers_next_to_each_other_look_as_one_scene_would(stage):
    both = light_of(stage, layer("a"), layer("b"))
    alone = [light_of(stage, layer(name)) for name in "ab"]
    covered = (both.sum(axis=2) > 0.1) == ((alone[0] + alone[1]).sum(axis=2) > 0.1)
    assert covered.mean() > 0.99
    assert (both <= np.maximum(*alone) + 1e-2).mean() > 0.99  # nowhere is the light of both added


def test_they_take_their_place_in_the_list_before_the_sky_and_behind_what_is_in_front(stage):
    with_sky = light_of(stage, SKY, layer("a"), layer("b"))
    hidden = light_of(stage, layer("a"), layer("b"), SKY)
    bare = light_of(stage, SKY)
    assert np.abs(hidden - bare).max() < 1e-3 * bare.max()
    assert np.abs(with_sky - bare).max() > 0.5


def test_with_another_layer_between_them_the_order_of_the_list_counts(stage):
    clear = msgspec.structs.replace(SKY, opacity=0.01)
    light = light_of(stage, layer("a"), clear, layer("b"))
    alone = light_of(stage, layer("b"))
    front = alone[..., 1] > 0.99 * alone[..., 1].max()
    assert front.sum() > 300
    assert np.abs(light - alone)[front].max() < 1e-2


def test_a_scene_that_fades_is_laid_over_the_others(stage):
    over = light_of(stage, layer("a"), layer("b", opacity=0.5))
    red, green = light_of(stage, layer("a")), light_of(stage, layer("b"))
    cover = np.clip(green[..., 1:2] / green[..., 1].max(), 0.0, 1.0)
    assert np.abs(over - (red * (1.0 - 0.5 * cover) + 0.5 * green)).max() < 0.02 * red.max()


def test_of_two_scenes_the_one_that_is_not_there_is_left_out(stage):
    alone = light_of(stage, layer("b"))
    for layers in ((layer("a"), layer("b")), (layer("b"), layer("a"))):
        stage.load_model("a" * 64, None)
        assert np.array_equal(light_of(stage, *layers), alone)


def test_scenes_of_one_picture_shade_each_other(context):
    """A plate in one layer throws its shadow onto the ground of another."""
    grey = Material(colour=(0.5, 0.5, 0.5, 1.0), metallic=0.0, roughness=1.0)
    found = Renderer(context, (WALL,), {WALL.name: POSITIONS}, quality="low")
    found.load_model("a" * 64, made_model([made_box((30.0, 0.1, 30.0))], [grey], [Node(place_m=(0, -1.7, 0), mesh=0)]))
    found.load_model("b" * 64, made_model([made_box((8.0, 0.1, 8.0))], [grey], [Node(place_m=(0, 12.0, 0), mesh=0)]))
    high = LayerPlan(light=SkyLight(sky=SkyPlan(sun=(0.0, 0.0, 1.0))))
    lit, shaded = light_of(found, high, layer("a")), light_of(found, high, layer("a"), layer("b"))
    ground = np.abs(lit - light_of(found, high)).max(axis=2) > 1e-2
    assert (shaded[ground] < 0.7 * lit[ground]).all(axis=1).mean() > 0.05
