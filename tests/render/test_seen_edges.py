"""Whether a wall shows an edge of a picture, against where each LED looks."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render.compose.regions import TILE_PX, WallTiles
from render.compose.seen_edges import SeenEdges
from render.gpu.layer_source import LayerSource, Opening
from render.worlds.on_air import LayerPlan
from render.worlds.panorama.record import PanoramaPlan
from render.worlds.shared.picture_place import layer_from_stage
from tests.render.placed_truth import met
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


@settings(deadline=None)
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


@settings(deadline=None)
@given(
    st.tuples(st.floats(-40.0, 40.0), st.floats(-40.0, 40.0), st.floats(-180.0, 180.0)),
    st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.floats(0.4, 2.4)),
    st.tuples(st.one_of(st.just(0.0), st.floats(4.5, 40.0)), st.tuples(*[st.floats(-0.1, 4.0)] * 4)),
)
def test_of_a_flat_picture_the_edges_are_planes(turned, eye, flat):
    distance, wider = flat
    turn, tilt, roll = turned
    place = {"turn_deg": turn, "tilt_deg": tilt, "roll_deg": roll, "projection": "flat", "distance_m": distance}
    layer = LayerPlan(light=PanoramaPlan(), anchor_m=OUTER_EYE, **place)
    surface = layer.surface()
    axes = layer_from_stage(layer)
    for positions in (ARC, PLANE):
        rays = (positions - np.array(eye)).reshape(-1, 3)
        right, ahead, up = np.reshape(axes, (3, 3)).T @ met(layer, np.array(OUTER_EYE), np.array(eye), rays)[0].T
        missed = (rays @ np.array(surface.ahead)).min() <= 0.0
        x, z = right / np.maximum(ahead, 1e-9), up / np.maximum(ahead, 1e-9)
        edges = tuple(np.array([x.min(), z.min(), x.max(), z.max()]) + np.array(wider) * (-1.0, -1.0, 1.0, 1.0))
        opening = Opening(axes, edges, surface.viewpoint_m, surface.nearest_to_viewpoint_m(), is_flat=True)
        if SeenEdges(positions, PITCH_M).source(INSIDE._replace(inside=(opening, INSIDE)), (eye,)) is INSIDE:
            assert min(wider) >= 0.0
            assert not missed


def test_a_flat_picture_that_reaches_far_beyond_a_wall_shows_it_no_edge():
    axes = layer_from_stage(LayerPlan(light=PanoramaPlan(), roll_deg=3.0))
    opening = Opening(axes, (-4.0, -2.0, 4.0, 2.0), OUTER_EYE, 8.0, is_flat=True)
    layer = INSIDE._replace(inside=(opening, INSIDE))
    assert SeenEdges(PLANE, PITCH_M).source(layer, (OUTER_EYE,)) is INSIDE
    aside = INSIDE._replace(inside=(opening._replace(edges=(-0.2, -2.0, 4.0, 2.0)), INSIDE))
    assert SeenEdges(PLANE, PITCH_M).source(aside, (OUTER_EYE,)) is aside


@settings(deadline=None)
@given(
    st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.floats(0.4, 2.4)),
    st.tuples(st.floats(4.5, 12.0), st.one_of(st.just(0.0), st.floats(0.5, 2.5))),
    st.floats(0.3, 1.4),
)
def test_of_near_light_the_directions_from_the_viewpoint_count(eye, near, rise):
    radius, ground = near
    layer = LayerPlan(light=PanoramaPlan(), radius_m=radius, ground_m=ground)
    surface = layer.surface()
    opening = Opening(
        layer_from_stage(layer), (-10.0, -rise, 10.0, rise), surface.viewpoint_m, surface.nearest_to_viewpoint_m()
    )
    rays = (PLANE - np.array(eye)).reshape(-1, 3)
    if SeenEdges(PLANE, PITCH_M).source(INSIDE._replace(inside=(opening, INSIDE)), (eye,)) is INSIDE:
        right, ahead, up = met(layer, np.zeros(3), np.array(eye), rays)[0].T
        assert np.abs(np.arctan2(up, np.hypot(right, ahead))).max() <= rise


def test_a_near_sphere_around_a_wall_has_cells_in_which_its_edges_are_told_to_be_unseen():
    opening = Opening(layer_from_stage(LayerPlan(light=PanoramaPlan())), (-10.0, -0.9, 10.0, 0.9), nearest_m=9.0)
    layer = INSIDE._replace(inside=(opening, INSIDE))
    assert SeenEdges(PLANE, PITCH_M).source(layer, (OUTER_EYE,)) is INSIDE
    near = INSIDE._replace(inside=(opening._replace(nearest_m=1.0), INSIDE))
    assert SeenEdges(PLANE, PITCH_M).source(near, (OUTER_EYE,)) is near


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


@settings(deadline=None)
@given(
    st.tuples(st.floats(-180.0, 180.0), st.floats(-60.0, 60.0), st.floats(-180.0, 180.0)),
    st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.floats(0.4, 2.4)),
    st.tuples(*[st.floats(0.05, 1.5)] * 4),
)
def test_no_led_that_a_film_of_a_set_reaches_is_in_a_tile_that_is_left_out(turned, eye, reach):
    turn, tilt, roll = turned
    axes = layer_from_stage(LayerPlan(light=PanoramaPlan(), turn_deg=turn, tilt_deg=tilt, roll_deg=roll))
    left, bottom, right, top = reach
    film = INSIDE._replace(only_in=Opening(axes, (-left, -bottom, right, top), is_flat=True))
    for positions in (ARC, PLANE):
        seen = SeenEdges(positions, PITCH_M, WallTiles(positions)).tiles(film, (eye,))
        across, ahead, up = np.moveaxis((positions - np.array(eye)) @ np.reshape(axes, (3, 3)), -1, 0)
        inside = (ahead > 0.0) & (-left * ahead < across) & (across < right * ahead)
        inside &= (-bottom * ahead < up) & (up < top * ahead)
        rows, columns = (-(-side // TILE_PX) for side in positions.shape[:2])
        of_leds = seen.reshape(rows, columns).repeat(TILE_PX, axis=0).repeat(TILE_PX, axis=1)
        assert not (inside & ~of_leds[: inside.shape[0], : inside.shape[1]]).any()


def test_a_film_of_a_set_is_drawn_only_where_the_wall_may_show_it():
    axes = layer_from_stage(LayerPlan(light=PanoramaPlan(), turn_deg=40.0))
    film = INSIDE._replace(only_in=Opening(axes, (-0.1, -0.1, 0.1, 0.1), is_flat=True))
    fine = plane_positions(plane_wall(size=(320, 180)))
    seen = SeenEdges(fine, PITCH_M, WallTiles(fine))
    assert 0.0 < seen.tiles(film, (OUTER_EYE,)).mean() < 0.5
    assert seen.tiles(film, (OUTER_EYE, (0.0, 2.5, 1.5))).sum() >= seen.tiles(film, (OUTER_EYE,)).sum()
    assert seen.tiles(INSIDE, (OUTER_EYE,)) is None


def test_each_tile_of_a_set_is_drawn_once_alone_as_a_pair_or_as_a_sum():
    fine = plane_positions(plane_wall(size=(320, 180)))
    tiles = WallTiles(fine)
    turns_deg = (-20.0, 0.0, 12.0, 20.0)
    films = [film_towards(turn_deg) for turn_deg in turns_deg]
    films[0] = films[0]._replace(beside={films[1].only_in: INSIDE})
    owners = tiles.owners(())
    alone, rest, pairs = SeenEdges(fine, PITCH_M, tiles).apart(films, [OUTER_EYE], owners)
    drawn = np.sum([*alone, rest, *(one for *_, one in pairs)], axis=0)
    assert (drawn == 1).all()
    assert [(first, source) for first, source, _ in pairs] == [(0, INSIDE)]
    assert pairs[0][2].any()
    assert rest.any(), "of films 1 to 3 no two can be drawn in one"


def film_towards(turn_deg):
    axes = layer_from_stage(LayerPlan(light=PanoramaPlan(), turn_deg=turn_deg))
    return INSIDE._replace(inside=None, only_in=Opening(axes, (-0.2, -0.2, 0.2, 0.2), is_flat=True))
