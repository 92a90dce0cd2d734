"""A model as it was read: nodes, meshes, materials, pictures and movements. All is checked, nothing is on the GPU.

Axes and units are those of glTF 2.0 (section 3.4): metres, right-handed, +Y up, +Z towards the viewer. Arrays are C
contiguous and read-only. Numbers that name something are places in the model's own tuples, and are in range.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.assets.facts import PictureFinding

Floats = NDArray[np.float32]
Wrap = Literal["repeat", "clamp", "mirror"]
AlphaMode = Literal["opaque", "mask", "blend"]
Path = Literal["translation", "rotation", "scale", "weights"]
Interpolation = Literal["linear", "step", "cubic"]


class Picture(NamedTuple):
    """Codes of a picture file as they are: uint8 (rows, columns, 4), row 0 the top; alpha 255 where there was none.

    `levels` are its smaller ones where they have been made already, as means of light where `is_srgb`.
    """

    name: str
    codes: NDArray[np.uint8]
    levels: tuple[NDArray[np.uint8], ...] = ()
    is_srgb: bool = False


class Map(NamedTuple):
    """A material's picture: KHR_texture_transform's offset, turn (radians) and scale act on that set of UVs."""

    picture: int
    uv_set: int = 0
    wrap_u: Wrap = "repeat"
    wrap_v: Wrap = "repeat"
    is_nearest: bool = False
    offset: tuple[float, float] = (0.0, 0.0)
    turn: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)


class Material(NamedTuple):
    """Metallic-roughness (glTF 2.0, section 3.9). Colours are linear Rec.709; `emitted` has its strength in it.

    Six are of what is made by code: with `shines_at_dusk` what is emitted is where its map's alpha says that it is
    dark enough; with `is_matte` it reflects the same light to all sides, which takes half the work; with `is_lamplit`
    the alpha of its vertices is what lamps light of them at night (`render/models/lamp_light.py`); with `has_roots` its
    pictures of colours hold roots of light in place of sRGB codes, which software filters in half the time; with
    `has_pools` the alpha of its colours is the root of how much of `emitted`, over its colour, it sends back at dusk;
    with `is_front` its picture of colours holds walls with windows (`render/models/street_pictures.py`).
    """

    name: str = ""
    colour: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    metallic: float = 1.0
    roughness: float = 1.0
    emitted: tuple[float, float, float] = (0.0, 0.0, 0.0)
    normal_scale: float = 1.0
    occlusion_strength: float = 1.0
    alpha_mode: AlphaMode = "opaque"
    alpha_cutoff: float = 0.5
    is_double_sided: bool = False
    is_unlit: bool = False
    colour_map: Map | None = None
    metal_rough_map: Map | None = None
    normal_map: Map | None = None
    occlusion_map: Map | None = None
    emitted_map: Map | None = None
    shines_at_dusk: bool = False
    is_matte: bool = False
    is_lamplit: bool = False
    has_roots: bool = False
    has_pools: bool = False
    is_front: bool = False


class Morph(NamedTuple):
    """What a weight of one adds to vertices: (n, 3) each, None for nothing."""

    positions: Floats | None = None
    normals: Floats | None = None
    tangents: Floats | None = None


class Ball(NamedTuple):
    """The middle of a part's positions, how far they reach from it, and half of how wide they are along each axis."""

    middle: tuple[float, float, float] = (0.0, 0.0, 0.0)
    radius: float = math.inf
    half: tuple[float, float, float] = (math.inf, math.inf, math.inf)


class Part(NamedTuple):
    """Triangles of one material. `normals` are always there; tangents where the material has a map of normals.

    `positions`, `normals`: (n, 3). `tangents`: (n, 4), the sign of the bitangent last. `uvs`: for set 0 and 1, (n, 2)
    each. `colours`: (n, 4), linear. `joints`: uint16 (n, 4 or 8) in the skin's list, and `weights`, which sum to one.
    `triangles`: uint32 (m, 3), counter-clockwise seen from outside. `edges`, as `edges_of` gives them, and
    `ball` are there where they have been made already.
    """

    triangles: NDArray[np.uint32]
    positions: Floats
    normals: Floats
    material: int
    tangents: Floats | None = None
    uvs: tuple[Floats | None, Floats | None] = (None, None)
    colours: Floats | None = None
    joints: NDArray[np.uint16] | None = None
    weights: Floats | None = None
    morphs: tuple[Morph, ...] = ()
    edges: Floats | None = None
    ball: Ball | None = None


class Mesh(NamedTuple):
    """Parts that stand at one node. `weights` are those of morphs where a node gives none."""

    name: str
    parts: tuple[Part, ...]
    weights: tuple[float, ...] = ()


class Skin(NamedTuple):
    """Nodes that move vertices, and what takes a mesh's axes into each one's: float32 (joints, 4, 4)."""

    joints: tuple[int, ...]
    joint_from_mesh: Floats


MOST_LAMPS = 8
"""A picture is drawn with those nearest to its eye; `shaders/models/scene.glsl` has the same number."""


class Lamp(NamedTuple):
    """A light of KHR_lights_punctual: candela, of a `sun` lux, in linear Rec.709; it shines along the node's -Z."""

    kind: Literal["point", "spot", "sun"]
    colour: tuple[float, float, float]
    range_m: float = 0.0
    inner_cone: float = 0.0
    outer_cone: float = 0.785398


class Node(NamedTuple):
    """A place in the tree. Parents come before their children; -1 is none. `turn` is a unit quaternion x, y, z, w.

    A node whose file gives a matrix has it taken apart where that is exact, else in `sheared` (row major), which then
    stands in place of the three. `instances` of EXT_mesh_gpu_instancing: float32 (k, 4, 4), node from instance.
    """

    name: str = ""
    parent: int = -1
    place_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    turn: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    sheared: tuple[float, ...] | None = None
    mesh: int | None = None
    skin: int | None = None
    lamp: int | None = None
    weights: tuple[float, ...] = ()
    instances: Floats | None = None


class Channel(NamedTuple):
    """What moves one property of a node: `times_s` rise, `values` (k, width), of cubic ones (3 k, width)."""

    node: int
    path: Path
    times_s: Floats
    values: Floats
    interpolation: Interpolation = "linear"


class Movement(NamedTuple):
    """An animation."""

    name: str
    channels: tuple[Channel, ...]
    duration_s: float


class Stood(NamedTuple):
    """Where figures of a crowd stand or walk on a model's ground, in metres to the right, ahead and up.

    `rows`: (n, 8), where each way begins and its direction; its length; how high it begins, its first bend and how many
    it has, none where it stands. `bends`: (m, 2), how far along its way each is, and how high.
    """

    rows: Floats
    bends: Floats


class Model(NamedTuple):
    """All of a file's default scene. `low_m`, `high_m`: bounds of everything in the model's axes, at rest.

    `notes`: what of the file was passed over, for whoever asks what it is. `dusk_light`: what figures that walk there
    have of the lamps that shine at dusk, irradiance in Rec.709. `stood` is all that there is of a file that was read
    for those who stand on it.
    """

    nodes: tuple[Node, ...]
    meshes: tuple[Mesh, ...]
    materials: tuple[Material, ...]
    pictures: tuple[Picture, ...]
    skins: tuple[Skin, ...] = ()
    lamps: tuple[Lamp, ...] = ()
    movements: tuple[Movement, ...] = ()
    low_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    high_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    notes: tuple[PictureFinding, ...] = ()
    dusk_light: tuple[float, float, float] = (0.0, 0.0, 0.0)
    stood: Stood | None = None
