"""The requests that the control edge answers itself. What the show answers is in `stage.show.frame.requests`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from stage.show.frame.requests import CueRequest, LookRequest, Request, UndoRequest, WorldsRequest
from stage.values.cues import Path

SavedName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\n)")]
SAVED_NAME_IN_WORDS = "of 1 to 64 letters, digits, '.', '_' or '-', the first a letter or digit"
WORLDS_A_REPLY = 256
"""So many worlds are in one reply: a library of thousands must not take a frame's time."""
STARTUP = "startup"
"""The name whose values the next start restores."""


class HelloRequest(Request, tag="hello"):
    """API version, epoch, the stage's name, its ports, and the role of this client."""


class GetRequest(Request, tag="get"):
    """One present value."""

    path: Path


class DescribeRequest(Request, tag="describe"):
    """The declaration of the parameter at `path`, or of every parameter below it; "" means all."""

    path: Path = ""


class SnapshotRequest(Request, tag="snapshot"):
    """Every present value, and the sequence number of the last change that they contain."""


class StatusRequest(Request, tag="status"):
    """Trackers, cameras, latency, take and health."""


class LightsRequest(Request, tag="lights"):
    """The stage lights, 64 an answer from the `first` on: what each is, its patch, and what it is to give now."""

    first: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | msgspec.UnsetType = msgspec.UNSET


class SaveRequest(Request, tag="save"):
    """Save what differs from the defaults, except safe hands and patterns, under `name` and for the next start.

    The values of walls, cameras and trackers belong to the stage itself: they are kept for its next start, in any show.
    With `only` the rest of what is saved for the next start stays as it is: `lights` are their places, aims and patch.
    """

    name: SavedName = STARTUP
    only: Literal["lights"] | msgspec.UnsetType = msgspec.UNSET


class LoadRequest(Request, tag="load"):
    """Put saved values in force, all in one frame. A value that the file does not have returns to its default.

    The values of walls, cameras and trackers stay as they are. While a take records, only with `force`.
    """

    name: SavedName = STARTUP
    force: bool | msgspec.UnsetType = msgspec.UNSET


class LogRequest(Request, tag="log"):
    """The log of what was asked of the show, by whom, when, and how it was answered: the `last` lines, newest first.

    `since` is a time (seconds since 1970), `person` a name, `path` a value or a folder of values. `before` goes on
    where another answer ended.
    """

    last: Annotated[int, msgspec.Meta(ge=1, le=256)] = 64
    since: float | msgspec.UnsetType = msgspec.UNSET
    person: Annotated[str, msgspec.Meta(max_length=128)] = ""
    path: Path = ""
    before: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | msgspec.UnsetType = msgspec.UNSET


EdgeRequest = (
    HelloRequest
    | GetRequest
    | DescribeRequest
    | SnapshotRequest
    | StatusRequest
    | WorldsRequest
    | LightsRequest
    | LookRequest
    | CueRequest
    | UndoRequest
    | SaveRequest
    | LoadRequest
    | LogRequest
)
