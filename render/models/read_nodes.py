"""The tree of nodes that a glTF file shows: its default scene, parents before children, each placed and checked.

Khronos, "glTF 2.0 Specification", section 3.5; KHR_lights_punctual, EXT_mesh_gpu_instancing.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from render.models.faults import ModelError
from render.models.gltf_records import Document, Instancing, JsonLamp, JsonNode
from render.models.limits import Budget
from render.models.model import Floats, Lamp, Node
from render.models.node_matrices import matrices_of, taken_apart
from render.models.parts import kept_array
from render.models.stored import Stored

_KINDS: dict[str, Literal["point", "spot", "sun"]] = {"point": "point", "spot": "spot", "directional": "sun"}
_SPAN = 1e-3
"""How far a rotation may be from length 1 before it counts as a mistake; within, it is made to be."""
_NO_ROTATION = (0.0, 0.0, 0.0, 1.0)


class Tree:
    """The nodes of a scene: their numbers in the file in the model's order, and each one's parent in that order."""

    def __init__(self, numbers: tuple[int, ...], parents: tuple[int, ...]) -> None:
        self.numbers = numbers
        self.parents = parents
        self._places = {number: place for place, number in enumerate(numbers)}

    def place(self, number: int) -> int | None:
        """Where a node of the file is in the model; None where it is not in the scene that is shown."""
        return self._places.get(number)


def read_tree(document: Document, budget: Budget) -> Tree:
    """The nodes of the default scene. Raises ModelError for cycles, two parents, and numbers that are none."""
    budget.bound("nodes", len(document.nodes), "nodes")
    parents = _parents(document)
    roots = _roots(document, parents)
    numbers, places = [], []
    waiting = [(number, -1, 1) for number in reversed(roots)]
    while waiting:
        number, parent, depth = waiting.pop()
        budget.bound("depth", depth, f"nodes[{number}]")
        numbers.append(number)
        places.append(parent)
        here = len(numbers) - 1
        waiting.extend((child, here, depth + 1) for child in reversed(document.nodes[number].children))
    return Tree(tuple(numbers), tuple(places))


def _parents(document: Document) -> dict[int, int]:
    """Each child's parent. Every node has one at most and none is above itself, whatever scene they are in."""
    parents: dict[int, int] = {}
    for number, node in enumerate(document.nodes):
        for index, child in enumerate(node.children):
            where = f"nodes[{number}].children[{index}]"
            if child >= len(document.nodes):
                raise ModelError("model_number_unknown", where, found=child, count=len(document.nodes), of="nodes")
            if child in parents:
                raise ModelError("model_two_parents", where, found=child, parent=parents[child])
            parents[child] = number
    good: set[int] = set()
    for start in parents:
        above, number = [], start
        while number in parents and number not in good:
            above.append(number)
            good.add(number)
            number = parents[number]
        if number in above:
            raise ModelError("model_circle", f"nodes[{number}].children")
    return parents


def _roots(document: Document, parents: dict[int, int]) -> tuple[int, ...]:
    """The nodes at the top of the scene that is shown."""
    if not document.scenes:
        return tuple(number for number in range(len(document.nodes)) if number not in parents)
    shown = document.scene or 0
    if shown >= len(document.scenes):
        raise ModelError("model_number_unknown", "scene", found=shown, count=len(document.scenes), of="scenes")
    roots = document.scenes[shown].nodes
    seen: set[int] = set()
    for index, number in enumerate(roots):
        where = f"scenes[{shown}].nodes[{index}]"
        if number >= len(document.nodes):
            raise ModelError("model_number_unknown", where, found=number, count=len(document.nodes), of="nodes")
        if number in parents:
            raise ModelError("model_no_root", where, found=number, parent=parents[number])
        if number in seen:
            raise ModelError("model_root_twice", where, found=number)
        seen.add(number)
    return roots


def placed_node(found: JsonNode, where: str) -> Node:
    """A node with its place alone. Raises ModelError for what is no placement."""
    name = found.name[:200]
    if found.matrix is None:
        return Node(
            name=name,
            place_m=found.translation or (0.0, 0.0, 0.0),
            turn=_rotation(found.rotation or _NO_ROTATION, f"{where}.rotation"),
            scale=found.scale or (1.0, 1.0, 1.0),
        )
    if found.translation is not None or found.rotation is not None or found.scale is not None:
        raise ModelError("model_matrix_beside", where)
    rows = np.array(found.matrix, dtype=np.float64).reshape(4, 4).T
    if tuple(rows[3]) != (0.0, 0.0, 0.0, 1.0):
        raise ModelError("model_no_placement", f"{where}.matrix")
    apart = taken_apart(rows)
    if apart is None:
        return Node(name=name, sheared=tuple(rows.ravel().tolist()))
    return Node(name=name, place_m=apart[0], turn=apart[1], scale=apart[2])


def _rotation(found: tuple[float, float, float, float], where: str) -> tuple[float, float, float, float]:
    length = math.hypot(*found)
    if abs(length - 1.0) > _SPAN:
        raise ModelError("model_no_rotation", where, found=length)
    x, y, z, w = (value / length for value in found)
    return x, y, z, w


def read_lamp(found: JsonLamp, where: str) -> Lamp:
    """A light of KHR_lights_punctual. Raises ModelError."""
    inner, outer = found.spot.inner_cone_angle, found.spot.outer_cone_angle
    if found.type == "spot" and inner >= outer:
        raise ModelError("model_cone_wrong", f"{where}.spot", found=inner, outer=outer)
    red, green, blue = (value * found.intensity for value in found.color)
    return Lamp(
        kind=_KINDS[found.type],
        colour=(red, green, blue),
        range_m=found.range or 0.0,
        inner_cone=inner,
        outer_cone=outer,
    )


def read_instances(found: Instancing, stored: Stored, budget: Budget, where: str) -> Floats:
    """Where the copies of a node's mesh stand: (k, 4, 4), node from instance. Raises ModelError."""
    read: dict[str, NDArray[Any]] = {}
    count = 0
    for name, kind in (("TRANSLATION", "VEC3"), ("ROTATION", "VEC4"), ("SCALE", "VEC3")):
        if name in found.attributes:
            here = f"{where}.attributes.{name}"
            number = stored.accessor(found.attributes[name], here).count
            if count not in (0, number):
                raise ModelError("model_count_wrong", here, found=number, expected=count, of=next(iter(read)))
            count = number
            budget.bound("instances", count, here)
            read[name] = stored.numbers(found.attributes[name], here, kind)
    if not count:
        raise ModelError("model_lacks", f"{where}.attributes", expected="TRANSLATION, ROTATION, SCALE")
    budget.take("instances", count, where)
    places = read.get("TRANSLATION", np.zeros((count, 3)))
    turns = read.get("ROTATION", np.tile(np.array(_NO_ROTATION), (count, 1)))
    lengths = np.linalg.norm(turns.astype(np.float64), axis=1)
    if (np.abs(lengths - 1.0) > 0.05).any():
        at = int(np.argmax(np.abs(lengths - 1.0)))
        raise ModelError("model_no_rotation", f"{where}.attributes.ROTATION[{at}]", found=float(lengths[at]))
    scales = read.get("SCALE", np.ones((count, 3)))
    return kept_array(matrices_of(places, turns / lengths[:, None], scales).astype(np.float32))
