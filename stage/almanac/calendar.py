"""Days of the calendar: dates as text, and the days between them. Pure.

A day is counted from 2000-01-01, which is 0. Dates are of the Gregorian calendar and from 1950 to 2100: for those years
the series of this room are good.
"""

from __future__ import annotations

import re

FIRST_DATE = "1950-01-01"
LAST_DATE = "2100-12-31"
_FORM = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DAYS_BEFORE_2000 = 730119
_DAYS_IN_400_YEARS = 146097
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def day_of(date: str) -> int | None:
    """The day that `date` names as year-month-day; None where that is no date, or one before 1950 or after 2100."""
    match = _FORM.fullmatch(date)
    if match is None or not FIRST_DATE <= date <= LAST_DATE:
        return None
    year, month, day = (int(part) for part in match.groups())
    if not (1 <= month <= len(_MONTH_DAYS) and 1 <= day <= _days_in(year, month)):
        return None
    return _day_number(year, month, day)


def date_of(day: int) -> str:
    """The date of a day, year-month-day; of a day before the first date or after the last one, that date."""
    number = min(max(day, _FIRST), _LAST) + _DAYS_BEFORE_2000
    year = number * 400 // _DAYS_IN_400_YEARS + 1
    while _days_to(year) > number:
        year -= 1
    while _days_to(year + 1) <= number:
        year += 1
    left, month = number - _days_to(year), 1
    while left >= _days_in(year, month):
        left -= _days_in(year, month)
        month += 1
    return f"{year:04d}-{month:02d}-{left + 1:02d}"


def later_date(date: str, days: int) -> str:
    """The date some days later or, with fewer than 0, earlier; it ends at the first and the last date there is.

    A text that is no date stays as it is.
    """
    day = day_of(date)
    return date if day is None else date_of(day + days)


def _day_number(year: int, month: int, day: int) -> int:
    return _days_to(year) + sum(_days_in(year, one) for one in range(1, month)) + day - 1 - _DAYS_BEFORE_2000


def _days_to(year: int) -> int:
    """Days from 0001-01-01 to the first of a year."""
    before = year - 1
    return before * 365 + before // 4 - before // 100 + before // 400


def _days_in(year: int, month: int) -> int:
    leaps = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _MONTH_DAYS[month - 1] + int(leaps)


_FIRST = _day_number(1950, 1, 1)
_LAST = _day_number(2100, 12, 31)
