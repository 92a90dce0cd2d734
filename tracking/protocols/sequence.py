"""Sequence numbers that wrap: duplicates and late packets are refused, a restarted sender is believed.

Some senders number messages instead of packets, or nothing at all. So a repeated number is a duplicate only with the
same content, and a number that never changes is ignored.
"""

from __future__ import annotations

from tracking.protocols.decoder_memory import SequenceMark
from tracking.records import Rejection

SEQUENCE_4_BIT = 1 << 4

_MOST_SENDERS = 16
_BELIEVED_AFTER = 3
_STANDS_STILL = 8


def refuse_sequence(
    marks: dict[str, SequenceMark], sender: str, sequence: int, modulus: int, *, content: int
) -> Rejection | None:
    """None if `sequence` is new from `sender`, else the rejection (duplicate, reordered). `marks` are updated.

    `content` is a checksum of the packet. Numbers from behind that themselves increase come from a sender that
    restarted: the third is accepted.
    """
    mark = marks.get(sender)
    if mark is None:
        while len(marks) >= _MOST_SENDERS:
            del marks[next(iter(marks))]
        marks[sender] = SequenceMark(newest=sequence, content=content)
        return None
    ahead = (sequence - mark.newest) % modulus
    if 0 < ahead < modulus // 2:
        mark.newest, mark.content = sequence, content
        mark.behind = mark.again = 0
        return None
    if ahead == 0:
        return _refuse_again(mark, content)
    follows = mark.behind > 0 and 0 < (sequence - mark.newest_behind) % modulus < modulus // 2
    mark.behind = mark.behind + 1 if follows else 1
    mark.newest_behind = sequence
    if mark.behind >= _BELIEVED_AFTER:
        mark.newest, mark.content = sequence, content
        mark.behind = mark.again = 0
        return None
    return Rejection(cause="reordered", detail=f"sequence {sequence} after {mark.newest}")


def standing_sequence(marks: dict[str, SequenceMark]) -> int | None:
    """The number at which the sequence of a sender stands still; None if there is none."""
    for mark in marks.values():
        if mark.again >= _STANDS_STILL:
            return mark.newest
    return None


def _refuse_again(mark: SequenceMark, content: int) -> Rejection | None:
    if content == mark.content and mark.again < _STANDS_STILL:
        return Rejection(cause="duplicate", detail=f"sequence {mark.newest} arrived twice")
    mark.content = content
    mark.again = min(_STANDS_STILL, mark.again + 1)
    return None
