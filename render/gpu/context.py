"""The graphics context and what is drawn with it: full-target shader passes, targets, readable textures."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from render.gpu.shader_source import expand
from tracking.records import ConfigError

SHADERS = Path(__file__).resolve().parents[2] / "shaders"
TEXTURE_UNITS = 8
"""Texture units that passes may use, from 0 on."""
_GL_DITHER = 0x0BD0
_GL_TEXTURE_CUBE_MAP_SEAMLESS = 0x884F

Uniform = float | int | tuple[float, ...] | list[tuple[float, ...]]
"""A number, a vector or matrix (column-major), or an array of them."""
Textures = Mapping[str, moderngl.Texture | moderngl.TextureCube]


def create_headless_context(require: int = 410) -> moderngl.Context:
    """A context without any window, on the GPU or on Mesa's software renderer.

    `require` is the least OpenGL version, 410 for 4.1 core. Raises ConfigError where no driver gives one.
    """
    settings: dict[str, Any] = {"backend": "egl", "libgl": "libGL.so.1", "libegl": "libEGL.so.1"}
    try:
        return moderngl.create_context(require=require, standalone=True, **settings)
    except Exception as error:  # glcontext raises plain Exception, whatever fails
        raise ConfigError(
            f"OpenGL: no context ({error}), expected OpenGL {require // 100}.{require // 10 % 10} through EGL, "
            "install a graphics driver or Mesa: apt-get install libegl1 libgl1 libgl1-mesa-dri"
        ) from error


def renderer_name(context: moderngl.Context) -> str:
    """The driver's own name of what draws, for reports and takes: "llvmpipe (LLVM 15.0.6, 256 bits)"."""
    return str(context.info["GL_RENDERER"])


def largest_texture_px(context: moderngl.Context) -> int:
    """The longest side that this driver's textures may have."""
    return int(context.info["GL_MAX_TEXTURE_SIZE"])


def prepare(context: moderngl.Context) -> None:
    """Puts a context into the state all drawing here expects: no blending, depth, culling, samplers or driver's dither.

    Called before every frame too: outputs draw in the same context.
    """
    context.enable_only(moderngl.NOTHING)
    context.clear_samplers(0, TEXTURE_UNITS)
    context.disable_direct(_GL_DITHER)
    context.enable_direct(_GL_TEXTURE_CUBE_MAP_SEAMLESS)


def check_errors(context: moderngl.Context, during: str) -> None:
    """Raises RuntimeError if OpenGL has an error on record: a mistake in this program, never of its user."""
    error = context.error
    if error != "GL_NO_ERROR":
        raise RuntimeError(f"{error} while {during}")


def attach_cube_face(framebuffer: moderngl.Framebuffer, cube: moderngl.TextureCube, face: int) -> None:
    """Makes one face of a cube map (0 to 5, in GL's order) what `framebuffer` draws into, and binds it.

    PyOpenGL is loaded here and not with this module: without a driver its import fails, and a context, which says so
    in words, is made first.
    """
    gl = importlib.import_module("OpenGL.GL")
    framebuffer.use()
    target = gl.GL_TEXTURE_CUBE_MAP_POSITIVE_X + face
    gl.glFramebufferTexture2D(gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, target, cube.glo, 0)


def fill_black(target: moderngl.Framebuffer, alpha: float = 0.0) -> None:
    """Makes all of `target` black: bound first, for a clear keeps to the scissor box of what was bound before."""
    target.use()
    target.clear(alpha=alpha)


class Pass:
    """One fragment shader over a whole target, with its uniforms and textures known by name.

    `defines` choose a variant of it.
    The constructor compares `uniforms` and `textures` with what the linked program has, and raises RuntimeError on
    any difference: a misspelt name shows at load, not as a wrong picture.
    """

    def __init__(
        self,
        context: moderngl.Context,
        fragment: str,
        *,
        uniforms: tuple[str, ...] = (),
        textures: tuple[str, ...] = (),
        defines: Sequence[str] = (),
    ) -> None:
        self._program = _linked(context, fragment, defines)
        found = {name for name in self._program if isinstance(self._program[name], moderngl.Uniform)}
        if found != {*uniforms, *textures}:
            raise RuntimeError(f"shaders/{fragment}: has {sorted(found)}, expected {sorted({*uniforms, *textures})}")
        self._uniforms = {name: _uniform(self._program, name) for name in uniforms}
        self._units = {name: unit for unit, name in enumerate(textures)}
        for name, unit in self._units.items():
            _uniform(self._program, name).value = unit
        self._triangle = context.vertex_array(self._program, [])

    def draw(
        self,
        target: moderngl.Framebuffer,
        values: Mapping[str, Uniform],
        textures: Textures | None = None,
    ) -> None:
        """Covers `target`. Every uniform and texture is given each time, so nothing of an earlier draw is left."""
        given = textures or {}
        for name, unit in self._units.items():
            given[name].use(unit)
        for name, uniform in self._uniforms.items():
            uniform.value = values[name]
        target.viewport = (0, 0, *target.size)  # whoever sets the context's while this is bound, changes this one's
        target.use()
        self._triangle.render(moderngl.TRIANGLES, vertices=3)


def _uniform(program: moderngl.Program, name: str) -> moderngl.Uniform:
    member = program[name]
    assert isinstance(member, moderngl.Uniform)
    return member


def _linked(context: moderngl.Context, fragment: str, defines: Sequence[str]) -> moderngl.Program:
    vertex_text, _ = expand("full_target.vert", _read_shader)
    fragment_text, names = expand(fragment, _read_shader, defines)
    try:
        return context.program(vertex_shader=vertex_text, fragment_shader=fragment_text)
    except moderngl.Error as error:
        files = ", ".join(f"{number}: {name}" for number, name in enumerate(names))
        raise RuntimeError(f"shaders/{fragment} does not compile on this driver (files {files}): {error}") from error


def _read_shader(name: str) -> str:
    return (SHADERS / name).read_text(encoding="utf-8")


class Target:
    """A texture that is drawn into. Row 0 is the picture's top. `kind` is moderngl's type: f1, f2 or f4."""

    def __init__(self, context: moderngl.Context, size: tuple[int, int], kind: str) -> None:
        self.size = size
        self.kind = kind
        self.texture = context.texture(size, 4, dtype=kind)
        self.texture.repeat_x = self.texture.repeat_y = False
        self.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self.framebuffer = context.framebuffer(color_attachments=[self.texture])
        self.framebuffer.use()

    def set_smaller_pictures(self, wanted: bool) -> None:
        """Makes the mipmaps of what was just drawn, for lookups that ask for them; or turns such lookups off."""
        if wanted:
            self.texture.build_mipmaps()
        self.texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR if wanted else moderngl.LINEAR, moderngl.LINEAR)

    def read(self) -> NDArray[np.generic]:
        """The picture as (height, width, 3), uint8 or float32. Waits for the drawing to finish."""
        width, height = self.size
        kind, number = ("f1", np.uint8) if self.kind == "f1" else ("f4", np.float32)
        pixels = self.framebuffer.read(components=3, dtype=kind, alignment=1)
        return np.frombuffer(pixels, dtype=number).reshape(height, width, 3)

    def release(self) -> None:
        """Gives the graphics memory back. Its successor is made first: moderngl binds the last used framebuffer
        again after it made one, and that must not be a released one.
        """
        self.framebuffer.release()
        self.texture.release()


def float_texture(context: moderngl.Context, picture: NDArray[np.float32]) -> moderngl.Texture:
    """A float32 texture, fetched texel by texel, of a (rows, columns, 4) array; row 0 stays row 0."""
    rows, columns = picture.shape[:2]
    texture = context.texture((columns, rows), 4, np.ascontiguousarray(picture, dtype=np.float32).tobytes(), dtype="f4")
    texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
    texture.repeat_x = texture.repeat_y = False
    return texture
