"""How much of the day's change of light the exposure takes back."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.plan.frame import refuse_impossible
from render.worlds.sky.plan import SkyPlan
from stage.show.sky.planned import MOST_ADAPTED_STOPS, adapted_stops
from tests.building import camera, set_to, stage, step, table
from tests.fold.show.air_stage import layer, ready, world

BY_HAND = {"/sky/sun/source": "manual", "/sky/moon/source": "manual", "/sky/moon/elevation_deg": -60.0}
elevations = st.floats(-90.0, 90.0)


def up(elevation_deg):
    angle = math.radians(elevation_deg)
    return (0.0, math.cos(angle), math.sin(angle))


def under(sun_deg, moon_deg=-60.0, lit_by=(0.0, -1.0, 0.0), **changes):
    return SkyPlan(sun=up(sun_deg), moon=up(moon_deg), moon_lit_by=lit_by, **changes)


def stops_on_air(built, values, share):
    show = built.show()
    step(show, 0, {**values, "/grade/adapt": share}, observations=ready("valley", "office"))
    plan = step(show, 1).plan
    refuse_impossible(plan, 4096)
    return [layer.exposure_stops for layer in plan.air.world.layers]


@pytest.mark.parametrize(
    ("sun_deg", "stops"), [(60.0, 0.0), (30.0, 0.9), (10.0, 2.7), (0.0, 6.7), (-6.0, 14.0), (-12.0, 24.2)]
)
def test_all_of_the_change_of_light_by_day_and_twilight_is_taken_back(sun_deg, stops):
    assert adapted_stops(under(sun_deg), 1.0) == pytest.approx(stops, abs=0.1)
    assert adapted_stops(under(sun_deg), 0.5) == pytest.approx(0.5 * adapted_stops(under(sun_deg), 1.0))
    assert adapted_stops(under(sun_deg), 0.0) == 0.0


def test_by_night_the_moon_counts_with_its_phase_and_then_the_stars():
    full, half = tuple(-part for part in up(40.0)), (1.0, 0.0, 0.0)
    moonlit = adapted_stops(under(-40.0, 40.0, full), 1.0)
    assert 18.0 < moonlit < 20.0
    assert adapted_stops(under(-40.0, 40.0, half), 1.0) == pytest.approx(moonlit + 3.2, abs=0.3)
    assert adapted_stops(under(-40.0, 40.0, full, moon_stops=3.0), 1.0) == pytest.approx(moonlit - 3.0, abs=0.01)
    assert moonlit + 9.0 < adapted_stops(under(-40.0), 1.0) <= MOST_ADAPTED_STOPS


@given(elevations, elevations, st.floats(0.0, 1.0))
def test_it_is_finite_without_a_leap_that_is_seen_and_less_the_higher_the_sun(one, other, share):
    low, high = sorted((one, other))
    below, above = adapted_stops(under(low), share), adapted_stops(under(high), share)
    assert above <= below <= MOST_ADAPTED_STOPS
    assert below - above <= 2.0 * (high - low) + 1.0 / 128.0 + 1e-9


@pytest.mark.parametrize(("hour", "most"), [(12.0, 1), (16.8, 10), (17.8, 36), (22.0, 2)])
def test_a_running_hour_adapts_in_few_steps_of_half_a_percent_and_a_fade_over_it_in_every_frame(hour, most):
    show = stage(camera(), world("sky", layer("sky", key="sky"))).show()
    clock = {"/time/hour": hour, "/time/running": True, "/time/speed": 60.0, "/grade/adapt": 0.75}
    place = {"/place/latitude_deg": 46.5, "/place/longitude_deg": 8.0, "/place/date": "2026-10-25"}
    step(show, 0, {**place, **clock, "/place/utc_offset_h": 1.0})
    step(show, 1, set_to("/grade/exposure_stops", 1.0, fade_s=1.0))
    plans = [step(show, frame).plan for frame in range(2, 62)]
    adapted = [plan.air.world.layers[0].exposure_stops for plan in plans]
    steps = [abs(after - before) for before, after in pairwise(adapted)]
    assert sum(one > 0.0 for one in steps) <= most
    assert max(steps) <= 0.75 / 128.0 + 1e-9
    assert adapted in (sorted(adapted), sorted(adapted, reverse=True))
    assert len({plan.air.world.layers[0].light.sky.sun for plan in plans}) == 60
    faded = [plan.grade.exposure_stops for plan in plans]
    assert all(0.0 < after - before < 0.02 for before, after in pairwise(faded[:58]))


def test_a_share_of_adaptation_that_fades_goes_on_in_every_frame():
    show = stage(camera(), world("sky", layer("sky", key="sky")), table("[time]", hour=23.0)).show()
    step(show, 0)
    step(show, 1, set_to("/grade/adapt", 1.0, fade_s=1.0))
    adapted = [step(show, frame).plan.air.world.layers[0].exposure_stops for frame in range(2, 60)]
    rises = [after - before for before, after in pairwise(adapted)]
    assert min(rises) == pytest.approx(max(rises), rel=1e-6)
    assert min(rises) > 0.0


def test_only_the_live_sky_adapts():
    night = {**BY_HAND, "/sky/sun/elevation_deg": -5.0}
    places = (
        world("valley", layer("sky", key="sky"), layer(file="valley.exr", key="houses")),
        world("office"),
        world("raw", layer("coordinates")),
    )
    built = stage(camera(), *places)
    assert stops_on_air(built, {**night, "/layer/houses/exposure_stops": 2.0}, 0.5) == [
        pytest.approx(6.17, abs=0.05),
        2.0,
    ]
    assert stops_on_air(built, {**night, "/layer/sky/exposure_stops": 12.0}, 1.0) == [pytest.approx(24.3, abs=0.1), 0.0]
    assert stops_on_air(built, {**night, "/world/active": "office"}, 1.0) == [0.0]
    assert stops_on_air(built, {**night, "/world/active": "raw"}, 1.0) == [0.0]


def test_the_grade_in_the_plan_is_as_it_was_set():
    show = stage(camera(), table("[world]", kind="sky")).show()
    plain = step(show, 0, {"/grade/exposure_stops": 1.0}).plan.grade
    assert step(show, 1, set_to("/grade/adapt", 1.0)).plan.grade == plain
