"""The parameter tree: the way from a path to its value, and groups that come and go."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.plan.cards import CardValues
from stage.config.starting_values import starting_values
from stage.values.lights import LightValues
from stage.values.parameters import Refusal, parameters_of
from stage.values.stage_wide import ShowValues
from stage.values.tree import ParameterTree, groups_of, put_value, snapshot_of, value_at
from tests.fold.small_show import CONFIG, TREE

NAMES = st.text("abcdefgh-_0123456789", min_size=1, max_size=8)
CARDS = st.dictionaries(NAMES, st.just(CardValues()), max_size=4)


def values_for(parameter):
    """Any value that a parameter accepts and keeps as it is."""
    if parameter.kind == "float" and parameter.least is not None:
        return st.just(0.0) | st.floats(parameter.least, parameter.maximum)
    if parameter.kind == "float":
        return st.floats(parameter.minimum, parameter.maximum, exclude_max=parameter.fade == "clock")
    if parameter.kind == "boolean":
        return st.booleans()
    if parameter.form == "date":
        return st.dates(date(1950, 1, 1), date(2100, 12, 31)).map(str)
    return st.sampled_from(parameter.choices) if parameter.choices else st.text(max_size=256)


SETS = st.lists(
    st.sampled_from(list(TREE)).flatmap(lambda one: st.tuples(st.just(one.path), values_for(one))), max_size=12
)


@given(SETS)
def test_a_value_that_was_put_is_there_and_no_other_value_has_changed(sets):
    values, expected = starting_values(CONFIG), snapshot_of(starting_values(CONFIG))
    for path, value in sets:
        checked = TREE.check(path, value)
        assert checked == value
        put_value(values, path, checked)
        expected[path] = checked
        assert value_at(values, path) == checked
    assert snapshot_of(values) == expected


@given(SETS)
def test_values_that_were_put_encode_to_the_same_bytes_after_decoding(sets):
    values = starting_values(CONFIG)
    for path, value in sets:
        put_value(values, path, TREE.check(path, value))
    encoded = msgspec.msgpack.encode(values)
    decoded = msgspec.msgpack.decode(encoded, type=ShowValues)
    assert snapshot_of(decoded) == snapshot_of(values)
    assert msgspec.msgpack.encode(decoded) == encoded


def test_the_tree_and_the_snapshot_have_the_same_paths_in_the_same_order():
    assert [one.path for one in TREE] == list(snapshot_of(starting_values(CONFIG)))


def test_every_default_is_the_value_that_the_show_starts_with():
    assert {one.path: one.default for one in TREE} == snapshot_of(starting_values(CONFIG))
    assert [TREE.check(one.path, one.default) for one in TREE] == [one.default for one in TREE]


@pytest.mark.parametrize("path", ["/nothing", "/grade/nothing", "/camera/Z/parked", "/card/x/enabled"])
def test_a_path_that_does_not_exist_has_no_value(path):
    with pytest.raises((KeyError, AttributeError)):
        value_at(starting_values(CONFIG), path)
    assert isinstance(TREE.find(path), Refusal)


@given(CARDS)
def test_a_group_that_is_admitted_at_run_time_is_declared_and_gone_when_dismissed(cards):
    tree, values = ParameterTree(starting_values(CONFIG)), starting_values(CONFIG)
    before = list(tree)
    for name, card in cards.items():
        assert isinstance(tree.check(f"/card/{name}/enabled", value=True), Refusal)
        tree.admit(f"/card/{name}", card)
        values.card[name] = card
    for name in cards:
        path = f"/card/{name}/azimuth_deg"
        put_value(values, path, tree.check(path, 30))
        assert value_at(values, path) == 30.0
        assert tree.under(f"/card/{name}") == tuple(parameters_of(f"/card/{name}", CardValues()))
    for name in cards:
        tree.dismiss(f"/card/{name}")
    assert list(tree) == before
    assert all(isinstance(tree.find(f"/card/{name}/azimuth_deg"), Refusal) for name in cards)


def test_a_group_that_is_dismissed_leaves_one_whose_name_begins_alike():
    tree = ParameterTree()
    tree.admit("/light/key", LightValues())
    tree.admit("/light/key2", LightValues())
    tree.dismiss("/light/key")
    assert [one.path for one in tree] == [one.path for one in parameters_of("/light/key2", LightValues())]


def test_hints_follow_the_groups_that_are_there():
    tree = ParameterTree(starting_values(CONFIG))
    assert "nearest" not in tree.find("/card/fill/enabld").values
    tree.admit("/card/fill", CardValues())
    assert tree.find("/card/fill/enabld").values["nearest"] == "/card/fill/enabled"
    tree.dismiss("/card/fill")
    assert "nearest" not in tree.find("/card/fill/enabld").values


def test_a_group_with_a_path_that_is_taken_is_refused_whole():
    tree = ParameterTree()
    tree.add(list(parameters_of("/light/key", LightValues()))[1:])
    before = list(tree)
    with pytest.raises(ValueError, match="declared twice"):
        tree.admit("/light/key", LightValues())
    assert list(tree) == before


def test_two_parameters_cannot_share_a_path():
    with pytest.raises(ValueError, match="declared twice"):
        ParameterTree().add(list(TREE)[:1] * 2)


def test_a_folder_lists_what_is_below_it_and_nothing_else():
    assert {parameter.path for parameter in TREE.under("/grade")} == {
        "/grade/exposure_stops",
        "/grade/temperature_k",
        "/grade/tint",
        "/grade/saturation",
        "/grade/adapt",
    }
    assert TREE.under("/grade/tint") == (TREE["/grade/tint"],)
    assert len(TREE.under("")) == len(TREE.under("/")) == len(TREE)
    assert TREE.under("/gra") == ()


def test_groups_are_in_the_order_in_which_people_read_them():
    families = [path.split("/")[1] for path, _ in groups_of(starting_values(CONFIG))]
    assert list(dict.fromkeys(families)) == [name for name in ShowValues.__struct_fields__ if name in families]
