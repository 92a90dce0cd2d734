"""Examines whether a configuration's windows find their monitors, and whether they fit."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from render.outputs.canvas import plan_canvas
from render.outputs.records import Output
from stage.config.records import StageConfig
from stage.doctor.graphics import Monitor
from stage.doctor.records import Finding, failure, good, warning
from stage.words.sentences import counted

RATE_TOLERANCE_HZ = 1.0
"""Displays report whole rates: 59 or 60 for 59.94."""


def has_windows(config: StageConfig) -> bool:
    """Whether a configuration needs monitors at all."""
    return any(output.kind == "window" for output in config.outputs)


def examine_outputs(config: StageConfig, monitors: tuple[Monitor, ...]) -> Iterator[Finding]:
    """Findings on every window, given the monitors that are connected; one line where there are no windows."""
    windows = [(index, output) for index, output in enumerate(config.outputs) if output.kind == "window"]
    if not windows:
        yield good("outputs", "no windows; headless and file outputs need no monitor")
    elif not monitors:
        cure = "start from a desktop session with its monitors connected; `stage run --headless` needs none"
        named = ", ".join(f"outputs[{index}] on {_place_of(output)}" for index, output in windows)
        yield failure("outputs", f"no monitor for {counted(len(windows), 'window')}: {named}", cure)
    else:
        for index, output in windows:
            yield _window(config, index, output, monitors)


def _place_of(output: Output) -> str:
    return repr(output.monitor) if output.monitor else "the main monitor" if output.fullscreen else "the desktop"


def _window(config: StageConfig, index: int, output: Output, monitors: tuple[Monitor, ...]) -> Finding:
    """The first thing that is wrong with one window, or that it is right."""
    name = f"outputs[{index}]"
    size = plan_canvas(index, output, config.walls).size_px
    monitor = next((one for one in monitors if output.monitor in (None, one.name)), None)
    if monitor is None:
        near = difflib.get_close_matches(output.monitor or "", [one.name for one in monitors], n=1)
        cure = f"did you mean {near[0]!r}?" if near else "correct monitor, or connect it"
        known = "; ".join(one.words() for one in monitors)
        return failure(name, f"monitor {output.monitor!r} is not connected; there are {known}", cure)
    if output.fullscreen:
        return _full_screen(config, name, size, output, monitor)
    return _plain(name, size, output, monitor, monitors)


def _full_screen(config: StageConfig, name: str, size: tuple[int, int], output: Output, monitor: Monitor) -> Finding:
    columns, rows = size
    found = f"canvas of {columns} x {rows} px on {monitor.words()}"
    rate = float(config.stage.rate())
    if columns > monitor.size_px[0] or rows > monitor.size_px[1]:
        return failure(name, found, "the canvas must fit: choose another mode of the monitor, or smaller regions")
    if output.size_px is not None and output.size_px != monitor.size_px:
        return warning(name, found, "the monitor's mode would be changed: set size_px to the mode that it has")
    if abs(monitor.rate_hz - rate) > RATE_TOLERANCE_HZ:
        cure = (
            f"the stage has {rate:.5g} frames a second: set the display, or frame_rate_hz, to the rate of the genlock"
        )
        return warning(name, found, cure)
    return good(name, found)


def _plain(
    name: str, size: tuple[int, int], output: Output, monitor: Monitor, monitors: tuple[Monitor, ...]
) -> Finding:
    """A window without full screen, which must be on the desktop that the monitors make up."""
    left, top = output.position_px or monitor.position_px
    found = f"canvas of {size[0]} x {size[1]} px at [{left}, {top}] of the desktop"
    shown = sum(_shared_px((left, top), size, one) for one in monitors)
    if shown < size[0] * size[1]:
        share = 100.0 * (1.0 - shown / (size[0] * size[1]))
        places = "; ".join(one.words() for one in monitors)
        return failure(
            name, f"{found}: {share:.0f} % of it is on no monitor", f"correct position_px; there are {places}"
        )
    return good(name, found)


def _shared_px(corner: tuple[int, int], size: tuple[int, int], monitor: Monitor) -> int:
    """How many pixels of a window a monitor shows. Monitors that mirror each other are counted twice."""
    sides = [
        min(corner[axis] + size[axis], monitor.position_px[axis] + monitor.size_px[axis])
        - max(corner[axis], monitor.position_px[axis])
        for axis in (0, 1)
    ]
    return max(0, sides[0]) * max(0, sides[1])
