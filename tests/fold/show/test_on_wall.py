"""Cards, keys, outlines and the frozen outer picture: from configuration and values to the plan."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.plan.frame import FramePlan, refuse_impossible
from stage.config.starting_values import starting_values, tree_of
from stage.show.frame.outcome import encode_plan
from stage.show.state import decode_state, encode_state
from tests.building import (
    PANORAMA,
    camera,
    card,
    inputs_at,
    parsed,
    ready,
    side_wall,
    stage,
    stage_text,
    step,
    view_of,
    wall,
)
from tracking.records import ConfigError

PIECES = (
    wall(),
    side_wall(),
    camera("A", focal_length_mm=35.0),
    camera("B", focal_length_mm=50.0),
    card("key", enabled=True, azimuth_deg=40.0, temperature_k=4000.0),
    card("flag", kind="flag", shape="ellipse"),
    card("window", kind="window", red=2.0, in_view=True),
    PANORAMA,
)
STAGE = stage(*PIECES, outer_eye_m=(0.0, 0.0, 1.4))


def planned(show, frame, values=None, asset=None):
    return step(show, frame, *([values] if values else ()), observations=[ready(asset)] if asset else ()).plan


def cards_of(plan):
    return {card.name: card for card in plan.outer.cards}


def test_a_card_starts_as_the_configuration_says():
    shown = cards_of(planned(STAGE.show(), 0))
    assert list(shown) == ["key"]
    key = shown["key"]
    assert (key.kind, key.shape, key.azimuth_deg, key.temperature_k) == ("card", "rectangle", 40.0, 4000.0)
    assert not key.in_view


def test_cards_follow_their_values_in_the_configured_order():
    show = STAGE.show()
    planned(show, 0, {"/card/window/enabled": True, "/card/flag/enabled": True, "/card/flag/opacity": 0.5})
    moved = {"/card/key/azimuth_deg": -12.0, "/card/key/exposure_stops": 3.0, "/card/key/in_view": True}
    plan = planned(show, 1, moved)
    assert [card.name for card in plan.outer.cards] == ["key", "flag", "window"]
    shown = cards_of(plan)
    assert (shown["key"].azimuth_deg, shown["key"].exposure_stops, shown["key"].in_view) == (-12.0, 3.0, True)
    assert (shown["flag"].kind, shown["flag"].shape, shown["flag"].opacity) == ("flag", "ellipse", 0.5)
    assert (shown["window"].kind, shown["window"].colour, shown["window"].in_view) == ("window", (2.0, 1.0, 1.0), True)


def test_a_card_that_is_off_or_transparent_is_not_in_the_plan():
    show = STAGE.show()
    before = planned(show, 0, {"/card/key/enabled": False})
    assert before.outer.cards == ()
    assert planned(show, 1, {"/card/key/enabled": True, "/card/key/opacity": 0.0}).outer.cards == ()


def test_every_number_of_a_card_has_unit_range_help_and_is_stored_in_looks():
    own = {parameter.path: parameter for parameter in tree_of(STAGE.config).under("/card/key")}
    assert {path.rpartition("/")[2] for path in own} == set(starting_values(STAGE.config).card["key"].__struct_fields__)
    for path, parameter in own.items():
        assert parameter.help
        assert parameter.in_looks
        assert parameter.role == "director"
        if parameter.kind == "float":
            assert parameter.minimum < parameter.maximum
            assert parameter.unit == {"deg": "deg", "stops": "stops", "k": "K"}.get(path.rpartition("_")[2], "")


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (card("key"), "cards[3].name"),
        (card("new", width_deg=400.0), "cards[3].width_deg"),
        (card("new", kind="mirror"), "cards[3].kind"),
        (card("new", azimut_deg=3.0), "azimuth_deg"),
        ("".join(card(f"n{number}") for number in range(14)), "at most 16"),
    ],
)
def test_wrong_cards_are_reported_with_their_place(wrong, place):
    with pytest.raises(ConfigError) as caught:
        parsed(stage_text(*PIECES, wrong))
    assert any(place in finding for finding in caught.value.findings)


@given(azimuth=st.floats(-360.0, 360.0), width=st.floats(0.1, 360.0), stops=st.floats(-12.0, 12.0))
def test_every_card_that_its_values_allow_can_be_drawn(azimuth, width, stops):
    values = {"/card/key/azimuth_deg": azimuth, "/card/key/width_deg": width, "/card/key/exposure_stops": stops}
    refuse_impossible(planned(STAGE.show(), 0, values), 4096)


def test_key_and_outline_are_on_the_camera_that_has_them():
    show = STAGE.show()
    plain = planned(show, 0)
    assert b"outline" not in encode_plan(plain)
    key = {"enabled": True, "marker_spacing_deg": 10.0, "markers": "frame", "region": "frame"}
    values = {f"/camera/A/key/{name}": value for name, value in key.items()}
    plan = planned(show, 1, {**values, "/camera/B/outline": True})
    marked = view_of(plan, "A")
    assert (marked.key.region, marked.key.markers, marked.outline) == ("frame", "frame", False)
    assert marked.key.spacing_rad == pytest.approx(math.radians(10.0))
    assert marked.key.marker_light == tuple(0.5 * part for part in marked.key.light)
    assert marked.key.marker_eye_m == STAGE.config.stage.outer_eye_m
    assert (view_of(plan, "B").key, view_of(plan, "B").outline) == (None, True)
    assert msgspec.structs.replace(marked, key=None).eye_m == view_of(plain, "A").eye_m
    refuse_impossible(plan, 4096)


def asset_of(air):
    return air.world.layers[0].light.asset


def test_a_frozen_outer_keeps_eye_and_world_while_its_cards_move():
    show = STAGE.show()
    before = planned(show, 0, asset="ab" * 32)
    frozen = planned(show, 1, {"/outer/freeze": True})
    assert frozen.outer.eye_m == before.outer.eye_m
    later = planned(show, 2, {"/card/key/azimuth_deg": 5.0}, asset="cd" * 32)
    assert asset_of(later.outer.air) == "ab" * 32
    assert asset_of(later.air) == "cd" * 32
    assert cards_of(later)["key"].azimuth_deg == 5.0
    assert planned(show, 3, {"/outer/freeze": False}).outer.air is None


def test_a_world_that_is_not_ready_is_not_frozen():
    show = STAGE.show()
    assert planned(show, 0, {"/outer/freeze": True}).outer.air is None
    assert asset_of(planned(show, 1, asset="ab" * 32).outer.air) == "ab" * 32
    assert asset_of(planned(show, 2, asset="cd" * 32).outer.air) == "ab" * 32


def test_frozen_output_holds_cards_keys_and_outlines():
    show = STAGE.show()
    planned(show, 0, {"/camera/A/key/enabled": True})
    frozen = planned(show, 1, {"/output/freeze": True})
    changes = {"/card/key/azimuth_deg": -30.0, "/camera/A/key/enabled": False, "/camera/B/outline": True}
    later = planned(show, 2, changes)
    assert later.outer == frozen.outer
    assert later.inners == frozen.inners


def test_tools_survive_a_snapshot_and_plans_their_encoding():
    show = STAGE.show()
    values = {"/outer/freeze": True, "/camera/A/key/enabled": True, "/card/window/enabled": True}
    plan = planned(show, 0, values, asset="ab" * 32)
    state = encode_state(show.state)
    assert encode_state(decode_state(state)) == state
    assert encode_plan(msgspec.msgpack.decode(encode_plan(plan), type=FramePlan)) == encode_plan(plan)
    assert show.step(inputs_at(1, observations=[ready("cd" * 32)])).plan.outer == plan.outer
