"""Scenes to try a stage with, made by code: a chequered room, and boxes along a street."""

from __future__ import annotations

import numpy as np

from render.models.made import chequers, made_box, made_model
from render.models.model import Map, Material, Model, Node, Part

ROOM_M = (8.0, 4.0, 6.0)
"""Width, height and depth of the room, in the axes of glTF."""
_BOX_ROWS = 12
_FLOOR_M = (60.0, 120.0)


def room() -> Model:
    """A room around the origin, chequered in half metres across and up, with a floor at height 0 and a box in it."""
    wall = Material("walls", metallic=0.0, roughness=0.9, colour_map=Map(0))
    box = Material("box", (0.6, 0.12, 0.08, 1.0), metallic=0.0, roughness=0.5)
    parts = [made_box(ROOM_M, 0, inwards=True), made_box((1.0, 1.0, 1.0), 1)]
    nodes = [
        Node("room", place_m=(0.0, 0.5 * ROOM_M[1], 0.0), mesh=0),
        Node("box", place_m=(1.0, 0.5, -2.0), mesh=1),
    ]
    return made_model(parts, [wall, box], nodes, [chequers(512, 16)])


def street_of_boxes() -> Model:
    """Boxes on both sides of a street that goes away from who looks, 4 m to 60 m far, on a floor."""
    rng = np.random.default_rng(7)
    tones = [(0.55, 0.5, 0.45), (0.45, 0.25, 0.18), (0.3, 0.36, 0.4), (0.6, 0.42, 0.25)]
    materials = [Material(f"tone {place}", (*tone, 1.0), 0.0, 0.8) for place, tone in enumerate(tones)]
    materials.append(Material("floor", (0.22, 0.22, 0.23, 1.0), 0.0, 0.95))
    parts = [made_box((1.0, 1.0, 1.0), place) for place in range(len(tones))]
    parts.append(_floor(len(tones)))
    nodes = [Node("floor", mesh=len(tones))]
    for row in range(_BOX_ROWS):
        for side in (-1.0, 1.0):
            width, height, depth = rng.uniform(2.0, 4.0), rng.uniform(2.5, 9.0), rng.uniform(2.5, 4.2)
            away = 4.0 + row * (60.0 - 4.0) / _BOX_ROWS + 0.5 * depth
            place = (side * (3.5 + 0.5 * width), 0.5 * height, -away)
            nodes.append(Node(place_m=place, scale=(width, height, depth), mesh=int(rng.integers(len(tones)))))
    return made_model(parts, materials, nodes)


def _floor(material: int) -> Part:
    """A level square, 1 cm below the ground of a stage, so that it is never in the same place as that."""
    floor = made_box((_FLOOR_M[0], 0.02, _FLOOR_M[1]), material)
    return floor._replace(positions=(floor.positions - np.array((0.0, 0.02, 40.0), np.float32)).astype(np.float32))
