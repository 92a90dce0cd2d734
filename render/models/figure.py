"""A person for crowds, made by code: rounded limbs with joints, and a movement of walking."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from render.models.model import Channel, Floats, Material, Mesh, Model, Movement, Node, Part, Skin
from render.models.parts import kept_array
from render.models.quads import Colour, Place, in_gltf

CYCLE_S = 1.1
HEIGHT_M = 1.76
_KEYS = 13
_HIP_M, _KNEE_M, _SHOULDER_M, _ELBOW_M = 0.92, 0.49, 1.42, 1.12
_TRUNK, _THIGH, _SHIN, _ARM, _FOREARM = 0, 1, 3, 5, 7
"""Joints; those of a pair are the left one, then the right."""
_PIVOTS: tuple[Place, ...] = (
    (0.0, 0.0, _HIP_M),
    *((side * 0.1, 0.0, _HIP_M) for side in (-1.0, 1.0)),
    *((side * 0.1, 0.0, _KNEE_M) for side in (-1.0, 1.0)),
    *((side * 0.235, 0.0, _SHOULDER_M) for side in (-1.0, 1.0)),
    *((side * 0.235, 0.0, _ELBOW_M) for side in (-1.0, 1.0)),
)
_PARENTS = (-1, 0, 0, 1, 2, 0, 0, 5, 6)
_SKIN: Colour = (0.50, 0.32, 0.24)
_HAIR: Colour = (0.06, 0.045, 0.035)
_SHOE: Colour = (0.03, 0.03, 0.03)
_CLOTH: Colour = (0.55, 0.55, 0.55)
_TROUSERS: Colour = (0.16, 0.16, 0.18)


class _Ring(NamedTuple):
    """A level cut through a limb: where its middle is, and half of how wide and how deep it is, in metres."""

    x: float
    y: float
    z: float
    wide: float
    deep: float


class _Limb(NamedTuple):
    """A part between rings from the foot up, with one joint. `tint` says how much of a figure's own tint it takes."""

    joint: int
    rings: tuple[_Ring, ...]
    colour: Colour
    tint: float = 0.0
    has_top: bool = False


_SIDES = 6
_MIDDLE = (
    _Limb(
        _TRUNK,
        (
            _Ring(0.0, 0.0, 0.84, 0.19, 0.12),
            _Ring(0.0, 0.0, 1.08, 0.18, 0.115),
            _Ring(0.0, 0.01, 1.36, 0.22, 0.13),
            _Ring(0.0, 0.0, 1.49, 0.13, 0.08),
        ),
        _CLOTH,
        1.0,
        has_top=True,
    ),
    _Limb(
        _TRUNK,
        (
            _Ring(0.0, 0.0, 1.46, 0.06, 0.06),
            _Ring(0.0, 0.01, 1.54, 0.065, 0.075),
            _Ring(0.0, 0.01, 1.64, 0.08, 0.1),
        ),
        _SKIN,
    ),
    _Limb(
        _TRUNK,
        (
            _Ring(0.0, -0.03, 1.58, 0.08, 0.08),
            _Ring(0.0, -0.005, 1.66, 0.088, 0.11),
            _Ring(0.0, -0.01, 1.73, 0.08, 0.1),
            _Ring(0.0, -0.01, HEIGHT_M, 0.05, 0.06),
        ),
        _HAIR,
        has_top=True,
    ),
)
_LEFT = (
    _Limb(_THIGH, (_Ring(-0.095, 0.0, 0.47, 0.088, 0.092), _Ring(-0.095, 0.0, 0.93, 0.105, 0.115)), _TROUSERS, 0.4),
    _Limb(_SHIN, (_Ring(-0.1, 0.0, 0.07, 0.078, 0.085), _Ring(-0.095, 0.0, 0.5, 0.09, 0.094)), _TROUSERS, 0.4),
    _Limb(
        _SHIN,
        (_Ring(-0.1, 0.06, 0.0, 0.1, 0.17), _Ring(-0.1, 0.035, 0.12, 0.08, 0.11)),
        _SHOE,
        has_top=True,
    ),
    _Limb(
        _ARM,
        (_Ring(-0.235, 0.0, 1.11, 0.055, 0.06), _Ring(-0.22, 0.0, 1.45, 0.065, 0.072)),
        _CLOTH,
        1.0,
        has_top=True,
    ),
    _Limb(_FOREARM, (_Ring(-0.235, 0.0, 0.88, 0.042, 0.045), _Ring(-0.235, 0.0, 1.12, 0.056, 0.06)), _CLOTH, 1.0),
    _Limb(
        _FOREARM,
        (_Ring(-0.235, 0.01, 0.76, 0.03, 0.04), _Ring(-0.235, 0.0, 0.9, 0.04, 0.044)),
        _SKIN,
        has_top=True,
    ),
)
"""The limbs of the left side; those of the right are mirrored, with the next joint."""


def person() -> Model:
    """A person who looks along +Y of the stage, and walks in a cycle of `CYCLE_S`.

    The alpha of its colours says how much of a figure's own tint they take.
    """
    nodes = [_node(joint) for joint in range(len(_PIVOTS))]
    binds = np.tile(np.eye(4, dtype=np.float32), (len(_PIVOTS), 1, 1))
    for joint, (x, y, z) in enumerate(_PIVOTS):
        binds[joint, :3, 3] = (-x, -z, y)
    body = Node("person", mesh=0, skin=0)
    return Model(
        nodes=(*nodes, body),
        meshes=(Mesh("person", (_joined([_made(limb) for limb in (*_MIDDLE, *_LEFT, *map(_mirrored, _LEFT))]),)),),
        materials=(Material("person", metallic=0.0, roughness=0.85, is_matte=True),),
        pictures=(),
        skins=(Skin(tuple(range(len(_PIVOTS))), binds),),
        movements=(_walking(),),
        low_m=(-0.5, 0.0, -0.5),
        high_m=(0.5, HEIGHT_M, 0.5),
    )


def _mirrored(limb: _Limb) -> _Limb:
    return limb._replace(joint=limb.joint + 1, rings=tuple(ring._replace(x=-ring.x) for ring in limb.rings))


def _made(limb: _Limb) -> Part:
    """A limb as triangles: its sides are shaded round, its top is flat."""
    turns = (np.arange(_SIDES) + 0.5) * 2.0 * math.pi / _SIDES
    round_ = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    rings = np.array(limb.rings)
    size = rings[:, 3:]
    rises = np.gradient(rings[:, 2])
    slopes = -np.gradient(size.mean(axis=1)) / np.maximum(np.abs(rises), 1e-6)
    places = np.dstack([rings[:, None, :2] + size[:, None, :] * round_, np.repeat(rings[:, 2:3], _SIDES, axis=1)])
    normals = np.dstack(
        [round_ / size[:, None, :] * size.mean(axis=1)[:, None, None], np.repeat(slopes[:, None], _SIDES, 1)]
    )
    triangles = [
        corner
        for ring in range(len(rings) - 1)
        for side in range(_SIDES)
        for corner in _band(ring * _SIDES + side, ring * _SIDES + (side + 1) % _SIDES)
    ]
    places, normals = places.reshape(-1, 3), normals.reshape(-1, 3)
    if limb.has_top:
        first = len(places)
        places = np.concatenate([places, places[-_SIDES:]])
        normals = np.concatenate([normals, np.tile((0.0, 0.0, 1.0), (_SIDES, 1))])
        triangles += [(first, first + side, first + side + 1) for side in range(1, _SIDES - 1)]
    count = len(places)
    bones, weights = np.zeros((count, 4), np.uint16), np.zeros((count, 4), np.float32)
    bones[:, 0], weights[:, 0] = limb.joint, 1.0
    return Part(
        triangles=np.array(triangles, np.uint32),
        positions=in_gltf(places),
        normals=in_gltf(normals / np.linalg.norm(normals, axis=1, keepdims=True)),
        colours=np.tile(np.array([*limb.colour, limb.tint], np.float32), (count, 1)),
        joints=bones,
        weights=weights,
        material=0,
    )


def _band(one: int, after: int) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    return (one, after, after + _SIDES), (one, after + _SIDES, one + _SIDES)


def _joined(limbs: list[Part]) -> Part:
    starts = np.cumsum([0, *(len(limb.positions) for limb in limbs[:-1])])
    triangles = [limb.triangles + np.uint32(start) for limb, start in zip(limbs, starts, strict=True)]
    colours, joints, weights = zip(*((limb.colours, limb.joints, limb.weights) for limb in limbs), strict=True)
    return Part(
        triangles=kept_array(np.concatenate(triangles)),
        positions=kept_array(np.concatenate([limb.positions for limb in limbs])),
        normals=kept_array(np.concatenate([limb.normals for limb in limbs])),
        colours=kept_array(np.concatenate(colours)),
        joints=kept_array(np.concatenate(joints)),
        weights=kept_array(np.concatenate(weights)),
        material=0,
    )


def _node(joint: int) -> Node:
    parent = _PARENTS[joint]
    x, y, z = np.subtract(_PIVOTS[joint], _PIVOTS[parent] if parent >= 0 else (0.0, 0.0, 0.0))
    return Node(f"joint {joint}", parent=parent, place_m=(float(x), float(z), float(-y)))


def _walking() -> Movement:
    """Legs and arms swing against each other; knees bend while their leg comes forward."""
    times = np.linspace(0.0, CYCLE_S, _KEYS).astype(np.float32)
    swing = np.sin(np.linspace(0.0, 2.0 * math.pi, _KEYS))
    lift = np.maximum(np.cos(np.linspace(0.0, 2.0 * math.pi, _KEYS)), 0.0)
    half = (_KEYS - 1) // 2
    other = np.concatenate([lift[half:-1], lift[: half + 1]])
    angles = {
        _THIGH: 0.5 * swing,
        _THIGH + 1: -0.5 * swing,
        _SHIN: -0.9 * lift,
        _SHIN + 1: -0.9 * other,
        _ARM: -0.45 * swing,
        _ARM + 1: 0.45 * swing,
        _FOREARM: 0.3 + 0.15 * swing,
        _FOREARM + 1: 0.3 - 0.15 * swing,
    }
    channels = tuple(Channel(joint, "rotation", times, _turns(angle)) for joint, angle in angles.items())
    return Movement("walk", channels, CYCLE_S)


def _turns(angles: np.ndarray) -> Floats:
    """Rotations about the axis to the right: + lifts a limb forward."""
    zero = np.zeros_like(angles)
    return np.stack([np.sin(0.5 * angles), zero, zero, np.cos(0.5 * angles)], axis=1).astype(np.float32)
