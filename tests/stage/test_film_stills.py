"""`stage still` with the film camera: what it photographs is the world, through the lens, from the pose."""

import json

import numpy as np
import pytest
from PIL import Image
from proving_stage import write_stage
from running_stage import command_here

from render.film.camera import FilmPose, every_pixel, registration_px
from render.film.lens import FilmLens
from render.film.rotation import axes_from_pan_tilt_roll
from render.film.world import FilmWorld
from render.images.exr import read_exr

POSE = "0.3 -0.2 1.4 8 -2 12"


def still(tmp_path, *more):
    out = tmp_path / "out"
    done = command_here(
        "still", str(write_stage(tmp_path)), "--camera", "A", "--pose", POSE, "--out", str(out), "--json", *more
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), out


@pytest.mark.gl
@pytest.mark.parametrize("focal_mm", [30.0, 55.0])
def test_the_film_shows_the_world_where_the_lens_looks(tmp_path, focal_mm):
    report, out = still(tmp_path, "--focal-mm", str(focal_mm))
    assert {"film-A.exr", "film-A.png"} <= set(report["files"])
    film = read_exr(out / "film-A.exr")
    lens = FilmLens(focal_length_mm=focal_mm, sensor_mm=(36.0, 20.25), resolution_px=(480, 270))
    x, y, z, pan, tilt, roll = (float(word) for word in POSE.split())
    pose = FilmPose(pupil_m=np.array([x, y, z]), axes=axes_from_pan_tilt_roll(pan, tilt, roll))
    seen = film.reshape(-1, 3).astype(np.float64)
    lit = np.linalg.norm(seen, axis=1) > 0.5
    assert lit.mean() > 0.8
    error = registration_px(lens, pose, seen[lit], every_pixel(lens).positions_px[lit], FilmWorld(radius_m=6.0))
    assert np.median(error) < 0.02


@pytest.mark.gl
def test_the_crews_preview_has_frame_lines(tmp_path):
    _, out = still(tmp_path)
    preview = np.asarray(Image.open(out / "film-A.png"))
    assert preview.shape == (270, 480, 3)
    upright = round(270 * 9 / 16)
    assert (preview[135, (480 - upright) // 2] == (64, 224, 208)).all()


@pytest.mark.gl
def test_a_still_without_film_writes_none(tmp_path):
    report, out = still(tmp_path, "--no-film")
    assert not [name for name in report["files"] if name.startswith("film-")]
    assert not list(out.glob("film-*"))
