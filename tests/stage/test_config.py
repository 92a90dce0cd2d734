import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.config_files import load_config, read_preset
from stage.config_reader import parse_config
from tracking.records import ConfigError

GOOD = """
[stage]
name = "One"
frame_rate_hz = "24000/1001"

[[walls]]
name = "main"
resolution_px = [1024, 320]
latency_ms = 16
shape = { kind = "arc", radius_m = 4, sweep_deg = 120.0, height_m = 2.6 }

[[outputs]]
kind = "window"
size_px = [1920, 1080]
regions = [{ wall = "main", from_px = [0, 0], size_px = [1024, 320], at_px = [0, 0] }]

[[trackers]]
name = "t"
protocol = "freed"
source = "udp://127.0.0.1:40000"
camera_id = 1

[[cameras]]
name = "A"
tracker = "t"
focal_length_mm = 35

[world]
kind = "coordinates"
"""


def findings(text):
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "stage.toml", read_preset)
    return caught.value.findings


def changed(old, new):
    assert old in GOOD
    return findings(GOOD.replace(old, new))


def test_a_good_configuration_keeps_floats_as_floats():
    config = parse_config(GOOD, "stage.toml", read_preset)
    assert isinstance(config.walls[0].latency_ms, float)
    assert isinstance(config.cameras[0].focal_length_mm, float)
    assert config.stage.rate().denominator == 1001


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("latency_ms", "latncy_ms", r"walls\[0\]\.latncy_ms: unknown key; did you mean 'latency_ms'\?"),
        ("radius_m", "radus_m", r"walls\[0\]\.shape\.radus_m: unknown key; did you mean 'radius_m'\?"),
        ("[world]", "[wrld]", r"wrld: unknown section; did you mean 'world'\?"),
        ("latency_ms = 16", "latency_ms = 'x'", r"walls\[0\]\.latency_ms: found 'x', expected"),
        ("latency_ms = 16", "latency_ms = -1", r"walls\[0\]\.latency_ms: found -1, expected"),
        ("latency_ms = 16", "latency_ms = nan", r"walls\[0\]\.latency_ms: found nan, expected"),
        ("sweep_deg = 120.0", "sweep_deg = 120.0, base_m = [0, inf, 0]", r"walls\[0\]\.shape\.base_m\[1\]: found inf"),
        ('tracker = "t"', 'tracker = "x"', r"cameras\[0\]\.tracker: found 'x', expected one of \['t'\]"),
        ('"24000/1001"', '"24/0"', r"stage\.frame_rate_hz: found '24/0', expected"),
        ('"24000/1001"', "100000", r"stage\.frame_rate_hz: found 100000.0, expected 1 to 500"),
        ("udp://127.0.0.1:40000", "tcp://127.0.0.1", r"trackers\[0\]\.source: "),
        ("camera_id = 1", 'preset = "nobody"', r"trackers\[0\]\.preset: found 'nobody', expected one of \['"),
        ("size_px = [1024, 320], at", "size_px = [1025, 320], at", r"outputs\[0\]\.regions\[0\]\.size_px: found"),
        ("at_px = [0, 0]", "at_px = [1000, 0]", r"outputs\[0\]\.regions\[0\]\.at_px: found \[1000, 0\]"),
        ('kind = "coordinates"', 'kind = "panorama"', r"world\.file: missing"),
        ('kind = "coordinates"', 'kind = "panorama"\nfile = "a.txt"', r"world\.file: found 'a.txt', expected a file"),
        (
            "focal_length_mm = 35",
            "focal_length_mm = 35\nzoom = [[0, 20], [9, 80]]",
            r"cameras\[0\]\.zoom: found beside",
        ),
        ("[[walls]]", "[walls]", r"walls: found \[walls\], expected \[\[walls\]\]"),
    ],
)
def test_a_wrong_key_is_told_with_its_place_what_was_found_and_what_was_expected(old, new, finding):
    found = changed(old, new)
    assert any(re.match(rf"stage\.toml: {finding}", line) for line in found), found


def test_all_findings_are_told_at_once():
    text = (
        GOOD.replace("latency_ms", "latncy_ms")
        .replace("radius_m = 4", "radius_m = 'far'")
        .replace("focal_length_mm = 35", "focal_length_mm = -3")
    )
    assert len(findings(text)) == 3


def test_a_second_wall_of_the_same_name_is_refused():
    extra = '[[walls]]\nname = "main"\nresolution_px = [8, 8]\nshape = { kind = "arc", radius_m = 1.0, sweep_deg = 9.0, height_m = 1.0 }\n'
    assert "walls[1].name: found 'main' again" in findings(GOOD + extra)[0]


def test_trackers_that_share_a_source_need_ids_of_their_own():
    extra = '[[trackers]]\nname = "u"\nprotocol = "freed"\nsource = "udp://127.0.0.1:40000"\ncamera_id = 1\n'
    assert "trackers[1].camera_id: found 1, expected an id of its own" in findings(GOOD + extra)[0]


def test_no_walls_is_told():
    assert "walls: found none" in findings("[stage]\nname = 'x'")[0]


def test_what_is_not_toml_is_told_with_its_line():
    assert "not valid TOML" in findings("[stage\n")[0]


@given(st.text(max_size=200))
def test_any_text_is_a_configuration_or_a_list_of_findings(text):
    try:
        parse_config(text, "x", read_preset)
    except ConfigError as error:
        assert error.findings


JSON_LIKE = st.recursive(
    st.integers(-5, 5) | st.floats() | st.booleans() | st.sampled_from(["main", "udp://", ""]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from([line for line in GOOD.splitlines() if " = " in line]), JSON_LIKE)
def test_any_value_under_any_key_is_read_or_told(line, value):
    key = line.split(" = ")[0]
    shown = repr(value).replace("True", "true").replace("False", "false")
    try:
        parse_config(GOOD.replace(line, f"{key} = {shown}"), "x", read_preset)
    except ConfigError as error:
        assert error.findings


def test_a_missing_file_is_one_line_with_a_cure(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load_config(tmp_path / "none.toml")


def test_a_file_that_is_not_text_is_told(tmp_path):
    path: Path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_config(path)
