"""Which commands were answered before: one that is sent again is not carried out again, and gets its first answer."""

from __future__ import annotations

import hashlib

import msgspec

from stage.show.frame.outcome import Answer
from stage.show.frame.requests import Command
from stage.values.parameters import Refusal
from tracking.records import Evolving, Notebook

ANSWERS_OF_ONE = 32
MOST_SENDERS = 64


class Answered(Evolving):
    """A request that was carried out or refused (its digest), and its first answer."""

    request: bytes
    answer: Answer


class AnswerMemory(Notebook):
    """The first answers to each sender's latest commands, by sender and request id; who was silent longest is first.

    It is bounded for each sender, so that no other client can push out what one may have to ask for again.
    """

    by_sender: dict[str, dict[str, Answered]] = msgspec.field(default_factory=dict)


def first_answer(memory: AnswerMemory, command: Command) -> Answer | None:
    """What to answer a command whose id its sender has used before, while that is remembered; else None.

    The very same command gets its first answer. Another one under that id is refused: nobody can know which of the two
    the client means to repeat.
    """
    answers = memory.by_sender.get(command.sender, {})
    known = answers.get(repr(command.request.id))
    if known is None:
        return None
    _mark_latest(memory, command.sender, answers)
    if known.request == request_digest(command):
        return known.answer
    return id_used_before(command)


def id_used_before(command: Command) -> Answer:
    """The refusal of a command under an id that its sender used for another one."""
    refusal = Refusal(code="conflict", reason="id_used_before", values={"id": command.request.id})
    return Answer(sender=command.sender, id=command.request.id, refusal=refusal)


def remember(memory: AnswerMemory, request: bytes, answer: Answer, frame: int) -> None:
    """Keeps `answer` to the command with the digest `request`, for `frame`.

    The oldest of a sender's many is forgotten, and of many senders the one that was silent longest.
    """
    senders = memory.by_sender
    answers = senders.get(answer.sender, {})
    _mark_latest(memory, answer.sender, answers)
    answers[repr(answer.id)] = Answered(request=request, answer=msgspec.structs.replace(answer, frame=frame))
    while len(answers) > ANSWERS_OF_ONE:
        del answers[next(iter(answers))]
    while len(senders) > MOST_SENDERS:
        del senders[next(iter(senders))]


def _mark_latest(memory: AnswerMemory, sender: str, answers: dict[str, Answered]) -> None:
    """Puts a sender last in the order in which senders are forgotten."""
    memory.by_sender.pop(sender, None)
    memory.by_sender[sender] = answers


def request_digest(command: Command) -> bytes:
    """What a command asks for, to compare: of its written form, in which NaN equals itself."""
    written = repr(command.request).encode(errors="backslashreplace")
    return hashlib.blake2b(written, digest_size=16).digest()
