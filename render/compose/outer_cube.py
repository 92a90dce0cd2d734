"""The world around the outer eye as a cube map: what walls show outside every camera's view."""

from __future__ import annotations

import moderngl

from render.gpu.context import attach_cube_face
from render.views.view import cube_views
from render.worlds.drawings import WorldDrawings
from render.worlds.kinds import WorldPlan
from tracking.records import Vec3


class OuterCube:
    """A cube map of `face_px` squared faces. `kind` is the type of its texture."""

    def __init__(self, context: moderngl.Context, face_px: int, kind: str) -> None:
        self.face_px = face_px
        self.texture = context.texture_cube((face_px, face_px), 4, dtype=kind)
        self.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        # moderngl cannot attach cube faces: a framebuffer of the right size is made, then its attachment is replaced.
        self._size = context.renderbuffer((face_px, face_px), 4, dtype=kind)
        self._framebuffer = context.framebuffer(color_attachments=[self._size])
        self._framebuffer.use()

    def draw(self, worlds: WorldDrawings, eye_m: Vec3, world: WorldPlan) -> None:
        """Draws all six faces as seen from `eye_m`."""
        for face, view in enumerate(cube_views(eye_m, self.face_px)):
            attach_cube_face(self._framebuffer, self.texture, face)
            worlds.draw(self._framebuffer, view, world)

    def release(self) -> None:
        """Frees the graphics memory. Like that of targets, after the successor was made."""
        self._framebuffer.release()
        self._size.release()
        self.texture.release()
