"""The matrices of joints and the weights of morphs as a texture, of all models in a picture."""

from __future__ import annotations

from collections.abc import Sequence

import moderngl
import numpy as np

from render.models.gpu_parts import GpuPart
from render.models.model import Floats
from render.models.placing import PlacedModel

_WIDTH = 768
"""Texels of a row, three for a matrix; `shaders/models/bending.glsl` has the same number."""


class Bends:
    """What bends vertices. Rows are gathered with `add`, and go up with `write`."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._texture = _made(context, 1)
        self._rows: list[Floats] = []
        self._count = 0

    def clear(self) -> None:
        """Begins anew."""
        self._rows, self._count = [], 0

    def add(self, placed: PlacedModel, parts: Sequence[GpuPart]) -> list[Floats]:
        """Adds what bends a model; gives for each part (instances, 4): where joints and weights begin, how many
        morphs and vertices there are.
        """
        skins = [self._put(matrices[:, :3, :].reshape(-1, 4)) for matrices in placed.skins]
        found = []
        for part in parts:
            own = np.zeros((len(part.nodes), 4), np.float32)
            for number, (node, skin) in enumerate(zip(part.nodes, part.skins, strict=True)):
                if part.part.joints is not None and 0 <= skin < len(skins):
                    own[number, 0] = skins[skin]
                if part.part.morphs:
                    weights = _weights_of(placed, part, int(node))
                    texels = np.zeros((len(part.part.morphs), 4), np.float32)
                    texels[: len(weights), 0] = weights[: len(texels)]
                    own[number, 1:] = (self._put(texels), len(texels), len(part.part.positions))
            found.append(own)
        return found

    def write(self) -> None:
        """Uploads what was added."""
        if not self._rows:
            return
        height = -(-self._count // _WIDTH)
        if height > self._texture.height:
            before, self._texture = self._texture, _made(self._context, 1 << (height - 1).bit_length())
            before.release()
        texels = np.zeros((height * _WIDTH, 4), np.float32)
        texels[: self._count] = np.concatenate(self._rows)
        self._texture.write(texels.tobytes(), viewport=(0, 0, _WIDTH, height))

    def use(self, unit: int) -> None:
        """Binds the texture."""
        self._texture.use(unit)

    def _put(self, texels: Floats) -> int:
        first = self._count
        self._rows.append(np.asarray(texels, np.float32))
        self._count += len(texels)
        return first


def _weights_of(placed: PlacedModel, part: GpuPart, node: int) -> Sequence[float]:
    if placed.weights:
        return placed.weights[node]
    return part.weights_at_rest(node)


def _made(context: moderngl.Context, height: int) -> moderngl.Texture:
    texture = context.texture((_WIDTH, height), 4, dtype="f4")
    texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
    return texture
