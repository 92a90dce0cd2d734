"""Full-screen and plain windows (GLFW). The context of the first is the root, in which everything is drawn."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any, Literal, Self, cast

import glfw
import moderngl

from render.gpu.fence import Fence, Meanwhile
from render.outputs.blit import CanvasBlit
from render.outputs.canvas import Canvas
from render.outputs.picture_files import DrawnWalls
from render.outputs.records import Output
from tracking.records import ConfigError

Handle = Any
"""GLFW has no types for its window and monitor pointers."""
Hold = Literal["nothing", "monitors", "all"]
"""Which windows wait instead of being refused: none, those whose monitor is missing, or any that cannot be opened."""


@dataclass(frozen=True, kw_only=True)
class WindowPlan:
    """One window to open: its index in the configuration, its record there, and the canvas that it shows."""

    index: int
    output: Output
    canvas: Canvas


class _Loader:
    """Gives moderngl the OpenGL functions of GLFW's current context."""

    def load(self, name: str) -> int:
        return ctypes.cast(glfw.get_proc_address(name), ctypes.c_void_p).value or 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """The window's context stays current."""

    def release(self) -> None:
        """The window owns the context."""


@dataclass(frozen=True, kw_only=True)
class MissingMonitor:
    """A window that cannot be shown now: its index in the configuration, the monitor it needs, and those there are."""

    index: int
    monitor: str
    known: str


@dataclass(kw_only=True)
class _Shown:
    plan: WindowPlan
    handle: Handle
    blit: CanvasBlit
    there: bool = True


class Windows:
    """All windows of this machine. `context` is the root; only the first window waits for the display.

    Raises ConfigError without a display, for an unknown monitor, and for a monitor that is too small for its canvas.
    With `hold` "monitors" a window whose monitor is missing waits for it, with "all" any window that cannot be opened.
    A root that is not shown owns the context while there is no window.
    """

    def __init__(self, plans: tuple[WindowPlan, ...], title: str, hold: Hold = "nothing") -> None:
        self._errors: list[str] = []
        self._title = title
        self._hold = hold
        self._shown: list[_Shown] = []
        self._waiting: list[WindowPlan] = []
        self._root: Handle = None
        self._in_flight: Fence | None = None
        glfw.set_error_callback(self._note_error)
        if not glfw.init():
            raise ConfigError(
                f"outputs: found no display ({self._last_error()}), expected an X11 or Wayland session; "
                "start one, or use --headless"
            )
        try:
            self._open_all(plans)
        except BaseException:
            self._destroy()
            raise

    def _open_all(self, plans: tuple[WindowPlan, ...]) -> None:
        monitors = _present_monitors()
        for plan in plans:
            self._open_or_wait(plan, monitors)
        if self._root is None:
            self._root = self._hidden_root()
        glfw.make_context_current(self._root)
        self.context = moderngl.create_context(require=410, context=cast("dict[str, Any]", _Loader()))

    def _open_or_wait(self, plan: WindowPlan, monitors: dict[str, Handle]) -> None:
        if not _is_there(plan, monitors):
            if self._hold == "nothing":
                raise ConfigError(_unknown_monitor(plan, monitors))
            self._waiting.append(plan)
            return
        try:
            self._shown.append(self._open(plan, _monitor_of(plan, monitors)))
        except ConfigError:
            if self._hold != "all":
                raise
            self._waiting.append(plan)

    def _open(self, plan: WindowPlan, monitor: Handle | None) -> _Shown:
        """Opens one window in its own context, which shares the textures of the root."""
        columns, rows = plan.canvas.size_px
        _hint(plan.output)
        full = monitor if plan.output.fullscreen else None
        asked = plan.output.size_px or _screen_size(full) or plan.canvas.size_px
        window = glfw.create_window(*asked, f"{self._title} {plan.index + 1}", full, self._root)
        if not window:
            raise ConfigError(
                f"outputs[{plan.index}]: no window ({self._last_error()}), expected OpenGL 4.1 on this display; "
                "install its driver, or use --headless"
            )
        _place(window, plan.output, monitor)
        found = glfw.get_framebuffer_size(window)
        if found[0] < columns or found[1] < rows:
            glfw.destroy_window(window)
            raise ConfigError(
                f"outputs[{plan.index}].size_px: found a canvas of {columns} x {rows} on a screen of "
                f"{found[0]} x {found[1]}, expected one that fits, with no desktop scaling"
            )
        self._root = self._root or window
        glfw.make_context_current(window)
        glfw.swap_interval(0 if self._shown else 1)
        return _Shown(plan=plan, handle=window, blit=CanvasBlit(plan.canvas, found))

    def _hidden_root(self) -> Handle:
        _hint(Output(kind="window", fullscreen=False))
        glfw.window_hint(glfw.VISIBLE, False)
        window = glfw.create_window(16, 16, self._title, None, None)
        if not window:
            raise ConfigError(f"outputs: no OpenGL 4.1 on this display ({self._last_error()}); install its driver")
        return window

    @property
    def closed(self) -> bool:
        """Whether someone closed a window or pressed Escape in it."""
        return any(
            glfw.window_should_close(shown.handle) or glfw.get_key(shown.handle, glfw.KEY_ESCAPE) == glfw.PRESS
            for shown in self._shown
        )

    @property
    def paces(self) -> bool:
        """Whether a window is shown, for whose display `present` waits."""
        return bool(self._shown)

    def missing(self) -> tuple[MissingMonitor, ...]:
        """The windows whose monitors are missing now."""
        known = ", ".join(map(repr, _present_monitors())) or "none"
        away = [*self._waiting, *(shown.plan for shown in self._shown if not shown.there)]
        return tuple(
            MissingMonitor(index=plan.index, monitor=plan.output.monitor or "of any name", known=known) for plan in away
        )

    def try_again(self) -> None:
        """Opens windows whose monitors have come, and moves those back whose monitors were away."""
        monitors = _present_monitors()
        for shown in self._shown:
            there = shown.plan.output.monitor is None or _is_there(shown.plan, monitors)
            if there and not shown.there:
                _move_back(shown, _monitor_of(shown.plan, monitors))
            shown.there = there
        waiting, self._waiting = self._waiting, []
        held, self._hold = self._hold, "all"
        for plan in waiting:
            self._open_or_wait(plan, monitors)
        self._hold = held
        glfw.make_context_current(self._root)

    def wait_for_previous(self, meanwhile: Meanwhile | None = None) -> None:
        """Waits until the GPU has finished the frame presented last. Drivers queue several frames otherwise."""
        if self._in_flight is not None:
            self._in_flight.wait_here(meanwhile)
        self._in_flight = None

    def present(self, walls: DrawnWalls) -> None:
        """Shows the walls as drawn. The pacing window comes last, since its swap waits for the display."""
        if self._shown and self._shown[0].handle == self._root:
            self._shown[0].blit.draw(lambda name: walls.wall_texture(name).glo)
            if len(self._shown) > 1:
                self._present_further(self._shown[1:], walls)
            glfw.swap_buffers(self._root)
        elif self._shown:
            self._present_further([*self._shown[1:], self._shown[0]], walls)
        self._in_flight = Fence()
        glfw.poll_events()

    def _present_further(self, windows: list[_Shown], walls: DrawnWalls) -> None:
        fence = Fence()
        for shown in windows:
            glfw.make_context_current(shown.handle)
            fence.wait()
            shown.blit.draw(lambda name: walls.wall_texture(name).glo)
            glfw.swap_buffers(shown.handle)
        glfw.make_context_current(self._root)
        fence.release()

    def close(self) -> None:
        """Releases the root context and closes every window."""
        glfw.make_context_current(self._root)
        self.context.release()
        self._destroy()

    def _destroy(self) -> None:
        """Later windows first, because they share what the root owns."""
        for shown in reversed(self._shown):
            if shown.handle != self._root:
                glfw.destroy_window(shown.handle)
        if self._root is not None:
            glfw.destroy_window(self._root)
        self._shown.clear()
        self._root = None
        glfw.terminate()

    def _note_error(self, code: int, text: str) -> None:
        self._errors = [*self._errors[-7:], f"{_text(text)} ({code:#x})"]

    def _last_error(self) -> str:
        return self._errors[-1] if self._errors else "GLFW gave no reason"


def display_is_there() -> bool:
    """Whether a display can be reached now. Only to be called where no window is open."""
    if not glfw.init():
        return False
    glfw.terminate()
    return True


def _text(word: object) -> str:
    """A text of GLFW: bytes at run time, whatever its type stubs say."""
    return word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word)


def _present_monitors() -> dict[str, Handle]:
    """The connected monitors by name."""
    return {_text(glfw.get_monitor_name(monitor)): monitor for monitor in glfw.get_monitors()}


def _is_there(plan: WindowPlan, monitors: dict[str, Handle]) -> bool:
    """Whether the monitor that a window needs is connected; a plain window that names none needs none."""
    wanted = plan.output.monitor
    return wanted in monitors if wanted is not None else bool(monitors) or not plan.output.fullscreen


def _monitor_of(plan: WindowPlan, monitors: dict[str, Handle]) -> Handle | None:
    """A window's monitor; a full-screen window that names none takes the primary one."""
    if plan.output.monitor is not None:
        return monitors[plan.output.monitor]
    return glfw.get_primary_monitor() if plan.output.fullscreen else None


def _unknown_monitor(plan: WindowPlan, monitors: dict[str, Handle]) -> str:
    known = ", ".join(map(repr, monitors)) or "none, since no monitor is connected"
    return f"outputs[{plan.index}].monitor: found {plan.output.monitor!r}, expected one of {known}"


def _move_back(shown: _Shown, monitor: Handle | None) -> None:
    """Puts a window where it was before its monitor was away: the desktop has moved it to another."""
    if shown.plan.output.fullscreen and monitor is not None:
        columns, rows = _screen_size(monitor) or shown.plan.canvas.size_px
        glfw.set_window_monitor(shown.handle, monitor, 0, 0, columns, rows, glfw.DONT_CARE)
    else:
        _place(shown.handle, shown.plan.output, monitor)


def _screen_size(monitor: Handle | None) -> tuple[int, int] | None:
    """The size of the monitor's present mode, which a full-screen window keeps unless `size_px` sets another."""
    if monitor is None:
        return None
    mode = glfw.get_video_mode(monitor)
    return mode.size.width, mode.size.height


def _hint(output: Output) -> None:
    glfw.default_window_hints()
    for hint, value in (
        (glfw.CONTEXT_CREATION_API, glfw.EGL_CONTEXT_API),
        (glfw.CONTEXT_VERSION_MAJOR, 4),
        (glfw.CONTEXT_VERSION_MINOR, 1),
        (glfw.OPENGL_PROFILE, glfw.OPENGL_CORE_PROFILE),
        (glfw.OPENGL_FORWARD_COMPAT, True),
        (glfw.RED_BITS, 8),
        (glfw.GREEN_BITS, 8),
        (glfw.BLUE_BITS, 8),
        (glfw.DEPTH_BITS, 0),
        (glfw.STENCIL_BITS, 0),
        (glfw.SAMPLES, 0),
        (glfw.RESIZABLE, False),
        (glfw.AUTO_ICONIFY, False),
        (glfw.DECORATED, output.position_px is None),
    ):
        glfw.window_hint(hint, value)


def _place(window: Handle, output: Output, monitor: Handle | None) -> None:
    """Moves a plain window to its monitor or its place on the desktop, and hides the pointer on walls."""
    if not output.fullscreen and output.position_px is not None:
        glfw.set_window_pos(window, *output.position_px)
    elif not output.fullscreen and monitor is not None:
        glfw.set_window_pos(window, *glfw.get_monitor_pos(monitor))
    if output.fullscreen or output.position_px is not None:
        glfw.set_input_mode(window, glfw.CURSOR, glfw.CURSOR_HIDDEN)
    glfw.set_input_mode(window, glfw.STICKY_KEYS, glfw.TRUE)
