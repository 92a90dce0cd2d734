"""Which frame of a film a display slot shows: cadences that hold for days, loops, ends, jumps, and time code."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.worlds.plate.times import (
    Cut,
    FilmClock,
    TimeCode,
    clip_of,
    frame_at_us,
    frame_on_clock,
    frame_on_timecode,
    shown,
)
from render.worlds.shared.running import MILLION, gone_at, millionths
from tracking.protocols.timecode import label_at, may_drop, parse_label

RATES = [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(50), Fraction(60)]
SLOT_RATES = [Fraction(24), Fraction(50), Fraction(60)]
DAYS = 9
rates = st.sampled_from(RATES)
slot_rates = st.sampled_from([*SLOT_RATES, Fraction(60000, 1001), Fraction(24000, 1001)])
late = st.integers(0, DAYS * 86_400 * 60)
cuts = st.builds(
    Cut,
    in_us=st.integers(0, 20 * MILLION),
    out_us=st.integers(0, 40 * MILLION),
    end=st.sampled_from(["loop", "hold", "hide"]),
    loop_frames=st.integers(0, 300),
)


def frames(clock: FilmClock, slots: range, slots_a_second: Fraction, rate: Fraction) -> list[int]:
    return [frame_on_clock(clock, slot, slots_a_second, rate, 0) for slot in slots]


@pytest.mark.parametrize("slots_a_second", SLOT_RATES)
@pytest.mark.parametrize("rate", RATES)
def test_nothing_is_shown_twice_or_skipped_but_by_the_cadence_for_days(
    rate: Fraction, slots_a_second: Fraction
) -> None:
    """Each frame is shown for the slots of its time, which is the same from the first minute to the ninth day."""
    ratio = slots_a_second / rate
    for first in (0, DAYS * 86_400 * 60):
        seen = frames(FilmClock(since=0), range(first, first + 6000), slots_a_second, rate)
        assert seen == [slot * rate // slots_a_second for slot in range(first, first + 6000)]
        whole = Counter(seen[seen.index(seen[0] + 1) :] if ratio >= 1 else seen)
        lengths = {count for frame, count in whole.items() if frame != seen[-1]}
        if ratio >= 1:
            assert lengths <= {ratio.__floor__(), ratio.__ceil__()}
            assert {after - before for before, after in pairwise(seen)} <= {0, 1}
        else:
            assert lengths == {1}
            assert {after - before for before, after in pairwise(seen)} <= {
                (1 / ratio).__floor__(),
                (1 / ratio).__ceil__(),
            }


def test_film_in_sixty_slots_has_the_stated_cadence() -> None:
    """24 is 3:2. 24000/1001 is 3:2 too, with one slot more in each 400 frames."""
    plain = Counter(frames(FilmClock(since=0), range(600), Fraction(60), Fraction(24)))
    assert [plain[frame] for frame in range(240)] == [3, 2] * 120
    dropped = Counter(frames(FilmClock(since=0), range(2002), Fraction(60), Fraction(24000, 1001)))
    lengths = [dropped[frame] for frame in range(800)]
    assert (sum(lengths[:400]), sum(lengths[400:])) == (1001, 1001)
    assert lengths[:400] == lengths[400:]
    assert Counter(pairwise([*lengths[:400], lengths[0]])) == {(3, 2): 199, (2, 3): 199, (3, 3): 2}


@given(rates, slot_rates, late, st.integers(1, 10_000))
def test_skipped_slots_leave_no_trace(rate: Fraction, slots_a_second: Fraction, slot: int, since: int) -> None:
    """A clock that was looked at in every slot, or in none, shows the same: only what was set counts."""
    clock = FilmClock(since=since, from_us=3_000_000)
    again = FilmClock(since=slot, from_us=3_000_000, gone=gone_at(clock, slot))
    later = slot + 997
    assert frame_on_clock(clock, later, slots_a_second, rate, 0) == frame_on_clock(
        again, later, slots_a_second, rate, 0
    )


@given(rates, slot_rates, st.lists(st.tuples(st.integers(1, 500), st.floats(0.0, 4.0)), min_size=1, max_size=20))
def test_changes_of_speed_keep_the_place(
    rate: Fraction, slots_a_second: Fraction, changes: list[tuple[int, float]]
) -> None:
    """The place is the sum of what was gone at each speed, exactly; no change of speed moves it."""
    clock, gone, slot = FilmClock(since=0), Fraction(0), 0
    for slots, speed in changes:
        before = frame_on_clock(clock, slot, slots_a_second, rate, 0)
        clock = FilmClock(since=slot, gone=gone_at(clock, slot), speed=millionths(speed))
        assert frame_on_clock(clock, slot, slots_a_second, rate, 0) == before
        gone += slots * Fraction(millionths(speed), MILLION)
        slot += slots
    assert frame_on_clock(clock, slot, slots_a_second, rate, 0) == (gone * rate / slots_a_second).__floor__()


@given(rates, st.integers(0, 10_000_000))
def test_a_place_that_was_rounded_to_microseconds_means_its_frame(rate: Fraction, frame: int) -> None:
    assert frame_at_us(millionths(float(frame / rate)), rate) == frame
    assert frame_at_us(millionths(round(float(frame / rate), 3)), rate) == frame


@given(cuts, rates, st.integers(1, 2000), st.integers(-5000, 100_000))
def test_what_is_shown_is_always_a_frame_of_the_clip(cut: Cut, rate: Fraction, length: int, at: int) -> None:
    clip = clip_of(cut, length, rate)
    assert 0 <= clip.first < clip.first + clip.frames <= length
    one = shown(clip, at)
    for frame in (one.frame, one.frame if one.coming is None else one.coming):
        assert clip.first <= frame < clip.first + clip.frames
    assert (one.coming is None) == (one.share == 0.0)
    assert 0.0 <= one.share < 1.0


@given(st.integers(2, 500), st.integers(0, 250), st.integers(0, 50))
def test_a_loop_shows_every_frame_in_turn_and_dissolves_its_end_into_its_beginning(
    length: int, over: int, first: int
) -> None:
    clip = clip_of(Cut(in_us=0, loop_frames=over), length, Fraction(25))
    over = clip.loop_frames
    seen = [shown(clip, at) for at in range(3 * length)]
    assert [one.frame for one in seen[:length]] == list(range(length))
    period = length - over
    for at in range(over, 3 * length - period):
        assert seen[at] == seen[at + period]
    for before, after in pairwise(seen[over:]):
        goes_on = after.frame == before.frame + 1
        if not goes_on:
            assert after.frame == (0 if before.coming is None else before.coming + 1)
            assert before.frame == length - 1
        if goes_on and before.coming is not None and after.coming is not None:
            assert after.share > before.share
            assert after.coming == before.coming + 1
    assert shown(clip, -1 - first).frame == 0


def test_an_end_holds_its_last_frame_or_is_gone() -> None:
    held = clip_of(Cut(in_us=MILLION, out_us=2 * MILLION, end="hold"), 250, Fraction(25))
    assert [shown(held, at).frame for at in (0, 25, 49, 50, 10**9)] == [25, 25, 49, 49, 49]
    assert not shown(held, 10**9).is_hidden
    hidden = held._replace(end="hide")
    assert [shown(hidden, at).is_hidden for at in (24, 25, 49, 50)] == [True, False, False, True]


LABELLED = [*RATES, Fraction(60000, 1001)]


@pytest.mark.parametrize("drop", [False, True])
@pytest.mark.parametrize("rate", LABELLED)
def test_a_film_on_time_code_shows_the_frame_of_the_label(rate: Fraction, drop: bool) -> None:
    """Through minutes with skipped labels, and over midnight."""
    if drop and not may_drop(rate):
        return
    start = label_at(parse_label("23:58:30:00", rate), rate, drop=drop)
    begins = parse_label(start, rate)
    for passed in (0, 1, 1799, 1800, 5394, 9000, 17_982):
        label = label_at(begins + passed, rate, drop=drop)
        now = TimeCode(parse_label(label, rate) * 7 + 3, 7, rate, drop)
        assert frame_on_timecode(now, start, rate, 0) == passed


def test_labels_mean_the_same_label_where_none_is_dropped_and_else_the_moment() -> None:
    hour = 3600 * 24
    now = TimeCode(10 * hour + 48, 1, Fraction(24), False)
    assert frame_on_timecode(now, "10:00:00:00", Fraction(24000, 1001), 0) == 48
    assert frame_on_timecode(now, "10:00:00:00", Fraction(25), 0) == 50
    dropped = TimeCode(parse_label("10:00:00;00", Fraction(30000, 1001)), 1, Fraction(30000, 1001), True)
    begins = parse_label("10:00:00;00", Fraction(60000, 1001))
    assert frame_on_timecode(dropped, "10:00:00;00", Fraction(60000, 1001), 0) == 2 * dropped.frames - begins
    assert frame_on_timecode(now, "", Fraction(24), 2 * MILLION) == 10 * hour
    assert frame_on_timecode(now, "10:00:00;00", Fraction(24), 0) is None
    assert frame_on_timecode(now, "10:00:00:00", Fraction(33, 2), 0) is None
