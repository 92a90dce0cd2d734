"""Sample times for packets without stamps: each one belongs to a slot of the tracker's rate.

A packet can be lost, late or duplicated, and nothing in it says so. Packets are counted into successive slots. A packet
that would have to have left before it was sent corrects the count. Where packets were either lost or late, the motion
decides which. From time to time the phase of the slots is checked against a whole batch of packets, so that a bad start
is corrected.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from tracking.records import Notebook, Rejection
from tracking.timing.envelope import DRIFT_LIMIT, EnvelopeMemory, Timing, begin, follow, observe, offset_at, sink
from tracking.timing.slot_phase import NeighbourMemory, find_phase, note_batch, shared_slots

_LONGEST_PAUSE_NS = 1_000_000_000

# Shares of a period. The envelope is known to better than the first. Packets that keep arriving ahead of it by more
# than the second are faster than their rate. A repeated pose ahead by more than the third is a copy made by the
# network.
_EARLY_SHARE = 0.15
_SLIP_SHARE = 0.25
_DUPLICATE_SHARE = 0.4
_STEP_SHARE = 0.4

_MOST_EARLY = 12
_MISTRUST_NS = 10_000_000_000
_BURST_STEP_NS = 1000

# A late packet is recognised within the first number of slots; its own slot is certain after the second.
_HISTORY_SLOTS = 16
_HISTORY = (1 << _HISTORY_SLOTS) - 1
_WAITING = 10

# A packet counts as late, rather than as one that follows lost ones, if its pose then fits the motion better by this
# factor. The factor is stricter for a packet that is later than so many times the usual lateness. If packets stay late
# for so many periods, some were lost after all, and the motion is ignored for a while.
_FITS_BETTER = 0.5
_USUAL_TIMES = 6.0
_MOST_DOUBTED = 6
_DOUBT_PERIODS = 6.0
_DISTRUST_NS = 5_000_000_000
_LATENESS_SHARE = 1.0 / 32.0

_CHECKED_PACKETS = 48
_NEIGHBOUR_PACKETS = 16
_CORRECTIONS_TO_CHECK = 4


class SlotMemory(Notebook):
    """What is known about a packet train without stamps. `slot` counts periods since the train began.

    Bit n of `taken` says whether a packet took the slot n before the newest. `early` counts the packets that arrived
    before any free slot, less the good ones. The last packets wait, with their arrivals, until their slots are certain;
    `certain_slot` is the newest certain one. `arrivals_ns` is the batch that the phase is checked against if it needed
    enough `corrections`, or was never `checked`. `neighbours` knows the time between packets of which none was
    lost. The newest `doubted` packets, since `doubted_ns`, arrived so late that more packets may have been lost before
    them than the motion shows. The motion is not consulted before `doubts_from_ns`. `lateness` is the mean lateness in
    periods.
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
    neighbours: NeighbourMemory = msgspec.field(default_factory=NeighbourMemory)
    doubted: int = 0
    doubted_ns: int = 0
    doubts_from_ns: int = 0
    lateness: float = 0.0


Misfit = Callable[[int], float]
"""How badly a packet's pose fits the motion so far if it was taken at that time; NaN if unknown."""


def from_slot(
    memory: SlotMemory, rate_hz: float, received_ns: int, *, repeated: bool, misfit: Misfit | None = None
) -> Timing | Rejection:
    """Sample time of a packet without a stamp, from a tracker that sends `rate_hz` packets a second.

    Each packet takes the next slot. One that is more than a whole period late leaves slots empty (packets were lost),
    unless its pose fits the motion better without. One that arrives before its slot could begin proves that an earlier
    packet was late, not lost: the packets since then are moved back by one slot. `repeated` means that the pose equals
    the one before; if the packet is also too early, it is a network duplicate.
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
    lost = max(0, int(late + _EARLY_SHARE))
    if lost and memory.doubted and received_ns - memory.doubted_ns > _DOUBT_PERIODS * period_ns:
        return _move_on(memory, lost, received_ns)
    if lost:
        lost = _really_lost(memory, lost, late, received_ns, misfit)
    else:
        memory.doubted = 0
    return _take_next(memory, lost, late, received_ns)


def _take_next(memory: SlotMemory, lost: int, late: float, received_ns: int) -> Timing:
    """The packet takes the slot after `lost` empty ones. `late` is its lateness for the very next slot, in periods."""
    memory.slot += 1 + lost
    memory.taken = (memory.taken << 1 + lost | 1) & _HISTORY
    memory.lateness += _LATENESS_SHARE * (max(0.0, late - lost) - memory.lateness)
    memory.early = memory.early + 1 if late < -_SLIP_SHARE else max(0, memory.early - 1)
    if memory.early > _MOST_EARLY:
        memory.mistrusted_until_ns = received_ns + _MISTRUST_NS
    return Timing(_take(memory, received_ns, memory.sample_ns))


def _really_lost(memory: SlotMemory, lost: int, late: float, received_ns: int, misfit: Misfit | None) -> int:
    """How many packets were lost before this one: `lost` by its arrival, or fewer by the motion, which is noted."""
    likely = lost
    if lost < _MOST_DOUBTED and misfit is not None and received_ns > memory.doubts_from_ns:
        likely = _lost_by_motion(memory, lost, late, misfit)
    if likely == lost:
        memory.doubted = 0
        return lost
    memory.doubted_ns = memory.doubted_ns if memory.doubted else received_ns
    memory.doubted += 1
    return likely


def _lost_by_motion(memory: SlotMemory, lost: int, late: float, misfit: Misfit) -> int:
    """How many packets, at most `lost`, were lost before this one, which is late for the very next slot.

    The body has moved for as long as has passed since the last sample was taken. A body at rest gives no answer, and
    none is needed.
    """
    dues_ns = (int((memory.slot + 1 + count) * memory.period_ns) for count in range(lost + 1))
    misfits = [misfit(due_ns + memory.envelope.offset_ns) for due_ns in dues_ns]
    least = min(misfits)
    believable = min(1.0, _USUAL_TIMES * memory.lateness / late)
    return misfits.index(least) if least < _FITS_BETTER * believable * misfits[lost] else lost


def _move_on(memory: SlotMemory, lost: int, received_ns: int) -> Timing:
    """Since then no packet was in time, so some were lost before the doubted ones, which belong `lost` slots later."""
    doubted, memory.doubted = memory.doubted, 0
    memory.doubts_from_ns = received_ns + _DISTRUST_NS
    taken = memory.taken >> doubted << (doubted + lost) | (1 << doubted) - 1
    memory.taken = (taken << 1 | 1) & _HISTORY
    memory.slot += lost + 1
    for index in range(max(0, len(memory.waiting_slots) - doubted), len(memory.waiting_slots)):
        memory.waiting_slots[index] += lost
    later_ns = int(lost * memory.period_ns)
    return Timing(_take(memory, received_ns, memory.sample_ns + later_ns), moved=doubted, moved_ns=-later_ns)


def _without_slots(memory: SlotMemory, received_ns: int) -> Timing:
    """The packets are faster than the configured rate, so only arrival is left. Slots are tried again after a while."""
    if received_ns > memory.mistrusted_until_ns:
        return _begin_slots(memory, memory.period_ns, received_ns)
    memory.received_ns = received_ns
    if _batch_is_full(memory, received_ns):
        memory.arrivals_ns.clear()
    restarted = memory.sample_ns > received_ns + int(memory.period_ns)
    memory.sample_ns = received_ns if restarted else max(received_ns, memory.sample_ns + _BURST_STEP_NS)
    return Timing(memory.sample_ns, restarted)


def _move_back(memory: SlotMemory, since_gap: int, received_ns: int) -> Timing:
    """Each packet since the gap takes the slot before its own, and the newest packet takes the slot that this frees."""
    period_ns = int(memory.period_ns)
    memory.taken |= 1 << since_gap
    memory.corrections += 1
    memory.doubted = 0
    for index in range(max(0, len(memory.waiting_slots) - since_gap), len(memory.waiting_slots)):
        memory.waiting_slots[index] -= 1
    sample_ns = _take(memory, received_ns, memory.sample_ns - period_ns)
    return Timing(sample_ns, moved=since_gap, moved_ns=period_ns)


def _check_is_due(memory: SlotMemory, received_ns: int) -> bool:
    """Whether the batch of arrivals is full and the slots needed corrections, or were never checked."""
    if not _batch_is_full(memory, received_ns):
        return False
    if memory.checked and memory.corrections < _CORRECTIONS_TO_CHECK:
        memory.arrivals_ns.clear()
        memory.corrections = 0
        return False
    return True


def _batch_is_full(memory: SlotMemory, received_ns: int) -> bool:
    """Add an arrival to the batch. Each third of the batch shows the time between neighbours."""
    arrivals_ns = memory.arrivals_ns
    arrivals_ns.append(received_ns)
    count = len(arrivals_ns)
    if count % _NEIGHBOUR_PACKETS == 0:
        note_batch(memory.neighbours, memory.period_ns, arrivals_ns[-_NEIGHBOUR_PACKETS - 1 :])
    return count >= _CHECKED_PACKETS


def _rephase(memory: SlotMemory, received_ns: int) -> bool:
    """Move the slots to the phase that explains the batch, if the present one makes many more packets share slots."""
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
    memory.taken, memory.doubted = _HISTORY, 0
    memory.waiting_slots, memory.waiting_ns = [], []
    begun_ns = phase_ns + int((received_ns - phase_ns) // period_ns * period_ns)
    due_ns = int(memory.slot * period_ns)
    memory.envelope = begin(due_ns, begun_ns - due_ns)
    return True


def _packets_since_gap(taken: int) -> int:
    """How many packets have arrived since the newest empty slot; 0 if none is empty."""
    if taken == _HISTORY:
        return 0
    count = 0
    while taken & 1:
        taken >>= 1
        count += 1
    return count if count < _HISTORY_SLOTS else 0


def _periods_late(memory: SlotMemory, slot: int, received_ns: int) -> float:
    due_ns = int(slot * memory.period_ns)
    return (received_ns - due_ns - offset_at(memory.envelope, due_ns)) / memory.period_ns


def _take(memory: SlotMemory, received_ns: int, earlier_ns: int) -> int:
    """The sample time of a packet in the newest slot, after `earlier_ns`. The envelope learns it once it is certain."""
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
    """Let the envelope learn from the oldest waiting packet, whose slot is now certain.

    A packet behind a gap is an exception: it may have been late into the slot of a lost one, so it may not pull the
    envelope down by more than a clock can drift.
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
    memory.taken, memory.early, memory.doubted = _HISTORY, 0, 0
    memory.waiting_slots, memory.waiting_ns = [], []
    memory.mistrusted_until_ns = 0
    memory.arrivals_ns, memory.corrections, memory.checked = [received_ns], 0, False
    return Timing(received_ns, restarted)
