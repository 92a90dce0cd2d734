"""FreeD messages in datagrams of any length: several in one, with padding, or cut anywhere.

Most senders put one D1 message into a datagram. Others pad it, end it with a line break, or send several cameras
together. Serial device servers send a line's bytes without regard to messages. So a message that a datagram leaves
incomplete is kept, and completed by the sender's next datagram if that comes soon.
"""

from __future__ import annotations

from typing import NamedTuple

from tracking.datagrams import Datagram
from tracking.protocols.decoder_memory import DecoderMemory, Fragment
from tracking.protocols.freed import D1_LENGTH, D1_TYPE, refuse_message
from tracking.records import Rejection

_MOST_SENDERS = 16
_MOST_DAMAGED = 64
# A device server's largest datagram holds 50.
_MOST_MESSAGES = 64
_COMPLETED_WITHIN_NS = 200_000_000
_START = bytes([D1_TYPE])
_CHECK = 0x40


class Split(NamedTuple):
    """The sound messages in some bytes, the beginning of another at their end, and what belongs to neither.

    That is `skipped` bytes, of which `damaged` began like a message.
    """

    messages: list[bytes]
    rest: bytes
    skipped: int
    damaged: int


class DatagramMessages:
    """Finds the D1 messages in datagrams. Incomplete ones are kept in `memory.fragments`, by sender."""

    def __init__(self, memory: DecoderMemory) -> None:
        self._fragments = memory.fragments

    def find(self, datagram: Datagram) -> list[bytes | Rejection]:
        """The sound messages of a datagram in order, and rejections for what is damaged or was never completed."""
        payload = datagram.payload
        results: list[bytes | Rejection] = []
        begun = self._begun(datagram, results)
        messages, rest, skipped, damaged = split_messages(begun + payload)
        if not messages and (skipped or not rest):
            results.append(_refuse_all(payload))
        elif damaged and skipped >= D1_LENGTH:
            results.append(garbage(skipped))
        results += messages
        if rest and not _is_damaged(payload):
            while len(self._fragments) >= _MOST_SENDERS:
                del self._fragments[next(iter(self._fragments))]
            self._fragments[datagram.sender] = Fragment(content=rest, received_ns=datagram.received_ns)
        return results

    def _begun(self, datagram: Datagram, results: list[bytes | Rejection]) -> bytes:
        """The kept beginning that the datagram may complete. If it cannot, the beginning is counted as refused."""
        fragment = self._fragments.pop(datagram.sender, None)
        if fragment is None:
            return b""
        soon = 0 <= datagram.received_ns - fragment.received_ns <= _COMPLETED_WITHIN_NS
        if soon and not is_sound(datagram.payload):
            return fragment.content
        results.append(refuse_message(fragment.content))
        return b""


def is_sound(message: bytes) -> bool:
    """Whether bytes are exactly one D1 message with the right checksum."""
    return len(message) == D1_LENGTH and message[0] == D1_TYPE and sum(message) & 0xFF == _CHECK


def split_messages(content: bytes) -> Split:
    """Find the sound D1 messages in bytes. After a damaged one the search continues at its second byte.

    It ends after some damaged or many sound ones, so that no datagram takes long.
    """
    messages: list[bytes] = []
    place = skipped = damaged = 0
    while True:
        start = content.find(_START, place)
        if start < 0 or damaged >= _MOST_DAMAGED or len(messages) >= _MOST_MESSAGES:
            return Split(messages, b"", skipped + len(content) - place, damaged)
        skipped += start - place
        place = start + D1_LENGTH
        if place > len(content):
            return Split(messages, content[start:], skipped, damaged)
        if is_sound(content[start:place]):
            messages.append(content[start:place])
        else:
            skipped, damaged = skipped + 1, damaged + 1
            place = start + 1


def garbage(count: int) -> Rejection:
    """The rejection of bytes between messages."""
    return Rejection(cause="checksum", detail=f"{count} bytes that are not a FreeD message")


def _refuse_all(payload: bytes) -> Rejection:
    if payload[:1] == _START and len(payload) > D1_LENGTH:
        return garbage(len(payload))
    return refuse_message(payload)


def _is_damaged(payload: bytes) -> bool:
    """Whether a datagram is as long as one message and begins like one: then it is that, with a wrong checksum."""
    return len(payload) == D1_LENGTH and payload[0] == D1_TYPE and not is_sound(payload)
