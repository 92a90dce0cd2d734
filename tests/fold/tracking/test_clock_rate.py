"""Device clocks in the wrong unit or at the wrong rate are recognised, and their stamps are not used."""

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fold.tracking.datagrams import datagram
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio
from tracking.records import TrackerSample
from tracking.rotation import IDENTITY, IDENTITY_POSE
from tracking.settings import TrackerConfig
from tracking.timing.clock_rate import ClockMemory, keeps_time, wrong_speed
from tracking.tracker.state import new_tracker_state
from tracking.tracker.tracker import Tracker

SECOND_NS = 1_000_000_000
START_NS = 100 * SECOND_NS
EPOCH_NS = 1_700_000_000 * SECOND_NS
NETWORK_NS = 2_000_000
AHEAD_NS = 40_000_000
CONFIG = TrackerConfig(name="o", protocol="opentrackio", source="udp://127.0.0.1:1")


def microseconds_in_the_nanoseconds_field(elapsed_ns):
    seconds, rest_ns = divmod(elapsed_ns, SECOND_NS)
    return EPOCH_NS + seconds * SECOND_NS + rest_ns // 1000


def milliseconds_as_seconds(elapsed_ns):
    return 5 * SECOND_NS + elapsed_ns * 1000


def at_speed(speed):
    return lambda elapsed_ns: EPOCH_NS + int(elapsed_ns * speed)


def stepping(step_ns, at_ns=6 * SECOND_NS):
    return lambda elapsed_ns: EPOCH_NS + elapsed_ns + (step_ns if elapsed_ns >= at_ns else 0)


def coarse(step_ns):
    return lambda elapsed_ns: EPOCH_NS + elapsed_ns // step_ns * step_ns


def across_midnight(elapsed_ns):
    return (86_395 * SECOND_NS + elapsed_ns) % (86_400 * SECOND_NS)


def followed(clock, *, rate_hz=60.0, seconds=16.0, jitter_ms=0.0, seed=1):
    """A tracker on a steady dolly of half a metre a second, and (seconds, error of the predicted eye in m, speed)."""
    generator = random.Random(seed)
    tracker, seen, arrived_ns = Tracker(CONFIG, new_tracker_state(CONFIG)), [], 0
    for index in range(int(rate_hz * seconds)):
        elapsed_ns = int(index * SECOND_NS / rate_hz)
        late_ns = int(generator.expovariate(1e-6 / jitter_ms)) if jitter_ms else 0
        arrived_ns = max(arrived_ns + 20_000, START_NS + elapsed_ns + NETWORK_NS + late_ns)
        sample = TrackerSample(
            position_m=(0.5e-9 * elapsed_ns, 1.0, 1.5), rotation=IDENTITY, device_ns=clock(elapsed_ns)
        )
        (payload,) = encode_opentrackio(sample, OpenTrackIOSource(rate=(int(rate_hz), 1)), index + 1)
        tracker.feed(datagram(payload, "s", arrived_ns))
        eye = tracker.pose_at(arrived_ns + AHEAD_NS, arrived_ns, IDENTITY_POSE).tracker_from_pupil.position_m[0]
        truth = 0.5e-9 * (arrived_ns + AHEAD_NS - NETWORK_NS - START_NS)
        seen.append((elapsed_ns * 1e-9, eye - truth, wrong_speed(tracker.state.time.clock)))
    return tracker, seen


def worst_m(seen, from_s):
    return max(abs(error) for at_s, error, _ in seen if at_s >= from_s)


@pytest.mark.parametrize(
    ("clock", "speed", "within_s"),
    [
        (microseconds_in_the_nanoseconds_field, 0.001, 0.1),
        (lambda elapsed_ns: 5_000_000 + elapsed_ns // 1000, 0.001, 0.1),
        (milliseconds_as_seconds, 1000.0, 1.1),
        (at_speed(0.1), 0.1, 1.1),
        (at_speed(0.5), 0.5, 1.1),
        (at_speed(2.0), 2.0, 1.1),
        (at_speed(24.0 / 25.0), 0.96, 3.6),
        (at_speed(0.98), 0.98, 3.6),
        (at_speed(1.01), 1.01, 7.0),
        (at_speed(1.007), 1.007, 14.0),
    ],
)
@pytest.mark.parametrize("rate_hz", [24.0, 60.0])
def test_a_wrong_clock_is_found_and_the_arrival_is_used_instead(clock, speed, within_s, rate_hz):
    tracker, seen = followed(clock, rate_hz=rate_hz)
    found_s = next(at_s for at_s, _, found in seen if found is not None)
    assert found_s <= within_s + 3.0 / rate_hz
    assert seen[-1][2] == pytest.approx(speed, rel=0.3 if speed == 0.001 else 1e-3)
    assert worst_m(seen, found_s + 0.5) < 1e-3
    assert "time stamps advance" in tracker.status(START_NS + 16 * SECOND_NS).hint


def test_stamps_in_another_unit_never_throw_the_picture_away():
    for clock in (microseconds_in_the_nanoseconds_field, milliseconds_as_seconds):
        _, seen = followed(clock)
        assert worst_m(seen, 0.0) < 0.05


@pytest.mark.parametrize(
    "clock",
    [
        at_speed(1.0),
        at_speed(1.001),
        at_speed(0.999),
        at_speed(1.003),
        coarse(40_000_000),
        coarse(SECOND_NS),
        across_midnight,
        stepping(-SECOND_NS),
        stepping(30_000_000),
        stepping(-30_000_000),
        stepping(3600 * SECOND_NS),
        stepping(-3600 * SECOND_NS),
        lambda elapsed_ns: EPOCH_NS + elapsed_ns + elapsed_ns // (2 * SECOND_NS) * 8_000_000,
        lambda _elapsed_ns: 0,
    ],
)
def test_drift_coarse_steps_and_a_clock_that_is_set_are_no_wrong_rate(clock):
    tracker, seen = followed(clock, jitter_ms=2.0)
    assert {speed for _, _, speed in seen} == {None}
    assert worst_m(seen, 12.0) < 0.008
    assert tracker.status(START_NS + 16 * SECOND_NS).hint == ""


def test_a_clock_that_is_put_right_is_used_again():
    def repaired(elapsed_ns):
        return EPOCH_NS + (elapsed_ns // 2 if elapsed_ns < 5 * SECOND_NS else elapsed_ns)

    tracker, seen = followed(repaired, seconds=22.0)
    assert seen[200][2] == pytest.approx(0.5, rel=1e-3)
    assert seen[-1][2] is None
    assert tracker.state.time.stamps.envelope.running
    assert tracker.status(START_NS + 22 * SECOND_NS).hint == ""


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from([10.0, 24.0, 60.0, 240.0]),
    st.sampled_from([0.0, 1.0, 5.0, 20.0]),
    st.floats(0.999, 1.001),
)
def test_jitter_and_loss_are_no_wrong_clock(seed, rate_hz, jitter_ms, speed):
    generator = random.Random(seed)
    memory, arrived_ns = ClockMemory(), 0
    for index in range(int(60 * rate_hz)):
        elapsed_ns = int(index * SECOND_NS / rate_hz)
        late_ns = int(generator.expovariate(1e-6 / jitter_ms)) if jitter_ms else 0
        if generator.random() < 0.95:
            arrived_ns = max(arrived_ns + 20_000, START_NS + elapsed_ns + late_ns)
            keeps_time(memory, EPOCH_NS + int(elapsed_ns * speed), arrived_ns)
            assert wrong_speed(memory) is None


def test_a_queue_that_fills_in_a_second_and_drains_is_no_wrong_clock():
    memory = ClockMemory()
    for index in range(60 * 60):
        elapsed_ns = index * SECOND_NS // 60
        within_ns = elapsed_ns % (8 * SECOND_NS)
        queued_ns = min(within_ns, SECOND_NS, max(0, 3 * SECOND_NS - within_ns)) // 10
        assert keeps_time(memory, EPOCH_NS + elapsed_ns, START_NS + elapsed_ns + queued_ns)


def test_the_senders_own_rate_is_not_believed_if_its_clock_is_wrong():
    tracker, _ = followed(at_speed(0.96), rate_hz=24.0)
    assert not tracker.state.time.slots.envelope.running


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(-(2**63), 2**63), st.integers(0, 2**62)), max_size=80))
def test_any_clock_readings_are_survived_in_bounded_memory(readings):
    memory = ClockMemory()
    for device_ns, received_ns in readings:
        keeps_time(memory, device_ns, received_ns)
    encoded = msgspec.msgpack.encode(memory)
    assert msgspec.msgpack.decode(encoded, type=ClockMemory) == memory


def test_what_is_remembered_of_a_clock_stays_bounded():
    memory = ClockMemory()
    for index in range(60 * 120):
        keeps_time(memory, EPOCH_NS + index * 8_000_000, START_NS + index * 16_000_000)
    assert len(msgspec.msgpack.encode(memory)) < 2500
