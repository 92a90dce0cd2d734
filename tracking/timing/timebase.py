"""When a packet's pose was taken, on the host's monotonic clock: by device stamp, by slot, or by arrival."""

from __future__ import annotations

import msgspec

from tracking.records import Notebook, Rejection
from tracking.timing.clock_rate import ClockMemory, keeps_time, stands_still
from tracking.timing.envelope import Timing
from tracking.timing.slots import Misfit, SlotMemory, from_slot
from tracking.timing.stamps import StampMemory, from_stamp

_RATES_HZ = (1.0, 1000.0)
_HOST_LEAP_NS = 500_000_000
_BURST_STEP_NS = 1000


class TimeMemory(Notebook):
    """One tracker's time bases. Each sample uses the best one that its packet allows.

    `stamped` counts the samples that the present envelope of stamps has dated.
    """

    clock: ClockMemory = msgspec.field(default_factory=ClockMemory)
    stamps: StampMemory = msgspec.field(default_factory=StampMemory)
    slots: SlotMemory = msgspec.field(default_factory=SlotMemory)
    arrived_ns: int = 0
    stamped: int = 0


def sample_time(
    memory: TimeMemory,
    received_ns: int,
    *,
    device_ns: int | None,
    rate_hz: float | None,
    sent_rate_hz: float | None = None,
    repeated: bool,
    misfit: Misfit | None = None,
) -> Timing | Rejection:
    """The sample time of a packet received at `received_ns`, or why the packet is refused.

    A device stamp `device_ns` is used unless the device's clock stands still or does not keep time. Otherwise the slots
    of the configured `rate_hz` are used, or those of the sender's own `sent_rate_hz` if it is believed, provided that
    the rate is between 1 and 1000; otherwise the arrival. The rate of a sender whose clock is wrong is not believed.
    `repeated` and `misfit` serve the slots (see `from_slot`).
    """
    wrong = False
    if device_ns is not None:
        if keeps_time(memory.clock, device_ns, received_ns):
            memory.stamped += 1
            return from_stamp(memory.stamps, device_ns, received_ns)
        wrong = not stands_still(memory.clock)
    if rate_hz is None and not wrong:
        rate_hz = sent_rate_hz
    if rate_hz is not None and _RATES_HZ[0] <= rate_hz <= _RATES_HZ[1]:
        timing = from_slot(memory.slots, rate_hz, received_ns, repeated=repeated, misfit=misfit)
    else:
        timing = from_arrival(memory, received_ns)
    if wrong and memory.stamped and isinstance(timing, Timing):
        # The wrong clock has dated earlier samples, all but the first, whose time was its arrival. They are no longer
        # valid, and neither is the envelope.
        timing = timing._replace(restarted=timing.restarted or memory.stamped > 1)
        memory.stamped, memory.stamps = 0, StampMemory()
    return timing


def from_arrival(memory: TimeMemory, received_ns: int) -> Timing:
    """The arrival as sample time, the last resort. Packets of one burst are kept a microsecond apart."""
    restarted = received_ns < memory.arrived_ns - _HOST_LEAP_NS
    sample_ns = received_ns if restarted else max(received_ns, memory.arrived_ns + _BURST_STEP_NS)
    memory.arrived_ns = sample_ns
    return Timing(sample_ns, restarted)
