"""What the core and the recorder process send each other."""

from __future__ import annotations

from stage.show.frame.inputs import Cause, TakeReport
from stage.takes.kept_assets import AssetToKeep
from stage.takes.records import StatePiece, TakeHeader, TakePart, TakeSnapshot
from tracking.records import Evolving


class Gap(Evolving):
    """Why frames are missing before a part, and the first one that the core does not know to be safe, if it knows.

    `cause` holds codes in the order in which they came about, with commas between them.
    """

    cause: str
    lost_from: int | None = None


class BeginPart(Evolving, tag="begin_part"):
    """Core to recorder: begin a file. `pieces` and `snapshot` are its first entries, `gap` what was lost before it."""

    header: TakeHeader
    part: TakePart
    snapshot: TakeSnapshot
    gap: Gap | None = None
    pieces: tuple[StatePiece, ...] = ()


class AddFrame(Evolving, tag="add_frame"):
    """Core to recorder: one frame. `inputs`, `plan` and `report` (the rest of the outcome) are encoded records."""

    frame: int
    present_ns: int
    inputs: bytes
    plan: bytes
    report: bytes
    digest: bytes


class AddSnapshot(Evolving, tag="add_snapshot"):
    """Core to recorder: the state after a frame, with the pieces of it that the file does not hold yet."""

    snapshot: TakeSnapshot
    pieces: tuple[StatePiece, ...] = ()


class EndTake(Evolving, tag="end_take"):
    """Core to recorder: the take ends here."""


class NameAssets(Evolving, tag="name_assets"):
    """Core to recorder: the part names these files from here on. With `keep` they are kept beside the takes."""

    assets: tuple[AssetToKeep, ...]
    keep: bool = True


ToRecorder = BeginPart | AddFrame | AddSnapshot | EndTake | NameAssets


class Parcel(Evolving):
    """Everything that goes to the recorder.

    `session` names one run of the core, `opening` counts the parts that it began, `position` is how many bytes it had
    sent before.
    """

    session: str
    opening: int
    position: int
    body: ToRecorder


class Heartbeat(Evolving, tag="heartbeat"):
    """Recorder to core, four times a second: who it is, how much it has received, how much of it is on the disk.

    `instance` changes when the recorder was restarted. `position` counts the bytes of `session` that were received;
    `on_disk_frame` is the last frame of `opening` that survives a power cut. `folder` says why no take could begin
    now; None where one could.
    """

    instance: str
    session: str = ""
    opening: int = 0
    position: int = 0
    on_disk_frame: int = -1
    folder: Cause | None = None


class RecorderReport(Evolving, tag="report"):
    """Recorder to core: a report on a part (`opening` 0: on a file that an earlier recorder left behind)."""

    session: str
    opening: int
    report: TakeReport


FromRecorder = Heartbeat | RecorderReport
