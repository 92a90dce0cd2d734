"""From a fixture of the Open Fixture Library (JSON, format 12) to the table of a profile.

The library describes every level in words for people; what cannot be read from them stays at its default, and a note
says so. It has no spectra, so emitters are known by their colour's name.
"""

from __future__ import annotations

from typing import Any

from stage.fixture_files.assumptions import MOST_PLACES, USUAL_LUMINANCE, FixtureError
from stage.fixture_files.library_channels import Known, kelvin_of, known_channels
from stage.fixture_files.library_modes import Names, slots_of
from stage.fixtures.records import MOST_CHANNELS

MOST_MODES = 256


def library_profile(found: dict[str, Any]) -> dict[str, Any]:
    """The table of a profile from the decoded JSON. Raises FixtureError with the place."""
    modes = found.get("modes")
    if not isinstance(modes, list) or not 1 <= len(modes) <= MOST_MODES:
        raise FixtureError("modes", f"expected a list of 1 to {MOST_MODES} modes, as the Open Fixture Library has them")
    notes: dict[str, None] = {}
    known = known_channels(found, notes)
    names = Names(found)
    tables = [_mode(f"modes[{index}]", mode, known, names, notes) for index, mode in enumerate(modes)]
    if sum(len(table["channels"]) for table in tables) > MOST_PLACES:
        raise FixtureError("modes", f"found more than {MOST_PLACES} channels in all of them, expected fewer")
    emitters = dict.fromkeys(
        channel["emitter"] for table in tables for channel in table["channels"] if channel["emitter"]
    )
    kelvins = [kelvin for channel in known.values() for kelvin in kelvin_of(channel)]
    name = found.get("name")
    return {
        "name": name if isinstance(name, str) else "fixture",
        "maker": "",
        "emitters": [{"name": emitter, "luminance": USUAL_LUMINANCE.get(emitter, 1.0)} for emitter in emitters],
        "modes": [table for table in tables if table["channels"]],
        "notes": list(notes),
        **({"temperature_k": [min(kelvins), max(kelvins)]} if kelvins else {}),
    }


def _mode(where: str, mode: Any, known: dict[str, Known], names: Names, notes: dict[str, None]) -> dict[str, Any]:
    """A mode's table: each of its slots is a channel's coarse or fine part, or nothing."""
    if not isinstance(mode, dict) or not isinstance(mode.get("name"), str):
        raise FixtureError(where, "expected a mode with a name")
    slots = slots_of(where, mode, names)
    if not 1 <= len(slots) <= MOST_CHANNELS:
        raise FixtureError(f"{where}.channels", f"found {len(slots)} channels, expected 1 to {MOST_CHANNELS}")
    places = {slot: offset for offset, slot in reversed(list(enumerate(slots, start=1)))}
    named = dict.fromkeys(slot.pixel for slot in slots if slot.pixel)
    pixels = {pixel: number for number, pixel in enumerate(named)}
    channels = []
    for slot, offset in sorted(places.items(), key=lambda item: item[1]):
        channel = known.get(slot.channel)
        if channel is None:
            continue
        table = {"offset": offset, "cell": pixels.get(slot.pixel, 0), **channel.table}
        fine = next((places[one] for one in slot.fine_of(channel) if one in places), None)
        channels.append(table if fine is None else table | {"fine": fine})
    _settle_on_one_way(str(mode["name"]), channels, notes)
    return {"name": mode["name"], "slots": len(slots), "channels": channels, "cells": max(1, len(pixels))}


def _settle_on_one_way(mode: str, channels: list[dict[str, Any]], notes: dict[str, None]) -> None:
    """A mode with a cross-fade from whites to colours is driven by its whites alone: the cross-fade stays at its start.

    Which of its colours adds what to which white, the library does not say.
    """
    crossing = [channel for channel in channels if channel.pop("crosses", False)]
    if not crossing:
        return
    for channel in channels:
        if channel["attribute"] in ("emitter", "hue", "saturation"):
            channel |= {"attribute": "fixed", "emitter": "", "default": 0.0, "points": []}
    notes[f"mode {mode} is driven by its whites alone; choose a mode without a cross-fade for colours"] = None
