"""A camera's inner picture for screens: the look over it, in sRGB, as bright as the walls' signal."""

from __future__ import annotations

import moderngl
import numpy as np
from numpy.typing import NDArray

from render.colour.matrices import Matrix, column_major
from render.gpu.context import Pass, Target


class InnerPreview:
    """Draws inner pictures once more, in 8 bits, only when someone looks on."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._pass = Pass(context, "preview.frag", uniforms=("signal_from_world",), textures=("picture",))
        self._target: Target | None = None

    def read(self, picture: Target, signal_from_world: Matrix) -> NDArray[np.uint8]:
        """The picture as sRGB codes, uint8 (rows, columns, 3), row 0 the top."""
        target = self._fitting(picture.size)
        values = {"signal_from_world": column_major(signal_from_world)}
        self._pass.draw(target.framebuffer, values, {"picture": picture.texture})
        return target.read().astype(np.uint8, copy=False)

    def _fitting(self, size: tuple[int, int]) -> Target:
        if self._target is None or self._target.size != size:
            before, self._target = self._target, Target(self._context, size, "f1")
            if before is not None:
                before.release()
        return self._target
