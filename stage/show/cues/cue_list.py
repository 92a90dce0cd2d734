"""The list of a show's cues, in the order of their numbers. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import msgspec

from stage.show.frame.inputs import CuesRead
from stage.show.parts.part import Part
from stage.values.cues import A_WHOLE, LARGEST_NUMBER, Cue, CueNumber, as_text, thousandths
from stage.values.parameters import Refusal
from tracking.records import Scalar

_LONGEST_SHOWN = 32


class CueList(Part):
    """Every cue, the lowest number first. `edition` grows with each change that a client makes, `version` with any.

    `taken` tells the text by hand that was taken over last from any other, until a later edition is written. Cues are
    replaced and never changed, and so is the list of them.
    """

    cues: list[Cue] = msgspec.field(default_factory=list)
    edition: int = 0
    version: int = 0
    taken: str = ""


def place_of(cues: list[Cue], number: int) -> int:
    """Where a cue of this number stands, or would."""
    return bisect_left(cues, number, key=_number)


def cue_at(cues: list[Cue], number: int) -> Cue | None:
    """The cue of this number."""
    place = place_of(cues, number)
    return cues[place] if place < len(cues) and cues[place].number == number else None


def cues_after(cues: list[Cue], number: int, most: int) -> list[Cue]:
    """At most so many cues after this number."""
    place = bisect_right(cues, number, key=_number)
    return cues[place : place + most]


def next_cue(cues: list[Cue], number: int) -> Cue | None:
    """The first cue after this number."""
    return next(iter(cues_after(cues, number, 1)), None)


def number_after(cues: list[Cue], number: int) -> int | None:
    """The roundest number between this one and that of the cue after it; None where there is no room.

    Between 1 and 2 it is 1.1, after that 1.2, between 1.1 and 1.2 it is 1.11; after the last cue it is a whole one.
    """
    after = next_cue(cues, number)
    end = LARGEST_NUMBER + 1 if after is None else after.number
    step = A_WHOLE
    while step:
        found = (number // step + 1) * step
        if found < end:
            return found
        step //= 10
    return None


def number_of(number: CueNumber | msgspec.UnsetType) -> int | Refusal:
    """The number of a cue in a request, in thousandths; or why it is none."""
    if isinstance(number, msgspec.UnsetType):
        return Refusal(code="bad_message", reason="cue_number_missing")
    found = thousandths(number)
    if found is not None:
        return found
    return Refusal(code="bad_message", reason="not_a_cue_number", values={"found": str(number)[:_LONGEST_SHOWN]})


def no_cue(cues: list[Cue], number: int) -> Refusal:
    """The refusal of a number that no cue has, with the cues around it."""
    place = place_of(cues, number)
    near = ", ".join(as_text(cue.number) for cue in cues[max(0, place - 1) : place + 1])
    values: dict[str, Scalar] = {"number": as_text(number), "near": near or "none", "count": len(cues)}
    return Refusal(code="unknown_path", reason="no_cue", values=values)


def _number(cue: Cue) -> int:
    return cue.number


def take_over_file(cues: CueList, read: CuesRead) -> None:
    """The list is as its file has it, where somebody has changed that by hand, or this show has not seen it yet.

    A text by hand that was taken over before may be older than the list by now, and is not taken over again.
    """
    if read.by_hand and cues.taken and read.digest == cues.taken:
        return
    cues.note_change()
    if not read.by_hand and read.edition <= cues.edition:
        cues.taken = "" if read.edition == cues.edition else cues.taken
        return
    cues.taken = read.digest if read.by_hand else ""
    cues.edition = max(cues.edition, read.edition)
    if list(read.cues) != cues.cues:
        cues.cues = list(read.cues)
        cues.version += 1
