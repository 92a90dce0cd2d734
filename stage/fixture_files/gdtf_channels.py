"""What the channels of a GDTF mode do (DIN SPEC 15800:2022-02, annex A: attributes), as the table of a mode."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pygdtf

from stage.fixture_files.assumptions import USUAL_LUMINANCE, FixtureError
from stage.fixture_files.gdtf_layout import PlacedChannel
from stage.fixtures.records import MOST_CHANNELS, MOST_EMITTERS, Attribute

_EMITTERS = {
    "R": "red",
    "G": "green",
    "B": "blue",
    "C": "cyan",
    "M": "magenta",
    "Y": "yellow",
    "RY": "amber",
    "GY": "lime",
    "GC": "blue-green",
    "BC": "light-blue",
    "BM": "purple",
    "RM": "pink",
    "W": "white",
    "WW": "warm white",
    "CW": "cold white",
    "UV": "uv",
}
"""What follows `ColorAdd_` in an attribute's name, and what an emitter without one of its own is called then."""
_ATTRIBUTES: dict[str, Attribute] = {
    "Dimmer": "intensity",
    "CTC": "temperature",
    "CTO": "temperature",
    "CTB": "temperature",
    "Tint": "tint",
    "HSB_Hue": "hue",
    "HSB_Saturation": "saturation",
    "HSB_Brightness": "intensity",
    "CIE_X": "x",
    "CIE_Y": "y",
    "CIE_Brightness": "intensity",
    "Pan": "pan",
    "Tilt": "tilt",
}
_IN_PHYSICAL = ("temperature", "tint", "hue", "pan", "tilt")
"""Attributes whose levels are told in physical values; of all others a level is a share."""
_LEAST_K = 1000.0


def mode_table(
    name: str, placed: list[PlacedChannel], emitters: list[dict[str, Any]], notes: dict[str, None]
) -> dict[str, Any]:
    """The table of a mode. Emitters that only a channel names are added; what cannot be used is added to `notes`.

    A mode of more than a universe has no channels.
    """
    first = [one for one in placed if one.dmx_break == 1]
    if len(first) < len(placed):
        notes[f"mode {name}: only the channels of its first address are driven"] = None
    slots = max((offset for one in first for offset in one.offset), default=1)
    if slots > MOST_CHANNELS:
        notes[f"mode {name} is left out: it needs {slots} slots, and a universe has {MOST_CHANNELS}"] = None
        first, slots = [], 1
    parts = _parts(first)
    lit = {part: None for part, one in zip(parts, first, strict=True) if _is_emitter(one.channel)}
    numbers = {part: number for number, part in enumerate(lit)}
    different = {id(one.channel): one.channel for one in first}
    meanings = {number: _meaning(channel, emitters, notes) for number, channel in different.items()}
    channels = [
        meanings[id(one.channel)] | _place(one.offset, numbers.get(part, 0))
        for part, one in zip(parts, first, strict=True)
    ]
    return {"name": name or "mode", "slots": slots, "channels": channels, "cells": max(1, len(lit))}


def _place(offset: tuple[int, ...], cell: int) -> dict[str, Any]:
    return {"offset": offset[0], "cell": cell} | ({"fine": offset[1]} if len(offset) > 1 else {})


def _parts(placed: list[PlacedChannel]) -> list[tuple[str, int]]:
    """The part of the fixture that each channel is of: a geometry, and which of its copies.

    A geometry that is referred to several times has each of its attributes as often.
    """
    seen: Counter[tuple[str, str]] = Counter()
    parts = []
    for one in placed:
        what = (one.geometry, str(one.channel.attribute))
        parts.append((one.geometry, seen[what]))
        seen[what] += 1
    return parts


def _is_emitter(channel: pygdtf.DmxChannel) -> bool:
    return str(channel.attribute).startswith("ColorAdd_")


def _meaning(channel: pygdtf.DmxChannel, emitters: list[dict[str, Any]], notes: dict[str, None]) -> dict[str, Any]:
    """What stands in a mode's table for a channel, wherever it lies."""
    name = str(channel.attribute)
    function = _function(channel, name)
    table: dict[str, Any] = {
        "attribute": "fixed",
        "default": _level(function.default if function is not None else channel.default),
        "points": [],
    }
    if _is_emitter(channel):
        return table | {"attribute": "emitter", "emitter": _emitter_of(function, name, emitters)}
    if name.startswith(("Shutter", "Strobe")):
        held = _open(channel)
        if held is None and name.startswith("Shutter"):
            notes[f"{name} stays at its default: no level is told at which it is open, so it may flash"] = None
        return table | {"attribute": "strobe", "default": table["default"] if held is None else held}
    attribute = _ATTRIBUTES.get(name, "fixed")
    if attribute == "fixed" or function is None:
        notes[f"{name} stays at its default"] = None
        return table
    return table | _range(function, attribute, notes)


def _function(channel: pygdtf.DmxChannel, name: str) -> pygdtf.ChannelFunction | None:
    """The function of a channel that its attribute names; the first one where none does."""
    functions = [function for logical in channel.logical_channels for function in logical.channel_functions]
    return next((one for one in functions if str(one.attribute) == name), functions[0] if functions else None)


def _emitter_of(function: pygdtf.ChannelFunction | None, name: str, emitters: list[dict[str, Any]]) -> str:
    """The emitter that a channel drives: the one that it links to, or one of its colour, made where there is none."""
    known = [str(one["name"]) for one in emitters]
    linked = "" if function is None or function.emitter.str_link is None else str(function.emitter.str_link)
    if linked in known:
        return linked
    called = _EMITTERS.get(name.removeprefix("ColorAdd_"), name.removeprefix("ColorAdd_").lower())
    found = next((one for one in known if one.casefold() == called), None)
    if found is None:
        if len(emitters) >= MOST_EMITTERS:
            raise FixtureError("Emitters", f"found more than {MOST_EMITTERS}, {called[:40]!r} one of them")
        emitters.append({"name": called, "luminance": 100.0 * USUAL_LUMINANCE.get(called, 1.0)})
    return found or called


def _range(function: pygdtf.ChannelFunction, attribute: Attribute, notes: dict[str, None]) -> dict[str, Any]:
    """The levels of a function and the physical values at its ends."""
    low, high = function.physical_from.value, function.physical_to.value
    begins, ends = _level(function.dmx_from), _level(function.dmx_to)
    if attribute == "temperature" and min(low, high) < _LEAST_K:
        notes[f"{function.attribute} stays at its default: it is not told in kelvin"] = None
        return {}
    points = [[begins, low], [ends, high]] if ends > begins else []
    if attribute not in _IN_PHYSICAL and (not points or (begins == 0.0 and ends >= 0.99)):
        points = []
    return {"attribute": attribute, "points": points}


def _open(channel: pygdtf.DmxChannel) -> float | None:
    """The level at which light passes a shutter all the time: that of a function or set called open; None without."""
    for logical in channel.logical_channels:
        for function in logical.channel_functions:
            if "open" in (function.name or "").casefold():
                return _level(function.dmx_from)
            for part in function.channel_sets:
                if "open" in (part.name or "").casefold():
                    return _level(part.dmx_from)
    return None


def _level(value: pygdtf.DmxValue | None) -> float:
    if value is None or not 1 <= value.byte_count <= 4:
        return 0.0
    return float(min(1.0, max(0.0, value.value / (256**value.byte_count - 1))))
