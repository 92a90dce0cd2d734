"""The lower envelope of (arrival - device time): the offset between two clocks and their drift, in bounded memory.

A packet can be late but never early. So among the differences of arrival and device time over the last seconds, the
smallest give the true offset, and the line that supports them from below gives the clocks' drift (Moon, Skelly and
Towsley, "Estimation and removal of clock skew from network delay measurements", INFOCOM 1999).
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from tracking.records import Notebook

BUCKET_NS = 250_000_000
BUCKETS = 32
DRIFT_LIMIT = 2.0e-3
_DRIFT_SPAN_NS = 2_500_000_000
_SETTLING_BUCKETS = 4
_FAST_SLEW = 0.1
_SLEW = 0.02


class Timing(NamedTuple):
    """When a sample was taken.

    `restarted` means that the clock leapt and earlier sample times are no longer valid. The newest `moved` samples
    before this one were taken `moved_ns` earlier than reported (later if negative).
    """

    sample_ns: int
    restarted: bool = False
    moved: int = 0
    moved_ns: int = 0


class EnvelopeMemory(Notebook):
    """Smallest transit (arrival minus device time, ns) in each quarter second of device time, and the line below them.

    The line is `level_ns` at `anchor_ns`, and rises by `drift` nanoseconds a nanosecond. `offset_ns` is the offset in
    force: it follows the line slowly, so that sample times stay evenly spaced.
    """

    running: bool = False
    at_ns: list[int] = msgspec.field(default_factory=list)
    low_ns: list[int] = msgspec.field(default_factory=list)
    bucket: int = 0
    open_at_ns: int = 0
    open_low_ns: int = 0
    anchor_ns: int = 0
    level_ns: int = 0
    drift: float = 0.0
    offset_ns: int = 0
    settled_at_ns: int = 0


def offset_at(memory: EnvelopeMemory, device_ns: int) -> int:
    """The line at `device_ns`: arrival minus device time of a packet that was not delayed."""
    return memory.level_ns + int(memory.drift * (device_ns - memory.anchor_ns))


def begin(device_ns: int, transit_ns: int) -> EnvelopeMemory:
    """An envelope of one packet."""
    return EnvelopeMemory(
        running=True,
        bucket=device_ns // BUCKET_NS,
        open_at_ns=device_ns,
        open_low_ns=transit_ns,
        anchor_ns=device_ns,
        level_ns=transit_ns,
        offset_ns=transit_ns,
        settled_at_ns=device_ns,
    )


def observe(memory: EnvelopeMemory, device_ns: int, transit_ns: int) -> None:
    """Add one packet. If it is below the line, the line drops to it at once."""
    bucket = device_ns // BUCKET_NS
    if bucket > memory.bucket:
        _close(memory, bucket, device_ns, transit_ns)
    elif transit_ns < memory.open_low_ns:
        memory.open_at_ns, memory.open_low_ns = device_ns, transit_ns
    sink(memory, device_ns, transit_ns)


def sink(memory: EnvelopeMemory, device_ns: int, transit_ns: int) -> None:
    """Lower the line to one packet if that is below it. The packet counts for the open quarter second."""
    memory.open_low_ns = min(memory.open_low_ns, transit_ns)
    memory.level_ns += min(0, transit_ns - offset_at(memory, device_ns))


def follow(memory: EnvelopeMemory, device_ns: int, *, step_ns: int) -> int:
    """Move the offset in force towards the line at `device_ns` and return it.

    It moves slowly, unless it is more than `step_ns` away. For a time before the newest one it does not move.
    """
    if device_ns <= memory.settled_at_ns:
        return memory.offset_ns
    error_ns = offset_at(memory, device_ns) - memory.offset_ns
    elapsed_ns = device_ns - memory.settled_at_ns
    share = _FAST_SLEW if is_settling(memory) else _SLEW
    most_ns = int(share * elapsed_ns)
    if abs(error_ns) <= step_ns:
        error_ns = max(-most_ns, min(most_ns, error_ns))
    memory.offset_ns += error_ns
    memory.settled_at_ns = device_ns
    return memory.offset_ns


def is_settling(memory: EnvelopeMemory) -> bool:
    """Whether the envelope is so new that a delayed packet may have begun it."""
    return len(memory.at_ns) < _SETTLING_BUCKETS


def _close(memory: EnvelopeMemory, bucket: int, device_ns: int, transit_ns: int) -> None:
    memory.at_ns.append(memory.open_at_ns)
    memory.low_ns.append(memory.open_low_ns)
    oldest_ns = device_ns - BUCKETS * BUCKET_NS
    while len(memory.at_ns) > BUCKETS or (memory.at_ns[0] < oldest_ns and len(memory.at_ns) > 1):
        del memory.at_ns[0]
        del memory.low_ns[0]
    memory.bucket = bucket
    memory.open_at_ns, memory.open_low_ns = device_ns, transit_ns
    _fit(memory)


def _fit(memory: EnvelopeMemory) -> None:
    """Fit the line below all points with the least summed distance to them: the hull's edge below their mean time."""
    at_ns, low_ns = memory.at_ns, memory.low_ns
    memory.drift = 0.0
    memory.anchor_ns = at_ns[-1]
    memory.level_ns = min(low_ns)
    if at_ns[-1] - at_ns[0] < _DRIFT_SPAN_NS:
        return
    left, right = _edge_below_mean(at_ns, low_ns)
    drift = (low_ns[right] - low_ns[left]) / (at_ns[right] - at_ns[left])
    memory.drift = max(-DRIFT_LIMIT, min(DRIFT_LIMIT, drift))
    memory.anchor_ns, memory.level_ns = at_ns[left], low_ns[left]


def _edge_below_mean(at_ns: list[int], low_ns: list[int]) -> tuple[int, int]:
    """Indices of both ends of the lower convex hull's edge at the mean time (Andrew's monotone chain)."""
    hull: list[int] = []
    total = 0
    for index, (x, y) in enumerate(zip(at_ns, low_ns, strict=True)):
        total += x
        while len(hull) > 1:
            ox, oy = at_ns[hull[-2]], low_ns[hull[-2]]
            if (at_ns[hull[-1]] - ox) * (y - oy) > (low_ns[hull[-1]] - oy) * (x - ox):
                break
            hull.pop()
        hull.append(index)
    mean_ns = total // len(at_ns)
    position = 1
    while position < len(hull) - 1 and at_ns[hull[position]] < mean_ns:
        position += 1
    return hull[position - 1], hull[position]
