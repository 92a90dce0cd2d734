"""`stage check` and `stage still`: what they say, what they refuse, and that a still shows what it should."""

import json
import math

import numpy as np
import pytest
from PIL import Image
from running_stage import ROOT, command_here, stage_command

from render.images.exr import read_exr, write_exr

COLUMNS, ROWS = 320, 120
LEFT, RIGHT, BOTTOM, TOP = -3.0, 3.0, 0.1, 2.35
AHEAD = 4.0
SHAPES = {
    "plane": f"""shape = {{ kind = "plane", lower_left_m = [{LEFT}, {AHEAD}, {BOTTOM}],
        lower_right_m = [{RIGHT}, {AHEAD}, {BOTTOM}], upper_left_m = [{LEFT}, {AHEAD}, {TOP}] }}""".replace("\n", ""),
    "arc": 'shape = { kind = "arc", radius_m = 4.0, sweep_deg = 120.0, height_m = 2.6, base_m = [0.0, 0.0, 0.1], '
    "turn_deg = 5.0 }",
    "mesh": 'shape = { kind = "mesh", file = "wall.obj" }',
}
POSE = (0.35, -0.2, 1.4, 7.0, -3.0, 2.0)
FOCAL_MM, SENSOR_MM = 24.0, (36.0, 20.25)


def stage_toml(shape, world):
    return f"""
[stage]
name = "Stills"
outer_eye_m = [0.0, 0.0, 1.5]
[[walls]]
name = "main"
resolution_px = [{COLUMNS}, {ROWS}]
{SHAPES[shape]}
[[cameras]]
name = "A"
resolution_px = [320, 180]
focal_length_mm = {FOCAL_MM}
[[cameras]]
name = "B"
focal_length_mm = 50.0
[world]
{world}
"""


def mesh_text():
    """A wall folded once, in two quads; its UVs lie evenly over the raster."""
    places = [(-3.0, 3.0), (0.0, 4.5), (3.0, 3.0)]
    lines = [f"v {x} {y} {z}" for z in (BOTTOM, TOP) for x, y in places]
    lines += [f"vt {u} {v}" for v in (0.0, 1.0) for u in (0.0, 0.5, 1.0)]
    return "\n".join([*lines, "f 1/1 2/2 5/5 4/4", "f 2/2 3/3 6/6 5/5", ""])


def led_positions(shape):
    """Metres in the stage of every LED's centre, (rows, columns, 3), from the shapes' definitions alone."""
    u = (np.arange(COLUMNS) + 0.5) / COLUMNS
    v = 1.0 - (np.arange(ROWS) + 0.5) / ROWS
    u, v = np.meshgrid(u, v)
    if shape == "plane":
        return np.stack([LEFT + (RIGHT - LEFT) * u, np.full_like(u, AHEAD), BOTTOM + (TOP - BOTTOM) * v], -1)
    if shape == "arc":
        angle = np.radians(120.0) * (u - 0.5) - np.radians(5.0)
        return np.stack([4.0 * np.sin(angle), 4.0 * np.cos(angle), 0.1 + 2.6 * v], -1)
    x = -3.0 + 6.0 * u
    y = np.where(u < 0.5, 3.0 + 1.5 * (u / 0.5), 4.5 - 1.5 * (u - 0.5) / 0.5)
    return np.stack([x, y, BOTTOM + (TOP - BOTTOM) * v], -1)


def light(direction):
    """A smooth scene-linear sky: a few low harmonics of the direction, brighter to one side."""
    x, y, z = np.moveaxis(direction / np.linalg.norm(direction, axis=-1, keepdims=True), -1, 0)
    return np.stack([1.0 + 0.5 * x + 0.2 * y * z, 0.8 + 0.4 * z, 0.9 + 0.3 * y - 0.2 * x * y], -1)


def write_sky(path, columns=1024):
    """The sky as an equirectangular picture: its centre looks along +Y, right of it is +X, the top row is +Z."""
    rows = columns // 2
    azimuth = ((np.arange(columns) + 0.5) / columns - 0.5) * 2.0 * math.pi
    height = (0.5 - (np.arange(rows) + 0.5) / rows) * math.pi
    azimuth, height = np.meshgrid(azimuth, height)
    direction = np.stack([np.cos(height) * np.sin(azimuth), np.cos(height) * np.cos(azimuth), np.sin(height)], -1)
    write_exr(path, light(direction).astype(np.float32))


def inside_frame(positions, margin=0.0):
    """LEDs within what the lens sees; pan, tilt and roll as intrinsic Z-X-Y matrices."""
    pan, tilt, roll = (math.radians(angle) for angle in POSE[3:])
    about_z = np.array([[math.cos(pan), -math.sin(pan), 0], [math.sin(pan), math.cos(pan), 0], [0, 0, 1.0]])
    about_x = np.array([[1.0, 0, 0], [0, math.cos(tilt), -math.sin(tilt)], [0, math.sin(tilt), math.cos(tilt)]])
    about_y = np.array([[math.cos(roll), 0, math.sin(roll)], [0, 1.0, 0], [-math.sin(roll), 0, math.cos(roll)]])
    seen = (positions - np.array(POSE[:3])) @ (about_z @ about_x @ about_y)
    depth = seen[..., 1]
    half = (0.5 * SENSOR_MM[0] / FOCAL_MM - margin, 0.5 * SENSOR_MM[1] / FOCAL_MM - margin)
    return (depth > 0) & (abs(seen[..., 0]) < half[0] * depth) & (abs(seen[..., 2]) < half[1] * depth)


def still(folder, toml, *options, pose=POSE, camera="A"):
    config = folder / "stage.toml"
    config.write_text(toml)
    (folder / "wall.obj").write_text(mesh_text())
    words = ("--camera", camera, "--pose", " ".join(map(str, pose)), "--out", str(folder / "out"))
    return command_here("still", str(config), *words, *options)


def drawn(folder, toml, *options):
    result = still(folder, toml, *options)
    assert result.returncode == 0, result.stderr
    return read_exr(folder / "out" / "wall-main.exr")


@pytest.mark.parametrize("shape", SHAPES)
def test_the_inner_region_equals_a_double_precision_projection(tmp_path, shape):
    write_sky(tmp_path / "sky.exr")
    picture = drawn(tmp_path, stage_toml(shape, 'kind = "panorama"\nfile = "sky.exr"'))
    positions = led_positions(shape)
    expected = light(positions - np.array(POSE[:3]))
    mask = inside_frame(positions)
    assert mask.sum() > 3000
    rms = math.sqrt(float(np.mean((picture - expected)[mask] ** 2)))
    assert rms <= 0.002 * float(expected[mask].mean())


@pytest.mark.parametrize("shape", SHAPES)
def test_coordinates_are_right_to_two_thousandths_of_a_degree(tmp_path, shape):
    picture = drawn(tmp_path, stage_toml(shape, 'kind = "coordinates"')).astype(np.float64)
    positions = led_positions(shape)
    rays = positions - np.array(POSE[:3])
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    mask = inside_frame(positions)
    sine = np.linalg.norm(np.cross(picture, rays), axis=-1)[mask]
    assert np.degrees(np.median(np.arcsin(np.minimum(sine, 1.0)))) <= 0.002
    assert np.abs(np.linalg.norm(picture[mask], axis=-1) - 1.0).max() < 1e-3


def test_the_rest_of_the_wall_is_seen_from_the_outer_eye(tmp_path):
    picture = drawn(tmp_path, stage_toml("arc", 'kind = "coordinates"'), "--no-feather").astype(np.float64)
    positions = led_positions("arc")
    rays = positions - np.array([0.0, 0.0, 1.5])
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    outside = ~inside_frame(positions, margin=-0.2)
    assert outside.sum() > 3000
    sine = np.linalg.norm(np.cross(picture, rays), axis=-1)[outside]
    assert np.degrees(np.median(np.arcsin(np.minimum(sine, 1.0)))) <= 0.01


def test_a_still_says_what_it_was_drawn_for(tmp_path):
    toml = stage_toml("plane", 'kind = "coordinates"')
    result = still(tmp_path, toml, "--focal-mm", "40", "--overscan", "3.5", "--no-feather", "--json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report == json.loads((tmp_path / "out" / "still.json").read_text())
    assert report["cameras"] == {
        "A": {
            "position_m": list(POSE[:3]),
            "rotation_deg": list(POSE[3:]),
            "focal_length_mm": 40.0,
            "sensor_mm": list(SENSOR_MM),
            "overscan": 3.5,
            "feather_px": 0.0,
        }
    }
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == set(report["files"]) >= {"wall-main.exr", "wall-main.png", "still.json"}
    assert Image.open(tmp_path / "out" / "wall-main.png").size == (COLUMNS, ROWS)


def test_set_changes_the_picture_and_twice_the_light_is_one_stop(tmp_path):
    write_sky(tmp_path / "sky.exr", 256)
    toml = stage_toml("plane", 'kind = "panorama"\nfile = "sky.exr"')
    plain = drawn(tmp_path, toml)
    brighter = drawn(tmp_path, toml, "--set", "/grade/exposure_stops=1")
    assert np.allclose(brighter, 2.0 * plain, rtol=1e-3)
    black = drawn(tmp_path, toml, "--set", "/output/blackout=true")
    assert not black.any()
    assert not np.asarray(Image.open(tmp_path / "out" / "wall-main.png")).any()


def test_two_stills_of_the_same_request_are_the_same_bytes(tmp_path):
    toml = stage_toml("arc", 'kind = "coordinates"')
    kept = []
    for _ in range(2):
        drawn(tmp_path, toml)
        kept.append([(tmp_path / "out" / name).read_bytes() for name in ("wall-main.exr", "wall-main.png")])
    assert kept[0] == kept[1]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            ("--set", "/grade/exposure_stop=1"),
            "--set: no parameter '/grade/exposure_stop'; did you mean /grade/exposure_stops?",
        ),
        (("--set", "/grade/exposure_stops=99"), "--set: /grade/exposure_stops "),
        (("--set", "/grade/exposure_stops=nan"), "/grade/exposure_stops"),
        (("--set", "/grade/exposure_stops=bright"), "takes a number"),
        (("--set", "/output/blackout=1"), "takes true or false"),
        (("--set", "/wall/main/pattern=zebra"), "expected one of off grid"),
        (("--set", "nonsense"), "expected PATH=VALUE"),
        (("--focal-mm", "nan"), "focal_length_mm"),
        (("--overscan", "90"), "overscan_deg"),
    ],
)
def test_values_that_cannot_be_are_refused(tmp_path, options, expected):
    result = still(tmp_path, stage_toml("plane", 'kind = "coordinates"'), *options)
    assert result.returncode == 2, result.stdout
    assert expected in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out" / "still.json").exists()


@pytest.mark.parametrize(
    ("pose", "camera", "expected"),
    [
        ((0.0, 0.0), "A", "expected six numbers"),
        (("a", 0, 0, 0, 0, 0), "A", "expected six numbers"),
        (("nan", 0, 0, 0, 0, 0), "A", "x_m"),
        ((1e9, 0, 0, 0, 0, 0), "A", "x_m"),
        (POSE, "Z", "expected one of"),
    ],
)
def test_a_pose_or_camera_that_cannot_be_is_refused(tmp_path, pose, camera, expected):
    result = still(tmp_path, stage_toml("plane", 'kind = "coordinates"'), pose=pose, camera=camera)
    assert result.returncode == 2
    assert expected in result.stderr
    assert "Traceback" not in result.stderr


def test_an_impossible_view_is_reported_and_drawn_without_the_camera(tmp_path):
    behind = (0.0, 6.0, 1.4, 180.0, 0.0, 0.0)
    result = still(tmp_path, stage_toml("plane", 'kind = "coordinates"'), "--json", pose=behind)
    assert result.returncode == 0
    assert "behind wall main" in json.loads(result.stdout)["held"]["main"]
    assert "wall main" in result.stderr


def test_an_output_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "out").write_text("in the way")
    result = still(tmp_path, stage_toml("plane", 'kind = "coordinates"'))
    assert result.returncode == 2
    assert "--out" in result.stderr


def test_still_and_check_leave_with_their_codes_as_programs(tmp_path):
    config = tmp_path / "stage.toml"
    config.write_text(stage_toml("plane", 'kind = "coordinates"'))
    words = ("still", str(config), "--camera", "A", "--pose", "0 0 1.5 0 0 0", "--out", str(tmp_path / "out"))
    assert stage_command(*words).returncode == 0
    assert (tmp_path / "out" / "still.json").is_file()
    assert stage_command(*words, "--set", "/nothing=1").returncode == 2
    assert stage_command("check", str(tmp_path / "absent.toml")).returncode == 1


def test_check_counts_what_a_good_configuration_holds(tmp_path):
    config = tmp_path / "stage.toml"
    config.write_text(stage_toml("plane", 'kind = "coordinates"'))
    result = command_here("check", str(config), "--json")
    assert result.returncode == 0
    report = json.loads(result.stdout)
    assert (report["ok"], report["walls"], report["cameras"], report["trackers"]) == (True, 1, 2, 0)
    assert report["parameters"] > 20


def test_check_reports_the_findings_of_every_file(tmp_path):
    good, bad, broken = tmp_path / "good.toml", tmp_path / "bad.toml", tmp_path / "broken.toml"
    good.write_text(stage_toml("plane", 'kind = "coordinates"'))
    bad.write_text(stage_toml("mesh", 'kind = "coordinates"').replace("wall.obj", "absent.obj"))
    broken.write_text("[stage\n")
    result = command_here("check", str(good), str(bad), str(broken), "--json")
    assert result.returncode == 1
    reports = [json.loads(line) for line in result.stdout.splitlines()]
    assert [report["ok"] for report in reports] == [True, False, False]
    assert "absent.obj" in reports[1]["errors"][0]
    assert "TOML" in reports[2]["errors"][0]


def test_check_finds_what_run_would_refuse_without_opening_a_device(tmp_path):
    config = tmp_path / "stage.toml"
    tracker = '[[trackers]]\nname = "t"\nprotocol = "freed"\nsource = "serial:///dev/ttyABSENT"\n'
    config.write_text(stage_toml("plane", 'kind = "coordinates"') + tracker)
    assert command_here("check", str(config)).returncode == 0


def test_a_configuration_without_a_finding_is_called_good():
    """What a shipped one is; `tests/test_hw_configs.py` examines all of them."""
    result = command_here("check", str(ROOT / "hw_configs" / "sim_worlds.toml"))
    assert result.returncode == 0, result.stderr
    assert "good" in result.stdout
