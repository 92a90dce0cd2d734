"""Sorts the datagrams of a source by body: several bodies may share a line, a sender, even one datagram."""

from __future__ import annotations

import re
from typing import NamedTuple

from msgspec.structs import replace

from tracking.datagrams import Datagram
from tracking.protocols.decoder_memory import DecoderMemory, PartialMessage
from tracking.protocols.freed import D1_LENGTH, D1_TYPE
from tracking.protocols.freed_datagrams import DatagramMessages, is_sound
from tracking.protocols.freed_stream import MessageFinder, baud_of
from tracking.protocols.guess import UNKNOWN, Guess, guess_protocol, guess_stream
from tracking.protocols.opentrackio import PayloadReader
from tracking.protocols.opentrackio_packets import Message, join_segment, read_segment
from tracking.protocols.opentrackio_parts import Payload
from tracking.protocols.osc_packet import read_message, split_packet
from tracking.records import PacketError, Rejection

Body = int | str | None
"""A FreeD camera id, an OpenTrackIO source number, the root of an OSC address; None if no body is named."""

_MOST_SENDERS = 64
_MOST_SEGMENTS = 64
_KEPT_SERIAL_BYTES = 600
_MESSAGES_TO_BELIEVE = 3
_START = bytes([D1_TYPE])
_NUMBER = re.compile(r"/[0-9]+(?=/|$)")


class Part(NamedTuple):
    """The part of a datagram that belongs to one body. `rejected` is garbage before it or after the last message."""

    body: Body
    guess: Guess
    datagram: Datagram | None
    rejected: tuple[Rejection, ...] = ()


class DatagramSorter:
    """Sorts the datagrams of one socket by body, for each sender separately."""

    def __init__(self) -> None:
        self._messages = _SegmentedMessages()
        self._freed = _FreeDMessages()

    def parts(self, datagram: Datagram) -> list[Part]:
        """The datagram's parts by body: usually one, several for an OSC bundle, none yet for a first segment."""
        guess = guess_protocol(datagram.payload)
        if guess.protocol == "freed" or (guess is UNKNOWN and self._freed.expects(datagram)):
            return self._freed.parts(datagram, guess)
        if guess.protocol == "opentrackio":
            return self._messages.parts(datagram, guess)
        if guess.protocol == "osc":
            return _osc_parts(datagram, guess)
        return [Part(None, guess, datagram)]


class _FreeDMessages:
    """The FreeD messages of datagrams of any length (see `DatagramMessages`), each as a datagram of its own."""

    def __init__(self) -> None:
        self._memory = DecoderMemory()
        self._messages = DatagramMessages(self._memory)
        self._last: dict[str, int] = {}

    def expects(self, datagram: Datagram) -> bool:
        """Whether a datagram may be part of a message: its sender sends FreeD, or it begins like a message."""
        begins = datagram.payload[:1] == _START and len(datagram.payload) < D1_LENGTH
        return begins or datagram.sender in self._last or datagram.sender in self._memory.fragments

    def parts(self, datagram: Datagram, guess: Guess) -> list[Part]:
        """The messages that the datagram completes. One that is no sound message counts for the sender's last body."""
        if guess.protocol == "freed" and len(datagram.payload) <= D1_LENGTH and not is_sound(datagram.payload):
            return [Part(datagram.payload[1], guess, datagram)]
        parts: list[Part] = []
        for result in self._messages.find(datagram):
            if isinstance(result, Rejection):
                body = self._last.get(datagram.sender)
                parts.append(Part(body, Guess(protocol="freed" if body is not None else "unknown"), None, (result,)))
                continue
            while len(self._last) >= _MOST_SENDERS and datagram.sender not in self._last:
                del self._last[next(iter(self._last))]
            self._last[datagram.sender] = result[1]
            parts.append(Part(result[1], guess_protocol(result), replace(datagram, payload=result)))
        return parts


class LineSorter:
    """Sorts the messages of one serial line by body.

    Garbage sometimes looks like a FreeD message, so a body is believed only after three messages. Until then the line
    is reported as a whole.
    """

    def __init__(self, source: str) -> None:
        self._finder = MessageFinder(DecoderMemory(), baud_of(source), lambda _: True)
        self._recent = b""
        self._waiting: dict[int, list[Datagram]] = {}
        self._known: set[int] = set()
        self._last: int | None = None

    def parts(self, chunk: Datagram) -> list[Part]:
        """The whole messages that a chunk completes, each as a datagram of its own."""
        parts: list[Part] = []
        garbage: list[Rejection] = []
        for result in self._finder.find(chunk.payload, chunk.received_ns):
            if isinstance(result, Rejection):
                garbage.append(result)
                continue
            message = replace(chunk, received_ns=result.received_ns, payload=result.content)
            for believed in self._believed(result.content[1], message):
                parts.append(_line_part(believed, tuple(garbage)))
                garbage.clear()
        if self._last is None:
            self._recent = (self._recent + chunk.payload)[-_KEPT_SERIAL_BYTES:]
            return [Part(None, guess_stream(self._recent), chunk)]
        if garbage:
            parts.append(Part(self._last, Guess(protocol="freed"), None, tuple(garbage)))
        return parts

    def _believed(self, camera_id: int, message: Datagram) -> list[Datagram]:
        """The message if its body is known, all waiting messages if this one makes it known, otherwise nothing."""
        if camera_id in self._known:
            self._last = camera_id
            return [message]
        waiting = self._waiting.setdefault(camera_id, [])
        waiting.append(message)
        if len(waiting) < _MESSAGES_TO_BELIEVE:
            return []
        self._known.add(camera_id)
        self._last = camera_id
        return self._waiting.pop(camera_id)


class _Sender:
    """One OpenTrackIO sender: the segments of its incomplete message, and the body of its last message."""

    def __init__(self) -> None:
        self.held: list[Datagram] = []
        self.last: Body = None


class _SegmentedMessages:
    """OpenTrackIO datagrams, held back until the message is complete and its source number is known."""

    def __init__(self) -> None:
        self._reader = PayloadReader()
        self._partials: dict[str, PartialMessage] = {}
        self._senders: dict[str, _Sender] = {}

    def parts(self, datagram: Datagram, guess: Guess) -> list[Part]:
        """The datagrams of a complete message. Those of a broken message count for the sender's last body."""
        sender = self._sender(datagram.sender)
        sender.held.append(datagram)
        segment = read_segment(datagram.payload)
        whole = segment if isinstance(segment, Rejection) else join_segment(self._partials, datagram.sender, segment)
        if whole is None and len(sender.held) < _MOST_SEGMENTS:
            return []
        payload = self._reader.read(whole.encoding, whole.payload, []) if isinstance(whole, Message) else None
        if isinstance(payload, Payload):
            sender.last = None if payload.source_number is None else int(payload.source_number)
        held, sender.held = sender.held, []
        return [Part(sender.last, guess, one) for one in held]

    def _sender(self, address: str) -> _Sender:
        """The memory of one sender. When there are too many senders, the oldest is forgotten."""
        while len(self._senders) >= _MOST_SENDERS and address not in self._senders:
            del self._senders[next(iter(self._senders))]
        return self._senders.setdefault(address, _Sender())


def osc_root(address: str) -> str:
    """The part of an OSC address that names a body: up to its last number, otherwise all but its last word."""
    numbers = list(_NUMBER.finditer(address))
    return address[: numbers[-1].end()] if numbers else address.rpartition("/")[0] or address


def _osc_parts(datagram: Datagram, guess: Guess) -> list[Part]:
    try:
        messages = split_packet(datagram.payload)
        roots = [osc_root(read_message(message).address) for message in messages]
    except PacketError:
        return [Part(None, guess, datagram)]
    if not messages:
        return [Part(None, guess, datagram)]
    return [
        Part(root, guess_protocol(message), replace(datagram, payload=message))
        for root, message in zip(roots, messages, strict=True)
    ]


def _line_part(message: Datagram, rejected: tuple[Rejection, ...]) -> Part:
    return Part(message.payload[1], guess_protocol(message.payload), message, rejected)
