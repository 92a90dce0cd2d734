"""How 3D scenes get onto walls: pictures of them are looked up along rays, by `shaders/worlds/model.glsl`."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import moderngl

from render.gpu.layer_source import AroundFaces, LayerSource, Look, TextureOf
from render.worlds.model.record import ModelPlan
from render.worlds.shared.placed import PlacedLayer

_TEXELS_OF_A_TAP = 2.0


class SceneLooks(NamedTuple):
    """The pictures of a scene in a frame: those that eyes have of their own, and one all around the outer eye.

    `versions` of the faces of that around the outer eye are others where these have changed.
    """

    looks: tuple[Look, ...]
    around: moderngl.TextureCube
    versions: tuple[object, ...] = ()


class Scenes(Protocol):
    """The pictures of scenes that were drawn for the frame."""

    def looks(self, layer: PlacedLayer) -> SceneLooks | None:
        """Those of a layer of the plan that is drawn; None where its scene is not on the GPU."""


class NoScenes:
    """For whoever draws none."""

    def looks(self, _layer: PlacedLayer) -> None:
        """There are none."""
        return


ScenesNow = Callable[[], Scenes]
"""Gives the pictures that are drawn with now."""


class ModelDrawing:
    """The drawing of 3D scenes, whose pictures `scenes` has."""

    def __init__(self, _context: moderngl.Context, _texture_of: TextureOf, _plates: object, scenes: ScenesNow) -> None:
        self._scenes = scenes

    def source(self, _light: ModelPlan, layer: PlacedLayer) -> LayerSource | None:
        """What the shader needs to look this scene up; None where no picture of it was drawn."""
        found = self._scenes().looks(layer)
        if found is None:
            return None
        detail = 0.5 * found.around.size[0] / _TEXELS_OF_A_TAP
        textures = {"scene_around": found.around}
        faces = AroundFaces(found.around.size[0], found.versions) if found.versions else None
        return LayerSource("model", (), {"around_detail": detail}, textures, looks=found.looks, around=faces)


DRAWING = ModelDrawing
