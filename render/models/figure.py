"""A person for crowds, made by code: some boxes with joints, and a movement of walking."""

from __future__ import annotations

import math

import numpy as np

from render.models.model import Channel, Floats, Material, Mesh, Model, Movement, Node, Part, Skin
from render.models.parts import kept_array
from render.models.quads import Colour, Place, Quads

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
_PARTS = (
    (_TRUNK, (-0.2, -0.11, 0.9), (0.2, 0.11, 1.46), _CLOTH, 1.0),
    (_TRUNK, (-0.055, -0.05, 1.46), (0.055, 0.05, 1.53), _SKIN, 0.0),
    (_TRUNK, (-0.08, -0.1, 1.52), (0.08, 0.09, 1.71), _SKIN, 0.0),
    (_TRUNK, (-0.09, -0.115, 1.64), (0.09, 0.055, HEIGHT_M), _HAIR, 0.0),
)
_LIMBS = (
    (_THIGH, 0.1, (0.085, 0.095), (_KNEE_M, _HIP_M), _TROUSERS, 0.4),
    (_SHIN, 0.1, (0.065, 0.075), (0.06, _KNEE_M), _TROUSERS, 0.4),
    (_SHIN, 0.1, (0.06, 0.13), (0.0, 0.08), _SHOE, 0.0),
    (_ARM, 0.235, (0.055, 0.065), (_ELBOW_M, _SHOULDER_M + 0.03), _CLOTH, 1.0),
    (_FOREARM, 0.235, (0.045, 0.05), (0.82, _ELBOW_M), _CLOTH, 1.0),
)


def person() -> Model:
    """A person who looks along +Y of the stage, and walks in a cycle of `CYCLE_S`.

    The alpha of its colours says how much of a figure's own tint they take.
    """
    pieces: list[Part] = []
    joints: list[int] = []
    tinted: list[float] = []
    for joint, low, high, colour, tint in _boxes():
        box = Quads()
        box.box(low, high, colour)
        pieces += box.parts(0)
        joints.append(joint)
        tinted.append(tint)
    nodes = [_node(joint) for joint in range(len(_PIVOTS))]
    binds = np.tile(np.eye(4, dtype=np.float32), (len(_PIVOTS), 1, 1))
    for joint, (x, y, z) in enumerate(_PIVOTS):
        binds[joint, :3, 3] = (-x, -z, y)
    body = Node("person", mesh=0, skin=0)
    return Model(
        nodes=(*nodes, body),
        meshes=(Mesh("person", (_joined(pieces, joints, tinted),)),),
        materials=(Material("person", metallic=0.0, roughness=0.85, is_matte=True),),
        pictures=(),
        skins=(Skin(tuple(range(len(_PIVOTS))), binds),),
        movements=(_walking(),),
        low_m=(-0.5, 0.0, -0.5),
        high_m=(0.5, HEIGHT_M, 0.5),
    )


def _boxes() -> list[tuple[int, Place, Place, Colour, float]]:
    found: list[tuple[int, Place, Place, Colour, float]] = [*_PARTS]
    for joint, off, (wide, deep), (foot, top), colour, tint in _LIMBS:
        for number, side in enumerate((-1.0, 1.0)):
            middle, ahead = side * off, 0.07 if colour == _SHOE else 0.0
            low, high = (middle - wide, ahead - deep, foot), (middle + wide, ahead + deep, top)
            found.append((joint + number, low, high, colour, tint))
    return found


def _joined(pieces: list[Part], joints: list[int], tinted: list[float]) -> Part:
    starts = np.cumsum([0, *(len(one.positions) for one in pieces[:-1])])
    of_vertex = np.repeat(joints, [len(one.positions) for one in pieces])
    bones = np.zeros((len(of_vertex), 4), np.uint16)
    bones[:, 0] = of_vertex
    weights = np.zeros((len(of_vertex), 4), np.float32)
    weights[:, 0] = 1.0
    colours = np.concatenate([one.colours for one in pieces if one.colours is not None])
    colours[:, 3] = np.repeat(tinted, [len(one.positions) for one in pieces])
    return Part(
        triangles=kept_array(
            np.concatenate([one.triangles + np.uint32(start) for one, start in zip(pieces, starts, strict=True)])
        ),
        positions=kept_array(np.concatenate([one.positions for one in pieces])),
        normals=kept_array(np.concatenate([one.normals for one in pieces])),
        colours=kept_array(colours),
        joints=kept_array(bones),
        weights=kept_array(weights),
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
