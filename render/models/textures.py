"""The maps of a model's materials as textures: colours decoded by the hardware, all with their levels."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import NamedTuple

import moderngl
import numpy as np

from render.assets.levels import level_sizes
from render.models.materials import maps_of
from render.models.model import Map, Material, Model, Wrap
from render.models.texture_levels import level_bands

_GL_SRGB8_ALPHA8 = 0x8C43
_COLOUR, _NORMAL, _EMITTED = 0, 2, 4
"""The places of maps among those of a material. The first and the last hold colours."""
_TO_16_BITS = 257


class _Key(NamedTuple):
    """What one texture serves: OpenGL keeps wrapping and filtering with it."""

    picture: int
    is_srgb: bool
    is_fine: bool
    wrap_u: Wrap
    wrap_v: Wrap
    is_nearest: bool


class ModelTextures:
    """All textures of a model, each made once however many maps use it."""

    def __init__(self, context: moderngl.Context, model: Model, anisotropy: float) -> None:
        self._model = model
        self._textures: dict[_Key, moderngl.Texture] = {}
        self._of_material: list[tuple[tuple[int, moderngl.Texture], ...]] = []
        for material in model.materials:
            used = []
            for unit, one in enumerate(maps_of(material)):
                if one is not None and _is_seen(material, unit):
                    key = _key(one, unit)
                    if key not in self._textures:
                        self._textures[key] = self._made(context, key, anisotropy)
                    used.append((unit, self._textures[key]))
            self._of_material.append(tuple(used))

    @property
    def bytes(self) -> int:
        """Graphics memory of all levels."""
        found = ((self._model.pictures[key.picture].codes.shape[:2], 8 if key.is_fine else 4) for key in self._textures)
        return sum(texel * rows * columns for size, texel in found for rows, columns in level_sizes(*size))

    def use(self, material: int) -> None:
        """Binds the maps of a material to their units."""
        for unit, texture in self._of_material[material]:
            texture.use(unit)

    def pieces(self) -> Iterator[int]:
        """Uploads all levels in bands; gives the bytes of each."""
        for key, texture in self._textures.items():
            codes = self._model.pictures[key.picture].codes
            sizes = level_sizes(*codes.shape[:2])
            for level, top, band in level_bands(codes, is_srgb=key.is_srgb):
                rows = band.astype(np.uint16) * np.uint16(_TO_16_BITS) if key.is_fine else band
                texture.write(rows.tobytes(), viewport=(0, top, sizes[level][1], len(rows)), level=level, alignment=1)
                yield rows.nbytes

    def release(self) -> None:
        """Frees them."""
        for texture in self._textures.values():
            texture.release()

    def _made(self, context: moderngl.Context, key: _Key, anisotropy: float) -> moderngl.Texture:
        rows, columns = self._model.pictures[key.picture].codes.shape[:2]
        # moderngl has no name for this: the number of OpenGL's format goes in by itself.
        held = _GL_SRGB8_ALPHA8 if key.is_srgb else None
        # Between texels of 8 bits software has steps of 8 bits: of normals each would be seen where they mirror a sun.
        texture = context.texture((columns, rows), 4, dtype="nu2" if key.is_fine else "f1", internal_format=held)
        texture.build_mipmaps()  # makes room for all levels
        smooth = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        texture.filter = (moderngl.NEAREST_MIPMAP_LINEAR, moderngl.NEAREST) if key.is_nearest else smooth
        if anisotropy > 1.0:
            texture.anisotropy = anisotropy
        _set_wrapping(texture, key)
        return texture


def _is_seen(material: Material, unit: int) -> bool:
    return unit == _COLOUR or not material.is_unlit


def _key(one: Map, unit: int) -> _Key:
    return _Key(one.picture, unit in {_COLOUR, _EMITTED}, unit == _NORMAL, one.wrap_u, one.wrap_v, one.is_nearest)


def _set_wrapping(texture: moderngl.Texture, key: _Key) -> None:
    texture.repeat_x, texture.repeat_y = key.wrap_u == "repeat", key.wrap_v == "repeat"
    if "mirror" in {key.wrap_u, key.wrap_v}:
        gl = importlib.import_module("OpenGL.GL")  # moderngl does not know mirrored pictures
        texture.use(0)
        for side, wrap in ((gl.GL_TEXTURE_WRAP_S, key.wrap_u), (gl.GL_TEXTURE_WRAP_T, key.wrap_v)):
            if wrap == "mirror":
                gl.glTexParameteri(gl.GL_TEXTURE_2D, side, gl.GL_MIRRORED_REPEAT)
