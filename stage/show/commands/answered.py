"""Which clients there are, and what each was answered: a command sent again gets its first answer.

A client is its session, over all of its connections, or else its connection. A session belongs to whoever used it
first.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from stage.show.frame.outcome import NO_ANSWER, Answer
from stage.show.frame.requests import Command
from stage.show.parts.part import Part
from stage.values.parameters import Refusal
from tracking.records import Evolving, Notebook

ANSWERS_OF_ONE = 512
"""So many of a client's newest answers are remembered at least, and less than a page more."""
ANSWERS_OF_A_PAGE = 64
_LONGEST_KEPT = 128
"""A request of more bytes is remembered by a digest: shorter ones are there in less time than one."""
_DIGEST_BYTES, _EARLIER_DIGEST_BYTES = 20, 16
"""Digests of this build and of earlier ones, which are told apart by that."""
MOST_CLIENTS = 32


class Answered(Evolving):
    """A request that was carried out or refused (its digest), its first answer, and the frame in which that was given.

    Earlier states have the frame in the answer alone.
    """

    request: bytes
    answer: Answer
    frame: int = -1


class AnswerPage(Part):
    """Some answers, as they are encoded, by request id: of hundreds hardly one is ever asked for again."""

    answers: dict[str, bytes] = msgspec.field(default_factory=dict)


class ClientAnswers(Part):
    """The first answers to a client's latest commands, and the owner (`Command.owner`) of the client.

    They are in pages, the oldest first, so that a new one does not have hundreds of others encoded with it.
    """

    owner: str = ""
    pages: dict[int, AnswerPage] = msgspec.field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._places)

    def find(self, key: str) -> bytes | None:
        """The answer under a request id."""
        page = self._places.get(key)
        return None if page is None else page.answers[key]

    def put(self, encoded: Mapping[str, bytes]) -> None:
        """Keeps answers by their ids, each in the place of one that it has. The oldest page goes once there is another
        for `ANSWERS_OF_ONE` without it.
        """
        places, number = self._places, next(reversed(self.pages), 0)
        newest = self.pages.get(number)
        for key, answer in encoded.items():
            page = places.get(key)
            if page is None:
                if newest is None or len(newest.answers) >= ANSWERS_OF_A_PAGE:
                    number += 1
                    newest = self.pages[number] = AnswerPage()
                page = places[key] = newest
            page.answers[key] = answer
            page.note_change()
        self.note_change()
        while len(places) >= ANSWERS_OF_ONE + ANSWERS_OF_A_PAGE:
            for gone in self.pages.pop(next(iter(self.pages))).answers:
                del places[gone]

    @cached_property
    def _places(self) -> dict[str, AnswerPage]:
        """The page of each answer, found once for as long as this notebook lives. It is no field, so it is not encoded
        or compared.
        """
        return {key: page for page in self.pages.values() for key in page.answers}


class AnswerMemory(Notebook):
    """What is remembered of each client; who was silent longest is first.

    It is bounded for each client, so that no other one can push out what one may have to ask for again.
    """

    by_client: dict[str, ClientAnswers] = msgspec.field(default_factory=dict)


class Met(NamedTuple):
    """What became of a command's client: it is known from now on, and those that are `gone` had to make room; or with a
    `refusal` whoever gives the command may not speak for it.
    """

    gone: tuple[str, ...] = ()
    refusal: Refusal | None = None


KNOWN = Met()
"""The client was met before, and whoever speaks for it may."""
_ANSWERED = Answered(request=b"", answer=NO_ANSWER)
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Answered)


def meet(memory: AnswerMemory, client: str, owner: str) -> Met:
    """Notes that a client of this owner gives a command, and puts it last in the order in which clients are forgotten.

    When there are too many, it is of the owner with most of them that the client is forgotten which was silent longest.
    """
    known = memory.by_client.pop(client, None)
    if known is not None:
        memory.by_client[client] = known
        return KNOWN if known.owner == owner else Met(refusal=session_of_another())
    memory.by_client[client] = ClientAnswers(owner=owner)
    gone = []
    while len(memory.by_client) > MOST_CLIENTS:
        gone.append(_first_to_go(memory))
        del memory.by_client[gone[-1]]
    return Met(gone=tuple(gone))


def session_of_another() -> Refusal:
    """Why a request is refused whose session another key, token or tablet used first."""
    return Refusal(code="forbidden", reason="session_of_another")


def first_answer(known: ClientAnswers, command: Command) -> Answer | None:
    """What to answer a command whose id its client has used before, while that is remembered; else None.

    The very same command gets its first answer, on the connection that asks now. Another one under that id is refused:
    nobody can know which of the two the client means to repeat.
    """
    encoded = known.find(repr(command.request.id))
    if encoded is None:
        return None
    first = _DECODER.decode(encoded)
    if _is_same(first.request, command):
        frame = first.answer.frame if first.frame < 0 else first.frame
        return replace(first.answer, sender=command.sender, frame=frame)
    return id_used_before(command)


def id_used_before(command: Command) -> Answer:
    """The refusal of a command under an id that its client used for another one."""
    return refused_answer(command, Refusal(code="conflict", reason="id_used_before", values={"id": command.request.id}))


def refused_answer(command: Command, refusal: Refusal) -> Answer:
    """The answer to a command that was not even looked at."""
    return Answer(sender=command.sender, id=command.request.id, refusal=refusal)


def remember(known: ClientAnswers, request: bytes, answer: Answer, frame: int) -> None:
    """Keeps `answer` to a client's command with the digest `request`, for `frame`; its oldest of many is forgotten."""
    known.put({repr(answer.id): answered(request, answer, frame)})


def answered(request: bytes, answer: Answer, frame: int) -> bytes:
    """An answer as it is remembered."""
    return _ENCODER.encode(replace(_ANSWERED, request=request, answer=answer, frame=frame))


def request_digest(command: Command) -> bytes:
    """What a command asks for, to compare: its encoding, in which NaN equals itself, or a digest of a long one.

    What has none, such as a whole number of more than 64 bits, is compared as it is written.
    """
    try:
        encoded = _ENCODER.encode(command.request)
    except (OverflowError, ValueError):
        return _written_digest(command)
    return encoded if len(encoded) <= _LONGEST_KEPT else _digest(encoded)


def _is_same(first: bytes, command: Command) -> bool:
    """Whether a command asks for what is remembered as `first`, by this build or an earlier one."""
    return first == request_digest(command) or (
        len(first) == _EARLIER_DIGEST_BYTES and first in _earlier_digests(command)
    )


def _earlier_digests(command: Command) -> Iterator[bytes]:
    """How earlier builds, whose states and takes hold it, say it. A long one takes milliseconds."""
    yield _written_digest(command, _EARLIER_DIGEST_BYTES)
    with suppress(OverflowError, ValueError):
        yield _digest(_ENCODER.encode(command.request), _EARLIER_DIGEST_BYTES)


def _written_digest(command: Command, size: int = _DIGEST_BYTES) -> bytes:
    return _digest(repr(command.request).encode(errors="backslashreplace"), size)


def _digest(said: bytes, size: int = _DIGEST_BYTES) -> bytes:
    return hashlib.blake2b(said, digest_size=size).digest()


def _first_to_go(memory: AnswerMemory) -> str:
    clients = memory.by_client
    of_owner = Counter(client.owner for client in clients.values())
    most = max(of_owner.values())
    return next(name for name, client in clients.items() if of_owner[client.owner] == most)
