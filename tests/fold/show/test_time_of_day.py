"""The hour of the world: which way it fades, what midnight does to the date, what stands while time is frozen."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.almanac.calendar import day_of, later_date
from stage.show.frame.requests import BatchRequest, SetRequest, Target
from stage.show.show import Show
from stage.show.sky.clock import DATE, DRIFT, HOUR
from stage.show.values.changes import newest_change
from tests.building import UNNAMED, camera, inputs_at, set_to, stage, step, table, value_of
from tests.examples import costly

RATE = 60
SKY = stage(camera(), table("[place]", latitude_deg=51.5, date="2026-06-20"), table("[world]", kind="sky"))
hours = st.floats(0.0, 24.0, exclude_max=True)
ways = st.sampled_from(["shorter", "forward", "backward"])


def hour_to(hour, way, fade_s=2.0):
    return SetRequest(id=UNNAMED, path=HOUR, value=hour, fade_s=fade_s, way=way)


def at_hour(hour, built=SKY):
    show = built.show()
    step(show, 0, set_to(HOUR, hour))
    return show


def moment(show):
    """Hours since 2000-01-01 on the clock there."""
    return 24.0 * day_of(value_of(show, DATE)) + value_of(show, HOUR)


def sky_of(outcome):
    return outcome.plan.air.world.layers[0].light.sky


def apart_deg(a, b):
    return math.degrees(2.0 * math.asin(min(0.5 * math.dist(a, b), 1.0)))


@pytest.mark.parametrize(
    ("start", "way", "target", "halfway", "days"),
    [
        (22.0, "shorter", 2.0, 0.0, 1),
        (2.0, "shorter", 22.0, 0.0, -1),
        (6.0, "shorter", 18.0, 12.0, 0),
        (18.0, "shorter", 6.0, 0.0, 1),
        (6.0, "backward", 18.0, 0.0, -1),
        (20.0, "forward", 18.0, 7.0, 1),
        (18.0, "backward", 20.0, 7.0, -1),
        (23.0, "forward", 24.0, 23.5, 1),
        (1.0, "backward", 0.0, 0.5, 0),
        (5.0, "forward", 5.0, 5.0, 0),
    ],
)
def test_an_hour_goes_the_way_that_it_is_told_and_the_date_goes_with_it(start, way, target, halfway, days):
    show = at_hour(start)
    step(show, 10, hour_to(target, way))
    step(show, 10 + RATE)
    assert value_of(show, HOUR) == pytest.approx(halfway)
    step(show, 10 + 2 * RATE)
    assert value_of(show, HOUR) == target % 24.0
    assert value_of(show, DATE) == later_date("2026-06-20", days)


def test_midnight_is_kept_as_0():
    show = at_hour(24.0)
    assert value_of(show, HOUR) == 0.0
    assert value_of(show, DATE) == "2026-06-20"


@given(hours, hours, ways, st.floats(0.1, 3.0), st.lists(st.integers(1, 40), min_size=1, max_size=12))
@costly(60, 10)
def test_a_fading_hour_never_leaps_and_arrives_on_one_day_whatever_frames_are_skipped(
    start, target, way, fade_s, steps
):
    show, stepped = at_hour(start), at_hour(start)
    begun = moment(show)
    step(show, 1, hour_to(target, way, fade_s))
    step(stepped, 1, hour_to(target, way, fade_s))
    frame, before, total = 1, begun, 0.0
    for skip in steps:
        frame += skip
        step(show, frame)
        total = moment(show) - begun
        assert abs(moment(show) - before) <= 24.0 * skip / (RATE * fade_s) + 1e-6
        before = moment(show)
    for one in range(2, frame + 1):
        step(stepped, one)
    assert moment(stepped) == moment(show)
    step(show, 400)
    assert value_of(show, HOUR) == target
    assert (
        {"forward": 0.0, "backward": -24.0}.get(way, -12.0)
        <= moment(show) - begun
        <= (0.0 if way == "backward" else 24.0)
    )
    assert abs(total) <= abs(moment(show) - begun) + 1e-9


def test_the_sky_is_seamless_over_midnight_running_or_fading():
    for asked in (hour_to(2.0, "forward", 8.0), {"/time/running": True, "/time/speed": 1800.0}):
        show = at_hour(23.0)
        before = sky_of(step(show, 1, asked))
        for frame in range(2, 8 * RATE):
            sky = sky_of(step(show, frame))
            assert apart_deg(before.sun, sky.sun) < 0.2
            assert apart_deg(before.moon, sky.moon) < 0.2
            turn = sum(a * b for a, b in zip(before.stars_from_stage, sky.stars_from_stage, strict=True))
            assert abs(turn) > math.cos(math.radians(0.1))
            before = sky
        assert value_of(show, DATE) == "2026-06-21"


def test_an_hour_that_runs_carries_the_date_over_every_midnight_of_skipped_frames():
    show = at_hour(23.0)
    step(show, 1, {"/time/running": True, "/time/speed": 3600.0})
    step(show, 1 + 60 * RATE)
    assert value_of(show, DATE) == "2026-06-23"
    assert value_of(show, HOUR) == pytest.approx(11.0, abs=0.02)


def test_time_that_runs_and_clouds_that_drift_do_not_feel_a_skipped_frame():
    asked = {"/time/running": True, "/time/speed": 3600.0, "/sky/clouds/wind_m_s": 20.0}
    stepped, skipped = at_hour(22.0), at_hour(22.0)
    for show in (stepped, skipped):
        step(show, 1, asked)
        step(show, 30, hour_to(1.0, "forward", 0.75))
    for frame in range(31, 300):
        step(stepped, frame)
    step(stepped, 300)
    step(skipped, 300)
    assert value_of(skipped, DATE) == value_of(stepped, DATE) == "2026-06-21"
    assert value_of(skipped, HOUR) == pytest.approx(value_of(stepped, HOUR), abs=1e-9)
    assert value_of(skipped, DRIFT) == pytest.approx(value_of(stepped, DRIFT), abs=1e-9)


def test_the_calendar_ends_and_its_last_day_comes_again():
    show = SKY.show()
    step(show, 0, {DATE: "2100-12-31", HOUR: 23.9})
    step(show, 1, hour_to(0.5, "forward", 0.1))
    step(show, 30)
    assert (value_of(show, DATE), value_of(show, HOUR)) == ("2100-12-31", 0.5)


def test_a_fade_that_is_replaced_keeps_the_day_that_it_has_come_to():
    show = at_hour(23.0)
    step(show, 1, hour_to(3.0, "forward", 2.0))
    step(show, 1 + RATE)
    assert (value_of(show, HOUR), value_of(show, DATE)) == (1.0, "2026-06-21")
    step(show, 2 + RATE, hour_to(22.0, "backward", 2.0))
    step(show, 2 + 4 * RATE)
    assert (value_of(show, HOUR), value_of(show, DATE)) == (22.0, "2026-06-20")


@given(hours, st.lists(st.tuples(st.integers(0, 40), hours, ways, st.booleans()), min_size=2, max_size=6))
@costly(25, 5)
def test_however_often_a_fade_is_replaced_and_frozen_the_sky_never_leaps(start, changes):
    show = at_hour(start)
    frame, before = 0, moment(show)
    for frames, target, way, frozen in changes:
        asked = [hour_to(target, way, 1.0), {"/world/freeze_time": frozen}]
        for number in range(frames + 1):
            frame += 1
            step(show, frame, *(asked if number == 0 else []))
            assert abs(moment(show) - before) <= 24.0 / RATE + 1e-6
            assert not frozen or number == 0 or moment(show) == before
            before = moment(show)
    step(show, frame + 1, {"/world/freeze_time": False})
    step(show, frame + 1 + RATE)
    assert value_of(show, HOUR) == changes[-1][1]
    assert abs(moment(show) - before) <= 24.0


def test_a_date_that_is_set_while_the_hour_fades_is_carried_from_there():
    show = at_hour(23.0)
    step(show, 1, hour_to(1.0, "forward", 2.0))
    step(show, 30, {DATE: "1999-12-31", "/place/latitude_deg": -80.0})
    step(show, 1 + 2 * RATE)
    assert (value_of(show, HOUR), value_of(show, DATE)) == (1.0, "2000-01-01")


def test_a_restored_show_goes_on_over_midnight_as_if_nothing_had_been():
    show = at_hour(23.5)
    step(show, 1, hour_to(1.0, "forward", 2.0))
    for frame in range(2, 60):
        step(show, frame)
    twin = Show(SKY.config, SKY.calibration, show.snapshot())
    for frame in range(60, 140):
        assert step(show, frame).plan == step(twin, frame).plan
    assert value_of(twin, DATE) == "2026-06-21"


def test_what_a_fade_over_midnight_changed_is_taken_back_with_its_date():
    show = at_hour(23.0)
    step(show, 100, hour_to(1.0, "forward", 2.0))
    step(show, 300, set_to(HOUR, 2.0, fade_s=1.0))
    step(show, 400)
    history = show.snapshot().controls.history
    assert newest_change(history, None).before == {HOUR: 1.0}
    assert newest_change(history, None).before == {HOUR: 23.0, DATE: "2026-06-20"}


def test_frozen_time_holds_a_fading_hour_and_the_clouds_and_lets_them_go_on():
    show = at_hour(6.0)
    step(show, 1, hour_to(8.0, "shorter", 2.0), {"/sky/clouds/wind_m_s": 60.0})
    step(show, 61, {"/world/freeze_time": True})
    held = value_of(show, HOUR), value_of(show, DRIFT)
    step(show, 500)
    step(show, 501, {"/world/freeze_time": False})
    assert (value_of(show, HOUR), value_of(show, DRIFT)) == held
    step(show, 501 + 60)
    assert value_of(show, HOUR) == 8.0
    assert held == (7.0, pytest.approx(60.0))


def test_a_way_is_for_what_goes_round():
    show = SKY.show()
    round_values = {"/sky/sun/azimuth_deg": 90.0, "/worlds/world/turn_deg": -90.0, HOUR: 3.0}
    targets = (Target(path=path, value=value, way="backward", fade_s=1.0) for path, value in round_values.items())
    step(show, 0, BatchRequest(id=UNNAMED, items=tuple(targets)))
    step(show, 30)
    assert value_of(show, "/sky/sun/azimuth_deg") == pytest.approx(-135.0)
    items = (Target(path="/grade/tint", value=0.5), Target(path="/sky/haze", value=0.5, way="forward"))
    (answer,) = show.step(inputs_at(31, BatchRequest(id=UNNAMED, items=items))).answers
    assert (answer.path, answer.refusal.reason) == ("/sky/haze", "value_goes_no_way_round")
    assert value_of(show, "/grade/tint") == 0.0
    step(show, 32, SetRequest(id=UNNAMED, path="/sky/haze", value=0.5, way="shorter"))


def test_a_wind_moves_the_clouds_on_show_time_and_what_they_have_drifted_is_a_value():
    show = SKY.show()
    step(show, 0, {"/sky/clouds/wind_m_s": 12.0, "/sky/clouds/wind_azimuth_deg": 90.0, DRIFT: 100.0})
    sky = sky_of(step(show, 600))
    assert value_of(show, DRIFT) == pytest.approx(220.0)
    assert sky.clouds.drift_m == pytest.approx((-220.0, 0.0))
    step(show, 601, {"/sky/clouds/wind_m_s": 0.0, DRIFT: 50.0})
    assert sky_of(step(show, 9000)).clouds.drift_m == pytest.approx((-50.0, 0.0))


def test_a_fade_of_an_earlier_version_goes_the_shorter_way():
    encoded = msgspec.to_builtins(at_hour(1.0).snapshot().controls)
    encoded["fades"] = {HOUR: {"start_frame": 0, "start": 23.0, "target": 1.0, "fade_s": 1.0, "rule": "clock"}}
    state = msgspec.structs.replace(
        at_hour(1.0).snapshot(), controls=msgspec.convert(encoded, type(at_hour(1.0).snapshot().controls))
    )
    show = Show(SKY.config, SKY.calibration, state)
    step(show, 60)
    assert (value_of(show, HOUR), value_of(show, DATE)) == (1.0, "2026-06-21")
