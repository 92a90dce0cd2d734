"""Layers, dissolves and looks against the arithmetic that they stand for."""

import msgspec
import numpy as np
import pytest

from render.compose.left_out import by_depth
from render.gpu.context import Target
from render.gpu.passes import Pass
from render.plan.frame import GradePlan
from render.renderer import Renderer
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.panorama.record import PanoramaPlan
from tests.render.sample_plans import (
    ASSET,
    OUTER_EYE,
    air_of,
    arc_positions,
    arc_wall,
    frame_plan,
    inner,
    smooth_panorama,
)

pytestmark = pytest.mark.gl
WALL = arc_wall(size=(128, 40))
LUMINANCE = np.array([0.2722287, 0.6740818, 0.0536895])
"""Of ACEScg's primaries (Academy S-2014-004)."""
COLOURS = {"sky": (0.2, 0.4, 0.8), "sun": (2.0, 1.0, 0.25), "glass": (0.1, 0.3, 0.2, 0.5)}


@pytest.fixture(scope="module", params=["auto", "raster"])
def stage(request, session_context):
    with session_context:
        renderer = Renderer(session_context, (WALL,), {WALL.name: arc_positions(WALL)}, draw=request.param)
        for name, colour in COLOURS.items():
            renderer.load_world(name, np.broadcast_to(np.array(colour, np.float32), (8, 16, len(colour))).copy())
        renderer.load_world(ASSET, smooth_panorama())
        yield renderer


def layer(name, **changes):
    return LayerPlan(light=PanoramaPlan(asset=name), **changes)


def world(*layers, exposure_stops=0.0):
    return WorldPlan(key="w", layers=layers, exposure_stops=exposure_stops)


def light_of(stage, air, inners=(), **changes):
    stage.draw(frame_plan((WALL,), inners, air=air, **changes))
    return stage.read_wall_linear(WALL.name)


def test_an_opaque_layer_hides_what_lies_below_it(stage, context):
    light = light_of(stage, AirPlan(world=world(layer("sky"), layer("sun"))))
    assert np.allclose(light, COLOURS["sun"], rtol=2e-3)


def test_a_layer_covers_by_its_opacity(stage, context):
    light = light_of(stage, AirPlan(world=world(layer("sky"), layer("sun", opacity=0.25))))
    expected = 0.75 * np.array(COLOURS["sky"]) + 0.25 * np.array(COLOURS["sun"])
    assert np.allclose(light, expected, rtol=2e-3)


def test_a_picture_covers_by_its_alpha_too(stage, context):
    light = light_of(stage, AirPlan(world=world(layer("sky"), layer("glass"))))
    assert np.allclose(light, 0.5 * np.array(COLOURS["sky"]) + COLOURS["glass"][:3], rtol=2e-3)


def test_four_layers_lie_over_each_other_in_their_order(stage, context):
    layers = (layer("sky"), layer("sun", opacity=0.5), layer("glass"), layer("sky", opacity=0.1, exposure_stops=1.0))
    sky, sun, glass = (np.array(COLOURS[name][:3]) for name in ("sky", "sun", "glass"))
    below = 0.5 * (0.5 * sky + 0.5 * sun) + glass
    assert np.allclose(light_of(stage, AirPlan(world=world(*layers))), 0.9 * below + 0.1 * 2.0 * sky, rtol=2e-3)


def test_a_layer_that_is_not_ready_leaves_the_others(stage, context):
    light = light_of(stage, AirPlan(world=world(layer("sky"), layer("missing"))))
    assert np.allclose(light, COLOURS["sky"], rtol=2e-3)


def test_the_exposures_of_layer_and_world_add_up(stage, context):
    light = light_of(stage, AirPlan(world=world(layer("sky", exposure_stops=1.0), exposure_stops=2.0)))
    assert np.allclose(light, 8.0 * np.array(COLOURS["sky"]), rtol=2e-3)


def test_saturation_leaves_luminance(stage, context):
    grey = light_of(stage, AirPlan(world=world(layer("sun", saturation=0.0))))
    assert np.allclose(grey, LUMINANCE @ np.array(COLOURS["sun"]), rtol=2e-3)
    strong = light_of(stage, AirPlan(world=world(layer("sun", saturation=1.5))))
    assert np.allclose(strong @ LUMINANCE, grey[:, :, 0], rtol=2e-3)


def test_contrast_turns_about_middle_grey_before_the_worlds_exposure(stage, context):
    light = light_of(stage, AirPlan(world=world(layer("sun", contrast=2.0), exposure_stops=1.0)))
    assert np.allclose(light, 2.0 * 0.18 * (np.array(COLOURS["sun"]) / 0.18) ** 2.0, rtol=5e-3)


def test_a_dissolve_is_a_mean_of_light_each_after_its_own_exposure_and_before_the_grade(stage, context):
    air = AirPlan(
        world=world(layer("sky"), exposure_stops=1.0),
        coming=world(layer("sky"), layer("sun", opacity=0.5), exposure_stops=-1.0),
        share=0.25,
    )
    light = light_of(stage, air, grade=GradePlan(exposure_stops=2.0))
    sky, sun = np.array(COLOURS["sky"]), np.array(COLOURS["sun"])
    assert np.allclose(light, 4.0 * (0.75 * 2.0 * sky + 0.25 * 0.5 * 0.5 * (sky + sun)), rtol=2e-3)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_dissolve_begins_and_ends_as_its_worlds(stage, context, share):
    first, second = world(layer("sky")), world(layer("sun"))
    light = light_of(stage, AirPlan(world=first, coming=second, share=share))
    assert np.allclose(light, light_of(stage, AirPlan(world=second if share else first)), rtol=1e-6)


def test_a_turn_moves_the_picture_to_the_left_like_pan(stage, context):
    turned = light_of(stage, AirPlan(world=world(layer(ASSET, turn_deg=30.0))))
    straight = light_of(stage, AirPlan(world=world(layer(ASSET))))
    columns = round(30.0 / 150.0 * 128)
    # On this wall, whose eye is on its axis, a degree is the same number of columns everywhere.
    shift = np.interp(np.arange(100.0), np.arange(128.0), turned[20, :, 0])
    expected = np.interp(np.arange(100.0) + 30.0 / 150.0 * 128, np.arange(128.0), straight[20, :, 0])
    assert columns > 20
    assert np.allclose(shift, expected, atol=0.01)


def test_the_look_outside_leaves_the_cameras_views(stage, context):
    camera = inner(eye=OUTER_EYE, half=(0.3, 0.15), feather=0.02)
    plan = frame_plan((WALL,), (camera,), air=air_of(PanoramaPlan(asset="sun")))
    stage.draw(plan)
    before = stage.read_wall_linear(WALL.name)
    look = msgspec.structs.replace(plan.outer, exposure_stops=-1.0, saturation=0.0)
    stage.draw(msgspec.structs.replace(plan, outer=look))
    after = stage.read_wall_linear(WALL.name)
    seen = arc_positions(WALL) - np.array(OUTER_EYE)
    across, upward = seen[:, :, 0] / seen[:, :, 1], seen[:, :, 2] / seen[:, :, 1]
    inside = (seen[:, :, 1] > 0) & (np.abs(across) < 0.3) & (np.abs(upward) < 0.15)
    beyond = (seen[:, :, 1] < 0) | (np.abs(across) > 0.33) | (np.abs(upward) > 0.18)
    assert np.allclose(after[inside], before[inside], rtol=1e-5)
    assert np.allclose(after[beyond], 0.5 * LUMINANCE @ np.array(COLOURS["sun"]), rtol=2e-3)
    assert min(inside.sum(), beyond.sum()) > 100


def test_nothing_is_done_to_raw_light(stage, context):
    plain = light_of(stage, frame_plan((WALL,), kind="coordinates").air)
    air = frame_plan((WALL,), kind="coordinates").air
    done = msgspec.structs.replace(
        air,
        world=msgspec.structs.replace(
            air.world,
            layers=(msgspec.structs.replace(air.world.layers[0], turn_deg=40.0, saturation=0.0, exposure_stops=2.0),),
            exposure_stops=3.0,
        ),
    )
    assert (light_of(stage, done) == plain).all()


def test_what_is_drawn_first_by_depth_keeps_its_pixels_and_later_frames_keep_nothing(context):
    target = Target(context, (8, 4), "f4")
    flat = Pass(context, "patterns/flat.frag", uniforms=("colour",))
    left = np.array([[-1.0, -1.0, 0.0, 1.0]], np.float32)
    for first, later in ((0.25, 0.75), (0.5, 1.0)):
        with by_depth(context, target.with_depth(), None):
            flat.draw(target.with_depth(), {"colour": (first,) * 3}, rectangles=left)
            flat.draw(target.with_depth(), {"colour": (later,) * 3})
        assert (target.read()[:, :4] == first).all()
        assert (target.read()[:, 4:] == later).all()
    flat.draw(target.with_depth(), {"colour": (0.125,) * 3})
    assert (target.read() == 0.125).all()


def test_an_opaque_part_of_a_layer_hides_what_is_behind_and_its_edge_mixes_with_it(stage, context):
    half = np.zeros((8, 16, 4), np.float32)
    half[:4] = (*COLOURS["sun"], 1.0)
    stage.load_world("half", half)
    camera = inner(half=(0.4, 0.3), feather=0.2)
    light = light_of(stage, AirPlan(world=world(layer("sky"), layer("half"))), (camera,))
    cover = light_of(stage, AirPlan(world=world(layer("half"))), (camera,))[..., :1] / COLOURS["sun"][0]
    covers = np.unique(cover.round(3))
    assert {0.0, 1.0} <= set(covers)
    assert len(covers) > 5
    expected = (1.0 - cover) * np.array(COLOURS["sky"]) + cover * np.array(COLOURS["sun"])
    assert np.allclose(light, expected, rtol=3e-3, atol=1e-3)
