"""Who has which part of a wall for itself: every LED once, and never one that several eyes share."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render.compose.regions import OUTER, SHARED, WallTiles
from tests.render.sample_plans import arc_positions, arc_wall, inner, plane_positions, plane_wall
from tests.render.tool_plans import keyed

FLAT, ARC = plane_wall(size=(160, 90)), arc_wall(size=(200, 70))
FINE = plane_wall(size=(640, 360))
PLACES = {"fine": plane_positions(FINE), "flat": plane_positions(FLAT), "arc": arc_positions(ARC)}
TILES = {name: WallTiles(places) for name, places in PLACES.items()}
cameras = st.builds(
    inner,
    eye=st.tuples(st.floats(-2.0, 2.0), st.floats(-2.0, 2.5), st.floats(0.0, 2.5)),
    pan=st.floats(-3.0, 3.0),
    tilt=st.floats(-0.5, 0.5),
    half=st.tuples(st.floats(0.02, 1.5), st.floats(0.02, 1.5)),
    feather=st.sampled_from([0.0, 0.05, 0.3]),
)


def owners(name, inners):
    """The owner of each LED, and how often it was in a region."""
    rows, columns = PLACES[name].shape[:2]
    owner, count = np.full((rows, columns), 99), np.zeros((rows, columns), int)
    for region in TILES[name].regions(inners):
        for left, top, right, bottom in np.rint(
            (region.rectangles + 1.0) * 0.5 * [columns, rows, columns, rows]
        ).astype(int):
            owner[top:bottom, left:right] = region.owner
            count[top:bottom, left:right] += 1
    return owner, count


def weight(camera, places):
    """How much of an LED a camera has."""
    seen = places - np.array(camera.eye_m)
    depth = seen @ np.array(camera.ahead)
    x, y = (seen @ np.array(axis) / np.maximum(depth, 1e-6) for axis in (camera.right, camera.up))
    view = camera.view
    beyond = np.hypot(
        np.maximum(np.maximum(view.left - x, x - view.right), 0.0),
        np.maximum(np.maximum(view.bottom - y, y - view.top), 0.0),
    )
    return np.where(depth > 1e-6, np.clip(1.0 - beyond / max(camera.feather, 1e-9), 0.0, 1.0), 0.0)


@settings(deadline=None, max_examples=60)
@given(inners=st.lists(cameras, max_size=3), name=st.sampled_from(["flat", "arc"]))
def test_every_led_is_in_one_region_and_what_one_eye_owns_no_other_has_a_share_in(inners, name):
    owner, count = owners(name, inners)
    assert (count == 1).all()
    left = np.ones(owner.shape)
    for index, camera in enumerate(inners):
        share = left * weight(camera, PLACES[name])
        left -= share
        assert (share[owner == index] == 1.0).all()
        assert (share[(owner != index) & (owner != SHARED)] == 0.0).all()
    assert (left[owner == OUTER] == 1.0).all()


def test_a_camera_has_most_of_its_view_for_itself():
    owner, _ = owners("fine", [inner(half=(0.4, 0.2), feather=0.02)])
    assert (owner == 0).mean() > 0.2
    assert (owner == OUTER).mean() > 0.2


@pytest.mark.parametrize("name", ["flat", "arc"])
def test_marks_may_be_anywhere(name):
    owner, _ = owners(name, [keyed(inner())])
    assert (owner == SHARED).all()


def test_a_wall_without_leds_has_regions_too():
    tiles = WallTiles(np.full((20, 40, 3), np.nan))
    assert sum(len(region.rectangles) for region in tiles.regions([inner()])) >= 1
