"""Films whose pixels say where they are, judged by the film camera's own world; on the oldest OpenGL as well."""

import os
import subprocess
import sys

import msgspec
import numpy as np
import pytest

from render.film.world import FilmPlane, FilmWorld
from render.gpu.context import check_errors, create_headless_context
from render.worlds.on_air import LayerPlan
from render.worlds.plate.record import PartPlace, PlatePart, PlatePlan
from tests.render.film_frames import ACESCG_FROM_REC709, FILM, facts_of, frame_of
from tests.render.sample_plans import OUTER_EYE, frame_plan, inner, plane_positions
from tests.render.test_plates import WALL, code_of_rec709, film, stage

pytestmark = pytest.mark.gl
FACTS = facts_of(1024, 512, planes="rgb", bits=16, full_range=True)
EYE = (0.6, -0.4, 1.7)
WIDTH_DEG = 120.0
MOST_DEG = 0.05
LED_DEG = 0.5
AHEAD = FilmPlane(anchor_m=np.array(OUTER_EYE), ahead=np.array((0.0, 1.0, 0.0)), distance_m=7.0)
DOME = {"projection": "dome", "span_deg": 300.0, "tilt_deg": -90.0}
CASES = {
    "sphere at infinity": ("sphere", {}, FilmWorld()),
    "near sphere": ("sphere", {"radius_m": 8.0}, FilmWorld(radius_m=8.0)),
    "near sphere on the floor": ("sphere", {"radius_m": 8.0, "ground_m": 1.6}, FilmWorld(radius_m=8.0, ground_m=1.6)),
    "card": ("flat", {"projection": "flat", "distance_m": 7.0, "width_deg": WIDTH_DEG}, FilmWorld(plane=AHEAD)),
    "cylinder": ("cylinder", {"projection": "cylinder", "radius_m": 7.0}, FilmWorld(radius_m=7.0, is_cylinder=True)),
    "dome ahead": ("dome", {**DOME, "radius_m": 8.0}, FilmWorld(radius_m=8.0)),
    "set at infinity": ("set", {}, FilmWorld()),
    "near set": ("set", {"radius_m": 8.0}, FilmWorld(radius_m=8.0)),
    "set on a cylinder": (
        "set",
        {"projection": "cylinder", "radius_m": 7.0},
        FilmWorld(radius_m=7.0, is_cylinder=True),
    ),
    "set that cuts": ("cut", {"radius_m": 8.0}, FilmWorld(radius_m=8.0)),
}


def shares():
    """Where the middles of a film's pixels are, as shares of its width and height."""
    return (np.arange(FACTS.columns) + 0.5) / FACTS.columns, (np.arange(FACTS.rows)[:, None] + 0.5) / FACTS.rows


def directions(form, turn_deg=0.0):
    """Unit vectors from the viewpoint of a film to its pixels: all around, round about, or flat and turned to the left."""
    across, down = shares()
    if form == "sphere":
        turn, rise = 2.0 * np.pi * (across - 0.5), np.pi * (0.5 - down)
        parts = np.sin(turn) * np.cos(rise), np.cos(turn) * np.cos(rise), np.sin(rise)
    elif form == "cylinder":
        turn = 2.0 * np.pi * (across - 0.5)
        parts = np.sin(turn), np.cos(turn), np.pi * (0.5 - down)
    elif form == "dome":
        right, up = (np.radians(300.0) * (across - 0.5), np.radians(150.0) * (0.5 - down))
        away = np.hypot(right, up)
        parts = right * np.sin(away) / away, np.cos(away), up * np.sin(away) / away
    else:
        aside = np.tan(np.radians(0.5 * WIDTH_DEG))
        x, z = aside * (2.0 * across - 1.0), aside * FACTS.rows / FACTS.columns * (1.0 - 2.0 * down)
        cos, sin = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
        parts = cos * x - sin, sin * x + cos, z
    found = np.stack(np.broadcast_arrays(*parts), axis=-1)
    return found / np.linalg.norm(found, axis=-1, keepdims=True)


def with_film(renderer, form):
    """Puts the films of a form on the GPU; their light in a plan."""
    turns = {"set": (35.0, -35.0), "cut": (60.0, -60.0)}.get(form, (0.0,))
    for number, turn_deg in enumerate(turns):
        codes = np.rint((0.5 + 0.45 * directions(form, turn_deg)) * 65535.0)
        renderer.load_plate(f"{FILM}{number}", 0, FACTS, frame_of(FACTS, list(np.moveaxis(codes, -1, 0))))
    if len(turns) == 1:
        return film(media=f"{FILM}0", full_range=True)
    blend_deg = 8.0 if form == "set" else 0.0
    places = (PartPlace(turn_deg=turn_deg, width_deg=WIDTH_DEG, blend_deg=blend_deg) for turn_deg in turns)
    return PlatePlan(
        parts=tuple(PlatePart(media=f"{FILM}{n}", full_range=True, place=place) for n, place in enumerate(places))
    )


def worst_deg(context, name, *, by_camera, draw):
    """How far the directions that a wall shows are from those that the film camera's world has there."""
    form, values, world = CASES[name]
    renderer = stage(context, draw=draw)
    layer = LayerPlan(light=with_film(renderer, form), anchor_m=OUTER_EYE, **values)
    plan = frame_plan((WALL,), (inner(eye=EYE, half=(1.2, 0.8)),) if by_camera else (), world=layer, face_px=512)
    if not by_camera:
        plan = msgspec.structs.replace(plan, outer=msgspec.structs.replace(plan.outer, eye_m=EYE))
    renderer.draw(plan)
    light = renderer.read_wall_linear(WALL.name).reshape(-1, 3) @ np.linalg.inv(ACESCG_FROM_REC709).T
    found = (code_of_rec709(light) - 0.5) / 0.45
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    truth = world.light(np.array(EYE), plane_positions(WALL).reshape(-1, 3) - EYE)
    covered = np.abs(truth[:, 2]) < np.sin(np.radians(20.0 if form == "cut" else 90.0))
    return np.degrees(2.0 * np.arcsin(0.5 * np.linalg.norm(found - truth, axis=1)))[covered]


@pytest.mark.parametrize("by_camera", [False, True], ids=["outer eye", "camera"])
@pytest.mark.parametrize("name", CASES)
def test_a_film_is_where_the_film_cameras_world_has_it(context, name, by_camera):
    off = worst_deg(context, name, by_camera=by_camera, draw="auto")
    assert np.median(off) < 0.5 * MOST_DEG
    assert off.max() < (LED_DEG if CASES[name][0] == "cut" else MOST_DEG), (
        "at a cut a film is stretched over its last LED"
    )


def judge_on_4_1():
    """All forms by ray and by raster, in the context that this process makes."""
    with create_headless_context() as context:
        assert context.version_code == 410, context.version_code
        for name in CASES:
            for draw in ("auto", "raster"):
                off = worst_deg(context, name, by_camera=True, draw=draw)
                assert np.median(off) < 2.0 * MOST_DEG, (name, draw, np.median(off))
        check_errors(context, "drawing films on 4.1")


def test_films_are_in_their_places_on_opengl_4_1_by_ray_and_by_raster():
    environment = {**os.environ, "MESA_GL_VERSION_OVERRIDE": "4.1", "MESA_GLSL_VERSION_OVERRIDE": "410"}
    script = "from tests.render.test_films_judged import judge_on_4_1; judge_on_4_1()"
    result = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    assert result.returncode == 0, result.stderr
