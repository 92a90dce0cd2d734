"""Examines what draws on this machine. Drivers may crash, so a process of its own asks them and prints JSON.

`python -m stage.doctor.graphics`
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from render.gpu.context import SOFTWARE_RENDERERS, create_headless_context
from stage.doctor.records import Finding, failure, good, warning
from tracking.records import ConfigError, Record

_TIMEOUT_S = 60.0


class Monitor(Record):
    """A connected monitor: its name, present mode, and place on the desktop."""

    name: str
    size_px: tuple[int, int]
    rate_hz: int
    position_px: tuple[int, int]

    def words(self) -> str:
        """The monitor in one line."""
        (width, height), (left, top) = self.size_px, self.position_px
        return f"{self.name} {width}x{height} at {self.rate_hz} Hz, at [{left}, {top}] of the desktop"


def connected_monitors() -> tuple[Monitor, ...]:
    """The monitors that windows can be opened on; none without a display or where the driver dies."""
    report = _report()
    return () if isinstance(report, str) else msgspec.convert(report["monitors"], tuple[Monitor, ...])


def examine_graphics() -> Iterator[Finding]:
    """Findings on the OpenGL driver and on the display."""
    report = _report()
    if isinstance(report, str):
        yield failure("drawing", report, "repair or replace the graphics driver; Mesa's draws in software")
        return
    drawing = report["drawing"]
    if "error" in drawing:
        found, _, cure = drawing["error"].partition(", install ")
        yield failure("drawing", found, f"install {cure or 'a graphics driver'}")
    elif any(name in drawing["renderer"] for name in SOFTWARE_RENDERERS):
        yield warning(
            "drawing",
            f"{drawing['renderer']}, OpenGL {drawing['version']}: in software",
            "enough for the demo and small walls; a show needs a GPU and its driver",
        )
    else:
        yield good("drawing", f"{drawing['renderer']} ({drawing['vendor']}), OpenGL {drawing['version']}")
    yield _display(msgspec.convert(report["monitors"], tuple[Monitor, ...]))


def _report() -> dict[str, Any] | str:
    """What this module prints when it runs as a program, or how that program died."""
    command = [sys.executable, "-m", "stage.doctor.graphics"]
    packages = Path(__file__).resolve().parents[2]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False, cwd=packages)
    except subprocess.TimeoutExpired:
        return f"the graphics driver did not answer within {_TIMEOUT_S:.0f} s"
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return f"the graphics driver ended the program (code {done.returncode}): {last[:200]}"
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


def _display(monitors: tuple[Monitor, ...]) -> Finding:
    if monitors:
        return good("display", "; ".join(monitor.words() for monitor in monitors))
    named = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    found = f"no monitor on display {named}" if named else "no display: DISPLAY and WAYLAND_DISPLAY are not set"
    return warning("display", found, "only headless and file outputs work; for windows start from a desktop session")


def drawing() -> dict[str, str]:
    """Renderer, vendor and version of OpenGL through EGL, or the error in one line."""
    try:
        context = create_headless_context()
    except ConfigError as error:
        return {"error": str(error)}
    info = context.info
    return {"renderer": info["GL_RENDERER"], "vendor": info["GL_VENDOR"], "version": info["GL_VERSION"]}


def monitors() -> list[Monitor]:
    """The monitors that windows can be opened on; empty without a display."""
    import glfw  # noqa: PLC0415 - only the process that may crash loads the display's library

    if not glfw.init():
        return []
    found = []
    for monitor in glfw.get_monitors():
        mode = glfw.get_video_mode(monitor)
        name = glfw.get_monitor_name(monitor)
        name = name.decode(errors="replace") if isinstance(name, bytes) else name
        found.append(
            Monitor(
                name=name,
                size_px=(mode.size.width, mode.size.height),
                rate_hz=mode.refresh_rate,
                position_px=glfw.get_monitor_pos(monitor),
            )
        )
    glfw.terminate()
    return found


if __name__ == "__main__":
    print(json.dumps({"drawing": drawing(), "monitors": msgspec.to_builtins(monitors())}))
