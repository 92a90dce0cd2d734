"""What each cell of all lights is made of: by what it sets its colour, and what every one of its channels follows.

Values of channels stand in a table, a row for each cell: first its emitters, then one column for each of `COLUMNS`.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal, NamedTuple

import msgspec

from stage.fixtures.records import Attribute, Channel, FixtureProfile, Mode
from stage.lights.mixing.records import MixedLight
from stage.lights.mixing.spectra import EmittedLight, emitted_lights
from tracking.records import ConfigError

Way = Literal["xy", "emitters", "hue", "white", "level"]
"""By what a cell sets its colour; `level` is one that has no say in it."""

COLUMNS: tuple[Attribute, ...] = ("intensity", "temperature", "tint", "hue", "saturation", "x", "y")
_OWN: dict[Way, tuple[Attribute, ...]] = {
    "xy": ("x", "y"),
    "emitters": (),
    "hue": ("hue", "saturation", "temperature", "tint"),
    "white": ("temperature", "tint"),
    "level": (),
}
_ENOUGH_EMITTERS = 3
HELD = -1
"""The column of a channel that follows nothing, and stays at its level."""


class ChannelPlace(NamedTuple):
    """One channel: where it lies in the light, and which column of which cell it follows, or at which level it is held.

    `points` are pairs of level and value, rising in level; without them the level is the value.
    """

    light: int
    offset: int
    fine: int | None
    cell: int
    column: int
    level: float
    points: tuple[tuple[float, float], ...]


class Cell(NamedTuple):
    """One cell: its light, its way, and whether it has a dimmer of its own.

    `emitters` are those that its channels drive, or of which it mixes its hue, or all that it has; the same `kind`
    means the same emitters.
    """

    light: int
    way: Way
    emitters: tuple[EmittedLight, ...]
    kind: bytes
    has_dimmer: bool


def lay_out(lights: tuple[MixedLight, ...]) -> tuple[list[Cell], list[ChannelPlace], int]:
    """All cells, all channels in the order of lights, and the number of columns for emitters (at least one).

    Raises ConfigError for a mode that a profile does not have.
    """
    found: list[tuple[Cell, list[tuple[Channel, int | Attribute, float]]]] = []
    for number, light in enumerate(lights):
        mode = mode_of(light)
        lit = _visible(light.profile)
        masters = _masters(mode)
        for index in range(mode.cells):
            channels = [one for one in mode.channels if one.cell == index]
            found.append(_cell(number, light.profile, channels, lit, masters))
    size = max((len(cell.emitters) for cell, _ in found if cell.way == "emitters"), default=1)
    places = [
        ChannelPlace(
            cell.light, channel.offset, channel.fine, number, _column(of, size), level, _points(lights, cell, channel)
        )
        for number, (cell, channels) in enumerate(found)
        for channel, of, level in channels
    ]
    return [cell for cell, _ in found], places, size


def mode_of(light: MixedLight) -> Mode:
    """The mode that a light is in. Raises ConfigError if its profile has none of that name."""
    for mode in light.profile.modes:
        if mode.name == light.mode:
            return mode
    names = ", ".join(one.name for one in light.profile.modes)
    raise ConfigError(f"{light.profile.name}: mode: found {light.mode!r}, expected one of: {names}")


def _visible(profile: FixtureProfile) -> dict[str, EmittedLight]:
    """Those emitters whose light is known and seen. An emitter for effects, such as ultraviolet, stays dark."""
    lights = emitted_lights(profile.emitters)
    return {one.name: light for one, light in zip(profile.emitters, lights, strict=True) if light is not None}


def _masters(mode: Mode) -> set[int]:
    """Offsets of dimmers over others: those that the first cell has more than the last. They are held open."""
    counts = Counter(one.cell for one in mode.channels if one.attribute == "intensity")
    surplus = counts[0] - counts[mode.cells - 1] if mode.cells > 1 else counts[0] - 1
    offsets = sorted(one.offset for one in mode.channels if one.attribute == "intensity" and one.cell == 0)
    return set(offsets[: max(surplus, 0)])


def _cell(
    number: int,
    profile: FixtureProfile,
    channels: list[Channel],
    lit: dict[str, EmittedLight],
    masters: set[int],
) -> tuple[Cell, list[tuple[Channel, int | Attribute, float]]]:
    """A cell, and each of its channels with what it follows: an emitter, an attribute, or `HELD` and a level."""
    names = [name for name in lit if any(one.attribute == "emitter" and one.emitter == name for one in channels)]
    way = _way(profile, channels, len(names))
    own = [one for one in _OWN[way] if one != "temperature" or _has_whites(profile, channels)]
    if way != "emitters":
        names = []
    plan: list[tuple[Channel, int | Attribute, float]] = []
    has_dimmer = False
    for channel in channels:
        if channel.attribute == "emitter":
            plan.append((channel, names.index(channel.emitter) if channel.emitter in names else HELD, 0.0))
        elif channel.attribute == "intensity":
            is_master = channel.offset in masters
            has_dimmer = has_dimmer or not is_master
            plan.append((channel, HELD if is_master else "intensity", 1.0))
        elif channel.attribute in own:
            plan.append((channel, channel.attribute, channel.default))
        else:
            plan.append((channel, HELD, _held_level(channel)))
    emitters = tuple(lit.values()) if way in ("hue", "level") else tuple(lit[name] for name in names)
    kind = msgspec.json.encode((names, profile.emitters))
    return Cell(number, way, emitters, kind, has_dimmer), plan


def _way(profile: FixtureProfile, channels: list[Channel], emitters: int) -> Way:
    there = {one.attribute for one in channels}
    if {"x", "y"} <= there:
        return "xy"
    if emitters >= _ENOUGH_EMITTERS:
        return "emitters"
    if {"hue", "saturation"} <= there:
        return "hue"
    if _has_whites(profile, channels):
        return "white"
    return "emitters" if emitters else "level"


def _has_whites(profile: FixtureProfile, channels: list[Channel]) -> bool:
    """Whether it has a channel of colour temperature of which it is known what its levels mean."""
    return any(one.attribute == "temperature" and (one.points or profile.temperature_k) for one in channels)


def _held_level(channel: Channel) -> float:
    """Where a channel is held. A strobe is held open: a flash rate would beat against the camera's shutter."""
    still = [level for level, hertz in channel.points if hertz == 0.0]
    return still[0] if channel.attribute == "strobe" and still else channel.default


def _column(of: int | Attribute, size: int) -> int:
    return of if isinstance(of, int) else size + COLUMNS.index(of)


def _points(lights: tuple[MixedLight, ...], cell: Cell, channel: Channel) -> tuple[tuple[float, float], ...]:
    """What a channel's levels mean; where its profile does not say, what they usually do."""
    usual = {
        "temperature": tuple(zip((0.0, 1.0), lights[cell.light].profile.temperature_k or (0.0, 1.0), strict=True)),
        "tint": ((0.0, -1.0), (1.0, 1.0)),
        "hue": ((0.0, 0.0), (1.0, 360.0)),
    }
    return channel.points or usual.get(channel.attribute, ())
