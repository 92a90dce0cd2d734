"""A pinhole view of a world: where it is, where it looks, and the ray of each of its pixels. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from render.views.edges import Tangents
from tracking.records import Vec3


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A pinhole view: from `eye_m` along the unit axes, through `edges`, as a picture of `size_px` (width, height)."""

    eye_m: Vec3
    right: Vec3
    ahead: Vec3
    up: Vec3
    edges: Tangents
    size_px: tuple[int, int]

    def pixel_tangents(self) -> tuple[float, float]:
        """Width and height of one pixel in tangents."""
        return (
            (self.edges.right - self.edges.left) / self.size_px[0],
            (self.edges.top - self.edges.bottom) / self.size_px[1],
        )

    def rays(self) -> dict[str, tuple[float, ...]]:
        """The uniforms of `common/view_ray.glsl`."""
        width, height = self.pixel_tangents()
        left, top = self.edges.left, self.edges.top
        axes = tuple(zip(self.ahead, self.right, self.up, strict=True))
        return {
            "eye": self.eye_m,
            "first_ray": tuple(ahead + left * right + top * up for ahead, right, up in axes),
            "column_step": tuple(width * right for _, right, _ in axes),
            "row_step": tuple(-height * up for _, _, up in axes),
        }


def cube_views(eye_m: Vec3, face_px: int) -> tuple[View, ...]:
    """The six views from `eye_m` that fill a cube map of `face_px` squared faces, in the order of GL's targets."""
    return tuple(
        View(eye_m=eye_m, right=right, ahead=ahead, up=up, edges=_QUARTER, size_px=(face_px, face_px))
        for right, ahead, up in _FACES
    )


# Right, ahead and up of each cube face, so that a lookup by a direction in the stage finds the light from that
# direction (OpenGL 4.1 core, table 3.19).
_FACES: tuple[tuple[Vec3, Vec3, Vec3], ...] = (
    ((0.0, 0.0, -1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    ((0.0, 0.0, 1.0), (-1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
    ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, 1.0)),
    ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
    ((-1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0)),
)
_QUARTER = Tangents(left=-1.0, right=1.0, bottom=-1.0, top=1.0)
