"""Examines the machine itself: software, drawing, scheduling, memory, clocks."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import metadata
from pathlib import Path

import msgspec

from stage.doctor.graphics import examine_graphics
from stage.doctor.records import Finding, failure, good, system_text, warning
from stage.run.pace import Pace, PaceWatch
from stage.run.realtime import take_priority

PACKAGES = (
    *(
        "pyzmq",
        "msgspec",
        "msgpack",
        "numpy",
        "moderngl",
        "PyOpenGL",
        "glfw",
        "python-osc",
        "pyserial",
        "cbor2",
        "pygdtf",
    ),
    *("mcap", "OpenEXR", "Pillow", "opencolorio", "inotify-simple", "typer", "rich"),
    *("starlette", "uvicorn", "websockets", "prometheus-client", "segno"),
)
_PYTHONS = ((3, 11), (3, 14))
_LOCKABLE_BYTES = 512 * 1024 * 1024
_SLOW_CLOCKS = ("hpet", "acpi_pm", "jiffies")
_PACE_S = 1.0
_MOST_SLOWED = 0.005
_STATUS_OFFSET = 40
_UNSYNCHRONISED = 0x40
_LIMITS_CURE = (
    "add `@stage - rtprio 90` and `@stage - memlock unlimited` to /etc/security/limits.d, and join that group"
)


def examine_machine() -> Iterator[Finding]:
    """All findings on the machine, one by one."""
    yield _python()
    yield _packages()
    yield from examine_graphics()
    yield _cores()
    yield _pace()
    yield _priority()
    yield _memory_lock()
    yield _governor()
    yield _clock_source()
    yield _wall_clock()


def _python() -> Finding:
    found = f"Python {platform.python_version()} on {platform.platform()}"
    lowest, highest = _PYTHONS
    if lowest <= sys.version_info[:2] <= highest:
        return good("python", found)
    return failure("python", found, "use Python 3.11 to 3.14")


def _packages() -> Finding:
    versions, missing = [], []
    for package in PACKAGES:
        try:
            versions.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            missing.append(package)
    if missing:
        return failure("packages", f"missing: {', '.join(missing)}", f"pip install {' '.join(missing)}")
    return good("packages", ", ".join(versions))


def _cores() -> Finding:
    cores = len(os.sched_getaffinity(0))
    if cores >= 4:
        return good("cores", f"{cores} processor cores")
    return warning(
        "cores", f"{cores} processor cores", "with 4, recorder, panel and drivers stay out of the loop's way"
    )


def _priority() -> Finding:
    """Asks for real-time priority in a thread of its own, so that the priority ends with the thread."""
    granted: list[bool] = []
    asking = threading.Thread(target=lambda: granted.append(take_priority()))
    asking.start()
    asking.join()
    limit, _ = resource.getrlimit(resource.RLIMIT_RTPRIO)
    if granted == [True]:
        return good("real-time priority", f"granted, up to {limit}" if limit > 0 else "granted to this user")
    return warning("real-time priority", f"refused (limit {limit}): frames may be late", _LIMITS_CURE)


def _pace() -> Finding:
    try:
        with ExitStack() as stack:
            watch = PaceWatch(stack)
            time.sleep(_PACE_S)
            return pace_finding(watch.ended())
    except (OSError, msgspec.MsgspecError, subprocess.SubprocessError) as error:
        return warning("processor pace", f"not measured: {error}", "run stage doctor again")


def pace_finding(pace: Pace) -> Finding:
    """Whether the processors themselves keep their pace."""
    work = f"work of {pace.usual_us:.0f} us"
    if pace.slowed_share <= _MOST_SLOWED:
        return good("processor pace", f"steady: {work} took at most {pace.worst_times:.1f} times that")
    found = f"{work} took up to {pace.worst_times:.0f} times that, in {pace.slowed_share:.1%} of {pace.tries} tries"
    return warning(
        "processor pace",
        f"slowed: {found}",
        "what is beneath the system holds them up, and frames will be late: choose performance in the firmware's power "
        "settings, look at temperatures, and, in a virtual machine, at what else its host runs",
    )


def _memory_lock() -> Finding:
    limit, _ = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    if limit in (-1, resource.RLIM_INFINITY) or limit >= _LOCKABLE_BYTES:
        return good("memory lock", "unlimited" if limit == resource.RLIM_INFINITY else f"{limit >> 20} MiB")
    return warning(
        "memory lock", f"{limit >> 10} KiB may be locked: the loop can stall when memory runs short", _LIMITS_CURE
    )


def _governor() -> Finding:
    files = Path("/sys/devices/system/cpu").glob("cpu*/cpufreq/scaling_governor")
    governors = sorted({system_text(str(path)) for path in files})
    if not governors:
        return good("cpu governor", "this machine does not say")
    if governors == ["performance"]:
        return good("cpu governor", "performance")
    return warning("cpu governor", ", ".join(governors), "sudo cpupower frequency-set -g performance")


def _clock_source() -> Finding:
    source = system_text("/sys/devices/system/clocksource/clocksource0/current_clocksource") or "unknown"
    if source in _SLOW_CLOCKS:
        return warning(
            "clock source", source, "reading the time is slow; boot with clocksource=tsc if the CPU allows it"
        )
    return good("clock source", source)


def _wall_clock() -> Finding:
    """Asks adjtimex(2), which changes nothing here, whether the kernel considers the wall clock synchronised."""
    request = ctypes.create_string_buffer(512)
    try:
        ctypes.CDLL(None, use_errno=True).adjtimex(request)
    except (OSError, AttributeError):
        return good("wall clock", "this machine does not say")
    status = int.from_bytes(request.raw[_STATUS_OFFSET : _STATUS_OFFSET + 4], sys.byteorder)
    if status & _UNSYNCHRONISED:
        cure = "names, logs and time codes may be off; run chrony, systemd-timesyncd or linuxptp"
        return warning("wall clock", "not synchronised", cure)
    return good("wall clock", "synchronised")
