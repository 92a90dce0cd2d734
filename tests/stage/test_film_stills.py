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


SKY = """
[stage]
name = "Grey"
outer_eye_m = [0.0, 0.0, 1.5]
[[walls]]
name = "front"
resolution_px = [64, 36]
signal = { peak_nits = 500.0 }
[walls.shape]
kind = "plane"
lower_left_m = [-3.0, 3.0, 0.0]
lower_right_m = [3.0, 3.0, 0.0]
upper_left_m = [-3.0, 3.0, 3.0]
[[cameras]]
name = "A"
resolution_px = [96, 54]
[world]
kind = "sky"
[time]
hour = 12.0
"""


@pytest.mark.gl
def test_a_grey_sphere_shows_the_light_of_the_walls_in_the_film_and_alone(tmp_path):
    config = tmp_path / "grey.toml"
    config.write_text(SKY)
    out = tmp_path / "out"
    words = ("still", str(config), "--camera", "A", "--out", str(out), "--json", "--focal-mm", "20")
    done = command_here(*words, "--pose", "0 2.5 1.5 180 0 0", "--grey-sphere", "outer")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert {"grey-sphere.exr", "grey-sphere.png"} <= set(report["files"])
    sphere = report["grey_sphere"]
    assert sphere["place_m"] == [0.0, 0.0, 1.5]
    walls_lux, lamps_lux = sphere["facing_lux"]
    assert 0.0 < walls_lux < 500.0 * np.pi
    assert lamps_lux == 0.0
    film, alone = (read_exr(out / name).astype(float) for name in ("film-A.exr", "grey-sphere.exr"))
    luminance = [light @ (0.2722287, 0.6740818, 0.0536895) for light in (film, alone)]
    assert luminance[0][27, 48] == pytest.approx(0.18 / np.pi * walls_lux / 100.0, rel=0.02)
    assert luminance[1][128, 128] == pytest.approx(luminance[0][27, 48], rel=0.02)
    refused = command_here(*words, "--pose", "0 0 1 0 0 0", "--grey-sphere", "here")
    assert refused.returncode == 2
    assert "--grey-sphere: found 'here'" in refused.stderr


@pytest.mark.gl
def test_a_world_of_numbers_lights_no_sphere(tmp_path):
    config = write_stage(tmp_path)
    words = ("still", str(config), "--camera", "A", "--pose", POSE, "--out", str(tmp_path / "out"))
    done = command_here(*words, "--grey-sphere", "outer")
    assert done.returncode == 2
    assert "--grey-sphere: the world on air is no light" in done.stderr


LAMPS = """
[[lights]]
name = "key"
fixture = "generic_rgbw_16bit"
universe = 1
address = 1
position_m = [0.0, 2.5, 1.5]
aim_m = [0.0, 0.0, 1.5]
lux_at_1m = 4000.0
colour = "xy"
x = 0.3127
y = 0.3290
{more}
"""


@pytest.mark.gl
@pytest.mark.parametrize(
    ("more", "share"), [("intensity = 0.5", 0.5), ('follow = "world"\nexposure_stops = 12.0', 1.0)]
)
def test_lights_light_the_sphere_with_what_they_give(tmp_path, more, share):
    config = tmp_path / "lamps.toml"
    config.write_text(SKY + LAMPS.format(more=more))
    words = ("still", str(config), "--camera", "A", "--out", str(tmp_path / "out"), "--json", "--no-film")
    done = command_here(*words, "--pose", "0 2.5 1.5 180 0 0", "--grey-sphere", "outer")
    assert done.returncode == 0, done.stderr
    sphere = json.loads(done.stdout)["grey_sphere"]
    assert sphere["facing_lux"][1] == pytest.approx(share * 4000.0 / 2.5**2, rel=0.01)
    assert sphere["upward_lux"][1] == pytest.approx(0.0, abs=1e-6)
