"""The calendar against that of the standard library."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from stage.almanac.calendar import FIRST_DATE, LAST_DATE, date_of, day_of, later_date

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
def test_what_is_no_date_of_those_years_has_no_day_and_stays_as_it_is(text):
    try:
        known = FIRST <= date.fromisoformat(text) <= LAST and text == str(date.fromisoformat(text))
    except ValueError:
        known = False
    assert (day_of(text) is not None) == known
    if not known:
        assert later_date(text, 1) == text
