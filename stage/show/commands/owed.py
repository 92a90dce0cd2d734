"""Answers that are owed: the start of a take is answered once the recorder has its first chunk on disk, or it failed;
a light that is to take its light from the world, once that was measured.

What is owed is in the state, so that a restarted core still answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import msgspec
from msgspec import UNSET, UnsetType

from stage.show.commands.answered import AnswerMemory, remember, request_digest
from stage.show.frame.inputs import Cause
from stage.show.frame.outcome import Answer
from stage.show.frame.requests import Command
from stage.show.report.take import CONFIRM_S, OwedAnswer, TakeState
from stage.values.parameters import Refusal
from tracking.records import Scalar

_MOST_JOINED = 32


def owing(command: Command) -> OwedAnswer:
    """What is owed to a command that is answered later."""
    return OwedAnswer(
        client=command.client,
        sender=command.sender,
        id=command.request.id,
        request=request_digest(command),
        command=command,
    )


def joined(owed: OwedAnswer, command: Command) -> bool:
    """Whether this is the command whose answer is owed, sent again: then each of them is answered, at the same time."""
    if not is_owed_to(owed, command) or owed.request != request_digest(command):
        return False
    if len(owed.again) < _MOST_JOINED:
        owed.again.append(command.sender)
    return True


def is_owed_to(owed: OwedAnswer, command: Command) -> bool:
    """Whether an answer is owed to this command's client under its id."""
    return (owed.client or owed.sender, owed.id) == (command.client, command.request.id)


def settled(take: TakeState, memory: AnswerMemory, *, frame: int, rate: Fraction, sequence: int) -> Iterator[Answer]:
    """The answers to the start of the take, if it can be answered by now. A take that is not confirmed is off then."""
    if take.owed is None or (take.recording and not take.confirmed and not _is_overdue(take, frame, rate)):
        return
    refusal = None if take.confirmed else _refusal(take)
    owed, take.owed = take.owed, None
    answer = Answer(
        sender=owed.sender,
        id=owed.id,
        value=None if refusal else take.name,
        refusal=refusal,
        sequence=sequence,
        frame=frame if refusal else take.first_frame,
        warnings=UNSET if refusal else _warnings(take),
    )
    yield from given(memory, owed, answer)


def given(memory: AnswerMemory, owed: OwedAnswer, answer: Answer) -> Iterator[Answer]:
    """The answer that was owed, to each who sent the command; it is remembered."""
    known = memory.by_client.get(owed.client)
    if known is not None:
        remember(known, owed.request, answer, answer.frame)
    yield answer
    yield from (msgspec.structs.replace(answer, sender=sender) for sender in owed.again)


def _warnings(take: TakeState) -> tuple[Cause, ...] | UnsetType:
    """What could spoil the take, little room among it; unset where nothing could."""
    low = (take.alarm,) if take.alarm is not None and take.alarm.code == "disk_low" else ()
    return (*take.warnings, *low) or UNSET


def _is_overdue(take: TakeState, frame: int, rate: Fraction) -> bool:
    if take.waits_from < 0:
        take.waits_from = frame
    return (frame - take.waits_from) * rate.denominator > CONFIRM_S * rate.numerator


def _refusal(take: TakeState) -> Refusal:
    """Why there is no such take: it failed, it was stopped before it began, or the recorder never confirmed it."""
    if not take.recording:
        if take.alarm is None:
            return Refusal(code="conflict", reason="take_stopped_first", values={"take": take.name})
        return Refusal(code="conflict", reason="take_failed", values=take.alarm.values)
    values: dict[str, Scalar] = {"take": take.name, "why": "recorder_silent"}
    for cause in (take.recorder, take.folder):
        if cause is not None:
            values |= {"why": cause.code, **cause.values}
    if take.alarm is not None:
        values |= take.alarm.values
    take.recording = False
    take.alarm = Cause(code="take_failed", values=values)
    return Refusal(code="conflict", reason="take_not_confirmed", values=values | {"seconds": CONFIRM_S})
