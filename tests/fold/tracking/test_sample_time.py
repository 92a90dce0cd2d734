"""Which time base dates a packet: its device stamp, the slots of its rate, or its arrival."""

import pytest

from tracking.timing.timebase import TimeMemory, sample_time

START_NS = 10_000_000_000


def timed(memory, index, *, device_ns=None, rate_hz=None):
    """The sample time of a packet every 10 ms, an odd packet a millisecond late."""
    received_ns = START_NS + index * 10_000_000 + index % 2 * 1_000_000
    return sample_time(memory, received_ns, device_ns=device_ns, rate_hz=rate_hz, repeated=False).sample_ns - START_NS


def test_a_device_stamp_is_preferred_to_the_rate_and_the_rate_to_arrival():
    stamped, slotted, arrived = TimeMemory(), TimeMemory(), TimeMemory()
    for index in range(200):
        by_stamp = timed(stamped, index, device_ns=index * 10_000_000, rate_hz=100.0)
        by_slot = timed(slotted, index, rate_hz=100.0)
        by_arrival = timed(arrived, index)
    assert (by_stamp, by_slot, by_arrival) == (1_990_000_000, 1_990_000_000, 1_991_000_000)
    assert (stamped.stamps.envelope.running, stamped.slots.envelope.running) == (True, False)
    assert (slotted.stamps.envelope.running, slotted.slots.envelope.running) == (False, True)


def test_a_device_clock_that_stands_still_leaves_the_slots_in_charge():
    memory = TimeMemory()
    times = [timed(memory, index, device_ns=77, rate_hz=100.0) for index in range(200)]
    assert memory.slots.envelope.running
    assert times[-1] - times[-2] == pytest.approx(10_000_000, abs=1000)


@pytest.mark.parametrize("rate_hz", [0.5, 2000.0])
def test_a_rate_that_no_tracker_has_is_ignored(rate_hz):
    memory = TimeMemory()
    assert [timed(memory, index, rate_hz=rate_hz) for index in range(2)] == [0, 11_000_000]
    assert not memory.slots.envelope.running
