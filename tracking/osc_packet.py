"""OSC 1.0 packets to messages: bundles, type tags, arguments; everything bounded.

Source: Wright, "The Open Sound Control 1.0 Specification" (2002), and its usual extra types. A library's parser is not
used here since those at hand log what they do not know and recurse as deep as a stranger likes.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from tracking.records import PacketError

Argument = float | str | bytes | None

LONGEST_PACKET = 65536
LONGEST_ADDRESS = 256
MOST_MESSAGES = 256
DEEPEST_BUNDLE = 8

_BUNDLE = b"#bundle\0"
_BUNDLE_HEADER = 16
_NUMBERS = frozenset("fdi")
_FIXED = {"i": ">i", "f": ">f", "d": ">d", "h": ">q", "t": ">Q", "c": ">I", "r": ">I", "m": ">I"}
_IMPLIED: dict[str, Argument] = {"T": True, "F": False, "N": None, "I": None}


class OscMessage(NamedTuple):
    """An address and its arguments; arrays are laid flat."""

    address: str
    arguments: tuple[Argument, ...]


def read_packet(packet: bytes) -> list[OscMessage]:
    """All messages of a packet in their order, bundles opened. Raises PacketError (length, type, decode)."""
    if len(packet) > LONGEST_PACKET:
        raise PacketError("length", f"OSC packet of {len(packet)} bytes, at most {LONGEST_PACKET}")
    messages: list[OscMessage] = []
    _open(packet, 0, messages)
    return messages


def read_message(packet: bytes) -> OscMessage:
    """The one message that `packet` is. Raises PacketError (length, type, decode)."""
    if not packet or len(packet) % 4:
        raise PacketError("length", f"OSC packet of {len(packet)} bytes, expected a multiple of 4")
    if packet[0] != ord("/"):
        raise PacketError("type", f"begins with {packet[:8]!r}, expected an OSC address or #bundle")
    address, place = _string(packet, 0)
    if len(address) > LONGEST_ADDRESS:
        raise PacketError("length", f"OSC address of {len(address)} characters, at most {LONGEST_ADDRESS}")
    if place == len(packet):
        return OscMessage(address, ())
    tags, place = _string(packet, place)
    if not tags.startswith(","):
        raise PacketError("decode", f"{address}: type tags begin with {tags[:8]!r}, expected a comma")
    return OscMessage(address, _arguments(packet, place, tags[1:]))


def encode_message(address: str, tags: str, *numbers: float) -> bytes:
    """A message of plain numbers: `tags` of f, d and i, one for each."""
    return _padded(address) + _padded("," + tags) + struct.pack(">" + tags, *numbers)


def _open(packet: bytes, depth: int, messages: list[OscMessage]) -> None:
    if not packet.startswith(_BUNDLE):
        if len(messages) >= MOST_MESSAGES:
            raise PacketError("length", f"OSC bundle of more than {MOST_MESSAGES} messages")
        messages.append(read_message(packet))
        return
    if depth >= DEEPEST_BUNDLE:
        raise PacketError("decode", f"OSC bundles nested deeper than {DEEPEST_BUNDLE}")
    place = _BUNDLE_HEADER
    while place < len(packet):
        length = int.from_bytes(packet[place : place + 4], "big")
        place += 4
        if not length or place + length > len(packet):
            raise PacketError("length", f"OSC bundle element of {length} bytes, {len(packet) - place} are left")
        _open(packet[place : place + length], depth + 1, messages)
        place += length


def _arguments(packet: bytes, place: int, tags: str) -> tuple[Argument, ...]:
    try:
        if _NUMBERS.issuperset(tags):
            return struct.unpack_from(">" + tags, packet, place)
        found: list[Argument] = []
        for tag in tags:
            if tag not in "[]":
                value, place = _argument(packet, place, tag)
                found.append(value)
    except struct.error as error:
        raise PacketError("length", f"OSC arguments {tags[:32]!r}: {error}") from None
    return tuple(found)


def _argument(packet: bytes, place: int, tag: str) -> tuple[Argument, int]:
    if tag in _FIXED:
        (number,) = struct.unpack_from(_FIXED[tag], packet, place)
        return float(number), place + struct.calcsize(_FIXED[tag])
    if tag in _IMPLIED:
        return _IMPLIED[tag], place
    if tag in "sS":
        return _string(packet, place)
    if tag == "b":
        (length,) = struct.unpack_from(">I", packet, place)
        end = place + 4 + length
        if end > len(packet):
            raise PacketError("length", f"OSC blob of {length} bytes, {len(packet) - place - 4} are left")
        return packet[place + 4 : end], end + -end % 4
    raise PacketError("decode", f"OSC type tag {tag!r} is not known")


def _string(packet: bytes, place: int) -> tuple[str, int]:
    end = packet.find(0, place)
    if end < 0:
        raise PacketError("length", "OSC text without an end")
    try:
        return packet[place:end].decode(), end + 4 - end % 4
    except UnicodeDecodeError:
        raise PacketError("decode", "OSC text that is not UTF-8") from None


def _padded(text: str) -> bytes:
    encoded = text.encode()
    return encoded + bytes(4 - len(encoded) % 4)
