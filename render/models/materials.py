"""A material as numbers for shaders, and the variant of them that draws it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from render.models.model import Map, Material, Model, Part

MATERIAL_BYTES = 256
"""Of one material in the buffer of all: what `shaders/models/material.glsl` declares, filled up to the alignment that
OpenGL 4.1 may ask of parts of a buffer."""
COLOUR, NORMAL, EMITTED = 0, 2, 4
"""The places of maps among those of a material. The first and the last hold colours."""
_SAME: NDArray[np.float64] = np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]])


def maps_of(material: Material) -> tuple[Map | None, ...]:
    """Its maps in the order of their texture units: colour, metal and roughness, normals, occlusion, emitted."""
    return (
        material.colour_map,
        material.metal_rough_map,
        material.normal_map,
        material.occlusion_map,
        material.emitted_map,
    )


def holds_colours(model: Model) -> dict[int, bool]:
    """Of each picture that is shown, whether it holds colours in the first map that shows it."""
    found: dict[int, bool] = {}
    for material in model.materials:
        for unit, one in enumerate(maps_of(material)):
            if one is not None and is_seen(material, unit):
                found.setdefault(one.picture, unit in {COLOUR, EMITTED})
    return found


def is_seen(material: Material, unit: int) -> bool:
    """Whether a map counts."""
    return unit == COLOUR or not material.is_unlit


def material_rows(material: Material) -> bytes:
    """The block of `shaders/models/material.glsl`, std140."""
    rows = np.zeros((MATERIAL_BYTES // 16, 4), np.float32)
    rows[0] = material.colour
    rows[1] = (*material.emitted, material.alpha_cutoff)
    rows[2] = (material.metallic, material.roughness, material.normal_scale, material.occlusion_strength)
    maps = maps_of(material)
    first = next((one for one in maps if one is not None), None)
    for number, own in enumerate(maps):
        rows[3 + 2 * number : 5 + 2 * number] = _rows_of(own or first)
    return rows.tobytes()


def _rows_of(one: Map | None) -> NDArray[np.float64]:
    """KHR_texture_transform: scaled, then turned, then moved; the set of UVs in the last column."""
    if one is None:
        return _SAME
    cosine, sine = math.cos(one.turn), math.sin(one.turn)
    return np.array(
        [
            [cosine * one.scale[0], sine * one.scale[1], one.offset[0], float(one.uv_set)],
            [-sine * one.scale[0], cosine * one.scale[1], one.offset[1], float(one.uv_set)],
        ]
    )


def variant_of(material: Material, part: Part) -> tuple[str, ...]:
    """What chooses the shaders of a part, whatever it is lit by."""
    names = ("COLOUR_MAP", "METAL_ROUGH_MAP", "NORMAL_MAP", "OCCLUSION_MAP", "EMITTED_MAP")
    maps = maps_of(material)
    chosen = [name for name, one in zip(names, maps, strict=True) if one is not None]
    if material.is_unlit:
        chosen = ["UNLIT", *(name for name in chosen if name == "COLOUR_MAP")]
    if len(chosen) > int(material.is_unlit):
        chosen.append("MAPS")
    places = {_rows_of(one).tobytes() for one in maps if one is not None}
    if len(places) > 1:
        chosen.append("MAPS_APART")
    given = {
        "VERTEX_COLOURS": part.colours is not None,
        "MASK": material.alpha_mode == "mask",
        "BLEND": material.alpha_mode == "blend",
        "DOUBLE_SIDED": material.is_double_sided and not material.is_unlit,
        "MATTE": material.is_matte,
        "SHINES_AT_DUSK": material.shines_at_dusk,
        "LAMPLIT": material.is_lamplit,
        "ROOTS": material.has_roots,
        "POOLS": material.has_pools,
        "FRONT": material.is_front,
        "JOINTS": part.joints is not None,
        "ONE_JOINT": part.weights is not None and bool((part.weights[:, 0] == 1.0).all()),
        "JOINTS_8": part.joints is not None and part.joints.shape[1] > 4,
        "MORPHS": bool(part.morphs),
    }
    return (*chosen, *(name for name, is_given in given.items() if is_given))


def depth_variant(variant: tuple[str, ...]) -> tuple[str, ...]:
    """The variant that draws the same part where only its depth matters."""
    kept = {"JOINTS", "ONE_JOINT", "JOINTS_8", "MORPHS"}
    if "MASK" in variant:
        kept |= {"MASK", "COLOUR_MAP", "VERTEX_COLOURS"}
    return tuple(name for name in variant if name in kept)
