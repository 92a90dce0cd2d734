"""Art-Net 4 packets as they come: checked against the published layouts, refused with a cause. Pure.

Packets grow with the protocol's editions, so those that are longer than what is known here are read.
"""

from __future__ import annotations

from typing import NamedTuple

from stage.dmx.artnet import (
    DMX_SLOTS_AT,
    ID,
    OP_DMX,
    OP_POLL,
    OP_POLL_REPLY,
    OP_SYNC,
    OUTPUT_PORT,
    POLL_LENGTH,
    PORTS_A_REPLY,
    PROTOCOL_VERSION,
    REPLY,
    REPLY_LENGTH,
    REPLY_REST,
    SYNC_LENGTH,
    PollReply,
)
from stage.dmx.universes import MOST_SLOTS
from tracking.records import PacketError

_SHORTEST_REPLY = 207
"""Up to the node's MAC address: all that the first editions have."""


class ArtDmx(NamedTuple):
    """Levels of one Port-Address. A `sequence` of 0 says that the sender gives no order."""

    universe: int
    sequence: int
    slots: bytes


class ArtSync(NamedTuple):
    """What was sent takes effect now."""


class ArtPoll(NamedTuple):
    """A controller asks who is there."""

    flags: int


ArtPacket = ArtDmx | ArtSync | ArtPoll | PollReply


def read_artnet(packet: bytes) -> ArtPacket:
    """What an Art-Net packet says. Raises PacketError, and nothing else, for what is none that is known here."""
    if packet[: len(ID)] != ID:
        raise PacketError("type", f"begins with {packet[:8].hex(' ')}, expected Art-Net")
    if len(packet) < POLL_LENGTH:
        raise PacketError("length", f"Art-Net packet of {len(packet)} bytes, at least {POLL_LENGTH}")
    opcode = packet[8] | packet[9] << 8
    if opcode == OP_POLL_REPLY:
        return _reply(packet)  # the only one without a version
    version = packet[10] << 8 | packet[11]
    if version < PROTOCOL_VERSION:
        raise PacketError("type", f"Art-Net version {version}, at least {PROTOCOL_VERSION}")
    if opcode == OP_DMX:
        return _dmx(packet)
    if opcode == OP_SYNC:
        return _sync(packet)
    if opcode == OP_POLL:
        return ArtPoll(packet[12])
    raise PacketError("type", f"Art-Net opcode {opcode:#06x} is not read here")


def is_late(sequence: int, last: int) -> bool:
    """Whether an ArtDmx with this number comes after its turn; numbers run from 1 to 255, and 0 switches order off."""
    if not sequence or not last:
        return False
    ahead = (sequence - last + 127) % 255 - 127
    return -20 < ahead <= 0


def _dmx(packet: bytes) -> ArtDmx:
    if len(packet) <= DMX_SLOTS_AT:
        raise PacketError("length", f"ArtDmx of {len(packet)} bytes, more than {DMX_SLOTS_AT}")
    universe = packet[14] | packet[15] << 8
    length = packet[16] << 8 | packet[17]
    if not 1 <= length <= MOST_SLOTS or length > len(packet) - DMX_SLOTS_AT:
        raise PacketError("length", f"ArtDmx says {length} slots, and has {len(packet) - DMX_SLOTS_AT}")
    if universe > 0x7FFF:
        raise PacketError("decode", f"Port-Address {universe:#06x}, at most 0x7fff")
    return ArtDmx(universe, packet[12], bytes(packet[DMX_SLOTS_AT : DMX_SLOTS_AT + length]))


def _sync(packet: bytes) -> ArtSync:
    if len(packet) < SYNC_LENGTH:
        raise PacketError("length", f"ArtSync of {len(packet)} bytes, at least {SYNC_LENGTH}")
    return ArtSync()


def _reply(packet: bytes) -> PollReply:
    if len(packet) < _SHORTEST_REPLY:
        raise PacketError("length", f"ArtPollReply of {len(packet)} bytes, at least {_SHORTEST_REPLY}")
    whole = bytes(packet[:REPLY_LENGTH]).ljust(REPLY_LENGTH, b"\0")
    _, _, address, _ = REPLY.unpack_from(whole)
    rest = REPLY_REST.unpack_from(whole, REPLY.size)
    net, sub_net, short_name, long_name, report = rest[1], rest[2], rest[7], rest[8], rest[9]
    types, sw_out, style, mac, bind_index = rest[11], rest[15], rest[19], rest[20], rest[22]
    ports = min(rest[10], PORTS_A_REPLY)
    high = (net & 0x7F) << 8 | (sub_net & 0x0F) << 4
    outputs = tuple(high | sw_out[port] & 0x0F for port in range(ports) if types[port] & OUTPUT_PORT)
    ip = ".".join(str(part) for part in address)
    return PollReply(ip, _text(short_name), _text(long_name), _text(report), outputs, style, mac, bind_index)


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("ascii", "replace")
