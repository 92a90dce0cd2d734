"""`stage world radiance`: the light by direction that the walls show, and what it refuses."""

import json
import math

import numpy as np
import pytest
from running_stage import command_here

from render.colour.grade import REC709_FROM_ACESCG
from render.images.exr import read_exr
from stage.stills.directions import read_directions
from stage.stills.radiance import RadianceRequest, radiance_of
from stage.stills.wall_stills import StillRequest, draw_still
from tests.render.sky_pictures import towards
from tracking.records import ConfigError

COLUMNS, ROWS = 96, 54
EYE = (0.3, -0.2, 1.5)
BY_HAND = (
    ("/sky/sun/source", "manual"),
    ("/sky/sun/azimuth_deg", 75.0),
    ("/sky/sun/elevation_deg", 12.0),
    ("/sky/moon/source", "manual"),
    ("/sky/moon/elevation_deg", -60.0),
)
STAGE = f"""
[stage]
name = "Sky"
outer_eye_m = {list(EYE)}
[[walls]]
name = "main"
resolution_px = [{COLUMNS}, {ROWS}]
shape = {{ kind = "plane", lower_left_m = [-3.0, 4.0, 1.6], lower_right_m = [3.0, 4.0, 1.6], upper_left_m = [-3.0, 4.0, 4.6] }}
[[cameras]]
name = "A"
resolution_px = [320, 180]
focal_length_mm = 24.0
[[worlds]]
name = "Clear"
[[worlds.layers]]
kind = "sky"
[[worlds]]
name = "Turned"
turn_deg = 30.0
[[worlds.layers]]
kind = "sky"
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "stage.toml"
    path.write_text(STAGE)
    return path


def led_rays():
    """Unit vectors from the eye to the LEDs of the wall, (rows, columns, 3)."""
    x = -3.0 + 6.0 * (np.arange(COLUMNS) + 0.5) / COLUMNS
    z = 4.6 - 3.0 * (np.arange(ROWS) + 0.5) / ROWS
    grid_x, grid_z = np.meshgrid(x, z)
    rays = np.stack([grid_x, np.full_like(grid_x, 4.0), grid_z], axis=2) - np.array(EYE)
    return rays / np.linalg.norm(rays, axis=2, keepdims=True)


@pytest.mark.gl
def test_a_still_shows_the_light_of_its_directions(config, tmp_path):
    request = StillRequest(
        camera="A", position_m=EYE, rotation_deg=(0.0, 10.0, 0.0), feather=False, film=False, settings=BY_HAND
    )
    draw_still(config, request, tmp_path / "still")
    shown = read_exr(tmp_path / "still" / "wall-main.exr")[..., :3].reshape(-1, 3).astype(float)
    asked = RadianceRequest(settings=BY_HAND, sun_disc=False)
    expected = np.array(radiance_of(config, led_rays().reshape(-1, 3), asked).radiance)
    error = shown / expected - 1.0
    assert math.sqrt((error**2).mean()) < 0.002


@pytest.mark.gl
def test_directions_settings_worlds_and_colours_are_as_they_are_asked_for(config, tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_text("azimuth_deg, elevation_deg\n75,12\n\n0,40\n-30.5,2e0\n")
    words = [word for path, value in BY_HAND for word in ("--set", f"{path}={value}")]
    asked = ("world", "radiance", str(config), "--directions", str(rows), *words, "--json")
    found = {}
    for name, more in {
        "all": (),
        "without": ("--no-sun-disc",),
        "rec709": ("--no-sun-disc", "--linear-rec709"),
    }.items():
        result = command_here(*asked, *more)
        assert result.returncode == 0, result.stderr
        assert result.stderr == ""
        found[name] = np.array(json.loads(result.stdout)["radiance"])
    assert found["all"].shape == (3, 3)
    assert found["all"][0, 1] > 1000.0 * found["without"][0, 1]
    assert found["all"][1:] == pytest.approx(found["without"][1:], rel=1e-6)
    assert found["rec709"] == pytest.approx(found["without"] @ np.array(REC709_FROM_ACESCG).T, rel=1e-5)
    request = RadianceRequest(world="Turned", settings=BY_HAND, sun_disc=False)
    turned = radiance_of(config, np.array([towards(40.0, 30.0)]), request).radiance[0]
    assert turned == pytest.approx(tuple(found["without"][1]), rel=1e-4)


def test_directions_are_in_the_stage(tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_text("0,0\n90,0\n0,90\n-90,-30\n")
    half, root = 0.5, math.sqrt(0.75)
    expected = np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1], [root, 0, -half]])
    assert read_directions(rows) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("", "found no row, expected rows azimuth_deg,elevation_deg"),
        ("1,2\nwest,3\n", "row 2: found 'west,3', expected azimuth_deg,elevation_deg"),
        ("1,2,3\n", "row 1: found '1,2,3'"),
        ("nan,0\n", "row 1: found 'nan,0'"),
        ("0,90.1\n", "row 1: found '0,90.1'"),
        ("1e9,0\n", "row 1: found '1e9,0'"),
        ("0,0\n" * 100_001, "found 100001 rows or more, expected at most 100000"),
    ],
)
def test_rows_that_are_no_directions_are_refused(tmp_path, text, refused):
    rows = tmp_path / "rows.csv"
    rows.write_text(text)
    with pytest.raises(ConfigError, match=None) as refusal:
        read_directions(rows)
    assert refused in str(refusal.value)


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_directions(tmp_path / "none.csv")
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe0,0")
    with pytest.raises(ConfigError, match="is not text"):
        read_directions(tmp_path / "bytes.csv")


@pytest.mark.gl
def test_a_value_or_world_that_there_is_not_is_refused(config):
    for request, refused in (
        (RadianceRequest(settings=(("/sky/haze", 2.0),)), "/sky/haze"),
        (RadianceRequest(world="Nowhere"), "Nowhere"),
    ):
        with pytest.raises(ConfigError, match=refused):
            radiance_of(config, np.array([[0.0, 1.0, 0.0]]), request)
