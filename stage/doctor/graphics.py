"""Prints what draws on this machine, as JSON. Run apart (`python -m stage.doctor.graphics`): drivers may crash."""

from __future__ import annotations

import json

import glfw

from render.gpu.context import create_headless_context
from tracking.records import ConfigError


def drawing() -> dict[str, str]:
    """Renderer, vendor and version of OpenGL through EGL, or the error in one line."""
    try:
        context = create_headless_context()
    except ConfigError as error:
        return {"error": str(error)}
    info = context.info
    return {"renderer": info["GL_RENDERER"], "vendor": info["GL_VENDOR"], "version": info["GL_VERSION"]}


def monitors() -> list[str]:
    """Names and sizes of the monitors that windows can be opened on; empty without a display."""
    if not glfw.init():
        return []
    found = []
    for monitor in glfw.get_monitors():
        mode = glfw.get_video_mode(monitor)
        name = glfw.get_monitor_name(monitor)
        name = name.decode(errors="replace") if isinstance(name, bytes) else name
        found.append(f"{name} {mode.size.width}x{mode.size.height} at {mode.refresh_rate} Hz")
    glfw.terminate()
    return found


if __name__ == "__main__":
    print(json.dumps({"drawing": drawing(), "monitors": monitors()}))
