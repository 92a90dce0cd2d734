"""What a director should know of a picture as a stage would show it, in words and with the values that cure it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from render.assets.decode import open_picture
from render.images.picture_hashes import depth_beside
from render.worlds.configured import World, keyed
from render.worlds.kinds import Layer
from render.worlds.panorama.record import PanoramaLayer
from render.worlds.shared.facts import PictureFacts
from stage.control.world_views import WorldFinding, finding_of
from stage.loading.files import LoadedConfig
from stage.loading.geometry import load_geometry
from stage.show.air.placement import FrontWall, front_wall, placed_values
from stage.show.air.remark import Remark
from stage.show.air.remarks import picture_remarks
from stage.show.air.remarks_of_pictures import depth_remarks, held_remarks, sun_remarks
from stage.show.air.sight import Sight, sight_of


def findings_on(path: Path, facts: PictureFacts, loaded: LoadedConfig | None) -> Iterator[WorldFinding]:
    """What is to be said of a picture: by itself, or on a stage. Paths have the key that its layer has or would have.

    Raises ConfigError where the stage's own geometry cannot be read.
    """
    layer = _layer_of(path, loaded)
    front, sight = FrontWall(), Sight()
    if loaded is not None:
        _, calibration = load_geometry(loaded)
        front = front_wall(calibration.surfaces, loaded.config.stage.outer_eye_m)
        sight = sight_of(loaded.config, calibration.surfaces)
    remarks = picture_remarks(layer.key or "", facts, placed_values(layer, facts, front), sight)
    about_depth = _of_depth(path, facts, layer, loaded)
    yield from (finding_of(remark) for remark in (*remarks, *sun_remarks(facts), *about_depth))


def _of_depth(path: Path, facts: PictureFacts, layer: Layer, loaded: LoadedConfig | None) -> Iterator[Remark]:
    """What is to be said of the depth map of a picture: the layer's, or the one beside it."""
    needed = layer.depth_map()
    if needed is None or needed.colour_space is None:
        return
    place = path.parent / needed.file if loaded is None else loaded.path_of(needed.file)
    depth = open_picture(place, needed.colour_space)
    yield from (Remark(one.code, one.values) for one in depth.findings())
    about = depth.facts()
    yield from depth_remarks(facts, about)
    if about.depth is not None:
        yield from held_remarks(about.depth, layer.values())


def _layer_of(path: Path, loaded: LoadedConfig | None) -> Layer:
    """The layer of a stage that shows this file, with its key; else the one that a world of this name would have."""
    worlds = () if loaded is None else loaded.config.all_worlds()
    for layer in (layer for world in worlds for layer in world.layers):
        picture = layer.picture()
        if loaded is not None and picture is not None and loaded.path_of(picture.file).resolve() == path.resolve():
            return layer
    depth = depth_beside(path)
    layer = PanoramaLayer(file=path.name, depth=None if depth is None else str(depth.absolute()))
    added = World(name=path.stem[:100] or "world", layers=(layer,))
    return keyed((*worlds, added))[-1].layers[0]
