"""When a packet's pose was taken, on the host's monotonic clock: by device stamp, by slot, or by arrival."""

from __future__ import annotations

import msgspec

from tracking.records import Notebook, Rejection
from tracking.timing.envelope import Timing
from tracking.timing.slots import Misfit, SlotMemory, from_slot
from tracking.timing.stamps import StampMemory, from_stamp, stands_still

_RATES_HZ = (1.0, 1000.0)
_HOST_LEAP_NS = 500_000_000
_BURST_STEP_NS = 1000


class TimeMemory(Notebook):
    """One tracker's time bases. Each sample uses the best one that its packet allows."""

    stamps: StampMemory = msgspec.field(default_factory=StampMemory)
    slots: SlotMemory = msgspec.field(default_factory=SlotMemory)
    arrived_ns: int = 0


def sample_time(
    memory: TimeMemory,
    received_ns: int,
    *,
    device_ns: int | None,
    rate_hz: float | None,
    repeated: bool,
    misfit: Misfit | None = None,
) -> Timing | Rejection:
    """The sample time of a packet received at `received_ns`, or why the packet is refused.

    A device stamp `device_ns` is used unless the device's clock stands still, then the slots of `rate_hz` if that is
    between 1 and 1000, then the arrival. `repeated` and `misfit` serve the slots (see `from_slot`).
    """
    if device_ns is not None and not stands_still(memory.stamps, device_ns):
        return from_stamp(memory.stamps, device_ns, received_ns)
    if rate_hz is not None and _RATES_HZ[0] <= rate_hz <= _RATES_HZ[1]:
        return from_slot(memory.slots, rate_hz, received_ns, repeated=repeated, misfit=misfit)
    return from_arrival(memory, received_ns)


def from_arrival(memory: TimeMemory, received_ns: int) -> Timing:
    """The arrival as sample time, the last resort. Packets of one burst are kept a microsecond apart."""
    restarted = received_ns < memory.arrived_ns - _HOST_LEAP_NS
    sample_ns = received_ns if restarted else max(received_ns, memory.arrived_ns + _BURST_STEP_NS)
    memory.arrived_ns = sample_ns
    return Timing(sample_ns, restarted)
