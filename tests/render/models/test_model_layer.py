"""3D scenes among the layers of a world: where they are on a wall, for each eye, and what they cover there."""

import moderngl
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
from tests.render.sample_plans import OUTER_EYE, air_of, frame_plan, inner, plane_positions, plane_wall

pytestmark = pytest.mark.gl
WALL = plane_wall(size=(160, 90))
POSITIONS = plane_positions(WALL)
ASSET = "a" * 64
DOT = (0.3, 9.0, 2.0)
"""Where the middle of a small bright plate is, on the stage: far behind the wall."""


def emitting(place_m=(0.0, 0.0, 0.0)):
    """An upright plate that shines by itself, there in the scene."""
    shining = Material(colour=(0, 0, 0, 1), emitted=(4.0, 4.0, 4.0))
    return made_model([made_box((0.6, 0.6, 0.002))], [shining], [Node(place_m=place_m, mesh=0)])


def scene(**changes):
    return LayerPlan(light=ModelPlan(asset=ASSET, **{"origin_m": DOT, **changes}))


def stage(context, model=None, **settings):
    renderer = Renderer(context, (WALL,), {WALL.name: POSITIONS}, quality="low", **settings)
    renderer.load_model(ASSET, model or emitting())
    return renderer


def light_of(renderer, *layers, inners=(), **changes):
    world = WorldPlan(key="w", layers=tuple(layers))
    renderer.draw(frame_plan((WALL,), inners, air=AirPlan(world=world), **{"face_px": 1024, **changes}))
    return renderer.read_wall_linear(WALL.name)


def middle_m(light):
    """Where the middle of what shines is on the wall."""
    weights = light.sum(axis=2)
    return (POSITIONS * weights[..., None]).sum(axis=(0, 1)) / weights.sum()


def through_wall(eye, point=DOT):
    """Where the line from an eye to a point meets the wall, which is upright and ahead."""
    eye, point = np.array(eye), np.array(point)
    return eye + (point - eye) * (POSITIONS[0, 0, 1] - eye[1]) / (point[1] - eye[1])


PITCH_M = float(np.linalg.norm(POSITIONS[0, 1] - POSITIONS[0, 0]))


def test_a_scene_is_where_the_outer_eye_sees_it(context):
    renderer = stage(context)
    assert np.abs(middle_m(light_of(renderer, scene())) - through_wall(OUTER_EYE)).max() < 0.2 * PITCH_M


@pytest.mark.parametrize("eye", [(0.2, -0.5, 1.4), (-0.6, 0.3, 1.7)])
def test_a_scene_is_where_a_camera_sees_it_and_moves_against_the_wall_as_the_camera_does(context, eye):
    renderer = stage(context)
    view = inner(eye=eye, half=(0.9, 0.6), size=(640, 400))
    found = middle_m(light_of(renderer, scene(), inners=(view,)))
    assert np.abs(found - through_wall(eye)).max() < 0.2 * PITCH_M
    assert np.abs(through_wall(eye) - through_wall(OUTER_EYE)).max() > 2.0 * PITCH_M


def test_by_raster_a_scene_is_at_the_same_place(context):
    renderer = stage(context, draw="raster")
    view = inner(half=(0.9, 0.6), size=(640, 400))
    found = middle_m(light_of(renderer, scene(), inners=(view,)))
    assert np.abs(found - through_wall(view.eye_m)).max() < 0.2 * PITCH_M


def test_origin_scale_and_turn_place_a_scene(context):
    renderer = stage(context, emitting((1.0, 0.0, 0.0)))
    turned = msgspec.structs.replace(scene(scale=0.5), turn_deg=180.0)
    expected = through_wall(OUTER_EYE, (DOT[0] - 0.5, DOT[1], DOT[2]))
    assert np.abs(middle_m(light_of(renderer, turned)) - expected).max() < 0.2 * PITCH_M


def test_a_scene_covers_what_is_behind_it_and_nothing_else(context):
    renderer = stage(context, made_model([made_box((0.6,) * 3)], [Material(colour=(0, 0, 0, 1), is_unlit=True)]))
    sky = LayerPlan(light=SkyLight(sky=SkyPlan()))
    bare, with_box = light_of(renderer, sky), light_of(renderer, sky, scene())
    changed = np.abs(with_box - bare).max(axis=2) > 1e-3
    away = np.abs(POSITIONS - through_wall(OUTER_EYE))
    half_m = 0.3 * (POSITIONS[0, 0, 1] - OUTER_EYE[1]) / (DOT[1] - 0.3 - OUTER_EYE[1])
    assert changed[(away < half_m - 2 * PITCH_M).all(axis=2)].all()
    assert not changed[(away > half_m + 2 * PITCH_M).any(axis=2)].any()
    assert with_box[(away < half_m - 2 * PITCH_M).all(axis=2)].max() < 1e-3


def test_a_scene_is_lit_by_the_sky_behind_it(context):
    grey = made_model([made_box((2.0,) * 3)], [Material(colour=(0.5, 0.5, 0.5, 1), metallic=0.0, roughness=1.0)])
    renderer = stage(context, grey)
    behind_us = (0.0, -0.5, 0.8660254037844386)
    lights = []
    for sun in ((0.0, -0.9961946980917455, 0.08715574274765817), behind_us):
        sky = LayerPlan(light=SkyLight(sky=SkyPlan(sun=sun)))
        light = light_of(renderer, sky, scene())
        lights.append(float(light[np.abs(POSITIONS - through_wall(OUTER_EYE)).max(axis=2) < 0.1].mean()))
    assert lights[1] > 1.5 * lights[0] > 0.0


def test_what_does_not_change_is_not_drawn_again(context):
    renderer = stage(context)
    view = inner(half=(0.9, 0.6))
    light_of(renderer, scene(), inners=(view,))
    before = renderer.scenes.draws
    light_of(renderer, scene(time_us=16_667), inners=(view,), frame=1)
    assert renderer.scenes.draws == before
    light_of(renderer, scene(), inners=(msgspec.structs.replace(view, eye_m=(0.1, 0.0, 1.5)),), frame=2)
    assert renderer.scenes.draws == before + 1


def test_half_a_dissolve_shows_half_the_light_of_each_scene(context):
    renderer = stage(context)
    alone = light_of(renderer, scene())
    air = AirPlan(world=WorldPlan(key="a", layers=(scene(),)), coming=WorldPlan(key="b", layers=(scene(),)), share=0.25)
    renderer.draw(frame_plan((WALL,), air=air, face_px=1024))
    assert np.abs(renderer.read_wall_linear(WALL.name) - alone).max() < 1e-3 * alone.max()


def test_a_scene_that_is_not_there_is_left_out(context):
    renderer = stage(context)
    renderer.load_model(ASSET, None)
    assert light_of(renderer, scene()).max() == 0.0


@pytest.mark.timeout(300)  # from no shaders at all
def test_scenes_build_no_shader_after_the_warm_up(context, monkeypatch):
    renderer = stage(context)
    plan = frame_plan((WALL,), (inner(),))
    renderer.warm_up(msgspec.structs.replace(plan, blackout=True), (ModelPlan(), SkyLight()))

    def refuse(*args, **kwargs):
        raise AssertionError("a shader is built while the show runs")

    monkeypatch.setattr(moderngl.Context, "program", refuse)
    sky = LayerPlan(light=SkyLight())
    steep = msgspec.structs.replace(scene(), contrast=1.5)
    for layers in (
        (scene(),),
        (sky, scene()),
        (sky, scene(), scene()),
        (scene(), sky, scene()),
        (scene(), scene()),
        (steep,),
    ):
        for inners in ((), (inner(),), (inner(half=(0.05, 0.05)),), (inner(eye=OUTER_EYE),)):
            renderer.draw(frame_plan((WALL,), inners, air=air_of(*layers)))
