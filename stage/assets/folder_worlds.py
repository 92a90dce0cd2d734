"""The worlds of a library's folder for commands that draw by themselves: all that are there, found at once."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

import msgspec

from stage.assets.folder_listing import FolderListing
from stage.assets.folder_thread import described_world
from stage.assets.folder_watch import MOST_LISTED, STANDS_STILL_S, FolderWatch
from stage.config.starting_values import starting_values, tree_of
from stage.loading.files import LoadedConfig
from stage.show.air.library import Shelf, list_files
from stage.show.air.shelf import set_out, shelved_world
from stage.show.air.state import AirState, new_air_state
from stage.show.frame.inputs import LibraryListed
from stage.show.values.controls import Controls, ControlState
from stage.values.stage_wide import ACTIVE_WORLD
from tracking.settable import Value


def with_world_of_library(loaded: LoadedConfig, name: str) -> LoadedConfig:
    """The configuration with the library's world of that name beside its own, under the key that it has on the stage.

    It stays as it is where a configured world is called so, or there is no such file.
    """
    if loaded.library_folder() is None or name in (world.name for world in loaded.config.all_worlds()):
        return loaded
    world = shelved_world(stocked_shelf(loaded).air, name)
    if world is None:
        return loaded
    config = msgspec.structs.replace(loaded.config, worlds=(*loaded.config.all_worlds(), world), world=None)
    return LoadedConfig(config, loaded.text, loaded.directory, loaded.file)


def worlds_of_values(loaded: LoadedConfig, values: Mapping[str, Value]) -> AirState | None:
    """The library with those worlds standing ready that these values are of, by path; None where they are of none.

    For a start with saved values: the loader lists the folder only later. The folder is looked through once.
    """
    keys = {path.split("/")[2] for path in values if path.startswith(("/worlds/", "/layer/"))}
    for world in loaded.config.all_worlds():
        keys -= {world.key or "", *(layer.key or "" for layer in world.layers)}
    active = values.get(ACTIVE_WORLD)
    is_configured = active is None or active in [world.name for world in loaded.config.all_worlds()]
    folder = loaded.library_folder()
    if (is_configured and not keys) or folder is None or not folder.is_dir():
        return None
    shelf = stocked_shelf(loaded)
    for file, listed in shelf.air.library.files.items():
        layers = () if listed.world is None else listed.world.layers
        own = {listed.key, *(layer.key or "" for layer in layers)}
        if listed.key and listed.cause is None and (listed.name == active or own & keys):
            set_out(shelf.air, shelf.controls, file, ())
    return shelf.air


def stocked_shelf(loaded: LoadedConfig) -> Shelf:
    """The worlds of the configuration, and all that are in the library's folder now, by name."""
    folder = loaded.library_folder()
    assert folder is not None
    moments = count(0.0, 2.0 * STANDS_STILL_S)  # whoever draws one picture takes every file as it is
    watch = FolderWatch(folder, world_of=described_world, notifies=False, clock_s=lambda: next(moments))
    watch.step()
    watch.step()
    files, _ = watch.take_news(MOST_LISTED)
    config = loaded.config
    air = new_air_state(config, "")
    controls = Controls(tree_of(config), ControlState(values=starting_values(config)), config.stage.rate())
    listed = LibraryListed(files=FolderListing(loaded).named(files), first=True)
    shelf = Shelf(air, controls, (), 0)
    list_files(shelf, listed)
    return shelf
