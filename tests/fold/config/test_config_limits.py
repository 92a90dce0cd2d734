"""What no stage has, and what contradicts itself: places, sizes, lenses, sources, settings of other protocols."""

import re

import pytest

from tests.fold.config.stage_texts import GOOD, SECOND_TRACKER, changed, findings, keys_of, parsed

SURVEY = "measure from an origin on the stage"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('name = "One"', 'name = "One"\nouter_eye_m = [0, 5_934_211.25, 0]', "stage.outer_eye_m[1]"),
        ("height_m = 2.6", "height_m = 2.6, base_m = [0, 0, -100_001.0]", "walls[0].shape.base_m[2]"),
        (
            'kind = "arc", radius_m = 4, sweep_deg = 120.0, height_m = 2.6',
            'kind = "plane", lower_left_m = [0, 2, 0], lower_right_m = [1, 2, 0], upper_left_m = [0, 5e6, 1]',
            "walls[0].shape.upper_left_m[1]",
        ),
        (
            "camera_id = 1",
            "camera_id = 1\nstage_from_tracker = { position_m = [691_604.0, 0, 0] }",
            "trackers[0].stage_from_tracker.position_m[0]",
        ),
        (
            "camera_id = 1",
            "camera_id = 1\ndialect = { position_offset_m = [0, 0, 1e9] }",
            "trackers[0].dialect.position_offset_m[2]",
        ),
        (
            "focal_length_mm",
            "marker_from_camera = { position_m = [0, 1e5, 1e6] }\nfocal_length_mm",
            "cameras[0].marker_from_camera.position_m[2]",
        ),
    ],
)
def test_survey_coordinates_are_refused_with_what_to_do(old, new, key):
    (found,) = changed(old, new)
    assert found.startswith(f"stage.toml: {key}: found ")
    assert SURVEY in found


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("height_m = 2.6", "height_m = 2.6, turn_deg = 36_001.0", "walls[0].shape.turn_deg"),
        ("height_m = 2.6", "height_m = 1e6", "walls[0].shape.height_m"),
        ("radius_m = 4", "radius_m = 1e6", "walls[0].shape.radius_m"),
        (
            "camera_id = 1",
            "camera_id = 1\nstage_from_tracker = { rotation_deg = [0, nan, 1e9] }",
            "trackers[0].stage_from_tracker.rotation_deg[1]",
        ),
        ("latency_ms = 16", "latency_ms = 1e300", "walls[0].latency_ms"),
        ("camera_id = 1", "camera_id = 1\ndelay_ms = 1e300", "trackers[0].delay_ms"),
        ("focal_length_mm = 35", "focal_length_mm = 0.9", "cameras[0].focal_length_mm"),
        ("focal_length_mm = 35", "focal_length_mm = 5001", "cameras[0].focal_length_mm"),
        ("focal_length_mm = 35", "zoom = [[0, 24], [9, 9000]]", "cameras[0].zoom[1][1]"),
        ("camera_id = 1", "camera_id = 1\ndialect = { zoom_mm = [0.5, 70] }", "trackers[0].dialect.zoom_mm[0]"),
        ("focal_length_mm = 35", "focal_length_mm = 35\nentrance_pupil_m = 3", "cameras[0].entrance_pupil_m"),
        ("[1920, 1080]", "[0, 0]", "outputs[0].size_px[0]"),
        ('"24000/1001"', '"1e999999999"', "stage.frame_rate_hz"),
        ("latency_ms = 16", "latency_ms = " + "9" * 400, "walls[0].latency_ms"),
        ('name = "One"', f'name = "{"x" * 101}"', "stage.name"),
        ('name = "One"', r'name = "a\u0000b"', "stage.name"),
    ],
)
def test_what_no_stage_has_is_refused(old, new, key):
    assert key in keys_of(changed(old, new))


def test_two_regions_over_each_other_are_refused_before_a_window_opens():
    region = '{ wall = "main", from_px = [0, 0], size_px = [1024, 320], at_px = [0, 0] }'
    assert keys_of(changed(region, f"{region}, {region}")) == {"outputs[0].regions[1].at_px"}
    assert keys_of(changed(f"size_px = [1920, 1080]\nregions = [{region}]", "size_px = [64, 64]")) == {
        "outputs[0].size_px"
    }


@pytest.mark.parametrize(
    ("protocol", "more", "key"),
    [
        ("freed", 'preset = "vmc"', "trackers[0].preset"),
        ("osc", 'preset = "panasonic"', "trackers[0].preset"),
        ("freed", 'map = { frame = "unity" }', "trackers[0].map"),
        ("opentrackio", 'dialect = { user = "iris" }', "trackers[0].dialect"),
        ("osc", 'dialect = { lens = "zcam" }', "trackers[0].dialect"),
        ("opentrackio", 'map = { frame = "unity" }', "trackers[0].map"),
    ],
)
def test_settings_of_another_protocol_are_named(protocol, more, key):
    text = GOOD.replace('"freed"', f'"{protocol}"').replace("camera_id = 1", f"camera_id = 1\n{more}")
    assert keys_of(findings(text)) == {key}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("udp://localhost:4444", "udp://127.0.0.1:4444"),
        ("udp://127.0.0.1:4444", "udp://127.0.0.1:4444/"),
        ("udp://:4444", "udp://127.0.0.1:4444"),
        ("udp://239.135.1.1:4444", "udp://:4444"),
        ("serial:///dev/ttyS0", "serial:///dev/ttyS0?baud=38400"),
        ("serial:///dev/ttyS0", "serial:///dev//ttyS0?baud=9600"),
    ],
)
def test_one_address_in_two_spellings_is_refused_naming_both(one, other):
    text = GOOD.replace("udp://127.0.0.1:40000", one) + SECOND_TRACKER.format(source=other)
    (found,) = findings(text)
    assert found.startswith(f"stage.toml: trackers[1].source: found {other!r}, expected ")
    assert f"trackers[0].source = {one!r}" in found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("udp://127.0.0.1:4444", "udp://127.0.0.1:4444"),
        ("udp://127.0.0.1:4444", "udp://127.0.0.1:4445"),
        ("udp://127.0.0.1:4444", "udp://192.0.2.1:4444"),
        ("udp://127.0.0.1:4444", "udp://239.135.1.1:4444"),
        ("udp://239.135.1.2:4444", "udp://239.135.1.1:4444"),
        ("udp://239.135.1.1:4444?interface=192.0.2.1", "udp://239.135.1.1:4444?interface=192.0.2.2"),
        ("udp://:0", "udp://127.0.0.1:0"),
        ("serial:///dev/ttyS0", "serial:///dev/ttyS1"),
    ],
)
def test_sources_that_can_stand_beside_each_other_are_good(one, other):
    parsed(GOOD.replace("udp://127.0.0.1:40000", one) + SECOND_TRACKER.format(source=other))


@pytest.mark.parametrize("interface", ["999.1.1.1", "1.2.3.x", "a b"])
def test_an_interface_that_is_neither_address_nor_name_is_refused(interface):
    (found,) = changed("udp://127.0.0.1:40000", f"udp://239.135.1.1:55555?interface={interface}")
    assert re.match(r"stage\.toml: trackers\[0\]\.source: found interface='.*', expected a local address", found)


def test_limits_that_contradict_each_other_are_refused():
    limits = "[verify]\nstill_median_px = 0.2\nstill_p99_px = 0.1\nmotion_median_px = 0.05\n"
    assert keys_of(findings(GOOD + limits)) == {"verify.still_p99_px", "verify.motion_median_px"}
    assert keys_of(changed("focal_length_mm", "overscan_floor_deg = 9\noverscan_ceiling_deg = 3\nfocal_length_mm")) == {
        "cameras[0].overscan_floor_deg"
    }
