"""Everything that comes from outside in one frame: datagrams, commands, observations.

Nothing else may reach the show's state; a take is these records in order.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from render.worlds.configured import World
from render.worlds.shared.facts import PictureFacts
from stage.show.frame.conditions import Cause as Cause  # noqa: PLC0414 - named here by all who read inputs
from stage.show.frame.conditions import Condition as Condition  # noqa: PLC0414 - named here by all who read inputs
from stage.show.frame.conditions import Dropped as Dropped  # noqa: PLC0414 - named here by all who read inputs
from stage.show.frame.conditions import Severity as Severity  # noqa: PLC0414 - named here by all who read inputs
from stage.show.frame.lights import LightReached, LightsLink, LightsSent
from stage.show.frame.plates import MediaFailed, MediaReady, PlatesShown
from stage.show.frame.requests import Command
from stage.values.cues import Cue
from stage.values.looks import PackedLook
from tracking.datagrams import Datagram
from tracking.records import Evolving

DATAGRAMS_PER_SOURCE = 512
"""The most of one source in a frame. A flood of 20,000 packets a second fits in at 60 frames a second, so that a good
tracker's are among them.
"""
LookKind = Literal["show", "take", "shipped"]
"""A look made by hand in this show, one kept of a take, or one that is shipped and not to be changed."""
BYTES_PER_SOURCE = 256 * 1024
"""The most bytes of one source in a frame. A flood of long datagrams would fill the takes' disk at 300 MB a second."""


class FrameTime(NamedTuple):
    """When a frame is: its epoch and display slot; when the slot began and its inputs were gathered; when it is shown.

    Times are host monotonic nanoseconds.
    """

    epoch: int
    frame: int
    now_ns: int
    present_ns: int


class Presented(Evolving, tag="presented"):
    """When an earlier frame was gathered, stepped, kept (`left_ns`), drawn and presented, and whether it was late.

    Times are host monotonic; 0 is not known.
    """

    frame: int
    stepped_ns: int
    drawn_ns: int
    presented_ns: int
    missed: bool = False
    gathered_ns: int = 0
    left_ns: int = 0


class AssetReady(Evolving, tag="asset_ready"):
    """A world's picture is decoded and on the GPU, under the SHA-256 of its file's bytes.

    `colour_space` is the one by which it was decoded, "" for what the file's type implies. `gpu_bytes` is the graphics
    memory that it takes, 0 where that is not known. `notes` say what was mended, or is not as one would expect.
    `facts` are what was measured of it, `thumbnail` is the path of a small JPEG, "" for none. `version` is that of the
    library's file, "" for any other file. `movements` are the names of a 3D scene's animations, as many as are told.
    """

    file: str
    sha256: str
    colour_space: str = ""
    gpu_bytes: int = 0
    notes: tuple[Cause, ...] = ()
    facts: PictureFacts | None = None
    thumbnail: str = ""
    version: str = ""
    movements: tuple[str, ...] = ()


class AssetExamined(Evolving, tag="asset_examined"):
    """What a world's picture is, of which nobody wants more yet. Its fields are those of `AssetReady`."""

    file: str
    facts: PictureFacts | None
    colour_space: str = ""
    notes: tuple[Cause, ...] = ()
    thumbnail: str = ""
    version: str = ""


class AssetProgress(Evolving, tag="asset_progress"):
    """A world's picture is being read: `share` (0 to 1) of that is done."""

    file: str
    share: float
    colour_space: str = ""
    version: str = ""


class AssetGone(Evolving, tag="asset_gone"):
    """A world's picture is no longer on the GPU: others needed the room."""

    file: str
    colour_space: str = ""
    version: str = ""


class AssetFailed(Evolving, tag="asset_failed"):
    """A world's picture could not be read or does not fit, and why. One that is on the GPU stays there."""

    file: str
    cause: Cause
    colour_space: str = ""
    version: str = ""


class WorldListed(Evolving, tag="world_listed"):
    """A world stands ready from now on, beside the configured ones. Without a key it is given one."""

    world: World


class WorldGone(Evolving, tag="world_gone"):
    """The world with this key is there no longer. While it is on air, it stays."""

    key: str


class LibraryFile(Evolving):
    """A file of the library's folder that is whole: a world from now on, or with `cause` why it cannot be one.

    `file` is its name as a configuration writes it, `stem` and `suffix` are what its world is called after, in NFC.
    `version` tells its content from any that was or will be there, `changed_s` is when it last changed (Unix time).
    `was` is the name that it had before it was renamed. A file that describes a world has that `world`, a picture the
    name of its `depth` map.
    """

    file: str
    stem: str
    suffix: str = ""
    version: str = ""
    changed_s: int = 0
    was: str = ""
    cause: Cause | None = None
    world: World | None = None
    depth: str = ""


class LibraryListed(Evolving, tag="library_listed"):
    """Files that appeared in the library's folder, were replaced or renamed. `first` says that they were there before
    anybody looked: the newest of those come first.
    """

    files: tuple[LibraryFile, ...]
    first: bool = False


class LibraryGone(Evolving, tag="library_gone"):
    """Files that are in the library's folder no longer. A world that is on air stays."""

    files: tuple[str, ...]


class LibraryFolder(Evolving, tag="library_folder"):
    """How the library's folder stands: why it cannot be read, None where it can; how many files were too many."""

    missing: Cause | None = None
    left_out: int = 0


class LookFile(Evolving):
    """A file of a look by its name in its folder: what the look is called and its values, not yet checked against a
    stage; or with `cause` why it is none.
    """

    file: str
    name: str = ""
    look: PackedLook | None = None
    cause: Cause | None = None


class LooksListed(Evolving, tag="looks_listed"):
    """Files of looks that are there, are new, or have been changed: the show's, those of its takes, or shipped ones."""

    kind: LookKind
    files: tuple[LookFile, ...]


class LooksGone(Evolving, tag="looks_gone"):
    """Files of looks that are there no longer. `left_out` is how many more are there than can be listed; UNSET says
    nothing of that.
    """

    kind: LookKind
    files: tuple[str, ...] = ()
    left_out: int | msgspec.UnsetType = msgspec.UNSET


class CuesRead(Evolving, tag="cues_read"):
    """What the file of the show's cues holds, in order. `by_hand` says that somebody has changed it since the stage
    wrote it as the list's edition `edition`, or that the stage never did. `digest` tells its cues from any others.
    """

    cues: tuple[Cue, ...]
    edition: int = 0
    by_hand: bool = True
    digest: str = ""


class TakeReport(Evolving, tag="take_report"):
    """What the recorder reports of a take; or of itself ("recorder_missing", "recorder_there") or of its folder.

    "recording" comes only after the first chunk is on disk; "gap" names frames that were lost and why. `count` and
    `part` say which take it is (as in `TakeState`), so that a late report on an earlier one does not count for the
    next. A `count` of 0 means that this is not known: then it is the present one. `frame` is the first that a recording
    part can hold, -1 where that is not known.
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
        "folder_unusable",
        "folder_usable",
        "asset_not_kept",
    ]
    cause: Cause | None = None
    path: str = ""
    count: int = 0
    part: int = 0
    frame: int = -1


Asset = AssetReady | AssetExamined | AssetProgress | AssetGone | AssetFailed
"""What loaders report of a world's picture."""
Observation = (
    Presented
    | AssetReady
    | AssetExamined
    | AssetProgress
    | AssetGone
    | AssetFailed
    | WorldListed
    | WorldGone
    | LibraryListed
    | LibraryGone
    | LibraryFolder
    | LooksListed
    | LooksGone
    | CuesRead
    | TakeReport
    | Dropped
    | Condition
    | MediaReady
    | MediaFailed
    | LightReached
    | LightsSent
    | LightsLink
    | PlatesShown
)


class Redone(Evolving):
    """A command that an earlier core has answered, and that the state it left lacks: it is carried out once more.

    `answer` is the one that was given, as it is encoded, with the frame in which the command took effect; it stays the
    answer.
    """

    number: int
    command: Command
    answer: bytes


class FrameInputs(Evolving):
    """One frame's inputs in the order in which they were drained. `present_ns` is when the frame will be shown.

    `redone` comes before the commands, in the first frame after a start.
    """

    epoch: int
    frame: int
    present_ns: int
    datagrams: tuple[Datagram, ...] = ()
    commands: tuple[Command, ...] = ()
    observations: tuple[Observation, ...] = ()
    redone: tuple[Redone, ...] = ()
