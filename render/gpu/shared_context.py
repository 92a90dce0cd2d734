"""A second OpenGL context that shares textures with the first, to be used on a thread of its own."""

from __future__ import annotations

import ctypes

_EGL_OPENGL_API = 0x30A2
_EGL_CONFIG_ID = 0x3028
_EGL_NONE = 0x3038
_VERSION = (0x3098, 4, 0x30FB, 1)
_CORE_PROFILE = (0x30FD, 1)
"""EGL 1.5, tables 3.1 and 3.4: EGL_CONTEXT_MAJOR_VERSION, MINOR_VERSION, OPENGL_PROFILE_MASK."""


class SharedContext:
    """A context without a surface. It is entered and left on one thread, and released before the first context is.

    OpenGL's objects are shared, except those that only hold others (framebuffers, vertex arrays).
    """

    def __init__(self, egl: ctypes.CDLL, display: int, context: int) -> None:
        self._egl, self._display, self._context = egl, ctypes.c_void_p(display), ctypes.c_void_p(context)

    def enter(self) -> bool:
        """Makes it current on this thread. False where the driver has no contexts without a surface."""
        self._egl.eglBindAPI(_EGL_OPENGL_API)
        return bool(self._egl.eglMakeCurrent(self._display, None, None, self._context))

    def leave(self) -> None:
        """Leaves this thread without a context."""
        self._egl.eglMakeCurrent(self._display, None, None, None)
        self._egl.eglReleaseThread()

    def release(self) -> None:
        """Ends it; a thread that is still in it keeps it until it leaves."""
        self._egl.eglDestroyContext(self._display, self._context)


def share_current() -> SharedContext | None:
    """A context that shares with the one that is current on this thread; None where that is not one of EGL.

    moderngl shares contexts too, but not on displays without surfaces.
    """
    try:
        egl = ctypes.CDLL("libEGL.so.1")
    except OSError:
        return None
    for name in ("eglGetCurrentDisplay", "eglGetCurrentContext", "eglCreateContext"):
        getattr(egl, name).restype = ctypes.c_void_p
    display, current = egl.eglGetCurrentDisplay(), egl.eglGetCurrentContext()
    config = _config_of(egl, display, current) if display and current else None
    if config is None:
        return None
    wanted = (ctypes.c_int * 7)(*_VERSION, *_CORE_PROFILE, _EGL_NONE)
    made = egl.eglCreateContext(ctypes.c_void_p(display), config, ctypes.c_void_p(current), wanted)
    return SharedContext(egl, display, made) if made else None


def _config_of(egl: ctypes.CDLL, display: int, context: int) -> ctypes.c_void_p | None:
    """The configuration that a context was made with: those that share must have the same one."""
    number, config, count = ctypes.c_int(), ctypes.c_void_p(), ctypes.c_int()
    at = ctypes.c_void_p(display)
    if not egl.eglQueryContext(at, ctypes.c_void_p(context), _EGL_CONFIG_ID, ctypes.byref(number)):
        return None
    wanted = (ctypes.c_int * 3)(_EGL_CONFIG_ID, number.value, _EGL_NONE)
    found = egl.eglChooseConfig(at, wanted, ctypes.byref(config), 1, ctypes.byref(count))
    return config if found and count.value else None
