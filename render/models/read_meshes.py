"""Meshes of a glTF file: each primitive becomes a part of triangles with everything that drawing needs.

Khronos, "glTF 2.0 Specification", section 3.7.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from render.assets.facts import PictureFinding
from render.models.faults import ModelError
from render.models.gltf_records import JsonMesh, JsonPart
from render.models.limits import Budget
from render.models.model import Floats, Material, Mesh, Morph, Part
from render.models.parts import (
    Triangles,
    Vertices,
    flat_shaded,
    is_flat,
    triangles_of,
    unit,
    used_only,
)
from render.models.stored import Stored
from render.models.tangents import mended_tangents, with_tangents

_LINES = 3
"""Modes up to this one are points and lines."""
_SETS = 2
_HEAVIEST = 1e6
"""What more a joint's weight says is this: sums of such weights are numbers."""


class MeshReader:
    """Reads meshes. `materials` are the file's, and then the default one for parts that name none."""

    def __init__(self, stored: Stored, materials: tuple[Material, ...], budget: Budget) -> None:
        self._stored = stored
        self._materials = materials
        self._budget = budget
        self._passed_over: Counter[str] = Counter()

    def notes(self) -> Iterator[PictureFinding]:
        """What of the meshes was passed over."""
        for code, count in sorted(self._passed_over.items()):
            yield PictureFinding(code=code, values={"count": count})

    def mesh(self, found: JsonMesh, where: str) -> Mesh:
        """One mesh. Raises ModelError."""
        self._budget.take("parts", len(found.primitives), where)
        morphs = len(found.primitives[0].targets) if found.primitives else 0
        if any(len(part.targets) != morphs for part in found.primitives):
            raise ModelError("model_morphs_differ", where)
        if found.weights and len(found.weights) != morphs:
            count = len(found.weights)
            raise ModelError("model_count_wrong", f"{where}.weights", found=count, expected=morphs, of="targets")
        parts = (self._part(part, f"{where}.primitives[{index}]") for index, part in enumerate(found.primitives))
        weights = found.weights or (0.0,) * morphs
        return Mesh(name=found.name[:200], parts=tuple(part for part in parts if part is not None), weights=weights)

    def _part(self, found: JsonPart, where: str) -> Part | None:
        """One primitive; None where it is not of triangles, or none has an area."""
        if found.mode <= _LINES:
            self._passed_over["model_lines_ignored"] += 1
            return None
        self._refuse_draco(found, where)
        if found.material is not None and found.material >= len(self._materials) - 1:
            here, count = f"{where}.material", len(self._materials) - 1
            raise ModelError("model_number_unknown", here, found=found.material, count=count, of="materials")
        material = len(self._materials) - 1 if found.material is None else found.material
        vertices = self._vertices(found, where)
        triangles = self._triangles(found, len(vertices.positions), where)
        flat = is_flat(vertices.positions, triangles, moves=bool(vertices.morphs) or vertices.joints is not None)
        if flat.any():
            self._passed_over["model_flat_triangles_dropped"] += int(flat.sum())
            triangles = triangles[~flat]
        if not len(triangles):
            return None
        return self._finished(vertices, triangles, material, where)

    def _refuse_draco(self, found: JsonPart, where: str) -> None:
        """A compressed primitive may have plain arrays too: those are read."""
        if found.extensions.draco is None:
            return
        used = [*found.attributes.values(), *([] if found.indices is None else [found.indices])]
        if any(self._stored.accessor(index, where).buffer_view is None for index in used):
            raise ModelError("model_compressed", where, found="KHR_draco_mesh_compression")

    def _triangles(self, found: JsonPart, count: int, where: str) -> Triangles:
        if found.indices is None:
            indices: NDArray[np.uint32] = np.arange(count, dtype=np.uint32)
        else:
            indices = self._stored.whole(found.indices, f"{where}.indices", "SCALAR")[:, 0]
            if len(indices) and int(indices.max()) >= count:
                at = int(np.argmax(indices >= count))
                vertex = int(indices[at])
                raise ModelError("model_vertex_unknown", f"{where}.indices", found=vertex, place=at, count=count)
        made = len(indices) // 3 if found.mode == 4 else max(0, len(indices) - 2)
        self._budget.take("triangles", made, f"{where}.indices")
        return triangles_of(indices, found.mode)

    def _vertices(self, found: JsonPart, where: str) -> Vertices:
        self._budget.bound("morphs", len(found.targets), f"{where}.targets")
        reader = _Attributes(self._stored, found.attributes, f"{where}.attributes")
        if "POSITION" not in found.attributes:
            raise ModelError("model_lacks", f"{where}.attributes", expected="POSITION")
        count = self._stored.accessor(found.attributes["POSITION"], f"{where}.attributes.POSITION").count
        self._budget.take("vertices", count * (1 + len(found.targets)), where)
        positions = reader.floats("POSITION", count, "VEC3")
        assert positions is not None
        normals = reader.floats("NORMAL", count, "VEC3")
        joints, weights = self._influences(reader, count)
        return Vertices(
            positions=positions,
            normals=None if normals is None else unit(normals),
            tangents=reader.floats("TANGENT", count, "VEC4"),
            uvs=(reader.floats("TEXCOORD_0", count, "VEC2"), reader.floats("TEXCOORD_1", count, "VEC2")),
            colours=_colours(reader.floats("COLOR_0", count, "VEC3", "VEC4")),
            joints=joints,
            weights=weights,
            morphs=tuple(
                self._morph(target, count, f"{where}.targets[{index}]") for index, target in enumerate(found.targets)
            ),
        )

    def _morph(self, target: dict[str, int], count: int, where: str) -> Morph:
        reader = _Attributes(self._stored, target, where)
        return Morph(*(reader.floats(name, count, "VEC3") for name in ("POSITION", "NORMAL", "TANGENT")))

    def _influences(self, reader: _Attributes, count: int) -> tuple[NDArray[np.uint16] | None, Floats | None]:
        """Joints and weights of up to two sets of four: weights sum to one, joints without weight are the first."""
        joints, weights = [], []
        for number in range(_SETS):
            indices, shares = reader.whole(f"JOINTS_{number}", count), reader.floats(f"WEIGHTS_{number}", count, "VEC4")
            if (indices is None) != (shares is None):
                names = {"joints": f"JOINTS_{number}", "weights": f"WEIGHTS_{number}"}
                raise ModelError("model_half_influences", reader.where, **names)
            if indices is not None and shares is not None:
                joints.append(indices.astype(np.uint16))
                weights.append(np.clip(shares, 0.0, _HEAVIEST))
        if not joints:
            return None, None
        if f"JOINTS_{_SETS}" in reader.names:
            self._passed_over["model_joints_ignored"] += 1
        found, share = np.concatenate(joints, axis=1), np.concatenate(weights, axis=1)
        total = share.sum(axis=1, keepdims=True)
        share = np.divide(share, total, out=np.zeros_like(share), where=total > 0.0)
        share[total[:, 0] == 0.0, 0] = 1.0
        found[share == 0.0] = 0
        return found, share

    def _finished(self, vertices: Vertices, triangles: Triangles, material: int, where: str) -> Part:
        """With normals, with tangents where the material has a map of normals, without vertices that nothing uses."""
        if vertices.normals is None:
            self._budget.take("vertices", triangles.size * (1 + len(vertices.morphs)), where)
            vertices, triangles = flat_shaded(vertices, triangles)
        else:
            vertices, triangles = used_only(vertices, triangles)
        normal_map = self._materials[material].normal_map
        uvs = None if normal_map is None else vertices.uvs[normal_map.uv_set]
        if uvs is None:
            vertices = vertices._replace(tangents=None)
        elif vertices.tangents is None:
            vertices, triangles = with_tangents(vertices, triangles, uvs)
        else:
            vertices = vertices._replace(tangents=mended_tangents(vertices))
        return vertices.part(triangles, material)


class _Attributes:
    """The arrays of a primitive or of a morph target, by their names in the standard."""

    def __init__(self, stored: Stored, attributes: dict[str, int], where: str) -> None:
        self._stored = stored
        self.names = attributes
        self.where = where

    def floats(self, name: str, count: int, *types: str) -> Floats | None:
        """An array of an attribute; None where there is none."""
        if name not in self.names:
            return None
        self._check_count(name, count)
        return self._stored.numbers(self.names[name], f"{self.where}.{name}", *types)

    def whole(self, name: str, count: int) -> NDArray[np.uint16] | None:
        """Four joints a vertex; None where there are none."""
        if name not in self.names:
            return None
        self._check_count(name, count)
        found = self._stored.whole(self.names[name], f"{self.where}.{name}", "VEC4")
        if found.itemsize > 2:
            raise ModelError("model_joints_wide", f"{self.where}.{name}")
        return found

    def _check_count(self, name: str, count: int) -> None:
        found = self._stored.accessor(self.names[name], f"{self.where}.{name}").count
        if found != count:
            raise ModelError("model_count_wrong", f"{self.where}.{name}", found=found, expected=count, of="POSITION")


def _colours(found: Floats | None) -> Floats | None:
    """Linear colours with alpha, 0..1 (section 3.7.2.1)."""
    if found is None:
        return None
    colours = np.ones((len(found), 4), dtype=np.float32)
    colours[:, : found.shape[1]] = np.clip(found, 0.0, 1.0)
    return colours
