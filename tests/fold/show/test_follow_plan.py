"""Layers that follow the hour, in plans: by which skies, how far, and what of it cannot be."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.plan.frame import FramePlan, refuse_impossible
from render.worlds.sky.plan import SkyPlan
from stage.config.findings import Findings
from stage.config.world_reader import read_world
from stage.config.world_writer import with_values, world_file_text
from stage.show.sky.planned import sky_at
from stage.values.shot_sky import faults_of_shot, shot_values
from stage.values.sky import PlaceValues, SkyValues
from tests.building import camera, parsed, stage, stage_text, step, table
from tests.examples import costly
from tests.fold.show.air_stage import layer, ready, world
from tracking.records import ConfigError

PLACE = {"latitude_deg": 40.0, "longitude_deg": 0.0, "date": "2026-05-04"}
FOLLOWS = {"follow_hour": True, "shot_hour": 15.0}
SKY_OF_SHOT = {"/sky/haze": 0.3, "/sky/sun/source": "manual", "/sky/sun/elevation_deg": 12.0}


def built(*worlds, **place):
    return stage(camera(), table("[place]", **{**PLACE, **place}), *worlds)


STREET = built(
    world("Street", layer(file="street.exr", **FOLLOWS)),
    world("Valley", layer("sky"), layer(file="valley.exr", shot_sky=SKY_OF_SHOT, **FOLLOWS)),
    world("Office", layer(file="office.exr")),
)


def on_air(built_stage, values=None, name="Street"):
    """The world of a name as it is planned with these values."""
    show = built_stage.show()
    step(show, 0, {"/world/active": name, **(values or {})}, observations=ready("street", "valley", "office"))
    plan = step(show, 1).plan
    refuse_impossible(plan, 4096)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(plan), type=FramePlan) == plan
    return plan.air.world


def place(**changes):
    return PlaceValues(**{**PLACE, **changes})


def test_it_follows_the_sky_of_now_from_the_clear_sky_of_its_hour():
    (street,) = on_air(STREET, {"/time/hour": 20.0, "/sky/haze": 0.5}).layers
    assert street.following.now == sky_at(place(), 20.0, SkyValues(haze=0.5))
    assert street.following.shot == sky_at(place(), 15.0, SkyValues())
    assert street.follow == 1.0


def test_at_the_hour_of_its_shot_both_skies_are_one():
    (street,) = on_air(STREET, {"/time/hour": 15.0}).layers
    assert street.following.now == street.following.shot


def test_it_follows_from_the_sky_that_its_table_says():
    sky, land = on_air(STREET, {"/time/hour": 6.0}, "Valley").layers
    assert land.following.now == sky.light.sky
    shot = land.following.shot
    assert shot.haze == 0.3
    assert shot.sun[2] == pytest.approx(0.2079, abs=1e-4)
    assert shot.moon == sky_at(place(), 15.0, SkyValues()).moon
    assert sky.following is msgspec.UNSET


def test_its_shot_is_on_the_date_of_the_place_and_moves_with_it():
    show = STREET.show()
    step(show, 0, {"/time/hour": 23.9999, "/time/running": True}, observations=ready("street"))
    before = step(show, 1).plan.air.world.layers[0].following.shot
    after = step(show, 120).plan.air.world.layers[0].following.shot
    assert show.state.controls.values.place.date == "2026-05-05"
    assert (before, after) == tuple(sky_at(place(date=f"2026-05-0{day}"), 15.0, SkyValues()) for day in (4, 5))


def test_follow_says_how_far_and_nothing_of_it_leaves_no_trace():
    (half,) = on_air(STREET, {"/layer/street/follow": 0.5}).layers
    assert half.follow == 0.5
    assert half.following is not msgspec.UNSET
    (none,) = on_air(STREET, {"/layer/street/follow": 0.0}).layers
    assert none.following is msgspec.UNSET
    (office,) = on_air(STREET, {"/layer/office/follow": 1.0}, "Office").layers
    assert office.following is msgspec.UNSET


def test_follow_fades_and_a_look_may_hold_it():
    parameter = STREET.show().tree["/layer/street/follow"]
    assert (parameter.look, parameter.fade, parameter.minimum, parameter.maximum) == ("sky", "linear", 0.0, 1.0)


def test_what_follows_the_sky_is_adapted_as_the_sky_is():
    night = {"/time/hour": 0.0, "/grade/adapt": 1.0}
    sky, land = on_air(STREET, night, "Valley").layers
    assert sky.exposure_stops == land.following.adapted_stops > 15.0
    assert (land.exposure_stops, on_air(STREET, night).layers[0].following.adapted_stops) == (0.0, sky.exposure_stops)
    assert on_air(STREET, night, "Office").layers[0].following is msgspec.UNSET


@pytest.mark.parametrize(
    ("keys", "finding"),
    [
        (
            {"follow_hour": True},
            "follow_hour: found without shot_hour, expected that too: the hour at which its picture was shot",
        ),
        ({"follow_hour": 1}, "follow_hour: found 1, expected true or false"),
        ({**FOLLOWS, "shot_hour": 24.5}, "shot_hour: found 24.5, expected a number from 0 to 24"),
        ({**FOLLOWS, "shot_hour": -1.0}, "shot_hour: found -1.0, expected a number from 0 to 24"),
        ({**FOLLOWS, "follow": 2.0}, "follow: found 2.0, expected a number from 0 to 1"),
    ],
)
def test_what_no_layer_can_follow_is_refused(keys, finding):
    with pytest.raises(ConfigError) as caught:
        parsed(stage_text(world("Street", layer(file="street.exr", **keys))))
    assert f"test: worlds[0].layers[0].{finding}" in caught.value.findings


@pytest.mark.parametrize("kind", ["sky", "coordinates"])
def test_what_holds_no_baked_light_cannot_follow(kind):
    with pytest.raises(ConfigError) as caught:
        parsed(stage_text(world("x", layer(kind, **FOLLOWS))))
    wanted = "expected it where light is baked into a picture"
    assert caught.value.findings == (
        f"test: worlds[0].layers[0].follow_hour: found on a layer of kind {kind}, {wanted}",
    )


def test_midnight_is_the_hour_0():
    assert shot_values({}, 24.0) == shot_values({}, 0.0) == shot_values({"/time/hour": 0.0}, None)
    assert shot_values({"/time/hour": 5.0}, None).hour == 5.0
    assert shot_values({"/time/hour": 5.0}, 6.0).hour == 6.0


paths = st.sampled_from(
    ["/sky/haze", "/sky", "/sky/sun", "/sky/sun/source", "/time/hour", "/time", "", "/", "x", "/a/b"]
)


@given(st.dictionaries(paths | st.text(max_size=12), st.floats() | st.booleans() | st.text(max_size=5), max_size=6))
@costly(60, 15)
def test_no_values_of_a_shot_break_the_fold(values):
    shot = shot_values(values, None)
    faults = [path for path, _ in faults_of_shot(values)]
    if not faults:
        assert isinstance(sky_at(place(), shot.hour, shot.sky), SkyPlan)


def test_values_that_no_sky_takes_are_refused():
    faults = faults_of_shot({**SKY_OF_SHOT, "/sky/haze": 2.0, "/sky/hase": 0.2, "/sky/sun/source": "lamp"})
    found = {path: refusal.reason for path, refusal in faults}
    assert found == {
        "/sky/haze": "number_out_of_range",
        "/sky/hase": "no_parameter_near",
        "/sky/sun/source": "no_such_choice",
    }


def test_a_worlds_file_holds_all_of_it():
    config = parsed(stage_text(world("Street", layer(file="street.exr", shot_sky=SKY_OF_SHOT, **FOLLOWS))))
    saved = with_values(config.worlds[0], {}, ({"follow": 0.25},))
    findings = Findings("street.world.toml")
    assert read_world(world_file_text(saved, "Street"), findings, "Street") == saved
    assert findings.lines() == ()
    assert saved.layers[0].follow == 0.25


def test_a_take_replays_to_the_same_plans():
    show = STREET.show()
    step(show, 0, {"/time/hour": 18.0, "/time/running": True, "/time/speed": 3600.0}, observations=ready("street"))
    begun = show.snapshot()
    plans = [step(show, frame, {"/layer/street/follow": 0.1 * frame}).plan for frame in range(1, 8)]
    again = STREET.show(begun)
    assert [step(again, frame, {"/layer/street/follow": 0.1 * frame}).plan for frame in range(1, 8)] == plans
