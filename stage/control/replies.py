"""What the stage sends to its clients: replies, state updates and telemetry, as msgpack maps with `type`.

They may gain fields within one major version of the API; clients must ignore what they do not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

import msgspec

from stage.control.cue_views import CueShown, CuesStatus, CueStatus
from stage.control.light_views import LightStatus
from stage.control.log_reading import LogLine
from stage.control.look_views import LookComparison, LookRefused, LookStatus
from stage.control.view import ClientChange, StageStatus, Warned, WorldStatus, warned
from stage.show.frame.outcome import Answer, LookOutcome
from stage.values.parameters import ErrorCode, Refusal
from stage.words.sentences import refusal_line
from tracking.records import Evolving, Scalar
from tracking.settable import Role, Value

API_VERSION = "1.0"


class Reply(Evolving, tag="ok"):
    """What every reply has: the id of the request it answers, and the frame, epoch and sequence number it is about."""

    id: str | int
    frame: int
    epoch: int
    seq: int


class ValueReply(Reply, tag="ok"):
    """A value that was read, or that is in force from `frame` on (the target, where a fade runs).

    `detail` is a note: "loading" where a world must be read before it can be shown, or for people, such as saved values
    that no longer fit. `before` are the values that were in force, by path, where the change can be taken back. `look`
    is what came of a look, whose name is the `value` then, and `warnings` say what could spoil a take that was started.
    """

    path: str = ""
    value: Value | None = None
    detail: str = ""
    before: dict[str, Value] | msgspec.UnsetType = msgspec.UNSET
    warnings: tuple[Warned, ...] | msgspec.UnsetType = msgspec.UNSET
    look: LookReport | msgspec.UnsetType = msgspec.UNSET


class HelloReply(Reply, tag="ok"):
    """`ports` by name: control, state, telemetry."""

    api: str
    stage: str
    role: Role
    ports: dict[str, int]


class DescribeReply(Reply, tag="ok"):
    """Declarations in reading order: an array of `Parameter`, as it is kept encoded. `tree` is the version of the whole
    tree: it grows as worlds come and go.
    """

    parameters: msgspec.Raw
    tree: int


class SnapshotReply(Reply, tag="ok"):
    """All values by path, and the version of their tree."""

    values: dict[str, Value]
    tree: int


class StatusReply(Reply, tag="ok"):
    """The stage's status."""

    status: StageStatus


class WorldsReply(Reply, tag="ok"):
    """Worlds of the stage, its own first, then those of the library. There are `total` of them."""

    worlds: tuple[WorldStatus, ...]
    total: int


class LooksReply(Reply, tag="ok"):
    """Looks: those made by hand, then the shipped ones; or those of takes, the newest first. There are `total`."""

    looks: tuple[LookStatus, ...]
    total: int


class LookDiffReply(Reply, tag="ok"):
    """A look beside what is in force."""

    look: LookComparison


class CuesReply(Reply, tag="ok"):
    """Cues in the order of their numbers, of `total`, and where the show stands in them."""

    cues: tuple[CueStatus, ...]
    total: int
    status: CuesStatus


class CueShownReply(Reply, tag="ok"):
    """What a cue would set if it were played now."""

    shown: CueShown


class ChangesReply(Reply, tag="ok"):
    """What a client can undo, and what it can redo: at most ten changes of each, the newest first."""

    undo: tuple[ClientChange, ...]
    redo: tuple[ClientChange, ...]


class LookReport(Evolving):
    """What came of a look: how many values it has, or has set; what it names and the stage has not got; and why further
    values could not be set, by path. Of many, only so many are named, and `more` counts the others.
    """

    count: int
    absent: tuple[str, ...] = ()
    refused: dict[str, LookRefused] = msgspec.field(default_factory=dict)
    more: int = 0


class LightsReply(Reply, tag="ok"):
    """Stage lights in the order of the configuration. There are `total` of them."""

    lights: tuple[LightStatus, ...]
    total: int


class SavedReply(Reply, tag="ok"):
    """Under which name values were saved, and how many."""

    name: str
    count: int


class LogReply(Reply, tag="ok"):
    """Lines of the log, the newest first. With `before` in another request it goes on; None at the end of the log."""

    lines: tuple[LogLine, ...]
    before: int | None


class ErrorReply(Reply, tag="error"):
    """A refusal: `code` for programs, `detail` in English, and the `reason` with the `values` that it speaks of.

    `value` is what stays in force at `path`.
    """

    code: ErrorCode
    detail: str
    path: str = ""
    value: Value | None = None
    reason: str = ""
    values: dict[str, Scalar] = msgspec.field(default_factory=dict)


class StateUpdate(Evolving, tag="state"):
    """The values that changed in one frame. `seq` counts updates without gaps; one without values is a sign of life.

    `tree` is the version of the tree: where it differs from the last one, paths have come or gone.
    """

    epoch: int
    seq: int
    frame: int
    values: dict[str, Value]
    tree: int


class Telemetry(Evolving, tag="telemetry"):
    """The status, about ten times a second.

    `waiting` is how many commands and calls wait for their frame, `counts` what the edge has refused, by code, and what
    it could not send, since the core began.
    """

    epoch: int
    seq: int
    frame: int
    status: StageStatus
    waiting: dict[str, int] = msgspec.field(default_factory=dict)
    counts: dict[str, int] = msgspec.field(default_factory=dict)


class ReplyFields(TypedDict):
    """The fields that every reply begins with."""

    id: str | int
    frame: int
    epoch: int
    seq: int


class Moment(Evolving):
    """The frame that a reply is about, its epoch, and the sequence number of the last change."""

    frame: int
    epoch: int
    seq: int

    def fields(self, request_id: str | int) -> ReplyFields:
        """The fields that every reply begins with."""
        return {"id": request_id, "frame": self.frame, "epoch": self.epoch, "seq": self.seq}


def error_reply(fields: ReplyFields, refusal: Refusal, path: str = "", value: Value | None = None) -> ErrorReply:
    """A refusal on the wire. The English sentence is made here."""
    return ErrorReply(
        **fields,
        code=refusal.code,
        detail=refusal_line(refusal),
        path=path,
        value=value,
        reason=refusal.reason,
        values=refusal.values,
    )


_VALUE_REPLY = ValueReply(id="", frame=-1, epoch=0, seq=0)
"""What replies are made of, for the reason of `NO_ANSWER`."""


def answer_reply(moment: Moment, answer: Answer, note: str = "") -> ErrorReply | ValueReply:
    """The reply to a command. A command that was sent before is answered for the frame in which it took effect."""
    fields = moment.fields(answer.id)
    if answer.frame >= 0:
        fields["frame"], fields["seq"] = answer.frame, answer.sequence
    if answer.refusal is not None:
        return error_reply(fields, answer.refusal, answer.path, answer.value)
    plain = msgspec.structs.replace(
        _VALUE_REPLY, **fields, path=answer.path, value=answer.value, detail=answer.detail, before=answer.before
    )
    if not (note or answer.warnings or answer.look):
        return plain
    warnings = warned(answer.warnings or ())
    detail = "; ".join(filter(None, (answer.detail, note, *(one.text for one in warnings))))
    return msgspec.structs.replace(
        plain,
        detail=detail,
        look=_look_report(answer.look) if isinstance(answer.look, LookOutcome) else msgspec.UNSET,
        warnings=warnings or msgspec.UNSET,
    )


def refused_in_words(refused: Mapping[str, Refusal]) -> dict[str, LookRefused]:
    """Why values of a look cannot be set, by path, in words."""
    return {
        path: LookRefused(code=refusal.code, reason=refusal.reason, detail=refusal_line(refusal))
        for path, refusal in refused.items()
    }


def _look_report(look: LookOutcome) -> LookReport:
    refused = refused_in_words(look.refused)
    return LookReport(count=look.count, absent=look.absent, refused=refused, more=look.more)


_ENCODER = msgspec.msgpack.Encoder()


def encode_message(message: Reply | StateUpdate | Telemetry) -> bytes:
    """The body of a reply or publication."""
    return _ENCODER.encode(message)
