"""Storage in graphics memory: room for one picture, or a plane of a film's frame, with its levels."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from typing import NamedTuple, Protocol

import moderngl

from render.assets.levels import level_sizes

CHANNELS = 4
"""Textures always have alpha: drivers pad three channels to four anyway, and storage fits any picture of its size."""

_OUT_OF_MEMORY = 0x0505


class Texels(NamedTuple):
    """What a texture holds: OpenGL's names of its format, of its channels and of their type; how many channels, and
    moderngl's name of their type; and the bytes of a texel.
    """

    internal: str
    order: str
    type: str
    channels: int
    kind: str
    bytes: int


HALVES = Texels("GL_RGBA16F", "GL_RGBA", "GL_HALF_FLOAT", CHANNELS, "f2", 8)
BYTES = Texels("GL_R8", "GL_RED", "GL_UNSIGNED_BYTE", 1, "f1", 1)
COLOURS = Texels("GL_SRGB8_ALPHA8", "GL_RGBA", "GL_UNSIGNED_BYTE", CHANNELS, "f1", 4)
NUMBERS = Texels("GL_RGBA8", "GL_RGBA", "GL_UNSIGNED_BYTE", CHANNELS, "f1", 4)
FINE_NUMBERS = Texels("GL_RGBA16", "GL_RGBA", "GL_UNSIGNED_SHORT", CHANNELS, "nu2", 8)
BYTE_PAIRS = Texels("GL_RG8", "GL_RG", "GL_UNSIGNED_BYTE", 2, "f1", 2)
WORD_PAIRS = Texels("GL_RG16", "GL_RG", "GL_UNSIGNED_SHORT", 2, "nu2", 4)
WORDS = Texels("GL_R16", "GL_RED", "GL_UNSIGNED_SHORT", 1, "nu2", 2)


class Storage:
    """Room for `texels` with all levels, perhaps still to be made. `failure` says why that cannot be.

    `view` is OpenGL's name of a second texture on the same memory, 0 for none.
    """

    def __init__(self, rows: int, columns: int, texels: Texels = HALVES) -> None:
        self.size = columns, rows
        self.texels = texels
        self.failure = ""
        self.view = 0
        self._name = 0
        self._texture: moderngl.Texture | None = None
        self._settled = threading.Event()

    @property
    def bytes(self) -> int:
        """Graphics memory that it takes, from when it is asked for; none if it has failed."""
        sizes = level_sizes(self.size[1], self.size[0])
        return 0 if self.failure else self.texels.bytes * sum(rows * columns for rows, columns in sizes)

    @property
    def is_settled(self) -> bool:
        """Whether it is there, or has failed."""
        return self._settled.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Returns once it is there or has failed, or after so many seconds: whether it has."""
        return self._settled.wait(seconds)

    def settle(self, name: int, failure: str = "", view: int = 0) -> None:
        """It is there under OpenGL's `name`, or has failed."""
        self._name, self.failure, self.view = name, failure, view
        self._settled.set()

    def texture(self, context: moderngl.Context, *, blends_levels: bool = True) -> moderngl.Texture:
        """What is drawn with, once it is there. It repeats sideways, as a panorama does. Between two levels it is
        blended of both, or of the nearer one.
        """
        if self._texture is None:
            texels = self.texels
            self._texture = context.external_texture(self._name, self.size, texels.channels, 0, texels.kind)
            self._texture.repeat_x, self._texture.repeat_y = True, False
        wanted = (moderngl.LINEAR_MIPMAP_LINEAR if blends_levels else moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)
        if self._texture.filter != wanted:
            self._texture.filter = wanted
        return self._texture

    def delete(self) -> None:
        """Deletes its texture in the current context. The memory stays as long as there is a `view`."""
        if self._texture is not None:
            self._texture.release()  # moderngl does not delete a texture that it did not make
        _delete_texture(self._name)
        self._name, self._texture = 0, None

    def delete_view(self) -> None:
        """Deletes the second texture in the current context."""
        _delete_texture(self.view)
        self.view = 0


class StorageMaker(Protocol):
    """Makes storage and frees it."""

    def make(self, rows: int, columns: int, texels: Texels = HALVES) -> Storage:
        """Storage that will be there, or fail."""

    def free(self, storage: Storage) -> None:
        """Frees what nothing draws with any more."""

    def close(self) -> None:
        """Ends what it needs for its work; the storage stays."""


class StorageAtOnce:
    """Makes storage when it is asked for."""

    def __init__(self, context: moderngl.Context) -> None:
        self._allocate = allocate if can_allocate(context) else _allocate_level_by_level
        self._views = can_view(context)

    def make(self, rows: int, columns: int, texels: Texels = HALVES) -> Storage:
        storage = Storage(rows, columns, texels)
        storage.settle(*made(storage, self._allocate, views=self._views))
        return storage

    def free(self, storage: Storage) -> None:
        storage.delete()
        storage.delete_view()

    def close(self) -> None:
        return


def can_allocate(context: moderngl.Context) -> bool:
    """Whether the driver makes all levels in one piece (ARB_texture_storage)."""
    return "GL_ARB_texture_storage" in context.extensions


def can_view(context: moderngl.Context) -> bool:
    """Whether textures may share memory (ARB_texture_view), which must have been made in one piece."""
    return can_allocate(context) and "GL_ARB_texture_view" in context.extensions


def made(storage: Storage, make: Callable[[Storage], None], *, views: bool) -> tuple[int, str, int]:
    """Makes storage by `make`: OpenGL's name, or 0 and why there is none, and the view's name."""
    gl = importlib.import_module("OpenGL.GL")
    name = int(gl.glGenTextures(1))
    gl.glBindTexture(gl.GL_TEXTURE_2D, name)
    try:
        make(storage)
    except (gl.GLError, MemoryError) as error:
        _delete_texture(name)
        return 0, _reason(error), 0
    gl.glBindTexture(gl.GL_TEXTURE_2D, 0)  # memory is freed only once no context has it bound
    return name, "", _view_of(name, storage) if views else 0


def allocate(storage: Storage) -> None:
    """Makes storage that never changes its shape: Mesa copies any other when it is first drawn with.

    PyOpenGL's own wrapper asks GLX for extensions, which knows nothing of other contexts.
    """
    gl = importlib.import_module("OpenGL.GL")
    raw = importlib.import_module("OpenGL.raw.GL.VERSION.GL_4_2")
    columns, rows = storage.size
    levels = len(level_sizes(rows, columns))
    raw.glTexStorage2D(gl.GL_TEXTURE_2D, levels, getattr(gl, storage.texels.internal), columns, rows)


def _allocate_level_by_level(storage: Storage) -> None:
    """The same by OpenGL 4.1 alone. Mesa makes level 0 at once, since the filter of new textures has levels."""
    gl = importlib.import_module("OpenGL.GL")
    columns, rows = storage.size
    internal, order, type_ = (getattr(gl, name) for name in storage.texels[:3])
    for level, (height, width) in enumerate(level_sizes(rows, columns)):
        gl.glTexImage2D(gl.GL_TEXTURE_2D, level, internal, width, height, 0, order, type_, None)


def _view_of(name: int, storage: Storage) -> int:
    """A second texture on the memory of one; 0 where the driver refuses that."""
    gl = importlib.import_module("OpenGL.GL")
    raw = importlib.import_module("OpenGL.raw.GL.VERSION.GL_4_3")
    view, (columns, rows) = int(gl.glGenTextures(1)), storage.size
    internal = getattr(gl, storage.texels.internal)
    try:
        raw.glTextureView(view, gl.GL_TEXTURE_2D, name, internal, 0, len(level_sizes(rows, columns)), 0, 1)
    except gl.GLError:
        _delete_texture(view)
        return 0
    return view


def _reason(error: Exception) -> str:
    code = int(getattr(error, "err", _OUT_OF_MEMORY))
    return "system_gl_out_of_memory" if code == _OUT_OF_MEMORY else f"OpenGL 0x{code:04x}"


def _delete_texture(name: int) -> None:
    if name:
        importlib.import_module("OpenGL.GL").glDeleteTextures([name])
