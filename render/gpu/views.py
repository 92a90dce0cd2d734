"""Views of the world drawn as pictures: the inner picture of a camera and the six faces of the outer cube."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import moderngl
import msgspec

from render.gpu.context import Uniform, attach_cube_face
from render.plan.frame import InnerPicturePlan, InnerPlan, OuterPlan, Tangents, WorldPlan
from tracking.records import Vec3


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A pin-hole view: from `eye_m` along the unit axes, through `edges`, as a picture of `size_px` (width, height)."""

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

    def rays(self) -> dict[str, Uniform]:
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


class DrawnWorld(Protocol):
    """One kind of content: draws what a view sees of it, with the inverse of its distance from the eye as alpha.

    `geometry` is "sphere" where all light comes from the plan's sphere around the stage's origin or from infinity,
    else "drawn": then only the drawn inverse distances tell where it comes from.
    """

    @property
    def geometry(self) -> Literal["sphere", "drawn"]: ...

    def draw(self, target: moderngl.Framebuffer, view: View, world: WorldPlan) -> None:
        """Covers `target` with the light seen; black where the asset that `world` names is not loaded."""


def as_drawn(inner: InnerPlan) -> InnerPlan:
    """The inner view with the pose, edges and size that the picture it looks into is drawn with."""
    return inner if inner.picture is None else drawn_as(inner, inner.picture)


def drawn_as(inner: InnerPlan, picture: InnerPicturePlan) -> InnerPlan:
    """The inner view with the pose, edges and size of `picture`."""
    return msgspec.structs.replace(
        inner,
        eye_m=picture.eye_m,
        right=picture.right,
        ahead=picture.ahead,
        up=picture.up,
        drawn=picture.drawn,
        size_px=picture.size_px,
    )


def inner_view(inner: InnerPlan) -> View:
    """What one camera's inner picture shows."""
    return View(
        eye_m=inner.eye_m,
        right=inner.right,
        ahead=inner.ahead,
        up=inner.up,
        edges=inner.drawn,
        size_px=inner.size_px,
    )


# Right, ahead and up of each cube face in the order of GL's targets, so that a lookup by a direction in the stage
# finds that direction's light (OpenGL 4.1 core, table 3.19).
_FACES: tuple[tuple[Vec3, Vec3, Vec3], ...] = (
    ((0.0, 0.0, -1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    ((0.0, 0.0, 1.0), (-1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
    ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, 1.0)),
    ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
    ((-1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0)),
)
_QUARTER = Tangents(left=-1.0, right=1.0, bottom=-1.0, top=1.0)


class OuterCube:
    """The world around the outer eye as a cube map of `face_px` squared faces."""

    def __init__(self, context: moderngl.Context, face_px: int, kind: str) -> None:
        self.face_px = face_px
        self.texture = context.texture_cube((face_px, face_px), 4, dtype=kind)
        self.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        # moderngl attaches no cube faces itself: a framebuffer of the right size is made, its attachment exchanged.
        self._size = context.renderbuffer((face_px, face_px), 4, dtype=kind)
        self._framebuffer = context.framebuffer(color_attachments=[self._size])
        self._framebuffer.use()

    def draw(self, drawn: DrawnWorld, outer: OuterPlan, world: WorldPlan) -> None:
        """Draws all six faces."""
        for face, (right, ahead, up) in enumerate(_FACES):
            attach_cube_face(self._framebuffer, self.texture, face)
            view = View(
                eye_m=outer.eye_m,
                right=right,
                ahead=ahead,
                up=up,
                edges=_QUARTER,
                size_px=(self.face_px, self.face_px),
            )
            drawn.draw(self._framebuffer, view, world)

    def release(self) -> None:
        """Gives the graphics memory back; like targets, after the successor was made."""
        self._framebuffer.release()
        self._size.release()
        self.texture.release()
