"""How panoramas are drawn: along rays, by `shaders/worlds/panorama.glsl`, in one of seven forms.

That is a whole sphere at infinity that is only turned, one that is placed in any other way, one that is near, parts of
a sphere far and near, one with a seam, and a plane. All are built before a show, so that no value that changes in it
makes a driver build another.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import moderngl

from render.gpu.layer_source import LayerSource, Opening, TextureOf
from render.gpu.passes import Uniform
from render.worlds.panorama.record import PanoramaPlan
from render.worlds.shared.kept import Kept
from render.worlds.shared.picture_place import PicturePlace, Size, is_only_turned, place_of
from render.worlds.shared.placed import PlacedLayer
from render.worlds.shared.sources import surface_values
from render.worlds.shared.surfaces import Surface


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
        if is_only_turned(layer, texture.size):
            return LayerSource("panorama", (), _turned(layer.turn_deg, texture), {"panorama": texture})
        size: Size = texture.size
        placed = self._placed.get((layer, size), lambda _: _placed(layer, size))
        source = LayerSource("panorama", placed.form, placed.values, {"panorama": texture})
        if placed.opening is None:
            return source
        # Inside its edges a part of a sphere is a placed one whose horizon is not moved.
        inside = source._replace(defines=("PLACED",), values={**placed.values, "given_bend": (0.0, 0.0)})
        return source._replace(inside=(placed.opening, inside))


DRAWING = PanoramaDrawing


class _Placed(NamedTuple):
    """Where a picture of some size is: its form, that form's uniforms, and an opening that shows it alone, if any."""

    form: tuple[str, ...]
    values: Mapping[str, Uniform]
    opening: Opening | None


def _placed(layer: PlacedLayer, size: Size) -> _Placed:
    surface, place = layer.surface(), place_of(layer, size)
    opens = place.has_edges and surface.is_far and not surface.is_flat
    return _Placed(_form(surface, place), _values(surface, place), _opening(place) if opens else None)


def _form(surface: Surface, place: PicturePlace) -> tuple[str, ...]:
    """The definitions that choose what is drawn; what has a seam is drawn as if it were near."""
    if surface.is_flat:
        return ("PLANE",)
    if place.bend[1] > 0.0 and not place.has_edges:
        return ("PLACED", "NEAR", "SEAM")
    placed = ("PLACED",) if surface.is_far else ("PLACED", "NEAR")
    return (*placed, "EDGED") if place.has_edges else placed


def _opening(place: PicturePlace) -> Opening:
    """What is half a texel and more inside its edges: no look-up there has anything beyond them in it."""
    left, bottom, right, top = place.edges
    texel = 1.0 / place.texels_per_unit
    return Opening(place.layer_from_stage, (left + texel, bottom + texel, right - texel, top - texel))


def _turned(turn_deg: float, texture: moderngl.Texture) -> dict[str, Uniform]:
    return {"given_turned": (0.5 + math.fmod(turn_deg / 360.0, 1.0), texture.height / math.pi)}


def _values(surface: Surface, place: PicturePlace) -> dict[str, Uniform]:
    form = _form(surface, place)
    return {
        **(surface_values(surface) if "NEAR" in form or "PLANE" in form else {}),
        "given_axes": place.layer_from_stage,
        "given_edges": place.edges,
        "given_place": (*place.place_from_angles, *place.middle),
        "given_detail": (place.texels_per_unit, place.edge_texel, 1.0 if place.continues else 0.0),
        "given_bend": place.bend,
    }
