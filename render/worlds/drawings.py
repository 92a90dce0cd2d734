"""The drawing of any world: each kind's own drawing, found by the kind of the plan's record."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Protocol, get_args

import moderngl

from render.views.view import View
from render.worlds.kinds import WorldPlan

TextureOf = Callable[[str], moderngl.Texture | None]
"""Gives the texture of an asset by the SHA-256 of its file; None where it is not on the GPU."""


class WorldDrawing(Protocol):
    """What `Drawing` in the folder of a kind does; its constructor takes the context and a `TextureOf`."""

    def draw(self, target: moderngl.Framebuffer, view: View, world: Any) -> None:
        """Covers `target` with the light that the view sees, and in alpha with the inverse of its distance.

        `world` is the kind's own plan record. Black where an asset that it names is not on the GPU.
        """


class WorldDrawings:
    """Draws worlds of every kind in one context."""

    def __init__(self, context: moderngl.Context, texture_of: TextureOf) -> None:
        self._drawings = {record: _new_drawing(record, context, texture_of) for record in get_args(WorldPlan)}

    def draw(self, target: moderngl.Framebuffer, view: View, world: WorldPlan) -> None:
        """Covers `target` with what the view sees of the world; black where the world is not ready."""
        self._drawings[type(world)].draw(target, view, world)


def _new_drawing(record: type[WorldPlan], context: moderngl.Context, texture_of: TextureOf) -> WorldDrawing:
    """The drawing beside a kind's record. It is imported by its place: records are pure and do not know it."""
    module = importlib.import_module(f"{record.__module__.rpartition('.')[0]}.drawing")
    drawing: WorldDrawing = module.Drawing(context, texture_of)
    return drawing
