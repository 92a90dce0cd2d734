"""The shader programs of models, one for each variant of materials and light, built once."""

from __future__ import annotations

from collections.abc import Iterable

import moderngl

from render.gpu.passes import linked_files

SCENE_BINDING = 0
MATERIAL_BINDING = 1
BENDS_UNIT = 5
MORPHS_UNIT = 6
SHADOWS_UNIT = 7
MIRRORED_UNIT = 8
IRRADIANCE_UNIT = 9
SPLIT_SUMS_UNIT = 10
_UNITS = {
    "colour_map": 0,
    "metal_rough_map": 1,
    "normal_map": 2,
    "occlusion_map": 3,
    "emitted_map": 4,
    "bends": BENDS_UNIT,
    "morphs": MORPHS_UNIT,
    "shadows": SHADOWS_UNIT,
    "mirrored_around": MIRRORED_UNIT,
    "irradiance_around": IRRADIANCE_UNIT,
    "split_sums": SPLIT_SUMS_UNIT,
}


class ModelPrograms:
    """Programs by the words that choose their variant."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._programs: dict[tuple[str, frozenset[str]], moderngl.Program] = {}

    def lit(self, variant: Iterable[str]) -> moderngl.Program:
        """What draws light."""
        return self._found("model", variant)

    def depth(self, variant: Iterable[str]) -> moderngl.Program:
        """What draws depth alone."""
        return self._found("depth", variant)

    def _found(self, name: str, variant: Iterable[str]) -> moderngl.Program:
        key = (name, frozenset(variant))
        found = self._programs.get(key)
        if found is None:
            found = self._programs[key] = self._built(name, sorted(key[1]))
        return found

    def _built(self, name: str, variant: list[str]) -> moderngl.Program:
        program = linked_files(self._context, f"models/{name}.vert", f"models/{name}.frag", variant)
        for member_name in program:
            member = program[member_name]
            if isinstance(member, moderngl.UniformBlock):
                member.binding = SCENE_BINDING if member_name == "Scene" else MATERIAL_BINDING
            elif isinstance(member, moderngl.Uniform):
                member.value = _UNITS[member_name]
        return program
