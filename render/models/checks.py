"""Whether a model agrees with itself: every number that names something names it, every array has its shape."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from render.assets.levels import level_sizes
from render.models.edges import EDGE_FLOATS
from render.models.model import Channel, Map, Material, Mesh, Model, Node, Part, Picture, Skin, Stood

_WIDTHS = {"translation": 3, "rotation": 4, "scale": 3}
_LAST_SET = 1


def check_model(model: Model) -> None:
    """Raises ValueError with the place of the first thing that does not fit."""
    for place, picture in enumerate(model.pictures):
        _check_picture(picture, f"pictures[{place}]")
    for place, material in enumerate(model.materials):
        _check_material(material, len(model.pictures), f"materials[{place}]")
    for place, mesh in enumerate(model.meshes):
        for number, part in enumerate(mesh.parts):
            _check_part(part, mesh, len(model.materials), f"meshes[{place}].parts[{number}]")
    for place, skin in enumerate(model.skins):
        _check_skin(skin, len(model.nodes), f"skins[{place}]")
    most = [_most_joint(mesh) for mesh in model.meshes]
    for place, node in enumerate(model.nodes):
        _check_node(node, place, model, most)
    for place, movement in enumerate(model.movements):
        for number, channel in enumerate(movement.channels):
            _check_channel(channel, model, f"movements[{place}].channels[{number}]")
    if model.stood is not None:
        _check_stood(model.stood)


def _must(is_so: bool, where: str, reason: str) -> None:
    if not is_so:
        raise ValueError(f"{where}: {reason}")


def _among(number: int | None, count: int, where: str) -> None:
    _must(number is None or 0 <= number < count, where, f"found {number}, expected one of {count}")


def _check_picture(picture: Picture, where: str) -> None:
    _must(picture.codes.ndim == 3 and picture.codes.shape[2] == 4, where, "another shape")
    if picture.levels:
        sizes = level_sizes(*picture.codes.shape[:2])[1:]
        found = tuple(level.shape for level in picture.levels)
        _must(found == tuple((*size, 4) for size in sizes), f"{where}.levels", "another shape")


def _check_material(material: Material, pictures: int, where: str) -> None:
    for name in ("colour_map", "metal_rough_map", "normal_map", "occlusion_map", "emitted_map"):
        found: Map | None = getattr(material, name)
        if found is not None:
            _among(found.picture, pictures, f"{where}.{name}.picture")
            _among(found.uv_set, _LAST_SET + 1, f"{where}.{name}.uv_set")


def _check_part(part: Part, mesh: Mesh, materials: int, where: str) -> None:
    count = len(part.positions)
    _among(part.material, materials, f"{where}.material")
    _must(part.triangles.ndim == 2 and part.triangles.shape[1] == 3, f"{where}.triangles", "another shape")
    _must(not part.triangles.size or int(part.triangles.max()) < count, f"{where}.triangles", "a vertex that is none")
    wide: list[tuple[str, NDArray[Any] | None, int]] = [
        ("positions", part.positions, 3),
        ("normals", part.normals, 3),
        ("tangents", part.tangents, 4),
        ("uvs[0]", part.uvs[0], 2),
        ("uvs[1]", part.uvs[1], 2),
        ("colours", part.colours, 4),
    ]
    for place, morph in enumerate(part.morphs):
        wide += [(f"morphs[{place}]", found, 3) for found in morph]
    for name, found, width in wide:
        _must(found is None or found.shape == (count, width), f"{where}.{name}", "another shape")
    _must((part.joints is None) == (part.weights is None), where, "one of joints and weights")
    if part.joints is not None and part.weights is not None:
        _must(part.joints.shape in ((count, 4), (count, 8)), f"{where}.joints", "another shape")
        _must(part.joints.shape == part.weights.shape, f"{where}.weights", "another shape")
    _must(part.edges is None or part.edges.shape[1:] == (EDGE_FLOATS,), f"{where}.edges", "another shape")
    _must(part.edges is None or len(part.edges) % 2 == 0, f"{where}.edges", "an odd number of ends")
    _must(len(part.morphs) == len(mesh.weights), f"{where}.morphs", "another number than the mesh has weights")


def _check_skin(skin: Skin, nodes: int, where: str) -> None:
    _must(skin.joint_from_mesh.shape == (len(skin.joints), 4, 4), where, "another shape")
    for joint in skin.joints:
        _among(joint, nodes, f"{where}.joints")


def _most_joint(mesh: Mesh) -> int:
    return max((int(part.joints.max(initial=0)) for part in mesh.parts if part.joints is not None), default=-1)


def _check_node(node: Node, place: int, model: Model, most: list[int]) -> None:
    where = f"nodes[{place}]"
    _must(-1 <= node.parent < place, f"{where}.parent", f"found {node.parent}, expected an earlier one")
    _must(node.sheared is None or len(node.sheared) == 16, f"{where}.sheared", "another length")
    _among(node.mesh, len(model.meshes), f"{where}.mesh")
    _among(node.skin, len(model.skins), f"{where}.skin")
    _among(node.lamp, len(model.lamps), f"{where}.lamp")
    copies = node.instances
    _must(copies is None or (copies.ndim == 3 and copies.shape[1:] == (4, 4)), f"{where}.instances", "another shape")
    if node.mesh is not None:
        known = len(model.meshes[node.mesh].weights)
        _must(len(node.weights) in (0, known), f"{where}.weights", f"found {len(node.weights)}, expected {known}")
        if node.skin is not None:
            joints = len(model.skins[node.skin].joints)
            _must(most[node.mesh] < joints, f"{where}.skin", f"found joint {most[node.mesh]}, expected one of {joints}")


def _check_channel(channel: Channel, model: Model, where: str) -> None:
    _among(channel.node, len(model.nodes), f"{where}.node")
    mesh = model.nodes[channel.node].mesh
    width = _WIDTHS.get(channel.path, 0 if mesh is None else len(model.meshes[mesh].weights))
    rows = len(channel.times_s) * (3 if channel.interpolation == "cubic" else 1)
    _must(channel.times_s.ndim == 1 and rows > 0, f"{where}.times_s", "another shape")
    _must(channel.values.shape == (rows, width), f"{where}.values", "another shape")


def _check_stood(stood: Stood) -> None:
    """Bends are looked up by a shader, without a look at how many there are."""
    rows, bends = stood
    _must(rows.ndim == 2 and rows.shape[1] == 8, "stood.rows", "another shape")
    _must(bends.ndim == 2 and bends.shape[1] == 2, "stood.bends", "another shape")
    _must(bool(np.isfinite(rows).all() and np.isfinite(bends).all()), "stood", "found NaN or infinity")
    first, counts = rows[:, 6], rows[:, 7]
    is_within = (first >= 0.0) & (counts >= 0.0) & (first + counts <= len(bends))
    _must(bool(is_within.all()), "stood.rows", "found bends that are not there")
    has_some = counts >= 1.0 if len(bends) else counts == 0.0
    _must(bool(has_some.all()), "stood.rows", "found ways without bends beside others with some")
