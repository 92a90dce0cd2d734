"""Which extensions of glTF are read, and what becomes of the others: refused where a file requires them, else named.

Khronos, "glTF 2.0 Extension Registry"; glTF 2.0, section 3.12.
"""

from __future__ import annotations

from collections.abc import Iterator

from render.assets.facts import PictureFinding
from render.models.faults import ModelError
from render.models.gltf_records import Document

READ = frozenset(
    (
        "KHR_materials_unlit",
        "KHR_materials_emissive_strength",
        "KHR_texture_transform",
        "KHR_mesh_quantization",
        "KHR_lights_punctual",
        "EXT_mesh_gpu_instancing",
        "EXT_texture_webp",
        "EXT_texture_avif",
    )
)
_FAULTS = {
    "KHR_draco_mesh_compression": "model_needs_compression",
    "EXT_meshopt_compression": "model_needs_compression",
    "KHR_meshopt_compression": "model_needs_compression",
    "KHR_texture_basisu": "model_needs_pictures",
    "MSFT_texture_dds": "model_needs_pictures",
    "KHR_materials_pbrSpecularGlossiness": "model_needs_glossiness",
    "KHR_gaussian_splatting": "model_needs_splats",
}
_LONGEST_NAME = 80
_MOST_NAMED = 40


def refuse_required(document: Document) -> None:
    """Raises ModelError for the first extension that the file requires and that is not read."""
    for index, name in enumerate(document.extensions_required):
        if name not in READ:
            code = _FAULTS.get(name, "model_needs")
            raise ModelError(code, f"extensionsRequired[{index}]", found=name[:_LONGEST_NAME])


def ignored_extensions(document: Document) -> Iterator[PictureFinding]:
    """A note for each extension that the file uses and that is passed over."""
    names = sorted({name[:_LONGEST_NAME] for name in document.extensions_used if name not in READ})
    for name in names[:_MOST_NAMED]:
        yield PictureFinding(code="model_extension_ignored", values={"extension": name})
