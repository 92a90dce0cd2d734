"""E1.31 packets as they are sent: data, synchronization, universe discovery (ANSI E1.31-2018, sections 4 to 8). Pure.

A packet of data is built once for a universe; then only what changes is written into it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from stage.dmx.universes import MOST_SLOTS, USUAL_PRIORITY

PREVIEW, TERMINATED, FORCE_SYNC = 0x80, 0x40, 0x20
"""Bits of a data packet's options: not for the stage, the stream's end, and to be held until synchronized."""
MOST_A_PAGE = 512
"""Universes of one discovery packet."""
NAME_BYTES = 64

ROOT = b"\x00\x10\x00\x00ASC-E1.17\x00\x00\x00"
VECTOR_DATA, VECTOR_EXTENDED = 4, 8
VECTOR_DATA_PACKET, VECTOR_SYNC, VECTOR_DISCOVERY = 2, 1, 2
VECTOR_SET_PROPERTY, VECTOR_UNIVERSE_LIST = 2, 1
DMP_ADDRESS = b"\xa1\x00\x00\x00\x01"
"""Relative addresses of one byte each; the first is 0, and they lie one apart."""
ROOT_LENGTH_AT, FRAMING_AT, SEQUENCE_AT, DMP_AT, SLOTS_AT = 16, 38, 111, 115, 126
DISCOVERY_LIST_AT = 120
SYNC_LENGTH = 49


class DataPacket:
    """The data packet of one universe of a source that is called `name`; `cid` is its 16 bytes.

    It holds `slots` slots after the start code 0. With a `sync_address` receivers wait for that universe's
    synchronization packet; 0 means at once.
    """

    def __init__(
        self,
        cid: bytes,
        name: str,
        universe: int,
        *,
        priority: int = USUAL_PRIORITY,
        sync_address: int = 0,
        slots: int = MOST_SLOTS,
    ) -> None:
        size = SLOTS_AT + slots
        self.universe = universe
        self.bytes = bytearray(size)
        framing = struct.pack(">I64sBHBBH", VECTOR_DATA_PACKET, _name(name), priority, sync_address, 0, 0, universe)
        self.bytes[:FRAMING_AT] = _root(size, VECTOR_DATA, cid)
        self.bytes[FRAMING_AT:DMP_AT] = _length(size - FRAMING_AT) + framing
        dmp = _length(size - DMP_AT) + bytes((VECTOR_SET_PROPERTY,)) + DMP_ADDRESS + struct.pack(">HB", slots + 1, 0)
        self.bytes[DMP_AT:SLOTS_AT] = dmp

    def write(self, sequence: int, slots: bytes | bytearray | memoryview, options: int = 0) -> bytearray:
        """Writes what changes: the sequence number (0 to 255), as many slots as it holds, the options. Returns it."""
        packet = self.bytes
        packet[SEQUENCE_AT] = sequence
        packet[SEQUENCE_AT + 1] = options
        packet[SLOTS_AT:] = slots
        return packet


def sync_packet(cid: bytes, sequence: int, sync_address: int) -> bytes:
    """The synchronization packet after which the data with this address takes effect (E1.31-2018, 6.3)."""
    framing = struct.pack(">IBHH", VECTOR_SYNC, sequence, sync_address, 0)
    return _root(SYNC_LENGTH, VECTOR_EXTENDED, cid) + _length(SYNC_LENGTH - FRAMING_AT) + framing


def discovery_packets(cid: bytes, name: str, universes: Sequence[int]) -> Iterator[bytes]:
    """The pages that list all universes that a source sends, rising (E1.31-2018, 6.4 and 8)."""
    listed = sorted(universes)
    pages = [listed[start : start + MOST_A_PAGE] for start in range(0, len(listed), MOST_A_PAGE)] or [[]]
    for page, part in enumerate(pages):
        size = DISCOVERY_LIST_AT + 2 * len(part)
        framing = struct.pack(">I64sI", VECTOR_DISCOVERY, _name(name), 0)
        listing = struct.pack(f">IBB{len(part)}H", VECTOR_UNIVERSE_LIST, page, len(pages) - 1, *part)
        root = _root(size, VECTOR_EXTENDED, cid)
        yield root + _length(size - FRAMING_AT) + framing + _length(size - 112) + listing


def _root(size: int, vector: int, cid: bytes) -> bytes:
    return ROOT + _length(size - ROOT_LENGTH_AT) + struct.pack(">I16s", vector, cid)


def _length(count: int) -> bytes:
    """Flags and length: the flags are always 7 (E1.31-2018, 5.4)."""
    return struct.pack(">H", 0x7000 | count)


def _name(name: str) -> bytes:
    """UTF-8 without half a character, and with at least one zero at its end."""
    return name.encode()[: NAME_BYTES - 1].decode(errors="ignore").encode()
