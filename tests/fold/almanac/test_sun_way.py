"""The sun's way over a day: rising and setting, and days without either."""

from itertools import pairwise

import pytest

from stage.almanac.calendar import day_of
from stage.almanac.seen import Place
from stage.almanac.sun_way import sun_day

GREENWICH = Place(51.4779, 0.0, 46.0)
TROMSO = Place(69.65, 18.96, 10.0)


def clock(hour, minute):
    return hour + minute / 60


def test_rising_and_setting_are_as_almanacs_have_them():
    """Greenwich, in universal time: HM Nautical Almanac Office, rounded to the minute."""
    midsummer = sun_day(day_of("2024-06-20"), GREENWICH, 0.0)
    assert midsummer.rises_h == pytest.approx(clock(3, 43), abs=0.04)
    assert midsummer.sets_h == pytest.approx(clock(20, 21), abs=0.04)
    midwinter = sun_day(day_of("2024-12-21"), GREENWICH, 0.0)
    assert midwinter.rises_h == pytest.approx(clock(8, 4), abs=0.04)
    assert midwinter.sets_h == pytest.approx(clock(15, 54), abs=0.04)


def test_a_clock_ahead_of_universal_time_says_a_later_hour():
    there, summer = (sun_day(day_of("2024-06-20"), GREENWICH, offset) for offset in (0.0, 1.0))
    assert summer.sets_h == pytest.approx(there.sets_h + 1.0, abs=0.01)


@pytest.mark.parametrize(("date", "up"), [("2024-06-20", True), ("2024-12-21", False)])
def test_beyond_the_polar_circle_it_neither_rises_nor_sets(date, up):
    day = sun_day(day_of(date), TROMSO, 1.0)
    assert (day.rises_h, day.sets_h) == (None, None)
    assert all((point.elevation_deg > 0.0) is up for point in day.points)


def test_the_way_goes_from_midnight_to_midnight_in_small_steps():
    points = sun_day(day_of("2024-03-20"), GREENWICH, 0.0).points
    assert (points[0].hour, points[-1].hour, len(points)) == (0.0, 24.0, 145)
    for before, after in pairwise(points):
        assert abs(after.elevation_deg - before.elevation_deg) < 3.0
