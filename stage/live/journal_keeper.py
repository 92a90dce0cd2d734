"""Writes the journal: what the show has carried out or refused is in it before anybody hears of the frame."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from stage.run.journal import Journal, entries_after
from stage.show.frame.entries import JournalRecord, RefusedCall, decode_entry, encode_entry
from stage.show.frame.inputs import Condition, FrameInputs, Redone
from stage.show.frame.outcome import Outcome, encode_answer
from stage.show.state import ShowState
from tracking.records import UNDECODABLE, Scalar


class JournalKeeper:
    """Writes the journal in `folder`. `durable` says which of its entries the state on the disk contains."""

    def __init__(self, folder: Path, durable: Callable[[], int]) -> None:
        self._journal = Journal(folder, durable)
        self._has_all = True

    def keep(self, inputs: FrameInputs, outcome: Outcome, calls: Callable[[], tuple[RefusedCall, ...]]) -> None:
        """Writes what was entered in a frame, and calls that the edge has refused. Never waits, never raises."""
        refused = calls()
        if not outcome.entered and not refused:
            self._has_all = True
            return
        first = JournalRecord(number=0, frame=outcome.frame, epoch=inputs.epoch, unix_s=time.time())
        record = partial(msgspec.structs.replace, first)  # to make one anew takes four times as long
        entries = [record(call=call) for call in refused]
        entries += [record(number=one.number, command=one.command, answer=one.answer) for one in outcome.entered]
        self._has_all = self._journal.add([(one.number, encode_entry(one)) for one in entries])

    def has_all(self) -> bool:
        """Whether all that was entered in the last frame is in the journal."""
        return self._has_all

    def redone(self, state: ShowState, *, doubted: bool = False) -> tuple[Redone, ...]:
        """What the journal has and `state` lacks, in order, up to what this version cannot read.

        Nothing for a show that begins anew, nor for a state that is `doubted`: a command may be what kills the cores.
        What is entered later is numbered after all that the journal has.
        """
        found: list[Redone] = []
        continues = state.frame >= 0 and not doubted
        for entry in entries_after(self._journal.folder, state.entries) if continues else ():
            try:
                record = decode_entry(entry.content)
            except UNDECODABLE:
                break
            if record.command is not None and record.answer is not None:
                found.append(Redone(number=record.number, command=record.command, answer=encode_answer(record.answer)))
        if not found or found[-1].number != self._journal.newest:
            state.entries = max(state.entries, self._journal.newest)
        return tuple(found)

    @property
    def newest(self) -> int:
        """The number of the last entry."""
        return self._journal.newest

    def missing(self) -> dict[str, Condition]:
        """A condition while the journal cannot be written."""
        if not self._journal.problem:
            return {}
        values: dict[str, Scalar] = {"file": str(self._journal.folder), "found": self._journal.problem}
        return {"journal": Condition(code="journal_not_kept", severity="warning", values=values)}

    def close(self) -> None:
        """Puts everything on the disk."""
        self._journal.close()
