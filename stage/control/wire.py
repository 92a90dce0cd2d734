"""The control protocol's requests: msgpack maps with `type`, one body frame each.

Which requests there are is read off the two tables of commands: the edge's and the show's. A request carries an `id`
that its client makes, and the reply repeats it. Unknown fields are refused. Replies are in `stage.control.replies`.
"""

from __future__ import annotations

import operator
import re
from functools import reduce
from typing import Any

import msgspec

from stage.control.edge_commands import EDGE_COMMANDS, EdgeCommand
from stage.control.requests import SAVED_NAME_IN_WORDS, EdgeRequest
from stage.show.commands.kinds import CommandKind
from stage.show.commands.table import COMMANDS
from stage.show.frame.requests import ShowRequest
from stage.values.parameters import Refusal

_PATTERN = re.compile(r"matching regex '.*?'(?= - at|$)", re.DOTALL)
"""How msgspec words it. Names of saved values are the only ones with a pattern; people read it in words."""
_TOO_LONG = re.compile(r"Expected `str` of length <= (\d{1,9})")
_LONGEST_ID = 128
_LARGEST_ID = 2**63 - 1
_LONGEST_REASON = 300
_SEARCHED = 2 * _LONGEST_REASON
"""No more of an error is searched: it may hold a name as long as the message, in which a search takes seconds."""

WireRequest = EdgeRequest | ShowRequest
WIRE_COMMANDS: tuple[EdgeCommand | CommandKind, ...] = (*EDGE_COMMANDS, *COMMANDS)
"""Every command of the wire, in the order of the documents."""


class MessageError(Exception):
    """A message that is not a request. `request_id` is its id, "" if that cannot be read."""

    def __init__(self, refusal: Refusal, request_id: str | int = "") -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal
        self.request_id = request_id


class _Identified(msgspec.Struct):
    id: str | int = ""


_REQUESTS: Any = reduce(operator.or_, (command.request for command in WIRE_COMMANDS))
_DECODER: msgspec.msgpack.Decoder[WireRequest] = msgspec.msgpack.Decoder(_REQUESTS)
_IDENTIFIED = msgspec.msgpack.Decoder(_Identified)
_ENCODER = msgspec.msgpack.Encoder()


def decode_request(body: bytes) -> WireRequest:
    """The request in `body`. Raises MessageError for everything else, whatever the bytes are."""
    try:
        return _DECODER.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise MessageError(_refusal_of(error), _id_of(body)) from None


def request_of(fields: dict[str, Any]) -> WireRequest:
    """The request with these fields, as they were read from JSON. Raises MessageError for everything else."""
    try:
        request: WireRequest = msgspec.convert(fields, type=_REQUESTS)
        _ENCODER.encode(request.id)
    except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError) as error:
        raise MessageError(_refusal_of(error), id_in(fields)) from None
    return request


def id_in(fields: dict[str, Any]) -> str | int:
    """The id among the fields of what may be a request, as an answer can repeat it; "" where there is none."""
    found = fields.get("id", "")
    if isinstance(found, str):
        return found[:_LONGEST_ID]
    return found if isinstance(found, int) and abs(found) <= _LARGEST_ID else ""


def encode_request(request: WireRequest) -> bytes:
    """The body of a request."""
    return _ENCODER.encode(request)


def request_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of every request, with `type` as the discriminator."""
    return msgspec.json.schema(_REQUESTS)


def _refusal_of(error: Exception) -> Refusal:
    found = _TOO_LONG.sub(r"expected text of at most \1 characters", str(error)[:_SEARCHED])
    found = _PATTERN.sub(SAVED_NAME_IN_WORDS, found)[:_LONGEST_REASON]
    if "value`" in found:
        return Refusal(code="wrong_type", reason="not_a_value", values={"found": found})
    return Refusal(code="bad_message", reason="not_a_request", values={"found": found})


def _id_of(body: bytes) -> str | int:
    try:
        found = _IDENTIFIED.decode(body).id
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""
    return found[:_LONGEST_ID] if isinstance(found, str) else found
