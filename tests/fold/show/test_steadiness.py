"""Findings that are judged by a threshold do not flicker in health."""

import itertools

import pytest

from stage.show.report.steadiness import ENDS_S, GIVES_WAY_S, SETTLES_S, steadied
from stage.show.report.tracker_health import Fault

RATE_HZ = 50
WRONG = Fault("tracker_rate_wrong", "warning", {"tracker": "a", "rate_hz": 45.0})
LOST = Fault("tracker_packets_lost", "warning", {"tracker": "a", "lost": 0.2})
OTHER = Fault("tracker_packets_lost", "warning", {"tracker": "b", "lost": 0.3})
HELD = Fault("wall_held", "alarm", {"wall": "main", "why": "behind_wall"})


def shown_by(seconds):
    """What is shown, by changes, from the third second on; each frame has the faults of its second."""
    shown, each = {}, []
    for frame, faults in enumerate(itertools.chain.from_iterable([one] * RATE_HZ for one in seconds)):
        each.append(tuple(steadied(shown, faults, frame, RATE_HZ)))
    return [faults for faults, _ in itertools.groupby(each[2 * RATE_HZ :])]


@pytest.mark.parametrize("turns", [[(WRONG,), (LOST,)], [(WRONG,), ()], [(WRONG,), (), ()]])
def test_what_alternates_each_second_is_one_finding(turns):
    assert len(shown_by(turns * 10)) == 1


def test_a_finding_is_there_at_once_and_ends_a_while_after_its_cause():
    shown = {}
    assert list(steadied(shown, [LOST], 0, RATE_HZ)) == [LOST]
    last = round(ENDS_S * RATE_HZ) - 1
    assert list(steadied(shown, [], last, RATE_HZ)) == [LOST]
    assert list(steadied(shown, [], last + 1, RATE_HZ)) == []
    assert shown == {}


def test_another_finding_of_the_kind_takes_its_place_once_it_has_lasted_and_at_once_in_the_beginning():
    shown = {}
    assert list(steadied(shown, [WRONG], 0, RATE_HZ)) == [WRONG]
    assert list(steadied(shown, [LOST], 1, RATE_HZ)) == [LOST]
    last = round(SETTLES_S * RATE_HZ)
    assert list(steadied(shown, [LOST], last, RATE_HZ)) == [LOST]
    turns = last + round(GIVES_WAY_S * RATE_HZ)
    assert list(steadied(shown, [WRONG], turns - 1, RATE_HZ)) == [LOST]
    assert list(steadied(shown, [WRONG], turns, RATE_HZ)) == [WRONG]


def test_newer_values_are_shown_at_once_and_each_tracker_has_its_own_finding():
    shown, newer = {}, LOST._replace(values={"tracker": "a", "lost": 0.4})
    assert list(steadied(shown, [HELD, LOST, OTHER], 0, RATE_HZ)) == [HELD, LOST, OTHER]
    assert list(steadied(shown, [newer], 1, RATE_HZ)) == [newer, OTHER]
