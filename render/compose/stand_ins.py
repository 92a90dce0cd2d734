"""What stands in for assets while shaders are built before a show: small, black, and of the same forms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import moderngl

from render.assets.plate_stand_ins import StandInPlates
from render.assets.plate_textures import PlateTextures
from render.compose.model_pictures import ModelPictures
from render.gpu.context import stand_in_picture
from render.worlds.drawings import WorldDrawings


@contextmanager
def standing_in(
    context: moderngl.Context, worlds: WorldDrawings, plates: PlateTextures, scenes: ModelPictures
) -> Iterator[None]:
    """Has the drawings of worlds draw with stand-ins for pictures, films and 3D scenes, whichever they name."""
    stand_in, before = stand_in_picture(context), (worlds.texture_of, worlds.plates)
    worlds.texture_of, worlds.plates = (lambda _asset, _colour_space: stand_in), StandInPlates(plates)
    scenes.stands_in = True
    try:
        yield
    finally:
        worlds.texture_of, worlds.plates = before
        scenes.stands_in = False
        stand_in.release()
