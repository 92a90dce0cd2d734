"""Everything that comes from outside in one frame: datagrams, commands, observations.

Nothing else may reach the show's state; a take is these records in order.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracking.datagrams import Datagram
from tracking.records import Evolving, NonNegativeFloat, Record

DATAGRAMS_PER_SOURCE = 512
"""The most of one source in a frame. A flood of 20,000 packets a second fits in at 60 frames a second, so that a good
tracker's are among them.
"""

Value = bool | float | str
Path = Annotated[str, msgspec.Meta(max_length=256)]


class SetRequest(Record, tag="set"):
    """Set one parameter, now or over `fade_s` seconds from its present value."""

    path: Path
    value: Value
    fade_s: Annotated[float, msgspec.Meta(ge=0.0, le=3600.0)] = 0.0


class BatchRequest(Record, tag="batch"):
    """Set several parameters in one frame: all of them, or none with the first reason."""

    items: Annotated[tuple[SetRequest, ...], msgspec.Meta(max_length=4096)]


class TakeRequest(Record, tag="take"):
    """Start or stop recording. An empty name makes one from the wall clock."""

    action: Literal["start", "stop"]
    name: Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[A-Za-z0-9._ -]*$")] = ""


class NudgeRequest(Record, tag="nudge"):
    """Set heading here: turn a tracker's offset so that its camera's body points to `pan_deg` now."""

    tracker: Annotated[str, msgspec.Meta(max_length=64)]
    pan_deg: float = 0.0


Request = SetRequest | BatchRequest | TakeRequest | NudgeRequest


class Command(Evolving):
    """One accepted request, with who sent it: `client` is its connection, `name` what it calls itself.

    `order` counts all commands of an epoch.
    """

    id: str | int
    client: str
    role: str
    order: int
    request: Request
    name: str = ""


class Presented(Evolving, tag="presented"):
    """When an earlier frame was gathered, stepped, drawn and presented (host monotonic), and whether it was late."""

    frame: int
    stepped_ns: int
    drawn_ns: int
    presented_ns: int
    missed: bool = False
    gathered_ns: int = 0


class AssetReady(Evolving, tag="asset_ready"):
    """A world's file is decoded and on the GPU, under the SHA-256 of its bytes."""

    file: str
    sha256: str


class TakeReport(Evolving, tag="take_report"):
    """What the recorder says of a take, or, with "recorder_missing" and "recorder_there", of itself.

    "recording" comes only after the first chunk is on disk; "gap" names frames that were lost and why. `count` and
    `part` say which take it is (as in `TakeState`): a late word of an earlier one must not count for the next. `count`
    is 0 where that is not known, as in takes of earlier versions: then it is the present one.
    """

    name: str
    state: Literal[
        "recording",
        "closed",
        "gap",
        "failed",
        "disk_low",
        "recorder_lost",
        "recorder_back",
        "recorder_missing",
        "recorder_there",
    ]
    detail: str = ""
    path: str = ""
    count: int = 0
    part: int = 0


class Dropped(Evolving, tag="dropped"):
    """Inputs that the edge had to drop, and why (`tracking.datagrams.Drop`, or a sentence)."""

    source: str
    count: int
    cause: str


Observation = Presented | AssetReady | TakeReport | Dropped


class FrameInputs(Evolving):
    """One frame's inputs in the order in which they were drained. `present_ns` is when the frame will be shown."""

    epoch: int
    frame: int
    present_ns: int
    datagrams: tuple[Datagram, ...] = ()
    commands: tuple[Command, ...] = ()
    observations: tuple[Observation, ...] = ()


__all__ = [
    "AssetReady",
    "BatchRequest",
    "Command",
    "Datagram",
    "Dropped",
    "FrameInputs",
    "NonNegativeFloat",
    "NudgeRequest",
    "Observation",
    "Presented",
    "Request",
    "SetRequest",
    "TakeReport",
    "TakeRequest",
    "Value",
]
