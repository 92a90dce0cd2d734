"""Framebuffers with several samples a pixel, in which triangles are drawn before their pictures are made of them."""

from __future__ import annotations

import moderngl

SAMPLES = 4
"""A pixel. What lies between two of them moves an edge by a quarter of a pixel at most."""
_MOST_KEPT = 12


class Sampled:
    """One framebuffer for each size of picture, with a depth; they are used one after the other. `kind` is a type."""

    def __init__(self, context: moderngl.Context, kind: str) -> None:
        self._context = context
        self._kind = kind
        self._samples = min(SAMPLES, context.max_samples)
        self._held: dict[tuple[int, int], moderngl.Framebuffer] = {}

    def framebuffer(self, size: tuple[int, int]) -> moderngl.Framebuffer:
        """What is drawn into for a picture of this size; its colour is anything."""
        found = self._held.pop(size, None)
        if found is None:
            colour = self._context.renderbuffer(size, 4, samples=self._samples, dtype=self._kind)
            depth = self._context.depth_renderbuffer(size, samples=self._samples)
            found = self._context.framebuffer(color_attachments=[colour], depth_attachment=depth)
            if len(self._held) >= _MOST_KEPT:
                _release(self._held.pop(next(iter(self._held))))
        self._held[size] = found
        return found

    def take(self, target: moderngl.Framebuffer) -> None:
        """Makes the picture of `target` of what was drawn last in its size: the mean of the samples of each pixel."""
        self._context.copy_framebuffer(target, self._held[target.size])


def _release(framebuffer: moderngl.Framebuffer) -> None:
    parts = (*framebuffer.color_attachments, framebuffer.depth_attachment)
    framebuffer.release()
    for part in parts:
        if part is not None:
            part.release()
