"""Which body each part of an arrival tells of: several bodies may share a line, a sender, even a datagram."""

from __future__ import annotations

import re
from typing import NamedTuple

from tracking.arrivals import Arrival
from tracking.protocols.decoder_memory import DecoderMemory, PartialMessage
from tracking.protocols.freed_stream import MessageFinder, baud_of
from tracking.protocols.guess import Guess, guess_protocol, guess_stream
from tracking.protocols.opentrackio import PayloadReader
from tracking.protocols.opentrackio_packets import Message, join_segment, read_segment
from tracking.protocols.opentrackio_payload import Payload
from tracking.protocols.osc_packet import read_message, split_packet
from tracking.records import PacketError, Rejection

Body = int | str | None
"""A FreeD camera id, an OpenTrackIO source number, the root of an OSC address; None where nobody is named."""

_MOST_SENDERS = 64
_MOST_SEGMENTS = 64
_KEPT_SERIAL_BYTES = 600
_HEARD_TO_BELIEVE = 3
_NUMBER = re.compile(r"/[0-9]+(?=/|$)")


class Part(NamedTuple):
    """What an arrival tells of one body; `rejected` is what was passed over before it, or after the last message."""

    body: Body
    guess: Guess
    arrival: Arrival | None
    rejected: tuple[Rejection, ...] = ()


class DatagramSorter:
    """Tells the bodies of one socket's datagrams apart, sender by sender."""

    def __init__(self) -> None:
        self._messages = _SegmentedMessages()

    def parts(self, arrival: Arrival) -> list[Part]:
        """The bodies that a datagram tells of: one, several in an OSC bundle, none yet in a first segment."""
        guess = guess_protocol(arrival.payload)
        if guess.protocol == "freed":
            return [Part(arrival.payload[1], guess, arrival)]
        if guess.protocol == "opentrackio":
            return self._messages.parts(arrival, guess)
        if guess.protocol == "osc":
            return _osc_parts(arrival, guess)
        return [Part(None, guess, arrival)]


class LineSorter:
    """Tells the bodies of one serial line apart.

    Garbage looks like a FreeD message now and then, so a body is believed when it was heard three times. Until one
    is, the line is told as a whole.
    """

    def __init__(self, source: str) -> None:
        self._finder = MessageFinder(DecoderMemory(), baud_of(source), lambda _: True)
        self._recent = b""
        self._waiting: dict[int, list[Arrival]] = {}
        self._known: set[int] = set()
        self._last: int | None = None

    def parts(self, arrival: Arrival) -> list[Part]:
        """The whole messages that a chunk completes, each as if it were a datagram."""
        parts: list[Part] = []
        passed_over: list[Rejection] = []
        for found in self._finder.find(arrival.payload, arrival.received_ns):
            if isinstance(found, Rejection):
                passed_over.append(found)
                continue
            message = arrival._replace(received_ns=found.received_ns, payload=found.message)
            for heard in self._believed(found.message[1], message):
                parts.append(_line_part(heard, tuple(passed_over)))
                passed_over.clear()
        if self._last is None:
            self._recent = (self._recent + arrival.payload)[-_KEPT_SERIAL_BYTES:]
            return [Part(None, guess_stream(self._recent), arrival)]
        if passed_over:
            parts.append(Part(self._last, Guess(protocol="freed"), None, tuple(passed_over)))
        return parts

    def _believed(self, camera_id: int, message: Arrival) -> list[Arrival]:
        """The message of a body that is known; all that waited where this makes it known; else nothing."""
        if camera_id in self._known:
            self._last = camera_id
            return [message]
        waiting = self._waiting.setdefault(camera_id, [])
        waiting.append(message)
        if len(waiting) < _HEARD_TO_BELIEVE:
            return []
        self._known.add(camera_id)
        self._last = camera_id
        return self._waiting.pop(camera_id)


class _Sender:
    """What is known of one OpenTrackIO sender: the segments of a message that is not whole yet, its last body."""

    def __init__(self) -> None:
        self.held: list[Arrival] = []
        self.last: Body = None


class _SegmentedMessages:
    """OpenTrackIO datagrams, held back until their whole message tells its source number."""

    def __init__(self) -> None:
        self._reader = PayloadReader()
        self._partials: dict[str, PartialMessage] = {}
        self._senders: dict[str, _Sender] = {}

    def parts(self, arrival: Arrival, guess: Guess) -> list[Part]:
        """The datagrams of a message that is whole; those of a broken one as of the sender's last body."""
        sender = self._sender(arrival.sender)
        sender.held.append(arrival)
        segment = read_segment(arrival.payload)
        whole = segment if isinstance(segment, Rejection) else join_segment(self._partials, arrival.sender, segment)
        if whole is None and len(sender.held) < _MOST_SEGMENTS:
            return []
        payload = self._reader.read(whole.encoding, whole.payload) if isinstance(whole, Message) else None
        if isinstance(payload, Payload):
            sender.last = None if payload.source_number is None else int(payload.source_number)
        held, sender.held = sender.held, []
        return [Part(sender.last, guess, one) for one in held]

    def _sender(self, address: str) -> _Sender:
        """A crowd of senders is forgotten, the oldest first."""
        while len(self._senders) >= _MOST_SENDERS and address not in self._senders:
            del self._senders[next(iter(self._senders))]
        return self._senders.setdefault(address, _Sender())


def osc_root(address: str) -> str:
    """The part of an OSC address that names a body: up to its last number, else all but its last word."""
    numbers = list(_NUMBER.finditer(address))
    return address[: numbers[-1].end()] if numbers else address.rpartition("/")[0] or address


def _osc_parts(arrival: Arrival, guess: Guess) -> list[Part]:
    try:
        messages = split_packet(arrival.payload)
        roots = [osc_root(read_message(message).address) for message in messages]
    except PacketError:
        return [Part(None, guess, arrival)]
    if not messages:
        return [Part(None, guess, arrival)]
    return [
        Part(root, guess_protocol(message), arrival._replace(payload=message))
        for root, message in zip(roots, messages, strict=True)
    ]


def _line_part(message: Arrival, rejected: tuple[Rejection, ...]) -> Part:
    return Part(message.payload[1], guess_protocol(message.payload), message, rejected)
