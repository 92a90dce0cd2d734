"""How panoramas are drawn: along rays, by `shaders/worlds/panorama.glsl`, in the forms of all placed pictures."""

from __future__ import annotations

import moderngl

from render.gpu.layer_source import LayerSource, TextureOf
from render.worlds.panorama.record import PanoramaPlan
from render.worlds.shared.placed import PlacedLayer
from render.worlds.shared.placed_picture import PlacedPictures


class PanoramaDrawing:
    """The drawing of panoramas, whose pictures `texture_of` gives."""

    def __init__(self, _context: moderngl.Context, texture_of: TextureOf, _plates: object) -> None:
        self._texture_of = texture_of
        self._pictures = PlacedPictures()

    def source(self, light: PanoramaPlan, layer: PlacedLayer) -> LayerSource | None:
        """What the shader needs for this panorama; None while it is not on the GPU. Its texture has mipmaps."""
        texture = self._texture_of(light.asset, light.colour_space or "")
        if texture is None:
            return None
        return self._pictures.placed(LayerSource("panorama", (), {}, {"panorama": texture}), layer, texture.size)


DRAWING = PanoramaDrawing
