"""The graphics context, the state that drawing expects of it, and the textures that are drawn into or fetched from."""

from __future__ import annotations

import importlib
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from tracking.records import ConfigError

SOFTWARE_RENDERERS = ("llvmpipe", "softpipe", "swrast")
"""Words in the names of renderers that are programs."""
TEXTURE_UNITS = 16
"""Texture units that passes may use, from 0 on."""
_GL_DITHER = 0x0BD0
_NO_DIFFERENCE = 128.0 / 255.0
"""The colour differences of black in pairs."""
_GL_TEXTURE_CUBE_MAP_SEAMLESS = 0x884F


def create_headless_context(require: int = 410) -> moderngl.Context:
    """A context without any window, on the GPU or on Mesa's software renderer.

    `require` is the lowest OpenGL version, 410 for 4.1 core. Raises ConfigError where no driver provides it.
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
    """The driver's own name of the device that draws: "llvmpipe (LLVM 15.0.6, 256 bits)". Reports and takes give it."""
    return str(context.info["GL_RENDERER"])


def draws_in_software(context: moderngl.Context) -> bool:
    """Whether the processor draws in place of a GPU: what is drawn is in its memory already."""
    return any(word in renderer_name(context) for word in SOFTWARE_RENDERERS)


def largest_texture_px(context: moderngl.Context) -> int:
    """The longest side that textures may have on this driver."""
    return int(context.info["GL_MAX_TEXTURE_SIZE"])


def prepare(context: moderngl.Context) -> None:
    """Sets the state that all drawing here expects: no blending, depth test, culling, samplers or driver's dither.

    Called before every frame too, since outputs draw in the same context.
    """
    context.enable_only(moderngl.NOTHING)
    context.clear_samplers(0, TEXTURE_UNITS)
    context.disable_direct(_GL_DITHER)
    context.enable_direct(_GL_TEXTURE_CUBE_MAP_SEAMLESS)


def check_errors(context: moderngl.Context, during: str) -> None:
    """Raises RuntimeError if OpenGL has recorded an error: a fault of this program, never of its user."""
    error = context.error
    if error != "GL_NO_ERROR":
        raise RuntimeError(f"{error} while {during}")


def attach_cube_face(framebuffer: moderngl.Framebuffer, cube: moderngl.TextureCube, face: int) -> None:
    """Makes `framebuffer` draw into one face of a cube map (0 to 5, in GL's order), and binds it.

    PyOpenGL is loaded here and not with this module: its import fails without a driver, and making a context, which
    comes first, reports that in words.
    """
    gl = importlib.import_module("OpenGL.GL")
    framebuffer.use()
    target = gl.GL_TEXTURE_CUBE_MAP_POSITIVE_X + face
    gl.glFramebufferTexture2D(gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, target, cube.glo, 0)


def fill_black(target: moderngl.Framebuffer, alpha: float = 0.0, *, in_pairs: bool = False) -> None:
    """Makes all of `target` black. It is bound first, because a clear keeps to the scissor box of what is bound."""
    target.use()
    target.clear(0.0, _NO_DIFFERENCE if in_pairs else 0.0, 0.0, alpha)


class Target:
    """A texture to draw into. Row 0 is the top of the picture. `kind` is moderngl's type: f1, f2 or f4. A texel is
    light, or a code, with alpha; `in_pairs` it is one of a screen picture in pairs (`shaders/common/shown.glsl`).
    """

    def __init__(self, context: moderngl.Context, size: tuple[int, int], kind: str, *, in_pairs: bool = False) -> None:
        self.size = size
        self.kind = kind
        self.in_pairs = in_pairs
        self.texture = context.texture(size, 2 if in_pairs else 4, dtype=kind)
        self.texture.repeat_x = self.texture.repeat_y = False
        self.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self.framebuffer = context.framebuffer(color_attachments=[self.texture])
        self.framebuffer.use()
        self._context = context
        self._with_depth: moderngl.Framebuffer | None = None
        self._beside: tuple[Target, moderngl.Framebuffer] | None = None

    def with_depth(self) -> moderngl.Framebuffer:
        """The same texture to draw into with a depth for each pixel; made when it is first asked for."""
        if self._with_depth is None:
            depth = self._context.depth_renderbuffer(self.size)
            self._with_depth = self._context.framebuffer(color_attachments=[self.texture], depth_attachment=depth)
        return self._with_depth

    def with_depth_of(self, other: Target) -> moderngl.Framebuffer:
        """The same texture to draw into where the depth of another target, which stays, lets it through."""
        if self._beside is None or self._beside[0] is not other:
            before, depth = self._beside, other.with_depth().depth_attachment
            framebuffer = self._context.framebuffer(color_attachments=[self.texture], depth_attachment=depth)
            framebuffer.depth_mask = False
            self._beside = other, framebuffer
            if before is not None:
                before[1].release()
        return self._beside[1]

    def set_smaller_pictures(self, wanted: bool) -> None:
        """Makes mipmaps of what was just drawn for lookups that use them, or turns such lookups off."""
        if wanted:
            self.texture.build_mipmaps()
        self.texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR if wanted else moderngl.LINEAR, moderngl.LINEAR)

    def read(self) -> NDArray[np.generic]:
        """The picture as (height, width, 3), uint8 or float32. Waits until it is drawn."""
        width, height = self.size
        kind, number = ("f1", np.uint8) if self.kind == "f1" else ("f4", np.float32)
        pixels = self.framebuffer.read(components=3, dtype=kind, alignment=1)
        return np.frombuffer(pixels, dtype=number).reshape(height, width, 3)

    def release(self) -> None:
        """Frees the graphics memory. Make the successor first: after making a framebuffer, moderngl binds the one that
        was used last again, and that must not be a released one.
        """
        if self._beside is not None:
            self._beside[1].release()
        if self._with_depth is not None:
            depth = self._with_depth.depth_attachment
            self._with_depth.release()
            if depth is not None:
                depth.release()
        self.framebuffer.release()
        self.texture.release()


def float_texture(context: moderngl.Context, picture: NDArray[np.float32]) -> moderngl.Texture:
    """A float32 texture of a (rows, columns, 4) array, to be fetched texel by texel; row 0 stays row 0."""
    rows, columns = picture.shape[:2]
    texture = context.texture((columns, rows), 4, np.ascontiguousarray(picture, dtype=np.float32).tobytes(), dtype="f4")
    texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
    texture.repeat_x = texture.repeat_y = False
    return texture


def tile_texture(context: moderngl.Context, tile: NDArray[np.uint8]) -> moderngl.Texture:
    """A texture of (rows, columns, 4) that repeats both ways, with its smaller pictures.

    The nearest of those is read: in software two cost twice as much, and what repeats is so fine that no step shows.
    """
    rows, columns = tile.shape[:2]
    texture = context.texture((columns, rows), 4, np.ascontiguousarray(tile).tobytes())
    _write_smaller(texture, tile)
    texture.filter = (moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)
    return texture


def stand_in_picture(
    context: moderngl.Context, size: tuple[int, int] = (16, 8), *, blends_levels: bool = True
) -> moderngl.Texture:
    """A small black texture of the form of any panorama's, or depth map's, whose levels are not blended, so that
    shaders can be built before there is one.
    """
    texture = context.texture(size, 4, bytes(size[0] * size[1] * 8), dtype="f2")
    texture.repeat_x, texture.repeat_y = True, False
    _write_smaller(texture, np.zeros((size[1], size[0], 4), np.float16))
    texture.filter = (
        moderngl.LINEAR_MIPMAP_LINEAR if blends_levels else moderngl.LINEAR_MIPMAP_NEAREST,
        moderngl.LINEAR,
    )
    return texture


def _write_smaller(texture: moderngl.Texture, picture: NDArray[np.uint8 | np.float16]) -> None:
    """Writes the smaller pictures of one whose sides are powers of two, (rows, columns, 4), as means of four texels.

    In software the driver builds a shader for them in each process, which takes longer than all the tiles do.
    """
    gl = importlib.import_module("OpenGL.GL")
    is_bytes = picture.dtype == np.uint8
    internal, kind = (gl.GL_RGBA8, gl.GL_UNSIGNED_BYTE) if is_bytes else (gl.GL_RGBA16F, gl.GL_HALF_FLOAT)
    means, level = picture.astype(np.float32), 0
    texture.use(0)
    while max(means.shape[:2]) > 1:
        means = means if len(means) == 1 else 0.5 * (means[::2] + means[1::2])
        means = means if means.shape[1] == 1 else 0.5 * (means[:, ::2] + means[:, 1::2])
        level, (rows, columns) = level + 1, means.shape[:2]
        codes = (np.rint(means) if is_bytes else means).astype(picture.dtype)
        gl.glTexImage2D(gl.GL_TEXTURE_2D, level, internal, columns, rows, 0, gl.GL_RGBA, kind, codes.tobytes())
