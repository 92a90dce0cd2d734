"""What a film camera sees of the walls as they are sent, on the GPU: the same as `render/film`, in single precision.

That form, in double precision and with no code in common, is the judge of this one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import moderngl

from render.film.lens import FilmLens
from render.gpu.context import Target, fill_black
from render.gpu.passes import Pass, Uniform
from render.readback.film_triangles import NearestTriangles
from render.readback.film_walls import FilmedWall, WallSight
from render.readback.scaled import curve_of, form_of, signal_values

_UNIFORMS = (
    *("film_px", "mm_per_px", "focal_mm", "projection_offset_mm", "distortion_offset_mm", "radial", "tangential"),
    *("stage_from_camera", "eye", "leds_across", "light_at_one", "gamma"),
    *("dual_across", "dual_up", "normal", "arc", "edges"),
)
_TEXTURES = ("sent", "nearest_triangle", "triangles")


class FilmDrawing:
    """Draws film pictures of `walls`. `sent` gives the texture of what is sent to a wall."""

    def __init__(self, context: moderngl.Context, walls: Sequence[FilmedWall]) -> None:
        self._context = context
        self._walls = {filmed.wall.name: filmed for filmed in walls}
        self._full_nits = max((filmed.wall.signal.peak_nits for filmed in walls), default=100.0)
        self._passes: dict[tuple[str, ...], Pass] = {}
        self._nearest = NearestTriangles(context)

    def draw(
        self,
        target: Target,
        sights: Sequence[WallSight],
        sent: Mapping[str, moderngl.Texture],
        *,
        raw: bool = False,
        places: bool = False,
        dense: bool = False,
    ) -> None:
        """Covers `target` with the film, each wall seen as its own sight says, the nearest before the others.

        White is the full light of the brightest wall. What is sent of a `raw` world is numbers, 1 being white. With
        `places`, column, row, distance and side in place of light. Backs of walls and what is around them are black.
        With `dense`, walls are taken for denser than the film, for whoever has both forms built.
        """
        several = len(sights) > 1
        framebuffer = target.with_depth() if several else target.framebuffer
        if several or not sights:
            fill_black(framebuffer, in_pairs=target.in_pairs)
        if several:
            self._context.enable(moderngl.DEPTH_TEST)
        for sight in sights:
            lens = sight.lens
            pixel_tangent = lens.sensor_mm[0] / lens.focal_length_mm / target.size[0]
            filmed = self._walls[sight.wall]
            signal = None if raw else filmed.wall.signal
            values, defines = lens_uniforms(lens, target.size)
            across = max(filmed.leds_across(sight.eye_m, pixel_tangent), 1 + dense)
            options = (*_options(several=several, places=places, sparse=across == 1), *form_of(target))
            defines = (filmed.shape, *defines, curve_of(signal), *options)
            values |= filmed.values | signal_values(signal, self._full_nits)
            values |= {
                "stage_from_camera": (*sight.right, *sight.ahead, *sight.up),
                "eye": filmed.eye(sight.eye_m),
                "leds_across": across,
            }
            textures: dict[str, moderngl.Texture] = {"sent": sent[sight.wall]}
            if filmed.triangles is not None:
                edges, nearest = self._nearest.draw(filmed, sight, target.size)
                values["edges"] = edges
                textures |= {"nearest_triangle": nearest, "triangles": filmed.triangles.texture}
                if several:
                    self._context.enable(moderngl.DEPTH_TEST)
            self._pass(defines).draw(framebuffer, values, textures)
        self._context.disable(moderngl.DEPTH_TEST)

    def _pass(self, defines: tuple[str, ...]) -> Pass:
        if defines not in self._passes:
            self._passes[defines] = Pass(
                self._context, "readback/film.frag", uniforms=_UNIFORMS, textures=_TEXTURES, defines=defines
            )
        return self._passes[defines]


def _options(*, several: bool, places: bool, sparse: bool) -> tuple[str, ...]:
    given = {"NEAREST": several, "PLACES": places, "SPARSE": sparse}
    return tuple(word for word, wanted in given.items() if wanted)


def lens_uniforms(lens: FilmLens, size_px: tuple[int, int]) -> tuple[dict[str, Uniform], tuple[str, ...]]:
    """The uniforms of a lens over a film of `size_px`, and the variant of the shader that it needs."""
    bends = any(lens.radial) or any(lens.tangential)
    values: dict[str, Uniform] = {
        "film_px": (float(size_px[0]), float(size_px[1])),
        "mm_per_px": (lens.sensor_mm[0] / size_px[0], lens.sensor_mm[1] / size_px[1]),
        "focal_mm": lens.focal_length_mm,
        "projection_offset_mm": lens.projection_offset_mm,
        "distortion_offset_mm": lens.distortion_offset_mm,
        "radial": [*(*lens.radial, *(0.0,) * 6)[:6]],
        "tangential": (*(*lens.tangential, 0.0, 0.0)[:2],),
    }
    return values, (("BENDS",) if lens.undistorts else ("BENDS", "SOLVES")) if bends else ()
