"""Storage of frames of films in graphics memory: a texture for each plane, made before the frame comes where it can be.

It never changes its shape (`render/assets/storage.py`): a texture that levels are added to is copied by a software
renderer when it is first drawn with, which takes longer than a frame.
"""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import moderngl
import numpy as np

from render.assets.storage import (
    BYTE_PAIRS,
    BYTES,
    FINE_NUMBERS,
    HALVES,
    NUMBERS,
    WORD_PAIRS,
    WORDS,
    Storage,
    StorageAtOnce,
    StorageMaker,
    Texels,
)
from render.assets.storage_thread import storage_thread
from render.gpu.context import check_errors
from render.worlds.shared.media import MediaFacts, PlaneLevel, frame_bytes, plane_levels

_TEXELS = {
    (1, 1): BYTES,
    (2, 1): BYTE_PAIRS,
    (4, 1): NUMBERS,
    (1, 2): WORDS,
    (2, 2): WORD_PAIRS,
    (4, 2): FINE_NUMBERS,
}
"""By samples of a texel, and bytes of a sample that is a code."""
_NUMBERS = {
    "GL_RED": 0x1903,
    "GL_RG": 0x8227,
    "GL_RGBA": 0x1908,
    "GL_UNSIGNED_BYTE": 0x1401,
    "GL_UNSIGNED_SHORT": 0x1403,
    "GL_HALF_FLOAT": 0x140B,
}
"""What OpenGL's names of orders and types of samples stand for: PyOpenGL can only be asked where there is a driver."""
_GL_TEXTURE_2D = 0x0DE1
_GL_UNPACK_ALIGNMENT = 0x0CF5


class FrameShape(NamedTuple):
    """What storage of a frame is made for: columns, rows and texels of each texture; and the bytes that it takes."""

    planes: tuple[tuple[int, int, Texels], ...]
    bytes: int


class Piece(NamedTuple):
    """Whole rows of a level from row `top` on, and where their bytes lie in the frame. `place` is what OpenGL is told
    of them: level, column, row, columns, rows, and order and type of the samples.
    """

    level: PlaneLevel
    top: int
    first: int
    last: int
    place: tuple[int, ...]


def piece_of(level: PlaneLevel, top: int, rows: int) -> Piece:
    """So many rows of a level, from row `top` on."""
    row_bytes = level.columns * level.texel_bytes
    first, texels = level.offset + top * row_bytes, _texels_of(level)
    form = _NUMBERS[texels.order], _NUMBERS[texels.type]
    return Piece(level, top, first, first + rows * row_bytes, (level.level, 0, top, level.columns, rows, *form))


class FrameContent(NamedTuple):
    """The bytes of a whole frame in `memory`, at an `address` that is good for as long as that is kept."""

    memory: memoryview | bytes
    address: int


def content_of(frame: memoryview | bytes, facts: MediaFacts) -> FrameContent:
    """A frame that lies anywhere. Raises ValueError for fewer bytes than it has: the driver would read beyond them."""
    if len(frame) < frame_bytes(facts):
        raise ValueError(f"{len(frame)} bytes of a frame, expected {frame_bytes(facts)}")
    return FrameContent(frame, np.frombuffer(frame, np.uint8).ctypes.data)


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

    def write(self, context: moderngl.Context, pieces: Iterable[Piece], frame: FrameContent) -> None:
        """Writes pieces of a frame of this shape. moderngl writes to the first level alone of a texture that it did not
        make; and what it or PyOpenGL does around each call takes longer than the driver with a small level.
        """
        textures, address, write, used = self.textures(context), frame.address, _writing(), None
        _gl().glPixelStorei(_GL_UNPACK_ALIGNMENT, 1)
        for level, _, first, _, place in pieces:
            if level.texture != used:
                used = level.texture
                textures[used].use(0)
            write(_GL_TEXTURE_2D, *place, address + first)
        check_errors(context, "writing a frame of a film")


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
def _writing() -> Callable[..., None]:
    """OpenGL's own function that writes rows of a level, without PyOpenGL's around it."""
    number, name, address = ctypes.c_int, ctypes.c_uint, ctypes.c_void_p
    form = ctypes.CFUNCTYPE(None, name, number, number, number, number, number, name, name, address)
    return form(("glTexSubImage2D", _gl().glTexSubImage2D.DLL))


def _texels_of(level: PlaneLevel) -> Texels:
    return HALVES if level.are_halves else _TEXELS[level.samples, level.texel_bytes // level.samples]


@lru_cache
def shape_of(facts: MediaFacts) -> FrameShape:
    """What frames of a film need."""
    levels = plane_levels(facts)
    planes = tuple((one.columns, one.rows, _texels_of(one)) for one in levels if one.level == 0)
    return FrameShape(planes, sum(one.bytes for one in levels))


def _prepared(plane: Storage, context: moderngl.Context) -> moderngl.Texture:
    """The texture of a plane. It repeats sideways, as a picture that goes all around does.

    Of 8 bits it is mirrored at the top and bottom, which no look-up sees: a software renderer then filters in floats,
    where it would round what it filters to the bits of its samples.
    """
    if plane.texels.type != "GL_UNSIGNED_BYTE":
        return plane.texture(context)
    gl = importlib.import_module("OpenGL.GL")
    texture = plane.texture(context)
    texture.use(0)
    gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_WRAP_T, gl.GL_MIRRORED_REPEAT)
    return texture
