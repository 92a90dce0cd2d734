"""The triangles of a model's parts on the GPU, each part with all the places where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from render.models.edge_choice import LEAST_EDGES, EdgeChoice
from render.models.edges import edges_of
from render.models.materials import depth_variant, variant_of
from render.models.model import Floats, Model, Part
from render.models.parts import ball_of

MORPHS_WIDTH = 1536
"""Columns of the texture of morphs, three texels a vertex; `shaders/models/bending.glsl` has the same number."""
OWN_FLOATS = 16
"""Of an instance: three rows of a matrix, and where its joints and weights are."""
_OWN = {"row_0": 4, "row_1": 4, "row_2": 4, "own": 4}
_EDGE = {"position": 3, "along": 3, "normal_a": 3, "normal_b": 3}
FIGURE = {"way": 4, "gait": 4, "look": 4, "ground": 4}
"""Of a figure of a crowd: `render/models/crowd.py` says what."""
Content = tuple[Any, ...]
"""A buffer, its layout, and the names of what is in it, as moderngl takes them."""


class GpuPart:
    """A part and its instances: one for each node with its mesh, times what EXT_mesh_gpu_instancing says.

    `nodes` is the node of each instance, `local` node from instance or None. `ball` holds the part in the axes of its
    mesh; that of what joints move is infinite, so that it is never left out.
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
        self.ball = ball_of(part) if part.ball is None else part.ball
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
        self._edge_rows: Floats | None = None
        self.edge_choice: EdgeChoice | None = None
        """Those of its edges that can show, where it has many and stands once; made with `edges_array`."""

    @property
    def bytes(self) -> int:
        """Graphics memory."""
        morphs = 0 if self.morphs is None else 12 * self.morphs.width * self.morphs.height
        edges = 0 if self._edges is None else self._edges.size
        edges += 0 if self.edge_choice is None else self.edge_choice.bytes
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
        if self._has_edges:
            yield from self._edge_pieces(piece_bytes)
        if self.morphs is not None:
            yield from _write_morphs(self.morphs, self.part, piece_bytes)

    def _edge_pieces(self, piece_bytes: int) -> Iterator[int]:
        rows = edges_of(self.part) if self.part.edges is None else self.part.edges
        if len(rows):
            self._edges, self._edge_rows = self._context.buffer(reserve=rows.nbytes), rows
            codes = np.ascontiguousarray(rows).reshape(-1).view(np.uint8)
            for first in range(0, len(codes), piece_bytes):
                self._edges.write(codes[first : first + piece_bytes].tobytes(), offset=first)
                yield min(piece_bytes, len(codes) - first)

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
            content = [*self._vertices_for(program), *given(program, self.own, _OWN, "/i")]
            found = self._context.vertex_array(program, content, self._triangles)
            self._arrays[program.glo] = found
        return found

    def edges_array(self, program: moderngl.Program) -> moderngl.VertexArray | None:
        """What draws its edges; None where it has none."""
        found = self._edges_arrays.get(program.glo)
        if found is None and self._edges is not None:
            content = [*given(program, self._edges, _EDGE), *given(program, self.own, _OWN, "/i")]
            found = self._context.vertex_array(program, content, mode=moderngl.LINES)
            self._edges_arrays[program.glo] = found
            if self._edge_rows is not None and len(self._edge_rows) >= 2 * LEAST_EDGES and len(self.nodes) == 1:
                self.edge_choice = EdgeChoice(
                    self._context,
                    self._edge_rows,
                    lambda indices: self._context.vertex_array(program, content, indices, mode=moderngl.LINES),
                )
        return found

    def crowd_array(self, program: moderngl.Program, rows: moderngl.Buffer) -> moderngl.VertexArray:
        """What draws it as figures of a crowd, whose ways and looks are in `rows`."""
        content = [*self._vertices_for(program), *given(program, rows, FIGURE, "/i")]
        return self._context.vertex_array(program, content, self._triangles)

    def _vertices_for(self, program: moderngl.Program) -> Iterator[Content]:
        return given(program, self._vertices, {name: column.shape[1] for name, column in self._columns})

    def release(self) -> None:
        """Frees its graphics memory."""
        for array in (*self._arrays.values(), *self._edges_arrays.values()):
            array.release()
        if self.edge_choice is not None:
            self.edge_choice.release()
        for held in (self._vertices, self._triangles, self.own, self.morphs, self._edges):
            if held is not None:
                held.release()


def given(
    program: moderngl.Program, buffer: moderngl.Buffer, floats: Mapping[str, int], per: str = ""
) -> Iterator[Content]:
    """A buffer of rows of so many floats by name, as far as a program takes them; nothing where it takes none.

    What moderngl itself leaves out, it takes for `gl_VertexID` where a program has that, which is an error of OpenGL.
    """
    taken = [name for name in floats if name in program]
    form = " ".join(f"{count}f" if name in taken else f"{4 * count}x" for name, count in floats.items())
    if taken:
        yield (buffer, f"{form}{per}", *taken)


def gpu_parts(context: moderngl.Context, model: Model, *, has_edges: bool = False) -> Iterator[GpuPart]:
    """All parts of meshes that stand somewhere, one after the other."""
    standing: dict[int, list[int]] = {}
    for number, node in enumerate(model.nodes):
        if node.mesh is not None:
            standing.setdefault(node.mesh, []).append(number)
    for mesh, nodes in standing.items():
        for part in model.meshes[mesh].parts:
            yield GpuPart(context, model, part, nodes, has_edges=has_edges)


def in_order(parts: Iterable[GpuPart]) -> tuple[GpuPart, ...]:
    """By their variants and materials, so that few things change from draw to draw."""
    return tuple(sorted(parts, key=lambda part: (part.variant, part.material)))


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
    """Every morph's place, normal and tangent of each vertex, three texels; rows of the texture hold whole vertices."""
    vertices, of_row = len(part.positions), MORPHS_WIDTH // 3
    step = max(1, piece_bytes // (12 * MORPHS_WIDTH))
    for top in range(0, texture.height, step):
        rows = min(step, texture.height - top)
        first, stop = top * of_row, min((top + rows) * of_row, vertices * len(part.morphs))
        band = np.zeros((rows * of_row, 3, 3), np.float32)
        for number in range(first // vertices, -(-stop // vertices)):
            begin = number * vertices
            here = slice(max(first, begin), min(stop, begin + vertices))
            for column, found in enumerate(part.morphs[number]):
                if found is not None:
                    band[here.start - first : here.stop - first, column] = found[here.start - begin : here.stop - begin]
        texture.write(band.tobytes(), viewport=(0, top, MORPHS_WIDTH, rows))
        yield band.nbytes
