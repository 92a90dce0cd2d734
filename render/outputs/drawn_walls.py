"""What outputs need of a renderer."""

from __future__ import annotations

from typing import Protocol

import moderngl
import numpy as np
import numpy.typing as npt


class DrawnWalls(Protocol):
    """The walls as they were last drawn; row 0 of every texture and array is the wall's top."""

    def wall_texture(self, name: str) -> moderngl.Texture:
        """What is sent to a wall: 8-bit RGBA, in the context that the outputs own."""

    def read_wall(self, name: str) -> npt.NDArray[np.uint8]:
        """What is sent to a wall: uint8 (rows, columns, 3)."""

    def read_wall_linear(self, name: str) -> npt.NDArray[np.float32]:
        """A wall's light before its colour and signal: float32 ACEScg (rows, columns, 3)."""
