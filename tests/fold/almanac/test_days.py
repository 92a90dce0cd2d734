"""Days: the calendar against that of the standard library, and the sun's way over one, also where it never rises."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.almanac.calendar import FIRST_DATE, LAST_DATE, date_of, day_of, later_date
from stage.almanac.seen import Place
from stage.almanac.sun_way import sun_day
from tests.examples import hostile

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


FIRST, LAST, ZERO = date.fromisoformat(FIRST_DATE), date.fromisoformat(LAST_DATE), date(2000, 1, 1)
dates = st.dates(FIRST, LAST)


@given(dates)
def test_a_day_is_counted_from_the_first_of_2000_and_back(one):
    assert day_of(str(one)) == (one - ZERO).days
    assert date_of((one - ZERO).days) == str(one)


@given(dates, st.integers(-200_000, 200_000))
def test_a_later_date_ends_where_the_calendar_does(one, days):
    expected = min(max((one - ZERO).days + days, (FIRST - ZERO).days), (LAST - ZERO).days)
    assert later_date(str(one), days) == str(ZERO + timedelta(days=expected))


@given(st.from_regex(r"(19[45]|20\d|210)\d-\d\d-\d\d", fullmatch=True) | st.text(max_size=12))
@hostile()
def test_what_is_no_date_of_those_years_has_no_day_and_stays_as_it_is(text):
    try:
        known = FIRST <= date.fromisoformat(text) <= LAST and text == str(date.fromisoformat(text))
    except ValueError:
        known = False
    assert (day_of(text) is not None) == known
    if not known:
        assert later_date(text, 1) == text
