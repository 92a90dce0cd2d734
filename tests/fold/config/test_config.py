"""Configurations as text: what is read, and that every fault is reported with its place, once, all in one round."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import hostile
from tests.fold.config.stage_texts import GOOD, SECOND_TRACKER, changed, findings, keys_of, parsed
from tracking.records import ConfigError


def test_a_good_configuration_keeps_floats_as_floats():
    config = parsed(GOOD)
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
        (
            'kind = "coordinates"',
            'kind = "panoramas"',
            r"world\.kind: found 'panoramas', expected one of .*'panorama'\?",
        ),
        ('kind = "coordinates"', 'knd = "panorama"', r"world\.knd: unknown key; did you mean 'kind'\?"),
        (
            'kind = "coordinates"',
            "radius_m = 9",
            r"world\.kind: missing, expected one of coordinates, model, panorama, plate, sky",
        ),
        ('kind = "coordinates"', 'kind = "panorama"\nfile = "a.txt"', r"world\.file: found 'a.txt', expected a file"),
        (
            "focal_length_mm = 35",
            "focal_length_mm = 35\nzoom = [[0, 20], [9, 80]]",
            r"cameras\[0\]\.zoom: found beside",
        ),
        ("[[walls]]", "[walls]", r"walls: found \[walls\], expected \[\[walls\]\]"),
    ],
)
def test_a_wrong_key_is_reported_with_its_place_what_was_found_and_what_was_expected(old, new, finding):
    found = changed(old, new)
    assert any(re.match(rf"stage\.toml: {finding}", line) for line in found), found


def test_all_findings_are_reported_at_once():
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


def test_a_stage_without_walls_is_refused():
    assert "walls: found none" in findings("[stage]\nname = 'x'")[0]


def test_text_that_is_not_toml_is_reported_with_its_line():
    assert "not valid TOML" in findings("[stage\n")[0]


FAULTS = (
    ('name = "One"', "name = 5", "stage.name"),
    ('"24000/1001"', '"24000/0"', "stage.frame_rate_hz"),
    ("resolution_px = [1024, 320]", "resolution_px = [1024, 320]\nlatncy_ms = 3.0", "walls[0].latncy_ms"),
    ("latency_ms = 16", "latency_ms = -1", "walls[0].latency_ms"),
    ("radius_m = 4", "radius_m = '4'", "walls[0].shape.radius_m"),
    ("height_m = 2.6", "height_m = 2.6, base_m = [0.0, 1e300, 0.0]", "walls[0].shape.base_m[1]"),
    ("at_px = [0, 0]", "at_px = [-1, 0]", "outputs[0].regions[0].at_px[0]"),
    ('protocol = "freed"', 'protocol = "fred"', "trackers[0].protocol"),
    ("udp://127.0.0.1:40000", "udp://127.0.0.1:99999", "trackers[0].source"),
    ("camera_id = 1", "camera_id = 1\nrate_hz = 0", "trackers[0].rate_hz"),
    ('tracker = "t"', 'tracker = "tt"', "cameras[0].tracker"),
    ("focal_length_mm = 35", "focal_length_mm = -35\nzoom = [[0, 24]]", "cameras[0].focal_length_mm"),
    ("focal_length_mm = 35", "focal_length_mm = 35\nlens = 'x.json'", "cameras[0].lens"),
    ("[world]", "[wrold]\nx = 1\n[world]", "wrold"),
    ('kind = "coordinates"', 'kind = "coordinates"\nradius_m = -2', "world.radius_m"),
    ('kind = "coordinates"', 'kind = "skies"\nfile = "a.exr"', "world.kind"),
    ("[world]", "[place]\nlatitude_deg = 91\n[world]", "place.latitude_deg"),
    ('kind = "coordinates"', 'knd = "coordinates"', "world.knd"),
    ("[world]", '[control]\nendpoint = "x"\n[world]', "control.endpoint"),
    ("[world]", '[panel]\nbind = "999.1.1.1:80"\n[world]', "panel.bind"),
    ("[world]", "[verify]\nstill_p99_px = -1\n[world]", "verify.still_p99_px"),
)


@given(st.sets(st.sampled_from(range(len(FAULTS))), min_size=1))
@hostile()
def test_every_fault_is_reported_in_one_round_whatever_else_is_wrong(chosen):
    text, keys = GOOD, set()
    for index in sorted(chosen):
        old, new, key = FAULTS[index]
        if old in text:
            text, keys = text.replace(old, new, 1), {*keys, key}
    found = findings(text)
    assert keys <= keys_of(found), found
    assert all(re.match(r"stage\.toml: [\w.\[\]]+: (found .*, expected |unknown |missing)", line) for line in found), (
        found
    )


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault[2])
def test_a_fault_is_reported_without_its_mere_consequences(fault):
    old, new, key = fault
    further = {"cameras[0].zoom"} if "zoom" in new else set()
    assert keys_of(changed(old, new)) == {key, *further}


def test_a_kind_of_world_that_there_is_not_hides_no_other_fault_of_its_table():
    text = GOOD.replace('kind = "coordinates"', 'kind = "skies"\nradius_m = -1\ncolor_space = "x"')
    assert keys_of(findings(text)) == {"world.kind", "world.radius_m", "world.color_space"}


@pytest.mark.parametrize("date", ["2026-06-21", '"2026-06-21"'])
def test_a_date_is_tomls_or_a_text(date):
    assert parsed(GOOD + f"[place]\nlatitude_deg = 51.5\ndate = {date}\n").place.date == "2026-06-21"


@pytest.mark.parametrize("date", ["1949-12-31", "2101-01-01", '"2026-02-30"', '"today"'])
def test_a_date_outside_the_calendar_is_refused(date):
    (line,) = findings(GOOD + f"[place]\ndate = {date}\n")
    assert line.startswith("stage.toml: place.date: found")
    assert line.endswith("expected a date from 1950-01-01 to 2100-12-31, as 2026-03-20")


@pytest.mark.parametrize("date", ["2026-11-20T10:00:00Z", "07:00:00", "20261120"])
def test_what_is_no_date_at_all_is_refused_with_the_form_of_one(date):
    (line,) = findings(GOOD + f"[place]\ndate = {date}\n")
    assert line.endswith("expected text: a date, as 2026-03-20")


def test_a_row_that_cannot_be_read_hides_nothing_of_the_others():
    text = GOOD.replace('protocol = "freed"', 'protocol = "fred"').replace('tracker = "t"', 'tracker = "nobody"')
    text += SECOND_TRACKER.format(source="udp://127.0.0.1:70000")
    text += '[[walls]]\nname = "main"\nresolution_px = [0, 8]\nshape = { kind = "arcs", radius_m = 1 }\n'
    assert keys_of(findings(text)) == {
        "trackers[0].protocol",
        "trackers[1].source",
        "cameras[0].tracker",
        "walls[1].name",
        "walls[1].resolution_px[0]",
        "walls[1].shape.kind",
    }


def test_a_row_that_is_not_a_table_is_reported_and_the_next_keeps_its_number():
    text = "walls = [3, { name = 'a', resolution_px = [8, 0], shape = 5 }]\n"
    assert keys_of(findings(text)) == {"walls[0]", "walls[1].resolution_px[1]", "walls[1].shape"}


def test_findings_beyond_the_first_fifty_are_counted():
    text = GOOD + "".join(f'[[cards]]\nname = "c{n}"\nwidth_deg = 0\n' for n in range(80))
    found = findings(text)
    assert len(found) == 51
    assert "and 3" in found[-1]


@pytest.mark.parametrize("name", ["x[y]", "walls[²]", "a.b", "", "walls[0]"])
def test_an_unknown_section_of_any_name_is_reported(name):
    assert any("unknown section" in line for line in findings(f'"{name}" = 3\n'))


@pytest.mark.parametrize("text", ["a = " + "9" * 5000, "a = " + "[" * 3000, "a = 1979-99-99", "a ="])
def test_text_that_the_toml_parser_cannot_hold_is_reported(text):
    (found,) = findings(text)
    assert found.startswith("stage.toml: not valid TOML")


@given(st.text(max_size=200))
@hostile()
def test_any_text_is_a_configuration_or_a_list_of_findings(text):
    try:
        parsed(text)
    except ConfigError as error:
        assert error.findings


JSON_LIKE = st.recursive(
    st.integers(-5, 5) | st.floats() | st.booleans() | st.sampled_from(["main", "udp://", ""]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from([line for line in GOOD.splitlines() if " = " in line]), JSON_LIKE)
@hostile()
def test_any_value_under_any_key_is_read_or_reported(line, value):
    key = line.split(" = ")[0]
    shown = repr(value).replace("True", "true").replace("False", "false")
    try:
        parsed(GOOD.replace(line, f"{key} = {shown}"))
    except ConfigError as error:
        assert error.findings
