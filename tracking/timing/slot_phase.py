"""What the last arrivals of a packet train show: where its slots begin, and how far apart neighbours are."""

from __future__ import annotations

from itertools import pairwise

_PHASES = 16


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
