"""Equirectangular panoramas as the world behind the walls."""

from __future__ import annotations

import math
from typing import Literal

import moderngl
import numpy as np
from numpy.typing import NDArray

from render.gpu.context import Pass, fill_black, largest_texture_px
from render.gpu.views import View
from render.plan.frame import WorldPlan
from tracking.records import ConfigError

Pixels = NDArray[np.float32] | NDArray[np.float16]
KEPT = 3
"""Panoramas held in graphics memory: the one on the walls, the next, and the one before for an undo."""
_BRIGHTEST = 65504.0  # half float's largest
_ROWS_AT_ONCE = 256  # bounds the memory that taking in a large picture needs besides the picture


class PanoramaWorld:
    """Panoramas by the SHA-256 of their files, each a texture with mipmaps."""

    geometry: Literal["sphere"] = "sphere"

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._textures: dict[str, moderngl.Texture] = {}
        self._pass = Pass(
            context,
            "worlds/panorama.frag",
            uniforms=("eye", "first_ray", "column_step", "row_step", "radius", "texels_on_axis"),
            textures=("panorama",),
        )

    def load(self, asset: str, panorama: Pixels) -> None:
        """Takes in a scene-linear ACEScg picture (rows, columns, 3), row 0 the top.

        Values that are not numbers become black, and all are bounded to half float's range; half floats are taken
        as they are. The panorama that was not drawn for longest makes room when there are more than `KEPT`. Raises
        ConfigError for a picture that is none or larger than this driver's textures.
        """
        texture = self._texture(panorama)
        self.forget(asset)
        self._textures[asset] = texture
        while len(self._textures) > KEPT:
            self.forget(next(iter(self._textures)))

    def forget(self, asset: str) -> None:
        """Gives a panorama's graphics memory back, if it is there."""
        texture = self._textures.pop(asset, None)
        if texture is not None:
            texture.release()

    def draw(self, target: moderngl.Framebuffer, view: View, world: WorldPlan) -> None:
        """Covers `target` with what the view sees of the panorama; black while it is not loaded."""
        texture = self._textures.pop(world.asset, None)
        if texture is None:
            fill_black(target)
            return
        self._textures[world.asset] = texture  # drawn last, so the last to make room
        texels_on_axis = max(view.pixel_tangents()) * texture.height / math.pi
        values = {**view.rays(), "radius": world.radius_m, "texels_on_axis": texels_on_axis}
        self._pass.draw(target, values, {"panorama": texture})

    def _texture(self, panorama: Pixels) -> moderngl.Texture:
        if panorama.ndim != 3 or panorama.shape[2] != 3 or panorama.size == 0:
            raise ConfigError(f"world.file: a picture of shape {panorama.shape}, expected (rows, columns, 3)")
        rows, columns = panorama.shape[:2]
        largest = largest_texture_px(self._context)
        if max(rows, columns) > largest:
            raise ConfigError(
                f"world.file: {columns}x{rows} pixels, expected at most {largest} a side on this driver, scale it down"
            )
        texture = self._context.texture((columns, rows), 3, dtype="f2")
        for top in range(0, rows, _ROWS_AT_ONCE):
            band = panorama[top : top + _ROWS_AT_ONCE]
            texture.write(as_half(band).tobytes(), viewport=(0, top, columns, len(band)), alignment=1)
        texture.repeat_x, texture.repeat_y = True, False
        texture.build_mipmaps()
        texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        return texture


def as_half(band: Pixels) -> NDArray[np.float16]:
    """Half floats, bounded: right to 0.05 %, and half the memory. Pixels that are half floats stay as they are."""
    if band.dtype == np.float16:
        return np.asarray(band, dtype=np.float16)
    bounded = np.nan_to_num(band, nan=0.0, posinf=_BRIGHTEST, neginf=0.0).clip(-_BRIGHTEST, _BRIGHTEST)
    return bounded.astype(np.float16)
