"""Every shader file is whole: it compiles on OpenGL 4.1, and a pass knows all its names."""

import os
import re
import subprocess
import sys

import moderngl
import numpy as np
import pytest

from render.colour.primaries import REC709, acescg_from_rgb
from render.gpu.context import create_headless_context
from render.gpu.passes import SHADERS, Pass, expand, vertex_before

pytestmark = pytest.mark.gl

FRAGMENTS = sorted(str(path.relative_to(SHADERS)) for path in SHADERS.rglob("*.frag"))
ON_4_1 = """
import moderngl, numpy, pathlib, sys
from render.gpu.context import check_errors, create_headless_context
from render.gpu.passes import SHADERS, expand, vertex_before
context = create_headless_context()
assert context.version_code == 410, context.version_code
read = lambda name: (SHADERS / name).read_text()
for path in SHADERS.rglob("*.frag"):
    text, names = expand(str(path.relative_to(SHADERS)), read)
    own = path.with_suffix(".vert")
    before = expand(str(own.relative_to(SHADERS)), read)[0] if own.exists() else vertex_before(names, read)
    context.program(vertex_shader=before, fragment_shader=text)
for options in (("ARC", "CURVE_PQ"), ("MESH", "BENDS", "SOLVES", "CURVE_GAMMA", "NEAREST"), ("ARC", "BENDS", "PLACES")):
    text, names = expand("readback/film.frag", read, options)
    context.program(vertex_shader=vertex_before(names, read), fragment_shader=text)
from tests.render.sample_plans import *
from tests.render.tool_plans import *
from render.renderer import Renderer
from render.worlds.sky.plan import FollowPlan
from render.worlds.sky.plan import SkyPlan
from render.worlds.weather.record import WeatherPlan
wall = plane_wall()
renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
renderer.load_world(ASSET, smooth_panorama())
two = air_of(world_plan(), world_plan(radius_m=9.0), opacity=0.5, contrast=1.2, turn_deg=20.0)
mended = air_of(world_plan(), expand_stops=2.0, soften_deg=4.0)
following = air_of(world_plan(), following=FollowPlan(now=SkyPlan(sun=(0.0, 0.8, 0.6)), shot=SkyPlan(haze=0.3)))
dissolve = msgspec.structs.replace(two, coming=air_of(world_plan()).world, share=0.5)
raster = Renderer(context, (wall,), {wall.name: plane_positions(wall)}, draw="raster")
raster.load_world(ASSET, smooth_panorama())
for air, guide in ((two, "off"), (dissolve, "off"), (mended, "floor"), (following, "off")):
    views = (inner(), keyed(inner(pan=0.2)))
    plan = with_cards(frame_plan((wall,), views, air=air, face_px=512, guide=guide), card(in_view=True))
    for drawing in (renderer, raster):
        drawing.draw(plan)
    difference = renderer.read_wall_linear(wall.name) - raster.read_wall_linear(wall.name)
    assert numpy.sqrt((difference**2).mean()) < 0.003
for amounts in ({"snow": 0.5}, {"rain": 1.0, "dust": 0.2}):
    plan = frame_plan((wall,), (inner(),), weather=WeatherPlan(**amounts, wind_m_s=(3.0, 1.0)), face_px=512)
    for drawing in (renderer, raster):
        drawing.draw(plan)
    difference = renderer.read_wall_linear(wall.name) - raster.read_wall_linear(wall.name)
    assert numpy.sqrt((difference**2).mean()) < 0.003
for kind in ("panorama", "coordinates"):
    renderer.draw(frame_plan((wall,), (inner(), inner(pan=0.2)), kind=kind))
    assert renderer.read_wall(wall.name).any()
    for radius_m in (0.0, 9.0):
        picture = earlier_picture(inner(pan=0.1), world=world_plan(kind, radius_m))
        reprojected = looking_into(keyed(outlined(inner()), markers="stage"), picture)
        plan = frame_plan((wall,), (reprojected, inner(pan=0.2)), kind=kind, radius_m=radius_m)
        for drawing in (renderer, raster):
            drawing.draw(with_cards(plan, card(), card(kind="flag", in_view=True)))
            assert drawing.read_wall(wall.name).any()
for values in (
    {"tilt_deg": 3.0},
    {"ground_m": 1.5},
    {"span_deg": 90.0},
    {"span_deg": 90.0, "radius_m": 9.0},
    {"seam_deg": 5.0},
    {"projection": "flat", "distance_m": 6.0, "anchor_m": OUTER_EYE},
):
    for drawing in (renderer, raster):
        placed = msgspec.structs.replace(world_plan(), **values)
        drawing.draw(with_cards(frame_plan((wall,), (inner(),), world=placed), card(in_view=True)))
        assert drawing.read_wall(wall.name).any()
check_errors(context, "drawing on 4.1")
"""


def read(name):
    return (SHADERS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_shader_compiles_and_is_glsl_4_10_with_one_purpose(context, fragment):
    text, names = expand(fragment, read)
    first, second = text.splitlines()[:2]
    assert first == "#version 410 core"
    assert second.startswith("// ")
    own = fragment.replace(".frag", ".vert")
    before = expand(own, read)[0] if (SHADERS / own).exists() else vertex_before(names, read)
    context.program(vertex_shader=before, fragment_shader=text)


def test_everything_draws_on_opengl_4_1():
    version = {"MESA_GL_VERSION_OVERRIDE": "4.1", "MESA_GLSL_VERSION_OVERRIDE": "410"}
    done = subprocess.run(
        [sys.executable, "-c", ON_4_1],
        env={**os.environ, **version},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_pass_with_a_wrong_name_fails_when_it_is_loaded(context):
    given = ("peak_gain",)
    with pytest.raises(RuntimeError, match="signal_from_world"):
        Pass(context, "preview.frag", uniforms=given, textures=("picture",))
    with pytest.raises(RuntimeError, match="all declared"):
        Pass(context, "preview.frag", uniforms=("signal_from_world", *given), textures=("picture",))
    with pytest.raises(RuntimeError, match="raster"):
        Pass(context, "patterns/bars.frag")


def test_a_shader_that_does_not_compile_names_its_files(context, tmp_path, monkeypatch):
    (tmp_path / "full_target.vert").write_text(read("full_target.vert"))
    (tmp_path / "broken.frag").write_text('#version 410 core\n#include "part.glsl"\n')
    (tmp_path / "part.glsl").write_text("void main() { nothing(); }\n")
    monkeypatch.setattr("render.gpu.passes.SHADERS", tmp_path)
    with pytest.raises(RuntimeError, match=r"1: part\.glsl"):
        Pass(context, "broken.frag")


def test_no_driver_is_one_line_that_says_what_to_do():
    """A process in which no EGL library can be found."""
    program = (
        "import moderngl\n"
        "from render.gpu.context import create_headless_context\n"
        "from tracking.records import ConfigError\n"
        "try:\n    create_headless_context(require=990)\n"
        "except ConfigError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1
    assert "apt-get install" in done.stdout


def test_a_context_is_at_least_4_1(context):
    assert isinstance(context, moderngl.Context)
    assert context.version_code >= 410
    assert create_headless_context  # the same function that made it


def test_the_matrix_that_shaders_hold_is_the_programs(context):
    text = (SHADERS / "models" / "scene.glsl").read_text()
    held = re.search(r"const mat3 ACESCG = mat3\(([^)]*)\)", text)
    columns = np.array(held[1].split(","), np.float64).reshape(3, 3)
    assert columns.T.ravel() == pytest.approx(np.ravel(acescg_from_rgb(REC709)), abs=1e-9)
