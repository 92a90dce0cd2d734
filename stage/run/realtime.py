"""What the frame loop asks of the operating system and of Python: priority, settled memory, death with its parent."""

from __future__ import annotations

import ctypes
import gc
import os
import platform
import signal
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

PRIORITY = 20
DRAWING_PRIORITY = 10
SENDING_PRIORITY = 6
"""That of whoever sends to the lights: it does little, and a film that is sent elsewhere would else silence it for as
long as that is read.
"""
READING_PRIORITY = 5
"""That of whoever reads a frame that is waited for, below drawing."""
SHORT_PRIORITY = 12
"""That of whoever reads a film of which hardly anything lies in memory, above drawing."""
LARGE_BYTES = 16 << 20
_LOWEST, _OF_SESSION = 19, 5
FULL_CLAIM, CLAIM_OF_BACKGROUND, LEAST_CLAIM = 0, _OF_SESSION, _LOWEST
"""Niceness of a session: all that is its own; what is taken in the background; and what nobody else wants."""
_SLICE_NS = 4_000_000
"""Linux gives 1.4 ms on two cores. Much longer ones hold up what has no longer a claim to come first."""
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}
_DRAWS_IN_SOFTWARE = "llvmpipe"
"""How the names of Mesa's threads begin."""
_CLOCK_OF_THREAD = 6
"""A clock of a thread's processor time (clock_getcpuclockid(3), and the same for threads in Linux)."""
_PR_SET_PDEATHSIG = 1
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_SESSION_TRIES, _SESSION_AGAIN_S = 10, 0.1
Done = TypeVar("Done")


def take_priority() -> bool:
    """Asks for SCHED_FIFO on this thread alone. Returns whether it was granted.

    Threads and children that it starts later run as usual (reset on fork).
    """
    if not hasattr(os, "sched_setscheduler"):
        return False
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(PRIORITY))
    except OSError:
        return False
    return True


def drawing_threads() -> tuple[int, ...]:
    """The threads in which Mesa draws for this process in software; none where a GPU does. Linux only."""
    found = []
    for folder in Path("/proc/self/task").glob("*"):
        with suppress(OSError):
            if (folder / "comm").read_text(encoding="utf-8", errors="replace").startswith(_DRAWS_IN_SOFTWARE):
                found.append(int(folder.name))
    return tuple(sorted(found))


def set_drawing_priority(threads: tuple[int, ...], *, realtime: bool) -> bool:
    """Gives threads real-time priority below the loop's, or takes it away. Returns whether that was granted."""
    if realtime:
        return give_realtime(threads, DRAWING_PRIORITY)
    return _schedule(threads, os.SCHED_OTHER, 0)


def own_threads() -> tuple[int, ...]:
    """All threads of this process, this one too. Linux only."""
    with suppress(OSError):
        return tuple(int(folder.name) for folder in Path("/proc/self/task").iterdir())
    return ()


def give_realtime(threads: tuple[int, ...], priority: int) -> bool:
    """Gives threads real-time priority, in turns with others of the same. Returns whether that was granted."""
    return _schedule(threads, os.SCHED_RR, priority)


def take_realtime(threads: tuple[int, ...]) -> None:
    """Has threads work in the background again, with the niceness that they had."""
    _schedule(threads, os.SCHED_BATCH, 0)
    for thread in threads:
        _take_long_slices(thread)


def _schedule(threads: tuple[int, ...], policy: int, priority: int) -> bool:
    try:
        for thread in threads:
            with suppress(ProcessLookupError):  # it has ended
                os.sched_setscheduler(thread, policy, os.sched_param(priority))
    except OSError:
        return False
    return True


def allowed_processors() -> int:
    """How many processors this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_ns(threads: Iterable[int]) -> int:
    """For how long this thread and others of this process have run, in all. Linux only but for this thread."""
    total_ns = time.thread_time_ns()
    for thread in threads:
        with suppress(OSError):  # it has ended
            total_ns += time.clock_gettime_ns(~thread << 3 | _CLOCK_OF_THREAD)
    return total_ns


def work_in_background() -> None:
    """Makes this process, and those that it starts, leave the processor to whatever else wants it.

    Linux may share the processor evenly among sessions and weigh niceness only within each (sched(7), autogroup), and
    every process of a run leads one: the niceness of the session is set too. It is less, since a session competes with
    everything on the machine, and where that takes all of it a picture must still come.

    From Linux 6.12 on, what wakes interrupts whatever has longer slices than itself: without that, each of the threads
    that draw would wait for up to a slice whenever it has work, several times in a frame.
    """
    os.nice(_LOWEST)
    _take_long_slices()
    _set_session_niceness(_OF_SESSION)


def done_in_background(work: Callable[[], Done]) -> Done:
    """What comes of `work`, which leaves the processor to others. Afterwards this process has its full claim again.

    Without privilege no niceness is taken back, so it is that of a thread which ends (Linux); the session's can be.
    """
    _set_session_niceness(_OF_SESSION)
    try:
        with ThreadPoolExecutor(1, initializer=lambda: os.nice(_OF_SESSION)) as pool:
            return pool.submit(work).result()
    finally:
        _set_session_niceness(0)


def claim_processors(niceness: int) -> bool:
    """Gives the session that this process leads its claim among sessions. False where Linux wants to be asked again a
    tenth of a second later.
    """
    return _try_session_niceness(niceness)


def _set_session_niceness(niceness: int) -> None:
    for _ in range(_SESSION_TRIES):
        if _try_session_niceness(niceness):
            return
        time.sleep(_SESSION_AGAIN_S)


def _try_session_niceness(niceness: int) -> bool:
    """Sets the niceness of the session that this process leads. False where Linux, which takes one in a tenth of a
    second, of anybody, has taken another.
    """
    if os.getsid(0) != os.getpid():
        return True
    try:
        Path("/proc/self/autogroup").write_text(str(niceness), encoding="ascii")
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _take_long_slices(thread: int = 0) -> None:
    """A thread, by default this one, and those that it starts, interrupt nobody and run in long slices
    (sched_setattr(2)).
    """
    number = _SCHED_SETATTR.get(platform.machine())
    if number is not None and hasattr(os, "SCHED_BATCH"):
        with suppress(OSError, AttributeError):
            niceness = os.getpriority(os.PRIO_PROCESS, thread)
            attributes = struct.pack("=IIQiIQQQ", 48, os.SCHED_BATCH, 0, niceness, 0, _SLICE_NS, 0, 0)
            ctypes.CDLL(None).syscall(number, thread, attributes, 0)


def return_large_memory() -> None:
    """Memory of `LARGE_BYTES` or more goes back to the system as soon as it is freed (mallopt(3), glibc alone).

    Else the library learns from what is freed to keep such memory in its heap, where small things that outlive it keep
    it from the system: with every picture that comes and goes, a software renderer's process would be larger.
    """
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)
        libc.mallopt(_M_TRIM_THRESHOLD, 2 * LARGE_BYTES)


def keep_loaded() -> None:
    """Moves what is loaded by now out of the garbage collector's reach, since it stays.

    The interpreter would go through all of it several times when it ends: a sixth of what a short life costs.
    """
    gc.freeze()


def put_off_collecting() -> None:
    """No garbage is collected until `settle_memory`: what a start makes stays, and would be gone through repeatedly."""
    gc.disable()


def settle_memory() -> None:
    """Moves every living object out of the garbage collector's reach and switches it off.

    The loop then collects its own young garbage in slack; a full collection of a large heap costs several frames.
    """
    gc.collect()
    gc.freeze()
    gc.disable()


def collect_young() -> None:
    """Collects the youngest generation, which takes microseconds after `settle_memory`."""
    gc.collect(0)


@contextmanager
def without_collector() -> Iterator[None]:
    """The garbage collector is as in a show while this lasts: what is there is frozen, and nothing is collected."""
    settle_memory()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def die_with_parent() -> None:
    """Asks the kernel to end this process when its parent dies, so that none is left behind (prctl(2), Linux only)."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    except (OSError, AttributeError):
        return


def tie_to(parent: int) -> None:
    """Has a child of the process `parent` end with it, in the moment between fork and exec, however early that dies.

    The signal that the kernel sends then would be taken by a copy of the parent's handler, and be lost with it at exec.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with_parent()
    if os.getppid() != parent:
        os._exit(1)
