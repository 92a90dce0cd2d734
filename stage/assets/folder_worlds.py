"""The worlds of a library's folder for commands that draw by themselves: all that are there, found at once."""

from __future__ import annotations

from itertools import count

import msgspec

from stage.assets.folder_listing import FolderListing
from stage.assets.folder_thread import described_world
from stage.assets.folder_watch import MOST_LISTED, STANDS_STILL_S, FolderWatch
from stage.config.starting_values import starting_values, tree_of
from stage.loading.files import LoadedConfig
from stage.show.air.library import Shelf, list_files
from stage.show.air.shelf import shelved_world
from stage.show.air.state import new_air_state
from stage.show.frame.inputs import LibraryListed
from stage.show.values.controls import Controls, ControlState


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
