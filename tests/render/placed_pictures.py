"""Pictures that are placed on walls, and the judgement that walls show them where double precision says."""

import numpy as np

from render.plan.frame import OuterPlan
from render.renderer import Renderer
from render.worlds.on_air import LayerPlan
from render.worlds.panorama.record import PanoramaPlan
from tests.render.placed_truth import looked_up
from tests.render.sample_plans import ASSET, arc_positions, arc_wall, frame_plan

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


def assert_as_looked_up(context, layer, picture):
    """An arc wall shows a layer's picture, as far as the picture reaches, as it is looked up in double precision."""
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
    assert np.sqrt(np.mean(error**2)) <= 0.002 * expected[inside].mean(), "RMS"
