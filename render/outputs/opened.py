"""The outputs of a configuration while they are open. They own the context in which everything is drawn."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import moderngl

from calibration.walls import Wall
from render.gpu.context import create_headless_context
from render.gpu.fence import Meanwhile
from render.outputs.canvas import Canvas, plan_canvas
from render.outputs.picture_files import DrawnWalls, PictureFiles
from render.outputs.records import Output
from tracking.records import ConfigError

if TYPE_CHECKING:
    from render.outputs.windows import Hold, MissingMonitor, Windows

LOOKS_EVERY_S = 1.0


class Outputs:
    """Windows and picture files of one stage, or nothing visible. Opened by `open_outputs`.

    `context` is the root moderngl context and stays current on the thread that opened the outputs. `no_display` says
    why there is no display although windows are configured, `missing_monitors` which windows wait for their monitors.
    """

    def __init__(self, windows: Windows | None, files: tuple[PictureFiles, ...], no_display: str = "") -> None:
        self._windows = windows
        self._files = files
        self._looked_s = 0.0
        self.no_display = no_display
        self.missing_monitors: tuple[MissingMonitor, ...] = () if windows is None else windows.missing()
        self.context: moderngl.Context = create_headless_context() if windows is None else windows.context

    @property
    def closed(self) -> bool:
        """Whether someone closed a window or pressed Escape, which should end the show."""
        return self._windows is not None and self._windows.closed

    @property
    def paces(self) -> bool:
        """Whether `present` waits for a display's refresh."""
        return self._windows is not None and self._windows.paces

    @property
    def dropped(self) -> int:
        """Frames and pictures that were not written: the disk was slower than the show, or refused them."""
        return sum(files.dropped + files.failed for files in self._files)

    @property
    def problems(self) -> tuple[str, ...]:
        """For each output that could not write, the latest reason."""
        return tuple(files.reason for files in self._files if files.failed)

    def wait_for_previous(self, meanwhile: Meanwhile | None = None) -> None:
        """Waits until the GPU has finished the frame that was presented last, so that frames do not queue up there."""
        if self._windows is not None:
            self._windows.wait_for_previous(meanwhile)

    def try_again(self, now_s: float) -> bool:
        """Looks once a second for what is missing and opens windows whose monitors have come (monotonic seconds).

        Returns True where a display has come that was missing: its windows need a context of their own, so everything
        has to be opened anew.
        """
        if now_s - self._looked_s < LOOKS_EVERY_S:
            return False
        self._looked_s = now_s
        if self._windows is not None:
            self._windows.try_again()
            self.missing_monitors = self._windows.missing()
        return bool(self.no_display) and bool(_windows_module().display_is_there())

    def present(self, walls: DrawnWalls, frame: int) -> None:
        """Shows and writes the walls as last drawn, under frame number `frame`."""
        for files in self._files:
            files.put(walls, frame)
        if self._windows is not None:
            self._windows.wait_for_previous()
            self._windows.present(walls)

    def close(self) -> None:
        """Finishes the files, closes the windows, releases the context."""
        for files in self._files:
            files.close()
        if self._windows is not None:
            self._windows.close()
        else:
            self.context.release()


def open_outputs(
    outputs: tuple[Output, ...],
    walls: tuple[Wall, ...],
    *,
    headless: bool = False,
    block: bool = False,
    title: str = "OpenStage",
    hold: Hold = "nothing",
) -> Outputs:
    """Opens every output. With `headless` no windows; with `block` picture files wait instead of dropping frames.

    Raises ConfigError, one line, where an output cannot be opened, and leaves none open. With `hold` "monitors" windows
    wait for monitors and files for their folders; with "all", for a restarted core, windows wait for a display too.
    """
    canvases = [
        (index, output, plan_canvas(index, output, walls))
        for index, output in enumerate(outputs)
        if output.kind == "window"
    ]
    folders = [(Path(output.directory), output) for output in outputs if output.kind == "file"]
    names = tuple(wall.name for wall in walls)
    files: list[PictureFiles] = []
    try:
        for folder, output in folders:
            strict = hold == "nothing"
            files.append(PictureFiles(folder, _written(output, names), output.format, block=block, strict=strict))
        windows, no_display = None, ""
        if canvases and not headless:
            windows, no_display = _open_windows(canvases, title, hold)
        return Outputs(windows, tuple(files), no_display)
    except ConfigError:
        for opened in files:
            opened.close()
        raise


def _open_windows(canvases: list[tuple[int, Output, Canvas]], title: str, hold: Hold) -> tuple[Windows | None, str]:
    """The windows, or None and why there is no display where even that is held."""
    module = _windows_module()
    plans = tuple(module.WindowPlan(index=index, output=output, canvas=canvas) for index, output, canvas in canvases)
    try:
        return module.Windows(plans, title, hold), ""
    except ConfigError as error:
        if hold != "all":
            raise
        return None, error.findings[0]


def _windows_module() -> Any:
    """The library is imported late: a core without windows, above all a restarted one, need not wait for it."""
    return importlib.import_module("render.outputs.windows")


def _written(output: Output, names: tuple[str, ...]) -> tuple[str, ...]:
    """The walls whose pictures an output writes: those of its regions, or all."""
    wanted = {region.wall for region in output.regions}
    return tuple(name for name in names if not wanted or name in wanted)
