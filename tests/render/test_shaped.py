"""Pictures and films on cylinders and domes, against double-precision look-ups written apart, and by ray against by raster."""

from pathlib import Path

import numpy as np
import pytest

from render.gpu import passes
from render.gpu.passes import SHADERS
from render.plan.frame import OuterPlan
from render.renderer import Renderer
from render.worlds.plate.record import PartPlace, PlatePart, PlatePlan
from tests.render.film_frames import ACESCG_FROM_REC709, FILM, codes_of, facts_of, frame_of, light_of_rec709
from tests.render.placed_pictures import ANCHOR, EYE, assert_as_looked_up, colourful, pitch_of, placed, round_picture
from tests.render.placed_truth import axes, looked_up, met
from tests.render.sample_plans import ASSET, arc_positions, arc_wall, frame_plan, inner, plane_positions, plane_wall

pytestmark = pytest.mark.gl
CYLINDER = {"projection": "cylinder", "span_deg": 160.0}
DOME = {"projection": "dome", "span_deg": 180.0, "tilt_deg": -60.0}
CASES = {
    "cylinder": ((512, 256), CYLINDER),
    "cylinder, horizon": ((512, 256), {**CYLINDER, "horizon": 0.6, "turn_deg": 15.0}),
    "cylinder, all around": ((1024, 256), {"projection": "cylinder", "span_deg": 360.0, "turn_deg": 100.0}),
    "cylinder, rolled and tilted": ((512, 256), {**CYLINDER, "roll_deg": 12.0, "tilt_deg": 7.0, "flip": True}),
    "cylinder at 6 m": ((512, 256), {**CYLINDER, "radius_m": 6.0, "turn_deg": -10.0}),
    "cylinder at 6 m, tilted": ((512, 256), {**CYLINDER, "radius_m": 6.0, "tilt_deg": -8.0}),
    "cylinder on the ground": ((512, 256), {**CYLINDER, "radius_m": 9.0, "ground_m": 1.7, "span_deg": 240.0}),
    "cylinder, minified": ((2048, 1024), {**CYLINDER, "radius_m": 8.0}),
    "dome": ((512, 512), DOME),
    "dome, turned": ((512, 512), {**DOME, "turn_deg": 30.0, "roll_deg": 8.0}),
    "dome, flipped": ((512, 512), {**DOME, "flip": True, "turn_deg": 10.0}),
    "dome, wide": ((1024, 1024), {**DOME, "span_deg": 230.0, "tilt_deg": -10.0}),
    "dome at 7 m": ((512, 512), {**DOME, "radius_m": 7.0}),
    "dome, cut": ((512, 256), {**DOME, "radius_m": 7.0, "tilt_deg": -80.0}),
}


def far(found, expected):
    return np.abs(found - expected).max()


@pytest.mark.parametrize("name", CASES)
def test_a_picture_on_a_cylinder_or_dome_equals_a_double_precision_look_up(context, name):
    (columns, rows), values = CASES[name]
    layer = placed(**values)
    picture = (round_picture if values["span_deg"] == 360.0 else colourful)(columns, rows)
    assert_as_looked_up(context, layer, picture)


def test_the_foot_of_a_dome_is_ahead_and_its_left_is_left(context):
    """Looking up with the feet ahead: as planetariums have their pictures."""
    layer = placed(projection="dome", span_deg=180.0)
    _, inside = looked_up(
        layer, np.ones((8, 8, 3)), (np.zeros(3), np.zeros(3)), np.array([[0, 1, 0.1]]), np.array([0.01])
    )
    assert inside.all()
    wall = plane_wall(size=(160, 90))
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    rows, columns = np.mgrid[0:256, 0:256] / 255.0
    renderer.load_world(ASSET, np.stack([columns, rows, 0.0 * rows], axis=2).astype(np.float32))
    renderer.draw(frame_plan((wall,), world=layer))
    light = renderer.read_wall_linear(wall.name)
    assert light[..., 1].min() > 0.5, "the lower half of the picture"
    assert (np.diff(light[45, :, 0]) > 0.0).all()


@pytest.mark.parametrize("values", [CYLINDER, {**CYLINDER, "radius_m": 6.0}, DOME], ids=["far", "near", "dome"])
def test_a_black_surround_leaves_nothing_beyond_a_cylinder_or_a_dome(context, values):
    wall = arc_wall(size=(320, 120))
    positions = arc_positions(wall)
    renderer = Renderer(context, (wall,), {wall.name: positions})
    layer = placed(**{**values, "span_deg": 60.0}, surround="black")
    picture = np.full((128, 128, 3), 0.5, np.float32)
    renderer.load_world(ASSET, picture)
    renderer.draw(frame_plan((wall,), world=layer, outer=OuterPlan(eye_m=EYE, face_px=16)))
    rays = positions - np.array(EYE)
    footprint = pitch_of(positions) / np.linalg.norm(rays, axis=2)
    _, inside = looked_up(layer, picture, (np.array(EYE), np.array(ANCHOR)), rays, footprint)
    lit = renderer.read_wall_linear(wall.name)[..., 0] > 0.25
    assert 0.01 < inside.mean() < 0.9
    assert (lit == inside).mean() > 0.98


@pytest.mark.parametrize("name", ["cylinder at 6 m", "cylinder, horizon", "dome at 7 m", "cylinder on the ground"])
def test_by_ray_and_by_raster_agree_on_cylinders_and_domes(context, name):
    (columns, rows), values = CASES[name]
    wall, view = plane_wall(size=(320, 180)), inner(half=(0.3, 0.2), size=(640, 400))
    lights = []
    for draw in ("auto", "raster"):
        renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)}, draw=draw)
        renderer.load_world(ASSET, colourful(columns, rows))
        renderer.draw(frame_plan((wall,), (view,), world=placed(**values), face_px=1024))
        lights.append(renderer.read_wall_linear(wall.name))
    assert np.sqrt(np.mean((lights[0] - lights[1]) ** 2)) <= 0.003 * lights[1].mean()


@pytest.mark.parametrize("name", ["cylinder at 6 m", "dome, turned"])
def test_a_film_on_a_cylinder_or_dome_shows_what_a_picture_there_does(context, name):
    wall, facts = plane_wall(size=(160, 90)), facts_of(256, 256, bits=16)
    rows, columns = np.mgrid[0:256, 0:256] / 255.0
    colours = np.stack([0.2 + 0.6 * columns, 0.2 + 0.6 * rows, 0.5 + 0.0 * rows], axis=2)
    shown = []
    for layer in (placed(**CASES[name][1]), placed(PlatePlan(parts=(PlatePart(media=FILM),)), **CASES[name][1])):
        renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
        renderer.load_plate(FILM, 0, facts, frame_of(facts, codes_of(colours, facts)))
        light = (light_of_rec709(colours) @ ACESCG_FROM_REC709.T).astype(np.float32)
        renderer.load_world(ASSET, light)
        renderer.draw(frame_plan((wall,), world=layer))
        shown.append(renderer.read_wall_linear(wall.name))
    assert shown[0].std() > 0.02
    assert far(*shown) < 0.004


def test_a_set_on_a_cylinder_is_as_near_as_that(context):
    wall, facts = arc_wall(size=(160, 60)), facts_of(256, 256, bits=16)
    positions = arc_positions(wall)
    rows, columns = np.mgrid[0:256, 0:256] / 255.0
    colours = np.stack([0.2 + 0.6 * columns, 0.2 + 0.6 * rows, 0.5 + 0.0 * rows], axis=2)
    renderer = Renderer(context, (wall,), {wall.name: positions})
    renderer.load_plate(FILM, 0, facts, frame_of(facts, codes_of(colours, facts)))
    rig = PlatePlan(parts=(PlatePart(media=FILM, place=PartPlace(width_deg=120.0)),))
    layer = placed(rig, projection="cylinder", radius_m=6.0)
    renderer.draw(frame_plan((wall,), world=layer, outer=OuterPlan(eye_m=EYE, face_px=16)))
    seen = met(layer, np.zeros(3), np.array(EYE), positions - np.array(EYE))[0] @ axes(0.0, 0.0, 0.0)
    half = np.tan(np.radians(60.0))
    across, down = 0.5 + 0.5 * seen[..., 0] / seen[..., 1] / half, 0.5 - 0.5 * seen[..., 2] / seen[..., 1] / half
    inside = (np.minimum(across, down) > 0.02) & (np.maximum(across, down) < 0.98) & (seen[..., 1] > 0.0)
    light = renderer.read_wall_linear(wall.name) @ np.linalg.inv(ACESCG_FROM_REC709).T
    for channel, place in ((0, across), (1, down)):
        truth = light_of_rec709(0.2 + 0.6 * (place * 256.0 - 0.5) / 255.0)
        assert far(light[..., channel][inside], truth[inside]) < 0.003
    assert inside.mean() > 0.4


@pytest.mark.parametrize(
    ("right", "wrong", "name"),
    [
        ("aside -= surface.z", "aside -= 0.5 * surface.z", "cylinder at 6 m"),
        ("seen.z * scale", "0.99 * seen.z * scale", "cylinder"),
        ("vec2(seen.x, -seen.y)", "vec2(seen.x, -0.98 * seen.y)", "dome"),
    ],
)
def test_a_shader_that_bends_a_picture_wrongly_is_found(context, monkeypatch, right, wrong, name):
    def read(file):
        text = (SHADERS / file).read_text()
        return text.replace(right, wrong) if Path(file).stem in ("near_eye", "shaped_angles") else text

    monkeypatch.setattr(passes, "_read_shader", read)
    with pytest.raises(AssertionError, match="RMS"):
        test_a_picture_on_a_cylinder_or_dome_equals_a_double_precision_look_up(context, name)
