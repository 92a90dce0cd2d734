"""What layers of a world name and do not get: animations that their files lack, and lenses that nothing reads. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from render.worlds.configured import World
from render.worlds.model.record import ModelLayer
from render.worlds.plate.record import PlateLayer
from stage.show.air.remark import Remark
from stage.show.air.state import AirState, asset_of

_MOST_NAMED = 10


def name_remarks(air: AirState, key: str) -> Iterator[Remark]:
    """What is to be said of the names in the world with this key."""
    yield from movement_remarks(air, air.worlds[key])
    if key in air.library.full:
        yield from lens_remarks(air.worlds[key])


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


def lens_remarks(world: World) -> Iterator[Remark]:
    """The lenses of films in a world of the library: lens files are read at the start alone, with the configuration."""
    for layer in world.layers:
        for film in layer.plates if isinstance(layer, PlateLayer) else ():
            if film.lens is not None:
                yield Remark("film_lens_unread", {"file": film.file, "lens": film.lens})
