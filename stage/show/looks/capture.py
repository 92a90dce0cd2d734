"""Makes looks of the values in force: by hand, and of each take when it starts. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from render.worlds.configured import World
from render.worlds.shared.keys import is_shown
from stage.show.air.state import AirState, key_named
from stage.show.looks.shelf import LookShelf, put_look
from stage.show.report.take import TakeState
from stage.show.values.controls import Controls, ControlState, headings_of
from stage.values.looks import (
    LONGEST_LOOK_NAME,
    LOOK_PARTS,
    OF_WORLDS,
    LookPart,
    groups_of_parts,
    look_values,
    packed,
)
from stage.values.tree import groups_of
from tracking.settable import Value


def look_of_stage(controls: ControlState, air: AirState, only: Iterable[LookPart] = ()) -> dict[str, Value]:
    """The values that a look holds, by path: all of them, or those of some parts. Of values that move it has those that
    they move to.

    Of worlds and layers it has those of the world that it names; without the part `world` it names none.
    """
    values, groups = controls.values, groups_of_parts(tuple(only) or LOOK_PARTS)
    own = own_keys(air, values.world.active) if "world" in groups else ()
    found: dict[str, Value] = {}
    for prefix, group in groups_of(values):
        _, family, key, *_ = [*prefix.split("/"), ""]
        if family not in OF_WORLDS or key in own:
            found |= {path: value for path, value, look in look_values(prefix, group) if look in groups}
    return found | {path: value for path, value in headings_of(controls).items() if path in found}


def own_keys(air: AirState, name: str) -> tuple[str, ...]:
    """The key of the world that is called `name`, and those of its layers; nothing where it does not stand ready."""
    key = key_named(air, name)
    return () if key is None else (key, *layer_keys(air.worlds[key]))


def layer_keys(world: World) -> tuple[str, ...]:
    """The keys of a world's layers."""
    return tuple(layer.key or "" for layer in world.layers)


def keep_look_of_take(shelf: LookShelf, take: TakeState, controls: Controls, air: AirState) -> None:
    """Once a frame: keeps a look of a take that has been started since, named after it."""
    if take.count == shelf.takes:
        return
    shelf.takes = take.count
    shelf.note_change()
    written = (take.slate or take.name)[:LONGEST_LOOK_NAME].strip()
    name = "".join(
        one if is_shown(one) else "\N{REPLACEMENT CHARACTER}" for one in written
    )  # its file is read as any other look's
    if take.recording and name:
        values = look_of_stage(controls.state, air)
        put_look(shelf, "take", name, packed(values), frame=controls.state.frame)
