"""Framebuffers in which triangles are drawn before their pictures are made of them.

They have several samples a pixel, or one: then what edges go through is mended, which costs software a tenth of that.
"""

from __future__ import annotations

from collections.abc import Callable

import moderngl

from render.gpu.context import Target

SAMPLES = 4
"""A pixel. What lies between two of them moves an edge by a quarter of a pixel at most."""
_MOST_KEPT = 12
Mend = Callable[[moderngl.Framebuffer, moderngl.Texture], None]
"""Mends a framebuffer of one sample a pixel, whose picture is given as a copy."""


class Sampled:
    """One framebuffer for each size of picture, with a depth; they are used one after the other. `kind` is a type."""

    def __init__(self, context: moderngl.Context, kind: str, *, is_mended: bool = False) -> None:
        self._context = context
        self._kind = kind
        self._samples = 0 if is_mended else min(SAMPLES, context.max_samples)
        self._held: dict[tuple[int, int], moderngl.Framebuffer] = {}
        self._copies: dict[tuple[int, int], Target] = {}

    def framebuffer(self, size: tuple[int, int]) -> moderngl.Framebuffer:
        """What is drawn into for a picture of this size; its colour is anything."""
        found = self._held.pop(size, None)
        if found is None:
            colour = self._context.renderbuffer(size, 4, samples=self._samples, dtype=self._kind)
            depth = self._context.depth_renderbuffer(size, samples=self._samples)
            found = self._context.framebuffer(color_attachments=[colour], depth_attachment=depth)
            if len(self._held) >= _MOST_KEPT:
                oldest = next(iter(self._held))
                _release(self._held.pop(oldest))
                copy = self._copies.pop(oldest, None)
                if copy is not None:
                    copy.release()
        self._held[size] = found
        return found

    def take(self, target: moderngl.Framebuffer, mend: Mend) -> None:
        """Makes the picture of `target` of what was drawn last in its size: the mean of the samples of each pixel.

        Where they have one, `mend` is called for its edges.
        """
        drawn = self._held[target.size]
        if not self._samples:
            copy = self._copies.get(target.size)
            if copy is None:
                copy = self._copies[target.size] = Target(self._context, target.size, self._kind)
            self._context.copy_framebuffer(copy.framebuffer, drawn)
            mend(drawn, copy.texture)
        self._context.copy_framebuffer(target, drawn)


def _release(framebuffer: moderngl.Framebuffer) -> None:
    parts = (*framebuffer.color_attachments, framebuffer.depth_attachment)
    framebuffer.release()
    for part in parts:
        if part is not None:
            part.release()
