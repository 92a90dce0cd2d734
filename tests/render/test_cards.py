"""Light cards, flags and windows against angles worked out here, seen from the outer eye."""

import math

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_plans import (
    ASSET,
    OUTER_EYE,
    arc_positions,
    arc_wall,
    flat_panorama,
    frame_plan,
    inner,
    plane_positions,
    plane_wall,
)
from tool_plans import card, with_cards

from render.plan.frame import OuterPlan
from render.renderer import Renderer

pytestmark = pytest.mark.gl
WALL = arc_wall(size=(384, 96))
POSITIONS = arc_positions(WALL)
GREY = 0.5


@pytest.fixture(scope="module")
def stage(session_context):
    with session_context:
        renderer = Renderer(session_context, (WALL,), {WALL.name: POSITIONS})
        renderer.load_world(ASSET, flat_panorama((GREY, GREY, GREY)))
        yield renderer


def light_of(stage, *cards, cameras=()):
    stage.draw(with_cards(frame_plan((WALL,), cameras), *cards))
    return stage.read_wall_linear(WALL.name)


def angles(azimuth=0.0, elevation=0.0, roll=0.0):
    """Of every LED from a card's middle, degrees along the great circle, split along the card's right and up."""
    pan, tilt, turn = (math.radians(angle) for angle in (azimuth, elevation, roll))
    ahead = np.array([-math.sin(pan) * math.cos(tilt), math.cos(pan) * math.cos(tilt), math.sin(tilt)])
    level = np.array([math.cos(pan), math.sin(pan), 0.0])
    upright = np.cross(level, ahead)
    right = math.cos(turn) * level - math.sin(turn) * upright
    up = math.sin(turn) * level + math.cos(turn) * upright
    seen = POSITIONS - np.array(OUTER_EYE)
    seen /= np.linalg.norm(seen, axis=2, keepdims=True)
    away = np.degrees(np.arccos(np.clip(seen @ ahead, -1.0, 1.0)))
    across, upward = seen @ right, seen @ up
    beside = np.maximum(np.hypot(across, upward), 1e-12)
    return away * across / beside, away * upward / beside


TURNS = st.tuples(st.floats(-55.0, 55.0), st.floats(-8.0, 8.0), st.floats(-180.0, 180.0))
SIZES = st.tuples(st.floats(6.0, 40.0), st.floats(6.0, 15.0))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turned=TURNS, size=SIZES, ellipse=st.booleans())
def test_a_card_covers_its_angles_and_nothing_beyond_its_feather(stage, context, turned, size, ellipse):
    (azimuth, elevation, roll), (width, height) = turned, size
    shown = card(
        shape="ellipse" if ellipse else "rectangle",
        azimuth=azimuth,
        elevation=elevation,
        roll_deg=roll,
        width_deg=width,
        height_deg=height,
        feather_deg=2.0,
        exposure_stops=2.0,
    )
    light = light_of(stage, shown)[:, :, 0]
    across, upward = angles(azimuth, elevation, roll)
    if ellipse:
        rim = np.hypot(across / (0.5 * width), upward / (0.5 * height))
        whole, none = rim < 0.99, rim > 1.0 + 2.3 / (0.5 * min(width, height))
    else:
        beyond = np.hypot(np.maximum(abs(across) - 0.5 * width, 0.0), np.maximum(abs(upward) - 0.5 * height, 0.0))
        whole, none = (abs(across) < 0.5 * width - 0.05) & (abs(upward) < 0.5 * height - 0.05), beyond > 2.05
    assert np.allclose(light[whole], 4.0, atol=1e-4)
    assert np.allclose(light[none], GREY, atol=1e-4)
    assert (light >= GREY - 1e-4).all()
    assert (light <= 4.0 + 1e-4).all()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(azimuth=st.floats(-50.0, 50.0))
def test_a_card_turns_with_azimuth_as_a_camera_does_with_pan(stage, context, azimuth):
    """The middle of what it lights is where a camera at the outer eye with that pan would look."""
    covered = light_of(stage, card(azimuth=azimuth, width_deg=8.0, height_deg=8.0))[:, :, 0] - GREY
    assert covered.max() > 0.4
    seen = POSITIONS - np.array(OUTER_EYE)
    middle = (seen * covered[:, :, None]).sum(axis=(0, 1))
    assert math.degrees(math.atan2(-middle[0], middle[1])) == pytest.approx(azimuth, abs=0.5)


@pytest.mark.parametrize("shape", ["rectangle", "ellipse"])
def test_the_led_exactly_opposite_a_card_is_not_lit(context, shape):
    wall = plane_wall(size=(161, 91))
    positions = plane_positions(wall)
    middle = tuple(positions[45, 80] - np.array([0.0, 3.0, 0.0]))
    renderer = Renderer(context, (wall,), {wall.name: positions})
    renderer.load_world(ASSET, flat_panorama((GREY, GREY, GREY)))
    plan = with_cards(frame_plan((wall,)), card(azimuth=180.0, shape=shape, exposure_stops=3.0))
    renderer.draw(msgspec.structs.replace(plan, outer=msgspec.structs.replace(plan.outer, eye_m=middle)))
    assert np.allclose(renderer.read_wall_linear(wall.name), GREY, atol=1e-4)


@pytest.mark.parametrize("shape", ["rectangle", "ellipse"])
def test_feather_falls_outwards_without_rising(stage, context, shape):
    light = light_of(stage, card(shape=shape, feather_deg=12.0))[48, :, 0]
    middle = int(np.argmax(light > 0.999))
    middle = (middle + len(light) - 1 - int(np.argmax(light[::-1] > 0.999))) // 2
    assert (np.diff(light[middle:]) <= 1e-6).all()
    assert (np.diff(light[: middle + 1]) >= -1e-6).all()
    between = (light > GREY + 0.05) & (light < 0.95)
    assert between.sum() > 20


def test_a_flag_takes_light_away_and_a_window_multiplies(stage, context):
    inside = np.hypot(*angles()) < 3.0
    flag = light_of(stage, card(kind="flag", opacity=0.75, red=0.0, green=9.0, blue=0.0))
    assert np.allclose(flag[inside], GREY * 0.25, rtol=1e-4)
    window = light_of(stage, card(kind="window", red=2.0, green=1.0, blue=0.5, exposure_stops=1.0))
    assert np.allclose(window[inside], [GREY * 4.0, GREY * 2.0, GREY], rtol=1e-4)
    half = light_of(stage, card(kind="window", red=2.0, green=1.0, blue=0.5, opacity=0.5))
    assert np.allclose(half[inside], [GREY * 1.5, GREY, GREY * 0.75], rtol=1e-4)


def test_a_card_is_its_own_light_whatever_the_world_shows(stage, context):
    inside = np.hypot(*angles()) < 3.0
    warm = light_of(stage, card(temperature_k=3000.0, exposure_stops=-1.0))[inside]
    assert (warm[:, 0] > warm[:, 1]).all()
    assert (warm[:, 1] > warm[:, 2]).all()
    assert np.ptp(warm, axis=0).max() < 1e-5


def test_later_cards_cover_earlier_ones(stage, context):
    inside = np.hypot(*angles()) < 3.0
    light, flag = card(exposure_stops=2.0), card(name="flag", kind="flag")
    assert np.allclose(light_of(stage, light, flag)[inside], 0.0, atol=1e-6)
    assert np.allclose(light_of(stage, flag, light)[inside], 4.0, rtol=1e-5)


@pytest.mark.parametrize("others", [1, 2, 3, 7, 15])
def test_more_cards_elsewhere_change_nothing_here(stage, context, others):
    alone = light_of(stage, card(azimuth=50.0))
    hidden = [card(name=f"behind {number}", azimuth=180.0, elevation=5.0 * number) for number in range(others)]
    assert (light_of(stage, *hidden[:-1], card(azimuth=50.0), hidden[-1]) == alone).all()


def test_no_card_leaves_every_byte_as_it_was(stage, context):
    before = light_of(stage, cameras=(inner(),))
    sent = stage.read_wall(WALL.name)
    light_of(stage, card(in_view=True), cameras=(inner(),))
    assert (stage.read_wall(WALL.name) != sent).any()
    assert (light_of(stage, cameras=(inner(),)) == before).all()
    assert (stage.read_wall(WALL.name) == sent).all()


def test_a_card_covers_a_cameras_view_only_if_it_is_in_view(stage, context):
    camera = inner(eye=OUTER_EYE, half=(0.6, 0.3), feather=0.0)
    inside = np.hypot(*angles()) < 3.0
    assert np.allclose(light_of(stage, card(exposure_stops=2.0), cameras=(camera,))[inside], GREY, rtol=1e-5)
    over = light_of(stage, card(exposure_stops=2.0, in_view=True), cameras=(camera,))
    assert np.allclose(over[inside], 4.0, rtol=1e-5)
    both = light_of(stage, card(exposure_stops=2.0, in_view=True), card(name="flag", kind="flag"), cameras=(camera,))
    assert np.allclose(both[inside], 4.0, rtol=1e-5)


def test_cards_that_stand_still_are_drawn_once(stage, context):
    layer = stage._walls[WALL.name].cards
    plan = with_cards(frame_plan((WALL,)), card(azimuth=12.0))
    stage.draw(plan)
    drawn = layer.draws
    for frame in range(4):
        stage.draw(msgspec.structs.replace(plan, frame=frame, inners=(), blackout=frame == 2))
    assert layer.draws == drawn
    stage.draw(with_cards(plan, card(azimuth=12.5)))
    assert layer.draws == drawn + 1
    moved = OuterPlan(eye_m=(0.4, 0.0, 1.5), face_px=128, cards=plan.outer.cards)
    stage.draw(msgspec.structs.replace(plan, outer=moved))
    assert layer.draws == drawn + 2
