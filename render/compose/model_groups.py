"""Which 3D scenes of a world share one picture and one depth, so that each hides of the others what is behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from render.models.gpu_crowd import PlacedCrowd
from render.models.held import PlacedScene
from render.models.placing import PlacedModel
from render.worlds.model.record import ModelPlan
from render.worlds.on_air import LayerPlan, WorldPlan
from render.worlds.shared.values import LayerLight

Scenes = tuple[LayerPlan, ...]
Place = Callable[[ModelPlan, float], PlacedScene | None]
"""Places a scene, turned by so many degrees; None where it is not on the GPU."""
_TREATMENT = LayerLight.__struct_fields__


class PlacedGroup(NamedTuple):
    """Layers that are drawn in one picture, and where each of them is."""

    layers: Scenes
    placed: tuple[PlacedScene, ...]

    @property
    def layer(self) -> LayerPlan:
        """The one in whose place the picture is: that of the others show nothing of their own."""
        return self.layers[-1]

    @property
    def models(self) -> tuple[PlacedModel, ...]:
        """All that stands there but crowds."""
        return tuple(model for one in self.placed for model in one.models)

    @property
    def crowds(self) -> tuple[PlacedCrowd, ...]:
        """The crowds of all."""
        return tuple(crowd for one in self.placed for crowd in one.crowds)

    @property
    def shown(self) -> tuple[object, ...]:
        """What the picture follows from."""
        return tuple((one.light, layer.turn_deg) for layer, one in zip(self.layers, self.placed, strict=True))

    @property
    def casts(self) -> tuple[object, ...]:
        """What its shadows follow from."""
        return tuple((one.casts, layer.turn_deg) for layer, one in zip(self.layers, self.placed, strict=True))


def placed_group(
    layers: Scenes, place: Place, at_its_time: Callable[[ModelPlan], ModelPlan] = lambda light: light
) -> PlacedGroup | None:
    """The layers that are on the GPU, each where it is then; None where none is."""
    found = []
    for layer in layers:
        assert isinstance(layer.light, ModelPlan)
        one = place(at_its_time(layer.light), layer.turn_deg)
        if one is not None:
            found.append((layer, one))
    if not found:
        return None
    return PlacedGroup(tuple(layer for layer, _ in found), tuple(one for _, one in found))


def scenes_together(world: WorldPlan) -> Iterator[Scenes]:
    """The scenes of a world that is drawn, the farthest layers first; each tuple is drawn in one picture.

    Layers next to each other share it where they are opaque and the same is done to their light: what is done to a
    picture is done to all that is in it. One that fades is laid over the others, as any layer is.
    """
    run: Scenes = ()
    for layer in world.layers:
        if layer.opacity <= 0.0:
            continue
        is_scene = isinstance(layer.light, ModelPlan)
        if run and not (is_scene and _go_together(run[-1], layer)):
            yield run
            run = ()
        if is_scene:
            run = (*run, layer)
    if run:
        yield run


def _go_together(one: LayerPlan, other: LayerPlan) -> bool:
    return one.opacity == 1.0 and all(getattr(one, name) == getattr(other, name) for name in _TREATMENT)
