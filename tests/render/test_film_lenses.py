"""Films of a set that were shot through a lens: where a ray falls in them, against the lens formulas in double precision."""

from pathlib import Path

import numpy as np
import pytest

from calibration.lens_records import Lens, LensNode
from render.gpu import passes
from render.gpu.passes import SHADERS
from render.renderer import Renderer
from render.worlds.on_air import LayerPlan
from render.worlds.plate.lens import part_lens
from render.worlds.plate.record import PartPlace, PlatePart, PlatePlan
from tests.render.film_frames import ACESCG_FROM_REC709, FILM, codes_of, facts_of, frame_of, light_of_rec709
from tests.render.placed_truth import axes
from tests.render.sample_plans import OUTER_EYE, frame_plan, plane_positions, plane_wall

pytestmark = pytest.mark.gl
WALL = plane_wall(size=(160, 90))
WIDTH_DEG, COLUMNS, ROWS = 80.0, 256, 144
NODE = LensNode(
    focal_length_mm=8.0,
    radial=(-0.0012, 0.0003, 4e-6, -1e-6, 2e-8, 0.0),
    tangential=(2e-4, -3e-4),
    projection_offset_mm=(0.2, -0.1),
    distortion_offset_mm=(0.05, 0.02),
)
STEEP = LensNode(focal_length_mm=8.0, radial=(-0.003,))


def polynomial(node, x, y):
    """Millimetres on the sensor, as the lens file's own record has them."""
    k1, k2, k3, k4, k5, k6 = (*node.radial, *[0.0] * 6)[:6]
    p1, p2 = (*node.tangential, 0.0, 0.0)[:2]
    r = x * x + y * y
    factor = (1 + k1 * r + k3 * r**2 + k5 * r**3) / (1 + k2 * r + k4 * r**2 + k6 * r**3)
    return (
        x * factor + 2 * p1 * x * y + p2 * (r + 2 * x * x),
        y * factor + p1 * (r + 2 * y * y) + 2 * p2 * x * y,
    )


def on_sensor(lens, tangents):
    """Where rays fall, millimetres from the sensor's middle, y down; by iteration where it must be."""
    node = lens.nodes[0]
    offset, projection = np.array(node.distortion_offset_mm), np.array(node.projection_offset_mm)
    wanted = tangents * node.focal_length_mm * np.array([1.0, -1.0]) - offset
    if lens.model == "Brown-Conrady U-D":
        found = np.stack(polynomial(node, *np.moveaxis(wanted, -1, 0)), axis=-1)
    else:
        found = wanted.copy()
        for _ in range(200):  # what is far outside the film does not settle, nor must it
            found = np.clip(found, -20.0, 20.0)
            found += wanted - np.stack(polynomial(node, *np.moveaxis(found, -1, 0)), axis=-1)
    return found + offset + projection


def gradient():
    """A film whose red and green say where in it they are."""
    rows, columns = np.mgrid[0:ROWS, 0:COLUMNS]
    return np.stack([0.1 + 0.8 * (columns + 0.5) / COLUMNS, 0.1 + 0.8 * (rows + 0.5) / ROWS, 0.5 + 0.0 * rows], axis=2)


def shown(context, lens, *, draw="auto", turn_deg=0.0, **place):
    facts = facts_of(COLUMNS, ROWS, bits=16)
    renderer = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)}, draw=draw)
    renderer.load_plate(FILM, 0, facts, frame_of(facts, codes_of(gradient(), facts)))
    place = PartPlace(width_deg=WIDTH_DEG, lens=part_lens(lens), **place)
    world = LayerPlan(light=PlatePlan(parts=(PlatePart(media=FILM, place=place),)), turn_deg=turn_deg)
    renderer.draw(frame_plan((WALL,), world=world, face_px=1024))
    return renderer.read_wall_linear(WALL.name) @ np.linalg.inv(ACESCG_FROM_REC709).T


LENSES = {
    "from undistorted": Lens(nodes=(NODE,), model="Brown-Conrady U-D"),
    "to undistorted": Lens(nodes=(NODE,)),
    "a zoom's first node": Lens(nodes=(NODE, LensNode(focal_length_mm=20.0, zoom_raw=5.0))),
    "steep": Lens(nodes=(STEEP,)),
}


@pytest.mark.parametrize("draw", ["auto", "raster"])
@pytest.mark.parametrize("name", LENSES)
def test_a_film_is_looked_up_where_its_lens_threw_each_ray(context, name, draw):
    lens = LENSES[name]
    light = shown(context, lens, draw=draw, turn_deg=-6.0, tilt_deg=2.0)
    seen = (plane_positions(WALL) - np.array(OUTER_EYE)) @ axes(-6.0, 0.0, 0.0) @ axes(0.0, 2.0, 0.0)
    tangents = seen[..., [0, 2]] / seen[..., 1:2]
    wide_mm = 2.0 * np.tan(np.radians(WIDTH_DEG / 2.0)) * lens.nodes[0].focal_length_mm
    share = 0.5 + on_sensor(lens, tangents) / np.array([wide_mm, wide_mm * ROWS / COLUMNS])
    inside = (share > 0.02).all(axis=-1) & (share < 0.98).all(axis=-1) & (light[..., 2] > 0.999 * light[..., 2].max())
    assert inside.mean() > 0.4
    codes = np.stack([np.interp(light[inside][:, one], light_of_rec709(LADDER), LADDER) for one in (0, 1)], axis=-1)
    error_px = (codes - (0.1 + 0.8 * share[inside])) / 0.8 * np.array([COLUMNS, ROWS])
    assert np.abs(error_px).max() < 0.25, "film px"


LADDER = np.linspace(0.0, 1.0, 4001)


def test_a_film_shows_nothing_that_its_lens_did_not_see(context):
    light = shown(context, LENSES["steep"], turn_deg=38.0)
    lit = light[..., 2] > 0.1
    edge = np.argmin(lit, axis=1)
    assert lit.any()
    assert not lit.all()
    assert len(set(edge[20:70].tolist())) <= 2, "an upright edge, of which it shows all"


@pytest.mark.parametrize(
    ("right", "wrong", "name"),
    [
        ("p.yx * (square", "p.xy * (square", "from undistorted"),
        ("lens_offsets.xy + lens_offsets.zw", "lens_offsets.xy - lens_offsets.zw", "from undistorted"),
        ("LENS_STEPS = 6", "LENS_STEPS = 1", "steep"),
    ],
)
def test_a_shader_that_takes_a_lens_wrongly_is_found(context, monkeypatch, right, wrong, name):
    def read(file):
        text = (SHADERS / file).read_text()
        return text.replace(right, wrong) if Path(file).stem == "film_lens" else text

    monkeypatch.setattr(passes, "_read_shader", read)
    with pytest.raises(AssertionError, match="film px"):
        test_a_film_is_looked_up_where_its_lens_threw_each_ray(context, name, "auto")
