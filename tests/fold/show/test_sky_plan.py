"""From values to the sky of a frame: by the clock, by hand, at the ends of the earth and of every range."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.plan.frame import refuse_impossible
from render.worlds.sky.plan import EYE_ABOVE_GROUND_M, CloudPlan, FogPlan, SkyPlan, impossible_sky
from render.worlds.sky.record import SkyLight
from stage.almanac.seen import lit_share
from stage.show.sky.planned import lit_by, sky_plan
from tests.building import camera, inputs_at, stage, step, table
from tests.examples import costly
from tests.fold.values.test_tree import values_for

SKY = stage(
    camera(), table("[place]", latitude_deg=51.5, longitude_deg=-0.13, date="2026-06-21"), table("[world]", kind="sky")
)
MOVING = [one for one in SKY.show().tree if one.path.split("/")[1] in {"place", "time", "sky"}]
units = (
    st.tuples(*[st.floats(-1.0, 1.0)] * 3)
    .filter(lambda one: math.hypot(*one) > 0.1)
    .map(lambda one: tuple(part / math.hypot(*one) for part in one))
)


def limits(parameter):
    """The ends of a range and its middle, every choice, the first and last date."""
    if parameter.kind == "float":
        return st.sampled_from([parameter.minimum, parameter.maximum, parameter.default])
    if parameter.form == "date":
        return st.sampled_from(["1950-01-01", "2000-02-29", "2100-12-31"])
    return values_for(parameter)


def given_values(choose):
    pairs = st.sampled_from(MOVING).flatmap(lambda one: st.tuples(st.just(one.path), choose(one)))
    return st.lists(pairs, max_size=10).map(dict)


def sky_of(values):
    show = SKY.show()
    return step(show, 0, values).plan.air.world.layers[0].light.sky


@given(given_values(values_for) | given_values(limits))
@costly(150, 20)
def test_whatever_is_set_the_sky_can_be_drawn(values):
    show = SKY.show()
    outcome = step(show, 0, values)
    refuse_impossible(outcome.plan, 4096)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(outcome.plan), type=type(outcome.plan)) == outcome.plan
    sky = outcome.plan.air.world.layers[0].light.sky
    numbers = [*sky.sun, *sky.moon, *sky.moon_lit_by, *sky.stars_from_stage, *sky.clouds.drift_m]
    assert all(math.isfinite(number) for number in numbers)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/place/latitude_deg", math.nan),
        ("/place/longitude_deg", 181.0),
        ("/place/date", "1949-12-31"),
        ("/place/date", 20260101.0),
        ("/time/hour", -0.1),
        ("/time/hour", math.inf),
        ("/sky/sun/elevation_deg", 91.0),
        ("/sky/sun/source", "almanac"),
        ("/sky/moon/phase", 1.5),
        ("/sky/haze", math.nan),
        ("/sky/clouds/drift_m", math.inf),
        ("/sky/fog/height_m", 0.0),
        ("/grade/adapt", 2.0),
    ],
)
def test_a_value_that_no_sky_has_is_refused(path, value):
    (answer,) = SKY.show().step(inputs_at(0, {path: value})).answers
    assert answer.path == path
    assert answer.refusal.code in {"out_of_range", "wrong_type"}


@pytest.mark.parametrize(
    ("front_azimuth_deg", "sun"),
    [(180.0, (0.0, 0.47, 0.88)), (0.0, (0.0, -0.47, 0.88)), (90.0, (0.47, 0.0, 0.88)), (270.0, (-0.47, 0.0, 0.88))],
)
def test_at_noon_the_sun_is_in_the_south_of_the_stage(front_azimuth_deg, sun):
    found = sky_of({"/place/front_azimuth_deg": front_azimuth_deg, "/time/hour": 12.0 + 2.0 / 60.0 + 25.0 / 3600.0})
    assert found.sun == pytest.approx(sun, abs=0.01)


def test_the_hour_is_what_the_clock_there_says():
    london = sky_of({"/time/hour": 12.0})
    china = {"/place/utc_offset_h": 8.0, "/time/hour": 20.0}
    assert sky_of(china).sun == pytest.approx(london.sun, abs=1e-12)
    night = {"/place/utc_offset_h": -11.0, "/time/hour": 1.0}
    assert sky_of(night).stars_from_stage == pytest.approx(london.stars_from_stage, abs=1e-9)


def test_the_sun_does_not_set_in_a_polar_summer_nor_rise_in_a_polar_night():
    for latitude, date, is_up in ((78.0, "2026-06-21", True), (78.0, "2026-12-21", False), (-90.0, "2026-12-21", True)):
        place = {"/place/latitude_deg": latitude, "/place/date": date}
        found = [sky_of({**place, "/time/hour": hour}).sun[2] > 0.0 for hour in (0.0, 6.0, 12.0, 18.0)]
        assert found == [is_up] * 4


def test_sun_and_moon_set_by_hand_are_alike_at_every_place_and_date():
    by_hand = {
        "/sky/sun/source": "manual",
        "/sky/sun/azimuth_deg": 90.0,
        "/sky/sun/elevation_deg": -30.0,
        "/sky/moon/source": "manual",
        "/sky/moon/azimuth_deg": -90.0,
        "/sky/moon/elevation_deg": 45.0,
        "/sky/moon/phase": 0.25,
    }
    here = sky_of(by_hand)
    there = sky_of({**by_hand, "/place/latitude_deg": -60.0, "/place/date": "1987-01-02", "/time/hour": 3.0})
    assert here.sun == there.sun == pytest.approx((-math.sqrt(0.75), 0.0, -0.5))
    assert here.moon == there.moon == pytest.approx((math.sqrt(0.5), 0.0, math.sqrt(0.5)))
    assert lit_share(here.moon, here.moon_lit_by) == pytest.approx(0.25)
    assert here.moon_lit_by == there.moon_lit_by
    assert here.stars_from_stage != there.stars_from_stage


@given(units, units, st.floats(0.0, 1.0))
def test_a_moon_has_the_phase_it_is_given_and_is_lit_from_the_suns_side(moon, sun, phase):
    lit = lit_by(moon, sun, phase)
    assert math.hypot(*lit) == pytest.approx(1.0)
    assert lit_share(moon, lit) == pytest.approx(phase, abs=1e-9)
    across = [
        part - sum(a * b for a, b in zip(sun, moon, strict=True)) * axis for part, axis in zip(sun, moon, strict=True)
    ]
    assert sum(a * b for a, b in zip(lit, across, strict=True)) >= -1e-5
    for same in (moon, tuple(-part for part in moon)):
        assert lit_share(moon, lit_by(moon, same, phase)) == pytest.approx(phase, abs=1e-9)


def test_the_world_turns_what_the_plan_leaves_unturned():
    show = SKY.show()
    plain = step(show, 0).plan.air.world.layers[0]
    turned = step(show, 1, {"/worlds/world/turn_deg": 90.0}).plan.air.world.layers[0]
    assert (turned.turn_deg, turned.light) == (90.0, plain.light)


@pytest.mark.parametrize(
    ("sky", "field"),
    [
        (SkyPlan(haze=1.1), "haze"),
        (SkyPlan(ground_albedo=math.nan), "ground_albedo"),
        (SkyPlan(eye_altitude_m=-1.0), "eye_altitude_m"),
        (SkyPlan(sun=(0.0, 0.0, 0.9)), "sun"),
        (SkyPlan(moon=(math.nan, 0.0, 1.0)), "moon"),
        (SkyPlan(moon_lit_by=(math.inf, 0.0, 0.0)), "moon_lit_by"),
        (SkyPlan(stars_from_stage=(0.0, 0.0, 0.0, 0.0)), "stars_from_stage"),
        (SkyPlan(moon_stops=13.0), "moon_stops"),
        (SkyPlan(stars_stops=-math.inf), "stars_stops"),
        (SkyPlan(clouds=CloudPlan(coverage=2.0)), "clouds.coverage"),
        (SkyPlan(clouds=CloudPlan(height_m=0.0)), "clouds.height_m"),
        (SkyPlan(clouds=CloudPlan(softness=math.nan)), "clouds.softness"),
        (SkyPlan(clouds=CloudPlan(drift_m=(0.0, math.nan))), "clouds.drift_m"),
        (SkyPlan(fog=FogPlan(density_per_km=-1.0)), "fog.density_per_km"),
        (SkyPlan(fog=FogPlan(height_m=0.0)), "fog.height_m"),
    ],
)
def test_a_sky_that_cannot_be_drawn_is_named_by_its_field(sky, field):
    assert [one.field for one in SkyLight(sky=sky).impossible()] == [f"sky.{field}"]
    assert not list(impossible_sky(SkyPlan()))


def test_the_eye_stands_on_the_ground_of_the_place():
    values = SKY.show().state.controls.values
    assert sky_plan(values).eye_altitude_m == EYE_ABOVE_GROUND_M
    assert sky_of({"/place/altitude_m": 2850.0}).eye_altitude_m == 2851.5
