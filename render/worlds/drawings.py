"""The drawing of any world, into a view or into a cube map around an eye: by each kind's own drawing."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Protocol, get_args

import moderngl

from render.gpu.context import attach_cube_face
from render.views.view import View, cube_views
from render.worlds.kinds import LightPlan
from render.worlds.on_air import AirPlan
from tracking.records import Vec3

TextureOf = Callable[[str, str], moderngl.Texture | None]
"""Gives the texture of a picture by the SHA-256 of its file and its colour space; None where it is not on the GPU."""


class WorldDrawing(Protocol):
    """What `Drawing` in the folder of a kind does; its constructor takes the context and a `TextureOf`."""

    def draw(self, target: moderngl.Framebuffer, view: View, light: Any) -> None:
        """Covers `target` with the light that the view sees, and in alpha with the inverse of its distance.

        `light` is the kind's own plan record. Black where an asset that it names is not on the GPU.
        """


class WorldDrawings:
    """Draws worlds of every kind in one context."""

    def __init__(self, context: moderngl.Context, texture_of: TextureOf) -> None:
        self._drawings = {record: _new_drawing(record, context, texture_of) for record in get_args(LightPlan)}

    def draw(self, target: moderngl.Framebuffer, view: View, air: AirPlan) -> None:
        """Covers `target` with what the view sees of the world; black where the world is not ready."""
        light = air.world.layers[0].light
        self._drawings[type(light)].draw(target, view, light)


class OuterCube:
    """The world around the outer eye as a cube map of `face_px` squared faces. `kind` is the type of its texture."""

    def __init__(self, context: moderngl.Context, face_px: int, kind: str) -> None:
        self.face_px = face_px
        self.texture = context.texture_cube((face_px, face_px), 4, dtype=kind)
        self.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        # moderngl cannot attach cube faces: a framebuffer of the right size is made, then its attachment is replaced.
        self._size = context.renderbuffer((face_px, face_px), 4, dtype=kind)
        self._framebuffer = context.framebuffer(color_attachments=[self._size])
        self._framebuffer.use()

    def draw(self, worlds: WorldDrawings, eye_m: Vec3, air: AirPlan) -> None:
        """Draws all six faces as seen from `eye_m`."""
        for face, view in enumerate(cube_views(eye_m, self.face_px)):
            attach_cube_face(self._framebuffer, self.texture, face)
            worlds.draw(self._framebuffer, view, air)

    def release(self) -> None:
        """Frees the graphics memory. Like that of targets, after the successor was made."""
        self._framebuffer.release()
        self._size.release()
        self.texture.release()


def _new_drawing(record: type[LightPlan], context: moderngl.Context, texture_of: TextureOf) -> WorldDrawing:
    """The drawing beside a kind's record. It is imported by its place: records are pure and do not know it."""
    module = importlib.import_module(f"{record.__module__.rpartition('.')[0]}.drawing")
    drawing: WorldDrawing = module.Drawing(context, texture_of)
    return drawing
