"""What passes need to evaluate the light of any layer along rays: found by each kind's own drawing."""

from __future__ import annotations

import importlib
from typing import Any, Protocol, cast, get_args

import moderngl
from msgspec import UNSET

from render.gpu.layer_source import LayerSource, TextureOf
from render.worlds.kinds import LightPlan
from render.worlds.model.drawing import NoScenes, Scenes, ScenesNow
from render.worlds.on_air import LayerPlan
from render.worlds.plate.frames import Plates, PlatesNow
from render.worlds.shared.placed import PlacedLayer
from render.worlds.sky.drawing import SkyDrawing
from render.worlds.sky.follow_gain import FollowGains
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight


class Drawing(Protocol):
    """What draws a kind: `DRAWING` of the module `drawing` in the kind's folder is its class."""

    def __init__(self, context: moderngl.Context, texture_of: TextureOf, plates: PlatesNow, scenes: ScenesNow) -> None:
        """For one context. `texture_of` gives the pictures that lights name, `plates` the films, `scenes` what was
        drawn of 3D scenes.
        """

    def source(self, light: Any, layer: PlacedLayer) -> LayerSource | None:
        """What passes need for this light, the kind's own plan record, where the values of its layer place it.

        None where an asset that it names is not on the GPU.
        """


class WorldDrawings:
    """The drawings of every kind in one context. `texture_of` gives their pictures, `plates` their films, `scenes` the
    pictures of 3D scenes; all may be replaced.
    """

    def __init__(
        self, context: moderngl.Context, texture_of: TextureOf, plates: Plates, scenes: Scenes | None = None
    ) -> None:
        self.texture_of = texture_of
        self.plates = plates
        self.scenes: Scenes = scenes or NoScenes()
        given = (context, self._texture, self._plates, self._scenes)
        self._drawings = {record: _drawing_of(record)(*given) for record in get_args(LightPlan)}
        self._gains = FollowGains(context, self.ground_light)

    def _texture(self, asset: str, colour_space: str) -> moderngl.Texture | None:
        return self.texture_of(asset, colour_space)

    def _plates(self) -> Plates:
        return self.plates

    def _scenes(self) -> Scenes:
        return self.scenes

    def source(self, layer: LayerPlan) -> LayerSource | None:
        """What passes need to evaluate the layer along rays; None where it is not ready."""
        source = self._drawings[type(layer.light)].source(layer.light, layer)
        if source is None:
            return None
        if layer.following is UNSET:
            return source.gained(self._gains.none)
        gained = source.gained(self._gains.texture(layer.following, layer.follows_by))
        return gained._replace(holds=None)  # what a gain holds follows from the hour

    def ground_light(self, sky: SkyPlan) -> moderngl.Texture:
        """One texel: the irradiance of level ground under a sky, in its light (ACEScg) times steradians."""
        return cast(SkyDrawing, self._drawings[SkyLight]).ground_light(sky)


def _drawing_of(record: type[LightPlan]) -> type[Drawing]:
    """The drawing beside a kind's record. It is imported by its place: records are pure and do not know it."""
    module = importlib.import_module(f"{record.__module__.rpartition('.')[0]}.drawing")
    return cast(type[Drawing], module.DRAWING)
