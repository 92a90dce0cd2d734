"""Parses OSC 1.0 packets into messages: bundles, type tags, arguments, all of bounded size.

Source: Wright, "The Open Sound Control 1.0 Specification" (2002), and its usual extra types. Elements are read and
written by python-osc. Its message and bundle classes are not used, since they log unknown input and recurse as deep as
a packet demands. Plain numbers, the usual case, are unpacked at once.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, NamedTuple

from pythonosc.parsing import osc_types

from tracking.records import PacketError, RejectCause

Argument = float | str | bytes | None

LONGEST_PACKET = 65536
LONGEST_ADDRESS = 256
MOST_MESSAGES = 256
MOST_ARGUMENTS = 128
DEEPEST_BUNDLE = 8

_BUNDLE = b"#bundle\0"
_BUNDLE_HEADER = 16
_NUMBERS = frozenset("fdi")
Reader = Callable[[bytes, int], tuple[Any, int]]
_READERS: dict[str, Reader] = {
    "i": osc_types.get_int,
    "f": osc_types.get_float,
    "d": osc_types.get_double,
    "h": osc_types.get_int64,
    "t": osc_types.get_uint64,
    "c": osc_types.get_int,
    "r": osc_types.get_rgba,
    "s": osc_types.get_string,
    "S": osc_types.get_string,
    "b": osc_types.get_blob,
}
_IMPLIED: dict[str, Argument] = {"T": True, "F": False, "N": None, "I": None}


class OscMessage(NamedTuple):
    """An address and its arguments. Arrays are flattened."""

    address: str
    arguments: tuple[Argument, ...]


def read_packet(packet: bytes) -> list[OscMessage]:
    """All messages of a packet in their order, also those in bundles. Raises PacketError (length, type, decode)."""
    return [read_message(message) for message in split_packet(packet)]


def split_packet(packet: bytes) -> list[bytes]:
    """The encoded messages of a packet, including those of bundles. Raises PacketError (length, decode)."""
    if len(packet) > LONGEST_PACKET:
        raise PacketError("length", f"OSC packet of {len(packet)} bytes, at most {LONGEST_PACKET}")
    messages: list[bytes] = []
    _open(packet, 0, messages)
    return messages


def read_message(packet: bytes) -> OscMessage:
    """Reads a packet that is a single message. Raises PacketError (length, type, decode)."""
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
    if len(tags) > MOST_ARGUMENTS + 1:
        raise PacketError("length", f"{address}: {len(tags) - 1} arguments, at most {MOST_ARGUMENTS}")
    return OscMessage(address, _arguments(packet, place, tags[1:]))


def encode_message(address: str, tags: str, *numbers: float) -> bytes:
    """A message of plain numbers. `tags` has an f, d or i for each."""
    return _padded(address) + _padded("," + tags) + struct.pack(">" + tags, *numbers)


def _open(packet: bytes, depth: int, messages: list[bytes]) -> None:
    if not packet.startswith(_BUNDLE):
        if len(messages) >= MOST_MESSAGES:
            raise PacketError("length", f"OSC bundle of more than {MOST_MESSAGES} messages")
        messages.append(packet)
        return
    if depth >= DEEPEST_BUNDLE:
        raise PacketError("decode", f"OSC bundles nested deeper than {DEEPEST_BUNDLE}")
    place = _BUNDLE_HEADER
    while place < len(packet):
        length = int.from_bytes(packet[place : place + 4], "big")
        place += 4
        if not length and messages:
            continue  # padding after the messages
        if not length or place + length > len(packet):
            raise PacketError("length", f"OSC bundle element of {length} bytes, but {len(packet) - place} are left")
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
    if tag in _IMPLIED:
        return _IMPLIED[tag], place
    reader = _READERS.get(tag)
    if reader is None:
        raise PacketError("decode", f"OSC type tag {tag!r} is unknown")
    value, after = _read(reader, packet, place)
    if isinstance(value, str | bytes):
        return value, after
    return float(value), after


def _string(packet: bytes, place: int) -> tuple[str, int]:
    text, after = _read(osc_types.get_string, packet, place)
    return str(text), after


def _read(reader: Reader, packet: bytes, place: int) -> tuple[Any, int]:
    """One element by the library's reader. Its result is accepted only if it stayed inside the packet."""
    try:
        value, after = reader(packet, place)
    except (osc_types.ParseError, UnicodeDecodeError) as error:
        cause: RejectCause = "decode" if isinstance(error, UnicodeDecodeError) else "length"
        raise PacketError(cause, f"OSC element at byte {place}: {error}") from None
    if not place < after <= len(packet):
        raise PacketError("length", f"OSC element at byte {place} ends at {after}, the packet at {len(packet)}")
    return value, after


def _padded(text: str) -> bytes:
    return bytes(osc_types.write_string(text))
