"""How large a model at rest is, and what it will take of the GPU."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from render.models.faults import ModelError
from render.models.limits import FARTHEST
from render.models.model import Floats, Model, Part
from render.models.node_matrices import Wide
from render.models.pose import Pose, Posing

_AT_ONCE = 1 << 16
_WITH_LEVELS = 4.0 / 3.0


def bounded(model: Model) -> Model:
    """The model with its bounds at rest. Raises ModelError where they are beyond all measure."""
    pose = Posing(model).at(None, 0.0)
    _refuse_far(pose.nodes)
    boxes = _boxes(model, pose)
    if not boxes:
        return model
    low = np.min([box[0] for box in boxes], axis=0)
    high = np.max([box[1] for box in boxes], axis=0)
    _refuse_far(np.array([low, high]))
    return model._replace(low_m=tuple(low.tolist()), high_m=tuple(high.tolist()))


def _refuse_far(numbers: Floats | Wide) -> None:
    if not (np.abs(numbers) <= FARTHEST).all():
        raise ModelError("model_places_far", "nodes", most=FARTHEST)


def _boxes(model: Model, pose: Pose) -> list[Wide]:
    """For each mesh in the scene its bounds (2, 3). Meshes that stand there once are exact, others by their corners."""
    times = Counter(node.mesh for node in model.nodes)
    corners = [_corners(mesh.parts) for mesh in model.meshes]
    found = []
    for place, node in enumerate(model.nodes):
        if node.mesh is None or not model.meshes[node.mesh].parts:
            continue
        matrix = pose.nodes[place].astype(np.float64)
        parts = model.meshes[node.mesh].parts
        if node.skin is not None:
            found.append(_of_skin(parts, pose, node.skin, place))
        elif node.instances is not None:
            copies = matrix @ node.instances
            found.append(_box(_moved(copies, corners[node.mesh]).reshape(-1, 3)))
        elif times[node.mesh] == 1:
            exact = [_box(_moved(matrix[None], _at_rest(part, pose.weights[place]))[0]) for part in parts]
            found.append(_box(np.concatenate(exact)))
        else:
            found.append(_box(_moved(matrix[None], corners[node.mesh])[0]))
    return found


def _of_skin(parts: tuple[Part, ...], pose: Pose, skin: int, place: int) -> Wide:
    """Bounds of skinned parts; their node's matrix does not act on them."""
    boxes = []
    for part in parts:
        places = _at_rest(part, pose.weights[place])
        if part.joints is None or part.weights is None:
            boxes.append(_box(_moved(pose.nodes[place][None], places)[0]))
            continue
        for begin in range(0, len(places), _AT_ONCE):
            chunk = slice(begin, begin + _AT_ONCE)
            matrices = pose.skins[skin][part.joints[chunk]]
            mixed = np.einsum("nj,njab->nab", part.weights[chunk], matrices)
            boxes.append(_box(np.einsum("nab,nb->na", mixed[:, :3, :3], places[chunk]) + mixed[:, :3, 3]))
    return _box(np.concatenate(boxes))


def _at_rest(part: Part, weights: tuple[float, ...]) -> Floats:
    places = part.positions
    for morph, weight in zip(part.morphs, weights, strict=True):
        if weight != 0.0 and morph.positions is not None:
            places = places + np.float32(weight) * morph.positions
    return places


def _corners(parts: tuple[Part, ...]) -> Wide:
    """The eight corners around all parts: (8, 3)."""
    if not parts:
        return np.zeros((8, 3))
    low, high = _box(np.concatenate([_box(part.positions) for part in parts]))
    return np.array([[(low, high)[(corner >> axis) & 1][axis] for axis in range(3)] for corner in range(8)])


def _moved(matrices: Wide | Floats, places: Wide | Floats) -> Wide:
    """Places (n, 3) by each of some matrices (k, 4, 4): (k, n, 3), in double precision."""
    wide = np.asarray(matrices, dtype=np.float64)
    found: Wide = places.astype(np.float64) @ wide[:, :3, :3].transpose(0, 2, 1) + wide[:, None, :3, 3]
    return found


def _box(places: Wide | Floats) -> Wide:
    return np.array([places.min(axis=0), places.max(axis=0)], dtype=np.float64)


def model_bytes(model: Model) -> int:
    """What a model takes on the GPU: vertices, indices, morphs, copies, skins, and pictures with their levels."""
    fine = {one.normal_map.picture for one in model.materials if one.normal_map is not None}  # in 16 bits
    pictures = sum(picture.codes.nbytes for picture in model.pictures)
    pictures += 2 * sum(model.pictures[place].codes.nbytes for place in fine)
    parts = sum(part_bytes(part) for mesh in model.meshes for part in mesh.parts)
    copies = sum(node.instances.nbytes for node in model.nodes if node.instances is not None)
    skins = sum(skin.joint_from_mesh.nbytes for skin in model.skins)
    return parts + copies + skins + int(pictures * _WITH_LEVELS)


def part_bytes(part: Part) -> int:
    """All arrays of a part together."""
    arrays: list[NDArray[Any] | None] = [part.triangles, part.positions, part.normals, part.tangents, *part.uvs]
    arrays += [part.colours]
    arrays += [part.joints, part.weights, *(one for morph in part.morphs for one in morph)]
    return sum(one.nbytes for one in arrays if one is not None)
