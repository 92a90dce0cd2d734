"""A near 3D scene through the film camera: triangles, tiers, both ways of drawing, and pictures of earlier frames."""

import re
from pathlib import Path

import numpy as np
import pytest

from render.film import world as film
from render.film.world import FilmRoom, FilmWorld
from render.gpu import passes
from render.gpu.passes import SHADERS
from render.models import measured_room
from stage.bench import late_pose
from stage.loading.files import load_config
from stage.verify.run import verify
from stage.verify.settings import VerifySettings
from stage.verify.studio import drawn_by_raster, with_proving_world
from tests.stage.proving_stage import write_stage
from tracking.records import ConfigError

SHIPPED = Path(__file__).resolve().parents[3] / "hw_configs" / "verify_plane.toml"
STILL = VerifySettings(motions=(), poses=2, near=True)


def still(directory, stage_keys):
    text = re.sub(r"^\[stage\]$", f"[stage]\n{stage_keys}", SHIPPED.read_text(), flags=re.MULTILINE)
    config = directory / "near.toml"
    config.write_text(text.replace("overscan_deg = 4.0", "overscan_deg = 4.0\nresolution_px = [480, 270]"))
    (camera,) = verify(config, STILL, lambda _doing: None).report.cameras.values()
    assert camera.still.pixels_compared > 100_000
    assert camera.still.pixels_compared > 0.85 * camera.still.pixels_on_wall
    return camera.still


@pytest.mark.gl
@pytest.mark.parametrize("keys", ['quality = "low"', 'quality = "full"', 'draw = "raster"'])
def test_a_near_scene_is_where_a_film_camera_expects_it(tmp_path, keys):
    found = still(tmp_path, keys)
    assert found.median_px <= 0.002
    assert found.p99_px <= 0.01
    assert found.max_px <= 0.05


@pytest.mark.gl
def test_a_mistake_of_a_thousandth_breaks_the_limit(tmp_path, monkeypatch):
    def read(file):
        text = (SHADERS / file).read_text()
        return text.replace("seen.xy / seen.z, ", "1.001 * seen.xy / seen.z, ") if "model" in file else text

    monkeypatch.setattr(passes, "_read_shader", read)
    assert still(tmp_path, "").median_px > 0.02


@pytest.mark.gl
def test_pictures_of_earlier_frames_are_right_for_near_things_too(tmp_path):
    loaded = drawn_by_raster(with_proving_world(load_config(write_stage(tmp_path)), near=True))
    settings = VerifySettings(motions=("dolly",), seconds=2.2, near=True)
    fresh, late, held = (
        late_pose._filmed(late_pose._with_mode(loaded, mode), settings, lambda: None) for mode in ("off", "4", "held_4")
    )
    assert held.median_px > 2.0 * fresh.median_px + 0.1
    assert late.median_px <= fresh.median_px + 0.02
    assert late.p99_px <= fresh.p99_px + 0.1


def test_the_film_camera_knows_the_room_as_it_is_made():
    assert (film.FIELDS, film.ODD) == (measured_room.FIELDS, measured_room.ODD)
    room = FilmRoom(middle_m=np.array([1.0, 2.0, 3.0]), half_m=5.0)
    (mesh,) = measured_room.measured_room().meshes
    (part,) = mesh.parts
    rec709 = part.colours[:, :3].astype(np.float64)
    from_rec709 = np.array(measured_room.acescg_from_rgb(measured_room.REC709))
    stage = part.positions.astype(np.float64)[:, [0, 2, 1]] * (1.0, -1.0, 1.0)
    assert np.abs(room.places(rec709 @ from_rec709.T) - (room.middle_m + 5.0 * stage)).max() < 1e-5
    assert len(np.unique(room.fields(room.middle_m, stage.reshape(-1, 4, 3).mean(axis=1)))) == 6 * film.FIELDS**2


def test_a_ray_beside_an_edge_of_a_field_sees_two(tmp_path):
    world = FilmWorld(room=FilmRoom(middle_m=np.zeros(3), half_m=4.0))
    rays = np.array([[0.1, 1.0, 0.1], [0.125, 1.0, 0.125], [0.02, 1.0, 0.1], [1.0, 0.999, 0.1]])
    assert world.is_whole(np.zeros(3), rays, np.full(4, 0.03)).tolist() == [True, True, False, False]


def test_a_near_scene_has_no_shutter(tmp_path):
    settings = VerifySettings(motions=("dolly",), near=True, sub_frames=3)
    with pytest.raises(ConfigError, match="--sub-frames: found 3 with --near, expected 1"):
        verify(SHIPPED, settings, lambda _doing: None)
