"""Models that are made by code: boxes, spheres, chequers. For tests, benchmarks, and what is built in."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from render.models.model import Map, Material, Mesh, Model, Node, Part, Picture

_FACES = (
    ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0)),
    ((-1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
    ((0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
    ((0.0, -1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
    ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    ((0.0, 0.0, -1.0), (-1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
)
"""Of each face of a box: outward, to the right, and up, as who stands before it sees them."""


def made_box(size_m: tuple[float, float, float] = (1.0, 1.0, 1.0), material: int = 0, *, inwards: bool = False) -> Part:
    """A box round the origin; every face has the whole picture. `inwards`: a room, seen from inside."""
    half = 0.5 * np.array(size_m)
    places, normals, tangents, triangles = [], [], [], []
    for number, axes in enumerate(_FACES):
        outward, right, up = (np.array(axis) for axis in axes)
        sides = -right if inwards else right
        corners = [outward + x * sides + y * up for y in (-1.0, 1.0) for x in (-1.0, 1.0)]
        places += [half * corner for corner in corners]
        normals += [-outward if inwards else outward] * 4
        tangents += [(*sides, 1.0)] * 4
        triangles += [(4 * number + a, 4 * number + b, 4 * number + c) for a, b, c in ((0, 1, 3), (0, 3, 2))]
    return Part(
        triangles=np.array(triangles, np.uint32),
        positions=np.array(places, np.float32),
        normals=np.array(normals, np.float32),
        tangents=np.array(tangents, np.float32),
        uvs=(np.tile(np.array([(0, 1), (1, 1), (0, 0), (1, 0)], np.float32), (6, 1)), None),
        material=material,
    )


def made_sphere(radius_m: float = 1.0, material: int = 0, *, columns: int = 64) -> Part:
    """A sphere round the origin of `columns` times half as many fields; its picture is an equirectangular one."""
    rows = columns // 2
    u, v = np.meshgrid(np.linspace(0.0, 1.0, columns + 1), np.linspace(0.0, 1.0, rows + 1))
    turn, fall = 2.0 * math.pi * u.ravel(), math.pi * v.ravel()
    normals = np.stack([np.sin(turn) * np.sin(fall), np.cos(fall), np.cos(turn) * np.sin(fall)], axis=1)
    first = (np.arange(rows)[:, None] * (columns + 1) + np.arange(columns)[None, :]).ravel()
    below = first + columns + 1
    triangles = np.concatenate([np.stack([first, below, below + 1], 1), np.stack([first, below + 1, first + 1], 1)])
    return Part(
        triangles=np.ascontiguousarray(triangles, np.uint32),
        positions=np.asarray(radius_m * normals, np.float32),
        normals=np.asarray(normals, np.float32),
        tangents=np.stack([np.cos(turn), 0.0 * turn, -np.sin(turn), 1.0 + 0.0 * turn], axis=1).astype(np.float32),
        uvs=(np.stack([u.ravel(), v.ravel()], axis=1).astype(np.float32), None),
        material=material,
    )


def made_model(
    parts: Sequence[Part],
    materials: Sequence[Material],
    nodes: Sequence[Node] = (),
    pictures: Sequence[Picture] = (),
) -> Model:
    """A model with a mesh for each part; without `nodes`, every mesh stands at the origin once."""
    meshes = tuple(Mesh(f"part {number}", (part,)) for number, part in enumerate(parts))
    placed = tuple(nodes) or tuple(Node(mesh=number) for number in range(len(meshes)))
    corners = np.concatenate([part.positions for part in parts])
    low, high = corners.min(axis=0), corners.max(axis=0)
    return Model(
        nodes=placed,
        meshes=meshes,
        materials=tuple(materials),
        pictures=tuple(pictures),
        low_m=(float(low[0]), float(low[1]), float(low[2])),
        high_m=(float(high[0]), float(high[1]), float(high[2])),
    )


def made_boxes(count: int, *, all_differ: bool = False, seed: int = 1) -> Model:
    """Textured boxes between 4 m and 40 m before the viewer; of one mesh, or each of its own."""
    rng = np.random.default_rng(seed)
    places = np.stack([rng.uniform(-16, 16, count), rng.uniform(-1, 8, count), rng.uniform(-40, -4, count)], axis=1)
    turns, sizes = rng.uniform(0.0, math.pi, count), rng.uniform(0.6, 2.4, (count, 3))
    nodes = [
        Node(
            place_m=(float(place[0]), float(place[1]), float(place[2])),
            turn=(0.0, math.sin(0.5 * turn), 0.0, math.cos(0.5 * turn)),
            scale=(float(size[0]), float(size[1]), float(size[2])),
            mesh=number if all_differ else 0,
        )
        for number, (place, turn, size) in enumerate(zip(places, turns, sizes, strict=True))
    ]
    box = Material("box", metallic=0.0, roughness=0.7, colour_map=Map(0))
    parts = [made_box() for _ in range(count if all_differ else 1)]
    return made_model(parts, [box], nodes, [chequers(256, 8)])


def chequers(side_px: int, fields: int, dark: int = 60, bright: int = 220) -> Picture:
    """A chequered picture of these sRGB codes, a little different in each field so that none looks like another."""
    place = np.arange(side_px) * fields // side_px
    odd = (place[:, None] + place[None, :]) % 2
    codes = np.empty((side_px, side_px, 4), np.uint8)
    codes[..., 0] = np.where(odd, bright, dark) + place[None, :] * 30 // fields
    codes[..., 1] = np.where(odd, bright, dark) + place[:, None] * 30 // fields
    codes[..., 2] = np.where(odd, bright, dark)
    codes[..., 3] = 255
    return Picture("chequers", codes)


def one_colour(codes: tuple[int, int, int, int], side_px: int = 4) -> Picture:
    """A picture of these codes everywhere."""
    return Picture("one colour", np.full((side_px, side_px, 4), codes, np.uint8))
