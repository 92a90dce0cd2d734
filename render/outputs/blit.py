"""Copies walls' textures onto the default framebuffer of the current context, pixel for pixel."""

from __future__ import annotations

from collections.abc import Callable

from OpenGL import GL

from render.outputs.canvas import Canvas, Patch

TextureNumber = Callable[[str], int]


class CanvasBlit:
    """Draws the canvas of one window.

    Contexts share textures but not framebuffers, so an object belongs to one context, which must be current in every
    call. Raw OpenGL is used, because a second moderngl context would own what it only borrows.
    """

    def __init__(self, canvas: Canvas, window_px: tuple[int, int]) -> None:
        self._canvas = canvas
        self._rows = window_px[1]
        self._framebuffers: dict[int, int] = {}

    def draw(self, texture_of: TextureNumber) -> None:
        """Clears the canvas and copies every patch; restores the caller's framebuffer bindings."""
        reading = int(GL.glGetIntegerv(GL.GL_READ_FRAMEBUFFER_BINDING))
        drawing = int(GL.glGetIntegerv(GL.GL_DRAW_FRAMEBUFFER_BINDING))
        GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, 0)
        GL.glDisable(GL.GL_SCISSOR_TEST)
        GL.glDisable(GL.GL_FRAMEBUFFER_SRGB)
        GL.glClearColor(0.0, 0.0, 0.0, 1.0)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT)
        for patch in self._canvas.patches:
            GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, self._source(texture_of(patch.wall)))
            self._copy(patch)
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, reading)
        GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, drawing)

    def _copy(self, patch: Patch) -> None:
        """Copies one patch. Row 0 is the top of a wall but the bottom of a window, so the target is upside down."""
        left, top = patch.from_px
        columns, rows = patch.size_px
        at, below = patch.at_px[0], self._rows - patch.at_px[1]
        GL.glBlitFramebuffer(
            left,
            top,
            left + columns,
            top + rows,
            at,
            below,
            at + columns,
            below - rows,
            GL.GL_COLOR_BUFFER_BIT,
            GL.GL_NEAREST,
        )

    def _source(self, texture: int) -> int:
        """The framebuffer of this context for a wall's texture; made when it is first used."""
        if texture not in self._framebuffers:
            framebuffer = int(GL.glGenFramebuffers(1))
            GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, framebuffer)
            GL.glFramebufferTexture2D(GL.GL_READ_FRAMEBUFFER, GL.GL_COLOR_ATTACHMENT0, GL.GL_TEXTURE_2D, texture, 0)
            status = int(GL.glCheckFramebufferStatus(GL.GL_READ_FRAMEBUFFER))
            if status != int(GL.GL_FRAMEBUFFER_COMPLETE):
                raise RuntimeError(
                    f"texture {texture} cannot be read in the context of this window (status {status:#x})"
                )
            self._framebuffers[texture] = framebuffer
        return self._framebuffers[texture]
