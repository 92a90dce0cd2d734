"""Sequence numbers that wrap: duplicates and latecomers are refused, a restarted sender is believed."""

from __future__ import annotations

from tracking.decoder_memory import SequenceMark
from tracking.records import Rejection

SEQUENCE_16_BIT = 1 << 16
SEQUENCE_4_BIT = 1 << 4

_MOST_SENDERS = 16
_BELIEVED_AFTER = 3


def refuse_sequence(marks: dict[str, SequenceMark], sender: str, sequence: int, modulus: int) -> Rejection | None:
    """None where `sequence` is news from `sender`, else the rejection (duplicate, reordered); `marks` are updated.

    Numbers from behind that themselves go on one by one are a sender that started again: the third is taken.
    """
    mark = marks.get(sender)
    if mark is None:
        while len(marks) >= _MOST_SENDERS:
            del marks[next(iter(marks))]
        marks[sender] = SequenceMark(newest=sequence)
        return None
    ahead = (sequence - mark.newest) % modulus
    if 0 < ahead < modulus // 2:
        mark.newest, mark.behind = sequence, 0
        return None
    if ahead == 0:
        return Rejection(cause="duplicate", detail=f"sequence {sequence} came twice")
    follows = mark.behind > 0 and 0 < (sequence - mark.newest_behind) % modulus < modulus // 2
    mark.behind = mark.behind + 1 if follows else 1
    mark.newest_behind = sequence
    if mark.behind >= _BELIEVED_AFTER:
        mark.newest, mark.behind = sequence, 0
        return None
    return Rejection(cause="reordered", detail=f"sequence {sequence} after {mark.newest}")
