"""The records of a take's file."""

from __future__ import annotations

from typing import Literal

import msgspec

from stage.show.frame.inputs import Cause
from tracking.records import Evolving

FORMAT = "5"
"""Version of the file's layout; it changes only when an older reader could not follow."""
FORMATS_READ = ("1", "2", "3", "4", FORMAT)
BEFORE_FORMAT_4 = ("1", "2", "3")
"""Takes whose records have other names and shapes than today's. Of format 4 only the snapshots were in one piece."""
INPUTS_TOPIC = "/inputs"
OUTCOME_TOPIC = "/outcome"
PLAN_TOPIC = "/plan"
SNAPSHOT_TOPIC = "/snapshot"
PIECE_TOPIC = "/piece"
Quality = Literal["", "low", "full"]
"""How 3D scenes were drawn, "" where nobody knows."""
MESSAGE_BYTES_MAX = 64 * 2**20
"""The longest message, and the longest record of a file, that is accepted, in bytes."""


class TakeHeader(Evolving):
    """What the whole take was made with.

    `config_toml` is the file as its author wrote it; `config` and `calibration` are what the show was built from
    (MessagePack of the records, presets resolved). `assets` are pairs of file name and SHA-256. `frame_rate` is
    an exact fraction of frames per second ("60", "24000/1001"). `home` is the folder that file names in the
    configuration were relative to. `build` is a digest of the program's own sources;
    with equal `build` and `machine`, equal digests are promised. `quality` is how the renderer drew 3D scenes, "" in
    takes that know of none.
    """

    frame_rate: str
    config_toml: str
    config: bytes
    calibration: bytes
    assets: tuple[tuple[str, str], ...] = ()
    renderer: str = ""
    home: str = ""
    version: str = ""
    build: str = ""
    machine: str = ""
    quality: Quality = ""
    format: str = FORMAT


class TakePart(Evolving):
    """Which take, and which part of it: part 2 and later begin after a gap, which `gap` describes
    in English and `gap_cause` by code.

    `slate` is the name as it was given, "" where that is `name`.
    """

    name: str
    part: int = 1
    gap: str = ""
    gap_cause: Cause | None = None
    started: str = ""
    slate: str = ""


class InputSeal(Evolving):
    """Check values of one frame's inputs, made in the recorder from the bytes that arrived there.

    `whole` is the CRC-32 of the encoded inputs; `leaves` holds a CRC-16 of every single value in order, so that a
    later change can be named by its field even where it changed nothing in the plan.
    """

    whole: int
    leaves: bytes


class TakeFrame(Evolving):
    """The `/plan` message of a frame: the plan as encoded live, the frame's digest, and the seal of its inputs.

    `digest` is over the encoded plan and then the encoded report in `/outcome`; in format 1, over the plan alone.
    `previous` is the frame recorded before this one (or the snapshot's): a missing link is a gap.
    """

    frame: int
    previous: int
    plan: msgspec.Raw
    digest: bytes
    seal: InputSeal


class StatePiece(Evolving):
    """The `/piece` message: bytes of encoded states and their digest, before the first snapshot that names them."""

    digest: bytes
    content: bytes


class SnapshotPart(Evolving):
    """One part of a snapshot's state: its name, for people, and the digests of its pieces."""

    name: str
    pieces: tuple[bytes, ...]


class TakeSnapshot(Evolving):
    """The encoded state of the show after `frame`: `glue` and `parts` by turns (`stage.run.encoded_state`).

    In the file `state` is empty; the reader puts the whole state there. Formats 1 to 4 wrote that, without glue and
    parts. `seal` is a check value, made in the recorder; empty in takes of earlier versions.
    """

    frame: int
    state: bytes = b""
    seal: bytes = b""
    glue: tuple[bytes, ...] = ()
    parts: tuple[SnapshotPart, ...] = ()
