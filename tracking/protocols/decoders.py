"""The uniform face of all decoders: bytes in, readings out, everything remembered in one notebook."""

from __future__ import annotations

from typing import Protocol as Interface

from tracking.protocols.decoder_memory import DecoderMemory
from tracking.protocols.freed_stream import FreeDDatagrams, FreeDSerial
from tracking.protocols.opentrackio import OpenTrackIODatagrams
from tracking.protocols.osc import OscDatagrams
from tracking.records import Reading
from tracking.settings import TrackerConfig

__all__ = ["Decoder", "DecoderMemory", "new_memory"]


class Feed(Interface):
    """One protocol on one kind of wire."""

    def feed(self, payload: bytes, sender: str, received_ns: int, /) -> tuple[Reading, ...]: ...


def new_memory(config: TrackerConfig) -> DecoderMemory:  # noqa: ARG001 - protocols may come to differ
    """The memory of a decoder that has heard nothing yet."""
    return DecoderMemory()


class Decoder:
    """Turns one tracker's bytes into readings. Never raises; changes nothing but `memory`.

    `sibling_ids` are the camera ids of other trackers on the same source: their packets are passed over in silence.
    """

    def __init__(
        self, config: TrackerConfig, memory: DecoderMemory, *, sibling_ids: frozenset[int] = frozenset()
    ) -> None:
        self._feed = _feed_for(config, memory, sibling_ids)

    def feed(self, payload: bytes, sender: str, received_ns: int) -> tuple[Reading, ...]:
        """The samples and rejections of one datagram, or of one chunk of a serial line, in order."""
        return self._feed.feed(payload, sender, received_ns)


def _feed_for(config: TrackerConfig, memory: DecoderMemory, sibling_ids: frozenset[int]) -> Feed:
    if config.source.startswith("serial:"):
        return FreeDSerial(config, memory, sibling_ids)
    if config.protocol == "opentrackio":
        return OpenTrackIODatagrams(config, memory, sibling_ids)
    if config.protocol == "osc":
        return OscDatagrams(config, memory, sibling_ids)
    return FreeDDatagrams(config, memory, sibling_ids)
