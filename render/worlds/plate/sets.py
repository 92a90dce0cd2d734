"""Films of one rig that play as one: where each is, and how they share the light where they overlap. Pure.

Each film is a flat picture around the direction in which its camera looked, on whatever surface carries its layer.
Films are drawn one behind the other. A film that is inside its edges has a weight, which falls to 0 over the blend at
each of them; in the light each has its weight over the sum of all. What a film covers of what the ones before it have
left is therefore its weight over the sum of its own and of those behind it, and of what a layer that is not opaque
has left of those before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from render.gpu.layer_source import Opening
from render.gpu.passes import Uniform
from render.worlds.plate.lens import PartLens, seen_edges
from render.worlds.plate.record import MOST_FILMS, PartPlace, PlatePart
from render.worlds.shared.media import MediaFacts
from render.worlds.shared.picture_place import layer_from_stage
from render.worlds.shared.placed import PlacedLayer
from render.worlds.shared.surfaces import Surface

Rotation = tuple[float, ...]
"""Nine numbers, column by column."""
Four = tuple[float, float, float, float]
WIDEST_DEG = 170.0
_LEAST_BLEND = 1e-4
_NOWHERE: Rotation = (0.0,) * 9
_ROOMS = (0, 2, 4, MOST_FILMS - 1)
"""How many overlapping films a shader has room for: a number that it does not know costs as much as the film itself."""


class SetPart(NamedTuple):
    """Where a film of a set is: its axes from those of its layer, its edges and blends in tangents, its scale, and one
    over its columns: its sides never show each other. With a `lens`, edges are those of what it shows all of.
    """

    part_from_layer: Rotation
    edges: Four
    blend: tuple[float, float]
    place_from_tangents: tuple[float, float]
    texels_per_tangent: float
    edge_texel: float
    lens: PartLens | None = None


def set_part(part: PlatePart, facts: MediaFacts) -> SetPart:
    """Where a film of this size is. What is cropped of it moves its edges, and nothing else."""
    place = part.place or PartPlace()
    aside = math.tan(math.radians(0.5 * min(place.width_deg, WIDEST_DEG)))
    above = aside * facts.rows / facts.columns
    left, top, right, bottom = part.crop or (0.0, 0.0, 0.0, 0.0)
    edges = (
        aside * (2.0 * left - 1.0),
        above * (2.0 * bottom - 1.0),
        aside * (1.0 - 2.0 * right),
        above * (1.0 - 2.0 * top),
    )
    if place.lens:
        edges = seen_edges(place.lens, edges)
    turned = PlacedLayer(turn_deg=place.turn_deg, tilt_deg=place.tilt_deg, roll_deg=place.roll_deg)
    return SetPart(
        part_from_layer=layer_from_stage(turned),
        edges=edges,
        blend=(_blend(edges[2], place.blend_deg), _blend(edges[3], place.blend_deg)),
        place_from_tangents=(0.5 / aside, -0.5 / above),
        texels_per_tangent=0.5 * facts.columns / aside,
        edge_texel=1.0 / facts.columns,
        lens=place.lens or None,
    )


class SetForm(NamedTuple):
    """How a film of a set is drawn by `shaders/common/placed_picture.glsl`: its definitions and uniforms."""

    defines: tuple[str, ...]
    values: dict[str, Uniform]


def set_form(parts: Sequence[SetPart], number: int, layer: PlacedLayer, opacity: float) -> SetForm:
    """How one film is drawn, but for what carries its light."""
    part = parts[number]
    lefts = [(one, 1.0 - opacity if at < number else 1.0) for at, one in enumerate(parts) if at != number]
    others = [(one, left) for one, left in lefts if left > 0.0 and _overlap(part, one)]
    room = next(room for room in _ROOMS if room >= len(others))
    form, values = _through(part.lens)
    return SetForm(("PART", f"OTHERS {room}", *form), {**_values(part, others, room, layer), **values})


def pair_form(one: SetPart, other: SetPart) -> dict[str, Uniform] | None:
    """What else is needed to draw the first of two films together with the other; None where they never overlap."""
    if not _overlap(one, other):
        return None
    return {"given_beside": multiplied(other.part_from_layer, transposed(one.part_from_layer))}


def _through(lens: PartLens | None) -> tuple[tuple[str, ...], dict[str, Uniform]]:
    """The definitions and uniforms of a film that was shot through a lens."""
    if lens is None:
        return (), {}
    k1, k2, k3, k4, k5, k6 = lens.radial
    return ("LENS", "UNDISTORTS") if lens.undistorts else ("LENS",), {
        "lens_radial": [(k1, k3, k5, 0.0), (k2, k4, k6, 0.0)],
        "lens_tangential": lens.tangential,
        "lens_offsets": (*lens.distortion_offset, *lens.projection_offset),
    }


def _values(
    part: SetPart, others: Sequence[tuple[SetPart, float]], room: int, layer: PlacedLayer
) -> dict[str, Uniform]:
    this_from_layer, rest = part.part_from_layer, room - len(others)
    values: dict[str, Uniform] = {
        "given_axes": multiplied(this_from_layer, layer_from_stage(layer)),
        "given_edges": part.edges,
        "given_place": (*part.place_from_tangents, 0.5, 0.5),
        "given_detail": (part.texels_per_tangent, part.edge_texel, 0.0),
        "given_bend": part.blend,
    }
    if room == 0:
        return values
    return values | {
        "other_from_this": [
            *(multiplied(one.part_from_layer, transposed(this_from_layer)) for one, _ in others),
            *[_NOWHERE] * rest,
        ],
        "other_edges": [*(one.edges for one, _ in others), *[(0.0,) * 4] * rest],
        "other_blends": [*((*one.blend, left) for one, left in others), *[(0.0,) * 3] * rest],
    }


def set_opening(part: SetPart, layer: PlacedLayer, surface: Surface) -> Opening:
    """The directions in which a film of a set shows anything."""
    axes = multiplied(part.part_from_layer, layer_from_stage(layer))
    return Opening(axes, part.edges, surface.viewpoint_m, surface.nearest_to_viewpoint_m(), is_flat=True)


def _overlap(part: SetPart, other: SetPart) -> bool:
    """Whether two films may show one direction."""
    apart = sum(part.part_from_layer[1 + 3 * k] * other.part_from_layer[1 + 3 * k] for k in range(3))
    reach = sum(math.atan(math.hypot(*(max(abs(a), abs(b)) for a, b in _pairs(one.edges)))) for one in (part, other))
    return math.acos(min(max(apart, -1.0), 1.0)) < reach


def _pairs(edges: Four) -> tuple[tuple[float, float], tuple[float, float]]:
    return ((edges[0], edges[2]), (edges[1], edges[3]))


def _blend(edge: float, blend_deg: float) -> float:
    """One over how wide a blend inside this edge is as a tangent."""
    inner = math.tan(math.atan(abs(edge)) - math.radians(min(blend_deg, math.degrees(math.atan(abs(edge))))))
    return 1.0 / max(abs(edge) - inner, _LEAST_BLEND)


def multiplied(a: Rotation, b: Rotation) -> Rotation:
    """The rotation `b`, then `a`."""
    return tuple(sum(a[row + 3 * k] * b[k + 3 * column] for k in range(3)) for column in range(3) for row in range(3))


def transposed(a: Rotation) -> Rotation:
    """The rotation back."""
    return tuple(a[3 * row + column] for column in range(3) for row in range(3))
