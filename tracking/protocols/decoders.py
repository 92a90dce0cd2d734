"""One interface to all decoders: datagrams in, readings out, everything remembered in one notebook."""

from __future__ import annotations

from typing import Protocol as Interface

from tracking.datagrams import Datagram
from tracking.protocols.decoder_memory import DecoderMemory
from tracking.protocols.freed_stream import FreeDDatagrams, FreeDSerial
from tracking.protocols.opentrackio import OpenTrackIODatagrams
from tracking.protocols.osc import OscDatagrams
from tracking.records import Reading
from tracking.settings import TrackerConfig

__all__ = ["Decoder", "DecoderMemory", "new_memory"]


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
