"""One interface to all decoders: datagrams in, readings out, everything remembered in one notebook; and their work.

The unit of work is a quarter of an OSC message, about 2 microseconds. Datagrams are no measure of it: one may hold 256
OSC messages, or thousands of arguments that take a byte each.
"""

from __future__ import annotations

from typing import Protocol as Interface

from tracking.datagrams import Datagram
from tracking.protocols.decoder_memory import DecoderMemory
from tracking.protocols.freed_stream import FreeDDatagrams, FreeDSerial
from tracking.protocols.opentrackio import OpenTrackIODatagrams
from tracking.protocols.osc import OscDatagrams
from tracking.protocols.osc_packet import split_packet
from tracking.records import PacketError, Reading
from tracking.settings import Protocol, TrackerConfig

__all__ = ["Decoder", "DecoderMemory", "new_memory"]
UNITS_PER_OSC_MESSAGE = 4
_ARGUMENTS_PER_UNIT = 4
_FREED_BYTES = 29
_OPENTRACKIO_UNITS = 8
_OPENTRACKIO_BYTES_PER_UNIT = 128


class ProtocolDecoder(Interface):
    """The decoder of one protocol on one kind of wire."""

    def feed(self, datagram: Datagram, /) -> tuple[Reading, ...]: ...


def new_memory(config: TrackerConfig) -> DecoderMemory:  # noqa: ARG001 - all protocols share one record so far
    """The memory of a decoder that has received nothing yet."""
    return DecoderMemory()


class Decoder:
    """Turns one tracker's bytes into readings. Never raises, and changes nothing but `memory`.

    `sibling_ids` are the camera ids of other trackers on the same source: their packets are skipped silently.
    """

    def __init__(
        self, config: TrackerConfig, memory: DecoderMemory, *, sibling_ids: frozenset[int] = frozenset()
    ) -> None:
        self._protocol = _protocol_decoder(config, memory, sibling_ids)

    def feed(self, datagram: Datagram) -> tuple[Reading, ...]:
        """The samples and rejections of one datagram, or of one chunk of a serial line, in order."""
        return self._protocol.feed(datagram)


def _protocol_decoder(config: TrackerConfig, memory: DecoderMemory, sibling_ids: frozenset[int]) -> ProtocolDecoder:
    if config.source.startswith("serial:"):
        return FreeDSerial(config, memory, sibling_ids)
    if config.protocol == "opentrackio":
        return OpenTrackIODatagrams(config, memory, sibling_ids)
    if config.protocol == "osc":
        return OscDatagrams(config, memory, sibling_ids)
    return FreeDDatagrams(config, memory, sibling_ids)


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
