"""Framebuffers in which triangles are drawn before their pictures are made of them.

They have several samples a pixel, or one: then what edges go through is mended, which costs software a tenth of that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import moderngl

from render.gpu.fence import begin_drawing
from render.gpu.passes import Pass

SAMPLES = 4
"""A pixel. What lies between two of them moves an edge by a quarter of a pixel at most."""
_MOST_KEPT = 12
_SHARES_KIND = "f1"
DrawEdges = Callable[[moderngl.Framebuffer], None]
"""Draws edges into a framebuffer that has the depth of what they are edges of."""


class _Drawn(NamedTuple):
    """What is drawn into for pictures of a size, and with one sample a pixel their edges."""

    framebuffer: moderngl.Framebuffer
    edges: moderngl.Framebuffer | None = None


class Sampled:
    """One framebuffer for each size of picture, with a depth; they are used one after the other. `kind` is a type."""

    def __init__(self, context: moderngl.Context, kind: str, *, is_mended: bool = False) -> None:
        self._context = context
        self._kind = kind
        self._samples = min(SAMPLES, context.max_samples)
        self._mended = Pass(context, "models/mended.frag", textures=("picture", "shares")) if is_mended else None
        self._held: dict[tuple[int, int], _Drawn] = {}
        self._waiting: dict[tuple[int, int], moderngl.Framebuffer] = {}

    def framebuffer(self, size: tuple[int, int]) -> moderngl.Framebuffer:
        """What is drawn into for a picture of this size; its colour is anything."""
        self._mend(size)
        found = self._held.pop(size, None)
        if found is None:
            found = self._made(size)
            if len(self._held) >= _MOST_KEPT:
                _release(self._held.pop(next(iter(self._held))))
        self._held[size] = found
        return found.framebuffer

    def take(self, target: moderngl.Framebuffer, draw_edges: DrawEdges) -> None:
        """Makes the picture of `target` of what was drawn last in its size: the mean of the samples of each pixel.

        Where they have one, edges that `draw_edges` draws mend it once `finish` is called: a software renderer that
        looks into a picture waits until all is drawn, so whatever needs no picture comes before.
        """
        drawn = self._held[target.size]
        if drawn.edges is None:
            self._context.copy_framebuffer(target, drawn.framebuffer)
            return
        draw_edges(drawn.edges)
        begin_drawing()
        self._waiting[target.size] = target

    def finish(self) -> None:
        """Finishes all pictures that were taken, and has them drawn while the next pass is made ready."""
        waiting = tuple(self._waiting)
        for size in waiting:
            self._mend(size)
        if waiting:
            begin_drawing()

    def _mend(self, size: tuple[int, int]) -> None:
        target = self._waiting.pop(size, None)
        if target is None or self._mended is None:
            return
        drawn = self._held[size]
        assert drawn.edges is not None
        if target.depth_attachment is not None:
            self._context.copy_framebuffer(target, drawn.framebuffer)
        self._mended.draw(target, {}, {"picture": _texture_of(drawn.framebuffer), "shares": _texture_of(drawn.edges)})

    def _made(self, size: tuple[int, int]) -> _Drawn:
        context = self._context
        if self._mended is None:
            colour = context.renderbuffer(size, 4, samples=self._samples, dtype=self._kind)
            return _Drawn(context.framebuffer([colour], context.depth_renderbuffer(size, samples=self._samples)))
        depth = context.depth_renderbuffer(size)
        pictures = (context.texture(size, 4, dtype=kind) for kind in (self._kind, _SHARES_KIND))
        return _Drawn(*(context.framebuffer([picture], depth) for picture in pictures))


def _texture_of(framebuffer: moderngl.Framebuffer) -> moderngl.Texture:
    texture = framebuffer.color_attachments[0]
    assert isinstance(texture, moderngl.Texture)
    return texture


def _release(drawn: _Drawn) -> None:
    whole = drawn.framebuffer
    parts = [*whole.color_attachments, whole.depth_attachment]
    if drawn.edges is not None:
        parts += drawn.edges.color_attachments
        drawn.edges.release()
    whole.release()
    for part in parts:
        if part is not None:
            part.release()
