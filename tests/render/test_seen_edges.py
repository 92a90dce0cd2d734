"""Whether a wall shows an edge of a picture, against where each LED looks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.compose.seen_edges import SeenEdges
from render.gpu.layer_source import LayerSource, Opening
from render.worlds.on_air import LayerPlan
from render.worlds.panorama.record import PanoramaPlan
from render.worlds.shared.picture_place import layer_from_stage
from tests.render.sample_plans import OUTER_EYE, arc_positions, arc_wall, plane_positions, plane_wall

PITCH_M = 0.06
ARC, PLANE = arc_positions(arc_wall(size=(64, 20))), plane_positions(plane_wall(size=(64, 36)))
INSIDE = LayerSource("panorama", ("PLACED",), {}, {})


def source(edges, **turned):
    axes = layer_from_stage(LayerPlan(light=PanoramaPlan(), **turned))
    return LayerSource("panorama", ("PLACED", "EDGED"), {}, {}, inside=(Opening(axes, edges), INSIDE))


def edges_of(span_deg, height_deg):
    across, up = (0.5 * math.radians(degrees) for degrees in (span_deg, height_deg))
    return (-across, -up, across, up)


def seen_extent(layer, positions, eye):
    """Left, bottom, right and top of where LEDs look in the picture's axes, one by one."""
    axes = np.reshape(layer.inside[0].layer_from_stage, (3, 3)).T
    right, ahead, up = axes @ (positions - np.array(eye)).reshape(-1, 3).T
    turn, rise = np.arctan2(right, ahead), np.arctan2(up, np.hypot(right, ahead))
    return np.array([turn.min(), rise.min(), turn.max(), rise.max()])


@given(
    st.tuples(st.floats(-60.0, 60.0), st.floats(-60.0, 60.0), st.floats(-180.0, 180.0)),
    st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.floats(0.4, 2.4)),
    st.tuples(*[st.floats(-0.01, 0.4)] * 4),
)
def test_it_is_told_to_show_no_edge_only_where_no_led_does(turned, eye, wider):
    turn, tilt, roll = turned
    pose = {"turn_deg": turn, "tilt_deg": tilt, "roll_deg": roll}
    for positions in (ARC, PLANE):
        extent = seen_extent(source((0.0, 0.0, 0.0, 0.0), **pose), positions, eye)
        edges = extent + np.array(wider) * (-1.0, -1.0, 1.0, 1.0)
        if SeenEdges(positions, PITCH_M).source(source(tuple(edges), **pose), (eye,)) is INSIDE:
            assert min(wider) >= 0.0


def test_walls_that_are_well_inside_a_picture_show_no_edge():
    for positions in (ARC, PLANE):
        seen = SeenEdges(positions, PITCH_M)
        assert seen.source(source(edges_of(300.0, 150.0), roll_deg=3.0), (OUTER_EYE, (0.5, -0.5, 1.5))) is INSIDE
        assert seen.source(source((-10.0, -0.9, 10.0, 0.9)), (OUTER_EYE,)) is INSIDE


@pytest.mark.parametrize("turn_deg", [0.0, 180.0])
def test_one_eye_that_sees_an_edge_is_enough(turn_deg):
    seen = SeenEdges(PLANE, PITCH_M)
    layer = source(edges_of(110.0, 120.0), turn_deg=turn_deg)
    assert (seen.source(layer, (OUTER_EYE,)) is INSIDE) == (turn_deg == 0.0)
    assert seen.source(layer, (OUTER_EYE, (0.0, 2.5, 1.5))) is layer


def test_a_wall_with_gaps_and_a_layer_without_edges_are_left_as_they_are():
    gaps = PLANE.copy()
    gaps[3, 5] = np.nan
    layer = source(edges_of(110.0, 120.0))
    assert SeenEdges(gaps, PITCH_M).source(layer, (OUTER_EYE,)) is layer
    assert SeenEdges(PLANE, PITCH_M).source(INSIDE, (OUTER_EYE,)) is INSIDE
