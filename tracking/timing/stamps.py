"""Sample times for packets that carry a time stamp of their device's clock."""

from __future__ import annotations

import msgspec

from tracking.records import Notebook, Rejection
from tracking.timing.envelope import EnvelopeMemory, Timing, begin, follow, is_settling, observe, offset_at

LATEST_STAMP_NS = 2**62

# No clock drifts this far within the envelope's seconds; an envelope begun by a delayed packet is rarely so wrong.
_CLOCK_LEAP_NS = 50_000_000
_STEP_NS = 20_000_000
_LEAPS_TO_BELIEVE = 3
_ALL = 1_000_000
_LEAP_AGREEMENT_NS = 100_000_000

# A stalled network releases its packets one after the other, each less late. A clock that was set back stays behind.
_BACKLOG_NS = 200_000_000
_BACKLOG_LASTS_NS = 500_000_000
_HOST_LEAP_NS = 500_000_000

# A network delays packets and changes their order. But if stamps continue from behind the newest one and none is in
# time any more, the clock was set back.
_SET_BACK_NS = 20_000_000
_SET_BACK_AGREEMENT_NS = 20_000_000
_SET_BACK_PACKETS = 6
_SET_BACK_LASTS_NS = 100_000_000
# Until that is decided, such stamps are not used: they would compress the motion, and so exaggerate its speed.
_UNDECIDED_NS = 300_000_000


class StampMemory(Notebook):
    """What is known about a device clock: its envelope, and stamps that do not fit it (yet).

    `newest_ns` is the newest stamp. Since `behind_since_ns` stamps continue from behind it: `behind` packets, none in
    time, each at least `behind_offset_ns` after its stamp.
    """

    envelope: EnvelopeMemory = msgspec.field(default_factory=EnvelopeMemory)
    received_ns: int = 0
    leaps: int = 0
    leap_offset_ns: int = 0
    backlog_since_ns: int = 0
    backlog_offset_ns: int = 0
    newest_ns: int = 0
    behind: int = 0
    behind_since_ns: int = 0
    behind_offset_ns: int = 0


def from_stamp(memory: StampMemory, device_ns: int, received_ns: int) -> Timing | Rejection:
    """The sample time of a packet that carries a stamp of its device's clock.

    A stamp that is ahead of the envelope by more than a clock can drift is refused, until a third in a row agrees: then
    the device's clock was set, and a new envelope begins. A new one also begins if stamps continue from behind the
    newest one, and if all packets are equally late for half a second.
    """
    if not -LATEST_STAMP_NS < device_ns < LATEST_STAMP_NS:
        return Rejection(cause="decode", detail=f"time stamp {device_ns} ns is out of range")
    transit_ns = received_ns - device_ns
    envelope = memory.envelope
    if not envelope.running or received_ns < memory.received_ns - _HOST_LEAP_NS:
        return _begin_stamps(memory, device_ns, received_ns, transit_ns)
    late_ns = transit_ns - offset_at(envelope, device_ns)
    memory.received_ns = received_ns
    if late_ns < -_CLOCK_LEAP_NS:
        return _leapt(memory, device_ns, received_ns, -late_ns)
    memory.leaps = 0
    if _set_back(memory, device_ns, received_ns, late_ns):
        return _begin_stamps(memory, device_ns, received_ns, memory.behind_offset_ns)
    if _is_undecided(memory, device_ns, received_ns):
        return Rejection(cause="reordered", detail=f"time stamp {late_ns / 1e6:.0f} ms late after one that went back")
    if late_ns > _BACKLOG_NS:
        if _persists(memory, transit_ns, received_ns):
            return _begin_stamps(memory, device_ns, received_ns, transit_ns)
        return Timing(device_ns + envelope.offset_ns)
    memory.backlog_since_ns = 0
    offset_ns = envelope.offset_ns
    observe(envelope, device_ns, transit_ns)
    sample_ns = device_ns + follow(envelope, device_ns, step_ns=_STEP_NS)
    dropped_ns = offset_ns - envelope.offset_ns
    if dropped_ns > _STEP_NS and is_settling(envelope):
        # Delayed packets began the envelope, so all samples before this one were dated too late.
        return Timing(sample_ns, moved=_ALL, moved_ns=dropped_ns)
    return Timing(sample_ns)


def _begin_stamps(memory: StampMemory, device_ns: int, received_ns: int, transit_ns: int) -> Timing:
    """Begin a new envelope with `transit_ns` from stamp to arrival."""
    restarted = memory.envelope.running
    memory.envelope = begin(device_ns, transit_ns)
    memory.received_ns = received_ns
    memory.leaps = memory.behind = 0
    memory.backlog_since_ns = 0
    memory.newest_ns = device_ns
    return Timing(device_ns + transit_ns, restarted)


def _leapt(memory: StampMemory, device_ns: int, received_ns: int, ahead_ns: int) -> Timing | Rejection:
    transit_ns = received_ns - device_ns
    agrees = memory.leaps > 0 and abs(transit_ns - memory.leap_offset_ns) < _LEAP_AGREEMENT_NS
    memory.leaps = memory.leaps + 1 if agrees else 1
    memory.leap_offset_ns = transit_ns
    if memory.leaps >= _LEAPS_TO_BELIEVE:
        return _begin_stamps(memory, device_ns, received_ns, transit_ns)
    return Rejection(cause="jump", detail=f"time stamp leapt {ahead_ns / 1e6:.0f} ms ahead")


def _set_back(memory: StampMemory, device_ns: int, received_ns: int, late_ns: int) -> bool:
    """Whether stamps have continued from behind the newest one, equally late but for jitter: the clock was set back."""
    transit_ns = received_ns - device_ns
    if late_ns < _SET_BACK_NS or not (memory.behind or device_ns <= memory.newest_ns):
        memory.behind = 0
        memory.newest_ns = max(memory.newest_ns, device_ns)
        return False
    later_ns = transit_ns - memory.behind_offset_ns
    if not memory.behind or later_ns < -_SET_BACK_AGREEMENT_NS:
        memory.behind = 1
        memory.behind_since_ns, memory.behind_offset_ns = received_ns, transit_ns
    elif later_ns < _SET_BACK_AGREEMENT_NS:
        memory.behind += 1
        memory.behind_offset_ns = min(memory.behind_offset_ns, transit_ns)
    return memory.behind >= _SET_BACK_PACKETS and received_ns - memory.behind_since_ns >= _SET_BACK_LASTS_NS


def _is_undecided(memory: StampMemory, device_ns: int, received_ns: int) -> bool:
    """Whether a new stamp agrees with those that went back, and it is too early to say that the clock was set."""
    agrees = received_ns - device_ns - memory.behind_offset_ns < _SET_BACK_AGREEMENT_NS
    lately = received_ns - memory.behind_since_ns < _UNDECIDED_NS
    return memory.behind > 1 and device_ns > memory.newest_ns and agrees and lately


def _persists(memory: StampMemory, transit_ns: int, received_ns: int) -> bool:
    """Whether all packets have been late, about equally, for so long that the clock must have been set back."""
    if not memory.backlog_since_ns or abs(transit_ns - memory.backlog_offset_ns) > _LEAP_AGREEMENT_NS:
        memory.backlog_since_ns = received_ns
        memory.backlog_offset_ns = transit_ns
        return False
    return received_ns - memory.backlog_since_ns > _BACKLOG_LASTS_NS
