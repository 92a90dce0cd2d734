"""Worlds by what people call them. Pure."""

from __future__ import annotations

import unicodedata

from stage.show.air.state import AirState
from stage.values.parameters import Refusal

_LONGEST_LIST = 400


def key_called(air: AirState, name: str) -> str | None:
    """The key of the world that is called `name`, in any Unicode form, or that has this key."""
    alike = unicodedata.normalize("NFC", name)
    for key, world in air.worlds.items():
        if unicodedata.normalize("NFC", world.name) == alike:
            return key
    return name if name in air.worlds else None


def no_world(air: AirState, name: str) -> Refusal:
    """The refusal of a name that no world has."""
    names = ", ".join(world.name for world in air.worlds.values())
    return Refusal(code="unknown_path", reason="no_world", values={"found": name, "worlds": names[:_LONGEST_LIST]})
