"""Art-Net 4 packets as they are sent: ArtDmx, ArtSync, ArtPoll, ArtPollReply. Pure.

Layouts: Art-Net 4 protocol specification, Artistic Licence. Art-Net(TM) Designed by and Copyright Artistic Licence.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from stage.dmx.universes import ARTNET_PORT, MOST_SLOTS

ID = b"Art-Net\0"
PROTOCOL_VERSION = 14
OP_POLL, OP_POLL_REPLY, OP_DMX, OP_SYNC = 0x2000, 0x2100, 0x5000, 0x5200
DMX_LENGTH_AT, DMX_SLOTS_AT, DMX_SEQUENCE_AT = 16, 18, 12
SYNC_LENGTH = POLL_LENGTH = 14
REPLY_LENGTH = 239
TELL_CHANGES = 0x02
"""A flag of ArtPoll: the node is to reply whenever it changes, not only when it is asked."""
PORTS_A_REPLY = 4
OUTPUT_PORT = 0x80
"""In a port's type: Art-Net comes out of it as DMX512."""
UNKNOWN_OEM = 0x00FF
STYLE_NODE, STYLE_CONTROLLER = 0x00, 0x01
REPLY = struct.Struct("<8sH4sH")
REPLY_REST = struct.Struct(">HBBHBB2s18s64s64sH4s4s4s4s4sBBB3xB6s4sBB4sB6sHHB10x")


class DmxPacket:
    """The ArtDmx of one Port-Address (15 bits), which holds `slots` slots: an even number, 2 to 512."""

    def __init__(self, universe: int, *, slots: int = MOST_SLOTS) -> None:
        self.universe = universe
        head = ID + struct.pack("<H", OP_DMX) + struct.pack(">HBB", PROTOCOL_VERSION, 0, 0)
        self.bytes = bytearray(head + struct.pack("<H", universe) + struct.pack(">H", slots) + bytes(slots))

    def write(self, sequence: int, slots: bytes | bytearray | memoryview) -> bytearray:
        """Writes the sequence (1 to 255; 0 says that there is none) and as many slots as it holds. Returns it."""
        self.bytes[DMX_SEQUENCE_AT] = sequence
        self.bytes[DMX_SLOTS_AT:] = slots
        return self.bytes


def art_sync() -> bytes:
    """The ArtSync that follows all ArtDmx of one frame."""
    return _head(OP_SYNC) + bytes(2)


def art_poll(flags: int = TELL_CHANGES) -> bytes:
    """The ArtPoll that every node has to answer; without diagnostics and without targets."""
    return _head(OP_POLL) + bytes((flags, 0))


class PollReply(NamedTuple):
    """An ArtPollReply, as far as it says which universes a node takes, and who it is.

    `outputs` are the Port-Addresses that come out of its ports; a reply holds up to four, of one net and sub-net.
    `bind_index` tells several replies of one device apart.
    """

    ip: str
    short_name: str = ""
    long_name: str = ""
    report: str = ""
    outputs: tuple[int, ...] = ()
    style: int = STYLE_NODE
    mac: bytes = bytes(6)
    bind_index: int = 1


def art_poll_reply(reply: PollReply) -> bytes:
    """The bytes of an ArtPollReply. All outputs are of the net and sub-net of the first."""
    first = reply.outputs[0] if reply.outputs else 0
    count = len(reply.outputs)
    address = bytes(int(part) for part in reply.ip.split("."))
    rest = REPLY_REST.pack(
        1,  # version of the firmware
        first >> 8 & 0x7F,
        first >> 4 & 0x0F,
        UNKNOWN_OEM,
        0,
        0,
        bytes(2),  # the maker's ESTA code, low byte first
        _text(reply.short_name, 18),
        _text(reply.long_name, 64),
        _text(reply.report, 64),
        count,
        bytes((OUTPUT_PORT,)) * count,
        b"",
        bytes((0x80,)) * count,  # output is being sent
        b"",
        bytes(universe & 0x0F for universe in reply.outputs),
        0,
        0,
        0,
        reply.style,
        reply.mac,
        address,
        reply.bind_index,
        0x08,  # takes Port-Addresses of 15 bits
        b"",
        0,
        bytes(6),
        0,
        0,
        0,
    )
    return REPLY.pack(ID, OP_POLL_REPLY, address, ARTNET_PORT) + rest


def _head(opcode: int) -> bytes:
    return ID + struct.pack("<H", opcode) + struct.pack(">H", PROTOCOL_VERSION)


def _text(text: str, size: int) -> bytes:
    return text.encode("ascii", "replace")[: size - 1]
