"""What a decoder remembers between packets: enough to resume in the middle of a message."""

from __future__ import annotations

import msgspec

from tracking.records import Notebook

_MOST_IGNORED = 8


class SequenceMark(Notebook):
    """The newest sequence number of one sender, and how many numbers in a row came from behind it.

    `content` is the checksum of the packet with that number. The number was repeated `again` times with other content.
    """

    newest: int
    behind: int = 0
    newest_behind: int = 0
    content: int = 0
    again: int = 0


class PartialMessage(Notebook):
    """The first segments of a message that is not complete yet."""

    encoding: int
    next_sequence: int
    payload: bytes


class Fragment(Notebook):
    """The end of a datagram: the first bytes of a FreeD message, which arrived at `received_ns`."""

    content: bytes
    received_ns: int


class StaticBlock(Notebook):
    """The newest static block of an OpenTrackIO sender: its own description of its equipment."""

    sensor_mm: tuple[float, float] | None = None
    resolution_px: tuple[float, float] | None = None
    camera: str | None = None
    lens: str | None = None
    tracker: str | None = None
    nominal_focal_length_mm: float | None = None


class OscGroup(Notebook):
    """The newest values of one body's fields.

    `fresh` are the fields of its newest sample's messages, the first of which arrived at `begun_ns`, the last at
    `newest_ns`. `missing` are the fields that a pose needs and no message has carried yet.
    """

    values: dict[str, float] = msgspec.field(default_factory=dict)
    fresh: list[str] = msgspec.field(default_factory=list)
    begun_ns: int | None = None
    newest_ns: int = 0
    missing: list[str] = msgspec.field(default_factory=list)


class DecoderMemory(Notebook):
    """The memory of one tracker's decoder. The parts of other protocols stay empty.

    `pending` and `skipped` belong to a serial line: the bytes of an incomplete message, and the count of bytes skipped
    since the last rejection. `fragments` are the incomplete FreeD messages of datagrams, by sender. `heads` are the
    FreeD cameras that sent a pose, with its raw fields. `sequences` and `partials` are by sender; an OpenTrackIO
    sequence is by sender and source number. `groups` are by OSC body; `waiting` counts the packets that gave no sample
    because a field was missing. `ignored` are fields that could not be used, by name, with the arrival of the newest
    packet that had them.
    """

    pending: bytes = b""
    skipped: int = 0
    in_step: bool = True
    sequences: dict[str, SequenceMark] = msgspec.field(default_factory=dict)
    partials: dict[str, PartialMessage] = msgspec.field(default_factory=dict)
    groups: dict[str, OscGroup] = msgspec.field(default_factory=dict)
    waiting: int = 0
    ignored: dict[str, int] = msgspec.field(default_factory=dict)
    heads: dict[int, bytes] = msgspec.field(default_factory=dict)
    fragments: dict[str, Fragment] = msgspec.field(default_factory=dict)
    static: StaticBlock | None = None
    recording: bool | None = None
    slate: str | None = None


def note_ignored(memory: DecoderMemory, name: str, received_ns: int) -> None:
    """Remember that a field could not be used. The oldest is forgotten if there are too many."""
    memory.ignored.pop(name, None)
    while len(memory.ignored) >= _MOST_IGNORED:
        del memory.ignored[next(iter(memory.ignored))]
    memory.ignored[name] = received_ns
