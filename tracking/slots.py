"""Sample times for packets without stamps: each one belongs to a slot of the tracker's rate.

A packet can be lost, late or doubled, and does not say which. Packets in a row are counted into slots; what would
have had to leave before it was sent corrects the count. Now and then the phase of the slots is checked against the
last packets at once, so that a bad beginning does not stay.
"""

from __future__ import annotations

import msgspec

from tracking.envelope import DRIFT_LIMIT, EnvelopeMemory, Timing, begin, follow, observe, offset_at, sink
from tracking.records import Notebook, Rejection
from tracking.slot_phase import find_phase, shared_slots

_LONGEST_PAUSE_NS = 1_000_000_000

# Shares of a period. The envelope is known to better than the first; packets that keep coming ahead of it by more than
# the second are faster than their rate; a repeated pose ahead by more than the third is a copy made by the network.
_EARLY_SHARE = 0.15
_SLIP_SHARE = 0.25
_DUPLICATE_SHARE = 0.4
_STEP_SHARE = 0.4

_MOST_EARLY = 12
_MISTRUST_NS = 10_000_000_000
_BURST_STEP_NS = 1000

# A late packet is recognised within this many slots, and within fewer its own slot is certain.
_HISTORY_SLOTS = 16
_HISTORY = (1 << _HISTORY_SLOTS) - 1
_WAITING = 10

_CHECKED_PACKETS = 48
_CORRECTIONS_TO_CHECK = 4


class SlotMemory(Notebook):
    """What is known of a packet train without stamps. `slot` counts periods since the train began.

    Bit n of `taken` tells whether a packet took the slot n before the newest; `early` counts the packets that came
    sooner than any slot, less the good ones. The last packets wait, with their arrival, until their slots are certain;
    `certain_slot` is the newest that is. `arrivals_ns` is the batch by which the phase is checked when it took
    `corrections` enough, or was not `checked` before.
    """

    envelope: EnvelopeMemory = msgspec.field(default_factory=EnvelopeMemory)
    period_ns: float = 0.0
    slot: int = 0
    received_ns: int = 0
    sample_ns: int = 0
    taken: int = _HISTORY
    early: int = 0
    mistrusted_until_ns: int = 0
    certain_slot: int = 0
    waiting_slots: list[int] = msgspec.field(default_factory=list)
    waiting_ns: list[int] = msgspec.field(default_factory=list)
    arrivals_ns: list[int] = msgspec.field(default_factory=list)
    corrections: int = 0
    checked: bool = False


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
    if _check_is_due(memory, received_ns) and _rephase(memory, received_ns):
        return Timing(_take(memory, received_ns, memory.sample_ns))
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
    memory.corrections += 1
    for index in range(max(0, len(memory.waiting_slots) - since_gap), len(memory.waiting_slots)):
        memory.waiting_slots[index] -= 1
    sample_ns = _take(memory, received_ns, memory.sample_ns - period_ns)
    return Timing(sample_ns, moved=since_gap, moved_ns=period_ns)


def _check_is_due(memory: SlotMemory, received_ns: int) -> bool:
    """Whether the next batch of arrivals is full and the slots needed correction, or were never checked."""
    memory.arrivals_ns.append(received_ns)
    if len(memory.arrivals_ns) < _CHECKED_PACKETS:
        return False
    if memory.checked and memory.corrections < _CORRECTIONS_TO_CHECK:
        memory.arrivals_ns.clear()
        memory.corrections = 0
        return False
    return True


def _rephase(memory: SlotMemory, received_ns: int) -> bool:
    """Move the slots to the phase that explains the batch, if the present one puts many more packets together."""
    arrivals_ns, period_ns = memory.arrivals_ns, memory.period_ns
    phase_ns, shared = find_phase(arrivals_ns, period_ns)
    due_ns = int(memory.slot * period_ns)
    present_ns = due_ns + offset_at(memory.envelope, due_ns) - int(_EARLY_SHARE * period_ns)
    present = shared_slots(arrivals_ns, present_ns, period_ns)
    memory.arrivals_ns, memory.corrections, memory.checked = [], 0, True
    if present <= 2 * shared + _CORRECTIONS_TO_CHECK:
        return False
    memory.slot += 1
    memory.certain_slot = memory.slot
    memory.taken = _HISTORY
    memory.waiting_slots, memory.waiting_ns = [], []
    begun_ns = phase_ns + int((received_ns - phase_ns) // period_ns * period_ns)
    due_ns = int(memory.slot * period_ns)
    memory.envelope = begin(due_ns, begun_ns - due_ns)
    return True


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
        _learn_from_oldest(memory)
    offset_ns = follow(envelope, due_ns, step_ns=int(_STEP_SHARE * memory.period_ns))
    memory.sample_ns = max(due_ns + offset_ns, earlier_ns + int(memory.period_ns) // 8)
    return memory.sample_ns


def _learn_from_oldest(memory: SlotMemory) -> None:
    """The oldest waiting packet's slot is certain now, unless it stands behind a gap: that one may have been late into
    the slot of a lost one, so it may not pull the envelope down by more than a clock can drift.
    """
    slot = memory.waiting_slots.pop(0)
    due_ns = int(slot * memory.period_ns)
    transit_ns = memory.waiting_ns.pop(0) - due_ns
    if slot - memory.certain_slot > 1:
        transit_ns = max(transit_ns, offset_at(memory.envelope, due_ns) - int(DRIFT_LIMIT * memory.period_ns))
    memory.certain_slot = slot
    observe(memory.envelope, due_ns, transit_ns)


def _begin_slots(memory: SlotMemory, period_ns: float, received_ns: int) -> Timing:
    restarted = memory.envelope.running and received_ns <= memory.sample_ns
    memory.envelope = begin(0, received_ns)
    memory.period_ns = period_ns
    memory.slot = memory.certain_slot = 0
    memory.received_ns = memory.sample_ns = received_ns
    memory.taken, memory.early = _HISTORY, 0
    memory.waiting_slots, memory.waiting_ns = [], []
    memory.mistrusted_until_ns = 0
    memory.arrivals_ns, memory.corrections, memory.checked = [received_ns], 0, False
    return Timing(received_ns, restarted)
