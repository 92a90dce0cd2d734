"""Examines the machine itself: software, drawing, scheduling, memory, clocks."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from stage.doctor.records import Finding, failure, good, system_text, warning
from stage.run.realtime import take_priority

PACKAGES = (
    *("pyzmq", "msgspec", "msgpack", "numpy", "moderngl", "PyOpenGL", "glfw", "python-osc", "pyserial", "cbor2"),
    *("mcap", "OpenEXR", "Pillow", "opencolorio", "typer", "rich"),
)
_PYTHONS = ((3, 11), (3, 14))
_GRAPHICS_TIMEOUT_S = 60.0
_SOFTWARE_RENDERERS = ("llvmpipe", "softpipe", "swrast")
_LOCKABLE_BYTES = 512 * 1024 * 1024
_SLOW_CLOCKS = ("hpet", "acpi_pm", "jiffies")
_STATUS_OFFSET = 40
_UNSYNCHRONISED = 0x40
_LIMITS_CURE = "add `@stage - rtprio 90` and `@stage - memlock unlimited` to /etc/security/limits.d, join that group"


def examine_machine() -> Iterator[Finding]:
    """All findings on the machine, one after the other."""
    yield _python()
    yield _packages()
    yield from _graphics()
    yield _cores()
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


def _graphics() -> Iterator[Finding]:
    report = _graphics_report()
    if isinstance(report, str):
        yield failure("drawing", report, "repair or replace the graphics driver; Mesa's draws in software")
        return
    drawing = report["drawing"]
    if "error" in drawing:
        yield failure("drawing", drawing["error"], "apt-get install libegl1 libgl1 libgl1-mesa-dri, or a GPU's driver")
    elif any(name in drawing["renderer"] for name in _SOFTWARE_RENDERERS):
        yield warning(
            "drawing",
            f"{drawing['renderer']}, OpenGL {drawing['version']}: in software",
            "enough for the demo and small walls; a show needs a GPU and its driver",
        )
    else:
        yield good("drawing", f"{drawing['renderer']} ({drawing['vendor']}), OpenGL {drawing['version']}")
    yield _display(report["monitors"])


def _graphics_report() -> dict[str, Any] | str:
    """What `stage.doctor.graphics` says, or how it died."""
    command = [sys.executable, "-m", "stage.doctor.graphics"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_GRAPHICS_TIMEOUT_S, check=False, cwd=_root()
        )
    except subprocess.TimeoutExpired:
        return f"the graphics driver did not answer within {_GRAPHICS_TIMEOUT_S:.0f} s"
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return f"the graphics driver ended the program (code {done.returncode}): {last[:200]}"
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


def _root() -> Path:
    """The folder that holds the packages: a module can be run by its name from there."""
    return Path(__file__).resolve().parent.parent.parent


def _display(monitors: list[str]) -> Finding:
    if monitors:
        return good("display", "; ".join(monitors))
    named = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    found = f"no monitor on display {named}" if named else "no display: DISPLAY and WAYLAND_DISPLAY are not set"
    return warning("display", found, "only headless and file outputs work; for windows start from a desktop session")


def _cores() -> Finding:
    cores = len(os.sched_getaffinity(0))
    if cores >= 4:
        return good("cores", f"{cores} processor cores")
    return warning("cores", f"{cores} processor cores", "4 keep recorder, panel and drivers out of the loop's way")


def _priority() -> Finding:
    """Asks for real-time priority in a thread of its own, which ends with it."""
    granted: list[bool] = []
    asking = threading.Thread(target=lambda: granted.append(take_priority()))
    asking.start()
    asking.join()
    limit, _ = resource.getrlimit(resource.RLIMIT_RTPRIO)
    if granted == [True]:
        return good("real-time priority", f"granted, up to {limit}" if limit > 0 else "granted to this user")
    return warning("real-time priority", f"refused (limit {limit}): frames may come late", _LIMITS_CURE)


def _memory_lock() -> Finding:
    limit, _ = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    if limit in (-1, resource.RLIM_INFINITY) or limit >= _LOCKABLE_BYTES:
        return good("memory lock", "unlimited" if limit == resource.RLIM_INFINITY else f"{limit >> 20} MiB")
    return warning("memory lock", f"{limit >> 10} KiB may be locked: a full memory can stall the loop", _LIMITS_CURE)


def _governor() -> Finding:
    told = Path("/sys/devices/system/cpu").glob("cpu*/cpufreq/scaling_governor")
    governors = sorted({system_text(str(path)) for path in told})
    if not governors:
        return good("cpu governor", "not told by this machine")
    if governors == ["performance"]:
        return good("cpu governor", "performance")
    return warning("cpu governor", ", ".join(governors), "sudo cpupower frequency-set -g performance")


def _clock_source() -> Finding:
    source = system_text("/sys/devices/system/clocksource/clocksource0/current_clocksource") or "not told"
    if source in _SLOW_CLOCKS:
        return warning(
            "clock source", source, "reading time is slow; boot with clocksource=tsc where the CPU allows it"
        )
    return good("clock source", source)


def _wall_clock() -> Finding:
    """Asks adjtimex(2), changing nothing, whether the kernel thinks the wall clock is disciplined."""
    request = ctypes.create_string_buffer(512)
    try:
        ctypes.CDLL(None, use_errno=True).adjtimex(request)
    except (OSError, AttributeError):
        return good("wall clock", "not told by this machine")
    status = int.from_bytes(request.raw[_STATUS_OFFSET : _STATUS_OFFSET + 4], sys.byteorder)
    if status & _UNSYNCHRONISED:
        cure = "names, logs and time codes may be off; run chrony, systemd-timesyncd or linuxptp"
        return warning("wall clock", "not synchronised", cure)
    return good("wall clock", "synchronised")
