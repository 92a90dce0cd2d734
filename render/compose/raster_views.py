"""Views of what is on air as pictures, for worlds that cannot be evaluated along a ray, and for screens."""

from __future__ import annotations

import moderngl

from render.colour.matrices import column_major, multiply
from render.compose.air import AiredLayer, AiredWorld, only_layer
from render.compose.blending import blend
from render.compose.mends import FOLLOWS, MENDED, gain_textures, mend_uniforms
from render.gpu.context import attach_cube_face, fill_black
from render.gpu.passes import Pass, Textures, Uniform
from render.views.view import View, cube_views
from tracking.records import Vec3

Worlds = tuple[AiredWorld, ...]


class ViewPasses:
    """The shaders that draw views, compiled when they are first needed."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._passes: dict[tuple[str, tuple[str, ...]], Pass] = {}

    def draw(self, target: moderngl.Framebuffer, view: View, worlds: Worlds) -> None:
        """Covers `target` with what the view sees of the worlds; black where nothing of them is ready.

        Where they are one layer, its inverse distance is in alpha.
        """
        layer = only_layer(worlds)
        if layer is not None:
            self._draw(target, view, worlds[0], layer, None)
        elif any(world.layers for world in worlds):

            def draw(world: AiredWorld, layer: AiredLayer, fill: float) -> None:
                self._draw(target, view, world, layer, fill)

            blend(self._context, target, worlds, draw)
        else:
            fill_black(target)

    def _draw(
        self, target: moderngl.Framebuffer, view: View, world: AiredWorld, layer: AiredLayer, fill: float | None
    ) -> None:
        options: tuple[str, ...] = () if fill is None else ("COVER",)
        source, matrix = layer.source.seen_from((view.eye_m,)), multiply(world.inner, layer.matrix)
        textures: Textures = source.textures
        values: dict[str, Uniform] = {
            **source.values,
            **view.rays(),
            "pixel_tangent": max(view.pixel_tangents()),
            "opacity": layer.opacity,
            "fill": fill or 0.0,
        }
        if layer.mends is not None:
            options = (*options, MENDED)
            values |= mend_uniforms(layer.mends, layer.matrix)
            matrix = world.inner
        elif layer.follows:
            options = (*options, FOLLOWS)
        if layer.mends is not None or layer.follows:
            textures = {**textures, **gain_textures(source)}
        values["light_from_layer"] = column_major(matrix)
        key = (source.file, (*source.defines, *options))
        if key not in self._passes:
            self._passes[key] = Pass(
                self._context,
                "worlds/view.frag",
                uniforms=tuple(values),
                textures=tuple(textures),
                defines=key[1],
                layer=source.file,
            )
        self._passes[key].draw(target, values, textures)


class OuterCube:
    """What is on air around the outer eye, as a cube map of `face_px` squared faces. `kind` is its texture's type."""

    def __init__(self, context: moderngl.Context, face_px: int, kind: str) -> None:
        self.face_px = face_px
        self.texture = context.texture_cube((face_px, face_px), 4, dtype=kind)
        self.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        # moderngl cannot attach cube faces: a framebuffer of the right size is made, then its attachment is replaced.
        self._size = context.renderbuffer((face_px, face_px), 4, dtype=kind)
        self._framebuffer = context.framebuffer(color_attachments=[self._size])
        self._framebuffer.use()

    def draw(self, passes: ViewPasses, eye_m: Vec3, worlds: Worlds) -> None:
        """Draws all six faces as seen from `eye_m`."""
        for face, view in enumerate(cube_views(eye_m, self.face_px)):
            attach_cube_face(self._framebuffer, self.texture, face)
            passes.draw(self._framebuffer, view, worlds)

    def fill(self, light: float) -> None:
        """Makes it as bright as this, evenly."""
        for face in range(6):
            attach_cube_face(self._framebuffer, self.texture, face)
            self._framebuffer.clear(light, light, light, 1.0)

    def release(self) -> None:
        """Frees the graphics memory. Like that of targets, after the successor was made."""
        self._framebuffer.release()
        self._size.release()
        self.texture.release()
