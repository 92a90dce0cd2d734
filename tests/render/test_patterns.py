"""Test pictures are code values: exact, ungraded, and the counter can be read back by a program."""

import msgspec
import numpy as np
import pytest
from sample_plans import frame_plan, plane_positions, plane_wall, with_pattern

from render.compose.patterns import COUNTER_BITS, PATTERNS, read_counter
from render.plan.frame import GradePlan
from render.renderer import Renderer
from tracking.records import ConfigError

pytestmark = pytest.mark.gl


def shown(context, pattern, size=(512, 128), frame=0, **changes):
    wall = plane_wall(size=size, curve="pq")
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)}, "Test stage")
    plan = frame_plan((wall,), frame=frame, **changes)
    renderer.draw(with_pattern(plan, pattern))
    return renderer.read_wall(wall.name)


def test_counter_reads_back_on_walls_of_any_size(context):
    random = np.random.default_rng(7)
    for size in ((32, 1), (33, 2), (64, 20), (160, 90), (1000, 77)):
        wall = plane_wall(size=size)
        renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
        for frame in (0, 1, 2**31, 2**32 - 1, *random.integers(0, 2**32, 5).tolist()):
            renderer.draw(with_pattern(frame_plan((wall,), frame=frame), "counter"))
            assert read_counter(renderer.read_wall(wall.name)) == frame


def test_counter_wraps_at_its_bits(context):
    assert read_counter(shown(context, "counter", frame=2**COUNTER_BITS + 5)) == 5


def test_a_picture_without_counter_is_refused():
    with pytest.raises(ValueError, match="no counter"):
        read_counter(np.full((90, 160, 3), 100, np.uint8))
    with pytest.raises(ValueError, match="32"):
        read_counter(np.zeros((90, 31, 3), np.uint8))


def test_edge_moves_one_pixel_a_frame(context):
    for frame in (0, 1, 2, 511, 512, 513):
        white = shown(context, "edge", frame=frame)[:, :, 0] == 255
        assert (white.sum(axis=1) == frame % 512).all()
        assert (np.diff(white.astype(int), axis=1) <= 0).all()


def test_ramp_has_every_code_exactly(context):
    ramp = shown(context, "ramp", size=(512, 40))
    codes = np.arange(512) // 2
    for band, channels in enumerate(([0, 1, 2], [0], [1], [2])):
        expected = np.zeros((512, 3), int)
        expected[:, channels] = codes[:, None]
        assert (ramp[band * 10 + 5] == expected).all()


def test_bars_are_white_at_full_and_colours_at_three_quarters(context):
    row = shown(context, "bars")[64, 32::64]
    full, part = 255, 191
    expected = [
        (full, full, full),
        (part, part, 0),
        (0, part, part),
        (0, part, 0),
        (part, 0, part),
        (part, 0, 0),
        (0, 0, part),
        (0, 0, 0),
    ]
    assert row.tolist() == [list(colour) for colour in expected]


def test_grid_has_border_and_lines_every_64_pixels_from_the_upper_left(context):
    grid = shown(context, "grid", size=(1024, 300)).astype(int)
    for edge in (grid[0], grid[-1], grid[:, 0], grid[:, -1]):
        assert (edge == edge[0]).all()
        assert edge[0].max() > 150
    lines = [column for column in range(1, 1023) if (grid[20:60, column, 0] > 100).all()]
    assert lines == list(range(64, 1023, 64))


@pytest.mark.parametrize("pattern", [pattern for pattern in PATTERNS if pattern != "off"])
def test_patterns_bypass_grade_but_not_blackout(context, pattern):
    plain = shown(context, pattern, frame=77)
    graded = shown(context, pattern, frame=77, grade=GradePlan(exposure_stops=3.0, temperature_k=3000.0, tint=1.0))
    assert (plain == graded).all()
    assert plain.any()
    assert not shown(context, pattern, frame=77, blackout=True).any()


@pytest.mark.parametrize("pattern", [pattern for pattern in PATTERNS if pattern != "off"])
def test_no_pattern_is_black_in_the_first_frame(context, pattern):
    assert shown(context, pattern, frame=0).max() > 100


@pytest.mark.parametrize(
    ("pattern", "code"), [("white", [255] * 3), ("red", [255, 0, 0]), ("green", [0, 255, 0]), ("blue", [0, 0, 255])]
)
def test_flat_fields_have_one_code_everywhere(context, pattern, code):
    assert (shown(context, pattern) == code).all()


@pytest.mark.parametrize(("level", "code"), [(0.0, 0), (0.2, 51), (0.5, 128), (1.0, 255)])
def test_grey_has_the_level_that_was_set(context, level, code):
    wall = plane_wall()
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    plan = with_pattern(frame_plan((wall,)), "grey")
    renderer.draw(msgspec.structs.replace(plan, walls=(msgspec.structs.replace(plan.walls[0], grey_level=level),)))
    assert (renderer.read_wall(wall.name) == code).all()


@pytest.mark.parametrize("level", [-0.1, 1.1, float("nan")])
def test_a_grey_level_beyond_the_codes_is_refused(context, level):
    wall = plane_wall()
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    plan = frame_plan((wall,))
    wrong = msgspec.structs.replace(plan.walls[0], pattern="grey", grey_level=level)
    with pytest.raises(ConfigError, match="grey_level"):
        renderer.draw(msgspec.structs.replace(plan, walls=(wrong,)))


def test_lines_are_one_pixel_wide_every_16_pixels(context):
    lines = shown(context, "lines", size=(200, 100))
    on_line = (np.arange(200) % 16 == 0)[None, :] | (np.arange(100) % 16 == 0)[:, None]
    assert (lines == np.where(on_line, 255, 0)[..., None]).all()


def test_labels_fit_small_walls(context):
    assert shown(context, "grid", size=(16, 4)).shape == (4, 16, 3)


def test_an_unknown_pattern_is_named(context):
    with pytest.raises(ConfigError, match="zebra"):
        shown(context, "zebra")


def test_only_the_wall_with_a_pattern_shows_it(context):
    walls = (plane_wall("one"), plane_wall("two"))
    renderer = Renderer(context, walls, {wall.name: plane_positions(wall) for wall in walls})
    plan = frame_plan(walls)
    changed = msgspec.structs.replace(plan.walls[1], pattern="bars")
    renderer.draw(msgspec.structs.replace(plan, walls=(plan.walls[0], changed)))
    assert not renderer.read_wall("one").any()
    assert renderer.read_wall("two").any()
