"""Pictures that scenes are drawn into, and kept while what they follow from does not change."""

from __future__ import annotations

import moderngl

from render.gpu.context import Target

Key = tuple[object, ...]
"""What a picture was drawn of; () is nothing that is known."""


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
