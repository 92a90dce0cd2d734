"""The stage lights for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from stage.control.tables import plain_table, printable


def light_tables(lights: Iterable[Mapping[str, Any]]) -> Iterator[RenderableType]:
    """Tables with a row for each light, narrow enough for any terminal, then where lights differ from the file. Takes
    records of `LightStatus` as they are sent.
    """
    lights = list(lights)
    if not lights:
        yield Text("the configuration has no [[lights]]")
        return
    patched = plain_table("light", "key", "patch", "fixture and mode")
    placed = plain_table("light", "stands at", "points to")
    given = plain_table("light", "follows", "now", "gives")
    for one in lights:
        name = printable(one["name"])
        patched.add_row(name, one["key"], patch_words(one), printable(f"{one['fixture']}, {one['mode']}"))
        follows = f"{one['follow']}{', held' if one['hold'] else ''}"
        placed.add_row(name, place_words(one["position_m"]), place_words(one["aim_m"]))
        given.add_row(name, follows, now_words(one), given_words(one))
    yield patched
    yield placed
    yield given
    for one in lights:
        if one["moved"]:
            yield Text(f"{printable(one['name'])} differs from the file: {moved_words(one)}", style="yellow")


def patch_words(light: Mapping[str, Any]) -> str:
    """Universe, first and last address: 2.101-106."""
    first, last = light["address"], light["address"] + light["channels"] - 1
    return f"{light['universe']}.{first}" + (f"-{last}" if last > first else "")


def place_words(place: Iterable[float]) -> str:
    """A place of the stage in metres."""
    return ", ".join(f"{round(one, 2) + 0.0:g}" for one in place)


def now_words(light: Mapping[str, Any]) -> str:
    """Its level, and its colour where it gives any; "" where there is no frame yet."""
    if light.get("level") is None:
        return ""
    colour = f", x {light['x']:.3f} y {light['y']:.3f}" if light["level"] > 0.0 else ""
    return f"{light['level']:.0%}{colour}"


def given_words(light: Mapping[str, Any]) -> str:
    """What the wire makes it give; "" where nothing is sent."""
    if light.get("given") is None:
        return ""
    words = now_words(dict(zip(("x", "y", "level"), light["given"], strict=True)))
    return f"{words}, falls short" if light["clipped"] else words


def moved_words(light: Mapping[str, Any]) -> str:
    """The values that are not as the file has them, with the file's."""
    return ", ".join(f"{name} was {value:g}" for name, value in light["moved"].items())
