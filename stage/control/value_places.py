"""Where saved values are: those of a show in its folder, those that belong to the stage itself in its state folder.

So a show can be handed over to another stage, and a stage keeps its delays and offsets from show to show.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from stage.control.requests import STARTUP
from stage.control.saved_values import SavedValues, read_values, restore, write_values
from stage.values.lights import is_placement
from stage.values.rigging import is_rigged
from stage.values.tree import ParameterTree
from tracking.settable import Value


class ValuePlaces(NamedTuple):
    """The folders of saved values: of the show, and of the stage itself.

    `old` is where earlier versions kept both in one file; of those the show's are read only if it `adopts` them.
    """

    show: Path
    stage: Path
    old: Path | None = None
    adopts: bool = False


def keep_values(places: ValuePlaces, name: str, saved: SavedValues) -> None:
    """Writes values under `name` and for the next start; what belongs to the stage for the next start only.

    Raises OSError.
    """
    of_stage, of_show = _split(saved.values)
    write_values(_file(places.stage, STARTUP), msgspec.structs.replace(saved, values=of_stage))
    for one in dict.fromkeys((name, STARTUP)):
        write_values(_file(places.show, one), msgspec.structs.replace(saved, values=of_show))


def keep_placement(places: ValuePlaces, name: str, saved: SavedValues) -> None:
    """Writes where the stage lights stand and how they are patched; what else is saved there stays as it is.

    Raises OSError, or ValueError where what is there cannot be read.
    """
    for one in dict.fromkeys((name, STARTUP)):
        try:
            before = kept_values(places, one).values
        except FileNotFoundError:
            before = {}
        rest = {path: value for path, value in before.items() if not is_placement(path)}
        write_values(_file(places.show, one), msgspec.structs.replace(saved, values=rest | saved.values))


def kept_values(places: ValuePlaces, name: str) -> SavedValues:
    """What was saved under `name`, by this version or an earlier one. Raises OSError, or ValueError."""
    try:
        return read_values(_file(places.show, name))
    except FileNotFoundError:
        if places.old is None or not places.adopts:
            raise
        return read_values(_file(places.old, name))


def unchecked_at_start(places: ValuePlaces) -> dict[str, Value]:
    """What was saved of the show for the next start, as its file has it; nothing where that cannot be read."""
    try:
        return kept_values(places, STARTUP).values
    except (OSError, ValueError):
        return {}


def values_at_start(places: ValuePlaces, tree: ParameterTree) -> tuple[dict[str, Value], tuple[str, ...]]:
    """The values that were saved for the next start, and a line for everything in them that cannot be used."""
    of_show, about_show = _part(places, tree, of_stage=False)
    of_stage, about_stage = _part(places, tree, of_stage=True)
    return {**of_show, **of_stage}, tuple(dict.fromkeys((*about_show, *about_stage)))


def _part(places: ValuePlaces, tree: ParameterTree, *, of_stage: bool) -> tuple[dict[str, Value], tuple[str, ...]]:
    folder = places.stage if of_stage else places.show
    old = places.old if of_stage or places.adopts else None
    if old is not None and not os.path.lexists(_file(folder, STARTUP)) and os.path.lexists(_file(old, STARTUP)):
        values, findings = restore(old, tree)
        parts = _split(values)
        said = f"{_file(old, STARTUP)}: kept by an earlier version, and read; `control save` keeps it anew in {folder}"
        return parts[0] if of_stage else parts[1], (*findings, said)
    values, findings = restore(folder, tree)
    rigged, others = _split(values)
    wanted, passed_over = (rigged, others) if of_stage else (others, rigged)
    whose = "a show" if of_stage else "the stage itself"
    strange = tuple(f"{_file(folder, STARTUP)}: {path} belongs to {whose}; skipped" for path in passed_over)
    return wanted, (*findings, *strange)


def _split(values: Mapping[str, Value]) -> tuple[dict[str, Value], dict[str, Value]]:
    """What belongs to the stage itself, and what to the show."""
    rigged = {path: value for path, value in values.items() if is_rigged(path)}
    return rigged, {path: value for path, value in values.items() if path not in rigged}


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.json"
