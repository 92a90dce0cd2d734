"""Which triangle of a mesh wall is nearest in each pixel before a film camera: where the exact look begins."""

from __future__ import annotations

import moderngl
import numpy as np

from render.film.lens import FilmLens
from render.gpu.passes import linked_files
from render.readback.film_walls import FilmedWall, WallSight

_BORDER_STEPS = 16
_ROOM = 0.02


class NearestTriangles:
    """A picture of triangles' numbers, kept for the size that was drawn last."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._program: moderngl.Program | None = None
        self._arrays: dict[str, moderngl.VertexArray] = {}
        self._edges: tuple[FilmLens, tuple[float, float, float, float]] | None = None
        self._kept: tuple[tuple[int, int], moderngl.Texture, moderngl.Framebuffer] | None = None

    def draw(
        self, filmed: FilmedWall, sight: WallSight, size_px: tuple[int, int]
    ) -> tuple[tuple[float, float, float, float], moderngl.Texture]:
        """The picture (numbers from 1, 0 for none), and its left, bottom, width and height as tangents."""
        if self._edges is None or self._edges[0] != sight.lens:
            self._edges = (sight.lens, lens_edges(sight.lens))
        edges = self._edges[1]
        array = self._array(filmed)
        texture, framebuffer = self._sized(size_px)
        array.program["eye"].value = filmed.eye(sight.eye_m)  # type: ignore[union-attr]
        array.program["stage_from_camera"].value = (*sight.right, *sight.ahead, *sight.up)  # type: ignore[union-attr]
        array.program["edges"].value = edges  # type: ignore[union-attr]
        framebuffer.viewport = (0, 0, *size_px)
        framebuffer.use()
        framebuffer.clear(depth=1.0)
        self._context.enable_only(moderngl.DEPTH_TEST)
        array.render(moderngl.TRIANGLES)
        self._context.enable_only(moderngl.NOTHING)
        return edges, texture

    def _array(self, filmed: FilmedWall) -> moderngl.VertexArray:
        assert filmed.triangles is not None
        if self._program is None:
            self._program = linked_files(self._context, "readback/triangles.vert", "readback/triangles.frag")
        name = filmed.wall.name
        if name not in self._arrays:
            self._arrays[name] = self._context.vertex_array(self._program, [(filmed.triangles.corners, "3f", "corner")])
        return self._arrays[name]

    def _sized(self, size_px: tuple[int, int]) -> tuple[moderngl.Texture, moderngl.Framebuffer]:
        if self._kept is None or self._kept[0] != size_px:
            texture = self._context.texture(size_px, 1, dtype="f4")
            texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
            texture.repeat_x = texture.repeat_y = False
            depth = self._context.depth_renderbuffer(size_px)
            self._kept = (size_px, texture, self._context.framebuffer([texture], depth))
        return self._kept[1], self._kept[2]


def lens_edges(lens: FilmLens) -> tuple[float, float, float, float]:
    """A left, bottom, width and height (tangents) that hold all rays of a lens, with a little room."""
    width, height = lens.resolution_px
    along = np.linspace(0.0, 1.0, _BORDER_STEPS + 1)
    across, down = (side.ravel() for side in np.meshgrid(along * width, along * height))
    tangents = lens.tangents_from_pixels(np.stack([across, down], axis=1))
    low, high = np.nanmin(tangents, axis=0), np.nanmax(tangents, axis=0)
    room = _ROOM * (high - low)
    left, bottom = (low - room).tolist()
    wide, tall = (high - low + 2 * room).tolist()
    return (left, bottom, wide, tall)
