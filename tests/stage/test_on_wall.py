"""Cards, keys, outlines and the frozen outer: from configuration and parameters to the plan."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stage.show.plan.cards import card_defaults
from tooled_stage import CONFIG, TOML, inputs_at, new_show, ready, step, view_of

from render.plan.frame import refuse_impossible
from stage.config.reader import parse_config
from stage.loading.files import read_preset
from stage.show.state import decode_state, encode_state
from stage.takes.digest import encode_plan
from stage.values.parameters import declare
from tracking.records import ConfigError


def cards_of(plan):
    return {card.name: card for card in plan.outer.cards}


def test_a_card_starts_as_the_configuration_says():
    shown = cards_of(step(new_show(), 0))
    assert list(shown) == ["key"]
    key = shown["key"]
    assert (key.kind, key.shape, key.azimuth_deg, key.temperature_k) == ("card", "rectangle", 40.0, 4000.0)
    assert not key.in_view


def test_cards_follow_their_parameters_in_the_configured_order():
    show = new_show()
    step(show, 0, card__window__enabled=True, card__flag__enabled=True, card__flag__opacity=0.5)
    plan = step(show, 1, card__key__azimuth_deg=-12.0, card__key__exposure_stops=3.0, card__key__in_view=True)
    assert [card.name for card in plan.outer.cards] == ["key", "flag", "window"]
    shown = cards_of(plan)
    assert (shown["key"].azimuth_deg, shown["key"].exposure_stops, shown["key"].in_view) == (-12.0, 3.0, True)
    assert (shown["flag"].kind, shown["flag"].shape, shown["flag"].opacity) == ("flag", "ellipse", 0.5)
    assert (shown["window"].kind, shown["window"].colour, shown["window"].in_view) == ("window", (2.0, 1.0, 1.0), True)


def test_a_card_that_is_off_or_transparent_is_not_in_the_plan():
    show = new_show()
    before = step(show, 0, card__key__enabled=False)
    assert before.outer.cards == ()
    assert b"cards" not in encode_plan(before)
    assert step(show, 1, card__key__enabled=True, card__key__opacity=0.0).outer.cards == ()


def test_every_number_of_a_card_has_unit_range_help_and_goes_into_looks():
    own = {parameter.path: parameter for parameter in declare(CONFIG) if parameter.path.startswith("/card/key/")}
    assert {path.rpartition("/")[2] for path in own} == set(card_defaults(CONFIG.cards[0]))
    for path, parameter in own.items():
        assert parameter.help
        assert parameter.in_looks
        assert parameter.role == "director"
        if parameter.kind == "float":
            assert parameter.minimum < parameter.maximum
            assert parameter.unit == {"deg": "deg", "stops": "stops", "k": "K"}.get(path.rpartition("_")[2], "")


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ('[[cards]]\nname = "key"\n', "cards[3].name"),
        ('[[cards]]\nname = "new"\nwidth_deg = 400.0\n', "cards[3].width_deg"),
        ('[[cards]]\nname = "new"\nkind = "mirror"\n', "cards[3].kind"),
        ('[[cards]]\nname = "new"\nazimut_deg = 3.0\n', "azimuth_deg"),
        ("".join(f'[[cards]]\nname = "n{number}"\n' for number in range(14)), "at most 16"),
    ],
)
def test_wrong_cards_are_told_by_their_place(wrong, found):
    with pytest.raises(ConfigError) as caught:
        parse_config(TOML.replace("[world]", wrong + "[world]"), "stage.toml", read_preset)
    assert any(found in finding for finding in caught.value.findings)


@given(azimuth=st.floats(-360.0, 360.0), width=st.floats(0.1, 360.0), stops=st.floats(-12.0, 12.0))
def test_every_card_that_parameters_allow_can_be_drawn(azimuth, width, stops):
    settings = {"card__key__azimuth_deg": azimuth, "card__key__width_deg": width, "card__key__exposure_stops": stops}
    refuse_impossible(step(new_show(), 0, **settings), 4096)


def test_key_and_outline_lie_on_the_camera_that_has_them():
    show = new_show()
    plain = step(show, 0)
    assert b"outline" not in encode_plan(plain)
    settings = {"camera__A__key__enabled": True, "camera__A__key__marker_spacing_deg": 10.0, "camera__B__outline": True}
    plan = step(show, 1, **settings, camera__A__key__markers="frame", camera__A__key__region="frame")
    marked = view_of(plan, "A")
    assert (marked.key.region, marked.key.markers, marked.outline) == ("frame", "frame", False)
    assert marked.key.spacing_rad == pytest.approx(math.radians(10.0))
    assert marked.key.marker_light == tuple(0.5 * part for part in marked.key.light)
    assert marked.key.marker_eye_m == CONFIG.stage.outer_eye_m
    assert (view_of(plan, "B").key, view_of(plan, "B").outline) == (None, True)
    assert msgspec.structs.replace(marked, key=None).eye_m == view_of(plain, "A").eye_m
    refuse_impossible(plan, 4096)


def test_a_frozen_outer_keeps_eye_and_world_while_its_cards_move():
    show = new_show()
    before = step(show, 0, ready())
    frozen = step(show, 1, outer__freeze=True)
    assert frozen.outer.eye_m == before.outer.eye_m
    later = step(show, 2, ready("cd" * 32), card__key__azimuth_deg=5.0)
    assert later.outer.world.asset == "ab" * 32
    assert later.world.asset == "cd" * 32
    assert cards_of(later)["key"].azimuth_deg == 5.0
    thawed = step(show, 3, outer__freeze=False)
    assert thawed.outer.world is None


def test_a_world_that_is_not_ready_is_not_frozen():
    show = new_show()
    assert step(show, 0, outer__freeze=True).outer.world is None
    assert step(show, 1, ready()).outer.world.asset == "ab" * 32
    assert step(show, 2, ready("cd" * 32)).outer.world.asset == "ab" * 32


def test_frozen_output_holds_cards_keys_and_outlines():
    show = new_show()
    step(show, 0, camera__A__key__enabled=True)
    frozen = step(show, 1, output__freeze=True)
    later = step(show, 2, card__key__azimuth_deg=-30.0, camera__A__key__enabled=False, camera__B__outline=True)
    assert later.outer == frozen.outer
    assert later.inners == frozen.inners


def test_tools_survive_a_snapshot_and_plans_their_encoding():
    show = new_show()
    settings = {"outer__freeze": True, "camera__A__key__enabled": True, "card__window__enabled": True}
    plan = step(show, 0, ready(), **settings)
    encoded = encode_state(show.state)
    assert encode_state(decode_state(encoded)) == encoded
    assert encode_plan(msgspec.msgpack.decode(encode_plan(plan), type=type(plan))) == encode_plan(plan)
    assert show.step(inputs_at(1, ready("cd" * 32))).outer == plan.outer
