"""What the last arrivals of a packet train show: where its slots begin, and how far apart neighbours are."""

from __future__ import annotations

from itertools import pairwise

from tracking.records import Notebook

_PHASES = 16

# The time between neighbours is a running mean over many batches. If two batches in a row differ from it by more than
# this share, in the same direction, the tracker has changed its rate, and the mean starts anew.
_BATCHES = 16
_CHANGED_SHARE = 0.12


class NeighbourMemory(Notebook):
    """The usual time between two packets of which none between was lost; 0 until a batch of packets has arrived.

    `strayed_ns` is that of the newest batch if it differs clearly from the mean, otherwise 0.
    """

    interval_ns: int = 0
    strayed_ns: int = 0


def note_batch(memory: NeighbourMemory, period_ns: float, arrivals_ns: list[int]) -> None:
    """Add the arrivals of a batch of packets whose period may be `period_ns`. The mean follows."""
    found_ns = usual_interval(arrivals_ns, period_ns)
    usual_ns, strayed_ns = memory.interval_ns, memory.strayed_ns
    memory.strayed_ns = found_ns if abs(found_ns - usual_ns) > _CHANGED_SHARE * usual_ns else 0
    if not usual_ns:
        memory.interval_ns, memory.strayed_ns = found_ns, 0
    elif memory.strayed_ns and strayed_ns and (found_ns > usual_ns) == (strayed_ns > usual_ns):
        memory.interval_ns, memory.strayed_ns = (found_ns + strayed_ns) // 2, 0
    else:
        memory.interval_ns += (found_ns - usual_ns) // _BATCHES


def find_phase(arrivals_ns: list[int], period_ns: float) -> tuple[int, int]:
    """The time at which a slot begins, and how many packets then share a slot with the packet before.

    Each arrival counts for the slot that it falls in. With the right phase two packets rarely share a slot: only where
    one is late by more than a period. A phase in the middle of the arrivals divides them at random. Among the best
    phases the latest is chosen, the one just before the packets.
    """
    first_ns = arrivals_ns[0]
    best_ns, fewest, least = first_ns, len(arrivals_ns) + 1, 0.0
    for step in range(_PHASES):
        phase_ns = first_ns - int(period_ns * step / _PHASES)
        shared, waited = _count_shared(arrivals_ns, phase_ns, period_ns)
        if shared < fewest or (shared == fewest and waited < least):
            best_ns, fewest, least = phase_ns, shared, waited
    return best_ns + int(_least_wait(arrivals_ns, best_ns, period_ns)), fewest


def shared_slots(arrivals_ns: list[int], phase_ns: int, period_ns: float) -> int:
    """How many packets fall into the slot of the packet before, if slots begin at `phase_ns`."""
    return _count_shared(arrivals_ns, phase_ns, period_ns)[0]


def usual_interval(times_ns: list[int], period_ns: float) -> int:
    """The time between neighbouring packets of a train that may have lost some; 0 for fewer than two packets.

    If `period_ns` is right and the train is thin only because packets were lost, the shortest intervals are those
    between neighbours, and their share of all intervals is the period over the mean interval. The result is their
    median. If the period is wrong, that is hardly less than the median of all intervals.
    """
    steps = sorted(after - before for before, after in pairwise(times_ns))
    if not steps:
        return 0
    neighbours = min(1.0, period_ns * len(steps) / max(1, times_ns[-1] - times_ns[0]))
    return steps[int(0.5 * neighbours * len(steps))]


def _count_shared(arrivals_ns: list[int], phase_ns: int, period_ns: float) -> tuple[int, float]:
    shared, waited, before = 0, 0.0, -1
    for arrival_ns in arrivals_ns:
        slot, rest = divmod(arrival_ns - phase_ns, period_ns)
        shared += slot == before
        waited += rest
        before = int(slot)
    return shared, waited


def _least_wait(arrivals_ns: list[int], phase_ns: int, period_ns: float) -> float:
    least = period_ns
    for arrival_ns in arrivals_ns:
        least = min(least, (arrival_ns - phase_ns) % period_ns)
    return least
