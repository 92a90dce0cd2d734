"""Light from all around for the full tier: blurred for every roughness, and as irradiance, from a cube map."""

from __future__ import annotations

import importlib
from functools import cache

import moderngl
import numpy as np
from numpy.typing import NDArray

from render.gpu.passes import Pass

_MIRRORED_PX = 32
_LEVELS = 6
"""Of roughness from 0 to 1, each with half the side of the one before."""
_IRRADIANCE_PX = 16
_SPLIT_SIDE = 32
_SPLIT_DIRECTIONS = 512


class LightAround:
    """Cube maps of the light around a place, made of a cube map that somebody has drawn. Directions are the stage's.

    `update` costs some milliseconds on a GPU and much more in software, where the low tier does without.
    """

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self.mirrored = _cube(context, _MIRRORED_PX, levels=True)
        self.irradiance = _cube(context, _IRRADIANCE_PX, levels=False)
        self.split_sums = _split_texture(context)
        self.levels = _LEVELS - 1
        names = ("face", "face_px", "source_px", "roughness")
        self._blur = Pass(context, "models/blurred.frag", uniforms=names, textures=("around",))
        names = ("face", "face_px", "source_px", "source_level")
        self._gather = Pass(context, "models/gathered.frag", uniforms=names, textures=("around",))
        self._sizes: dict[int, moderngl.Framebuffer] = {}

    def update(self, around: moderngl.TextureCube) -> None:
        """Makes both maps anew of a float cube map; its smaller levels are made here."""
        around.build_mipmaps()
        around.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        side = around.size[0]
        for level in range(_LEVELS):
            face_px = _MIRRORED_PX >> level
            values = {"face_px": float(face_px), "source_px": float(side), "roughness": level / (_LEVELS - 1)}
            for face in range(6):
                target = self._attached(self.mirrored, face, level, face_px)
                self._blur.draw(target, {**values, "face": face}, {"around": around})
        coarse = max(0, int(np.log2(side / 32))) if side > 32 else 0
        for face in range(6):
            target = self._attached(self.irradiance, face, 0, _IRRADIANCE_PX)
            values = {"face_px": float(_IRRADIANCE_PX), "source_px": side >> coarse, "source_level": float(coarse)}
            self._gather.draw(target, {**values, "face": face}, {"around": around})

    def release(self) -> None:
        """Frees its graphics memory."""
        for framebuffer in self._sizes.values():
            framebuffer.release()
        self.split_sums.release()
        self.mirrored.release()
        self.irradiance.release()

    def _attached(self, cube: moderngl.TextureCube, face: int, level: int, face_px: int) -> moderngl.Framebuffer:
        """A framebuffer that draws into a level of a face; moderngl attaches none, so OpenGL is asked itself."""
        if face_px not in self._sizes:
            size = self._context.renderbuffer((face_px, face_px), 4, dtype="f4")
            self._sizes[face_px] = self._context.framebuffer(color_attachments=[size])
        framebuffer = self._sizes[face_px]
        framebuffer.use()
        gl = importlib.import_module("OpenGL.GL")
        target = gl.GL_TEXTURE_CUBE_MAP_POSITIVE_X + face
        gl.glFramebufferTexture2D(gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, target, cube.glo, level)
        return framebuffer


def _cube(context: moderngl.Context, face_px: int, *, levels: bool) -> moderngl.TextureCube:
    cube = context.texture_cube((face_px, face_px), 4, dtype="f4")
    if levels:
        cube.build_mipmaps(0, _LEVELS - 1)
    cube.filter = (moderngl.LINEAR_MIPMAP_LINEAR if levels else moderngl.LINEAR, moderngl.LINEAR)
    return cube


def _split_texture(context: moderngl.Context) -> moderngl.Texture:
    table = split_sums().astype(np.float32)
    texture = context.texture((_SPLIT_SIDE, _SPLIT_SIDE), 2, table.tobytes(), dtype="f4")
    texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
    texture.repeat_x = texture.repeat_y = False
    return texture


@cache
def split_sums() -> NDArray[np.float64]:
    """What reflectance seen straight on is multiplied by, and what is added: (roughness, cosine of the eye, 2).

    Both go from 0 to 1 over the table. Karis, "Real Shading in Unreal Engine 4" (SIGGRAPH 2013), with the masking of
    glTF 2.0, appendix B.3.2, by directions of GGX's own distribution.
    """
    roughness = np.linspace(0.0, 1.0, _SPLIT_SIDE)[:, None, None]
    facing_eye = np.maximum(np.linspace(0.0, 1.0, _SPLIT_SIDE), 1e-3)[None, :, None]
    squared = np.maximum(roughness**2, 1e-3) ** 2
    number = np.arange(_SPLIT_DIRECTIONS)
    turn = 2.0 * np.pi * np.mod((number + 0.5) * 0.6180339887498949, 1.0)
    share = (number + 0.5) / _SPLIT_DIRECTIONS
    up = np.sqrt((1.0 - share) / (1.0 + (squared - 1.0) * share))
    towards_half = np.sqrt(1.0 - facing_eye**2) * np.sqrt(1.0 - up**2) * np.cos(turn) + facing_eye * up
    facing_light = 2.0 * towards_half * up - facing_eye
    lit = (facing_light > 0.0) & (towards_half > 0.0)
    cosine = np.where(lit, facing_light, 1.0)
    masked = 4.0 / (_smith(facing_eye, squared) * _smith(cosine, squared))
    weight = np.where(lit, masked * cosine * towards_half / np.maximum(up, 1e-9), 0.0)
    grazing = (1.0 - np.clip(towards_half, 0.0, 1.0)) ** 5
    return np.stack([((1.0 - grazing) * weight).mean(axis=2), (grazing * weight).mean(axis=2)], axis=2)


def _smith(cosine: NDArray[np.float64], squared: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(cosine + np.sqrt(squared + (1.0 - squared) * cosine**2))
