"""The records of a take: what its file holds, and what core and recorder say to each other."""

from __future__ import annotations

import msgspec

from stage.show.frame.inputs import TakeReport
from tracking.records import Evolving

FORMAT = "1"
"""Version of the file's layout; it changes only when an older reader could not follow."""
INPUTS_TOPIC = "/inputs"
PLAN_TOPIC = "/plan"
SNAPSHOT_TOPIC = "/snapshot"
UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises on bytes that are no record: damaged text and absurd nesting have errors of their own."""
MESSAGE_BYTES_MAX = 64 * 2**20
"""Longest message and longest record of a file that is believed, in bytes."""


class TakeHeader(Evolving):
    """What the whole take was made with.

    `config_toml` is the file as its author wrote it; `config` and `calibration` are what the show was built from
    (MessagePack of the records, presets resolved). `assets` are pairs of file name and SHA-256. `frame_rate` is
    an exact fraction of frames per second ("60", "24000/1001"). `home` is the folder that file names in the
    configuration were relative to. `build` digests the program's own sources;
    with equal `build` and `machine`, equal digests are promised.
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
    format: str = FORMAT


class TakePart(Evolving):
    """Which take, and which part of it: part 2 and later begin after a gap, which `gap` names."""

    name: str
    part: int = 1
    gap: str = ""
    started: str = ""


class InputSeal(Evolving):
    """Check values of one frame's inputs, made in the recorder from the bytes that arrived there.

    `whole` is the CRC-32 of the encoded inputs; `leaves` holds a CRC-16 of every single value in order, so that a
    later change can be named by its field even where it moved nothing in the plan.
    """

    whole: int
    leaves: bytes


class TakeFrame(Evolving):
    """What `/plan` says of a frame: the plan as encoded live, its digest, and the seal of the frame's inputs.

    `previous` is the frame recorded before this one (or the snapshot's): a missing link is a gap.
    """

    frame: int
    previous: int
    plan: msgspec.Raw
    digest: bytes
    seal: InputSeal


class TakeSnapshot(Evolving):
    """The encoded state of the show after `frame`.

    `seal` is the state's digest, made in the recorder; empty in takes of earlier versions.
    """

    frame: int
    state: bytes
    seal: bytes = b""


class Gap(Evolving):
    """Why frames are missing before a part, and the first one that the core does not know to be safe, if it knows."""

    cause: str
    lost_from: int | None = None


class Open(Evolving, tag="open"):
    """Core to recorder: begin a file; `snapshot` is its first entry, `gap` what came before it went wrong."""

    header: TakeHeader
    part: TakePart
    snapshot: TakeSnapshot
    gap: Gap | None = None


class PutFrame(Evolving, tag="frame"):
    """Core to recorder: one frame. `inputs` and `plan` are encoded records."""

    frame: int
    present_ns: int
    inputs: bytes
    plan: bytes
    digest: bytes


class PutSnapshot(Evolving, tag="snapshot"):
    """Core to recorder: the state after a frame."""

    snapshot: TakeSnapshot


class Close(Evolving, tag="close"):
    """Core to recorder: the take ends here."""


class Parcel(Evolving):
    """Everything that goes to the recorder.

    `session` names one run of the core, `take` numbers its openings, `position` is how many bytes were sent before.
    """

    session: str
    take: int
    position: int
    body: Open | PutFrame | PutSnapshot | Close


class Alive(Evolving, tag="alive"):
    """Recorder to core, four times a second: who it is, how much it has taken in, how far the disk holds it.

    `instance` changes when the recorder was restarted. `position` counts the bytes of `session` that were taken in;
    `on_disk_frame` is the last frame of `take` that survives a power cut.
    """

    instance: str
    session: str = ""
    take: int = 0
    position: int = 0
    on_disk_frame: int = -1


class Told(Evolving, tag="told"):
    """Recorder to core: a report on a take (`take` 0: on a file left behind by an earlier recorder)."""

    session: str
    take: int
    report: TakeReport


FromRecorder = Alive | Told
