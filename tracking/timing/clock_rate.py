"""Whether a device's clock keeps time: elapsed stamps are compared with elapsed arrivals.

Some senders write another unit into their time stamps, count frames at another rate than they send, or have a clock
that runs at half speed. Such stamps would move every sample, so they are not used. A network can delay packets and a
clock can be set, but neither changes the rate of the stamps for long: only a rate that is equally wrong in three
successive spans of time counts.
"""

from __future__ import annotations

from itertools import pairwise

import msgspec

from tracking.records import Notebook
from tracking.timing.stamps import LATEST_STAMP_NS

RATE_LIMIT = 0.005
"""The share by which a clock may run fast or slow. Quartz drifts by less than a tenth of this."""

# The least delayed packet of about each quarter second is marked, not in step with the envelope's buckets, so that both
# do not take their time in the same frame. Three equal spans of marks are compared, short ones for gross errors, long
# ones for small errors. The lengths are in marks.
_MARK_NS = 230_000_000
_FEWEST_PACKETS = 6
_SPANS = (3, 6, 12, 24, 48, 96)
_LEAST_NOISE_NS = 6_000_000
_NOISE_TIMES = 4
_NOISE_MARKS = 24
_EQUAL = 2.0

# A queue in the network may fill or drain as evenly, but neither for long nor by much.
_QUEUE_MARKS = 6
_LONGEST_QUEUE_NS = 150_000_000

_LONGEST_PAUSE_NS = 2_000_000_000

_RECOVERED_MARKS = 48
_RECOVERED_SPREAD_NS = 500_000_000

# A stamp that advances by less than this share of the time between two arrivals stands still, or crawls.
_CRAWLS = 20
_STANDING = 8
_MOST_STANDING = 16

# A clock that has not proved itself yet is doubted if its stamps are wrong by the factor, or by more than the share of
# the elapsed time and the delay that a first packet may have.
_ABSURD = 100
_ABSURD_AFTER_NS = 2_000_000
_DOUBTED_SHARE = 0.25
_DOUBTED_NS = 60_000_000


class ClockMemory(Notebook):
    """What is known about the rate of a device's clock.

    `device_ns` is the newest stamp, `received_ns` its arrival, `begun_device_ns` and `begun_received_ns` those of the
    first packet. `standing` counts stamps that did not advance, less those that did; `crawl` is the rate of the newest
    stamp that advanced by far too little (0 if it did not advance at all). `at_ns` and `transit_ns` are the arrivals
    and transits (arrival minus stamp) of the marks, oldest first. The open mark was `opened_ns` and has `packets`. A
    clock is `proven` once it has kept time for some marks; until then it may be `doubted`.
    `speed` is the clock's rate, in seconds a second, while its stamps are not used because of it, otherwise None.
    """

    device_ns: int = 0
    received_ns: int = 0
    begun_device_ns: int = 0
    begun_received_ns: int = 0
    standing: int = 0
    crawl: float = 0.0
    proven: bool = False
    doubted: bool = False
    at_ns: list[int] = msgspec.field(default_factory=list)
    transit_ns: list[int] = msgspec.field(default_factory=list)
    opened_ns: int = 0
    open_at_ns: int = 0
    open_transit_ns: int = 0
    packets: int = 0
    speed: float | None = None


def keeps_time(memory: ClockMemory, device_ns: int, received_ns: int) -> bool:
    """Whether the stamp of a packet may be used. `memory` is updated.

    A stamp beyond the range of stamps passes, because the time base refuses its packet.
    """
    if not -LATEST_STAMP_NS < device_ns < LATEST_STAMP_NS:
        return True
    waited_ns = received_ns - memory.received_ns
    step_ns = device_ns - memory.device_ns
    steady = memory.proven and memory.speed is None and not memory.standing and 0 < waited_ns <= step_ns * _CRAWLS
    if steady and received_ns - memory.opened_ns < _MARK_NS:
        # The usual case, kept short.
        memory.device_ns, memory.received_ns = device_ns, received_ns
        memory.packets += 1
        if received_ns - device_ns < memory.open_transit_ns:
            memory.open_at_ns, memory.open_transit_ns = received_ns, received_ns - device_ns
        return True
    stands = _stands_still(memory, step_ns, waited_ns)
    if not memory.packets or not -_LONGEST_PAUSE_NS < waited_ns < _LONGEST_PAUSE_NS:
        _begin(memory, device_ns, received_ns)
    elif step_ns and not stands:
        _observe(memory, received_ns, received_ns - device_ns)
    memory.device_ns, memory.received_ns = device_ns, received_ns
    if not memory.proven:
        memory.doubted = memory.doubted or _is_doubtful(memory, device_ns, received_ns)
    return not (stands or memory.doubted or memory.speed is not None)


def wrong_speed(memory: ClockMemory) -> float | None:
    """The rate of a clock whose stamps are not used because of it, in seconds a second; None if all is well."""
    if memory.speed is not None:
        return memory.speed
    return memory.crawl if memory.standing >= _STANDING and memory.crawl > 0.0 else None


def stands_still(memory: ClockMemory) -> bool:
    """Whether the clock shows the same time packet after packet, so that its stamps are not used."""
    return memory.standing >= _STANDING and memory.crawl == 0.0


def _stands_still(memory: ClockMemory, step_ns: int, waited_ns: int) -> bool:
    crawls = memory.packets > 0 and 0 < step_ns * _CRAWLS < waited_ns
    if step_ns == 0 or crawls:
        memory.standing = min(_MOST_STANDING, memory.standing + 2)
        memory.crawl = step_ns / waited_ns if step_ns else 0.0
    else:
        memory.standing = max(0, memory.standing - 1)
    return memory.standing >= _STANDING


def _is_doubtful(memory: ClockMemory, device_ns: int, received_ns: int) -> bool:
    """Whether the stamps since the first packet do not even roughly advance as the arrivals do."""
    stamped_ns, waited_ns = abs(device_ns - memory.begun_device_ns), received_ns - memory.begun_received_ns
    if stamped_ns and waited_ns >= _ABSURD_AFTER_NS and not waited_ns < stamped_ns * _ABSURD < waited_ns * _ABSURD**2:
        return True
    wrong_ns = abs(device_ns - memory.begun_device_ns - waited_ns)
    return wrong_ns > _DOUBTED_SHARE * max(stamped_ns, waited_ns) + _DOUBTED_NS


def _begin(memory: ClockMemory, device_ns: int, received_ns: int) -> None:
    """Start anew from one packet. What was found out about the clock remains."""
    memory.begun_device_ns, memory.begun_received_ns = device_ns, received_ns
    memory.proven = memory.doubted = False
    memory.at_ns, memory.transit_ns = [], []
    _open_mark(memory, received_ns, received_ns - device_ns)


def _open_mark(memory: ClockMemory, received_ns: int, transit_ns: int) -> None:
    memory.opened_ns = memory.open_at_ns = received_ns
    memory.open_transit_ns = transit_ns
    memory.packets = 1


def _observe(memory: ClockMemory, received_ns: int, transit_ns: int) -> None:
    if received_ns - memory.opened_ns >= _MARK_NS and memory.packets >= _FEWEST_PACKETS:
        memory.at_ns.append(memory.open_at_ns)
        memory.transit_ns.append(memory.open_transit_ns)
        if len(memory.at_ns) > _SPANS[-1] + 1:
            del memory.at_ns[0]
            del memory.transit_ns[0]
        _open_mark(memory, received_ns, transit_ns)
        _judge(memory)
        return
    memory.packets += 1
    if transit_ns < memory.open_transit_ns:
        memory.open_at_ns, memory.open_transit_ns = received_ns, transit_ns


def _judge(memory: ClockMemory) -> None:
    """Decide from the marks whether the clock is wrong, or right again, or has proved itself."""
    wrong = None
    count = len(memory.at_ns)
    for span in _SPANS:
        if count <= span:
            break
        third = span // 3
        gain_ns = memory.transit_ns[-1] - memory.transit_ns[-1 - third]
        if abs(gain_ns) > RATE_LIMIT * (memory.at_ns[-1] - memory.at_ns[-1 - third]) + _LEAST_NOISE_NS:
            wrong = _steady_gain(memory, span, _noise_ns(memory.transit_ns)) or wrong
    if wrong is not None:
        memory.speed = 1.0 - wrong
    elif memory.speed is not None and _has_recovered(memory):
        memory.speed = None
    if len(memory.at_ns) > _SPANS[0]:
        memory.proven, memory.doubted = True, False


def _steady_gain(memory: ClockMemory, span: int, noise_ns: int) -> float | None:
    """By how much the transit has grown a second, if it grew about equally in each third of the last `span` marks.

    None if it did not, or if the growth is within the limit or can be the network's.
    """
    third = span // 3
    marks = (-1 - span, -1 - 2 * third, -1 - third, -1)
    gains = []
    for start, end in pairwise(marks):
        elapsed_ns = memory.at_ns[end] - memory.at_ns[start]
        gain_ns = memory.transit_ns[end] - memory.transit_ns[start]
        if abs(gain_ns) <= RATE_LIMIT * elapsed_ns + noise_ns:
            return None
        gains.append(gain_ns / max(1, elapsed_ns))
    if min(gains) < 0.0 < max(gains) or max(map(abs, gains)) > _EQUAL * min(map(abs, gains)):
        return None
    whole_ns = memory.transit_ns[-1] - memory.transit_ns[marks[0]]
    if span <= _QUEUE_MARKS and abs(whole_ns) < _LONGEST_QUEUE_NS:
        return None
    return whole_ns / (memory.at_ns[-1] - memory.at_ns[marks[0]])


def _noise_ns(transit_ns: list[int]) -> int:
    """How far the marks stray from a line: some times the median of the second differences of the last ones."""
    recent = transit_ns[-_NOISE_MARKS:]
    bends = sorted(abs(a - 2 * b + c) for a, b, c in zip(recent, recent[1:], recent[2:], strict=False))
    return max(_LEAST_NOISE_NS, _NOISE_TIMES * bends[len(bends) // 2]) if bends else _LEAST_NOISE_NS


def _has_recovered(memory: ClockMemory) -> bool:
    """Whether a clock that was wrong has kept time for so long that its stamps may be used again."""
    if len(memory.at_ns) <= _RECOVERED_MARKS:
        return False
    recent_ns = memory.transit_ns[-1 - _RECOVERED_MARKS :]
    gain_ns = abs(recent_ns[-1] - recent_ns[0])
    elapsed_ns = memory.at_ns[-1] - memory.at_ns[-1 - _RECOVERED_MARKS]
    return gain_ns < RATE_LIMIT * elapsed_ns and max(recent_ns) - min(recent_ns) < _RECOVERED_SPREAD_NS
