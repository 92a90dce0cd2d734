"""The guide of a 3D scene: a metre grid at its floor with numbers, the feet of the walls, both origins."""

import math

import msgspec
import numpy as np
import pytest

from calibration.walls import Wall
from render.compose.guide_strokes import MOST_STROKES, wall_feet
from render.models.made import made_box, made_model
from render.models.model import Material, Node
from render.renderer import Renderer
from render.worlds.model.record import ModelPlan
from render.worlds.on_air import LayerPlan
from tests.render.sample_plans import (
    OUTER_EYE,
    air_of,
    arc_positions,
    arc_wall,
    frame_plan,
    inner,
    plane_positions,
    plane_wall,
    world_plan,
)

pytestmark = pytest.mark.gl
WHITE = 5.0
SIDE, PITCH_M = 900, 0.008
FLOOR = Wall(name="floor", resolution_px=(SIDE, SIDE), shape=plane_wall().shape)


def floor_positions():
    """An LED floor around the stage's origin, its first row the farthest."""
    across = (np.arange(SIDE) + 0.5 - 0.5 * SIDE) * PITCH_M
    x, y = np.meshgrid(across, -across)
    return np.stack([x, y, np.zeros_like(x)], axis=2)


def scene(x_m=0.0, y_m=0.0, floor_m=0.0, turn_deg=0.0):
    """A layer whose file is not there: what is on the wall is the guide alone."""
    return LayerPlan(light=ModelPlan(origin_m=(x_m, y_m, floor_m)), turn_deg=turn_deg)


@pytest.fixture(scope="module")
def stage(session_context):
    walls = (FLOOR, plane_wall(size=(960, 540)), arc_wall())
    with session_context:
        positions = floor_positions(), plane_positions(walls[1]), arc_positions(walls[2])
        yield Renderer(
            session_context, walls, {wall.name: places for wall, places in zip(walls, positions, strict=True)}
        )


def drawn(stage, *layers, wall=FLOOR, inners=(), **changes):
    stage.draw(frame_plan((wall,), inners, **{"guide": "scene", "air": air_of(*layers), **changes}))
    return stage.read_wall_linear(wall.name)[:, :, 1]


def lit_at(light, x, y):
    """How much of a line's light is at a place of the floor."""
    return light[int((SIDE * PITCH_M / 2 - y) / PITCH_M), int((SIDE * PITCH_M / 2 + x) / PITCH_M)] / WHITE


def test_on_an_led_floor_the_outline_of_the_walls_and_the_grid_are_where_they_stand(stage, context):
    light = drawn(stage, scene())
    assert all(lit_at(light, x, 3.0) > 0.9 for x in np.linspace(-1.96, 1.96, 41))  # the flat wall, 3 m ahead
    for angle in np.radians(np.linspace(-60.0, 60.0, 33)):  # the arc's radius is beyond the floor's sides at their ends
        x, y = 4.0 * math.sin(angle), 4.0 * math.cos(angle)
        if max(abs(x), abs(y)) < 3.5:
            assert lit_at(light, x, y) > 0.9
    assert all(lit_at(light, whole, -2.5) > 0.9 for whole in (-3, -2, -1, 0, 1, 2, 3))
    assert lit_at(light, 0.6, -0.4) == lit_at(light, -2.5, 2.5) == 0.0


def test_an_arrow_stands_at_the_scenes_origin_and_turns_with_it(stage, context):
    none = drawn(stage, scene())
    light = drawn(stage, scene(1.3, -1.4, turn_deg=30.0))
    ahead = np.array([-math.sin(math.radians(30.0)), math.cos(math.radians(30.0))])
    for far in (-0.45, -0.2, 0.1, 0.3, 0.48):
        x, y = np.array([1.3, -1.4]) + far * ahead
        assert lit_at(light, x, y) > 0.9
    gone = (np.array([1.3, -1.4]) - 0.7 * ahead).tolist()
    assert lit_at(light, *gone) == lit_at(none, *gone)


NUMBERS = {
    (0.0, 1.0): [".#.", "##.", ".#.", ".#.", "###"],
    (0.0, -2.0): ["....###", "......#", "###.###", "....#..", "....###"],
    (3.0, 0.0): ["###", "..#", "###", "..#", "###"],
}


def test_metres_are_written_along_both_axes(stage, context):
    light = drawn(stage, scene()) > 0.3 * WHITE
    cell = 0.03
    for (x, y), letters in NUMBERS.items():
        columns = len(letters[0])
        at_x = x + (9.0 + np.arange(columns) + 0.5 - 0.5 * columns) * cell
        at_y = y + (1.5 + 4.5 - np.arange(5)) * cell
        rows, across = (3.6 - at_y) / PITCH_M, (3.6 + at_x) / PITCH_M
        found = light[np.ix_(rows.astype(int), across.astype(int))]
        assert ["".join(".#"[int(one)] for one in row) for row in found] == letters, (x, y)


@pytest.mark.parametrize("floor_m", [-0.4, 0.0, 0.25])
def test_the_grid_lies_at_the_scenes_own_floor_for_the_eye_that_sees_it(stage, context, floor_m):
    wall = plane_wall(size=(960, 540))
    camera = inner(eye=(0.0, -0.5, 1.4), half=(0.9, 0.6), feather=0.0)
    light = drawn(stage, scene(floor_m=floor_m), wall=wall, inners=(camera,))
    places = plane_positions(wall)
    down = places[:, 0, 2] - 1.4
    for metres in (6, 7):
        row = np.interp(-(1.4 - floor_m) * 3.5 / (metres + 0.5), down[::-1], np.arange(540)[::-1])
        line = light[round(row) - 3 : round(row) + 4, 200]
        assert line.argmax() in (2, 3, 4), metres
        assert line.max() > 0.5 * WHITE, metres


LOW_WALL = made_model([made_box((40.0, 1.0, 0.2))], [Material()], [Node(mesh=0)])
STANDING = LayerPlan(light=ModelPlan(asset="b" * 64, origin_m=(0.0, 7.0, 0.0)))
"""Half a metre high and 7 m ahead: it hides the floor from there to 10 m."""


@pytest.mark.parametrize("quality", ["low", "full"])
@pytest.mark.parametrize(
    ("wall", "positions", "cameras"),
    [
        (plane_wall(size=(960, 540)), plane_positions, ()),
        (plane_wall(size=(960, 540)), plane_positions, (OUTER_EYE, (0.3, -0.2, 1.6))),
        (arc_wall(), arc_positions, ((0.0, -0.1, 1.5),)),
    ],
    ids=["outer eye", "cameras", "curved wall"],
)
def test_what_stands_in_the_scene_hides_the_floor_behind_it_but_for_a_quarter(
    context, quality, wall, positions, cameras
):
    places = positions(wall)
    renderer = Renderer(context, (wall,), {wall.name: places}, quality=quality)
    renderer.load_model("b" * 64, LOW_WALL)
    inners = tuple(inner(eye=eye, half=(0.9, 0.6), feather=0.0, size=(960, 640)) for eye in cameras)
    eye = np.array(cameras[0] if cameras else OUTER_EYE)

    def lines(*layers):
        """The light of the guide alone, at the lines across the floor 6 and 9 m ahead, left of the middle."""
        of_guide, without = (
            drawn(renderer, *layers, wall=wall, inners=inners, guide=guide) for guide in ("scene", "off")
        )
        ways = places - eye
        metres = eye[1] - ways[..., 1] * (eye[2] / ways[..., 2])
        column = places.shape[1] * 7 // 16
        below = ways[:, column, 2] < 0.0
        found = []
        for metre in (6.0, 9.0):
            row = np.flatnonzero(below)[np.abs(metres[below, column] - metre).argmin()]
            found.append(float((of_guide - without)[row - 2 : row + 3, column - 8 : column + 8].max()))
        return np.array(found)

    before, behind = lines(STANDING) / lines(scene())
    assert before > 0.85
    assert 0.1 < behind < 0.4


def test_it_follows_the_world_that_comes_and_is_the_stages_floor_without_a_scene(stage, context):
    wall = plane_wall(size=(960, 540))
    air = air_of(scene(floor_m=0.25))
    coming = msgspec.structs.replace(air, coming=air_of(scene(floor_m=-0.4)).world, share=0.5)
    alone = drawn(stage, scene(floor_m=-0.4), wall=wall)
    assert (drawn(stage, wall=wall, air=coming) == alone).all()
    assert (drawn(stage, world_plan(), wall=wall) == drawn(stage, scene(x_m=50.0, y_m=-500.0), wall=wall)).all()


def test_any_number_of_walls_has_feet_and_none_without_leds():
    walls = [arc_positions(arc_wall()) + np.array((0.0, 9.0 * one, 0.0)) for one in range(70)]
    assert len(wall_feet(walls)) <= MOST_STROKES - 8
    assert wall_feet([plane_positions(plane_wall())]) == ((pytest.approx(-1.9875), 3.0, pytest.approx(1.9875), 3.0),)
    dark = np.full((4, 4, 3), np.nan)
    assert wall_feet([dark]) == ()
    assert len(wall_feet([floor_positions()])) == 4
