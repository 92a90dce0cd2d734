"""What the core and the recorder process send each other, and which frames a gap between parts of a take lacks."""

from __future__ import annotations

from stage.show.frame.inputs import Cause, TakeReport
from stage.takes.kept_assets import AssetToKeep
from stage.takes.records import StatePiece, TakeHeader, TakePart, TakeSnapshot
from tracking.records import Evolving, Scalar


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


def gap_cause(gap: Gap, held: int | None, last_lost: int) -> Cause:
    """The gap before a part whose snapshot is of `last_lost`.

    `held` is the last frame that an earlier part holds, according to its file; one later than `last_lost` is of another
    run. What the core knows is a lower bound: what it sent last may have reached the disk or not.
    """
    known = [] if gap.lost_from is None else [gap.lost_from]
    if held is not None and held <= last_lost:
        known.append(held + 1)
    if not known:
        return Cause(code="frames_missing_up_to", values={"last": last_lost, "cause": gap.cause})
    first = max(known)
    if first > last_lost:
        return Cause(code="no_frame_missing", values={"cause": gap.cause})
    values: dict[str, Scalar] = {"first": first, "last": last_lost, "cause": gap.cause}
    return Cause(code="frame_missing" if first == last_lost else "frames_missing", values=values)


def frames_lost_from(first: int, cause: str, *, certain: bool) -> Cause:
    """A gap that has just begun at the frame `first`. What was sent before may yet reach the disk: then it is not
    certain.
    """
    code = "frames_missing_from" if certain else "frames_may_be_missing_from"
    return Cause(code=code, values={"first": first, "cause": cause})


def joined(earlier: Gap | None, later: Gap) -> Gap:
    """One gap made of two, where no part was recorded between them."""
    if earlier is None:
        return later
    codes = earlier.cause.split(",")
    codes += [code for code in later.cause.split(",") if code not in codes]
    return Gap(cause=",".join(codes), lost_from=earlier.lost_from)
