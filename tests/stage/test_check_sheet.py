"""`stage check` shows what it understood, and names the mistakes that cost an hour in its first line."""

import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image
from running_stage import command_here
from volume_text import VOLUME

from calibration.forms import direction_of
from stage.command_line.check import examine
from stage.config.records import StageConfig
from stage.config.survey.coverage import coverage_of
from stage.doctor.graphics import Monitor
from stage.doctor.outputs import examine_outputs
from stage.gate.ports import own_addresses
from stage.loading.files import load_config

ROOT = Path(__file__).resolve().parents[2]
FIELD = Path(os.environ.get("OPENSTAGE_DATA", "/nowhere")) / "field" / "mistakes"

NAMED = {
    "02_typo_section": r"output: unknown section; did you mean 'outputs'",
    "03b_ceiling_mm": r"walls\[1\]\.shape.*millimetres.*\[-1\.5, 4, 3\.3\]",
    "04_sweep_rad": r"walls\[0\]\.shape\.sweep_deg.*radians.*68\.75",
    "06_side_swapped": r"walls\[2\]\.shape.*facing away.*exchanged",
    "07_skew_corner": r"walls\[2\]\.shape\.upper_left_m.*sheared",
    "08b_res_nonsquare": r"walls\[0\]\.resolution_px.*3\.13 mm.*2\.78 mm.*960 rows",
    "10_region_outside_canvas": r"outputs\[0\]\.regions\[1\]\.at_px: found \[1000, 0\]",
    "11b_region_same_half": r"columns 960 to 1919.*'main'.*on no canvas",
    "12_same_id_port": r"trackers\[2\]\.camera_id: found 2",
    "12c_two_protocols_port": r"trackers\[2\]\.protocol.*own port",
    "13_missing_file": r"world\.file.*no such file",
    "14b_pano_lens_not_image": r"world\.file.*my\.toml",
    "15b_rate_25": r"trackers\[1\]\.rate_hz.*25 Hz",
    "16_priv_port": r"trackers\[1\]\.source.*port 80",
    "18_monitor": r"outputs\[0\]\.monitor.*DP-1",
    "19b_latency_s": r"walls\[0\]\.latency_ms.*seconds.*33",
    "20b_baud_word": r"trackers\[0\]\.source.*9600",
    "21_tracker_name": r"cameras\[0\]\.tracker.*'crone'",
    "22b_zoom_unsorted": r"cameras\[0\]\.zoom.*rising",
    "22d_sensor_swapped": r"cameras\[0\]\.sensor_mm.*exchanged.*\[36\.7, 20\.64\]",
    "23b_pupil_1.1": r"cameras\[0\]\.entrance_pupil_m.*1\.1.*0\.11",
    "24_dup_wall_name": r"walls\[2\]\.name: found 'main' again",
    "26_panasonic_port_camid": r"trackers\[1\]\.camera_id: found 256",
    "28_outer_eye_mm": r"stage\.outer_eye_m.*millimetres.*\[0, 0, 1\.6\]",
    "29_peak": r"walls\[0\]\.signal\.peak_nits.*1500",
    "30b_hostname": r"trackers\[1\]\.source.*tracker\.local",
    "31b_mcast_badiface": r"trackers\[1\]\.source.*(10\.1\.2\.3|239\.135\.1\.1)",
    "33_stagefrom_mm": r"trackers\[0\]\.stage_from_tracker\.position_m.*\[0\.1, -1, 0\]",
    "35_maxspeed": r"trackers\[1\]\.max_turn_deg_s.*radians",
    "37_comma": r"line 13.*5,0 a decimal comma",
    "39_panel_port_ctl": r"panel\.bind.*7700.*control",
    "41_height_neg": r"walls\[0\]\.shape\.height_m: found -3",
}

SIDE = "lower_left_m = [3.2, 3.6, 0.05], lower_right_m = [4.0, 1.7, 0.05], upper_left_m = [3.2, 3.6, 2.6]"
HALF = '{ wall = "main", from_px = [960, 0], size_px = [960, 960], at_px = [0, 0] }'
CEILING = '  { wall = "ceiling", at_px = [960, 0] },\n'
MISTAKES = [
    ("radius_m = 5.0", "radius_m = 5000", r"walls\[0\]\.shape\.radius_m.*millimetres.*is 5$"),
    ("radius_m = 5.0", "radius_m = 500", r"walls\[0\]\.shape\.radius_m.*centimetres.*is 5$"),
    ("height_m = 3.0", "height_m = 3000", r"walls\[0\]\.shape\.height_m.*is 3$"),
    ("base_m = [0.0, 0.0, 0.05]", "base_m = [0.0, 0.0, 50.0]", r"walls\[0\]\.shape\.base_m.*\[0, 0, 0\.05\]"),
    ("sweep_deg = 68.75494,", "sweep_deg = 68.75494, turn_deg = 1.5708,", r"walls\[0\]\.shape\.turn_deg.*is 90"),
    (
        "resolution_px = [1920, 960]",
        "resolution_px = [960, 1920]",
        r"walls\[0\].resolution_px.*exchanged.*\[1920, 960\]",
    ),
    ("resolution_px = [320, 400]", "resolution_px = [400, 320]", r"walls\[2\].resolution_px.*exchanged.*\[320, 400\]"),
    (
        SIDE,
        "lower_left_m = [3.2, 3.6, 2.6], lower_right_m = [4.0, 1.7, 2.6], upper_left_m = [3.2, 3.6, 0.05]",
        r"walls\[2\]\.shape.*'side' on its head",
    ),
    (
        SIDE,
        "lower_left_m = [-1.5, 4.0, 3.3], lower_right_m = [1.5, 4.0, 3.3], upper_left_m = [-1.5, 2.0, 3.3]",
        r"walls\[2\]",
    ),
    ("outer_eye_m = [0.0, 0.0, 1.6]", "outer_eye_m = [0.0, 6.0, 1.6]", r"stage\.outer_eye_m.*behind wall 'main'"),
    ("outer_eye_m = [0.0, 0.0, 1.6]", "outer_eye_m = [0.0, 1.6, 0.0]", r"stage\.outer_eye_m.*floor"),
    ("outer_eye_m = [0.0, 0.0, 1.6]", "outer_eye_m = [0.0, 4.9, 1.6]", r"stage\.outer_eye_m.*0\.1 m from wall"),
    ("frame_rate_hz = 50", "frame_rate_hz = 23.98", r'stage\.frame_rate_hz.*"24000/1001"'),
    ("frame_rate_hz = 50", "frame_rate_hz = 29.97", r'stage\.frame_rate_hz.*"30000/1001"'),
    ("frame_rate_hz = 50", "frame_rate_hz = 16.6", r"stage\.frame_rate_hz.*period.*60"),
    ("latency_budget_ms = 120.0", "latency_budget_ms = 0.12", r"stage\.latency_budget_ms.*seconds.*120"),
    ("latency_budget_ms = 120.0", "latency_budget_ms = 50.0", r"stage\.latency_budget_ms.*needs 78\.3 ms"),
    ("delay_ms = 8.3", "delay_ms = 0.0083", r"trackers\[0\]\.delay_ms.*seconds.*8\.3"),
    ("latency_ms = 33.0", "latency_ms = 33000.0", r"walls\[0\]\.latency_ms|at most"),
    ("[0.0, 0.085, -0.142]", "[0.0, 85.0, -142.0]", r"cameras\[0\]\.marker_from_camera.*\[0, 0\.085, -0\.142\]"),
    (
        "position_m = [0.1, -1.0, 0.0]",
        "position_m = [10.0, -100.0, 0.0]",
        r"trackers\[0\].*centimetres.*\[0\.1, -1, 0\]",
    ),
    (
        "rotation_deg = [0.0, 0.0, 0.0] }\n\n[[trackers]]",
        "rotation_deg = [3.1416, 0.0, 0.0] }\n\n[[trackers]]",
        r"trackers\[0\]\.stage_from_tracker\.rotation_deg.*\[180, 0, 0\]",
    ),
    (
        "sensor_mm = [36.7, 20.64]",
        "sensor_mm = [36.7, 24.0]",
        r"cameras\[0\]\.sensor_mm.*recorded part.*36\.7 x 20\.64",
    ),
    ("zoom = [[0, 24.0], [32768, 50.0]", "zoom = [[0, 24.0], [32768, 90.0]", r"cameras\[0\]\.zoom.*up and down"),
    ("focal_length_mm = 50.0", "focal_length_mm = 5.0", r"cameras\[1\]\.focal_length_mm.*millimetres"),
    ("focal_length_mm = 50.0\n", "", r"cameras\[1\]\.focal_length_mm.*FreeD"),
    ("overscan_deg = 2.0", "shutter_deg = 0.5", r"cameras\[1\]\.shutter_deg.*180"),
    (CEILING, "", r"walls\[1\].*'ceiling' on no canvas"),
    (HALF, HALF.replace("960, 0], size_px = [960", "950, 0], size_px = [960"), r"columns 1910 to 1919.*on no canvas"),
    ("position_px = [1280, 0]", "position_px = [1000, 0]", r"outputs\[1\]\.position_px.*280 x 1024 px.*outputs\[0\]"),
    ("position_px = [1280, 0]\nfullscreen = false", "position_px = [1280, 0]", r"outputs\[1\]\.(monitor|position_px)"),
    ("udp://127.0.0.1:40001", "udp://198.18.7.7:40001", r"trackers\[1\]\.source.*198\.18\.7\.7.*udp://:40001"),
    ("baud=38400&parity=odd", "baud=38400&parity=none", r"trackers\[0\]\.source.*parity=none"),
    ("peak_nits = 800.0", "peak_nits = 80000.0", r"walls\[2\]\.signal\.peak_nits"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the pictures that the configurations name."""
    made = tmp_path_factory.mktemp("volume")
    for name, size in (("valley", (512, 256)), ("tall", (1000, 700)), ("wide", (900, 300)), ("small", (128, 64))):
        Image.new("RGB", size).save(made / f"{name}.png")
    return made


def report_on(folder, text):
    path = folder / "stage.toml"
    path.write_text(text)
    return examine(path)


def first_line(report):
    return (*report.warnings, *report.errors, "nothing")[0]


def test_the_volume_itself_is_without_warnings(folder):
    report = report_on(folder, VOLUME)
    assert (report.errors, report.warnings, report.ok) == ((), (), True)


@pytest.mark.parametrize(("right", "wrong", "named"), MISTAKES, ids=lambda text: re.sub(r"\W+", "_", text)[:40])
def test_a_plausible_mistake_is_named_in_the_first_line(folder, right, wrong, named):
    assert right in VOLUME
    report = report_on(folder, VOLUME.replace(right, wrong, 1))
    assert re.search(named, first_line(report))
    assert report.ok == (not report.errors)


def test_columns_on_two_canvases_are_named(folder):
    wider = VOLUME.replace("[960, 0], size_px = [960, 960]", "[950, 0], size_px = [970, 960]")
    wider = wider.replace("[1344, 1024]", "[1354, 1024]").replace(CEILING, CEILING.replace("[960, 0]", "[970, 0]"))
    found = first_line(report_on(folder, wider))
    assert re.search(r"outputs\[1\]\.regions\[0\].*columns 950 to 959.*outputs\[0\]\.regions\[0\] shows", found)


@pytest.mark.data
@pytest.mark.parametrize("name", NAMED)
def test_the_mistakes_of_the_field_are_named_in_the_first_line(folder, name):
    if not FIELD.is_dir():
        pytest.skip("OPENSTAGE_DATA names no folder with field/mistakes")
    text = (FIELD / f"{name}.toml").read_text().replace("worlds/valley.jpg", "valley.png")
    text = text if name.startswith("13") else text.replace("hw_configs/valley.png", "valley.png")
    assert re.search(NAMED[name], first_line(report_on(folder, text)))


@pytest.mark.parametrize(
    ("file", "named"),
    [
        ("small", r"warning: .*128 x 64"),
    ],
)
def test_a_picture_that_is_no_panorama_is_named(folder, file, named):
    found = first_line(report_on(folder, VOLUME.replace("valley.png", f"{file}.png")))
    assert re.search(rf"world\.file: .*{named}", found)


def test_a_sphere_inside_the_walls_is_named(folder):
    found = report_on(folder, VOLUME.replace('file = "valley.png"', 'file = "valley.png"\nradius_m = 1.0'))
    assert "world.radius_m: warning: found 1 m, nearer than the walls" in found.warnings[0]


def test_a_lens_of_a_film_that_folds_over_in_it_is_refused(folder):
    films = 'plates = [{ file = "valley.png", width_deg = 100.0, lens = "wide.json" }]'
    text = VOLUME.replace('file = "valley.png"', films).replace('"panorama"', '"plate"')
    for radial, faults in (("-0.001", 0), ("-0.2", 1)):
        (folder / "wide.json").write_text(f'{{"nodes": [{{"focal_length_mm": 8.0, "radial": [{radial}]}}]}}')
        found = [one for one in report_on(folder, text).errors if "plates[0].lens: found 'wide.json'" in one]
        assert len(found) == faults


def test_the_sheet_says_what_a_tape_measure_would(folder):
    sheet = report_on(folder, VOLUME).sheet
    main, ceiling, side = sheet.walls
    assert main.size_m == pytest.approx((6.0, 3.0), abs=0.001)
    assert main.pitch_mm == pytest.approx((3.125, 3.125), abs=0.001)
    assert (main.facing.words, ceiling.facing.words, side.facing.words) == ("back", "down", "back left")
    assert main.distance_m == pytest.approx(5.0, abs=0.01)
    assert side.from_outer_eye.words == "front right"
    assert sheet.cameras[0].longest_latency_ms == pytest.approx(8.3 + 30.0 + 40.0)
    assert [one.covered_percent for one in sheet.coverage] == [100.0, 100.0, 100.0]
    assert sheet.worlds[0].layers[0].size_px == (512, 256)


def test_coverage_counts_every_led_of_overlapping_regions(folder):
    halves = VOLUME.replace(
        HALF, HALF.replace("from_px = [960, 0]", "from_px = [480, 240]").replace("[960, 960]", "[960, 720]")
    )
    (folder / "stage.toml").write_text(halves)
    config: StageConfig = load_config(folder / "stage.toml").config
    seen = [[0] * 8 for _ in range(4)]  # The same rectangles on a raster of 8 x 4, counted one by one.
    for left, top, right, bottom in ((0, 0, 4, 4), (2, 1, 6, 4)):
        for row in range(top, bottom):
            for column in range(left, right):
                seen[row][column] += 1
    counts = [count for row in seen for count in row]
    main = coverage_of(config)[0]
    assert main.twice_percent == 100.0 * counts.count(2) / 32
    assert main.none_percent == 100.0 * counts.count(0) / 32


def test_a_warning_fails_only_a_strict_check_and_is_printed_before_the_sheet(folder):
    path = folder / "stage.toml"
    path.write_text(VOLUME.replace("radius_m = 5.0", "radius_m = 5000"))
    plain, strict = command_here("check", str(path)), command_here("check", str(path), "--strict")
    assert (plain.returncode, strict.returncode) == (0, 1)
    lines = plain.stdout.splitlines()
    assert lines[0].startswith(f"{path}: walls[0].shape.radius_m: warning: ")
    assert any("can be run, 1 warning" in line for line in lines)
    assert any(line.strip().startswith("wall side (plane): 2.06 x 2.55 m") for line in lines)


def test_json_has_one_line_a_file_with_warnings_and_sheet(folder):
    good, bad = folder / "good.toml", folder / "bad.toml"
    good.write_text(VOLUME)
    bad.write_text(VOLUME.replace("height_m = 3.0", "height_m = -3.0"))
    result = command_here("check", str(good), str(bad), "--json")
    one, other = map(json.loads, result.stdout.splitlines())
    assert result.returncode == 1
    assert (one["ok"], one["warnings"], one["sheet"]["walls"][1]["name"]) == (True, [], "ceiling")
    assert (other["ok"], other["warnings"], len(other["errors"])) == (False, [], 1)


def test_the_plan_is_svg_that_names_walls_rigs_and_canvases(folder):
    path, plan = folder / "stage.toml", folder / "plan.svg"
    path.write_text(VOLUME.replace('name = "My Volume"', 'name = "A & <B>"'))
    assert command_here("check", str(path), "--plan", str(plan)).returncode == 0
    root = ET.parse(plan).getroot()
    words = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    for name in ("A & <B>", "main", "ceiling", "side", "crane", "outer eye", "witness", "From above", "1 m"):
        assert name in words
    assert any(word.startswith("outputs[1]: 1344 x 1024 px") for word in words)
    width, height = float(root.get("width")), float(root.get("height"))
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        assert 0.0 <= float(text.get("x")) <= width
        assert 0.0 <= float(text.get("y")) <= height


def test_a_plan_is_for_one_configuration(folder):
    (folder / "stage.toml").write_text(VOLUME)
    result = command_here(
        "check", str(folder / "stage.toml"), str(folder / "stage.toml"), "--plan", str(folder / "x.svg")
    )
    assert result.returncode == 2
    assert "expected one for a plan" in result.stderr


def test_the_documents_show_the_sheet_and_plan_that_check_makes(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    words = ("check", "hw_configs/stage_vertical_volume.toml", "--plan", str(tmp_path / "plan.svg"))
    sheet = command_here(*words).stdout.rpartition(f"{tmp_path}")[0].partition("\n")[2]
    assert sheet in (ROOT / "docs" / "technician.md").read_text()
    assert (tmp_path / "plan.svg").read_text() == (ROOT / "docs" / "pictures" / "plan.svg").read_text()


@pytest.mark.parametrize(
    ("way", "words"),
    [((0, 1, 0), "front"), ((-1, 0, 0), "left"), ((1, -1, 0), "back right"), ((0, 0.1, -1), "down"), ((0, 0, 1), "up")],
)
def test_directions_have_the_stages_words(way, words):
    assert direction_of(way).words == words


def test_addresses_are_read_from_the_routing_table(tmp_path):
    table = tmp_path / "fib_trie"
    table.write_text(
        "  |-- 127.0.0.1\n     /32 host LOCAL\n  |-- 192.0.2.10\n     /32 host LOCAL\n  |-- 192.0.2.255\n     /32 link BROADCAST\n"
    )
    assert own_addresses(table) == ("192.0.2.10",)
    assert own_addresses(tmp_path / "absent") is None


LEFT = Monitor(name="DP-1", size_px=(1280, 1024), rate_hz=50, position_px=(0, 0))
FAST = Monitor(name="DP-1", size_px=(1280, 1024), rate_hz=60, position_px=(0, 0))
RIGHT = Monitor(name="DP-2", size_px=(1920, 1080), rate_hz=60, position_px=(1280, 0))
DESKTOP = "position_px = [0, 0]\nfullscreen = false\n"


@pytest.mark.parametrize(
    ("written", "monitors", "states", "named"),
    [
        ("", (LEFT, RIGHT), ["ok", "ok"], ""),
        ("", (), ["fail"], "no monitor for 2 window"),
        ("", (LEFT,), ["ok", "fail"], "100 % of it is on no monitor"),
        ('monitor = "DP-1"\n', (LEFT, RIGHT), ["ok", "ok"], ""),
        ('monitor = "DP-l"\n', (LEFT, RIGHT), ["fail", "ok"], "'DP-l' is not connected"),
        ('monitor = "DP-2"\n', (LEFT, RIGHT), ["warn", "ok"], "1920x1080"),
        ('monitor = "DP-1"\n', (RIGHT, FAST), ["warn", "ok"], "60 Hz"),
    ],
)
def test_doctor_looks_for_the_monitor_of_every_window(folder, written, monitors, states, named):
    (folder / "stage.toml").write_text(VOLUME.replace(DESKTOP, written or DESKTOP, 1))
    found = list(examine_outputs(load_config(folder / "stage.toml").config, monitors))
    assert [one.state for one in found] == states
    assert named in " ".join(one.found for one in found)
