"""Decoded pictures put on the GPU and kept there by the SHA-256 of their files."""

from __future__ import annotations

import moderngl

from render.assets.decode import GpuPixels, half_bands
from render.gpu.context import largest_texture_px
from tracking.records import ConfigError

KEPT = 3
"""Pictures kept in graphics memory: the one on the walls, the next, and the one before for an undo."""


class PictureUpload:
    """One picture on its way to the GPU, band by band. Raises ConfigError where this driver cannot hold it."""

    def __init__(self, context: moderngl.Context, pixels: GpuPixels) -> None:
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.size == 0:
            raise ConfigError(f"world.file: found a picture of shape {pixels.shape}, expected (rows, columns, 3)")
        rows, columns = pixels.shape[:2]
        largest = largest_texture_px(context)
        if max(rows, columns) > largest:
            raise ConfigError(
                f"world.file: found {columns}x{rows} pixels, expected at most {largest} a side on this driver, "
                "scale it down"
            )
        self._texture = context.texture((columns, rows), 3, dtype="f2")
        self._bands = half_bands(pixels)

    def write_band(self) -> bool:
        """Writes the next band; False where none is left."""
        band = next(self._bands, None)
        if band is None:
            return False
        top, rows = band
        self._texture.write(rows.tobytes(), viewport=(0, top, rows.shape[1], len(rows)), alignment=1)
        return True

    def finish(self) -> moderngl.Texture:
        """The texture with mipmaps, once every band is written. It repeats sideways, as a panorama does."""
        texture = self._texture
        texture.repeat_x, texture.repeat_y = True, False
        texture.build_mipmaps()
        texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        return texture


class PictureTextures:
    """Pictures in graphics memory by the SHA-256 of their files.

    When there are more than `KEPT`, the one that was not used for longest makes room.
    """

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._textures: dict[tuple[str, str], moderngl.Texture] = {}

    def load(self, asset: str, pixels: GpuPixels, colour_space: str = "") -> None:
        """Puts a scene-linear ACEScg picture (rows, columns, 3), row 0 the top, on the GPU at once.

        Raises ConfigError for pixels that are not a picture or that are larger than this driver's textures.
        """
        upload = PictureUpload(self._context, pixels)
        while upload.write_band():
            pass
        self.forget(asset, colour_space)
        self._textures[asset, colour_space] = upload.finish()
        while len(self._textures) > KEPT:
            self.forget(*next(iter(self._textures)))

    def forget(self, asset: str, colour_space: str = "") -> None:
        """Frees the graphics memory of a picture, if it is there."""
        texture = self._textures.pop((asset, colour_space), None)
        if texture is not None:
            texture.release()

    def use(self, asset: str, colour_space: str = "") -> moderngl.Texture | None:
        """The picture's texture, to be drawn with now; None where it is not there."""
        texture = self._textures.pop((asset, colour_space), None)
        if texture is not None:
            self._textures[asset, colour_space] = texture  # used last, so the last to make room
        return texture
