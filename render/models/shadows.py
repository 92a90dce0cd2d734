"""Pictures of depths as the sun sees them, around the eye: one, or four cascades in the quarters of one picture."""

from __future__ import annotations

from collections.abc import Sequence

import moderngl
import numpy as np

from render.models.placing import RasterView, Transform
from tracking.records import ConfigError, Vec3

CASCADE_RADII_M = (6.0, 24.0, 96.0, 400.0)
"""Of balls around the eye. A ball holds whatever way a view looks, so all views of an eye share its shadows."""


_BORDER_PX = 1
"""Around a picture of one cascade, where nothing throws shadows."""


class SunShadows:
    """Depths in a picture of `side_px` squared, for balls of these radii round the eye: one, or up to four.

    Between frames a cascade moves by whole texels, and only its place decides what a texel holds: shadows of what
    stands still do not crawl while the eye moves.
    """

    def __init__(
        self,
        context: moderngl.Context,
        side_px: int = 2048,
        radii_m: Sequence[float] = CASCADE_RADII_M,
        *,
        is_soft: bool = True,
    ) -> None:
        if not 1 <= len(radii_m) <= 4:
            raise ConfigError(f"shadows: found {len(radii_m)} cascades, expected 1 to 4")
        self.side_px = side_px
        self.tiles = 1 if len(radii_m) == 1 else 2
        self.radii_m = tuple(radii_m)
        self.texture = context.depth_texture((side_px, side_px))
        self.texture.compare_func = "<="
        smooth = moderngl.LINEAR if is_soft else moderngl.NEAREST
        self.texture.filter = (smooth, smooth)
        self.texture.repeat_x = self.texture.repeat_y = False
        self.framebuffer = context.framebuffer(depth_attachment=self.texture)
        self.framebuffer.use()
        self.framebuffer.clear(depth=1.0)
        self.clip_from_world: tuple[Transform, ...] = tuple(np.eye(4) for _ in radii_m)

    @property
    def bytes(self) -> int:
        """Graphics memory."""
        return 4 * self.side_px**2

    @property
    def tile_px(self) -> int:
        """Side of a cascade in the picture."""
        return self.side_px // self.tiles if self.tiles > 1 else self.side_px - 2 * _BORDER_PX

    def place(self, sun_towards: Vec3, eye_m: Vec3, low_m: Transform, high_m: Transform) -> None:
        """Puts the cascades around the eye. `low_m` to `high_m` hold all that may cast a shadow."""
        axes = sun_axes(sun_towards)
        corners = np.array(
            [(x, y, z) for x in (low_m[0], high_m[0]) for y in (low_m[1], high_m[1]) for z in (low_m[2], high_m[2])]
        )
        heights = corners @ axes[2]
        self.clip_from_world = tuple(
            _cascade(axes, np.array(eye_m), radius, self.tile_px, heights) for radius in self.radii_m
        )

    def views(self) -> list[tuple[tuple[int, int, int, int], RasterView]]:
        """For each cascade its part of the picture as a viewport, and the view that is drawn there."""
        size = self.tile_px
        if self.tiles == 1:
            return [((_BORDER_PX, _BORDER_PX, size, size), RasterView(self.clip_from_world[0], (0.0, 0.0, 0.0)))]
        return [
            (
                (size * (number % self.tiles), size * (number // self.tiles), size, size),
                RasterView(clip_from_world, (0.0, 0.0, 0.0)),
            )
            for number, clip_from_world in enumerate(self.clip_from_world)
        ]

    def looked_up(self) -> tuple[Transform, ...]:
        """What shaders have of it: clip from world, and of one cascade alone places in its picture and depths."""
        if self.tiles > 1:
            return self.clip_from_world
        side = 0.5 - _BORDER_PX / self.side_px
        half = np.array([[side, 0.0, 0.0, 0.5], [0.0, side, 0.0, 0.5], [0.0, 0.0, 0.5, 0.5], [0.0, 0.0, 0.0, 1.0]])
        return (half @ self.clip_from_world[0],)

    def release(self) -> None:
        """Frees its graphics memory."""
        self.framebuffer.release()
        self.texture.release()


def sun_axes(sun_towards: Vec3) -> Transform:
    """Right, up and towards the sun, as rows; the same for the same sun."""
    towards = np.array(sun_towards) / np.linalg.norm(sun_towards)
    beside = np.array((0.0, 0.0, 1.0) if abs(towards[2]) < 0.9 else (0.0, 1.0, 0.0))
    right = np.cross(beside, towards)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(towards, right), towards])


def _cascade(axes: Transform, eye: Transform, radius: float, size_px: int, heights: Transform) -> Transform:
    """Clip from world of a square around the eye, moved to whole texels, with all that may cast shadows in depth."""
    texel = 2.0 * radius / size_px
    middle = axes @ eye
    across = np.round(middle[:2] / texel) * texel
    highest, lowest = heights.max() + 0.1, max(heights.min() - 0.1, middle[2] - 2.0 * radius)
    depth = max(0.5 * (highest - lowest), 1e-3)
    clip = np.eye(4)
    clip[0] = (*(axes[0] / radius), -across[0] / radius)
    clip[1] = (*(axes[1] / radius), -across[1] / radius)
    clip[2] = (*(-axes[2] / depth), 0.5 * (highest + lowest) / depth)
    return clip
