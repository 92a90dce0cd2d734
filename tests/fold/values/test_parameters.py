"""Parameters: what is declared, what is accepted, and what a refusal says."""

from __future__ import annotations

import math
import time
import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.values.parameters import Parameter, Refusal
from stage.values.path_hints import PathHints
from stage.words.sentences import refusal_line
from tests.examples import hostile
from tests.fold.small_show import TREE
from tracking.settable import ROLES

FLOATS = [parameter for parameter in TREE if parameter.kind == "float"]
SUFFIXES = {"m", "deg", "ms", "px", "mm", "K", "stops"}
PUBLIC_PATHS = [
    "/output/blackout",
    "/output/freeze",
    "/world/freeze_time",
    "/wall/main/pattern",
    "/wall/main/latency_ms",
    "/camera/A/source",
    *(f"/camera/A/manual/{axis}" for axis in ("x_m", "y_m", "z_m", "pan_deg", "tilt_deg", "roll_deg")),
    "/camera/A/overscan_deg",
    "/camera/B/feather_px",
    "/tracker/freed-a/delay_ms",
    *(f"/tracker/freed-a/offset/{axis}" for axis in ("x_m", "y_m", "z_m", "pan_deg", "tilt_deg", "roll_deg")),
    "/grade/exposure_stops",
    "/grade/temperature_k",
    "/grade/tint",
    "/time/hour",
    "/time/running",
    "/sky/haze",
    "/sky/sun/source",
    "/sky/sun/azimuth_deg",
    "/sky/sun/elevation_deg",
    "/sky/moon/source",
    "/sky/clouds/coverage",
    "/sky/clouds/drift_m",
    "/place/latitude_deg",
    "/place/date",
]


@pytest.mark.parametrize("path", PUBLIC_PATHS)
def test_public_paths_are_declared(path):
    assert path in TREE


@pytest.mark.parametrize("parameter", TREE, ids=lambda parameter: parameter.path)
def test_every_declaration_is_complete_and_accepts_its_own_default(parameter):
    assert parameter.help
    assert parameter.in_looks == (parameter.look is not None)
    assert parameter.fades == (parameter.fade is not None)
    assert parameter.role in ROLES
    assert TREE.check(parameter.path, parameter.default) == parameter.default
    assert (parameter.kind == "choice") == bool(parameter.choices)
    if parameter.kind == "float":
        assert type(parameter.default) is float
        assert parameter.minimum < parameter.maximum


@pytest.mark.parametrize("parameter", [one for one in FLOATS if one.unit in SUFFIXES], ids=lambda one: one.path)
def test_a_path_ends_in_its_unit(parameter):
    assert parameter.path.endswith(f"_{parameter.unit.lower()}")


def test_defaults_come_from_the_configuration():
    assert TREE["/wall/main/latency_ms"].default == 16.0
    assert TREE["/tracker/freed-a/delay_ms"].default == 4.0
    assert TREE["/camera/A/source"].default == "tracker"
    assert TREE["/camera/B/source"].default == "manual"


def test_looks_hold_nothing_of_the_stage_itself():
    kept = {parameter.path.split("/")[1] for parameter in TREE if parameter.in_looks}
    assert kept == {"world", "worlds", "layer", "grade", "time", "sky", "weather", "light", "lights", "card", "outer"}


@given(st.sampled_from(FLOATS), st.floats(allow_nan=True, allow_infinity=True) | st.integers())
def test_a_number_is_kept_in_range_as_a_float_or_refused(parameter, value):
    checked = TREE.check(parameter.path, value)
    in_gap = parameter.least is not None and 0.0 < value < parameter.least
    if parameter.minimum <= value <= parameter.maximum and not in_gap:
        assert checked == value
        assert type(checked) is float
    else:
        assert checked.code == "out_of_range"


def test_zero_has_one_sign_so_that_equal_values_have_equal_bytes():
    assert math.copysign(1.0, TREE.check("/grade/tint", -0.0)) == 1.0


@given(st.sampled_from(list(TREE)), st.booleans() | st.floats() | st.text() | st.none() | st.lists(st.integers()))
@hostile()
def test_any_value_is_checked_or_refused_and_what_is_kept_fits_again(parameter, value):
    checked = TREE.check(parameter.path, value)
    if isinstance(checked, Refusal):
        assert checked.code in {"wrong_type", "out_of_range"}
        assert parameter.path in refusal_line(checked)
    else:
        assert TREE.check(parameter.path, checked) == checked


@pytest.mark.parametrize("value", [0, 1, 1.0, "on", None])
def test_a_boolean_takes_only_true_and_false(value):
    assert TREE.check("/output/blackout", value).code == "wrong_type"
    assert TREE.check("/output/blackout", True) is True


def test_a_number_does_not_take_a_boolean():
    assert TREE.check("/grade/tint", True).code == "wrong_type"


def test_a_refused_choice_names_the_choices():
    refusal = TREE.check("/wall/main/pattern", "zebra")
    assert refusal.code == "out_of_range"
    assert "grid" in refusal_line(refusal)


def test_a_refused_name_is_answered_with_the_names_parted_by_commas_and_not_without_end():
    few = Parameter(path="/world/active", kind="choice", default="", help="", choices=("Square at night", "Office"))
    assert refusal_line(few.check("offce")) == "/world/active is 'offce', expected one of Square at night, Office"
    many = msgspec.structs.replace(few, choices=tuple(f"World {number}" for number in range(128)))
    assert refusal_line(many.check("x")).endswith("World 23, ...")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_is_found_in_every_unicode_form(form):
    parameter = Parameter(path="/world/active", kind="choice", default="", help="", choices=("Café", "한글", "Büro"))
    for choice in parameter.choices:
        assert parameter.check(unicodedata.normalize(form, choice)) == choice


def test_an_unknown_path_suggests_the_near_one():
    refusal = TREE.check("/wall/main/paterrn", "grid")
    assert refusal.code == "unknown_path"
    assert "did you mean /wall/main/pattern?" in refusal_line(refusal)


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/camra/A/overscan_deg", "did you mean /camera/A/overscan_deg?"),
        ("/camera/a/overscan", "did you mean /camera/A/overscan_deg?"),
        ("/grade/exposure", "did you mean /grade/exposure_stops?"),
        ("/grade/exposure_stops/", "did you mean /grade/exposure_stops?"),
        ("/grade/tint/more", "did you mean /grade/tint?"),
        ("/camera/Zed/parked", "/camera has A"),
        ("/grade", "/grade has exposure_stops"),
        ("qqq", "no parameter 'qqq'"),
        ("", "no parameter ''"),
        ("/" * 500, "no parameter"),
    ],
)
def test_an_unknown_path_is_refused_with_a_hint(path, hint):
    refusal = TREE.find(path)
    assert refusal.code == "unknown_path"
    assert hint in refusal_line(refusal)
    assert len(refusal_line(refusal)) < 1000


def test_misspelt_paths_cannot_take_the_loops_time():
    """Hints for four frames' worth of refusals in a tree of thousands: far less than a frame of each."""
    hints = PathHints(f"/camera/camera_{camera}/key_{key}" for camera in range(64) for key in range(64))
    begun = time.process_time()
    for number in range(512):
        hints.of(f"/camera/camra_{number % 64}/ky_{number}")
    assert time.process_time() - begun < 1.0


@given(st.text(max_size=300))
@hostile()
def test_any_path_is_found_or_refused(path):
    assert (path in TREE) or TREE.check(path, 1.0).code == "unknown_path"


def test_declarations_cross_the_wire_unchanged():
    for parameter in TREE:
        encoded = msgspec.msgpack.encode(parameter)
        assert msgspec.msgpack.decode(encoded, type=Parameter) == parameter
        assert msgspec.msgpack.encode(msgspec.msgpack.decode(encoded, type=Parameter)) == encoded
