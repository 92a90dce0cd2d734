"""The drawing of any world: by ray where a pass includes its shader, or by raster into a view or a cube map."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol, get_args

import moderngl

from render.gpu.context import attach_cube_face, fill_black
from render.gpu.passes import Pass, Uniform
from render.views.view import View, cube_views
from render.worlds.kinds import WorldPlan
from tracking.records import Vec3

TextureOf = Callable[[str], moderngl.Texture | None]
"""Gives the texture of an asset by the SHA-256 of its file; None where it is not on the GPU."""


class LayerSource(NamedTuple):
    """What a pass needs to evaluate light along rays.

    `kind` names the file in `shaders/worlds` that is included as "worlds/layer.glsl"; `defines` choose a variant of it,
    `values` and `textures` are its uniforms.
    """

    kind: str
    defines: tuple[str, ...]
    values: Mapping[str, Uniform]
    textures: Mapping[str, moderngl.Texture]

    @property
    def file(self) -> str:
        """The shader file of this kind."""
        return f"worlds/{self.kind}.glsl"


class Drawing(Protocol):
    """The module `drawing` in the folder of a kind."""

    def source(self, light: object, texture_of: TextureOf) -> LayerSource | None:
        """What passes need for this light, the kind's own plan record; None where an asset is not on the GPU."""


class WorldDrawings:
    """Draws worlds of every kind in one context."""

    def __init__(self, context: moderngl.Context, texture_of: TextureOf) -> None:
        self._context = context
        self._texture_of = texture_of
        self._drawings = {record: _drawing_of(record) for record in get_args(WorldPlan)}
        self._views: dict[tuple[str, tuple[str, ...]], Pass] = {}

    def source(self, world: WorldPlan) -> LayerSource | None:
        """What passes need to evaluate the world along rays; None where it is not ready."""
        return self._drawings[type(world)].source(world, self._texture_of)

    def draw(self, target: moderngl.Framebuffer, view: View, world: WorldPlan) -> None:
        """Covers `target` with what the view sees of the world, and in alpha with the inverse of its distance.

        Black where the world is not ready.
        """
        source = self.source(world)
        if source is None:
            fill_black(target)
            return
        values = {**source.values, **view.rays(), "pixel_tangent": max(view.pixel_tangents())}
        drawn = self._views.get((source.kind, source.defines))
        if drawn is None:
            drawn = self._views[source.kind, source.defines] = Pass(
                self._context,
                "worlds/view.frag",
                uniforms=tuple(values),
                textures=tuple(source.textures),
                defines=source.defines,
                layer=source.file,
            )
        drawn.draw(target, values, source.textures)


class OuterCube:
    """The world around the outer eye as a cube map of `face_px` squared faces. `kind` is the type of its texture."""

    def __init__(self, context: moderngl.Context, face_px: int, kind: str) -> None:
        self.face_px = face_px
        self.texture = context.texture_cube((face_px, face_px), 4, dtype=kind)
        self.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        # moderngl cannot attach cube faces: a framebuffer of the right size is made, then its attachment is replaced.
        self._size = context.renderbuffer((face_px, face_px), 4, dtype=kind)
        self._framebuffer = context.framebuffer(color_attachments=[self._size])
        self._framebuffer.use()

    def draw(self, worlds: WorldDrawings, eye_m: Vec3, world: WorldPlan) -> None:
        """Draws all six faces as seen from `eye_m`."""
        for face, view in enumerate(cube_views(eye_m, self.face_px)):
            attach_cube_face(self._framebuffer, self.texture, face)
            worlds.draw(self._framebuffer, view, world)

    def release(self) -> None:
        """Frees the graphics memory. Like that of targets, after the successor was made."""
        self._framebuffer.release()
        self._size.release()
        self.texture.release()


def _drawing_of(record: type[WorldPlan]) -> Drawing:
    """The drawing beside a kind's record. It is imported by its place: records are pure and do not know it."""
    drawing: Drawing = importlib.import_module(f"{record.__module__.rpartition('.')[0]}.drawing")  # type: ignore[assignment]
    return drawing
