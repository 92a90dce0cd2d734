"""E1.31 packets as they come: checked against the published layouts, refused with a cause. Pure."""

from __future__ import annotations

import struct
from typing import NamedTuple

from stage.dmx.sacn import (
    DISCOVERY_LIST_AT,
    DMP_ADDRESS,
    DMP_AT,
    FORCE_SYNC,
    FRAMING_AT,
    MOST_A_PAGE,
    PREVIEW,
    ROOT,
    ROOT_LENGTH_AT,
    SLOTS_AT,
    SYNC_LENGTH,
    TERMINATED,
    VECTOR_DATA,
    VECTOR_DATA_PACKET,
    VECTOR_DISCOVERY,
    VECTOR_EXTENDED,
    VECTOR_SET_PROPERTY,
    VECTOR_SYNC,
    VECTOR_UNIVERSE_LIST,
)
from stage.dmx.universes import HIGHEST_PRIORITY, MOST_SLOTS, SACN_UNIVERSES
from tracking.records import PacketError

_ROOT_LAYER = struct.Struct(">HI16s")
_DATA_FRAMING = struct.Struct(">HI64sBHBBH")
_DMP = struct.Struct(">HB5sHB")
_SYNC = struct.Struct(">HIBHH")
_DISCOVERY = struct.Struct(">HI64sIHIBB")
_NEWER_WITHIN = 20
"""A packet that is up to so much behind the last one of its source is late (E1.31-2018, 6.7.2)."""


class SacnData(NamedTuple):
    """A data packet. `slots` are those after the start code; only with `start_code` 0 are they levels."""

    cid: bytes
    source_name: str
    priority: int
    sync_address: int
    sequence: int
    preview: bool
    terminated: bool
    force_sync: bool
    universe: int
    start_code: int
    slots: bytes


class SacnSync(NamedTuple):
    """A synchronization packet: data with this address takes effect."""

    cid: bytes
    sequence: int
    sync_address: int


class SacnDiscovery(NamedTuple):
    """One page of the universes that a source sends; pages count from 0 to `last_page`."""

    cid: bytes
    source_name: str
    page: int
    last_page: int
    universes: tuple[int, ...]


def read_sacn(packet: bytes) -> SacnData | SacnSync | SacnDiscovery:
    """What an E1.31 packet says. Raises PacketError, and nothing else, for what is none."""
    if len(packet) < SYNC_LENGTH:
        raise PacketError("length", f"E1.31 packet of {len(packet)} bytes, at least {SYNC_LENGTH}")
    if packet[: len(ROOT)] != ROOT:
        raise PacketError("type", f"begins with {packet[:16].hex(' ')}, expected the preamble of E1.17")
    length, vector, cid = _ROOT_LAYER.unpack_from(packet, ROOT_LENGTH_AT)
    _check_length("root layer", length, len(packet) - ROOT_LENGTH_AT)
    if vector == VECTOR_DATA:
        return _data(packet, cid)
    if vector != VECTOR_EXTENDED:
        raise PacketError("type", f"root vector {vector}, expected {VECTOR_DATA} or {VECTOR_EXTENDED}")
    (framing_vector,) = struct.unpack_from(">I", packet, FRAMING_AT + 2)
    if framing_vector == VECTOR_SYNC:
        return _sync(packet, cid)
    if framing_vector == VECTOR_DISCOVERY:
        return _discovery(packet, cid)
    raise PacketError("type", f"extended vector {framing_vector}, expected {VECTOR_SYNC} or {VECTOR_DISCOVERY}")


def is_late(sequence: int, last: int) -> bool:
    """Whether a packet with this number is to be dropped after the one with the number `last` (E1.31-2018, 6.7.2)."""
    ahead = (sequence - last + 128) % 256 - 128
    return -_NEWER_WITHIN < ahead <= 0


def _data(packet: bytes, cid: bytes) -> SacnData:
    if not SLOTS_AT <= len(packet) <= SLOTS_AT + MOST_SLOTS:
        raise PacketError(
            "length", f"data packet of {len(packet)} bytes, expected {SLOTS_AT} to {SLOTS_AT + MOST_SLOTS}"
        )
    length, vector, name, priority, sync, sequence, options, universe = _DATA_FRAMING.unpack_from(packet, FRAMING_AT)
    _check_length("framing layer", length, len(packet) - FRAMING_AT)
    if vector != VECTOR_DATA_PACKET:
        raise PacketError("type", f"framing vector {vector}, expected {VECTOR_DATA_PACKET}")
    dmp_length, dmp_vector, address, count, start_code = _DMP.unpack_from(packet, DMP_AT)
    _check_length("DMP layer", dmp_length, len(packet) - DMP_AT)
    if dmp_vector != VECTOR_SET_PROPERTY or address != DMP_ADDRESS:
        raise PacketError("type", f"DMP layer {packet[DMP_AT + 2 : DMP_AT + 8].hex(' ')}, expected 02 a1 00 00 00 01")
    if count != len(packet) - SLOTS_AT + 1:
        raise PacketError("length", f"{count} property values, and {len(packet) - SLOTS_AT + 1} in the packet")
    if priority > HIGHEST_PRIORITY:
        raise PacketError("decode", f"priority {priority}, expected 0 to {HIGHEST_PRIORITY}")
    if universe not in SACN_UNIVERSES or (sync and sync not in SACN_UNIVERSES):
        raise PacketError("decode", f"universe {universe}, synchronized by {sync}: expected 1 to 63999")
    flags = bool(options & PREVIEW), bool(options & TERMINATED), bool(options & FORCE_SYNC)
    return SacnData(cid, _text(name), priority, sync, sequence, *flags, universe, start_code, bytes(packet[SLOTS_AT:]))


def _sync(packet: bytes, cid: bytes) -> SacnSync:
    if len(packet) != SYNC_LENGTH:
        raise PacketError("length", f"synchronization packet of {len(packet)} bytes, expected {SYNC_LENGTH}")
    length, _, sequence, address, _ = _SYNC.unpack_from(packet, FRAMING_AT)
    _check_length("framing layer", length, len(packet) - FRAMING_AT)
    if address not in SACN_UNIVERSES:
        raise PacketError("decode", f"synchronization address {address}, expected 1 to 63999")
    return SacnSync(cid, sequence, address)


def _discovery(packet: bytes, cid: bytes) -> SacnDiscovery:
    most = DISCOVERY_LIST_AT + 2 * MOST_A_PAGE
    if not DISCOVERY_LIST_AT <= len(packet) <= most or len(packet) % 2:
        raise PacketError("length", f"discovery packet of {len(packet)} bytes, expected {DISCOVERY_LIST_AT} to {most}")
    length, _, name, _, list_length, vector, page, last_page = _DISCOVERY.unpack_from(packet, FRAMING_AT)
    _check_length("framing layer", length, len(packet) - FRAMING_AT)
    _check_length("discovery layer", list_length, len(packet) - DISCOVERY_LIST_AT + 8)
    if vector != VECTOR_UNIVERSE_LIST:
        raise PacketError("type", f"discovery vector {vector}, expected {VECTOR_UNIVERSE_LIST}")
    if page > last_page:
        raise PacketError("decode", f"page {page} of pages up to {last_page}")
    universes = struct.unpack_from(f">{(len(packet) - DISCOVERY_LIST_AT) // 2}H", packet, DISCOVERY_LIST_AT)
    return SacnDiscovery(cid, _text(name), page, last_page, universes)


def _check_length(layer: str, found: int, expected: int) -> None:
    if found != 0x7000 | expected:
        raise PacketError("length", f"{layer}: flags and length {found:#06x}, expected {0x7000 | expected:#06x}")


def _text(name: bytes) -> str:
    return name.partition(b"\0")[0].decode(errors="replace")
