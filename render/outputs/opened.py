"""All outputs of a configuration, opened: they own the context in which everything is drawn."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import moderngl

from calibration.walls import Wall
from render.gpu.context import create_headless_context
from render.outputs.canvas import Canvas, plan_canvas
from render.outputs.drawn_walls import DrawnWalls
from render.outputs.picture_files import PictureFiles
from render.outputs.records import Output
from tracking.records import ConfigError

if TYPE_CHECKING:
    from render.outputs.windows import Windows


class Outputs:
    """Windows and picture files of one stage, or nothing visible. Made by `open_outputs`.

    `context` is the root moderngl context and stays current on the thread that opened the outputs.
    """

    def __init__(self, windows: Windows | None, files: tuple[PictureFiles, ...]) -> None:
        self._windows = windows
        self._files = files
        self.context: moderngl.Context = create_headless_context() if windows is None else windows.context

    @property
    def closed(self) -> bool:
        """Somebody closed a window or pressed Escape: the show should end."""
        return self._windows is not None and self._windows.closed

    @property
    def paces(self) -> bool:
        """Whether `present` waits for a display's refresh."""
        return self._windows is not None

    @property
    def dropped(self) -> int:
        """Frames that picture files had to leave out because the disk was slower than the show."""
        return sum(files.dropped for files in self._files)

    @property
    def problems(self) -> tuple[str, ...]:
        """The newest reason of every output that could not write."""
        return tuple(files.reason for files in self._files if files.failed)

    def present(self, walls: DrawnWalls, frame: int) -> None:
        """Show and write the walls as they were last drawn, as frame number `frame`."""
        for files in self._files:
            files.put(walls, frame)
        if self._windows is not None:
            self._windows.present(walls)

    def close(self) -> None:
        """Finish the files, close the windows, release the context."""
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
    """Open every output. `headless` leaves the windows out; `block` makes picture files wait instead of drop.

    Raises ConfigError, one line, for what cannot be opened; nothing stays open then.
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
    """Imported late: what shows no window, a restarted core first of all, need not wait for the library."""
    module = importlib.import_module("render.outputs.windows")
    plans = tuple(module.WindowPlan(index=index, output=output, canvas=canvas) for index, output, canvas in canvases)
    windows: Windows = module.Windows(plans, title)
    return windows


def _written(output: Output, names: tuple[str, ...]) -> tuple[str, ...]:
    """The walls whose pictures an output writes: those of its regions, or all."""
    wanted = {region.wall for region in output.regions}
    return tuple(name for name in names if not wanted or name in wanted)
