"""The shader programs of models, one for each variant of materials and light, built once."""

from __future__ import annotations

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
WAY_BENDS_UNIT = 11
CARD_SIDES_UNIT = 12
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
    "way_bends": WAY_BENDS_UNIT,
    "sides": CARD_SIDES_UNIT,
}
_BY_PIXEL = {"FULL", "NORMAL_MAP", "DOUBLE_SIDED", "UNLIT"}
"""Where irradiance cannot be that of corners: normals differ within a triangle, or turn round."""
Words = tuple[str, ...]


class ModelPrograms:
    """Programs by the words that choose their variant."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._programs: dict[tuple[str, Words, Words], moderngl.Program] = {}
        self.built = 0
        """How many were built so far: each takes longer than a frame leaves."""

    def lit(self, variant: Words, light: Words) -> moderngl.Program:
        """What draws a variant of a material in a kind of light; dusk is another one only for what shines then."""
        if "SHINES_AT_DUSK" not in variant:
            light = tuple(word for word in light if word != "DUSK")
        return self._found("model", variant, light)

    def depth(self, variant: Words) -> moderngl.Program:
        """What draws depth alone."""
        return self._found("depth", variant, ())

    def edge(self) -> moderngl.Program:
        """What mends the pixels that edges go through."""
        return self._found("edge", (), ())

    def card(self, ground: Words, light: Words) -> moderngl.Program:
        """What draws distant figures of a crowd, on a kind of ground, in a kind of light."""
        return self._found("card", ground, tuple(word for word in light if word in {"FULL", "SHADOWED"}))

    def contact(self, ground: Words) -> moderngl.Program:
        """What darkens the ground below near figures of a crowd."""
        return self._found("contact", ground, ())

    def _found(self, name: str, variant: Words, light: Words) -> moderngl.Program:
        key = (name, variant, light)
        found = self._programs.get(key)
        if found is None:
            found = self._programs[key] = self._built(name, (*variant, *light))
            self.built += 1
        return found

    def _built(self, name: str, variant: Words) -> moderngl.Program:
        if name == "model" and not _BY_PIXEL & set(variant):
            variant = (*variant, "IRRADIANCE_HANDED")
        program = linked_files(self._context, f"models/{name}.vert", f"models/{name}.frag", variant)
        for member_name in program:
            member = program[member_name]
            if isinstance(member, moderngl.UniformBlock):
                member.binding = SCENE_BINDING if member_name == "Scene" else MATERIAL_BINDING
            elif isinstance(member, moderngl.Uniform) and member_name in _UNITS:
                member.value = _UNITS[member_name]
        return program
