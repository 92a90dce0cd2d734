"""Where a show's values start: at the configuration's keys, else at the declared defaults, with saved values over them."""

import msgspec
import pytest

from calibration.cameras import CameraStart
from calibration.walls import WallStart
from stage.config.starting_values import starting_values, tree_of
from stage.values.lights import LightValues
from stage.values.parameters import Refusal, parameters_of
from stage.values.sky import TimeValues
from stage.values.tree import ParameterTree, snapshot_of
from tests.building import camera, card, parsed, stage, stage_text, step, table, tracker, value_of, wall
from tracking.records import ConfigError
from tracking.settings import TrackerStart

PLAIN = parsed(stage_text(wall("main"), camera("A"), camera("B", tracker="t"), tracker("t"), card("key")))
BUILDERS = {
    "wall": (wall, WallStart),
    "camera": (camera, CameraStart),
    "tracker": (tracker, TrackerStart),
    "card": (card, type(starting_values(PLAIN).card["key"])),
}
"""For each family of values, what builds its table, and the record of the keys that are a value's start."""
KEYS = [(family, key) for family, (_, start) in BUILDERS.items() for key in start.__struct_fields__]


def other_than_default(parameter):
    """A value that the parameter accepts and does not start with."""
    if parameter.kind == "float":
        return parameter.maximum if parameter.default != parameter.maximum else parameter.minimum
    if parameter.kind == "boolean":
        return not parameter.default
    return next(choice for choice in parameter.choices if choice != parameter.default)


@pytest.mark.parametrize(("family", "key"), KEYS, ids=lambda part: part)
def test_a_value_starts_at_its_key_in_the_configuration(family, key):
    build, start = BUILDERS[family]
    (parameter,) = [one for one in parameters_of("", start()) if one.path == f"/{key}"]
    value = other_than_default(parameter)
    keys = {key: value}
    if key == "overscan_floor_deg":
        keys["overscan_ceiling_deg"] = value
    if key == "overscan_ceiling_deg":
        keys["overscan_floor_deg"] = 0.0
    config = parsed(stage_text(*([] if family == "wall" else [wall("main")]), build("x", **keys)))
    values = snapshot_of(starting_values(config))
    assert values[f"/{family}/x/{key}"] == value
    assert tree_of(config)[f"/{family}/x/{key}"].default == value


@pytest.mark.parametrize(("family", "key"), KEYS, ids=lambda part: part)
def test_a_value_without_a_key_starts_at_its_declared_default(family, key):
    name = {"wall": "main", "camera": "A", "tracker": "t", "card": "key"}[family]
    bare_wall = wall("main").replace("latency_ms = 16.0\n", "")
    text = stage_text(bare_wall, camera("A"), tracker("t"), card("key"))
    assert snapshot_of(starting_values(parsed(text)))[f"/{family}/{name}/{key}"] == getattr(BUILDERS[family][1](), key)


@pytest.mark.parametrize(
    ("keys", "mode", "margin_deg"),
    [
        ({}, "follow", 2.0),
        ({"overscan_deg": 5.0}, "fixed", 5.0),
        ({"overscan": "follow", "overscan_deg": 5.0}, "follow", 5.0),
        ({"overscan": "fixed"}, "fixed", 2.0),
    ],
)
def test_a_camera_starts_with_the_margin_that_its_keys_mean(keys, mode, margin_deg):
    values = starting_values(parsed(stage_text(camera("A", **keys)))).camera["A"]
    assert (values.overscan_mode, values.overscan_deg) == (mode, margin_deg)


def test_cameras_start_in_the_configured_order_at_what_moves_them():
    cameras = starting_values(PLAIN).camera
    assert [(one.source, one.priority) for one in cameras.values()] == [("manual", 1.0), ("tracker", 2.0)]


def test_saved_values_are_put_over_the_configurations_and_misfits_are_left_out():
    built = stage(camera("A"))
    show = built.show(
        restored={"/grade/exposure_stops": 3.0, "/grade/tint": 44.0, "/gone": 1.0, "/camera/A/parked": True}
    )
    assert value_of(show, "/grade/exposure_stops") == 3.0
    assert value_of(show, "/grade/tint") == 0.0
    assert value_of(show, "/camera/A/parked") is True
    assert step(show, 0).plan.grade.exposure_stops == 3.0
    assert tree_of(built.config)["/grade/exposure_stops"].default == 0.0


def test_every_value_of_the_stage_has_its_place_in_the_tree():
    values = starting_values(PLAIN)
    assert [parameter.path for parameter in ParameterTree(values)] == list(snapshot_of(values))


def test_values_that_a_world_brings_are_admitted_and_dismissed_again():
    tree = tree_of(PLAIN)
    before = [parameter.path for parameter in tree]
    tree.admit("/light/lamp", LightValues(intensity=0.25))
    assert tree["/light/lamp/intensity"].default == 0.25
    assert tree.check("/light/lamp/intensity", 0.5) == 0.5
    assert {"/light/lamp/intensity", "/light/lamp/temperature_k"} <= {one.path for one in tree.under("/light/lamp")}
    tree.dismiss("/light/lamp")
    assert [parameter.path for parameter in tree] == before
    assert isinstance(tree.check("/light/lamp/intensity", 0.5), Refusal)


def test_hints_know_what_was_admitted_and_forget_what_was_dismissed():
    tree = tree_of(PLAIN)
    assert tree.check("/light/lampe/intensity", 0.5).reason != "no_parameter_near"
    tree.admit("/light/lamp", LightValues())
    refusal = tree.check("/light/lampe/intensity", 0.5)
    assert refusal.values["nearest"] == "/light/lamp/intensity"
    tree.dismiss("/light/lamp")
    assert tree.check("/light/lampe/intensity", 0.5).values.get("nearest") != "/light/lamp/intensity"


def test_a_group_cannot_be_admitted_where_one_is():
    tree = tree_of(PLAIN)
    tree.admit("/light/key", LightValues())
    with pytest.raises(ValueError, match="/light/key/intensity is declared twice"):
        tree.admit("/light/key", LightValues())


def test_dismissing_a_group_leaves_those_whose_names_begin_alike():
    tree = tree_of(PLAIN)
    tree.admit("/light/lamp", LightValues())
    tree.admit("/light/lamp_2", LightValues())
    tree.dismiss("/light/lamp")
    assert "/light/lamp_2/intensity" in tree
    assert "/light/lamp/intensity" not in tree


def test_a_changed_configuration_key_changes_only_its_own_value():
    quicker = msgspec.structs.replace(PLAIN, walls=(msgspec.structs.replace(PLAIN.walls[0], latency_ms=3.0),))
    before, after = snapshot_of(starting_values(PLAIN)), snapshot_of(starting_values(quicker))
    assert {path for path, value in after.items() if before[path] != value} == {"/wall/main/latency_ms"}


def test_the_configuration_says_what_hour_it_is_at_the_start_and_whether_it_runs():
    config = parsed(stage_text(table("[time]", hour=24.0, running=True, speed=720.0)))
    assert starting_values(config).time == TimeValues(hour=0.0, running=True, speed=720.0)
    with pytest.raises(ConfigError, match=r"time\.hour: found 25"):
        parsed(stage_text(table("[time]", hour=25.0)))
