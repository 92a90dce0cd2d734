"""Guesses the tracking protocol of bytes from their headers, lengths and checksums. Nothing is decoded here.

Sources: Vinten free-d Installation Manual V1.4.4 (appendix A, B); SMPTE OpenTrackIO 1.0.1; OSC 1.0; PosiStageNet
v2.03; NatNet 3 and 4, Mo-Sys F4, stYpe HF and Vicon object streams as described by public readers.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from tracking.protocols.freed_datagrams import split_messages
from tracking.records import Record

_FREED_LENGTHS = {0xD0: 4, 0xD1: 29, 0xD2: 16, 0xD3: 13, 0xD4: 18, 0xD5: 18, 0xD6: 18, 0xD7: 18, 0xD8: 21}
_NATNET_IDS = {
    0: "connect",
    1: "server info",
    2: "request",
    3: "response",
    4: "model request",
    5: "model definition",
    6: "frame request",
    7: "frame",
    8: "message",
    9: "disconnect",
    10: "keep-alive",
    12: "echo request",
    13: "echo response",
    14: "discovery",
    100: "unrecognised request",
}
_NATNET_BARE_IDS = (0, 4, 6, 9, 10)
_PSN_CHUNKS = {0x6755: "data", 0x6756: "info"}


class Guess(Record):
    """The protocol that bytes resemble: freed, opentrackio, osc, mosys-f4, natnet, psn, stype-hf, vicon or unknown.

    `kind` says which of its messages, `sound` whether length and checksum agree.
    """

    protocol: str
    kind: str = ""
    sound: bool = True


UNKNOWN = Guess(protocol="unknown", sound=False)


def guess_protocol(payload: bytes) -> Guess:
    """The guess for one datagram. The strongest evidence comes first: magic words, then checksums, then lengths."""
    for recognise in _RECOGNISERS:
        guess = recognise(payload)
        if guess is not None:
            return guess
    return UNKNOWN


def guess_stream(content: bytes) -> Guess:
    """The guess for bytes of a serial line, in which messages may begin anywhere."""
    for start in range(len(content)):
        if content[start] == 0xD1 and len(content) >= start + 29:
            guess = _freed(content[start : start + 29])
            if guess is not None and guess.sound:
                return guess
        if content[start] == 0xF4 and len(content) >= start + 4:
            guess = _mosys_f4(content[start : start + 5 * content[start + 2] + 5])
            if guess is not None:
                return guess
    return UNKNOWN


def _opentrackio(payload: bytes) -> Guess | None:
    if payload[:4] != b"OTrk" or len(payload) < 16:
        return None
    encoding = {1: "JSON", 2: "CBOR"}.get(payload[5], f"encoding {payload[5]:#04x}")
    (length,) = struct.unpack_from(">H", payload, 12)
    return Guess(protocol="opentrackio", kind=encoding, sound=length & 0x7FFF == len(payload) - 16)


def _osc(payload: bytes) -> Guess | None:
    if len(payload) % 4 or len(payload) < 8:
        return None
    if payload[:8] == b"#bundle\0":
        return Guess(protocol="osc", kind="bundle")
    address, end, rest = payload.partition(b"\0")
    if not (end and address[:1] == b"/" and address.isascii() and address.decode("ascii").isprintable()):
        return None
    tags = payload[len(address) // 4 * 4 + 4 :]
    return Guess(protocol="osc", kind=address.decode("ascii")[:80], sound=not rest.strip(b"\0") or tags[:1] == b",")


def _mosys_f4(payload: bytes) -> Guess | None:
    if len(payload) < 10 or payload[0] != 0xF4 or len(payload) != 5 * payload[2] + 5:
        return None
    return Guess(protocol="mosys-f4", kind=f"camera {payload[1]}, {payload[2]} axes") if _sums_to_40(payload) else None


def _freed(payload: bytes) -> Guess | None:
    if len(payload) < 4 or _FREED_LENGTHS.get(payload[0]) != len(payload):
        return None
    kind = f"{payload[0]:02X}, camera {payload[1]}"
    if _sums_to_40(payload):
        return Guess(protocol="freed", kind=kind)
    return Guess(protocol="freed", kind=kind, sound=False) if payload[0] == 0xD1 else None


def _freed_within(payload: bytes) -> Guess | None:
    """FreeD in a datagram of another length: padded, several messages together, or the end of a line of bytes."""
    messages = split_messages(payload).messages
    return Guess(protocol="freed", kind=f"D1, camera {messages[0][1]}") if messages else None


def _stype_hf(payload: bytes) -> Guess | None:
    if not payload or (payload[0], len(payload)) not in ((0x0F, 67), (0xA5, 54)):
        return None
    sound = sum(payload[:-1]) & 0xFF == payload[-1]
    return Guess(protocol="stype-hf", kind=f"type {payload[0]:02X}") if sound else None


def _psn(payload: bytes) -> Guess | None:
    if len(payload) < 8:
        return None
    (header,) = struct.unpack_from("<I", payload)
    kind = _PSN_CHUNKS.get(header & 0xFFFF)
    if kind is None:
        return None
    return Guess(protocol="psn", kind=kind, sound=header >> 16 & 0x7FFF == len(payload) - 4)


def _natnet(payload: bytes) -> Guess | None:
    if len(payload) < 4:
        return None
    message, length = struct.unpack_from("<HH", payload)
    if message not in _NATNET_IDS or length != len(payload) - 4 or not (length or message in _NATNET_BARE_IDS):
        return None
    return Guess(protocol="natnet", kind=_NATNET_IDS[message])


def _vicon(payload: bytes) -> Guess | None:
    if len(payload) < 80 or payload[5:8] != b"\x00\x48\x00":
        return None
    return Guess(protocol="vicon", kind=f"{payload[4]} objects") if payload[4] else None


_RECOGNISERS: tuple[Callable[[bytes], Guess | None], ...] = (
    _opentrackio,
    _osc,
    _freed,
    _mosys_f4,
    _stype_hf,
    _psn,
    _vicon,
    _natnet,
    _freed_within,
)


def _sums_to_40(payload: bytes) -> bool:
    return sum(payload) & 0xFF == 0x40
