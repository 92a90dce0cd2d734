"""The replies of the control edge, made from what the show is after a step."""

from __future__ import annotations

from typing import TypedDict

from render.plan.frame import Acknowledgement
from stage.control.view import ShowView
from stage.control.wire import (
    API_VERSION,
    Describe,
    DescribeReply,
    ErrorReply,
    Get,
    Hello,
    HelloReply,
    Load,
    Query,
    Reply,
    Save,
    Snapshot,
    SnapshotReply,
    StatusQuery,
    StatusReply,
    ValueReply,
)
from stage.values.parameters import ErrorCode, ParameterTree, Refusal, Role
from tracking.records import Evolving


class ReplyFields(TypedDict):
    """What every reply begins with."""

    id: str | int
    frame: int
    epoch: int
    seq: int


class Moment(Evolving):
    """The frame that a reply speaks of, and the sequence of its last change."""

    frame: int
    epoch: int
    seq: int

    def fields(self, request_id: str | int) -> ReplyFields:
        """The fields that every reply begins with."""
        return {"id": request_id, "frame": self.frame, "epoch": self.epoch, "seq": self.seq}


class Greeting(Evolving):
    """What `hello` tells besides the moment."""

    stage: str
    role: Role
    ports: dict[str, int]


def refused(moment: Moment, request_id: str | int, code: ErrorCode, detail: str) -> ErrorReply:
    """The reply to a request that never reached the show."""
    return ErrorReply(**moment.fields(request_id), code=code, detail=detail)


def acknowledged(moment: Moment, answer: Acknowledgement, note: str) -> Reply:
    """The reply to a command, in the frame whose plan carries `answer` (one sent again: in its first frame)."""
    fields = moment.fields(answer.id)
    if answer.frame >= 0:
        fields["frame"], fields["seq"] = answer.frame, answer.sequence
    if answer.error:
        code = _code(answer.error)
        return ErrorReply(**fields, code=code, detail=answer.detail, path=answer.path, value=answer.value)
    return ValueReply(**fields, path=answer.path, value=answer.value, detail=note or answer.detail)


def answer_query(moment: Moment, query: Query, tree: ParameterTree, view: ShowView, greeting: Greeting) -> Reply:
    """The reply to a question that a look at the show can answer."""
    fields = moment.fields(query.id)
    match query:
        case Hello():
            return HelloReply(**fields, api=API_VERSION, stage=greeting.stage, role=greeting.role, ports=greeting.ports)
        case Get():
            return _value(moment, query, tree, view)
        case Describe():
            return _description(moment, query, tree)
        case Snapshot():
            return SnapshotReply(**fields, values=view.controls.values)
        case StatusQuery():
            return StatusReply(**fields, status=view.status())
        case Save() | Load():
            return refused(moment, query.id, "bad_message", "files are answered by their keeper")


def _value(moment: Moment, query: Get, tree: ParameterTree, view: ShowView) -> Reply:
    found = tree.find(query.path)
    if isinstance(found, Refusal):
        return ErrorReply(**moment.fields(query.id), code=found.code, detail=found.detail, path=query.path)
    return ValueReply(**moment.fields(query.id), path=query.path, value=view.controls.values[query.path])


def _description(moment: Moment, query: Describe, tree: ParameterTree) -> Reply:
    found = tree.under(query.path)
    if found:
        return DescribeReply(**moment.fields(query.id), parameters=found)
    missing = tree.find(query.path)
    detail = missing.detail if isinstance(missing, Refusal) else ""
    return ErrorReply(**moment.fields(query.id), code="unknown_path", detail=detail, path=query.path)


def _code(error: str) -> ErrorCode:
    match error:
        case "unknown_path" | "wrong_type" | "out_of_range" | "forbidden" | "conflict" | "busy":
            return error
        case _:
            return "bad_message"
