"""Layers one behind the other: each adds its light to what those before it have left open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import moderngl

from render.compose.air import AiredLayer, AiredWorld


def blend(
    context: moderngl.Context,
    target: moderngl.Framebuffer,
    worlds: Iterable[AiredWorld],
    draw: Callable[[AiredWorld, AiredLayer], None],
) -> None:
    """Sums the light of `worlds` in `target`; `draw` adds one layer's light, its cover in alpha.

    The alpha of `target` is what is still to be filled of a world's share: each layer adds its light times that, and
    leaves less of it.
    """
    target.use()
    target.clear()
    with _behind_what_is_there(context):
        for world in worlds:
            target.color_mask = (False, False, False, True)
            target.clear(alpha=world.share)
            target.color_mask = (True, True, True, True)
            for layer in world.layers:
                draw(world, layer)


@contextmanager
def _behind_what_is_there(context: moderngl.Context) -> Iterator[None]:
    context.enable(moderngl.BLEND)
    context.blend_func = (moderngl.DST_ALPHA, moderngl.ONE, moderngl.ZERO, moderngl.ONE_MINUS_SRC_ALPHA)  # type: ignore[assignment]  # its stub knows only pairs
    try:
        yield
    finally:
        context.disable(moderngl.BLEND)
