"""Planes and ground through the film camera, against its own double-precision geometry."""

import re
from pathlib import Path

import pytest

from render.gpu import passes
from render.gpu.passes import SHADERS
from stage.verify.run import VerifySettings, verify

pytestmark = pytest.mark.gl
SHIPPED = Path(__file__).resolve().parents[3] / "hw_configs" / "verify_plane.toml"
PLACES = {
    "plane": 'projection = "flat"\ndistance_m = 8.0\nturn_deg = 6.0\ntilt_deg = 4.0',
    "plane near the wall": 'projection = "flat"\ndistance_m = 4.5\nroll_deg = 20.0',
    "flat at infinity": 'projection = "flat"\nwidth_deg = 50.0',
    "ground": "ground_m = 1.6\nradius_m = 30.0",
    "ground without end": "ground_m = 1.6",
    "cylinder": 'projection = "cylinder"\nradius_m = 9.0',
    "cylinder with ground": 'projection = "cylinder"\nradius_m = 9.0\nground_m = 1.6',
    "dome": 'projection = "dome"\nradius_m = 9.0\ntilt_deg = 20.0',
}


def still(directory, place):
    """Errors of still poses on the shipped flat wall, before a world that is placed so."""
    world = f'[world]\nkind = "coordinates"\n{PLACES[place]}\n'
    text = re.sub(r"\[world\]\n(?:.+\n)*", world, SHIPPED.read_text())
    config = directory / "placed.toml"
    config.write_text(text.replace("overscan_deg = 4.0", "overscan_deg = 4.0\nresolution_px = [480, 270]"))
    (camera,) = verify(config, VerifySettings(motions=(), poses=3), lambda _doing: None).report.cameras.values()
    assert camera.still.pixels_compared > 100_000
    return camera.still


@pytest.mark.parametrize("place", PLACES)
def test_light_on_a_plane_or_on_the_ground_is_where_a_film_camera_expects_it(tmp_path, place):
    found = still(tmp_path, place)
    assert found.median_px <= 0.001
    assert found.p99_px <= 0.002


@pytest.mark.parametrize(
    ("place", "right", "wrong"),
    [
        ("plane", "lengths * ray", "1.01 * lengths * ray"),
        ("plane", "return plane_eye;", "return plane_eye * vec4(vec3(0.99), 1.0);"),
        ("cylinder", "aside -= surface.z", "aside -= 0.9 * surface.z"),
        ("ground", "surface.y * up,", "1.01 * surface.y * up,"),
    ],
)
def test_a_mistake_of_a_hundredth_breaks_the_limit(tmp_path, monkeypatch, place, right, wrong):
    def read(file):
        text = (SHADERS / file).read_text()
        return text.replace(right, wrong) if "world_surface" in file or "near_eye" in file else text

    monkeypatch.setattr(passes, "_read_shader", read)
    assert still(tmp_path, place).median_px > 0.01
