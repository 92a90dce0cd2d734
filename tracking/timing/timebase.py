"""When a packet's pose was taken, on the host's monotonic clock: by its stamp, by its slot, or by its arrival."""

from __future__ import annotations

import msgspec

from tracking.records import Notebook
from tracking.timing.envelope import Timing
from tracking.timing.slots import SlotMemory, from_slot
from tracking.timing.stamps import StampMemory, from_stamp, stands_still

__all__ = [
    "SlotMemory",
    "StampMemory",
    "TimeMemory",
    "Timing",
    "from_arrival",
    "from_slot",
    "from_stamp",
    "stands_still",
]

_HOST_LEAP_NS = 500_000_000
_BURST_STEP_NS = 1000


class TimeMemory(Notebook):
    """One tracker's time bases; which one is used is told by each sample."""

    stamps: StampMemory = msgspec.field(default_factory=StampMemory)
    slots: SlotMemory = msgspec.field(default_factory=SlotMemory)
    arrived_ns: int = 0


def from_arrival(memory: TimeMemory, received_ns: int) -> Timing:
    """The fall-back: a sample is as old as its packet. Packets of one burst are kept a microsecond apart."""
    restarted = received_ns < memory.arrived_ns - _HOST_LEAP_NS
    sample_ns = received_ns if restarted else max(received_ns, memory.arrived_ns + _BURST_STEP_NS)
    memory.arrived_ns = sample_ns
    return Timing(sample_ns, restarted)
