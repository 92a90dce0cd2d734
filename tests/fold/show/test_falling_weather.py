"""Rain, snow and dust in the fold: on show time, held and released without a jump, alike in every replay."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.worlds.weather.record import PERIOD_M, WeatherState, WeatherValues, advance_weather, weather_plan
from tests.building import step
from tests.fold.show.eventful import EVENTFUL

RAIN, SNOW, WIND, FROM = "/weather/rain", "/weather/snow", "/weather/wind_m_s", "/weather/wind_from_deg"


def fallen(show, frame):
    return step(show, frame).plan.weather.fallen_m


def test_where_there_is_none_nothing_of_it_is_in_a_plan():
    show = EVENTFUL.show()
    plan = step(show, 0).plan
    assert plan.weather is msgspec.UNSET
    assert b"weather" not in msgspec.json.encode(plan)


def test_rain_falls_8_metres_in_a_second_and_snow_1():
    show = EVENTFUL.show()
    begun = step(show, 0, {RAIN: 0.5, SNOW: 0.5}).plan.weather.fallen_m
    later = fallen(show, 60)
    assert later[0] - begun[0] == pytest.approx(8.0)
    assert later[1] - begun[1] == pytest.approx(1.0)


def test_skipped_frames_leave_no_trace():
    one, other = EVENTFUL.show(), EVENTFUL.show()
    for show in (one, other):
        step(show, 0, {RAIN: 1.0, WIND: 5.0})
    for frame in range(1, 50):
        step(one, frame)
    assert fallen(one, 50) == pytest.approx(fallen(other, 50), abs=1e-9)


def test_frozen_time_holds_it_and_it_goes_on_from_there():
    show = EVENTFUL.show()
    step(show, 0, {RAIN: 0.5})
    held = step(show, 31, {"/world/freeze_time": True}).plan.weather.fallen_m
    assert fallen(show, 400) == held
    released = step(show, 401, {"/world/freeze_time": False}).plan.weather.fallen_m
    assert released == held
    assert fallen(show, 402)[0] - held[0] == pytest.approx(8.0 / 60.0)


def test_a_frozen_picture_keeps_its_weather():
    show = EVENTFUL.show()
    step(show, 0, {RAIN: 0.5})
    frozen = step(show, 1, {"/output/freeze": True}).plan.weather
    assert step(show, 30, {RAIN: 0.0}).plan.weather == frozen
    assert step(show, 31, {"/output/freeze": False}).plan.weather is msgspec.UNSET


def test_a_wind_that_changes_makes_nothing_jump():
    show = EVENTFUL.show()
    step(show, 0, {SNOW: 0.5})
    before = fallen(show, 600)
    changed = step(show, 601, {WIND: 12.0}).plan.weather.fallen_m
    assert changed[1] - before[1] == pytest.approx(1.0 / 60.0)
    assert fallen(show, 602)[1] - changed[1] == pytest.approx(4.0 / 60.0)


def test_the_wind_comes_from_where_it_is_said_to():
    show = EVENTFUL.show()
    assert step(show, 0, {RAIN: 0.5, WIND: 3.0, FROM: 90.0}).plan.weather.wind_m_s == pytest.approx((3.0, 0.0))
    assert step(show, 1, {FROM: 0.0}).plan.weather.wind_m_s == pytest.approx((0.0, -3.0))


def test_a_restored_show_goes_on_with_the_same_weather():
    show = EVENTFUL.show()
    step(show, 0, {RAIN: 0.5, SNOW: 0.2, WIND: 7.0})
    step(show, 123)
    restored = EVENTFUL.show(show.snapshot())
    for frame in range(124, 140):
        assert step(show, frame).plan.weather == step(restored, frame).plan.weather


@given(
    st.builds(WeatherValues, snow=st.just(1.0), wind_m_s=st.floats(0.0, 20.0), wind_from_deg=st.floats(-360.0, 360.0)),
    st.lists(st.floats(0.0, 1e6), max_size=5),
)
def test_however_long_it_falls_its_plan_can_be_drawn(values, steps):
    state = WeatherState()
    for elapsed_s in steps:
        advance_weather(state, values, elapsed_s)
    plan = weather_plan(values, state)
    assert all(0.0 <= one < PERIOD_M for one in plan.fallen_m)
    assert all(abs(part) <= 3.0001 * fall for part in plan.wind_m_s for fall in plan.falls_m_s()[:2])
