"""`stage check` knows units, exchanged numbers and devices' habits, and does not warn of stages as people build them."""

import re
from xml.etree import ElementTree as ET

import pytest
from PIL import Image
from running_stage import command_here
from volume_text import VOLUME

from stage.command_line.check import examine
from stage.config.wording import unit_hint

SVG = "{http://www.w3.org/2000/svg}"

MARKER = "position_m = [0.0, 0.085, -0.142]"
ORIGIN = "position_m = [0.1, -1.0, 0.0]"
EYE = "outer_eye_m = [0.0, 0.0, 1.6]"
ARC = "radius_m = 5.0, sweep_deg = 68.75494, height_m = 3.0, base_m = [0.0, 0.0, 0.05]"
CEILING = "[-1.5, 4.0, 3.3], lower_right_m = [1.5, 4.0, 3.3], upper_left_m = [-1.5, 2.0, 3.3]"
SIDE = "[3.2, 3.6, 0.05], lower_right_m = [4.0, 1.7, 0.05], upper_left_m = [3.2, 3.6, 2.6]"
ZOOM = "zoom = [[0, 24.0], [32768, 50.0], [65535, 75.0]]"

MISTAKES = [
    (MARKER, "position_m = [0.0, 8.5, -14.2]", r"cameras\[0\]\.marker.*centimetres.*\[0, 0\.085, -0\.142\]"),
    (MARKER, "position_m = [0.0, 3.35, -5.6]", r"cameras\[0\]\.marker.*inches.*\[0, 0\.08509, -0\.14224\]"),
    (ORIGIN, "position_m = [0.0, -25.0, 0.0]", r"trackers\[0\]\.stage_from.*centimetres.*\[0, -0\.25, 0\]"),
    (EYE, "outer_eye_m = [0.0, 0.0, 63.0]", r"stage\.outer_eye_m.*inches.*\[0, 0, 1\.6002\]"),
    (EYE, "outer_eye_m = [0.0, 0.0, 5.25]", r"stage\.outer_eye_m.*feet.*1\.6"),
    (EYE, "outer_eye_m = [0.0, -1600.0, 1.6]", r"stage\.outer_eye_m.*\[0, -1\.6, 1\.6\]"),
    (ARC, ARC.replace("5.0", "197.0"), r"walls\[0\]\.shape\.radius_m.*written in inches.*5\.0038$"),
    (
        ARC,
        "radius_m = 5000.0, sweep_deg = 68.75494, height_m = 3000.0, base_m = [0.0, 0.0, 50.0]",
        r"walls\[0\]\.shape\.radius_m.*millimetres\? In metres it is 5$",
    ),
    (
        ARC,
        "radius_m = 500.0, sweep_deg = 68.75494, height_m = 300.0, base_m = [0.0, 0.0, 5.0]",
        r"walls\[0\]\.shape\.radius_m.*centimetres\? In metres it is 5;",
    ),
    (ARC, ARC.replace("0.05]", "5.0]"), r"walls\[0\]\.shape\.base_m.*\[0, 0, 0\.05\]"),
    (
        SIDE,
        "[320, 360, 5], lower_right_m = [400, 170, 5], upper_left_m = [320, 360, 260]",
        r"walls\[2\]\.shape\.lower_left_m.*centimetres.*\[3\.2, 3\.6, 0\.05\]",
    ),
    (SIDE, SIDE.replace("2.6]", "2600]"), r"walls\[2\]\.shape\.upper_left_m.*millimetres.*\[3\.2, 3\.6, 2\.6\]"),
    (
        SIDE,
        "[3.2, 3.6, 0.05], lower_right_m = [3.2, 3.6, 2.6], upper_left_m = [4.0, 1.7, 0.05]",
        r"walls\[2\]\.shape: .*on its side.*lower_right_m and upper_left_m been exchanged",
    ),
    (SIDE, SIDE.replace("1.7, 0.05]", "1.7, 0.15]"), r"walls\[2\]\.shape\.upper_left_m.*sheared.*87\.2 degrees"),
    (CEILING, CEILING.replace("3.3]", "0.33]"), r"walls\[1\]\.shape.*faces down at 0\.33 m.*is its height right"),
    ("frame_rate_hz = 50", 'frame_rate_hz = "24000/1000"', r'stage\.frame_rate_hz.*"24000/1001" meant'),
    (ZOOM, ZOOM.replace("65535", "32768"), r"cameras\[0\]\.zoom.*twice"),
    (ZOOM, "zoom = [[0, 24.0], [0.5, 50.0], [1.0, 75.0]]", r"cameras\[0\]\.zoom.*shares.*counts"),
    (ZOOM, "zoom = [[24.0, 100], [50.0, 32768], [75.0, 65535]]", r"cameras\[0\]\.zoom\[1\].*\[raw value, focal length"),
    ("sensor_mm = [36.7, 20.64]", "sensor_mm = [3.67, 2.064]", r"cameras\[0\]\.sensor_mm.*centim.*\[36\.7, 20\.64\]"),
    ("sensor_mm = [36.7, 20.64]", "sensor_mm = [1.44, 0.81]", r"cameras\[0\]\.sensor_mm.*inches.*\[36\.576, 20\.574\]"),
    ("sensor_mm = [36.7, 20.64]", "sensor_mm = [18.35, 20.64]", r"cameras\[0\]\.sensor_mm.*2x.*\[36\.7, 20\.64\]"),
    ("entrance_pupil_m = 0.11", "entrance_pupil_m = 110.0", r"cameras\[0\]\.entrance_pupil_m.*millimetres\? 0\.11$"),
    ("focal_length_mm = 50.0", "focal_length_mm = 0.05", r"cameras\[1\]\.focal_length_mm.*metres\? 50$"),
    ("overscan_deg = 2.0", "shutter_deg = 3.14159", r"cameras\[1\]\.shutter_deg.*radians.*180"),
    ("baud=38400", "baud=115200", r"trackers\[0\]\.source.*baud=115200.*38400"),
    ("rate_hz = 59.94", "rate_hz = 16.7", r"trackers\[1\]\.rate_hz.*in ms\? Then it is 59\.88 Hz"),
    ("[world]", '[control]\nendpoint = "tcp://127.0.0.1:80"\n[world]', r"control\.endpoint.*port 80.*administrator"),
    ("peak_nits = 1500.0", "peak_nits = 10000.0", r"walls\[0\]\.signal\.peak_nits.*end of PQ's scale"),
    (
        "[world]",
        "[place]\nlongitude_deg = 120.2\n[world]",
        r"place\.utc_offset_h: .*0 h at longitude 120\.2.* at 4\.0 on this clock: .*about \+8 h",
    ),
    (
        "[world]",
        "[place]\nlongitude_deg = 74.0\nutc_offset_h = -5.0\n[world]",
        r"place\.utc_offset_h.*longitude's sign right\? East is \+$",
    ),
    ('"valley.png"', '"valley.png"\nradius_m = 50000.0', r"world\.radius_m.*millimetres\? In metres it is 50"),
    (
        'kind = "panorama"\nfile = "valley.png"',
        'kind = "plate"\nspan_deg = 30.0\nplates = [{ file = "front.mov" }]',
        r"world\.span_deg.*set of films, where it changes nothing.*width_deg of its films",
    ),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the panorama that the stages name."""
    made = tmp_path_factory.mktemp("volume")
    Image.new("RGB", (512, 256)).save(made / "valley.png")
    return made


def report_on(folder, text):
    path = folder / "stage.toml"
    path.write_text(text)
    return examine(path)


@pytest.mark.parametrize(
    ("right", "wrong", "named"), MISTAKES, ids=[re.sub(r"\W+", "_", one[1])[:48] for one in MISTAKES]
)
def test_a_wrong_unit_or_habit_is_named_with_cause_and_cure(folder, right, wrong, named):
    assert right in VOLUME
    text = VOLUME.replace(right, wrong, 1)
    report = report_on(folder, text)
    assert re.search(named, (*report.warnings, *report.errors, "nothing")[0])


def plane(name, resolution_px, lower_left_m, lower_right_m, upper_left_m):
    shape = f"lower_left_m = {lower_left_m}, lower_right_m = {lower_right_m}, upper_left_m = {upper_left_m}"
    head = f'[[walls]]\nname = "{name}"\nresolution_px = {resolution_px}\nlatency_ms = 20\n'
    return f'{head}shape = {{ kind = "plane", {shape} }}\n'


def arc(name, resolution_px, shape):
    return f'[[walls]]\nname = "{name}"\nresolution_px = {resolution_px}\nshape = {{ kind = "arc", {shape} }}\n'


def rig(tracker="rate_hz = 60", camera="focal_length_mm = 35.0", source="udp://:40000"):
    follows = f'[[trackers]]\nname = "t"\nprotocol = "freed"\nsource = "{source}"\n{tracker}\n'
    return f'{follows}[[cameras]]\nname = "A"\ntracker = "t"\n{camera}\n'


FRONT = plane("front", [480, 200], [-3, 4, 0], [3, 4, 0], [-3, 4, 2.5])
STAGES = {
    "a monitor on a desk": "[stage]\nouter_eye_m = [0, -0.8, 0.2]\n"
    + plane("desk", [1920, 1080], [-0.3, 0.5, 0.0], [0.3, 0.5, 0.0], [-0.3, 0.5, 0.3375])
    + rig(camera="sensor_mm = [13.2, 7.43]\nfocal_length_mm = 8.8"),
    "a volume of 30 m": "[stage]\nouter_eye_m = [0, -2, 1.8]\n"
    + arc("main", [4096, 546], "radius_m = 15.0, sweep_deg = 230.0, height_m = 8.0")
    + plane("ceiling", [450, 450], [-9, 9, 8.5], [9, 9, 8.5], [-9, -9, 8.5])
    + rig("rate_hz = 120\nstage_from_tracker = { position_m = [14, -16, 0.5], rotation_deg = [180, 0, 0] }"),
    "a floor and 23.976": '[stage]\nframe_rate_hz = "24000/1001"\n'
    + FRONT
    + plane("floor", [480, 480], [-3, -2, 0], [3, -2, 0], [-3, 4, 0])
    + rig("rate_hz = 23.976"),
    "a box": FRONT
    + plane("left", [480, 200], [-3, -2, 0], [-3, 4, 0], [-3, -2, 2.5])
    + plane("right", [480, 200], [3, 4, 0], [3, -2, 0], [3, 4, 2.5])
    + plane("back", [480, 200], [3, -4, 0], [-3, -4, 0], [3, -4, 2.5])
    + rig(),
    "a tilted header and a light bank": FRONT
    + plane("header", [160, 160], [-1, 3.5, 3.0], [1, 3.5, 3.0], [-1, 2.0858, 4.4142])
    + plane("bank", [128, 64], [3.5, 3, 3.0], [3.5, -1, 3.0], [3.5, 3, 5.0])
    + rig(),
    "a wall as surveyed": plane("front", [480, 200], [-3.004, 4.012, 0.006], [2.997, 4.021, 0.009], [-3.001, 4.009, 2.503])
    + rig(),
    "a whole circle": arc("main", [1500, 150], "radius_m = 5.0, sweep_deg = 330.0, height_m = 2.88, turn_deg = 180.0") + rig(),
    "canvases of an 8k processor": "[stage]\nframe_rate_hz = 25\n"
    + arc("main", [3840, 1080], "radius_m = 8.0, sweep_deg = 137.5, height_m = 5.4")
    + "".join(
        f'[[outputs]]\nkind = "window"\nmonitor = "DP-{number}"\nsize_px = [1920, 1080]\n'
        f'regions = [{{ wall = "main", from_px = [{left}, 0], size_px = [1920, 1080], at_px = [0, 0] }}]\n'
        for number, left in ((1, 0), (2, 1920))
    )
    + rig(),
    "a wall and its second screen": FRONT
    + "".join(f'[[outputs]]\nkind = "window"\nmonitor = "DP-{n}"\nregions = [{{ wall = "front", at_px = [0, 0] }}]\n' for n in (1, 2))
    + rig(),
    "an anamorphic lens": FRONT
    + rig(camera="sensor_mm = [44.0, 18.5]\nresolution_px = [4400, 1850]\nfocal_length_mm = 50.0"),
    "a telephone": FRONT + rig(camera="sensor_mm = [5.7, 3.2]\nfocal_length_mm = 4.3"),
    "a small sensor with a zoom": FRONT + rig(camera="sensor_mm = [4.8, 2.7]\nzoom = [[0, 3.0], [4095, 18.0]]"),
    "a large sensor on a crane": FRONT
    + rig(
        "rate_hz = 60\nstage_from_tracker = { position_m = [2.0, -9.5, 0.4], rotation_deg = [-12.4, 0.3, 0.0] }",
        "sensor_mm = [54.12, 25.58]\nresolution_px = [6560, 3100]\nfocal_length_mm = 80.0\nentrance_pupil_m = 0.16\n"
        "marker_from_camera = { position_m = [0.02, 0.61, -0.44], rotation_deg = [0, 0, 0] }",
    ),
    "a fast serial line": "[stage]\nframe_rate_hz = 50\n"
    + FRONT
    + rig("rate_hz = 200", source="serial:///dev/ttyUSB0?baud=115200&parity=odd"),
}  # fmt: skip


@pytest.mark.parametrize("text", STAGES.values(), ids=STAGES.keys())
def test_a_stage_as_people_build_it_is_not_warned_of(folder, text):
    report = report_on(folder, text)
    assert (report.errors, report.warnings) == ((), ())


def test_warnings_stand_beside_a_missing_world_but_not_on_what_is_refused(folder):
    lost = report_on(
        folder, VOLUME.replace("valley.png", "gone.png").replace(MARKER, "position_m = [0.0, 85.0, -142.0]")
    )
    assert "marker_from_camera" in lost.warnings[0]
    assert "gone.png" in lost.errors[0]
    refused = report_on(folder, VOLUME.replace("peak_nits = 2000.0", "peak_nits = 2000000.0"))
    assert refused.warnings == ()
    assert "walls[1].signal.peak_nits: found 2000000" in refused.errors[0]


@pytest.mark.parametrize("value", [True, "1.5", None, 10**400, -7.0, 0.0])
def test_no_unit_is_guessed_for_what_is_no_length(value):
    assert unit_hint("entrance_pupil_m", value, lambda _: False) is None
    assert unit_hint("name", value, lambda _: True) is None


def test_names_of_walls_behind_each_other_stand_apart_on_the_plan(folder):
    plan = folder / "plan.svg"
    (folder / "box.toml").write_text(STAGES["a box"])
    assert command_here("check", str(folder / "box.toml"), "--plan", str(plan)).returncode == 0
    texts = [one for one in ET.parse(plan).getroot().iter(f"{SVG}text") if one.text in {"left", "right"}]
    places = {(round(float(one.get("x"))), round(float(one.get("y")) / 10.0)) for one in texts}
    assert len(places) == len(texts) == 4  # twice in each view, of which the one from the side sees them in one place
