"""Sample times for packets that carry their device's clock."""

from __future__ import annotations

import msgspec

from tracking.envelope import EnvelopeMemory, Timing, begin, follow, observe, offset_at
from tracking.records import Notebook, Rejection

LATEST_STAMP_NS = 2**62

# No clock drifts so far within the envelope's seconds; an envelope begun by a delayed packet is hardly so wrong.
_CLOCK_LEAP_NS = 50_000_000
_STEP_NS = 20_000_000
_LEAPS_TO_BELIEVE = 3
_LEAP_AGREEMENT_NS = 100_000_000

# A stalled network lets its packets go one after the other, each less late; a clock that was set back stays behind.
_BACKLOG_NS = 200_000_000
_BACKLOG_LASTS_NS = 500_000_000
_HOST_LEAP_NS = 500_000_000
_STANDING = 8
_MOST_STANDING = 16


class StampMemory(Notebook):
    """What is known of a device clock: its envelope, and stamps that do not fit it (yet)."""

    envelope: EnvelopeMemory = msgspec.field(default_factory=EnvelopeMemory)
    received_ns: int = 0
    leaps: int = 0
    leap_offset_ns: int = 0
    backlog_since_ns: int = 0
    backlog_offset_ns: int = 0
    device_ns: int = 0
    standing: int = 0


def stands_still(memory: StampMemory, device_ns: int) -> bool:
    """Whether the device's clock shows the same time packet after packet, so that its stamps tell nothing."""
    repeated = device_ns == memory.device_ns
    memory.standing = min(_MOST_STANDING, memory.standing + 2) if repeated else max(0, memory.standing - 1)
    memory.device_ns = device_ns if abs(device_ns) < LATEST_STAMP_NS else 0
    return memory.standing >= _STANDING


def from_stamp(memory: StampMemory, device_ns: int, received_ns: int) -> Timing | Rejection:
    """Sample time of a packet that carries its device's clock.

    A stamp that runs ahead of the envelope by more than a clock can drift is refused, until a third in a row
    agrees: then the device's clock was set, and the envelope begins anew. So it does when all packets are equally
    late for half a second.
    """
    if not -LATEST_STAMP_NS < device_ns < LATEST_STAMP_NS:
        return Rejection(cause="decode", detail=f"time stamp {device_ns} ns is no time")
    transit_ns = received_ns - device_ns
    envelope = memory.envelope
    if not envelope.running or received_ns < memory.received_ns - _HOST_LEAP_NS:
        return _begin_stamps(memory, device_ns, received_ns)
    late_ns = transit_ns - offset_at(envelope, device_ns)
    memory.received_ns = received_ns
    if late_ns < -_CLOCK_LEAP_NS:
        return _leapt(memory, device_ns, received_ns, -late_ns)
    memory.leaps = 0
    if late_ns > _BACKLOG_NS:
        if _persists(memory, transit_ns, received_ns):
            return _begin_stamps(memory, device_ns, received_ns)
        return Timing(device_ns + envelope.offset_ns)
    memory.backlog_since_ns = 0
    observe(envelope, device_ns, transit_ns)
    return Timing(device_ns + follow(envelope, device_ns, step_ns=_STEP_NS))


def _begin_stamps(memory: StampMemory, device_ns: int, received_ns: int) -> Timing:
    restarted = memory.envelope.running
    memory.envelope = begin(device_ns, received_ns - device_ns)
    memory.received_ns = received_ns
    memory.leaps = 0
    memory.backlog_since_ns = 0
    return Timing(received_ns, restarted)


def _leapt(memory: StampMemory, device_ns: int, received_ns: int, ahead_ns: int) -> Timing | Rejection:
    transit_ns = received_ns - device_ns
    agrees = memory.leaps > 0 and abs(transit_ns - memory.leap_offset_ns) < _LEAP_AGREEMENT_NS
    memory.leaps = memory.leaps + 1 if agrees else 1
    memory.leap_offset_ns = transit_ns
    if memory.leaps >= _LEAPS_TO_BELIEVE:
        return _begin_stamps(memory, device_ns, received_ns)
    return Rejection(cause="jump", detail=f"time stamp leapt {ahead_ns / 1e6:.0f} ms ahead")


def _persists(memory: StampMemory, transit_ns: int, received_ns: int) -> bool:
    """Whether all packets have been late, and about equally late, for so long that the clock was set back."""
    if not memory.backlog_since_ns or abs(transit_ns - memory.backlog_offset_ns) > _LEAP_AGREEMENT_NS:
        memory.backlog_since_ns = received_ns
        memory.backlog_offset_ns = transit_ns
        return False
    return received_ns - memory.backlog_since_ns > _BACKLOG_LASTS_NS
