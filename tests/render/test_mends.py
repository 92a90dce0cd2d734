"""What is done to one layer's light before it is mixed: expansion and softening, by ray and by raster."""

import numpy as np
import pytest

from render.colour.shoulder import compressed
from render.renderer import Renderer
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.panorama.record import PanoramaPlan
from tests.render.sample_plans import ASSET, frame_plan, inner, plane_positions, plane_wall, smooth_panorama

pytestmark = pytest.mark.gl
WALL = plane_wall(size=(160, 90))
LIGHTS = (
    (0.2, 0.2, 0.2),
    (0.45, 0.3, 0.1),
    (0.9, 0.9, 0.9),
    (3.0, 3.0, 3.0),
    (0.1, 0.1, 5.0),
    (7.0, 0.2, 0.1),
    (1.0, 7.9, 4.0),
)
ACESCG_FROM_REC709 = np.array(
    [[0.6130974, 0.3395231, 0.0473795], [0.0701937, 0.9163540, 0.0134524], [0.0206156, 0.1095698, 0.8698147]]
)
"""Rec. ITU-R BT.709 to ACEScg under Bradford's adaptation, as published with the ACES configurations."""
STOPS = 3.0


@pytest.fixture(scope="module", params=["auto", "raster"])
def stage(request, session_context):
    with session_context:
        yield Renderer(session_context, (WALL,), {WALL.name: plane_positions(WALL)}, draw=request.param)


def light_of(stage, *layers, inners=()):
    plans = tuple(LayerPlan(light=PanoramaPlan(asset=ASSET), **changes) for changes in layers)
    stage.draw(frame_plan((WALL,), inners, air=AirPlan(world=WorldPlan(key="w", layers=plans)), face_px=512))
    return stage.read_wall_linear(WALL.name)


def as_picture(light):
    """Light as the program's pictures of 8 bits hold it: the largest of its three is compressed, the hue stays."""
    return np.array(light) * compressed(max(light), STOPS) / max(light)


@pytest.mark.parametrize("light", LIGHTS)
def test_expansion_undoes_the_programs_own_shoulder_within_a_hundredth(stage, context, light):
    held = ACESCG_FROM_REC709 @ as_picture(light)
    stage.load_world(ASSET, np.broadcast_to(held.astype(np.float32), (8, 16, 3)).copy())
    expected = ACESCG_FROM_REC709 @ np.array(light)
    assert np.allclose(light_of(stage, {"expand_stops": STOPS}), expected, rtol=0.01)
    assert np.allclose(light_of(stage, {"expand_stops": 0.0}), held, rtol=1e-3)


def test_expansion_comes_before_the_layers_grade_and_contrast(stage, context):
    stage.load_world(ASSET, np.broadcast_to(np.float32(as_picture((4.0, 4.0, 4.0))), (8, 16, 3)).copy())
    graded = light_of(stage, {"expand_stops": STOPS, "exposure_stops": -1.0, "contrast": 2.0})
    assert np.allclose(graded, 0.18 * (2.0 / 0.18) ** 2.0, rtol=0.02)


def test_light_seen_through_keeps_its_cover_when_it_is_expanded(stage, context):
    held = np.append(0.5 * as_picture((4.0, 4.0, 4.0)), 0.5).astype(np.float32)
    stage.load_world(ASSET, np.broadcast_to(held, (8, 16, 4)).copy())
    over = light_of(stage, {"exposure_stops": -20.0 + 8.0}, {"expand_stops": STOPS})
    assert np.allclose(over, 0.5 * 4.0, rtol=0.01)


@pytest.mark.parametrize("inners", [(), (inner(eye=(0.0, 0.0, 1.5), half=(0.6, 0.4)),)])
def test_a_mend_that_fades_in_begins_without_a_jump(stage, context, inners):
    stage.load_world(ASSET, 0.3 * smooth_panorama())
    plain = light_of(stage, {"saturation": 1.5}, inners=inners)
    for begun in ({"expand_stops": 1e-6}, {"soften_deg": 1e-6}, {"expand_stops": 1e-6, "contrast": 1.0 + 1e-7}):
        assert np.allclose(light_of(stage, {"saturation": 1.5, **begun}, inners=inners), plain, rtol=2e-4, atol=1e-4)


def point(level=4000.0):
    """One bright texel straight ahead of the outer eye, on black."""
    picture = np.zeros((1024, 2048, 3), np.float32)
    picture[512, 1024] = level
    return picture


def spread_of(light):
    """Sum, and how far the light is spread, in degrees as the outer eye sees it: root of the mean square."""
    seen = plane_positions(WALL) - np.array((0.0, 0.0, 1.5))
    seen /= np.linalg.norm(seen, axis=2, keepdims=True)
    angle = np.degrees(np.hypot(seen[:, :, 0], seen[:, :, 2]))
    weight = light[:, :, 1] * seen[:, :, 1] ** 3
    return weight.sum(), float(np.sqrt((weight * angle**2).sum() / weight.sum()))


@pytest.mark.parametrize("deg", [3.0, 10.0])
def test_a_point_of_light_becomes_a_round_spot_of_the_size_that_was_asked_for(stage, context, deg):
    stage.load_world(ASSET, point())
    small, spot = (light_of(stage, {"soften_deg": size}) for size in (1.5, deg))
    (before, _), (sum_, spread) = spread_of(small), spread_of(spot)
    assert sum_ == pytest.approx(before, rel=0.1)
    assert spread == pytest.approx(0.354 * deg, rel=0.2)  # a disc that is evenly lit has that
    green = spot[:, :, 1]
    across, upward = green.sum(axis=0), green.sum(axis=1)
    widths = [float((one > 0.5 * one.max()).sum()) for one in (across, upward)]
    assert widths[0] == pytest.approx(widths[1], rel=0.25)


def test_a_wide_spot_shows_no_squares(stage, context):
    stage.load_world(ASSET, point())
    green = light_of(stage, {"soften_deg": 10.0})[:, :, 1]
    bends = np.abs(np.diff(green, n=2, axis=1)).max() / green.max()
    assert bends < 0.16  # the picture's levels alone have corners of 0.19


def test_softening_hides_an_edge_without_moving_it(stage, context):
    edge = np.zeros((512, 1024, 3), np.float32)
    edge[:, 512:] = 1.0
    stage.load_world(ASSET, edge)
    row = light_of(stage, {"soften_deg": 6.0})[45, :, 1]
    assert (np.diff(row) > -1e-3).all()
    assert np.interp(0.5, row, np.arange(160)) == pytest.approx(79.5, abs=1.0)
    assert 5 < ((row > 0.05) & (row < 0.95)).sum() < 16
