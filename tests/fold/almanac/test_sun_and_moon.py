"""Where sun, moon and stars are: against published places and dates, and laws that hold everywhere."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.almanac.calendar import day_of
from stage.almanac.instants import delta_t_s, instant_at
from stage.almanac.moving import EARTH_RADIUS_KM, moon_at, sun_at
from stage.almanac.seen import (
    Place,
    azimuth_elevation_deg,
    lit_share,
    refracted_deg,
    stars_from_place,
    sun_and_moon,
)
from tracking.rotation import quat_rotate

SUN_WITHIN_DEG = 0.02
MOON_WITHIN_DEG = 0.1
NREL = Place(39.742476, -105.1786, 1830.14)
ECLIPSES = (
    ("1955-06-20", (4, 10, 11), 14.8, 117.0),
    ("1991-07-11", (19, 6, 3), 22.0, -105.2),
    ("1999-08-11", (11, 3, 5), 45.1, 24.3),
    ("2010-07-11", (19, 33, 31), -19.7, -121.9),
    ("2017-08-21", (18, 25, 32), 37.0, -87.7),
    ("2019-07-02", (19, 22, 58), -17.4, -109.0),
    ("2020-12-14", (16, 13, 29), -40.3, -67.9),
    ("2081-09-03", (9, 6, 0), 24.6, 53.6),
)
"""When (universal time) and where the axis of the moon's shadow comes nearest to the earth's centre: F. Espenak and J.
Meeus, Five Millennium Canon of Solar Eclipses (NASA/TP-2006-214141). Sun and moon are at one place there.
"""
SEEN = (
    ("1950-01-15", 3.0, Place(-33.8688, 151.2093, 20.0), (312.2439, 72.3966), (261.0862, 38.1328)),
    ("1969-07-20", 20.25, Place(28.5728, -80.649, 3.0), (267.5650, 51.5907), (139.6417, 48.5152)),
    ("1987-04-10", 19.35, Place(38.9214, -77.0656, 0.0), (232.3118, 47.2596), (68.4583, -10.4601)),
    ("2000-01-01", 12.0, Place(0.0, 0.0, 0.0), (178.0687, 66.9528), (257.2065, 30.5696)),
    ("2024-06-21", 0.5, Place(78.2232, 15.6267, 10.0), (21.2387, 12.5069), (214.1911, -18.6766)),
    ("2026-11-20", 4.0, Place(29.24, 120.23, 90.0), (184.7954, 40.9406), (73.1406, -24.3095)),
    ("2033-12-21", 17.75, Place(-77.8463, 166.6683, 24.0), (111.1923, 19.4715), (109.5904, 13.8425)),
    ("2050-03-20", 23.9, Place(-0.1807, -78.4678, 2850.0), (270.2000, -8.2305), (262.3161, -37.1492)),
    ("2077-09-05", 6.4, Place(-33.9249, 18.4241, 25.0), (70.0828, 16.3716), (279.2126, 4.5959)),
    ("2100-12-30", 21.0, Place(64.1466, -21.9426, 15.0), (279.6473, -30.4098), (278.7803, -35.5492)),
)
"""Date, hour UTC, place; azimuth and elevation of sun and moon, airless, by PyEphem 4.2.1 (VSOP87 and its moon of 0.001
degrees).
"""
places = st.builds(Place, st.floats(-90.0, 90.0), st.floats(-180.0, 180.0), st.floats(0.0, 9000.0))
moments = st.tuples(st.integers(day_of("1950-01-01"), day_of("2100-12-31")), st.floats(-14.0, 36.0))


def seen(date, hour, place):
    return sun_and_moon(instant_at(day_of(date), hour), place)


def direction(azimuth_deg, elevation_deg):
    azimuth, elevation = math.radians(azimuth_deg), math.radians(elevation_deg)
    level = math.cos(elevation)
    return (level * math.sin(azimuth), level * math.cos(azimuth), math.sin(elevation))


def apart_deg(a, b):
    return math.degrees(2.0 * math.asin(min(0.5 * math.dist(a, b), 1.0)))


def equatorial_deg(place):
    x, y, z = place
    return math.degrees(math.atan2(y, x)) % 360.0, math.degrees(math.atan2(z, math.hypot(x, y)))


def at_terrestrial_noon_or_midnight(date):
    """The start of a date in terrestrial time, as examples give it."""
    day = day_of(date)
    return instant_at(day, -delta_t_s(day) / 3600.0)


def test_the_sun_is_where_the_published_example_of_nrel_has_it():
    """I. Reda and A. Andreas, Solar Position Algorithm for Solar Radiation Applications (NREL/TP-560-34302)."""
    sun = seen("2003-10-17", 19.0 + 30.0 / 60.0 + 30.0 / 3600.0, NREL).sun
    assert apart_deg(sun, direction(194.34024, 90.0 - 50.127954)) < SUN_WITHIN_DEG
    _, elevation = azimuth_elevation_deg(sun)
    assert refracted_deg(elevation, NREL.altitude_m) == pytest.approx(90.0 - 50.11162, abs=SUN_WITHIN_DEG)


@pytest.mark.parametrize(("date", "time", "latitude", "longitude"), ECLIPSES)
def test_at_the_middle_of_an_eclipse_the_moon_is_before_the_sun(date, time, latitude, longitude):
    hours, minutes, seconds = time
    both = seen(date, hours + minutes / 60.0 + seconds / 3600.0, Place(latitude, longitude))
    assert apart_deg(both.sun, both.moon) < 0.02
    assert lit_share(both.moon, both.moon_lit_by) < 1e-6


@pytest.mark.parametrize(("date", "hour", "place", "sun", "moon"), SEEN)
def test_sun_and_moon_are_where_a_finer_almanac_has_them(date, hour, place, sun, moon):
    both = seen(date, hour, place)
    assert apart_deg(both.sun, direction(*sun)) < SUN_WITHIN_DEG
    assert apart_deg(both.moon, direction(*moon)) < MOON_WITHIN_DEG


def test_sun_moon_and_sidereal_time_agree_with_worked_examples():
    """Meeus, Astronomical Algorithms, examples 25.a, 47.a, 48.a and 12.a."""
    sun = sun_at(at_terrestrial_noon_or_midnight("1992-10-13"))
    assert equatorial_deg(sun) == pytest.approx((198.38083, -7.78507), abs=0.003)
    instant = at_terrestrial_noon_or_midnight("1992-04-12")
    moon = moon_at(instant)
    assert equatorial_deg(moon) == pytest.approx((134.688470, 13.768368), abs=0.01)
    assert math.hypot(*moon) * EARTH_RADIUS_KM == pytest.approx(368409.7, abs=100.0)
    to_sun = [a - b for a, b in zip(sun_at(instant), moon, strict=True)]
    share = lit_share([part / math.hypot(*moon) for part in moon], [part / math.hypot(*to_sun) for part in to_sun])
    assert share == pytest.approx(0.6786, abs=0.0005)
    sidereal_h = math.degrees(instant_at(day_of("1987-04-10"), 0.0).sidereal) / 15.0 % 24.0
    assert sidereal_h == pytest.approx(13.0 + 10.0 / 60.0 + 46.1351 / 3600.0, abs=1e-4)


@given(moments, places)
def test_everything_is_finite_of_unit_length_and_without_a_leap(moment, place):
    day, hour = moment
    now, soon = (sun_and_moon(instant_at(day, at), place) for at in (hour, hour + 1.0 / 3600.0))
    for one, next_one in zip(now, soon, strict=True):
        assert math.hypot(*one) == pytest.approx(1.0, abs=1e-12)
        assert apart_deg(one, next_one) < 0.006
    stars, later = (stars_from_place(instant_at(day, at), place) for at in (hour, hour + 1.0 / 3600.0))
    ahead = (0.0, 1.0, 0.0)
    assert apart_deg(quat_rotate(stars, ahead), quat_rotate(later, ahead)) < 0.006
    assert 0.0 <= lit_share(now.moon, now.moon_lit_by) <= 1.0
    azimuth, elevation = azimuth_elevation_deg(now.sun)
    assert 0.0 <= azimuth < 360.0
    assert elevation <= refracted_deg(elevation, place.altitude_m) <= 90.0


@given(st.integers(day_of("1950-01-01"), day_of("2100-12-30")), st.floats(0.0, 24.0), places)
def test_a_day_may_be_counted_in_hours_and_the_next_one_begins_where_it_ends(day, hour, place):
    one, same = (sun_and_moon(instant_at(*at), place) for at in ((day, hour + 24.0), (day + 1, hour)))
    assert apart_deg(one.moon, same.moon) < 1e-6


@given(moments, places)
def test_the_stars_turn_about_the_pole_and_the_sun_is_on_their_ecliptic(moment, place):
    instant = instant_at(*moment)
    turn = stars_from_place(instant, place)
    latitude = math.radians(place.latitude_deg)
    pole = (0.0, math.cos(latitude), math.sin(latitude))
    assert apart_deg(quat_rotate(turn, pole), (0.0, 0.0, 1.0)) < 1e-5
    _, y, z = quat_rotate(turn, sun_and_moon(instant, place).sun)
    off = math.degrees(math.asin(math.cos(instant.obliquity) * z - math.sin(instant.obliquity) * y))
    assert abs(off) < 0.004
