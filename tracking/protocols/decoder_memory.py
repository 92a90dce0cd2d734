"""What a decoder remembers between packets: enough to resume in the middle of a message."""

from __future__ import annotations

import msgspec

from tracking.records import Notebook


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


class StaticBlock(Notebook):
    """The newest static block of an OpenTrackIO sender: its own description of its equipment."""

    sensor_mm: tuple[float, float] | None = None
    resolution_px: tuple[float, float] | None = None
    camera: str | None = None
    lens: str | None = None
    tracker: str | None = None
    nominal_focal_length_mm: float | None = None


class OscGroup(Notebook):
    """The values of one body's message group so far, by field, and the fields received since its last sample."""

    values: dict[str, float] = msgspec.field(default_factory=dict)
    fresh: list[str] = msgspec.field(default_factory=list)


class DecoderMemory(Notebook):
    """The memory of one tracker's decoder. The parts of other protocols stay empty.

    `pending` and `skipped` belong to a serial line: the bytes of an incomplete message, and the count of bytes skipped
    since the last rejection. `sequences` and `partials` are by sender; an OpenTrackIO sequence is by sender and source
    number. `groups` are by OSC body.
    """

    pending: bytes = b""
    skipped: int = 0
    in_step: bool = True
    sequences: dict[str, SequenceMark] = msgspec.field(default_factory=dict)
    partials: dict[str, PartialMessage] = msgspec.field(default_factory=dict)
    groups: dict[str, OscGroup] = msgspec.field(default_factory=dict)
    static: StaticBlock | None = None
    recording: bool | None = None
    slate: str | None = None
