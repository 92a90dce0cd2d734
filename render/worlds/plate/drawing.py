"""How films are drawn: not yet, so they are black like a picture that is not on the GPU."""

from __future__ import annotations

import moderngl

from render.gpu.layer_source import LayerSource, TextureOf
from render.worlds.plate.record import PlatePlan
from render.worlds.shared.placed import PlacedLayer


class PlateDrawing:
    """The drawing of films."""

    def __init__(self, _context: moderngl.Context, _texture_of: TextureOf) -> None:
        pass

    def source(self, _light: PlatePlan, _layer: PlacedLayer) -> LayerSource | None:
        """What the shader needs: nothing that there is."""
        return None


DRAWING = PlateDrawing
