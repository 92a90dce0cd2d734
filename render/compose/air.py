"""What is on air as passes draw it: worlds with their shares, each of layers from front to back."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from render.colour.grade import outer_from_world, world_from_layer
from render.colour.matrices import IDENTITY, Matrix, multiply, scaled
from render.compose.bands import STEP_NEAR_ONE
from render.gpu.layer_source import LayerSource
from render.plan.frame import FramePlan
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan

SourceOf = Callable[[LayerPlan], LayerSource | None]
_NOTHING = scaled(IDENTITY, 0.0)


class Mends(NamedTuple):
    """What no matrix does to a layer's light: it is softened over a disc of `soften_rad` across, then expanded by
    `expand_stops`; the grade follows, and then `contrast` about mid grey. `code_step` is how much light one code value
    of its picture stands for near 1, 0 where it holds none.
    """

    soften_rad: float
    expand_stops: float
    contrast: float
    code_step: float


NO_MENDS = Mends(soften_rad=0.0, expand_stops=0.0, contrast=1.0, code_step=0.0)


class AiredLayer(NamedTuple):
    """One layer: its light along rays, how much it covers what is behind it, and its own grade.

    With `mends` it has a pass of its own; so has a plain one that `follows` the hour, and a part of a set. One in a
    special form has one where tools are drawn, which does what mends do: a variant of each form for tools alone would
    make more of them than can be built before a show. Where none are, as in a dissolve, its pass is a plain one.
    """

    source: LayerSource
    matrix: Matrix
    opacity: float = 1.0
    mends: Mends | None = None
    follows: bool = False

    @property
    def has_own_pass(self) -> bool:
        """Whether its light cannot be taken in a pass for something else besides."""
        return self.follows or self.own_mends is not None

    @property
    def is_softened(self) -> bool:
        """Whether its light is seen beside where it is."""
        return self.mends is not None and self.mends.soften_rad > 0.0

    @property
    def is_plain_part(self) -> bool:
        """Whether it is a part of a set, and nothing is done to its light."""
        return self.mends is None and self.source.only_in is not None

    @property
    def own_mends(self) -> Mends | None:
        """What its own pass does to its light; None where that may be a part of another pass."""
        return NO_MENDS if self.mends is None and self.source.defines else self.mends


class AiredWorld(NamedTuple):
    """A world with its share in the light; the two matrices apply to it in the cameras' views and outside of them."""

    layers: tuple[AiredLayer, ...]
    share: float = 1.0
    inner: Matrix = IDENTITY
    outer: Matrix = IDENTITY


def aired(air: AirPlan, source_of: SourceOf) -> tuple[AiredWorld, ...]:
    """The worlds on air, each with those of its layers that are ready. Raw light stays as it is."""
    if air.coming is None:
        return (_aired_world(air.world, 1.0, source_of),)
    shares = ((air.world, 1.0 - air.share), (air.coming, air.share))
    return tuple(_aired_world(world, share, source_of) for world, share in shares if share > 0.0)


def aired_on_walls(plan: FramePlan, source_of: SourceOf) -> tuple[AiredWorld, ...]:
    """The same for walls: with what is done to the light outside the views, and with a frozen outer's own worlds."""
    outer = outer_look(plan)
    on_air = aired(plan.air, source_of)
    if plan.outer.air is None or plan.outer.air == plan.air:
        return tuple(world._replace(outer=multiply(outer, world.outer)) for world in on_air)
    inside = tuple(world._replace(outer=_NOTHING) for world in on_air)
    frozen = aired(plan.outer.air, source_of)
    return inside + tuple(world._replace(inner=_NOTHING, outer=multiply(outer, world.outer)) for world in frozen)


def outer_look(plan: FramePlan) -> Matrix:
    """What is done to the light outside the cameras' views."""
    raw = (plan.outer.air or plan.air).raw
    return IDENTITY if raw else outer_from_world(plan.outer.exposure_stops, plan.outer.saturation)


def only_layer(worlds: tuple[AiredWorld, ...]) -> AiredLayer | None:
    """The layer that is all there is to see, where one evaluation gives all of its light; else None."""
    layers = [layer for world in worlds for layer in world.layers]
    if len(worlds) != 1 or len(layers) != 1:
        return None
    plain = layers[0].mends is None and not layers[0].follows
    return layers[0] if layers[0].opacity == 1.0 and plain else None


def _aired_world(world: WorldPlan, share: float, source_of: SourceOf) -> AiredWorld:
    found = ((layer, source_of(layer)) for layer in reversed(world.layers) if layer.opacity > 0.0)
    layers = [one for layer, source in found if source is not None for one in _aired_layers(layer, source)]
    exposed = IDENTITY if world.raw else scaled(IDENTITY, 2.0**world.exposure_stops)
    return AiredWorld(tuple(layers), share, exposed, exposed)


def _aired_layers(layer: LayerPlan, source: LayerSource) -> Iterator[AiredLayer]:
    """A layer, or the parts that it is made of, from front to back."""
    for part in (source._replace(behind=()), *source.behind):
        whole = _aired_layer(layer, part)
        yield whole if part.opacity is None else whole._replace(opacity=part.opacity)


def _aired_layer(layer: LayerPlan, source: LayerSource) -> AiredLayer:
    if layer.light.raw:
        return AiredLayer(source, IDENTITY)
    grade = world_from_layer(layer, 0.0)
    if layer.is_mended or (source.defines and not layer.is_plain):
        return AiredLayer(source, grade, layer.opacity, _mends(layer))
    return AiredLayer(source, grade, layer.opacity, follows=not layer.is_plain)


def _mends(layer: LayerPlan) -> Mends:
    code_step = STEP_NEAR_ONE if layer.light.holds_codes() else 0.0
    return Mends(math.radians(layer.soften_deg), layer.expand_stops, layer.contrast, code_step)
