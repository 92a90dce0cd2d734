"""Skies by ray and by raster in a context of OpenGL 4.1, which is the oldest that there is drawing on."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.gl

SCRIPT = """
import numpy
from render.gpu.context import check_errors, create_headless_context
from render.renderer import Renderer
from render.worlds.sky.plan import CloudPlan, FogPlan, SkyPlan
from tests.render.sample_plans import frame_plan, inner, plane_positions, plane_wall
from tests.render.sky_pictures import DOWN, sky_air, towards
context = create_headless_context()
assert context.version_code == 410, context.version_code
wall = plane_wall(size=(64, 36))
by_ray, by_raster = (
    Renderer(context, (wall,), {wall.name: plane_positions(wall)}, draw=draw) for draw in ("auto", "raster")
)
full = towards(-20.0, 180.0)
skies = {
    0.0: SkyPlan(sun=towards(12.0), moon=DOWN, sun_disc=False),
    1.0: SkyPlan(sun=towards(40.0), moon=DOWN, sun_disc=False, clouds=CloudPlan(coverage=0.9), fog=FogPlan(density_per_km=0.5)),
    6.0: SkyPlan(sun=towards(-4.0), moon=towards(50.0), moon_lit_by=full, moon_stops=8.0),
    12.0: SkyPlan(sun=towards(-40.0), moon=towards(50.0), moon_lit_by=full, clouds=CloudPlan(coverage=0.4)),
}
for stops, sky in skies.items():
    plan = frame_plan((wall,), (inner(),), air=sky_air(sky, exposure_stops=stops), face_px=512)
    for drawing in (by_ray, by_raster):
        drawing.draw(plan)
    ray, raster = (drawing.read_wall_linear(wall.name) for drawing in (by_ray, by_raster))
    assert numpy.isfinite(ray).all() and (ray.max(axis=2) > 0.0).all()
    assert numpy.median(numpy.abs(raster - ray) / (ray + 0.1 * ray.mean())) < 0.003
check_errors(context, "drawing skies on 4.1")
"""


def test_skies_draw_on_opengl_4_1_by_ray_and_by_raster():
    environment = {**os.environ, "MESA_GL_VERSION_OVERRIDE": "4.1", "MESA_GLSL_VERSION_OVERRIDE": "410"}
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    assert result.returncode == 0, result.stderr
