"""The forms of `shaders/common/placed_picture.glsl`, by which panoramas and films are drawn: ten of them. Pure.

That is a whole sphere at infinity that is only turned, one that is placed in any other way, one of those that shows
where its moved horizon ends, one that is near, parts of a sphere far and near that show their edges, one with a seam,
what is on a cylinder or a dome, and a plane with its edges and without. All are built before a show, so that no value
that changes in it makes a driver build another.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from render.gpu.layer_source import LayerSource, Opening
from render.gpu.passes import Uniform
from render.worlds.shared.kept import Kept
from render.worlds.shared.picture_place import PicturePlace, Size, is_only_turned, place_of
from render.worlds.shared.placed import PlacedLayer
from render.worlds.shared.surfaces import Surface, surface_values

Form = tuple[str, ...]
"""Definitions of a shader."""
FormOf = Callable[[Surface, PicturePlace], Form]
_DEAR = ("EDGED", "BENT", "SEAM", "PLANE")
"""Definitions that cost something where only a part of the picture is seen that needs none of them."""
_SHAPED: Form = ("PLACED", "NEAR", "EDGED", "SHAPED")
_SHIFTED_ALIKE = 0.25 * math.pi
"""The elevation up to which a moved horizon shifts every row by one angle."""
_LEAST_SEAM = 1e-6
"""What a picture without a seam has where it is drawn as if it had one, radians: no LED looks that close to it."""


class PlacedPictures:
    """Where pictures of any size are placed by the values of their layers, worked out once for each.

    `in_few_forms` draws all that is not only turned or flat in two forms: what comes in more than one variant would
    else need more shaders than can be built before a show.
    """

    def __init__(self, *, in_few_forms: bool = False) -> None:
        self._placed: Kept[tuple[PlacedLayer, Size], _Placed] = Kept()
        self._form_of = _form_of_few if in_few_forms else _form

    def placed(self, source: LayerSource, layer: PlacedLayer, size: Size) -> LayerSource:
        """The source of a picture of this size with the form and the uniforms that place it."""
        if is_only_turned(layer, size):
            return source._replace(values={**source.values, **_turned(layer.turn_deg, size)})
        placed = self._placed.get((layer, size), lambda _: _placed(layer, size, self._form_of))
        values = {**source.values, **placed.values}
        found = source._replace(defines=(*placed.form, *source.defines), values=values)
        if placed.opening is None:
            return found
        form = (*_form_inside(layer.surface()), *source.defines)
        inside = source._replace(defines=form, values={**values, "given_place": placed.place_inside})
        return found._replace(inside=(placed.opening, inside))


class _Placed(NamedTuple):
    """Where a picture of some size is: its form, that form's uniforms, and an opening that shows less, if any.

    `place_inside` is what `given_place` is inside that opening.
    """

    form: tuple[str, ...]
    values: Mapping[str, Uniform]
    opening: Opening | None = None
    place_inside: tuple[float, ...] = ()


def _placed(layer: PlacedLayer, size: Size, form_of: FormOf) -> _Placed:
    surface, place = layer.surface(), place_of(layer, size)
    form = form_of(surface, place)
    values = _values(form, surface, place)
    is_whole = place.is_shaped or not any(dear in form for dear in _DEAR)
    if is_whole:
        return _Placed(form, values)
    return _Placed(form, values, _opening(surface, place), _place_inside(place))


def _form(surface: Surface, place: PicturePlace) -> tuple[str, ...]:
    """The definitions that choose what is drawn anywhere.

    What has a seam is drawn as if it were near, and what is near with a moved horizon as if it had a seam.
    """
    if surface.is_flat:
        return ("PLANE",)
    if place.is_shaped:
        return _SHAPED
    placed = ("PLACED",) if surface.is_far else ("PLACED", "NEAR")
    if place.has_edges:
        return (*placed, "EDGED")
    shift, seam = place.bend
    if seam > 0.0 or (shift != 0.0 and not surface.is_far):
        return ("PLACED", "NEAR", "SEAM")
    return (*placed, "BENT") if shift != 0.0 else placed


def _form_of_few(surface: Surface, place: PicturePlace) -> Form:
    """One of four forms that between them draw everything, at the cost of the dearest."""
    if surface.is_flat:
        return ("PLANE",)
    if place.is_shaped:
        return _SHAPED
    return ("PLACED", "NEAR", "EDGED" if place.has_edges else "SEAM")


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


def _turned(turn_deg: float, size: Size) -> dict[str, Uniform]:
    return {"given_turned": (0.5 + math.fmod(turn_deg / 360.0, 1.0), size[1] / math.pi)}


def place_values(place: PicturePlace) -> dict[str, Uniform]:
    """The uniforms of a placed picture in every form that is not only turned."""
    return {
        "given_axes": place.layer_from_stage,
        "given_edges": place.edges,
        "given_place": (*place.place_from_angles, *place.middle),
        "given_detail": (place.texels_per_unit, place.edge_texel, 1.0 if place.continues else 0.0),
        "given_shape": 1.0 if place.is_dome else 0.0,
    }


def _values(form: tuple[str, ...], surface: Surface, place: PicturePlace) -> dict[str, Uniform]:
    return {
        **(surface_values(surface) if "NEAR" in form or "PLANE" in form else {}),
        **place_values(place),
        "given_bend": (place.bend[0], max(place.bend[1], _LEAST_SEAM)) if "SEAM" in form else place.bend,
    }
