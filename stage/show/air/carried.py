"""The library's worlds of an earlier run, for a new show that continues with their values. Pure."""

from __future__ import annotations

from stage.config.starting_values import world_groups
from stage.show.air.library_state import LibraryState
from stage.show.air.listing import offer_names
from stage.show.air.state import AirState
from stage.values.stage_wide import ShowValues
from stage.values.tree import ParameterTree, put_group


def carry_library(air: AirState, values: ShowValues, tree: ParameterTree, before: AirState) -> None:
    """Adds the worlds that stood ready in the library `before`, with the values that they come with.

    Those whose keys are taken by now are left out. What is in the folder today is told later.
    """
    library = before.library
    air.library = LibraryState(remembered=library.remembered)
    for key, file in library.full.items():
        world, listed = before.worlds.get(key), library.files.get(file)
        if world is None or listed is None or key in air.worlds or listed.key != key:
            continue
        groups = tuple(world_groups(world))
        if any(tree.under(prefix) for prefix, _ in groups):
            continue
        air.worlds[key] = world
        air.library.files[file], air.library.full[key] = listed, file
        listed.gone = False
        for prefix, group in groups:
            tree.admit(prefix, group)
            put_group(values, prefix, group)
    offer_names(tree, air)
