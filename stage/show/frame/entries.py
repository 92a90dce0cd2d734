"""The journal's records: what was asked of the show, by whom, when, and how it was answered."""

from __future__ import annotations

import msgspec

from stage.show.frame.outcome import Answer
from stage.show.frame.requests import Command
from stage.values.parameters import Refusal
from tracking.records import Evolving
from tracking.settable import Role


class RefusedCall(Evolving):
    """A request that the control edge refused because of who sent it: for the role, or for another's session; or a
    connection that the gate refused for its key.
    """

    sender: str
    role: Role
    request: str
    refusal: Refusal
    owner: str = ""
    person: str = ""
    origin: str = ""


class JournalRecord(Evolving):
    """One entry: a command that the show has carried out or refused, with its answer; or a call that was refused.

    `frame` and `epoch` say when in the show, `unix_s` when by the clock on the wall (seconds since 1970, UTC): nothing
    but people ever reads that. `number` counts the commands, over all runs; a call has 0.
    """

    number: int
    frame: int
    epoch: int
    unix_s: float
    command: Command | None = None
    answer: Answer | None = None
    call: RefusedCall | None = None


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(JournalRecord)


def encode_entry(entry: JournalRecord) -> bytes:
    """An entry as MessagePack."""
    return _ENCODER.encode(entry)


def decode_entry(content: bytes) -> JournalRecord:
    """An entry from its bytes. Raises one of `UNDECODABLE`, as where another version asked for what this one cannot."""
    return _DECODER.decode(content)
