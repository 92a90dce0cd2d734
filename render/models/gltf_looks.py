"""Records of the JSON of a glTF 2.0 file: pictures, textures and materials.

Khronos, "glTF 2.0 Specification", sections 3.8, 3.9 and 5, and its registry of extensions.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from render.models.gltf_stored import NO_EXTRAS, Colour3, Colour4, Factor, Index, NotNegative, Number, Vector2
from tracking.records import Evolving


class JsonPicture(Evolving, rename="camel"):
    """An image, section 5.18."""

    uri: str | None = None
    buffer_view: Index | None = None
    mime_type: str = ""
    name: str = ""


class OtherSource(Evolving):
    """The picture of another format that an extension of a texture names."""

    source: Index


class TextureExtensions(Evolving):
    """What extensions say of a texture."""

    webp: OtherSource | None = msgspec.field(default=None, name="EXT_texture_webp")
    avif: OtherSource | None = msgspec.field(default=None, name="EXT_texture_avif")
    basisu: OtherSource | None = msgspec.field(default=None, name="KHR_texture_basisu")


class JsonTexture(Evolving):
    """Section 5.29."""

    sampler: Index | None = None
    source: Index | None = None
    extensions: TextureExtensions = TextureExtensions()


class Sampler(Evolving, rename="camel"):
    """Section 5.26."""

    mag_filter: Literal[9728, 9729] | None = None
    min_filter: Literal[9728, 9729, 9984, 9985, 9986, 9987] | None = None
    wrap_s: Literal[33071, 33648, 10497] = 10497
    wrap_t: Literal[33071, 33648, 10497] = 10497


class TextureTransform(Evolving, rename="camel"):
    """KHR_texture_transform."""

    offset: Vector2 = (0.0, 0.0)
    rotation: Number = 0.0
    scale: Vector2 = (1.0, 1.0)
    tex_coord: Index | None = None


class MapExtensions(Evolving):
    """What extensions say of a map."""

    transform: TextureTransform | None = msgspec.field(default=None, name="KHR_texture_transform")


class JsonMap(Evolving, rename="camel"):
    """A textureInfo, with the two numbers of those for normals and occlusion; sections 5.20, 5.21 and 5.30."""

    index: Index
    tex_coord: Index = 0
    scale: Number = 1.0
    strength: Factor = 1.0
    extensions: MapExtensions = MapExtensions()


class MetalRough(Evolving, rename="camel"):
    """Section 5.22."""

    base_color_factor: Colour4 = (1.0, 1.0, 1.0, 1.0)
    base_color_texture: JsonMap | None = None
    metallic_factor: Factor = 1.0
    roughness_factor: Factor = 1.0
    metallic_roughness_texture: JsonMap | None = None


class EmissiveStrength(Evolving, rename="camel"):
    """KHR_materials_emissive_strength."""

    emissive_strength: NotNegative = 1.0


class Unlit(Evolving):
    """KHR_materials_unlit."""


class MaterialExtensions(Evolving):
    """What extensions say of a material."""

    unlit: Unlit | None = msgspec.field(default=None, name="KHR_materials_unlit")
    strength: EmissiveStrength | None = msgspec.field(default=None, name="KHR_materials_emissive_strength")


class JsonMaterial(Evolving, rename="camel"):
    """Section 5.19."""

    name: str = ""
    pbr_metallic_roughness: MetalRough = MetalRough()
    normal_texture: JsonMap | None = None
    occlusion_texture: JsonMap | None = None
    emissive_texture: JsonMap | None = None
    emissive_factor: Colour3 = (0.0, 0.0, 0.0)
    alpha_mode: Literal["OPAQUE", "MASK", "BLEND"] = "OPAQUE"
    alpha_cutoff: NotNegative = 0.5
    double_sided: bool = False
    extras: msgspec.Raw = NO_EXTRAS
    extensions: MaterialExtensions = MaterialExtensions()
