"""How panoramas are drawn: along rays, by `shaders/worlds/panorama.glsl`, in one of nine forms.

That is a whole sphere at infinity that is only turned, one that is placed in any other way, one of those that shows
where its moved horizon ends, one that is near, parts of a sphere far and near that show their edges, one with a seam,
and a plane with its edges and without. All are built before a show, so that no value that changes in it makes a driver
build another.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import moderngl

from render.gpu.layer_source import LayerSource, Opening, TextureOf
from render.gpu.passes import Uniform
from render.worlds.panorama.record import PanoramaPlan, ReliefPlan
from render.worlds.shared.depth import depth_scale, depth_space
from render.worlds.shared.kept import Kept
from render.worlds.shared.picture_place import PicturePlace, Size, is_only_turned, place_of
from render.worlds.shared.placed import PlacedLayer
from render.worlds.shared.sources import surface_values
from render.worlds.shared.surfaces import Surface

_DEAR = ("EDGED", "BENT", "SEAM", "PLANE")
"""Definitions that cost something where only a part of the picture is seen that needs none of them."""
_SHIFTED_ALIKE = 0.25 * math.pi
"""The elevation up to which a moved horizon shifts every row by one angle."""
_LEAST_SEAM = 1e-6
"""What a picture without a seam has where it is drawn as if it had one, radians: no LED looks that close to it."""


class PanoramaDrawing:
    """The drawing of panoramas, whose pictures `texture_of` gives."""

    def __init__(self, _context: moderngl.Context, texture_of: TextureOf) -> None:
        self._texture_of = texture_of
        self._placed: Kept[tuple[PlacedLayer, Size], _Placed] = Kept()

    def source(self, light: PanoramaPlan, layer: PlacedLayer) -> LayerSource | None:
        """What the shader needs for this panorama; None while it is not on the GPU. Its texture has mipmaps."""
        texture = self._texture_of(light.asset, light.colour_space or "")
        if texture is None:
            return None
        if light.relief:
            depth = self._texture_of(light.relief.asset, depth_space(light.relief.kind))
            return None if depth is None else self._relief(light.relief, layer, texture, depth)
        if is_only_turned(layer, texture.size):
            return LayerSource("panorama", (), _turned(layer.turn_deg, texture), {"panorama": texture})
        size: Size = texture.size
        placed = self._placed.get((layer, size), lambda _: _placed(layer, size))
        source = LayerSource("panorama", placed.form, placed.values, {"panorama": texture})
        if placed.opening is None:
            return source
        form = _form_inside(layer.surface())
        inside = source._replace(defines=form, values={**placed.values, "given_place": placed.place_inside})
        return source._replace(inside=(placed.opening, inside))

    def _relief(
        self, relief: ReliefPlan, layer: PlacedLayer, texture: moderngl.Texture, depth: moderngl.Texture
    ) -> LayerSource:
        """The picture as a relief: whatever its surface would be, its depth map says where its light is."""
        surface, place = layer.surface(), place_of(layer, texture.size)
        form = ["PLANE" if surface.is_flat else "PLACED", "RELIEF"]
        if relief.kind == "dark":
            form.append("DARK")
        if relief.jumps:
            form.append("JUMPS")
        if place.has_edges and not surface.is_flat:
            form.append("EDGED")
        elif place.bend[0] != 0.0 and not surface.is_flat:
            form.append("BENT")
        values: dict[str, Uniform] = {
            **_place_values(place),
            "given_bend": place.bend,
            "given_surface": (*surface.viewpoint_m, 0.0),
            "given_relief": depth_scale(relief.kind, layer.near_m, layer.far_m),
        }
        if surface.is_flat:
            values["given_ahead"] = surface.ahead
        return LayerSource("panorama", tuple(form), values, {"panorama": texture, "relief": depth})


DRAWING = PanoramaDrawing


class _Placed(NamedTuple):
    """Where a picture of some size is: its form, that form's uniforms, and an opening that shows less, if any.

    `place_inside` is what `given_place` is inside that opening.
    """

    form: tuple[str, ...]
    values: Mapping[str, Uniform]
    opening: Opening | None = None
    place_inside: tuple[float, ...] = ()


def _placed(layer: PlacedLayer, size: Size) -> _Placed:
    surface, place = layer.surface(), place_of(layer, size)
    form, values = _form(surface, place), _values(surface, place)
    if not any(dear in form for dear in _DEAR):
        return _Placed(form, values)
    return _Placed(form, values, _opening(surface, place), _place_inside(place))


def _form(surface: Surface, place: PicturePlace) -> tuple[str, ...]:
    """The definitions that choose what is drawn anywhere.

    What has a seam is drawn as if it were near, and what is near with a moved horizon as if it had a seam.
    """
    if surface.is_flat:
        return ("PLANE",)
    placed = ("PLACED",) if surface.is_far else ("PLACED", "NEAR")
    if place.has_edges:
        return (*placed, "EDGED")
    shift, seam = place.bend
    if seam > 0.0 or (shift != 0.0 and not surface.is_far):
        return ("PLACED", "NEAR", "SEAM")
    return (*placed, "BENT") if shift != 0.0 else placed


def _form_inside(surface: Surface) -> tuple[str, ...]:
    """The definitions that choose what is drawn inside an opening."""
    if surface.is_flat:
        return ("PLANE", "INSIDE")
    return ("PLACED",) if surface.is_far else ("PLACED", "NEAR")


def _opening(surface: Surface, place: PicturePlace) -> Opening:
    """Where a picture is seen as if it had neither edges nor a seam, and its rows were all shifted by one angle.

    Of a part that is half a texel and more inside its edges: no look-up there has anything beyond them in it.
    """
    left, bottom, right, top = place.edges
    if place.has_edges:
        texel = 1.0 / place.texels_per_unit
        left, bottom, right, top = left + texel, bottom + texel, right - texel, top - texel
    else:
        shift, seam = place.bend
        if shift != 0.0:
            bottom, top = -_SHIFTED_ALIKE, _SHIFTED_ALIKE
        if seam > 0.0:
            left, right = seam - math.pi, math.pi - seam
    edges = (left, bottom, right, top)
    near = (surface.viewpoint_m, surface.nearest_to_viewpoint_m())
    return Opening(place.layer_from_stage, edges, *near, is_flat=surface.is_flat)


def _place_inside(place: PicturePlace) -> tuple[float, ...]:
    across, up = place.place_from_angles
    middle, horizon = place.middle
    return (across, up, middle, horizon if place.has_edges else horizon + up * place.bend[0])


def _turned(turn_deg: float, texture: moderngl.Texture) -> dict[str, Uniform]:
    return {"given_turned": (0.5 + math.fmod(turn_deg / 360.0, 1.0), texture.height / math.pi)}


def _place_values(place: PicturePlace) -> dict[str, Uniform]:
    return {
        "given_axes": place.layer_from_stage,
        "given_edges": place.edges,
        "given_place": (*place.place_from_angles, *place.middle),
        "given_detail": (place.texels_per_unit, place.edge_texel, 1.0 if place.continues else 0.0),
    }


def _values(surface: Surface, place: PicturePlace) -> dict[str, Uniform]:
    form = _form(surface, place)
    return {
        **(surface_values(surface) if "NEAR" in form or "PLANE" in form else {}),
        **_place_values(place),
        "given_bend": (place.bend[0], max(place.bend[1], _LEAST_SEAM)) if "SEAM" in form else place.bend,
    }
