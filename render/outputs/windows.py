"""Full-screen and plain windows (GLFW). The context of the first is the root, in which everything is drawn."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any, Self, cast

import glfw
import moderngl

from render.outputs.blit import CanvasBlit, Fence
from render.outputs.canvas import Canvas
from render.outputs.picture_files import DrawnWalls
from render.outputs.records import Output
from tracking.records import ConfigError

Handle = Any
"""GLFW has no types for its window and monitor pointers."""


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


class Windows:
    """All windows of this machine. `context` is the root; only its window waits for the display.

    Raises ConfigError without a display, for an unknown monitor, and for a monitor that is too small for its canvas.
    """

    def __init__(self, plans: tuple[WindowPlan, ...], title: str) -> None:
        self._errors: list[str] = []
        self._handles: list[Handle] = []
        self._in_flight: Fence | None = None
        glfw.set_error_callback(self._note_error)
        if not glfw.init():
            raise ConfigError(
                f"outputs: found no display ({self._last_error()}), expected an X11 or Wayland session; "
                "start one, or use --headless"
            )
        try:
            self._open_all(plans, title)
        except BaseException:
            self._destroy()
            raise

    def _open_all(self, plans: tuple[WindowPlan, ...], title: str) -> None:
        monitors = _monitors(plans)
        self._blits = [self._open(plan, monitor, title) for plan, monitor in zip(plans, monitors, strict=True)]
        glfw.make_context_current(self._handles[0])
        self.context = moderngl.create_context(require=410, context=cast("dict[str, Any]", _Loader()))

    def _open(self, plan: WindowPlan, monitor: Handle | None, title: str) -> CanvasBlit:
        """Opens one window in its own context, which shares the textures of the first."""
        columns, rows = plan.canvas.size_px
        _hint(plan.output)
        full = monitor if plan.output.fullscreen else None
        asked = plan.output.size_px or _screen_size(full) or plan.canvas.size_px
        share = self._handles[0] if self._handles else None
        window = glfw.create_window(*asked, f"{title} {plan.index + 1}", full, share)
        if not window:
            raise ConfigError(
                f"outputs[{plan.index}]: no window ({self._last_error()}), expected OpenGL 4.1 on this display; "
                "install its driver, or use --headless"
            )
        self._handles.append(window)
        _place(window, plan.output, monitor)
        found = glfw.get_framebuffer_size(window)
        if found[0] < columns or found[1] < rows:
            raise ConfigError(
                f"outputs[{plan.index}].size_px: found a canvas of {columns} x {rows} on a screen of "
                f"{found[0]} x {found[1]}, expected one that fits, with no desktop scaling"
            )
        glfw.make_context_current(window)
        glfw.swap_interval(1 if len(self._handles) == 1 else 0)
        return CanvasBlit(plan.canvas, found)

    @property
    def closed(self) -> bool:
        """Whether someone closed a window or pressed Escape in it."""
        return any(
            glfw.window_should_close(window) or glfw.get_key(window, glfw.KEY_ESCAPE) == glfw.PRESS
            for window in self._handles
        )

    def wait_for_previous(self) -> None:
        """Waits until the GPU has finished the frame presented last. Drivers queue several frames otherwise."""
        fence, self._in_flight = self._in_flight, None
        if fence is not None:
            fence.wait_here()
            fence.release()

    def present(self, walls: DrawnWalls) -> None:
        """Shows the walls as drawn. The pacing window comes last, since its swap waits for the display."""
        self.wait_for_previous()
        self._blits[0].draw(lambda name: walls.wall_texture(name).glo)
        if len(self._handles) > 1:
            self._present_further(walls)
        glfw.swap_buffers(self._handles[0])
        self._in_flight = Fence()
        glfw.poll_events()

    def _present_further(self, walls: DrawnWalls) -> None:
        fence = Fence()
        for window, blit in zip(self._handles[1:], self._blits[1:], strict=True):
            glfw.make_context_current(window)
            fence.wait()
            blit.draw(lambda name: walls.wall_texture(name).glo)
            glfw.swap_buffers(window)
        glfw.make_context_current(self._handles[0])
        fence.release()

    def close(self) -> None:
        """Releases the root context and closes every window."""
        glfw.make_context_current(self._handles[0])
        self.context.release()
        self._destroy()

    def _destroy(self) -> None:
        """Later windows first, because they share what the root owns."""
        for window in reversed(self._handles):
            glfw.destroy_window(window)
        self._handles.clear()
        glfw.terminate()

    def _note_error(self, code: int, text: str) -> None:
        self._errors = [*self._errors[-7:], f"{_text(text)} ({code:#x})"]

    def _last_error(self) -> str:
        return self._errors[-1] if self._errors else "GLFW gave no reason"


def _text(word: object) -> str:
    """A text of GLFW: bytes at run time, whatever its type stubs say."""
    return word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word)


def _monitors(plans: tuple[WindowPlan, ...]) -> list[Handle | None]:
    """Each window's monitor; a full-screen window that names none takes the primary one."""
    found = {_text(glfw.get_monitor_name(monitor)): monitor for monitor in glfw.get_monitors()}
    chosen: list[Handle | None] = []
    for plan in plans:
        name = plan.output.monitor
        if name is not None and name not in found:
            known = ", ".join(map(repr, found)) or "none, since no monitor is connected"
            raise ConfigError(f"outputs[{plan.index}].monitor: found {name!r}, expected one of {known}")
        if name is None:
            chosen.append(glfw.get_primary_monitor() if plan.output.fullscreen else None)
        else:
            chosen.append(found[name])
    return chosen


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
