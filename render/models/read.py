"""Reads a model from a glTF 2.0 file, and believes nothing in it: bounded, checked, refused with place and reason.

Khronos, "glTF 2.0 Specification". A hostile file may at most be refused; where that matters, read it in a process that
may die (as the loader's decoder is), since pictures are decoded by others' libraries.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from render.assets.facts import PictureFinding
from render.images.faults import RefusedFileError
from render.images.picture_hashes import file_sha256
from render.models.asset_folder import AssetFolder
from render.models.bounds import bounded
from render.models.extensions import ignored_extensions, refuse_required
from render.models.faults import ModelError, unreadable
from render.models.gltf_file import read_container
from render.models.gltf_records import Document
from render.models.limits import MODEL_LIMITS, Budget, ModelLimits
from render.models.model import MOST_LAMPS, Material, Mesh, Model, Node
from render.models.read_materials import MaterialReader
from render.models.read_meshes import MeshReader
from render.models.read_movements import MovementReader, read_skin
from render.models.read_nodes import Tree, placed_node, read_instances, read_lamp, read_tree
from render.models.stored import Stored
from tracking.records import ConfigError


class KnownModel(NamedTuple):
    """A model, and what it is known by: the SHA-256 of its file's bytes as they were read, or where it names others
    beside itself, of the hashes of all that was read.
    """

    sha256: str
    model: Model


def read_model(path: Path, limits: ModelLimits = MODEL_LIMITS) -> Model:
    """The model in a `.glb` or `.gltf` file, as `read_known_model`."""
    return read_known_model(path, limits).model


def model_sha256(path: Path) -> str:
    """What the model of a file is known by; "" where it is none. Raises OSError."""
    if path.suffix.lower() != ".gltf":
        return file_sha256(path)
    try:
        return read_known_model(path).sha256
    except ConfigError:
        return ""


def read_known_model(path: Path, limits: ModelLimits = MODEL_LIMITS) -> KnownModel:
    """The model in a `.glb` or `.gltf` file, with the files beside it that it names.

    Raises RefusedFileError, one line: file, place in its JSON, what was found, what was expected, what to do.
    """
    try:
        reader = _ModelReader(path, limits)
        return KnownModel(model=reader.model(), sha256=reader.sha256)
    except ModelError as error:
        raise RefusedFileError(error, path) from error
    except OSError as error:
        raise unreadable(error, path) from error
    except MemoryError as error:
        raise RefusedFileError(ModelError("model_takes_memory"), path) from error


class _ModelReader:
    """One file while it is read."""

    def __init__(self, path: Path, limits: ModelLimits) -> None:
        self._file = path.name
        self._budget = Budget(limits)
        container = read_container(path, self._budget)
        self._document = container.document
        refuse_required(self._document)
        folder = AssetFolder(path.parent, self._budget)
        self._tree = read_tree(self._document, self._budget)
        self._stored = Stored(container, folder, self._budget)
        self._materials = MaterialReader(self._document, self._stored, folder, self._budget)

    @property
    def sha256(self) -> str:
        """What was read so far."""
        return self._budget.sha256

    def model(self) -> Model:
        """All of it. Raises ModelError."""
        document, budget = self._document, self._budget
        budget.bound("meshes", len(document.meshes), "meshes")
        budget.bound("skins", len(document.skins), "skins")
        budget.bound("lamps", len(document.extensions.lamps.lights), "extensions.KHR_lights_punctual.lights")
        materials = self._materials.materials()
        meshes, places, passed = self._meshes(MeshReader(self._stored, materials, budget))
        skins = tuple(
            read_skin(skin, index, self._stored, self._tree, budget) for index, skin in enumerate(document.skins)
        )
        nodes = self._nodes(places)
        _check_skins(document, self._tree, nodes, meshes, tuple(len(skin.joints) for skin in skins))
        self._count_drawn(nodes, meshes)
        movements = MovementReader(document, self._stored, self._tree, (nodes, meshes), budget)
        model = Model(
            nodes=nodes,
            meshes=meshes,
            materials=_used(materials, meshes),
            pictures=self._materials.pictures,
            skins=skins,
            lamps=tuple(
                read_lamp(lamp, f"extensions.KHR_lights_punctual.lights[{index}]")
                for index, lamp in enumerate(document.extensions.lamps.lights)
            ),
            movements=movements.movements(),
        )
        found = (
            *_ignored(document),
            *self._materials.notes(),
            *passed,
            *movements.notes(),
            *_lamps(model),
            *_empty(model),
        )
        notes = tuple(PictureFinding(code=note.code, values={"file": self._file, **note.values}) for note in found)
        return bounded(model)._replace(notes=notes)

    def _meshes(self, reader: MeshReader) -> tuple[tuple[Mesh, ...], dict[int, int], tuple[PictureFinding, ...]]:
        """The meshes that stand in the scene, and where each of the file's is among them."""
        places: dict[int, int] = {}
        found: list[Mesh] = []
        for number in self._tree.numbers:
            mesh = self._document.nodes[number].mesh
            if mesh is None or mesh in places:
                continue
            if mesh >= len(self._document.meshes):
                count = len(self._document.meshes)
                raise ModelError("model_number_unknown", f"nodes[{number}].mesh", found=mesh, count=count, of="meshes")
            places[mesh] = len(found)
            found.append(reader.mesh(self._document.meshes[mesh], f"meshes[{mesh}]"))
        return tuple(found), places, tuple(reader.notes())

    def _nodes(self, places: dict[int, int]) -> tuple[Node, ...]:
        lamps, skins = len(self._document.extensions.lamps.lights), len(self._document.skins)
        nodes = []
        for number, parent in zip(self._tree.numbers, self._tree.parents, strict=True):
            found, where = self._document.nodes[number], f"nodes[{number}]"
            lamp, copies = found.extensions.lamp, found.extensions.instancing
            if lamp is not None and lamp.light >= lamps:
                here = f"{where}.extensions.KHR_lights_punctual.light"
                raise ModelError("model_number_unknown", here, found=lamp.light, count=lamps, of="lights")
            if found.skin is not None and found.skin >= skins:
                raise ModelError("model_number_unknown", f"{where}.skin", found=found.skin, count=skins, of="skins")
            here = f"{where}.extensions.EXT_mesh_gpu_instancing"
            node = placed_node(found, where)._replace(
                parent=parent,
                mesh=None if found.mesh is None else places[found.mesh],
                skin=None if found.mesh is None else found.skin,
                lamp=None if lamp is None else lamp.light,
                weights=found.weights if found.mesh is not None else (),
                instances=None if copies is None else read_instances(copies, self._stored, self._budget, here),
            )
            nodes.append(node)
        return tuple(nodes)

    def _count_drawn(self, nodes: tuple[Node, ...], meshes: tuple[Mesh, ...]) -> None:
        amounts = [sum(len(part.triangles) for part in mesh.parts) for mesh in meshes]
        for number, node in zip(self._tree.numbers, nodes, strict=True):
            if node.mesh is not None:
                copies = 1 if node.instances is None else len(node.instances)
                self._budget.take("drawn_triangles", copies * amounts[node.mesh], f"nodes[{number}]")


def _check_skins(
    document: Document, tree: Tree, nodes: tuple[Node, ...], meshes: tuple[Mesh, ...], joints: tuple[int, ...]
) -> None:
    """Raises ModelError where a node's weights do not fit its mesh, or vertices name joints that its skin lacks."""
    most = [
        max((int(part.joints.max()) for part in mesh.parts if part.joints is not None), default=-1) for mesh in meshes
    ]
    for number, node in zip(tree.numbers, nodes, strict=True):
        if node.mesh is None:
            continue
        where, known = f"nodes[{number}]", len(meshes[node.mesh].weights)
        if node.weights and len(node.weights) != known:
            found = len(node.weights)
            raise ModelError("model_count_wrong", f"{where}.weights", found=found, expected=known, of="targets")
        if node.skin is not None and most[node.mesh] >= joints[node.skin]:
            here, joint, count = f"meshes[{document.nodes[number].mesh}]", most[node.mesh], joints[node.skin]
            raise ModelError("model_joint_unknown", here, found=joint, count=count, of=f"{where}.skin")


def _used(materials: tuple[Material, ...], meshes: tuple[Mesh, ...]) -> tuple[Material, ...]:
    """The materials without the default one, which is the last, where no part has it."""
    last = len(materials) - 1
    has_default = any(part.material == last for mesh in meshes for part in mesh.parts)
    return materials if has_default else materials[:-1]


def _ignored(document: Document) -> Iterator[PictureFinding]:
    """What of a file is passed over, whatever is in it."""
    yield from ignored_extensions(document)
    if document.cameras:
        yield PictureFinding(code="model_cameras_ignored", values={"count": len(document.cameras)})
    own = [one.extras for one in document.nodes] + [one.extras for one in document.meshes]
    own += [one.extras for one in document.materials]
    extras = sum(bool(bytes(found)) for found in own)
    if extras:
        yield PictureFinding(code="model_extras_ignored", values={"count": extras})
    if len(document.scenes) > 1:
        yield PictureFinding(code="model_scenes_ignored", values={"count": len(document.scenes) - 1})


def _lamps(model: Model) -> Iterator[PictureFinding]:
    count = sum(node.lamp is not None for node in model.nodes)
    if count > MOST_LAMPS:
        yield PictureFinding(code="model_lamps_many", values={"count": count, "most": MOST_LAMPS})


def _empty(model: Model) -> Iterator[PictureFinding]:
    if not any(node.mesh is not None and model.meshes[node.mesh].parts for node in model.nodes):
        yield PictureFinding(code="model_empty", values={})
