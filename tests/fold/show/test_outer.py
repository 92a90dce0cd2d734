"""Inside and outside apart: the outer's own light, the place it is seen from, and cards that keep their places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.plan.frame import refuse_impossible
from stage.show.state import decode_state, encode_state
from tests.building import camera, card, inputs_at, set_to, stage, step

STAGE = stage(camera("A"), card("key", enabled=True, azimuth_deg=40.0), outer_eye_m=(0.0, 0.0, 1.4))


def eye_of(outcome, name="key"):
    return next(card.eye_m for card in outcome.plan.outer.cards if card.name == name)


def test_the_light_on_the_actors_is_set_apart_from_the_cameras_views():
    show = STAGE.show()
    outcome = step(show, 0, {"/outer/exposure_stops": -2.0, "/outer/saturation": 0.5})
    outer = outcome.plan.outer
    assert (outer.exposure_stops, outer.saturation) == (-2.0, 0.5)
    assert outcome.plan.grade == step(STAGE.show(), 0).plan.grade
    assert outcome.plan.inners == step(STAGE.show(), 0).plan.inners


@pytest.mark.parametrize(
    ("name", "role", "in_looks"),
    [
        ("exposure_stops", "director", True),
        ("saturation", "director", True),
        ("x_m", "operator", False),
        ("y_m", "operator", False),
        ("z_m", "operator", False),
    ],
)
def test_the_outers_values_fade_and_belong_to_whom_they_should(name, role, in_looks):
    parameter = STAGE.show().tree[f"/outer/{name}"]
    assert (parameter.role, parameter.in_looks, parameter.fades) == (role, in_looks, True)


def test_the_outer_eye_starts_where_the_configuration_says_and_moves_over_time():
    show = STAGE.show()
    assert step(show, 0).plan.outer.eye_m == (0.0, 0.0, 1.4)
    step(show, 1, set_to("/outer/x_m", 2.0, fade_s=1.0))
    assert step(show, 31).plan.outer.eye_m == (1.0, 0.0, 1.4)
    assert step(show, 61).plan.outer.eye_m == (2.0, 0.0, 1.4)


def test_a_card_keeps_its_place_on_the_walls_while_the_outer_eye_moves_until_it_is_set_again():
    show = STAGE.show()
    assert eye_of(step(show, 0)) == (0.0, 0.0, 1.4)
    assert eye_of(step(show, 1, {"/outer/x_m": 2.0})) == (0.0, 0.0, 1.4)
    assert eye_of(step(show, 2, {"/card/key/exposure_stops": 1.0})) == (0.0, 0.0, 1.4)
    assert eye_of(step(show, 3, {"/card/key/azimuth_deg": 41.0})) == (2.0, 0.0, 1.4)
    assert eye_of(step(show, 4, {"/outer/x_m": 3.0})) == (2.0, 0.0, 1.4)
    assert eye_of(step(show, 5, {"/card/key/elevation_deg": 5.0})) == (3.0, 0.0, 1.4)


def test_a_card_that_is_set_to_the_same_angles_is_seen_from_where_the_eye_is_now():
    show = STAGE.show()
    step(show, 0, {"/card/card2/enabled": True, "/card/card2/azimuth_deg": -40.0})
    step(show, 1, {"/outer/x_m": 2.0})
    outcome = step(show, 2, {"/card/key/azimuth_deg": 40.0})
    assert (eye_of(outcome), eye_of(outcome, "card2")) == ((2.0, 0.0, 1.4), (0.0, 0.0, 1.4))
    step(show, 3, {"/outer/x_m": 3.0})
    assert eye_of(step(show, 4, set_to("/card/card2/elevation_deg", 20.0, fade_s=1.0)), "card2") == (3.0, 0.0, 1.4)
    refused = show.step(inputs_at(5, {"/card/key/azimuth_deg": 40.0, "/card/key/feather_deg": 1e6}))
    assert refused.answers[0].refusal is not None
    assert eye_of(refused) == (2.0, 0.0, 1.4)


def test_a_card_that_is_switched_on_is_seen_from_where_the_eye_is_then():
    show = STAGE.show()
    step(show, 0, {"/outer/y_m": -1.0})
    assert eye_of(step(show, 1, {"/card/card2/enabled": True}), "card2") == (0.0, -1.0, 1.4)
    step(show, 2, {"/outer/y_m": -2.0, "/card/key/enabled": False})
    outcome = step(show, 3, {"/card/key/enabled": True})
    assert (eye_of(outcome), eye_of(outcome, "card2")) == ((0.0, -2.0, 1.4), (0.0, -1.0, 1.4))


def test_a_frozen_outer_keeps_its_eye_and_still_takes_its_light():
    show = STAGE.show()
    step(show, 0, {"/outer/freeze": True})
    outer = step(show, 1, {"/outer/x_m": 2.0, "/outer/exposure_stops": -1.0}).plan.outer
    assert (outer.eye_m, outer.exposure_stops) == ((0.0, 0.0, 1.4), -1.0)
    assert step(show, 2, {"/outer/freeze": False}).plan.outer.eye_m == (2.0, 0.0, 1.4)


@given(
    st.lists(
        st.fixed_dictionaries(
            {}, optional={"/outer/x_m": st.floats(-5, 5), "/card/key/azimuth_deg": st.sampled_from([40.0, -20.0])}
        ),
        max_size=8,
    )
)
def test_a_cards_place_changes_only_when_it_is_set_and_survives_a_snapshot(sets):
    show = STAGE.show()
    eye = eye_of(step(show, 0))
    for frame, values in enumerate(sets, start=1):
        restored = STAGE.show(decode_state(encode_state(show.snapshot())))
        outcome = step(show, frame, values)
        assert restored.step(inputs_at(frame, values)).plan == outcome.plan
        if "/card/key/azimuth_deg" in values:
            eye = outcome.plan.outer.eye_m
        assert eye_of(outcome) == eye
        refuse_impossible(outcome.plan, 4096)
