"""The maps of a model's materials as textures: colours decoded by the hardware, all with their levels."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import moderngl
import numpy as np
from numpy.typing import NDArray

from render.assets.storage import COLOURS, FINE_NUMBERS, NUMBERS, Storage, StorageMaker, Texels
from render.models.materials import COLOUR, EMITTED, NORMAL, is_seen, maps_of
from render.models.model import Map, Model, Picture, Wrap
from render.models.texture_levels import LevelBand, level_bands, whole_bands

_TO_16_BITS = 257


class NoStorageError(Exception):
    """The driver has no memory for a texture."""


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

    def __init__(self, context: moderngl.Context, model: Model, anisotropy: float, maker: StorageMaker) -> None:
        self._context = context
        self._anisotropy = anisotropy
        self._maker = maker
        self._model = model
        self._stored: dict[_Key, Storage] = {}
        self._of_material: list[tuple[tuple[int, moderngl.Texture], ...]] = []
        self._keys = [
            [
                (unit, _key(one, unit, has_roots=material.has_roots))
                for unit, one in enumerate(maps_of(material))
                if one and is_seen(material, unit)
            ]
            for material in model.materials
        ]

    @property
    def bytes(self) -> int:
        """Graphics memory of all levels."""
        return sum(storage.bytes for storage in self._stored.values())

    def use(self, material: int) -> None:
        """Binds the maps of a material to their units."""
        for unit, texture in self._of_material[material]:
            texture.use(unit)

    def of_material(self, material: int) -> tuple[moderngl.Texture, ...]:
        """The maps of a material, in the order of their units."""
        return tuple(texture for _, texture in self._of_material[material])

    def pieces(self) -> Iterator[int]:
        """Uploads one texture after the other, all its levels in bands; gives the bytes of each, none while it waits.

        Raises NoStorageError.
        """
        textures: dict[_Key, moderngl.Texture] = {}
        for key in dict.fromkeys(key for used in self._keys for _, key in used):
            rows, columns = self._model.pictures[key.picture].codes.shape[:2]
            storage = self._stored[key] = self._maker.make(rows, columns, _texels(key))
            while not storage.is_settled:
                yield 0
            if storage.failure:
                raise NoStorageError(storage.failure)
            texture = textures[key] = self._set_up(storage.texture(self._context), key)
            for level, top, band in _bands(self._model.pictures[key.picture], is_srgb=key.is_srgb):
                codes = band.astype(np.uint16) * np.uint16(_TO_16_BITS) if key.is_fine else band
                _write(texture, level, top, codes)
                yield codes.nbytes
        self._of_material = [tuple((unit, textures[key]) for unit, key in used) for used in self._keys]

    def release(self) -> None:
        """Frees them."""
        for storage in self._stored.values():
            self._maker.free(storage)

    def _set_up(self, texture: moderngl.Texture, key: _Key) -> moderngl.Texture:
        smooth = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        texture.filter = (moderngl.NEAREST_MIPMAP_LINEAR, moderngl.NEAREST) if key.is_nearest else smooth
        if self._anisotropy > 1.0:
            texture.anisotropy = self._anisotropy
        _set_wrapping(texture, key)
        return texture


def _texels(key: _Key) -> Texels:
    """Between texels of 8 bits software has steps of 8 bits: of normals each would be seen where they mirror a sun."""
    return COLOURS if key.is_srgb else FINE_NUMBERS if key.is_fine else NUMBERS


def _write(texture: moderngl.Texture, level: int, top: int, rows: NDArray[Any]) -> None:
    """Writes rows of a level; moderngl writes only to levels that a driver has made."""
    gl = importlib.import_module("OpenGL.GL")
    texture.use(0)
    gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
    kind = gl.GL_UNSIGNED_SHORT if rows.dtype == np.uint16 else gl.GL_UNSIGNED_BYTE
    place = (level, 0, top, rows.shape[1], rows.shape[0])
    gl.glTexSubImage2D(gl.GL_TEXTURE_2D, *place, gl.GL_RGBA, kind, np.ascontiguousarray(rows))


def _bands(picture: Picture, *, is_srgb: bool) -> Iterator[LevelBand]:
    """All levels, made now only where nobody has made them before."""
    if picture.levels and picture.is_srgb == is_srgb:
        return whole_bands(picture.codes, picture.levels)
    return level_bands(picture.codes, is_srgb=is_srgb)


def _key(one: Map, unit: int, *, has_roots: bool) -> _Key:
    is_srgb = unit in {COLOUR, EMITTED} and not has_roots
    return _Key(one.picture, is_srgb, unit == NORMAL, one.wrap_u, one.wrap_v, one.is_nearest)


def _set_wrapping(texture: moderngl.Texture, key: _Key) -> None:
    texture.repeat_x, texture.repeat_y = key.wrap_u == "repeat", key.wrap_v == "repeat"
    if "mirror" in {key.wrap_u, key.wrap_v}:
        gl = importlib.import_module("OpenGL.GL")  # moderngl does not know mirrored pictures
        texture.use(0)
        for side, wrap in ((gl.GL_TEXTURE_WRAP_S, key.wrap_u), (gl.GL_TEXTURE_WRAP_T, key.wrap_v)):
            if wrap == "mirror":
                gl.glTexParameteri(gl.GL_TEXTURE_2D, side, gl.GL_MIRRORED_REPEAT)
