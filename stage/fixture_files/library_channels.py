"""What the channels of an Open Fixture Library fixture do, from the words of their capabilities."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from stage.fixture_files.assumptions import FixtureError

MOST_CHANNELS_KNOWN = 2048
MOST_CAPABILITIES = 512
MOST_COMMENT = 200
"""Characters of a comment in which numbers are looked for: the time for that grows with their square."""
_RESOLUTIONS = {"8bit": 255, "16bit": 65535, "24bit": 16777215}
_WHITES = {"Warm White": "warm white", "Cold White": "cold white", "UV": "uv"}
_PERCENTS = re.compile(r"(-?\d{1,3})\s*%?\s*(?:…|\.\.\.|to)\s*([+-]?\d{1,3})\s*%")
_KELVIN = re.compile(r"(\d{4,5})K$(?!\n)")
_SHUTTER = ("ShutterStrobe", "StrobeSpeed", "StrobeDuration")


class Known(NamedTuple):
    """A channel: what stands in a mode's table for it, and the names of its fine parts."""

    table: dict[str, Any]
    fine: tuple[str, ...]


def known_channels(found: dict[str, Any], notes: dict[str, None]) -> dict[str, Known]:
    """Every channel that a fixture has, also the templates of its pixels, by name. Raises FixtureError."""
    known: dict[str, Known] = {}
    for section in ("availableChannels", "templateChannels"):
        channels = found.get(section, {})
        if not isinstance(channels, dict) or len(channels) > MOST_CHANNELS_KNOWN:
            raise FixtureError(section, f"expected a table of at most {MOST_CHANNELS_KNOWN} channels")
        for name, channel in channels.items():
            known[name] = _known(f"{section}.{name}", name, channel, notes)
    return known


def kelvin_of(channel: Known) -> list[float]:
    """The colour temperatures at the ends of a channel that sets one."""
    return [value for _, value in channel.table["points"]] if channel.table["attribute"] == "temperature" else []


def _known(where: str, name: str, channel: Any, notes: dict[str, None]) -> Known:
    if not isinstance(channel, dict):
        raise FixtureError(where[:120], "expected a table")
    aliases = channel.get("fineChannelAliases", [])
    fine = tuple(one for one in aliases if isinstance(one, str)) if isinstance(aliases, list) else ()
    full = _RESOLUTIONS.get(channel.get("dmxValueResolution", f"{8 * (1 + len(fine))}bit"), 255)
    capabilities = _capabilities(where, channel)
    table = {
        "attribute": "fixed",
        "emitter": "",
        "points": [],
        "default": _level(channel.get("defaultValue", 0), full),
        **_meaning(str(channel.get("name", name)), capabilities, full),
    }
    if (
        table["attribute"] == "fixed"
        and "crosses" not in table
        and not any(one["type"] == "NoFunction" for one in capabilities)
    ):
        notes[f"{name} stays at its default"] = None
    if any(one["type"] == _SHUTTER[0] for one in capabilities) and _open_level(capabilities, full) is None:
        notes[f"{name} stays at its default: no level is told at which it is open, so it may flash"] = None
    return Known(table, fine)


def _capabilities(where: str, channel: dict[str, Any]) -> list[dict[str, Any]]:
    found = channel.get("capabilities", [channel.get("capability")])
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_CAPABILITIES:
        raise FixtureError(where[:120], f"expected 1 to {MOST_CAPABILITIES} capabilities")
    if not all(isinstance(one, dict) and isinstance(one.get("type"), str) for one in found):
        raise FixtureError(where[:120], "expected capabilities with a type")
    return found


def _meaning(name: str, capabilities: list[dict[str, Any]], full: int) -> dict[str, Any]:
    """What a channel is for: told by the type of its first capability that does something, or by its name."""
    kinds = [one["type"] for one in capabilities]
    first = next((one for one in capabilities if one["type"] != "NoFunction"), capabilities[0])
    word = name.casefold()
    match first["type"]:
        case "Intensity" if len(capabilities) == 1:
            return {"attribute": "intensity"}
        case "ColorIntensity" if len(capabilities) == 1 and isinstance(first.get("color"), str):
            colour = first["color"]
            return {"attribute": "emitter", "emitter": _WHITES.get(colour, colour.casefold())}
        case "ColorTemperature" if len(capabilities) == 1:
            ends = [_kelvin(first.get(key)) for key in ("colorTemperatureStart", "colorTemperatureEnd")]
            if None not in ends:
                return {"attribute": "temperature", "points": [[0.0, ends[0]], [1.0, ends[1]]]}
        case kind if kind in _SHUTTER or any(one in _SHUTTER for one in kinds):
            held = _open_level(capabilities, full)
            return {"attribute": "strobe"} if held is None else {"attribute": "strobe", "default": held}
        case "Pan" | "Tilt" if len(capabilities) == 1:
            return {"attribute": first["type"].casefold()}
        case "Generic" if word.startswith("hue") and len(capabilities) == 1:
            return {"attribute": "hue", "points": [[0.0, 0.0], [1.0, 360.0]]}
        case "Generic" if word.startswith("saturation") and len(capabilities) == 1:
            return {"attribute": "saturation"}
        case "Generic" if "cross" in word and "fade" in word:
            return {"crosses": True}
        case "Generic" if "green" in word and "magenta" in word:
            return _tint(capabilities, full)
    return {}


def _tint(capabilities: list[dict[str, Any]], full: int) -> dict[str, Any]:
    """Green to magenta, from ranges called `-99%…-1%` (minus green, which is magenta), `Neutral` and `1%…99%`."""
    points: list[list[float]] = []
    for one in capabilities:
        levels, comment = _range(one, full), str(one.get("comment", ""))[:MOST_COMMENT]
        percents = _PERCENTS.search(comment)
        if levels is None:
            continue
        if percents is not None:
            values = [-int(part) / 100.0 for part in percents.groups()]
        elif "neutral" in comment.casefold() and points:
            values = [0.0, 0.0]
        else:
            continue
        points += [[level, value] for level, value in zip(levels, values, strict=True)]
    rising = [point for place, point in enumerate(points) if place == 0 or point[0] > points[place - 1][0]]
    neutral = next((level for level, value in rising if value == 0.0), None)
    if len(rising) < 2:
        return {}
    return {"attribute": "tint", "points": rising, **({} if neutral is None else {"default": neutral})}


def _open_level(capabilities: list[dict[str, Any]], full: int) -> float | None:
    """The level at which light passes all the time: that of an open shutter, or of no function; None without either."""
    for wanted in ("Open", ""):
        for one in capabilities:
            levels = _range(one, full)
            is_open = one.get("shutterEffect") == "Open" if wanted else one["type"] == "NoFunction"
            if levels is not None and is_open:
                return levels[0]
    return None


def _range(capability: dict[str, Any], full: int) -> tuple[float, float] | None:
    found = capability.get("dmxRange")
    if not (isinstance(found, list) and len(found) == 2 and all(type(one) is int for one in found)):
        return None
    low, high = (min(1.0, max(0.0, one / full)) for one in found)
    return (low, high)


def _kelvin(found: Any) -> float | None:
    match = _KELVIN.match(found) if isinstance(found, str) else None
    return None if match is None else float(match[1])


def _level(found: Any, full: int) -> float:
    """A default, as a number of the channel's resolution or in percent."""
    if isinstance(found, str) and re.fullmatch(r"\d{1,3}%", found):
        return min(1.0, int(found[:-1]) / 100.0)
    if type(found) in (int, float) and found >= 0:
        return min(1.0, float(min(found, full)) / full)
    return 0.0
