"""Materials and pictures of a glTF file.

Khronos, "glTF 2.0 Specification", sections 3.8 and 3.9; KHR_materials_unlit, KHR_materials_emissive_strength,
KHR_texture_transform, EXT_texture_webp, EXT_texture_avif.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from render.assets.facts import PictureFinding
from render.images.coded import CodedKind, coded_codes, size_of_content
from render.images.faults import PictureError
from render.images.signatures import format_of
from render.models.asset_folder import AssetFolder
from render.models.faults import ModelError
from render.models.gltf_looks import JsonMap, JsonMaterial, Sampler
from render.models.gltf_records import Document
from render.models.limits import Budget
from render.models.model import AlphaMode, Map, Material, Picture, Wrap
from render.models.parts import kept_array
from render.models.stored import Stored

_WRAPS: dict[int, Wrap] = {33071: "clamp", 33648: "mirror", 10497: "repeat"}
_NEAREST = 9728
_KINDS: dict[str, CodedKind] = {"png": "png", "jpeg": "jpeg", "webp": "webp", "avif": "avif"}
_LAST_SET = 1


class MaterialReader:
    """Reads materials; a picture is read when the first map wants it, once."""

    def __init__(self, document: Document, stored: Stored, folder: AssetFolder, budget: Budget) -> None:
        self._document = document
        self._stored = stored
        self._folder = folder
        self._budget = budget
        self._places: dict[int, int] = {}
        self._pictures: list[Picture] = []
        self._maps_ignored = 0
        budget.bound("materials", len(document.materials), "materials")
        budget.bound("textures", len(document.textures), "textures")
        budget.bound("pictures", len(document.images), "images")

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures that maps named so far."""
        return tuple(self._pictures)

    def notes(self) -> Iterator[PictureFinding]:
        """What of the materials was passed over."""
        if self._maps_ignored:
            yield PictureFinding(code="model_maps_ignored", values={"count": self._maps_ignored})

    def materials(self) -> tuple[Material, ...]:
        """All materials of the file, and the default one after them. Raises ModelError."""
        found = [
            self._material(material, f"materials[{index}]") for index, material in enumerate(self._document.materials)
        ]
        return (*found, Material(name="default"))

    def _material(self, found: JsonMaterial, where: str) -> Material:
        rough, strength = found.pbr_metallic_roughness, found.extensions.strength
        times = 1.0 if strength is None else strength.emissive_strength
        red, green, blue = found.emissive_factor
        normal, occlusion = found.normal_texture, found.occlusion_texture
        inside = f"{where}.pbrMetallicRoughness"
        return Material(
            name=found.name[:200],
            colour=rough.base_color_factor,
            metallic=rough.metallic_factor,
            roughness=rough.roughness_factor,
            emitted=(red * times, green * times, blue * times),
            normal_scale=1.0 if normal is None else normal.scale,
            occlusion_strength=1.0 if occlusion is None else occlusion.strength,
            alpha_mode=_ALPHA_MODES[found.alpha_mode],
            alpha_cutoff=found.alpha_cutoff,
            is_double_sided=found.double_sided,
            is_unlit=found.extensions.unlit is not None,
            colour_map=self._map(rough.base_color_texture, f"{inside}.baseColorTexture"),
            metal_rough_map=self._map(rough.metallic_roughness_texture, f"{inside}.metallicRoughnessTexture"),
            normal_map=self._map(normal, f"{where}.normalTexture"),
            occlusion_map=self._map(occlusion, f"{where}.occlusionTexture"),
            emitted_map=self._map(found.emissive_texture, f"{where}.emissiveTexture"),
        )

    def _map(self, found: JsonMap | None, where: str) -> Map | None:
        if found is None:
            return None
        if found.index >= len(self._document.textures):
            count = len(self._document.textures)
            raise ModelError("model_number_unknown", f"{where}.index", found=found.index, count=count, of="textures")
        texture = self._document.textures[found.index]
        moved = found.extensions.transform
        uv_set = found.tex_coord if moved is None or moved.tex_coord is None else moved.tex_coord
        picture = self._picture_of(found.index)
        if uv_set > _LAST_SET or picture is None:
            self._maps_ignored += 1
            return None
        sampler = self._sampler(texture.sampler, f"textures[{found.index}].sampler")
        plain = Map(
            picture=picture,
            uv_set=uv_set,
            wrap_u=_WRAPS[sampler.wrap_s],
            wrap_v=_WRAPS[sampler.wrap_t],
            is_nearest=sampler.mag_filter == _NEAREST,
        )
        return plain if moved is None else plain._replace(offset=moved.offset, turn=moved.rotation, scale=moved.scale)

    def _sampler(self, index: int | None, where: str) -> Sampler:
        if index is None:
            return Sampler()
        if index >= len(self._document.samplers):
            count = len(self._document.samplers)
            raise ModelError("model_number_unknown", where, found=index, count=count, of="samplers")
        return self._document.samplers[index]

    def _picture_of(self, texture_index: int) -> int | None:
        """The place of a texture's picture in the model; None where the texture names none."""
        texture, where = self._document.textures[texture_index], f"textures[{texture_index}]"
        other = texture.extensions.webp or texture.extensions.avif
        source = texture.source if other is None else other.source
        if source is None:
            if texture.extensions.basisu is not None:
                raise ModelError("model_needs_pictures", where, found="KHR_texture_basisu")
            return None
        if source >= len(self._document.images):
            count = len(self._document.images)
            raise ModelError("model_number_unknown", f"{where}.source", found=source, count=count, of="images")
        if source not in self._places:
            self._pictures.append(self._picture(source))
            self._places[source] = len(self._pictures) - 1
        return self._places[source]

    def _picture(self, index: int) -> Picture:
        """Reads a picture; its size is held against the limits before it is decoded."""
        found, where = self._document.images[index], f"images[{index}]"
        if (found.uri is None) == (found.buffer_view is None):
            raise ModelError("model_picture_source", where)
        if found.uri is not None:
            content, name = self._folder.read(found.uri, f"{where}.uri"), found.name or _shown(found.uri)
        else:
            assert found.buffer_view is not None
            content, name = bytes(self._stored.view(found.buffer_view, f"{where}.bufferView")), found.name
        return Picture(name=name[:200], codes=self._codes(content, where))

    def _codes(self, content: bytes, where: str) -> NDArray[np.uint8]:
        kind = _KINDS.get(str(format_of(content[:4096])))
        if kind is None:
            raise ModelError("model_picture_kind", where, found=repr(content[:8]))
        try:
            columns, rows = size_of_content(content, kind)
            self._budget.bound("picture_pixels", columns * rows, where)
            self._budget.take("pixels", columns * rows, where)
            codes = coded_codes(content, kind)
        except MemoryError as error:
            raise ModelError("model_picture_memory", where) from error
        except PictureError as error:
            raise ModelError.around(error, "model_picture_broken", where) from error
        return _with_alpha(codes)


_ALPHA_MODES: dict[str, AlphaMode] = {"OPAQUE": "opaque", "MASK": "mask", "BLEND": "blend"}


def _shown(uri: str) -> str:
    return "" if uri[:5].lower() == "data:" else uri.rsplit("/", 1)[-1]


def _with_alpha(codes: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Codes of 8 bits with alpha: deeper ones are rounded."""
    if codes.dtype == np.uint16:
        codes = ((codes.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    whole = np.full((*codes.shape[:2], 4), 255, dtype=np.uint8)
    whole[..., : codes.shape[2]] = codes
    return kept_array(whole)
