"""The triangles of a model's parts on the GPU, each part with all the places where it stands."""

from __future__ import annotations

from collections.abc import Iterator

import moderngl
import numpy as np
from numpy.typing import NDArray

from render.models.edges import edges_of
from render.models.materials import depth_variant, variant_of
from render.models.model import Floats, Model, Morph, Part

MORPHS_WIDTH = 1536
"""Columns of the texture of morphs, three texels a vertex; `shaders/models/bending.glsl` has the same number."""
OWN_FLOATS = 16
"""Of an instance: three rows of a matrix, and where its joints and weights are."""
_OWN = ("4f 4f 4f 4f/i", "row_0", "row_1", "row_2", "own")


class GpuPart:
    """A part and its instances: one for each node with its mesh, times what EXT_mesh_gpu_instancing says.

    `nodes` is the node of each instance, `local` node from instance or None. `middle` and `radius` hold the part in
    the axes of its mesh; the radius of what joints move is infinite, so that it is never left out.
    """

    def __init__(
        self, context: moderngl.Context, model: Model, part: Part, nodes: list[int], *, has_edges: bool = False
    ) -> None:
        self.part = part
        self.material = part.material
        material = model.materials[part.material]
        self.variant = variant_of(material, part)
        self.depth_variant = depth_variant(self.variant)
        self.is_blended = material.alpha_mode == "blend"
        self.is_double_sided = material.is_double_sided
        self.nodes, self.local, self.skins = _instances(model, nodes)
        self.middle, self.radius = _ball(part)
        self._rest = {node: model.nodes[node].weights or _mesh_weights(model, node) for node in nodes}
        self._columns = _columns(part)
        self._context = context
        vertices, floats = len(part.positions), sum(column.shape[1] for _, column in self._columns)
        self._vertices = context.buffer(reserve=max(4, 4 * vertices * floats))
        self._triangles = context.buffer(reserve=max(4, part.triangles.nbytes))
        self.morphs = _morphs_texture(context, part) if part.morphs else None
        self.own = context.buffer(reserve=64 * max(1, len(self.nodes)), dynamic=True)
        self.shown: object = None
        """What the buffer of instances holds, to be told by `is`."""
        self._arrays: dict[int, moderngl.VertexArray] = {}
        self._edges_arrays: dict[int, moderngl.VertexArray] = {}
        self._has_edges = has_edges and material.alpha_mode == "opaque"
        self._edges: moderngl.Buffer | None = None

    @property
    def bytes(self) -> int:
        """Graphics memory."""
        morphs = 0 if self.morphs is None else 12 * self.morphs.width * self.morphs.height
        edges = 0 if self._edges is None else self._edges.size
        return edges + self._vertices.size + self._triangles.size + self.own.size + morphs

    def pieces(self, piece_bytes: int) -> Iterator[int]:
        """Uploads vertices and triangles in pieces; gives the bytes of each."""
        floats = sum(column.shape[1] for _, column in self._columns)
        step = max(1, piece_bytes // (4 * floats))
        for first in range(0, len(self.part.positions), step):
            here = [column[first : first + step] for _, column in self._columns]
            rows = np.concatenate(here, axis=1, dtype=np.float32)
            self._vertices.write(rows.tobytes(), offset=4 * floats * first)
            yield rows.nbytes
        codes = self.part.triangles.tobytes()
        for first in range(0, len(codes), piece_bytes):
            self._triangles.write(codes[first : first + piece_bytes], offset=first)
            yield min(piece_bytes, len(codes) - first)
        rows = edges_of(self.part) if self._has_edges else np.zeros(0, np.float32)
        if len(rows):
            self._edges = self._context.buffer(rows.tobytes())
            yield rows.nbytes
        if self.morphs is not None:
            yield from _write_morphs(self.morphs, self.part, piece_bytes)

    def weights_at_rest(self, node: int) -> tuple[float, ...]:
        """The weights of morphs that the file gives a node, or its mesh."""
        return self._rest[node]

    def reserve(self, instances: int) -> None:
        """Makes room for so many instances."""
        if 4 * OWN_FLOATS * instances > self.own.size:
            self.own.orphan(4 * OWN_FLOATS * instances)

    def array(self, program: moderngl.Program) -> moderngl.VertexArray:
        """What draws the part with a program; made once for each."""
        found = self._arrays.get(program.glo)
        if found is None:
            form = " ".join(f"{column.shape[1]}f" for _, column in self._columns)
            content = [(self._vertices, form, *(name for name, _ in self._columns)), (self.own, *_OWN)]
            found = self._context.vertex_array(program, content, self._triangles, skip_errors=True)
            self._arrays[program.glo] = found
        return found

    def edges_array(self, program: moderngl.Program) -> moderngl.VertexArray | None:
        """What draws its edges; None where it has none."""
        found = self._edges_arrays.get(program.glo)
        if found is None and self._edges is not None:
            content = [
                (self._edges, "3f 3f 3f 3f", "position", "along", "normal_a", "normal_b"),
                (self.own, *_OWN),
            ]
            found = self._context.vertex_array(program, content, mode=moderngl.LINES, skip_errors=True)
            self._edges_arrays[program.glo] = found
        return found

    def crowd_array(self, program: moderngl.Program, rows: moderngl.Buffer) -> moderngl.VertexArray:
        """What draws it as figures of a crowd, whose ways and looks are in `rows`."""
        form = " ".join(f"{column.shape[1]}f" for _, column in self._columns)
        content = [
            (self._vertices, form, *(name for name, _ in self._columns)),
            (rows, "4f 4f 4f/i", "way", "gait", "look"),
        ]
        return self._context.vertex_array(program, content, self._triangles, skip_errors=True)

    def release(self) -> None:
        """Frees its graphics memory."""
        for array in (*self._arrays.values(), *self._edges_arrays.values()):
            array.release()
        for held in (self._vertices, self._triangles, self.own, self.morphs, self._edges):
            if held is not None:
                held.release()


def gpu_parts(context: moderngl.Context, model: Model, *, has_edges: bool = False) -> tuple[GpuPart, ...]:
    """All parts of meshes that stand somewhere, in the order of their variants and materials."""
    standing: dict[int, list[int]] = {}
    for number, node in enumerate(model.nodes):
        if node.mesh is not None:
            standing.setdefault(node.mesh, []).append(number)
    made = [
        GpuPart(context, model, part, nodes, has_edges=has_edges)
        for mesh, nodes in standing.items()
        for part in model.meshes[mesh].parts
    ]
    return tuple(sorted(made, key=lambda part: (part.variant, part.material)))


def _instances(model: Model, nodes: list[int]) -> tuple[NDArray[np.intp], Floats | None, tuple[int, ...]]:
    """Of each instance the node, the matrix node from instance, and the skin, -1 for none."""
    own = [model.nodes[node].instances for node in nodes]
    counts = [1 if matrices is None else len(matrices) for matrices in own]
    of_instance = np.repeat(np.array(nodes, np.intp), counts)
    skins = tuple(
        -1 if model.nodes[int(node)].skin is None else model.nodes[int(node)].skin or 0 for node in of_instance
    )
    if all(matrices is None for matrices in own):
        return of_instance, None, skins
    still = np.eye(4, dtype=np.float32)[None]
    return of_instance, np.concatenate([still if matrices is None else matrices for matrices in own]), skins


def _mesh_weights(model: Model, node: int) -> tuple[float, ...]:
    mesh = model.nodes[node].mesh
    return () if mesh is None else model.meshes[mesh].weights


def _ball(part: Part) -> tuple[NDArray[np.float64], float]:
    places = part.positions.astype(np.float64)
    if not len(places) or part.joints is not None:
        return np.zeros(3), np.inf
    middle = 0.5 * (places.min(axis=0) + places.max(axis=0))
    radius = float(np.sqrt(((places - middle) ** 2).sum(axis=1).max()))
    moved = [morph.positions for morph in part.morphs if morph.positions is not None]
    return middle, radius if not moved else np.inf


def _columns(part: Part) -> list[tuple[str, Floats]]:
    """What a vertex has, by the names of the shader's attributes."""
    joints, weights = part.joints, part.weights
    given: list[tuple[str, Floats | None]] = [
        ("position", part.positions),
        ("normal", part.normals),
        ("tangent", part.tangents),
        ("uv_0", part.uvs[0]),
        ("uv_1", part.uvs[1]),
        ("vertex_colour", part.colours),
    ]
    if joints is not None and weights is not None:
        for number in range(joints.shape[1] // 4):
            places = slice(4 * number, 4 * number + 4)
            given.append((f"joints_{number}", joints[:, places].astype(np.float32)))
            given.append((f"weights_{number}", weights[:, places]))
    return [(name, column) for name, column in given if column is not None]


def _morphs_texture(context: moderngl.Context, part: Part) -> moderngl.Texture:
    texels = 3 * len(part.positions) * len(part.morphs)
    texture = context.texture((MORPHS_WIDTH, max(1, -(-texels // MORPHS_WIDTH))), 3, dtype="f4")
    texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
    return texture


def _write_morphs(texture: moderngl.Texture, part: Part, piece_bytes: int) -> Iterator[int]:
    """Every morph's place, normal and tangent of each vertex, three texels."""
    none = np.zeros((len(part.positions), 3), np.float32)

    def rows(morph: Morph) -> Floats:
        given = (none if one is None else one for one in (morph.positions, morph.normals, morph.tangents))
        return np.stack(list(given), axis=1)

    texels = np.zeros((texture.height * MORPHS_WIDTH, 3), np.float32)
    found = np.concatenate([rows(morph).reshape(-1, 3) for morph in part.morphs])
    texels[: len(found)] = found
    step = max(1, piece_bytes // (12 * MORPHS_WIDTH))
    for top in range(0, texture.height, step):
        band = texels[top * MORPHS_WIDTH : (top + step) * MORPHS_WIDTH]
        texture.write(band.tobytes(), viewport=(0, top, MORPHS_WIDTH, len(band) // MORPHS_WIDTH))
        yield band.nbytes
