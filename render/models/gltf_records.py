"""The JSON of a glTF 2.0 file as records: the scene, meshes, skins and movements, and the whole document.

Khronos, "glTF 2.0 Specification", sections 3 and 5, and its registry of extensions. What a file means beyond these
records is named by its extensions (`render/models/extensions.py`).
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from render.models.gltf_looks import JsonMaterial, JsonPicture, JsonTexture, Sampler
from render.models.gltf_stored import (
    NO_EXTRAS,
    Accessor,
    BufferView,
    Compressed,
    Index,
    JsonBuffer,
    NotNegative,
    Number,
    Vector3,
    Vector4,
)
from render.models.limits import LARGEST_NUMBER
from tracking.records import Evolving


class Asset(Evolving, rename="camel"):
    """Which version of the format a file has."""

    version: str
    min_version: str = ""


class Versioned(Evolving):
    """A file, as far as every version of the format agrees."""

    asset: Asset


class JsonScene(Evolving):
    """The nodes that stand at the top."""

    nodes: tuple[Index, ...] = ()


class LampPlace(Evolving):
    """KHR_lights_punctual at a node."""

    light: Index


class Instancing(Evolving):
    """EXT_mesh_gpu_instancing: accessors by attribute."""

    attributes: dict[str, Index]


class NodeExtensions(Evolving):
    """What extensions say of a node."""

    lamp: LampPlace | None = msgspec.field(default=None, name="KHR_lights_punctual")
    instancing: Instancing | None = msgspec.field(default=None, name="EXT_mesh_gpu_instancing")


class JsonNode(Evolving):
    """Section 5.25."""

    name: str = ""
    children: tuple[Index, ...] = ()
    matrix: Annotated[tuple[Number, ...], msgspec.Meta(min_length=16, max_length=16)] | None = None
    translation: Vector3 | None = None
    rotation: Vector4 | None = None
    scale: Vector3 | None = None
    mesh: Index | None = None
    skin: Index | None = None
    weights: tuple[Number, ...] = ()
    extras: msgspec.Raw = NO_EXTRAS
    extensions: NodeExtensions = NodeExtensions()


class PartExtensions(Evolving):
    """What extensions say of a primitive."""

    draco: Compressed | None = msgspec.field(default=None, name="KHR_draco_mesh_compression")


class JsonPart(Evolving):
    """A primitive, section 5.24."""

    attributes: dict[str, Index]
    indices: Index | None = None
    material: Index | None = None
    mode: Annotated[int, msgspec.Meta(ge=0, le=6)] = 4
    targets: tuple[dict[str, Index], ...] = ()
    extensions: PartExtensions = PartExtensions()


class JsonMesh(Evolving):
    """Section 5.23."""

    primitives: tuple[JsonPart, ...]
    name: str = ""
    weights: tuple[Number, ...] = ()
    extras: msgspec.Raw = NO_EXTRAS


class JsonSkin(Evolving, rename="camel"):
    """Section 5.28."""

    joints: Annotated[tuple[Index, ...], msgspec.Meta(min_length=1)]
    inverse_bind_matrices: Index | None = None


class Target(Evolving):
    """What a channel moves. `pointer` is that of an extension, which is not read."""

    path: Literal["translation", "rotation", "scale", "weights", "pointer"]
    node: Index | None = None


class JsonChannel(Evolving):
    """Section 5.6."""

    sampler: Index
    target: Target


class MotionSampler(Evolving):
    """Section 5.8."""

    input: Index
    output: Index
    interpolation: Literal["LINEAR", "STEP", "CUBICSPLINE"] = "LINEAR"


class Animation(Evolving):
    """Section 5.5."""

    channels: tuple[JsonChannel, ...]
    samplers: tuple[MotionSampler, ...]
    name: str = ""


class Cone(Evolving, rename="camel"):
    """The angles of a spot, radians from its axis."""

    inner_cone_angle: Annotated[float, msgspec.Meta(ge=0.0, lt=1.5708)] = 0.0
    outer_cone_angle: Annotated[float, msgspec.Meta(gt=0.0, le=1.5708)] = 0.7853981633974483


class JsonLamp(Evolving):
    """A light of KHR_lights_punctual."""

    type: Literal["directional", "point", "spot"]
    color: tuple[NotNegative, NotNegative, NotNegative] = (1.0, 1.0, 1.0)
    intensity: NotNegative = 1.0
    range: Annotated[float, msgspec.Meta(gt=0.0, le=LARGEST_NUMBER)] | None = None
    spot: Cone = Cone()


class Lamps(Evolving):
    """KHR_lights_punctual of a whole file."""

    lights: tuple[JsonLamp, ...] = ()


class DocumentExtensions(Evolving):
    """What extensions say of a whole file."""

    lamps: Lamps = msgspec.field(default=Lamps(), name="KHR_lights_punctual")


class Document(Evolving, rename="camel"):
    """A whole file, section 5.17."""

    asset: Asset
    scene: Index | None = None
    scenes: tuple[JsonScene, ...] = ()
    nodes: tuple[JsonNode, ...] = ()
    meshes: tuple[JsonMesh, ...] = ()
    accessors: tuple[Accessor, ...] = ()
    buffer_views: tuple[BufferView, ...] = ()
    buffers: tuple[JsonBuffer, ...] = ()
    materials: tuple[JsonMaterial, ...] = ()
    textures: tuple[JsonTexture, ...] = ()
    images: tuple[JsonPicture, ...] = ()
    samplers: tuple[Sampler, ...] = ()
    skins: tuple[JsonSkin, ...] = ()
    animations: tuple[Animation, ...] = ()
    cameras: tuple[msgspec.Raw, ...] = ()
    extensions_used: tuple[str, ...] = ()
    extensions_required: tuple[str, ...] = ()
    extensions: DocumentExtensions = DocumentExtensions()
