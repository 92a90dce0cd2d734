"""Renderers that measure light at probes, and panoramas whose light is known."""

import time

import msgspec
import numpy as np

from render.plan.probes import ProbePlan, ProbesPlan
from render.probes.light import FINE
from render.renderer import Renderer
from tests.render.sample_plans import ASSET, arc_positions, plane_positions, smooth_panorama

FRONT, BACK, SIDE = (0.0, 1.0, 0.0), (0.0, -1.0, 0.0), (0.8, 0.6, 0.0)
PLACES = ((0.3, 0.4, 1.6), (-1.4, 2.2, 2.4), (0.0, -3.0, 0.5))


def smooth_light(rays):
    """The panorama of `smooth_panorama` along unit vectors."""
    x, y, z = rays.T
    return np.stack([2.0 + np.sin(3.0 * x), 2.0 + np.sin(4.0 * y + x), 2.0 + np.cos(5.0 * z)], axis=1)


def probe(place, axis=FRONT, **changes):
    return ProbePlan(place_m=place, axis=axis, **changes)


def with_probes(plan, *probes, brightest=False):
    return msgspec.structs.replace(plan, probes=ProbesPlan(probes=probes, brightest=brightest))


def new_renderer(context, *walls, fineness=FINE, panorama=None):
    places = {wall.name: {"flat": plane_positions, "arc": arc_positions}[wall.name](wall) for wall in walls}
    renderer = Renderer(context, walls, places)
    renderer.measure_at_probes(places, fineness)
    renderer.load_world(ASSET, smooth_panorama(1024, 512) if panorama is None else panorama)
    return renderer


def measured(renderer, plan):
    """What is reached at the probes of a plan, (n, 3), once it has settled, and the brightest source."""
    renderer.draw(plan)
    reached = None
    while reached is None or not renderer.probes.is_settled(plan):
        renderer.draw_light_at_probes(plan)
        renderer.finish()
        time.sleep(0.002)  # another thread weighs what the probes see
        reached = next(renderer.probes.arrived(), reached)
    assert reached.frame == plan.frame
    return np.array(reached.light).reshape(-1, 3), reached.brightest


def assert_within(found, expected, share=0.02):
    np.testing.assert_allclose(found, expected, rtol=share)


def sun_panorama(azimuth_deg, elevation_deg, light=40_000.0, columns=1024):
    """Grey 1.0 with a sun of 2 x 2 texels; and its direction and irradiance."""
    rows = columns // 2
    pixels = np.ones((rows, columns, 3), np.float32)
    column = round((0.5 - azimuth_deg / 360.0) * columns)
    row = round((0.5 - elevation_deg / 180.0) * rows)
    pixels[row - 1 : row + 1, column - 1 : column + 1] += np.float32(light)
    edges = np.pi * (0.5 - np.arange(row - 1, row + 2) / rows)
    irradiance = light * 2.0 * (2.0 * np.pi / columns) * (np.sin(edges[0]) - np.sin(edges[2]))
    azimuth, elevation = np.pi * (1.0 - 2.0 * column / columns), np.pi * (0.5 - row / rows)
    towards = (-np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation))
    return pixels, np.array(towards), irradiance
