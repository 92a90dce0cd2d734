"""Storage of frames of films in graphics memory: a texture for each plane, made before the frame comes where it can be.

It never changes its shape (`render/assets/storage.py`): a texture that levels are added to is copied by a software
renderer when it is first drawn with, which takes longer than a frame.
"""

from __future__ import annotations

import ctypes
import importlib
from functools import lru_cache
from typing import Any, NamedTuple

import moderngl
import numpy as np

from render.assets.storage import (
    BYTE_PAIRS,
    BYTES,
    HALVES,
    WORD_PAIRS,
    WORDS,
    Storage,
    StorageAtOnce,
    StorageMaker,
    Texels,
)
from render.assets.storage_thread import storage_thread
from render.worlds.shared.media import MediaFacts, PlaneLevel, plane_levels

_TEXELS = {(1, 1): BYTES, (2, 1): BYTE_PAIRS, (1, 2): WORDS, (2, 2): WORD_PAIRS, (4, 2): HALVES}
"""By samples of a texel, and bytes of a sample."""


class FrameShape(NamedTuple):
    """What storage of a frame is made for: columns, rows and texels of each texture; and the bytes that it takes."""

    planes: tuple[tuple[int, int, Texels], ...]
    bytes: int


class FrameStorage:
    """Storage of one frame, perhaps still to be made."""

    def __init__(self, shape: FrameShape, planes: tuple[Storage, ...]) -> None:
        self.shape, self.planes = shape, planes
        self._textures: tuple[moderngl.Texture, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether all of it is there, or has failed."""
        return bool(self._textures) or all(plane.is_settled for plane in self.planes)

    @property
    def failure(self) -> str:
        """Why it cannot be; "" where it can."""
        return "" if self._textures else next((plane.failure for plane in self.planes if plane.failure), "")

    def wait(self) -> None:
        """Returns once it is settled."""
        for plane in self.planes:
            plane.wait()

    def textures(self, context: moderngl.Context) -> tuple[moderngl.Texture, ...]:
        """What is drawn with, once it is there."""
        if not self._textures:
            self._textures = tuple(_prepared(plane, context) for plane in self.planes)
        return self._textures

    def write(
        self, context: moderngl.Context, level: PlaneLevel, piece: memoryview | bytes, at: tuple[int, int]
    ) -> None:
        """Writes rows of a level: `at` says from which one on, and how many. moderngl writes to the first level alone
        of a texture that it did not make. PyOpenGL is given an address: what it does with an array takes five times as
        long as the driver with a small level.
        """
        (top, rows), gl = at, _gl()
        self.textures(context)[level.texture].use(0)
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
        content = np.frombuffer(piece, np.uint8)
        place = (gl.GL_TEXTURE_2D, level.level, 0, top, level.columns, rows)
        gl.glTexSubImage2D(*place, *_form(self.planes[level.texture].texels), ctypes.c_void_p(content.ctypes.data))


class FrameStorages:
    """Makes storage of frames and frees it: at once, or on a thread (`make_beside`)."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._maker: StorageMaker = StorageAtOnce(context)
        self.is_beside = False
        """Whether a thread makes it, so that nobody waits."""

    def make_beside(self) -> bool:
        """From now on a thread makes and frees it, until `close`. False where driver or context allow none."""
        thread = storage_thread(self._context)
        if thread is not None:
            self._maker, self.is_beside = thread, True
        return self.is_beside

    def close(self) -> None:
        """Ends the thread. To be called before the context is released; storage stays until then."""
        self._maker.close()
        self._maker, self.is_beside = StorageAtOnce(self._context), False

    def make(self, shape: FrameShape) -> FrameStorage:
        """Storage that will be there, or fail."""
        return FrameStorage(shape, tuple(self._maker.make(rows, columns, of) for columns, rows, of in shape.planes))

    def free(self, storage: FrameStorage) -> None:
        """Frees what nothing draws with any more."""
        for plane in storage.planes:
            self._maker.free(plane)


@lru_cache
def _gl() -> Any:
    return importlib.import_module("OpenGL.raw.GL.VERSION.GL_1_1")


@lru_cache
def _form(texels: Texels) -> tuple[int, int]:
    """How OpenGL names the order and the type of samples."""
    gl = importlib.import_module("OpenGL.GL")
    return int(getattr(gl, texels.order)), int(getattr(gl, texels.type))


@lru_cache
def shape_of(facts: MediaFacts) -> FrameShape:
    """What frames of a film need."""
    levels = plane_levels(facts)
    planes = tuple(
        (one.columns, one.rows, _TEXELS[one.samples, one.texel_bytes // one.samples])
        for one in levels
        if one.level == 0
    )
    return FrameShape(planes, sum(one.bytes for one in levels))


def _prepared(plane: Storage, context: moderngl.Context) -> moderngl.Texture:
    """The texture of a plane. It repeats sideways, as a picture that goes all around does.

    Of 8 bits it is mirrored at the top and bottom, which no look-up sees: a software renderer then filters in floats,
    where it would round what it filters to the bits of its samples.
    """
    if plane.texels not in (BYTES, BYTE_PAIRS):
        return plane.texture(context)
    gl = importlib.import_module("OpenGL.GL")
    texture = plane.texture(context)
    texture.use(0)
    gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_WRAP_T, gl.GL_MIRRORED_REPEAT)
    return texture
