"""What scenes are drawn into, and kept in while what they follow from stays: pictures, and cubes around an eye."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

import moderngl

from render.gpu.context import Target, attach_cube_face, fill_black

Key = tuple[object, ...]
"""What a picture was drawn of; () is nothing that is known."""
FaceKey = tuple[object, ...]
"""What a face was drawn of; () is one that shows nothing."""


class ScenePicture:
    """A picture of scenes as one view sees them, and what it was drawn of. `kind` is the type of its texture.

    With `has_depth` it keeps the depth of what is seen, from 0 at the near plane to 1 at infinity, for whoever looks
    into it from elsewhere.
    """

    def __init__(self, context: moderngl.Context, size_px: tuple[int, int], kind: str, *, has_depth: bool) -> None:
        self.target = Target(context, size_px, kind)
        self.key: Key = ()
        self.depth: moderngl.Texture | None = None
        self.framebuffer = self.target.framebuffer
        if has_depth:
            self.depth = context.depth_texture(size_px)
            self.depth.compare_func = ""
            self.depth.filter = (moderngl.NEAREST, moderngl.NEAREST)
            self.framebuffer = context.framebuffer([self.target.texture], self.depth)

    def fits(self, size_px: tuple[int, int], kind: str, *, has_depth: bool) -> bool:
        """Whether a picture of this size and type can be drawn into it."""
        return (self.target.size, self.target.kind, self.depth is not None) == (size_px, kind, has_depth)

    def release(self) -> None:
        """Frees the graphics memory."""
        if self.depth is not None:
            self.framebuffer.release()
            self.depth.release()
        self.target.release()


class ModelCube:
    """A cube map that a scene is drawn into face by face; with `has_depth` its faces share one."""

    def __init__(self, context: moderngl.Context, face_px: int, kind: str, *, has_depth: bool = False) -> None:
        size = (face_px, face_px)
        self.texture = context.texture_cube(size, 4, dtype=kind)
        self.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self._size = context.renderbuffer(size, 4, dtype=kind)
        self._depth = context.depth_renderbuffer(size) if has_depth else None
        self._faces = [context.framebuffer([self._size], self._depth) for _ in range(6)]
        for number, framebuffer in enumerate(self._faces):
            attach_cube_face(framebuffer, self.texture, number)
        self.face_px = face_px
        self.kind = kind
        self.keys: list[FaceKey | None] = [None] * 6
        self.versions = tuple(object() for _ in range(6))
        """Of each face another one where it has changed."""

    def face(self, number: int) -> moderngl.Framebuffer:
        """What is drawn into for a face."""
        return self._faces[number]

    def clear(self) -> None:
        """Makes it show nothing."""
        for number in range(6):
            fill_black(self.face(number))
            self.keys[number] = ()
        self.versions = tuple(object() for _ in range(6))

    def alike(self, keys: Sequence[FaceKey]) -> int:
        """How many faces are as these keys say."""
        return sum(map(operator.eq, self.keys, keys))

    def update(self, keys: Sequence[FaceKey], draw: Callable[[moderngl.Framebuffer, int], None]) -> None:
        """Has the faces drawn that are others by their keys; those of () are looked into by nobody."""
        versions = list(self.versions)
        for face, key in enumerate(keys):
            if self.keys[face] == key:
                continue
            if key:
                draw(self.face(face), face)
            else:
                fill_black(self.face(face))
            self.keys[face], versions[face] = key, object()
        self.versions = tuple(versions)

    def release(self) -> None:
        """Frees the graphics memory."""
        for framebuffer in self._faces:
            framebuffer.release()
        if self._depth is not None:
            self._depth.release()
        self._size.release()
        self.texture.release()
