"""What desks send: packets decoded, each sender's newest levels kept, the senders of a universe merged.

sACN (E1.31-2018): the highest priority has a universe (6.2.3); senders of the same one share it, the higher level of
each slot counting. A stream that says that it ends is gone at once, and so is one that is silent for 2.5 s (6.7.1).
Art-Net has no priorities: its senders are told by their addresses, and merged as well.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Literal, NamedTuple

import msgspec

from stage.dmx.artnet_in import ArtDmx, read_artnet
from stage.dmx.artnet_in import is_late as is_late_artnet
from stage.dmx.sacn_in import SacnData, is_late, read_sacn
from stage.dmx.universes import USUAL_PRIORITY
from stage.show.desk.state import MOST_SOURCES, DeskMove, DeskSource, DeskState, DeskUniverse
from tracking.datagrams import Datagram
from tracking.records import PacketError

SILENT_NS = 2_500_000_000
LEARNS_FROM = 12
"""By so much of 255 a fader must move, at once or in small steps, before it counts as meant."""
SAME_FADER_FRAMES = 60
"""So soon after a slot, its neighbour moves as its fine part; later, as a fader of its own."""
DeskProtocol = Literal["sacn", "artnet"]


class _Levels(NamedTuple):
    """Levels of one universe from one sender. `ends` says that the sender ends its stream with this."""

    universe: int
    key: str
    name: str
    priority: int
    sequence: int
    slots: bytes
    ends: bool = False


def hear(
    state: DeskState, protocol: DeskProtocol, datagram: Datagram, universes: Container[int], frame: int
) -> int | None:
    """Takes in one packet, if it is of one of these `universes`. One that cannot be used is counted by its cause.

    Returns the universe, where this may have changed what counts on it.
    """
    try:
        levels = _sacn(datagram.payload) if protocol == "sacn" else _artnet(datagram)
    except PacketError as error:
        _reject(state, error.cause)
        return None
    if levels is None or levels.universe not in universes:
        return None
    universe = state.universes.setdefault(levels.universe, DeskUniverse())
    source = universe.sources.get(levels.key)
    if levels.ends:
        if source is None:
            return None
        del universe.sources[levels.key]
        merge(universe)
        return levels.universe
    if source is None:
        if len(universe.sources) >= MOST_SOURCES and not _makes_room(universe, levels.priority):
            _reject(state, "sources")
            return None
        source = universe.sources[levels.key] = DeskSource(
            name=levels.name, address=datagram.sender, priority=levels.priority, sequence=levels.sequence, heard_ns=0
        )
    elif (is_late if protocol == "sacn" else is_late_artnet)(levels.sequence, source.sequence):
        _reject(state, "reordered")
        return None
    fresh = source.slots != levels.slots or source.priority != levels.priority or source.heard_ns == 0
    source.sequence, source.priority, source.heard_ns = levels.sequence, levels.priority, datagram.received_ns
    source.name, universe.lost = levels.name, False
    if not fresh:
        return None
    _note_move(state, levels.universe, source.slots, levels.slots, frame)
    source.slots = levels.slots
    merge(universe)
    return levels.universe


def _makes_room(universe: DeskUniverse, priority: int) -> bool:
    """Whether a sender of lower priority gives way: no number of them keeps out the one that is to have a universe."""
    lowest = min(universe.sources, key=lambda key: universe.sources[key].priority)
    if universe.sources[lowest].priority >= priority:
        return False
    del universe.sources[lowest]
    return True


def forget_silent(state: DeskState, now_ns: int) -> Iterator[int]:
    """Drops senders that have been silent too long, and yields their universes. What they set stays."""
    for number, universe in state.universes.items():
        silent = [key for key, source in universe.sources.items() if now_ns - source.heard_ns > SILENT_NS]
        for key in silent:
            del universe.sources[key]
        if silent:
            universe.lost = not universe.sources
            merge(universe)
            yield number


def merge(universe: DeskUniverse) -> None:
    """The levels of a universe from all of its senders; the last ones stay where there is none any more."""
    highest = max((source.priority for source in universe.sources.values()), default=-1)
    leading = [source for source in universe.sources.values() if source.priority == highest]
    universe.winners = tuple(source.name or source.address for source in leading)
    if len(leading) == 1:
        universe.slots = leading[0].slots
    elif leading:
        longest = max(len(source.slots) for source in leading)
        padded = [source.slots.ljust(longest, b"\0") for source in leading]
        universe.slots = bytes(map(max, *padded))


def _sacn(payload: bytes) -> _Levels | None:
    packet = read_sacn(payload)
    if not isinstance(packet, SacnData) or packet.start_code != 0 or packet.preview:
        return None
    return _Levels(
        packet.universe,
        packet.cid.hex(),
        packet.source_name,
        packet.priority,
        packet.sequence,
        packet.slots,
        packet.terminated,
    )


def _artnet(datagram: Datagram) -> _Levels | None:
    packet = read_artnet(datagram.payload)
    if not isinstance(packet, ArtDmx):
        return None
    address = datagram.sender.rpartition(":")[0]
    return _Levels(packet.universe, address, address, USUAL_PRIORITY, packet.sequence, packet.slots)


def _note_move(state: DeskState, universe: int, before: bytes, after: bytes, frame: int) -> None:
    """Follows the fader that moves, and remembers it once it has moved further than one that trembles.

    A fader has one slot, or two beside each other; where more move at once, it is a cue of the desk. Once the coarse
    slot of two has moved, a fine one that goes on alone is of the same fader.
    """
    ends = _moved_between(before, after)
    if ends is None or ends[1] - ends[0] > 1:
        return
    place, moving = ends[0], state.moving
    if moving is not None and moving.universe == universe and frame - moving.frame < SAME_FADER_FRAMES:
        if moving.address == place and ends[0] == ends[1]:
            return  # its fine slot: addresses count from 1
    else:
        moving = None
    if moving is None or moving.address != place + 1:
        moving = DeskMove(universe=universe, address=place + 1, before=before[place], level=before[place], frame=frame)
    level = after[place]
    moving = state.moving = msgspec.structs.replace(moving, level=level, frame=frame)
    if abs(level - moving.before) >= LEARNS_FROM:
        state.moved = moving


def _moved_between(before: bytes, after: bytes) -> tuple[int, int] | None:
    """The first and the last slot that differ, counted from 0; None where none does, or one packet is shorter.

    A whole universe is compared at once: a desk sends dozens of them in a frame.
    """
    if len(before) != len(after):
        return None
    differ = int.from_bytes(before, "little") ^ int.from_bytes(after, "little")
    if not differ:
        return None
    return ((differ & -differ).bit_length() - 1) // 8, (differ.bit_length() - 1) // 8


def _reject(state: DeskState, cause: str) -> None:
    """Counts a packet that cannot be used."""
    state.rejected[cause] = state.rejected.get(cause, 0) + 1
