"""The grid's labels: one for each region of a wall, in its middle and its corners, and none where it cannot be read."""

import numpy as np
import pytest
from sample_plans import plane_wall

from render.compose.labels import label_picture
from render.outputs.canvas import placed_patches
from render.outputs.records import Output, Region
from tracking.records import ConfigError

WALL = plane_wall(size=(1024, 320))
LEFT, RIGHT = np.s_[:, 4:508], np.s_[:, 516:1020]
"""The two regions without their outlines."""


def window(from_px, size_px=(512, 320), at_px=(0, 0), **more):
    region = Region(wall=WALL.name, from_px=from_px, size_px=size_px, at_px=at_px)
    return Output(kind="window", size_px=(1920, 1080), regions=(region,), **more)


def ink(*outputs, wall=WALL):
    return np.asarray(label_picture("Test stage", wall, placed_patches(outputs, (wall,))))


def test_each_region_of_a_wall_on_two_canvases_has_a_label_and_four_corners():
    both = ink(window((0, 0)), window((512, 0)))
    for region in (both[LEFT], both[RIGHT]):
        rows, columns = region.shape
        assert (region[rows // 4 : -rows // 4, columns // 4 : -columns // 4] == 255).any()
        for corner in (region[:50, :60], region[:50, -60:], region[-50:, :60], region[-50:, -60:]):
            assert (corner == 255).any()


@pytest.mark.parametrize(
    "changed",
    [window((512, 0), at_px=(64, 0)), window((512, 0), monitor="DP-2")],
    ids=["place on the canvas", "canvas"],
)
def test_a_label_tells_its_own_region_apart_and_leaves_the_others_alone(changed):
    before, after = ink(window((0, 0)), window((512, 0))), ink(window((0, 0)), changed)
    assert (before[LEFT] == after[LEFT]).all()
    assert (before[RIGHT] != after[RIGHT]).any()


def test_a_region_on_two_canvases_has_one_label_that_names_both():
    once, twice = ink(window((0, 0), (1024, 320))), ink(*[window((0, 0), (1024, 320))] * 2)
    assert (once != twice).any()
    assert np.count_nonzero(twice == 255) < 2 * np.count_nonzero(once == 255)


def test_a_turned_or_mirrored_wall_looks_wrong():
    upright = ink()
    for wrong in (upright[::-1], upright[:, ::-1], upright[::-1, ::-1]):
        assert (wrong != upright).any()


def test_a_label_that_cannot_be_read_is_left_out():
    assert not ink(wall=plane_wall(size=(16, 4))).any()
    assert ink(wall=plane_wall(size=(96, 96))).any()


def test_a_region_outside_its_wall_is_refused():
    with pytest.raises(ConfigError, match=r"outputs\[0\].regions\[0\]"):
        ink(window((1000, 0)))
