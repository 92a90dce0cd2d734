"""Where the channels of a GDTF mode lie (DIN SPEC 15800:2022-02): those of each geometry, as often as it is there.

A geometry may be referred to, as pixels are: then all its channels are there once more, further on by what the
reference says. pygdtf copies a channel with all its functions each time; here it is only named.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pygdtf
from pygdtf.geometries import TAG_TO_GEOMETRY_CLASS
from pygdtf.value import DmxAddress

from stage.fixture_files.assumptions import MOST_PLACES, FixtureError

_TAGS = frozenset(TAG_TO_GEOMETRY_CLASS)
_REFERENCE = "GeometryReference"
_OVERWRITE = "Overwrite"
_Breaks = tuple[tuple[int, int], ...]


class PlacedChannel(NamedTuple):
    """A channel in one of its places: which part of the fixture it is of, and where its bytes lie, the coarse first.

    `dmx_break` counts the addresses of a fixture that has several, from 1.
    """

    channel: pygdtf.DmxChannel
    geometry: str
    offset: tuple[int, ...]
    dmx_break: int


class Layout:
    """The geometries of a fixture, which is its element `FixtureType`."""

    def __init__(self, fixture: ET.Element) -> None:
        self._roots = [one for one in fixture.iterfind("Geometries/*") if one.tag in _TAGS]
        self._named: dict[str, ET.Element] = {}
        for root in self._roots:
            for one in root.iter():
                if one.tag in _TAGS:
                    one[:] = [below for below in one if below.tag in _TAGS or below.tag == "Break"]
                    self._named.setdefault(one.get("Name", ""), one)
        self._parts: dict[str | None, list[tuple[str, str, _Breaks]]] = {}
        self._count = 0

    def place(self, mode: ET.Element) -> list[PlacedChannel]:
        """The channels of a mode in the order of their addresses. Raises FixtureError where there are too many."""
        channels: dict[str, list[pygdtf.DmxChannel]] = {}
        for element in mode.iterfind("DMXChannels/DMXChannel"):
            if element.get("Offset", "None") not in ("", "None"):  # others are virtual: they have no slot
                channels.setdefault(element.get("Geometry", ""), []).append(pygdtf.DmxChannel(xml_node=element))
        placed: dict[tuple[int, int], PlacedChannel] = {}
        for geometry, called, breaks in self._parts_of(mode.get("Geometry")):
            for channel in channels.get(geometry, ()):
                self._count_one()
                one = _placed(channel, called, breaks)
                placed[one.dmx_break, one.offset[0]] = one
        return [placed[key] for key in sorted(placed)]

    def _parts_of(self, root: str | None) -> list[tuple[str, str, _Breaks]]:
        if root not in self._parts:
            self._parts[root] = []
            for part in self._walk(root):
                self._count_one()
                self._parts[root].append(part)
        return self._parts[root]

    def _count_one(self) -> None:
        self._count += 1
        if self._count > MOST_PLACES:
            raise FixtureError("Geometries", f"found more than {MOST_PLACES} channels in all modes and pixels")

    def _walk(self, root: str | None) -> Iterator[tuple[str, str, _Breaks]]:
        """Each geometry of a mode: its name, what it is called here, and the breaks of what refers to it.

        A reference stands for all that lies below what it names; references in there are not followed, so none goes
        round. A mode that names no geometry begins at the first, and one that errs at the only one.
        """
        first = self._roots[0] if self._roots and (root is None or len(self._roots) == 1) else None
        for one in self._named.get(root or "", first or ET.Element("none")).iter():
            called = one.get("Name", "")
            if one.tag == _REFERENCE:
                breaks = tuple(_break(each) for each in one.iterfind("Break"))
                yield from ((name, called, breaks) for name in self._names_below(one.get("Geometry", "")))
            elif one.tag in _TAGS:
                yield called, called, ()

    def _names_below(self, geometry: str) -> Iterator[str]:
        """A geometry and all in it, but what is referred to."""
        found = self._named.get(geometry)
        below = () if found is None else found.iter()
        return (one.get("Name", "") for one in below if one.tag in _TAGS and one.tag != _REFERENCE)


def _break(element: ET.Element) -> tuple[int, int]:
    return int(element.get("DMXBreak", 1)), int(DmxAddress(element.get("DMXOffset", "1")).address)


def _placed(channel: pygdtf.DmxChannel, geometry: str, breaks: _Breaks) -> PlacedChannel:
    """A channel that says `Overwrite` lies where the last break of its reference says."""
    if channel.dmx_break == _OVERWRITE:
        number, first = breaks[-1] if breaks else (1, 1)
    else:
        number = int(channel.dmx_break)
        first = next((address for one, address in breaks if one == number), 1)
    return PlacedChannel(channel, geometry, tuple(one + first - 1 for one in channel.offset), number)
