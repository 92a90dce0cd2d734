"""A 3D scene all around an eye."""

from __future__ import annotations

import moderngl

from render.gpu.context import attach_cube_face


class ModelCube:
    """A cube map that a scene is drawn into face by face."""

    def __init__(self, context: moderngl.Context, face_px: int, kind: str) -> None:
        size = (face_px, face_px)
        self.texture = context.texture_cube(size, 4, dtype=kind)
        self.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self._size = context.renderbuffer(size, 4, dtype=kind)
        self._framebuffer = context.framebuffer(color_attachments=[self._size])
        self.face_px = face_px
        self.key: tuple[object, ...] = ()

    def face(self, number: int) -> moderngl.Framebuffer:
        """What is drawn into for a face."""
        attach_cube_face(self._framebuffer, self.texture, number)
        return self._framebuffer

    def clear(self) -> None:
        """Makes it show nothing."""
        for number in range(6):
            self.face(number).clear()

    def release(self) -> None:
        """Frees the graphics memory."""
        self._framebuffer.release()
        self._size.release()
        self.texture.release()
