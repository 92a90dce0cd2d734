"""The control protocol's messages: msgpack maps with `type`, one body frame each.

A request carries an `id` that its client makes; the reply repeats it. Requests are strict (unknown fields are
refused), replies may gain fields within an API major. `docs` and tests read this file's records as the protocol.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from stage.show.frame.inputs import BatchRequest, NudgeRequest, Path, Request, SetRequest, TakeRequest, Value
from stage.values.parameters import ErrorCode, Parameter, Role
from tracking.records import Evolving, Record

API_VERSION = "1.0"
MAX_MESSAGE_BYTES = 64 * 1024
STATE_TOPIC = b"state"
TELEMETRY_TOPIC = b"telemetry"

RequestId = Annotated[str, msgspec.Meta(min_length=1, max_length=128)] | int
SavedName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class Asked(Record):
    """What every request may carry. `id` is the client's own and comes back in the reply; `client` is a name for
    people; `role` may only lower what the connection has.
    """

    id: RequestId
    client: Annotated[str, msgspec.Meta(max_length=64)] | msgspec.UnsetType = msgspec.UNSET
    role: Role | msgspec.UnsetType = msgspec.UNSET


class Hello(Asked, tag="hello"):
    """Who is there: API version, epoch, stage name, ports and the client's role."""


class Get(Asked, tag="get"):
    """One present value."""

    path: Path


class Set(Asked, tag="set"):
    """Set one parameter, now or over `fade_s` seconds."""

    path: Path
    value: Value
    fade_s: Annotated[float, msgspec.Meta(ge=0.0, le=3600.0)] = 0.0


class Batch(Asked, tag="batch"):
    """Set several in one frame, all or none. Items are maps of `path`, `value` and `fade_s`; `type` may be left out."""

    items: Annotated[tuple[SetRequest, ...], msgspec.Meta(max_length=4096)]


class Describe(Asked, tag="describe"):
    """The declaration of the parameter at `path`, or of all below it; "" means all."""

    path: Path = ""


class Snapshot(Asked, tag="snapshot"):
    """Every present value, with the sequence up to which state updates are contained."""


class StatusQuery(Asked, tag="status"):
    """Trackers, frame, rate and health."""


class Save(Asked, tag="save"):
    """Keep what differs from the defaults under `name`, and for the next start."""

    name: SavedName = "startup"


class Load(Asked, tag="load"):
    """Put saved values in force, in one frame; what the file does not name returns to its default."""

    name: SavedName = "startup"


class Take(Asked, tag="take"):
    """Start or stop recording."""

    action: Literal["start", "stop"]
    name: Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[A-Za-z0-9._ -]*$")] = ""


class Nudge(Asked, tag="nudge"):
    """Set heading here: the tracker's body points to `pan_deg` now."""

    tracker: Annotated[str, msgspec.Meta(max_length=64)]
    pan_deg: Annotated[float, msgspec.Meta(ge=-360.0, le=360.0)] = 0.0


Query = Hello | Get | Describe | Snapshot | StatusQuery | Save | Load
WireRequest = Query | Set | Batch | Take | Nudge


class Reply(Evolving, tag="ok"):
    """What every reply says: which request it answers, and the frame, epoch and sequence it speaks of."""

    id: str | int
    frame: int
    epoch: int
    seq: int


class ValueReply(Reply, tag="ok"):
    """A value read, or in force from `frame` on (the target, where a fade runs)."""

    path: str = ""
    value: Value | None = None
    detail: str = ""


class HelloReply(Reply, tag="ok"):
    """`ports` by name: control, state, telemetry."""

    api: str
    stage: str
    role: Role
    ports: dict[str, int]


class DescribeReply(Reply, tag="ok"):
    """Declarations in reading order."""

    parameters: tuple[Parameter, ...]


class SnapshotReply(Reply, tag="ok"):
    """All values by path."""

    values: dict[str, Value]


class StatusReply(Reply, tag="ok"):
    """The stage's status record."""

    status: Any


class SavedReply(Reply, tag="ok"):
    """What was written where."""

    name: str
    count: int


class ErrorReply(Reply, tag="error"):
    """A refusal; `value` is what stays in force at `path`."""

    code: ErrorCode
    detail: str
    path: str = ""
    value: Value | None = None


class StateUpdate(Evolving, tag="state"):
    """One frame's changed values. `seq` counts updates without gaps; one without values is only a sign of life."""

    epoch: int
    seq: int
    frame: int
    values: dict[str, Value]


class Telemetry(Evolving, tag="telemetry"):
    """The status, some ten times a second."""

    epoch: int
    seq: int
    frame: int
    status: Any


class MessageError(Exception):
    """A body that is no request. `request_id` is its id where that much can be read."""

    def __init__(self, code: ErrorCode, detail: str, request_id: str | int) -> None:
        super().__init__(detail)
        self.code = code
        self.request_id = request_id


class _Identified(msgspec.Struct):
    id: str | int = ""


_DECODER: msgspec.msgpack.Decoder[WireRequest] = msgspec.msgpack.Decoder(WireRequest)
_IDENTIFIED = msgspec.msgpack.Decoder(_Identified)
_ENCODER = msgspec.msgpack.Encoder()


def decode_request(body: bytes) -> WireRequest:
    """The request in `body`. Raises MessageError for anything else, whatever the bytes are."""
    try:
        return _DECODER.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        detail = str(error)
        code: ErrorCode = "wrong_type" if "value`" in detail else "bad_message"
        raise MessageError(code, detail[:300], _id_of(body)) from None


def encode_request(request: WireRequest) -> bytes:
    """The body of a request."""
    return _ENCODER.encode(request)


def encode_message(message: Reply | StateUpdate | Telemetry) -> bytes:
    """The body of a reply or publication."""
    return _ENCODER.encode(message)


def stage_request(request: Set | Batch | Take | Nudge) -> Request:
    """The show's own request, without what concerns only the wire."""
    match request:
        case Set():
            return SetRequest(path=request.path, value=request.value, fade_s=request.fade_s)
        case Batch():
            return BatchRequest(items=request.items)
        case Take():
            return TakeRequest(action=request.action, name=request.name)
        case Nudge():
            return NudgeRequest(tracker=request.tracker, pan_deg=request.pan_deg)


def request_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of every request, with `type` as discriminator."""
    return msgspec.json.schema(WireRequest)


def _id_of(body: bytes) -> str | int:
    try:
        found = _IDENTIFIED.decode(body).id
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""
    return found[:128] if isinstance(found, str) else found
