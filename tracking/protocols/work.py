"""How much work a datagram is to decode, estimated from its bytes without decoding it.

The unit is a quarter of an OSC message, about 2 microseconds. Datagrams are no measure of work: one may hold 256 OSC
messages, or thousands of arguments that take a byte each.
"""

from __future__ import annotations

from tracking.protocols.osc_packet import split_packet
from tracking.records import PacketError
from tracking.settings import Protocol

UNITS_PER_OSC_MESSAGE = 4
_ARGUMENTS_PER_UNIT = 4
_FREED_BYTES = 29
_OPENTRACKIO_UNITS = 8
_OPENTRACKIO_BYTES_PER_UNIT = 128


def work_of(protocol: Protocol, payload: bytes) -> int:
    """Units of work for one tracker that decodes `payload` as `protocol`; at least 1."""
    if protocol == "osc":
        return _osc_work(payload)
    if protocol == "opentrackio":
        return _OPENTRACKIO_UNITS + len(payload) // _OPENTRACKIO_BYTES_PER_UNIT
    return 1 + len(payload) // _FREED_BYTES


def _osc_work(payload: bytes) -> int:
    try:
        messages = split_packet(payload)
    except PacketError:
        return 1
    return 1 + sum(UNITS_PER_OSC_MESSAGE + _tags(message) // _ARGUMENTS_PER_UNIT for message in messages)


def _tags(message: bytes) -> int:
    """The number of a message's type tags. They follow the address, which is padded to a multiple of 4 bytes."""
    begin = (message.find(0) // 4 + 1) * 4
    if message[begin : begin + 1] != b",":
        return 0
    return max(message.find(0, begin) - begin - 1, 0)
