"""What is on air as the passes draw it: worlds with their shares, each of layers from front to back."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from render.colour.matrices import IDENTITY, Matrix, scaled
from render.plan.frame import FramePlan
from render.worlds.drawings import LayerSource
from render.worlds.kinds import WorldPlan

SourceOf = Callable[[WorldPlan], LayerSource | None]
_NOTHING = scaled(IDENTITY, 0.0)


class Layer(NamedTuple):
    """One layer: its light along rays, how much it covers what is behind it, and its own grade.

    `matrix` applies first, then `contrast` about mid grey.
    """

    source: LayerSource
    opacity: float = 1.0
    matrix: Matrix = IDENTITY
    contrast: float = 1.0


class AiredWorld(NamedTuple):
    """A world with its share in the light; the two matrices apply to it in the cameras' views and outside of them."""

    layers: tuple[Layer, ...]
    share: float = 1.0
    inner_from_world: Matrix = IDENTITY
    outer_from_world: Matrix = IDENTITY

    def alone(self) -> Layer | None:
        """The layer that is all there is to see of this world, where one pass can draw it; else None."""
        if len(self.layers) != 1 or self.share != 1.0:
            return None
        layer = self.layers[0]
        return layer if layer.opacity == 1.0 and layer.contrast == 1.0 else None


def aired_worlds(plan: FramePlan, source_of: SourceOf) -> tuple[AiredWorld, ...]:
    """The worlds of a plan whose assets are there, by their sources; nothing where there is none: black."""
    if plan.outer.world is None or plan.outer.world == plan.world:
        return _worlds(plan.world, source_of, IDENTITY, IDENTITY)
    return _worlds(plan.world, source_of, IDENTITY, _NOTHING) + _worlds(plan.outer.world, source_of, _NOTHING, IDENTITY)


def _worlds(world: WorldPlan, source_of: SourceOf, inner: Matrix, outer: Matrix) -> tuple[AiredWorld, ...]:
    source = source_of(world)
    return () if source is None else (AiredWorld((Layer(source),), 1.0, inner, outer),)
