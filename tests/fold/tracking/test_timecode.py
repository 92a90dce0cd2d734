"""SMPTE time code: labels and counts are each other's inverse, and labels that do not exist are refused."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.protocols.timecode import TimecodeError, label_at, label_from_wire, may_drop, nominal_rate, parse_label

RATES = [Fraction(n) for n in (24, 25, 30, 48, 50, 60, 100, 120)] + [
    Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120)
]
DROPPING = [Fraction(30000, 1001), Fraction(60000, 1001)]
ways_of_counting = st.one_of(
    st.tuples(st.sampled_from(RATES), st.just(False)), st.tuples(st.sampled_from(DROPPING), st.just(True))
)


@given(way=ways_of_counting, share=st.floats(0.0, 1.0, exclude_max=True))
def test_every_frame_of_a_day_has_one_label_that_leads_back_to_it(way, share):
    rate, drop = way
    frames_a_day = parse_label("23:59:59" + (";" if drop else ":") + f"{nominal_rate(rate) - 1:02d}", rate) + 1
    count = int(share * frames_a_day)
    assert parse_label(label_at(count, rate, drop=drop), rate) == count
    assert label_at(count + frames_a_day, rate, drop=drop) == label_at(count, rate, drop=drop)


@pytest.mark.parametrize("rate", DROPPING)
def test_drop_frame_keeps_to_the_clock_within_a_tenth_of_a_second_a_day(rate):
    count = parse_label("23:59:59;00", rate)
    assert abs(float(count / rate) - 86399.0) < 0.1


def test_known_labels():
    ntsc = Fraction(30000, 1001)
    assert label_at(1799, ntsc, drop=True) == "00:00:59;29"
    assert label_at(1800, ntsc, drop=True) == "00:01:00;02"
    assert label_at(17982, ntsc, drop=True) == "00:10:00;00"
    assert parse_label("01:00:00;00", ntsc) == 107892
    assert parse_label("01:00:00:00", Fraction(24000, 1001)) == 86400


@given(minutes=st.integers(0, 59), rate=st.sampled_from(DROPPING), frames=st.integers(0, 3))
def test_labels_skipped_by_drop_frame_are_refused(minutes, rate, frames):
    label = f"05:{minutes:02d}:00;{frames:02d}"
    if minutes % 10 and frames < nominal_rate(rate) // 15:
        with pytest.raises(TimecodeError, match="skipped"):
            parse_label(label, rate)
        assert label_from_wire((5, minutes, 0, frames), (rate.numerator, 1001), drop=True) is None
    else:
        assert label_at(parse_label(label, rate), rate, drop=True) == label


@pytest.mark.parametrize(
    ("label", "rate"),
    [
        ("24:00:00:00", Fraction(25)),
        ("00:60:00:00", Fraction(25)),
        ("00:00:00:25", Fraction(25)),
        ("00:00:00;00", Fraction(25)),
        ("00:00:00;00", Fraction(24000, 1001)),
        ("0:00:00:00", Fraction(25)),
        ("00:00:00:00\n", Fraction(25)),
        ("00:00:00:00", Fraction(2997, 100)),
        ("00:00:00:00", Fraction(0)),
    ],
)
def test_labels_that_do_not_exist_are_refused(label, rate):
    with pytest.raises(TimecodeError):
        parse_label(label, rate)


def test_the_drop_flag_is_ignored_if_nothing_is_dropped():
    assert not may_drop(Fraction(24000, 1001))
    assert label_from_wire((1, 2, 3, 4), (24000, 1001), drop=True) == "01:02:03:04"
    assert label_from_wire((1, 2, 3, 4), (30000, 1001), drop=True) == "01:02:03;04"
    assert label_from_wire((1, 2, 3, 24), (24, 1), drop=False) is None
