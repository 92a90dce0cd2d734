"""When a packet's pose was taken, on the host's monotonic clock.

A packet can be late but never early, so among the last seconds' differences of arrival and device time the smallest
ones tell the true offset, and the line that supports them from below tells the clocks' drift (Moon, Skelly and
Towsley, "Estimation and removal of clock skew from network delay measurements", INFOCOM 1999). Protocols without time
stamps get one from the count of their packets: the slots of the tracker's rate.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from tracking.envelope import EnvelopeMemory, begin, follow, observe, offset_at, sink
from tracking.records import Notebook, Rejection

LATEST_STAMP_NS = 2**62
_CLOCK_LEAP_NS = 50_000_000
_LEAPS_TO_BELIEVE = 3
_LEAP_AGREEMENT_NS = 100_000_000
_BACKLOG_NS = 200_000_000
_BACKLOG_LASTS_NS = 500_000_000
_HOST_LEAP_NS = 500_000_000
_LONGEST_PAUSE_NS = 1_000_000_000
_EARLY_SHARE = 0.15
_SLIP_SHARE = 0.5
_DUPLICATE_SHARE = 0.4
_MOST_EARLY = 12
_MISTRUST_NS = 10_000_000_000
_BURST_STEP_NS = 1000
_HISTORY_SLOTS = 16
_HISTORY = (1 << _HISTORY_SLOTS) - 1
_WAITING = 10


class StampMemory(Notebook):
    """What is known of a device clock: its envelope, and stamps that do not fit it (yet)."""

    envelope: EnvelopeMemory = msgspec.field(default_factory=EnvelopeMemory)
    received_ns: int = 0
    leaps: int = 0
    leap_offset_ns: int = 0
    backlog_since_ns: int = 0
    backlog_offset_ns: int = 0


class SlotMemory(Notebook):
    """What is known of a packet train without stamps. `slot` counts periods since the train began.

    Bit n of `taken` tells whether a packet took the slot n before the newest; `early` counts the packets that came
    sooner than any slot, less the good ones. The last packets wait, with their arrival, until their slots are certain.
    """

    envelope: EnvelopeMemory = msgspec.field(default_factory=EnvelopeMemory)
    period_ns: float = 0.0
    slot: int = 0
    received_ns: int = 0
    sample_ns: int = 0
    taken: int = _HISTORY
    early: int = 0
    mistrusted_until_ns: int = 0
    waiting_slots: list[int] = msgspec.field(default_factory=list)
    waiting_ns: list[int] = msgspec.field(default_factory=list)


class TimeMemory(Notebook):
    """One tracker's time bases; which one is used is told by each sample."""

    stamps: StampMemory = msgspec.field(default_factory=StampMemory)
    slots: SlotMemory = msgspec.field(default_factory=SlotMemory)
    arrived_ns: int = 0


class Timing(NamedTuple):
    """When a sample was taken.

    `restarted`: the clock leapt, earlier sample times mean nothing any more. The newest `moved` samples before this
    one were taken `moved_ns` earlier than was said.
    """

    sample_ns: int
    restarted: bool = False
    moved: int = 0
    moved_ns: int = 0


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
    return Timing(device_ns + follow(envelope, device_ns))


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


def from_slot(memory: SlotMemory, rate_hz: float, received_ns: int, *, repeated: bool) -> Timing | Rejection:
    """Sample time of a packet without a stamp, from a tracker that sends `rate_hz` packets a second.

    Each packet takes the next slot; one that comes later than a whole period leaves slots out (packets were lost).
    One that comes before its slot could begin proves that an earlier one was not lost but late: the packets since are
    moved back by one slot. `repeated`: the pose is exactly the one before; if it also comes too soon, it is a
    network duplicate.
    """
    period_ns = 1e9 / rate_hz
    since_ns = received_ns - memory.received_ns
    if not memory.envelope.running or period_ns != memory.period_ns or abs(since_ns) > _LONGEST_PAUSE_NS:
        return _begin_slots(memory, period_ns, received_ns)
    if memory.mistrusted_until_ns:
        return _without_slots(memory, received_ns)
    late = _periods_late(memory, memory.slot + 1, received_ns)
    if repeated and late < -_DUPLICATE_SHARE and since_ns < 0.5 * period_ns:
        return Rejection(cause="duplicate", detail=f"the same pose again after {since_ns / 1e6:.1f} ms")
    memory.received_ns = received_ns
    since_gap = _packets_since_gap(memory.taken)
    if late < -_EARLY_SHARE and since_gap:
        return _move_back(memory, since_gap, received_ns)
    advance = 1 + max(0, int(late + _EARLY_SHARE))
    memory.slot += advance
    memory.taken = (memory.taken << advance | 1) & _HISTORY
    memory.early = memory.early + 1 if late < -_SLIP_SHARE else max(0, memory.early - 1)
    if memory.early > _MOST_EARLY:
        memory.mistrusted_until_ns = received_ns + _MISTRUST_NS
    return Timing(_take(memory, received_ns, memory.sample_ns))


def _without_slots(memory: SlotMemory, received_ns: int) -> Timing:
    """The packets come faster than the rate that was told, so arrival is all there is; try again after a while."""
    if received_ns > memory.mistrusted_until_ns:
        return _begin_slots(memory, memory.period_ns, received_ns)
    memory.received_ns = received_ns
    restarted = memory.sample_ns > received_ns + int(memory.period_ns)
    memory.sample_ns = received_ns if restarted else max(received_ns, memory.sample_ns + _BURST_STEP_NS)
    return Timing(memory.sample_ns, restarted)


def _move_back(memory: SlotMemory, since_gap: int, received_ns: int) -> Timing:
    """The packets since the gap each take the slot before theirs, and the newest packet the last of those slots."""
    period_ns = int(memory.period_ns)
    memory.taken |= 1 << since_gap
    for index in range(max(0, len(memory.waiting_slots) - since_gap), len(memory.waiting_slots)):
        memory.waiting_slots[index] -= 1
    sample_ns = _take(memory, received_ns, memory.sample_ns - period_ns)
    return Timing(sample_ns, moved=since_gap, moved_ns=period_ns)


def _packets_since_gap(taken: int) -> int:
    """How many packets came since the newest slot that was left out; 0 where none was."""
    count = 0
    while taken & 1:
        taken >>= 1
        count += 1
    return count if count < _HISTORY_SLOTS else 0


def _periods_late(memory: SlotMemory, slot: int, received_ns: int) -> float:
    due_ns = int(slot * memory.period_ns)
    return (received_ns - due_ns - offset_at(memory.envelope, due_ns)) / memory.period_ns


def _take(memory: SlotMemory, received_ns: int, earlier_ns: int) -> int:
    """The sample time of a packet in the newest slot, after `earlier_ns`. Its slot counts when it is certain."""
    envelope = memory.envelope
    due_ns = int(memory.slot * memory.period_ns)
    if memory.taken == _HISTORY:
        sink(envelope, due_ns, received_ns - due_ns)
    memory.waiting_slots.append(memory.slot)
    memory.waiting_ns.append(received_ns)
    if len(memory.waiting_slots) > _WAITING:
        certain_ns = int(memory.waiting_slots.pop(0) * memory.period_ns)
        observe(envelope, certain_ns, memory.waiting_ns.pop(0) - certain_ns)
    memory.sample_ns = max(due_ns + follow(envelope, due_ns), earlier_ns + int(memory.period_ns) // 8)
    return memory.sample_ns


def _begin_slots(memory: SlotMemory, period_ns: float, received_ns: int) -> Timing:
    restarted = memory.envelope.running and received_ns <= memory.sample_ns
    memory.envelope = begin(0, received_ns)
    memory.period_ns = period_ns
    memory.slot = 0
    memory.received_ns = memory.sample_ns = received_ns
    memory.taken, memory.early = _HISTORY, 0
    memory.waiting_slots, memory.waiting_ns = [], []
    memory.mistrusted_until_ns = 0
    return Timing(received_ns, restarted)


def from_arrival(memory: TimeMemory, received_ns: int) -> Timing:
    """The fall-back: a sample is as old as its packet. Packets of one burst are kept a microsecond apart."""
    restarted = received_ns < memory.arrived_ns - _HOST_LEAP_NS
    sample_ns = received_ns if restarted else max(received_ns, memory.arrived_ns + _BURST_STEP_NS)
    memory.arrived_ns = sample_ns
    return Timing(sample_ns, restarted)
