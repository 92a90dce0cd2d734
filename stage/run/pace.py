"""How evenly the processors themselves run: a fixed piece of work is timed on each of them, again and again.

Power limits, heat, firmware or the host of a virtual machine slow a processor for milliseconds at a time. No priority
prevents that, the system accounts nothing of it, and whatever is drawn meanwhile is late.
"""

from __future__ import annotations

import os
import select
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack

import msgspec

from stage.run.realtime import die_with_parent, take_priority
from tracking.records import Record

_EVERY_MS = 4
_BASE, _EXPONENT, _MODULUS = 3, (1 << 48) - 1, (1 << 255) - 19
"""A power of whole numbers: a few hundredths of a millisecond in which no memory is read that is not at hand."""
_SLOWED = 3.0
"""So many times as long as usual is slowed. A processor that sleeps between tries wakes a little slower by itself."""
_PATIENCE_S = 5.0


class _Tries(Record):
    """On one processor: how long its work usually took, and at worst, in ns; and when a try was slowed."""

    tries: int
    usual_ns: int
    worst_ns: int
    slowed_ns: tuple[int, ...]


_TRIES = msgspec.json.Decoder(_Tries)


class Pace(Record):
    """What was seen of all processors. `usual_us` is the median of the work's time, in us; `worst_times` how many times
    as long it took at worst; `slowed_share` the share of tries that were slowed; and `slowed_ns` the moments of those
    (host monotonic).
    """

    tries: int
    usual_us: float
    worst_times: float
    slowed_share: float
    slowed_ns: tuple[int, ...]

    def held(self, begun_ns: int, ended_ns: int) -> bool:
        """Whether no processor was found slowed in this time."""
        return not any(begun_ns <= moment_ns <= ended_ns for moment_ns in self.slowed_ns)


class PaceWatch:
    """Watches all processors that this process may use, from processes of its own, until it is asked what they saw.

    Each takes a hundredth of its processor.
    """

    def __init__(self, stack: ExitStack) -> None:
        """Returns once they watch. The processes end with `stack` at the latest."""
        processors = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [-1]
        self._watching = [_started(processor, stack) for processor in processors]
        for one in self._watching:
            assert one.stdout is not None
            one.stdout.readline()

    def ended(self) -> Pace:
        """Ends it. Raises OSError or msgspec.MsgspecError where a process died."""
        seen = [_TRIES.decode(one.communicate(timeout=_PATIENCE_S)[0]) for one in self._watching]
        tries = sum(one.tries for one in seen)
        moments = sorted(moment for one in seen for moment in one.slowed_ns)
        return Pace(
            tries=tries,
            usual_us=statistics.median(one.usual_ns for one in seen) * 1e-3,
            worst_times=max(one.worst_ns / one.usual_ns for one in seen),
            slowed_share=len(moments) / max(tries, 1),
            slowed_ns=tuple(moments),
        )


def _started(processor: int, stack: ExitStack) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "stage.run.pace", str(processor)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    stack.enter_context(process)
    stack.callback(process.kill)
    return process


def main() -> None:
    """Times work on the processor given, until standard input is closed; then says what came of it.

    Without real-time priority others interrupt it: then only the processor time that it takes is known.
    """
    die_with_parent()
    processor = int(sys.argv[1])
    if processor >= 0:
        os.sched_setaffinity(0, {processor})
    clock_ns = time.monotonic_ns if take_priority() else time.thread_time_ns
    print(flush=True)
    waiting = select.poll()
    waiting.register(sys.stdin, select.POLLHUP)
    moments_ns: list[int] = []
    took_ns: list[int] = []
    while not moments_ns or not waiting.poll(_EVERY_MS):
        moments_ns.append(time.monotonic_ns())
        begun_ns = clock_ns()
        pow(_BASE, _EXPONENT, _MODULUS)
        took_ns.append(clock_ns() - begun_ns)
    usual_ns = max(1, round(statistics.median(took_ns)))
    slowed_ns = [moment for moment, took in zip(moments_ns, took_ns, strict=True) if took > _SLOWED * usual_ns]
    found = _Tries(tries=len(took_ns), usual_ns=usual_ns, worst_ns=max(took_ns), slowed_ns=tuple(slowed_ns))
    print(msgspec.json.encode(found).decode())


if __name__ == "__main__":
    main()
