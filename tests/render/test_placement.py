"""Placed pictures on the walls, against double-precision look-ups written apart, and by ray against by raster."""

import numpy as np
import pytest

from render.plan.frame import OuterPlan
from render.renderer import Renderer
from render.worlds.coordinates.record import CoordinatesPlan
from render.worlds.on_air import LayerPlan
from render.worlds.panorama.record import PanoramaPlan
from tests.render.placed_truth import looked_up, met, unit
from tests.render.sample_plans import (
    ASSET,
    arc_positions,
    arc_wall,
    frame_plan,
    plane_positions,
    plane_wall,
)

pytestmark = pytest.mark.gl
ANCHOR = (0.2, -0.1, 1.4)
EYE = (0.5, -0.4, 1.7)
PICTURE = PanoramaPlan(asset=ASSET)


def placed(light=PICTURE, **values):
    anchor = {"anchor_m": ANCHOR} if values.get("projection") == "flat" else {}
    return LayerPlan(light=light, **anchor, **values)


def colourful(columns, rows):
    """Smooth waves of several widths, different at all edges."""
    x, y = (np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5)[:, None] / rows
    red = 2.0 + np.sin(9.0 * x + 2.0 * y)
    green = 2.0 + np.sin(7.0 * y - 3.0 * x)
    blue = 2.0 + np.cos(11.0 * x * y + x)
    return np.stack(np.broadcast_arrays(red, green, blue), axis=2).astype(np.float32)


def round_picture(columns, rows):
    """The same, but even where left and right edges meet, and at the poles."""
    x, y = 2.0 * np.pi * (np.arange(columns) + 0.5) / columns, np.pi * (np.arange(rows) + 0.5)[:, None] / rows
    ring = np.sin(y)
    waves = (np.sin(2.0 * x + y) * ring, np.cos(3.0 * x) * ring, np.cos(4.0 * y) + 0.0 * x)
    return np.stack(np.broadcast_arrays(*waves), axis=2).astype(np.float32) + np.float32(2.0)


FLAT = {"projection": "flat", "width_deg": 100.0}
CASES = {
    "flat": ((512, 256), {**FLAT}),
    "flat, horizon": ((512, 256), {**FLAT, "horizon": 0.38}),
    "flat, rolled and tilted": ((512, 256), {**FLAT, "roll_deg": 12.0, "tilt_deg": 7.0, "turn_deg": 8.0}),
    "flat, flipped": ((512, 256), {**FLAT, "flip": True, "roll_deg": 5.0}),
    "flat at 6 m": ((512, 256), {**FLAT, "distance_m": 6.0, "turn_deg": -10.0}),
    "flat at 5 m, rolled and tilted": ((512, 256), {**FLAT, "distance_m": 5.0, "roll_deg": -9.0, "tilt_deg": 10.0}),
    "flat, minified": ((4096, 2048), {**FLAT, "distance_m": 5.0, "tilt_deg": 20.0}),
    "part of a sphere": ((512, 256), {"span_deg": 160.0, "horizon": 0.6, "turn_deg": 15.0}),
    "band": ((1024, 256), {"span_deg": 360.0}),
    "rotated sphere": ((512, 256), {"turn_deg": 140.0, "tilt_deg": 30.0, "roll_deg": -40.0}),
    "flipped sphere": ((512, 256), {"flip": True, "turn_deg": 140.0}),
    "moved horizon": ((512, 256), {"horizon": 0.4}),
    "moved horizon, most": ((512, 256), {"horizon": 0.8, "tilt_deg": 25.0}),
    "seam": ((512, 256), {"seam_deg": 20.0, "turn_deg": 180.0}),
    "near": ((512, 256), {"radius_m": 8.0, "tilt_deg": 10.0}),
    "ground": ((512, 256), {"radius_m": 9.0, "ground_m": 1.7, "turn_deg": 30.0}),
    "ground without end": ((1024, 512), {"ground_m": 2.5}),
    "ground, minified": ((4096, 2048), {"ground_m": 1.2, "radius_m": 12.0}),
}


def pitch_of(positions):
    """Distance to the nearest neighbour in the raster."""
    across, down = (np.linalg.norm(np.diff(positions, axis=axis), axis=2) for axis in (1, 0))
    sides = [
        np.pad(across, ((0, 0), (1, 0)), constant_values=np.inf),
        np.pad(across, ((0, 0), (0, 1)), constant_values=np.inf),
        np.pad(down, ((1, 0), (0, 0)), constant_values=np.inf),
        np.pad(down, ((0, 1), (0, 0)), constant_values=np.inf),
    ]
    return np.min(sides, axis=0)


@pytest.mark.parametrize("name", CASES)
def test_a_placed_picture_equals_a_double_precision_look_up(context, name):
    (columns, rows), values = CASES[name]
    layer = placed(**values)
    make = round_picture if columns == 2 * rows and layer.projection == "sphere" else colourful
    picture = colourful(columns, rows) if layer.seam_deg > 0.0 else make(columns, rows)
    wall = arc_wall(size=(320, 120))
    positions = arc_positions(wall)
    renderer = Renderer(context, (wall,), {wall.name: positions})
    renderer.load_world(ASSET, picture)
    renderer.draw(frame_plan((wall,), world=layer, outer=OuterPlan(eye_m=EYE, face_px=16)))
    rays = positions - np.array(EYE)
    footprint = pitch_of(positions) / np.linalg.norm(rays, axis=2)
    expected, inside = looked_up(layer, picture.astype(np.float16), (np.array(EYE), np.array(ANCHOR)), rays, footprint)
    inside &= np.isfinite(expected).all(axis=2)
    assert inside.mean() > 0.2
    error = (renderer.read_wall_linear(wall.name) - expected)[inside]
    assert np.sqrt(np.mean(error**2)) <= 0.002 * expected[inside].mean()


@pytest.mark.parametrize(
    "values",
    [
        {"projection": "flat", "distance_m": 7.0, "turn_deg": 12.0, "tilt_deg": 6.0},
        {"projection": "flat"},
        {"ground_m": 1.6},
        {"ground_m": 1.6, "radius_m": 8.0},
    ],
    ids=["plane", "flat, far", "ground", "ground in a sphere"],
)
def test_coordinates_say_where_on_plane_or_ground_light_comes_from(context, values):
    wall, layer = plane_wall(size=(320, 180)), placed(CoordinatesPlan(), **values)
    positions = plane_positions(wall)
    renderer = Renderer(context, (wall,), {wall.name: positions})
    renderer.draw(frame_plan((wall,), world=layer, outer=OuterPlan(eye_m=EYE, face_px=16)))
    expected = unit(met(layer, np.array(ANCHOR), np.array(EYE), positions - np.array(EYE))[0])
    error = np.degrees(np.linalg.norm(renderer.read_wall_linear(wall.name) - expected, axis=2))
    assert error.max() <= 0.0005
