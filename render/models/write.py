"""Writes models as binary glTF 2.0 files: those that the program makes itself, to try a stage with."""

from __future__ import annotations

import struct
from io import BytesIO

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from render.models.model import Map, Material, Mesh, Model, Node, Picture

_MAGIC, _VERSION, _JSON, _BIN = 0x46546C67, 2, 0x4E4F534A, 0x004E4942
_FLOAT, _UINT = 5126, 5125
_FORMS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}


class _Binary:
    """The one buffer of a file, with views and accessors into it."""

    def __init__(self) -> None:
        self.content = bytearray()
        self.views: list[dict[str, int]] = []
        self.accessors: list[dict[str, object]] = []

    def view(self, content: bytes) -> int:
        """Adds bytes; returns the number of their view."""
        self.content += bytes(-len(self.content) % 4)
        self.views.append({"buffer": 0, "byteOffset": len(self.content), "byteLength": len(content)})
        self.content += content
        return len(self.views) - 1

    def accessor(self, values: NDArray[np.float32] | NDArray[np.uint32]) -> int:
        """Adds an array (n,) or (n, width); returns the number of its accessor. It says how far its numbers reach."""
        rows = np.atleast_2d(values.T).T
        kind = _UINT if values.dtype == np.uint32 else _FLOAT
        self.accessors.append(
            {
                "bufferView": self.view(np.ascontiguousarray(values).tobytes()),
                "componentType": kind,
                "count": len(rows),
                "type": _FORMS[rows.shape[1]],
                "min": rows.min(axis=0).tolist(),
                "max": rows.max(axis=0).tolist(),
            }
        )
        return len(self.accessors) - 1


def glb_of(model: Model) -> bytes:
    """A file (glTF 2.0, section 4.4) of a model's nodes, meshes, materials and pictures; movements are left out."""
    binary = _Binary()
    found: dict[str, object] = {
        "asset": {"version": "2.0", "generator": "OpenStage"},
        "scene": 0,
        "scenes": [{"nodes": [number for number, node in enumerate(model.nodes) if node.parent < 0]}],
        "nodes": [_node(model, number, node) for number, node in enumerate(model.nodes)],
        "meshes": [_mesh(mesh, binary) for mesh in model.meshes],
        "materials": [_material(material) for material in model.materials],
    }
    if model.pictures:
        found["images"] = [_image(picture, binary) for picture in model.pictures]
        found["textures"] = [{"source": number, "sampler": 0} for number in range(len(model.pictures))]
        found["samplers"] = [{}]
    unlit = "KHR_materials_unlit"
    if any(material.is_unlit for material in model.materials):
        found["extensionsUsed"] = [unlit]
    found |= {"bufferViews": binary.views, "accessors": binary.accessors}
    found["buffers"] = [{"byteLength": len(binary.content)}]
    return _chunks(msgspec.json.encode(found), bytes(binary.content))


def _chunks(text: bytes, content: bytes) -> bytes:
    text += b" " * (-len(text) % 4)
    content += bytes(-len(content) % 4)
    whole = 12 + 8 + len(text) + 8 + len(content)
    head = struct.pack("<III", _MAGIC, _VERSION, whole)
    return head + struct.pack("<II", len(text), _JSON) + text + struct.pack("<II", len(content), _BIN) + content


def _node(model: Model, number: int, node: Node) -> dict[str, object]:
    found: dict[str, object] = {"translation": node.place_m, "rotation": node.turn, "scale": node.scale}
    if node.name:
        found["name"] = node.name
    if node.mesh is not None:
        found["mesh"] = node.mesh
    children = [child for child, one in enumerate(model.nodes) if one.parent == number]
    if children:
        found["children"] = children
    return found


def _mesh(mesh: Mesh, binary: _Binary) -> dict[str, object]:
    parts = []
    for part in mesh.parts:
        named = {"POSITION": part.positions, "NORMAL": part.normals, "TANGENT": part.tangents, "COLOR_0": part.colours}
        named |= {"TEXCOORD_0": part.uvs[0], "TEXCOORD_1": part.uvs[1]}
        attributes = {name: binary.accessor(values) for name, values in named.items() if values is not None}
        indices = binary.accessor(part.triangles.reshape(-1))
        parts.append({"attributes": attributes, "indices": indices, "material": part.material})
    return {"name": mesh.name, "primitives": parts}


def _material(material: Material) -> dict[str, object]:
    surface: dict[str, object] = {
        "baseColorFactor": material.colour,
        "metallicFactor": material.metallic,
        "roughnessFactor": material.roughness,
    }
    if material.colour_map is not None:
        surface["baseColorTexture"] = _texture(material.colour_map)
    found: dict[str, object] = {"name": material.name, "pbrMetallicRoughness": surface}
    if any(material.emitted):
        found["emissiveFactor"] = material.emitted
    if material.is_double_sided:
        found["doubleSided"] = True
    if material.is_unlit:
        found["extensions"] = {"KHR_materials_unlit": {}}
    return found


def _texture(one: Map) -> dict[str, int]:
    return {"index": one.picture, "texCoord": one.uv_set}


def _image(picture: Picture, binary: _Binary) -> dict[str, object]:
    into = BytesIO()
    Image.fromarray(picture.codes).save(into, "PNG")
    return {"name": picture.name, "mimeType": "image/png", "bufferView": binary.view(into.getvalue())}
