"""The guide against its own geometry in double precision: as each eye sees it, and through the film camera."""

import math

import msgspec
import numpy as np
import pytest

from calibration.walls import ArcShape, Wall
from render.film.camera import FilmPose, Moment, photograph
from render.film.lens import FilmLens
from render.film.scene import film_wall
from render.plan.frame import GradePlan
from render.renderer import Renderer
from tests.render.sample_plans import (
    ASSET,
    OUTER_EYE,
    air_of,
    arc_positions,
    arc_wall,
    flat_panorama,
    frame_plan,
    inner,
    plane_positions,
    plane_wall,
    world_plan,
)
from tests.render.tool_plans import card, keyed, with_cards

pytestmark = pytest.mark.gl
WALLS = (plane_wall(size=(960, 540)), arc_wall(size=(1600, 400)))
POSITIONS = {WALLS[0].name: plane_positions(WALLS[0]), WALLS[1].name: arc_positions(WALLS[1])}
LENS = FilmLens(focal_length_mm=30.0, sensor_mm=(36.0, 20.25), resolution_px=(960, 540))
WHITE = 5.0


@pytest.fixture(scope="module", params=["auto", "raster"])
def stage(request, session_context):
    with session_context:
        renderer = Renderer(session_context, WALLS, POSITIONS, draw=request.param)
        renderer.load_world(ASSET, flat_panorama((0.0, 0.0, 0.0)))
        yield renderer


def drawn(stage, *inners, wall=WALLS[0], **changes):
    """The light of one wall; the others are black."""
    stage.draw(frame_plan((wall,), inners, **{"guide": "floor", **changes}))
    return stage.read_wall_linear(wall.name)


def filmed(stage, wall, camera):
    """The film camera's picture of one wall, NaN where the wall does not fill a pixel, and the camera's axes."""
    light = drawn(stage, camera, wall=wall)
    axes = np.stack([camera.right, camera.ahead, camera.up], axis=1)
    pose = FilmPose(pupil_m=np.array(camera.eye_m), axes=axes)
    seen, white = (
        photograph(LENS, (film_wall(wall),), [Moment(pose=pose, pictures={wall.name: picture})])[:, :, 1]
        for picture in (light, np.ones_like(light))
    )
    return np.where(white > 0.999, seen, np.nan), axes


def rays_of(axes, columns, rows):
    """Unit rays in the stage through film positions in pixels."""
    width, height = LENS.resolution_px
    x = (np.asarray(columns) - 0.5 * width) * (36.0 / 30.0 / width)
    z = (0.5 * height - np.asarray(rows)) * (20.25 / 30.0 / height)
    rays = np.stack([x, np.ones_like(x), z], axis=-1) @ axes.T
    return rays / np.linalg.norm(rays, axis=-1, keepdims=True)


REACH_PX = 4


def middle(profile, exact):
    """The centre of the light within `REACH_PX` of a place of a profile; NaN where a line is not there alone."""
    first = round(exact - 0.5) - REACH_PX
    part = profile[max(first, 0) : first + 2 * REACH_PX + 1].astype(np.float64)
    whole = len(part) == 2 * REACH_PX + 1 and np.isfinite(part).all()
    if not whole or part.sum() < 0.5 or max(part[0], part[-1]) > 1e-3:
        return math.nan
    return first + 0.5 + (part * np.arange(len(part))).sum() / part.sum()


def apart(values):
    """How far each value is from a whole number."""
    return np.abs(values - np.round(values))


def line_errors(profile, crossing, other):
    """Errors, in pixels, of the lines where `crossing` (floor metres along the profile) is whole and `other` is not."""
    for at in np.flatnonzero(np.floor(crossing[1:]) != np.floor(crossing[:-1])):
        near = slice(max(at - REACH_PX, 0), at + REACH_PX + 2)
        alone = apart(other[near]).min() > 0.15 and np.ptp(crossing[near]) < 0.9
        if not alone:  # which no place above the horizon is, where both are NaN
            continue
        whole = np.ceil(min(crossing[at], crossing[at + 1]))
        exact = at + 0.5 + (whole - crossing[at]) / (crossing[at + 1] - crossing[at])
        yield middle(profile, exact) - exact


CAMERAS = (
    inner(eye=(0.0, -0.5, 1.4), half=(0.62, 0.36), feather=0.02),
    inner(eye=(0.6, -1.0, 1.1), pan=0.2, tilt=-0.1, half=(0.65, 0.4), feather=0.02),
)


@pytest.mark.parametrize(("wall", "camera"), list(zip(WALLS, CAMERAS, strict=True)), ids=["flat", "arc"])
def test_the_film_camera_sees_the_horizon_and_the_grid_where_geometry_has_them(stage, context, wall, camera):
    film, axes = filmed(stage, wall, camera)
    height, width = film.shape
    rays = rays_of(axes, *np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5))
    below = np.where(rays[:, :, 2:] < -0.03, rays[:, :, 2:], np.nan)
    floor = np.array(camera.eye_m)[:2] - camera.eye_m[2] / below * rays[:, :, :2]
    turn_deg = np.degrees(np.arctan2(rays[:, :, 0], rays[:, :, 1]))
    errors = {"horizon": [], "ahead": [], "aside": []}
    for column in range(20, width - 20, 9):
        sines = rays[:, column, 2]
        (row,) = np.flatnonzero((sines[:-1] > 0.0) & (sines[1:] <= 0.0))
        if apart(turn_deg[row, column] / 10.0) > 0.1:
            exact = row + 0.5 + sines[row] / (sines[row] - sines[row + 1])
            errors["horizon"].append(middle(film[:, column], exact) - exact)
        errors["ahead"] += line_errors(film[:, column], floor[:, column, 1], floor[:, column, 0])
    for row in range(20, height - 10, 5):
        errors["aside"] += line_errors(film[row], floor[row, :, 0], floor[row, :, 1])
    for name, found in errors.items():
        known = np.abs(np.array(found)[np.isfinite(found)])
        assert len(known) > 15, name
        assert np.median(known) < 0.15, name
        assert known.max() <= 0.5, name


def lit(light):
    return light[:, :, 1] > 0.3 * WHITE


def test_each_eye_has_its_own_horizon(stage, context):
    camera = inner(eye=(0.0, -0.5, 1.1), half=(0.3, 0.2), feather=0.0)
    light = drawn(stage, camera, guide="horizon")
    rows = np.arange(540)
    z = POSITIONS["flat"][:, 0, 2]
    assert np.interp(1.1, z[::-1], rows[::-1]) == pytest.approx(rows[lit(light)[:, 450]].mean(), abs=1.0)
    assert np.interp(1.5, z[::-1], rows[::-1]) == pytest.approx(rows[lit(light)[:, 40]].mean(), abs=1.0)


def test_ticks_stand_at_every_ten_degrees(stage, context):
    """The arc is around the outer eye, so that its columns are angles."""
    light = lit(drawn(stage, wall=WALLS[1], guide="horizon"))
    horizon_row = round(400 * (2.6 - 1.5) / 2.6)
    ticks = light[horizon_row + 6]
    starts = np.flatnonzero(ticks[1:] & ~ticks[:-1]) + 1
    angles = (starts + 0.8) / 1600 * 150.0 - 75.0
    assert len(starts) == 15
    assert np.allclose(angles, np.round(angles / 10.0) * 10.0, atol=0.15)


RING = Wall(name="ring", resolution_px=(3500, 160), shape=ArcShape(radius_m=4.0, sweep_deg=350.0, height_m=1.117))
LABELS = {
    0.0: ["###", "#.#", "#.#", "#.#", "###"],
    -90.0: ["###.###", "#.#.#.#", "###.#.#", "..#.#.#", "###.###"],
    90.0: ["....###.###", "....#.#.#.#", "###.###.#.#", "......#.#.#", "....###.###"],
    170.0: None,
}


def ring_positions():
    angle = np.radians((np.arange(3500) + 0.5) / 10.0 - 175.0)
    z = 1.5 + 1.117 * (0.75 - (np.arange(160) + 0.5) / 160)
    grid_angle, grid_z = np.meshgrid(angle, z)
    return np.stack([4.0 * np.sin(grid_angle), 4.0 * np.cos(grid_angle), grid_z], axis=2)


def test_quarters_are_labelled_with_the_stages_pan(context):
    """+ to the left: -90 is to the right of +Y."""
    renderer = Renderer(context, (RING,), {RING.name: ring_positions()})
    renderer.draw(frame_plan((RING,), guide="horizon"))
    light = lit(renderer.read_wall_linear(RING.name))
    for right_deg, label in LABELS.items():
        columns, cell = len(label[0] if label else "") or 11, math.degrees(0.006) * 10.0
        x = (right_deg + 175.0) * 10.0 + (np.arange(columns) - 0.5 * (columns - 1)) * cell
        y = 120.0 - math.degrees(0.024) * 10.0 - (1.5 + 4.5 - np.arange(5)) * cell
        found = light[np.ix_(y.astype(int), x.astype(int))]
        assert ["".join(".#"[int(one)] for one in row) for row in found] == (label or ["." * columns] * 5)


def test_no_grade_changes_the_guide(stage, context):
    plain = drawn(stage)
    grades = (
        GradePlan(exposure_stops=-6.0),
        GradePlan(exposure_stops=12.0, temperature_k=2500.0, tint=1.0),
        GradePlan(saturation=0.0, temperature_k=9000.0),
        GradePlan(saturation=2.0),
    )
    for grade in grades:
        assert np.allclose(drawn(stage, grade=grade), plain, atol=2e-3 * WHITE)
    outer = msgspec.structs.replace(frame_plan(WALLS).outer, exposure_stops=-3.0, saturation=0.3)
    assert np.allclose(drawn(stage, outer=outer), plain, atol=2e-3 * WHITE)
    graded = drawn(stage, air=air_of(world_plan(), exposure_stops=3.0, saturation=1.7, opacity=0.6))
    assert np.allclose(graded, plain, atol=2e-3 * WHITE)


def test_it_lies_over_every_world_and_under_cards(stage, context):
    stage.load_world(ASSET, flat_panorama((2.0, 0.2, 0.2)))
    plans = {
        "one layer": air_of(world_plan()),
        "two layers": air_of(world_plan(), world_plan(), opacity=0.5),
        "coordinates": air_of(world_plan("coordinates")),
    }
    lines = None
    for name, air in plans.items():
        light = drawn(stage, inner(half=(0.3, 0.2)), air=air, guide="horizon")
        full = (light > 0.999 * WHITE).all(axis=2)
        lines = full if lines is None else lines
        assert full.sum() > 300, name
        assert (full == lines).all(), name
    plan = frame_plan(WALLS, guide="horizon")
    stage.draw(with_cards(plan, card(kind="flag", width_deg=60.0, height_deg=40.0, feather_deg=0.0)))
    assert stage.read_wall_linear("flat")[200:340, 300:660].max() < 1e-6
    stage.load_world(ASSET, flat_panorama((0.0, 0.0, 0.0)))


def test_a_key_patch_stays_clear_of_it(stage, context):
    camera = keyed(inner(eye=OUTER_EYE, half=(0.3, 0.2), feather=0.0))
    light = drawn(stage, camera)
    seen = POSITIONS["flat"] - np.array(OUTER_EYE)
    inside = (np.abs(seen[:, :, 0] / seen[:, :, 1]) < 0.295) & (np.abs(seen[:, :, 2] / seen[:, :, 1]) < 0.195)
    assert np.ptp(light[inside], axis=0).max() < 1e-5


def test_a_guide_that_is_off_changes_no_byte(stage, context):
    stage.load_world(ASSET, flat_panorama((0.3, 0.6, 0.2)))
    before = drawn(stage, inner(), guide="off")
    drawn(stage, inner())
    assert (drawn(stage, inner(), guide="off") == before).all()
    stage.load_world(ASSET, flat_panorama((0.0, 0.0, 0.0)))
