"""FreeD packets that arrive late or not at all: the motion decides which, and so when each pose was taken."""

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fold.tracking.datagrams import datagram
from tracking.dialects import FreeDDialect
from tracking.protocols.freed import encode_freed
from tracking.records import TrackerSample
from tracking.rotation import quat_from_pan_tilt_roll
from tracking.settings import TrackerConfig
from tracking.tracker.state import measured_rate_hz, neighbour_interval_ns, new_tracker_state
from tracking.tracker.tracker import Tracker

START_NS = 5_000_000_000
NETWORK_NS = 3_000_000
SETTLED_S = 4.0


def handheld(seconds):
    """About half a metre and twenty degrees a second, never steady."""
    swing = [math.sin(2.0 * math.pi * rate * seconds + rate) for rate in (0.31, 0.57, 0.83)]
    return TrackerSample(
        position_m=(0.2 * swing[0] + 0.05 * swing[2], 0.1 * swing[1], 1.5 + 0.03 * swing[2]),
        rotation=quat_from_pan_tilt_roll(6.0 * swing[1], 4.0 * swing[0], swing[2]),
    )


def standing(_seconds):
    return TrackerSample(position_m=(0.0, 0.0, 1.5), rotation=quat_from_pan_tilt_roll(5.0, 0.0, 0.0))


def train(*, jitter_ms=0.0, loss=0.0, rate_hz=60.0, seconds=20.0, seed=1):
    """(taken_ns, arrived_ns) over a network that queues: late by an exponential time, never overtaken."""
    generator = random.Random(seed)
    arrived_ns = 0
    for index in range(int(rate_hz * seconds)):
        taken_ns = START_NS + int(index * 1e9 / rate_hz)
        late_ns = int(generator.expovariate(1e-6 / jitter_ms)) if jitter_ms else 0
        if generator.random() >= loss:
            arrived_ns = max(arrived_ns + 20_000, taken_ns + NETWORK_NS + late_ns)
            yield taken_ns, arrived_ns


def sent_through(packets, motion=handheld, rate_hz=60.0):
    """The tracker, and for each packet after the first seconds the first error of its time, in periods."""
    config = TrackerConfig(name="a", protocol="freed", source="udp://:1", rate_hz=rate_hz, camera_id=1)
    tracker = Tracker(config, new_tracker_state(config))
    wrong = []
    for taken_ns, arrived_ns in packets:
        tracker.feed(datagram(encode_freed(motion((taken_ns - START_NS) * 1e-9), 1, FreeDDialect()), "x", arrived_ns))
        if taken_ns > START_NS + SETTLED_S * 1e9:
            dated_ns = tracker.state.motion.moments[-1].sample_ns
            wrong.append((dated_ns - taken_ns - NETWORK_NS) * rate_hz * 1e-9)
    return tracker, wrong


def misdated(wrong):
    """The share of packets that were put into the slot of another."""
    return sum(abs(error) > 0.5 for error in wrong) / len(wrong)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32), st.floats(4.0, 6.0))
def test_a_packet_that_is_late_by_a_period_is_not_dated_as_if_others_were_lost(seed, jitter_ms):
    _, wrong = sent_through(train(jitter_ms=jitter_ms, seed=seed))
    assert misdated(wrong) < 0.025


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32), st.floats(0.01, 0.1))
def test_lost_packets_are_recognised_among_late_ones(seed, loss):
    _, wrong = sent_through(train(jitter_ms=5.0, loss=loss, seed=seed))
    assert misdated(wrong) < 0.05


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32), st.floats(0.0, 0.5), st.sampled_from([24.0, 60.0, 120.0]))
def test_without_late_packets_every_lost_one_leaves_its_slot_empty(seed, loss, rate_hz):
    _, wrong = sent_through(train(loss=loss, seed=seed, rate_hz=rate_hz, seconds=10.0), rate_hz=rate_hz)
    assert max(map(abs, wrong)) < 1e-3


def test_a_body_at_rest_gives_no_evidence_and_is_dated_as_before():
    tracker, wrong = sent_through(train(jitter_ms=5.0, loss=0.05), motion=standing)
    assert tracker.state.time.slots.doubted == 0
    assert misdated(wrong) < 0.15


def test_packets_that_all_stay_late_finally_count_as_following_lost_ones():
    begun_ns = START_NS + 8_000_000_000
    later = [(taken, arrived + (16_666_667 if taken > begun_ns else 0)) for taken, arrived in train(jitter_ms=3.0)]
    tracker, _ = sent_through(later)
    times = [moment.sample_ns for moment in tracker.state.motion.moments]
    assert all(before < after for before, after in pairwise(times))
    assert abs(tracker.state.motion.received_ns - times[-1]) < 17_000_000
    assert tracker.state.time.slots.doubted == 0


@pytest.mark.parametrize(("loss", "jitter_ms"), [(0.3, 0.0), (0.3, 5.0), (0.5, 1.0)])
def test_neighbours_are_a_period_apart_however_many_packets_are_lost(loss, jitter_ms):
    tracker, _ = sent_through(train(loss=loss, jitter_ms=jitter_ms))
    assert neighbour_interval_ns(tracker.state, 1e9 / 60.0) == pytest.approx(1e9 / 60.0, rel=0.12)
    assert measured_rate_hz(tracker.state) < 54.0


@pytest.mark.parametrize("jitter_ms", [0.0, 1.0, 5.0])
def test_neighbours_show_the_true_period_if_another_rate_is_configured(jitter_ms):
    tracker, _ = sent_through(train(rate_hz=50.0, jitter_ms=jitter_ms))
    found_ns = neighbour_interval_ns(tracker.state, 1e9 / 60.0)
    assert abs(found_ns - 20_000_000) < abs(found_ns - 1e9 / 60.0)
