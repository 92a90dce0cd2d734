"""Small steps of a device's clock, and packets that are late when it begins, do not throw the eye away."""

import random

import pytest

from tests.fold.tracking.datagrams import datagram
from tests.fold.tracking.test_clock_rate import (
    AHEAD_NS,
    CONFIG,
    EPOCH_NS,
    NETWORK_NS,
    SECOND_NS,
    START_NS,
    followed,
    stepping,
)
from tracking.dialects import FreeDDialect
from tracking.protocols.freed import encode_freed
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio
from tracking.records import TrackerSample
from tracking.rotation import IDENTITY, IDENTITY_POSE
from tracking.settings import TrackerConfig
from tracking.tracker.state import new_tracker_state
from tracking.tracker.tracker import Tracker

FREED = TrackerConfig(name="f", protocol="freed", source="udp://127.0.0.1:1")
TIMED_FREED = TrackerConfig(name="f", protocol="freed", source="udp://127.0.0.1:1", rate_hz=24.0)


def worst_after_a_stall_m(config, stall_s, *, rate_hz=24.0, seconds=3.0):
    """The largest error of the predicted eye in m, of a dolly whose first packets are all delivered at `stall_s`."""
    tracker, worst, arrived_ns = Tracker(config, new_tracker_state(config)), 0.0, 0
    for index in range(int(rate_hz * seconds)):
        elapsed_ns = int(index * SECOND_NS / rate_hz)
        prompt_ns = START_NS + elapsed_ns + NETWORK_NS
        arrived_ns = max(arrived_ns + 20_000, prompt_ns, START_NS + int(stall_s * SECOND_NS))
        sample = TrackerSample(
            position_m=(0.5e-9 * elapsed_ns, 1.0, 1.5), rotation=IDENTITY, device_ns=EPOCH_NS + elapsed_ns
        )
        packet = encode_freed(sample, 1, FreeDDialect())
        if config.protocol == "opentrackio":
            (packet,) = encode_opentrackio(sample, OpenTrackIOSource(rate=(int(rate_hz), 1)), index + 1)
        tracker.feed(datagram(packet, "s", arrived_ns))
        if arrived_ns == prompt_ns:
            eye = tracker.pose_at(arrived_ns + AHEAD_NS, arrived_ns, IDENTITY_POSE).tracker_from_pupil.position_m[0]
            worst = max(worst, abs(eye - 0.5e-9 * (arrived_ns + AHEAD_NS - NETWORK_NS - START_NS)))
    return worst


@pytest.mark.parametrize("config", [CONFIG, FREED, TIMED_FREED])
@pytest.mark.parametrize("stall_s", [0.0, 0.045, 0.1, 0.3])
def test_packets_that_are_delivered_together_at_the_start_do_not_throw_the_eye_away(config, stall_s):
    assert worst_after_a_stall_m(config, stall_s) < 0.3


@pytest.mark.parametrize("rate_hz", [24.0, 60.0])
@pytest.mark.parametrize("step_ms", [50, 100, 200, 500])
def test_a_clock_that_is_set_back_a_little_holds_the_eye(rate_hz, step_ms):
    _, seen = followed(stepping(-step_ms * 1_000_000), rate_hz=rate_hz, seconds=9.0, jitter_ms=1.0)
    assert max(abs(error) for at_s, error, _ in seen if at_s > 1.0) < 0.05
    assert seen[-1][2] is None


def test_a_network_that_delays_and_exchanges_packets_is_no_clock_that_was_set_back():
    tracker, generator = Tracker(CONFIG, new_tracker_state(CONFIG)), random.Random(4)
    arrivals = []
    for index in range(600):
        elapsed_ns = index * SECOND_NS // 60
        late_ns = int(generator.uniform(0, 60_000_000)) if index % 50 < 10 else 0
        sample = TrackerSample(position_m=(0.0, 1.0, 1.5), rotation=IDENTITY, device_ns=EPOCH_NS + elapsed_ns)
        (packet,) = encode_opentrackio(sample, OpenTrackIOSource(rate=(60, 1)), index + 1)
        arrivals.append((START_NS + elapsed_ns + late_ns, packet))
    for arrived_ns, packet in sorted(arrivals):
        tracker.feed(datagram(packet, "s", arrived_ns))
    assert tracker.state.accepted > 500
