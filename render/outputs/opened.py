"""The outputs of a configuration while they are open. They own the context in which everything is drawn."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import moderngl

from calibration.walls import Wall
from render.gpu.context import create_headless_context
from render.outputs.canvas import Canvas, plan_canvas
from render.outputs.picture_files import DrawnWalls, PictureFiles
from render.outputs.records import Output
from tracking.records import ConfigError

if TYPE_CHECKING:
    from render.outputs.windows import Windows


class Outputs:
    """Windows and picture files of one stage, or nothing visible. Opened by `open_outputs`.

    `context` is the root moderngl context and stays current on the thread that opened the outputs.
    """

    def __init__(self, windows: Windows | None, files: tuple[PictureFiles, ...]) -> None:
        self._windows = windows
        self._files = files
        self.context: moderngl.Context = create_headless_context() if windows is None else windows.context

    @property
    def closed(self) -> bool:
        """Whether someone closed a window or pressed Escape, which should end the show."""
        return self._windows is not None and self._windows.closed

    @property
    def paces(self) -> bool:
        """Whether `present` waits for a display's refresh."""
        return self._windows is not None

    @property
    def dropped(self) -> int:
        """Frames that were not written to picture files because the disk was slower than the show."""
        return sum(files.dropped for files in self._files)

    @property
    def problems(self) -> tuple[str, ...]:
        """For each output that could not write, the latest reason."""
        return tuple(files.reason for files in self._files if files.failed)

    def wait_for_previous(self) -> None:
        """Waits until the GPU has finished the frame that was presented last, so that frames do not queue up there."""
        if self._windows is not None:
            self._windows.wait_for_previous()

    def present(self, walls: DrawnWalls, frame: int) -> None:
        """Shows and writes the walls as last drawn, under frame number `frame`."""
        for files in self._files:
            files.put(walls, frame)
        if self._windows is not None:
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
) -> Outputs:
    """Opens every output. With `headless` no windows; with `block` picture files wait instead of dropping frames.

    Raises ConfigError, one line, where an output cannot be opened, and leaves none open.
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
            files.append(PictureFiles(folder, _written(output, names), output.format, block=block))
        windows = _open_windows(canvases, title) if canvases and not headless else None
        return Outputs(windows, tuple(files))
    except ConfigError:
        for opened in files:
            opened.close()
        raise


def _open_windows(canvases: list[tuple[int, Output, Canvas]], title: str) -> Windows:
    """The library is imported late: a core without windows, above all a restarted one, need not wait for it."""
    module = importlib.import_module("render.outputs.windows")
    plans = tuple(module.WindowPlan(index=index, output=output, canvas=canvas) for index, output, canvas in canvases)
    windows: Windows = module.Windows(plans, title)
    return windows


def _written(output: Output, names: tuple[str, ...]) -> tuple[str, ...]:
    """The walls whose pictures an output writes: those of its regions, or all."""
    wanted = {region.wall for region in output.regions}
    return tuple(name for name in names if not wanted or name in wanted)
