"""3D scenes in the fold: where their values put them, and how far they have moved on show time."""

import pytest

from render.worlds.model.record import MODEL_SPACE, ModelPlan
from stage.show.frame.inputs import AssetReady
from tests.building import stage, step, table

SHA256 = "c" * 64
READY = AssetReady(file="street.glb", sha256=SHA256, colour_space=MODEL_SPACE)


def shown(show, frame, *sets, observations=()):
    """The scene on air in a frame, after these values were set in it."""
    layer = step(show, frame, dict(sets), observations=observations).plan.air.world.layers[0]
    assert isinstance(layer.light, ModelPlan)
    return layer


def playing(**keys):
    """A show of a street, its scene ready in frame 0."""
    given = {"kind": "model", "key": "street", "file": "street.glb", **keys}
    show = stage(table("[[worlds]]", name="street") + table("[[worlds.layers]]", **given)).show()
    shown(show, 0, observations=[READY])
    return show


def test_a_scene_stands_where_its_configuration_and_then_its_values_say():
    show = playing(x_m=1.0, y_m=2.0, floor_m=-0.5, scale=2.0)
    light = shown(show, 1).light
    assert (light.asset, light.origin_m, light.scale) == (SHA256, (1.0, 2.0, -0.5), 2.0)
    moved = shown(show, 2, ("/layer/street/x_m", -3.0), ("/layer/street/floor_m", 0.25), ("/layer/street/scale", 0.5))
    assert (moved.light.origin_m, moved.light.scale) == ((-3.0, 2.0, 0.25), 0.5)


def test_a_world_that_is_turned_takes_its_scene_around_the_stage_and_a_layer_turns_it_on_its_spot():
    show = playing(x_m=0.0, y_m=4.0)
    turned = shown(show, 1, ("/worlds/street/turn_deg", 90.0), ("/layer/street/turn_deg", 10.0))
    assert turned.light.origin_m == pytest.approx((-4.0, 0.0, 0.0))
    assert turned.turn_deg == 100.0


def test_a_movement_goes_on_with_show_time_whatever_frames_are_skipped():
    one, other = playing(), playing()
    for frame in range(1, 600):
        seen = shown(one, frame)
    assert seen.light.time_us == shown(other, 599).light.time_us == pytest.approx(599 / 60 * 1e6, abs=1.0)


def test_a_movement_stands_at_a_pace_of_nothing_when_it_is_held_and_while_time_is_frozen():
    show = playing()
    for path, stands, goes in (
        ("/layer/street/moves", False, True),
        ("/layer/street/pace", 0.0, 1.0),
        ("/world/freeze_time", True, False),
    ):
        frame = show.state.frame
        held = shown(show, frame + 10, (path, stands)).light.time_us
        assert shown(show, frame + 70).light.time_us == held
        shown(show, frame + 80, (path, goes))
        assert shown(show, frame + 140).light.time_us == held + 1_000_000


def test_a_pace_of_two_moves_it_twice_as_fast_from_where_it_is():
    show = playing()
    before = shown(show, 60, ("/layer/street/pace", 2.0)).light.time_us
    assert shown(show, 90).light.time_us == before + 1_000_000
