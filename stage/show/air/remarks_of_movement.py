"""What is to be said of the animation that a 3D scene is to show, or its figures: whether its file has one. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from render.worlds.configured import World
from render.worlds.model.record import ModelLayer
from stage.show.air.remark import Remark
from stage.show.air.state import AirState, asset_of

_MOST_NAMED = 10


def movement_remarks(air: AirState, world: World) -> Iterator[Remark]:
    """The animations that layers of a world name, and that their files do not have: such a scene stands still.

    Nothing is said of a file that is not there yet.
    """
    for layer in world.layers:
        picture = layer.picture()
        if not isinstance(layer, ModelLayer) or not layer.movement or picture is None:
            continue
        asset = asset_of(air, picture)
        if asset.sha256 and layer.movement not in asset.movements:
            named = ", ".join(asset.movements[:_MOST_NAMED]) or "-"
            yield Remark("movement_unknown", {"file": picture.file, "found": layer.movement, "movements": named})
