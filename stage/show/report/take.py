"""The take in the fold: what was asked for, what could spoil it, and what the recorder reported of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from stage.show.air.state import AirState, is_ready, key_named
from stage.show.frame.inputs import Cause, TakeReport
from stage.show.frame.outcome import TrackerReport
from stage.show.frame.requests import Command, TakeRequest
from stage.show.report.in_force import in_force, overrides_of
from stage.show.values.controls import ControlState
from stage.values.parameters import Refusal
from stage.values.tree import ParameterTree
from tracking.records import Notebook

CONFIRM_S = 2.0
"""How long the recorder may take to confirm a take, in seconds of show time."""

MOST_NOT_KEPT = 32


class OwedAnswer(Notebook):
    """A command that will be answered later: its client, sender, id and digest, and who sent it `again` meanwhile."""

    sender: str
    id: str | int
    request: bytes
    client: str = ""
    again: list[str] = msgspec.field(default_factory=list)
    command: Command | None = None


class TakeState(Notebook):
    """What the show wants recorded (`recording`, `name`, `part`) and what the recorder reported last.

    `confirmed` is true once the first chunk is on disk: only then is the take called recording. `count` numbers the
    takes; `alarm` says what went wrong with the newest one, `files_not_kept` by file why one that it names could not be
    kept beside it, `recorder` that there is no recorder, and `folder` why its folder could hold none. `warnings` are
    what the newest one began with that could spoil it. Takes are `guarded` from what could spoil them while they
    record; not so in the state of an earlier version, so that its takes replay as they were. `asked_frame` is when the
    newest take was started, `first_frame` the first frame that it records, -1 where that is not known. `owed` is the
    start that is not answered yet; the recorder is waited for from `waits_from` on (-1: from the next frame). `name` is
    a safe file name, `slate` the name as it was given where that is another one.
    """

    recording: bool = False
    name: str = ""
    part: int = 1
    confirmed: bool = False
    path: str = ""
    alarm: Cause | None = None
    count: int = 0
    recorder: Cause | None = None
    slate: str = ""
    folder: Cause | None = None
    asked_frame: int = -1
    first_frame: int = -1
    waits_from: int = -1
    owed: OwedAnswer | None = None
    files_not_kept: dict[str, Cause] = msgspec.field(default_factory=dict)
    warnings: tuple[Cause, ...] = ()
    guarded: bool = False


_NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9._ -]")
NAME_LENGTH_MAX = 100


def safe_name(name: str) -> str:
    """A name that stays inside its folder on any file system; "" where nothing of it can be kept."""
    return _NOT_IN_FILE_NAMES.sub("_", name)[:NAME_LENGTH_MAX].strip(" .")


def ask_for_take(take: TakeState, request: TakeRequest, frame: int) -> Refusal | None:
    """Starts or stops the take. Starting a running take, or stopping where none records, is a conflict."""
    if request.action == "start":
        if take.recording:
            return Refusal(code="conflict", reason="take_is_recording", values={"take": take.name})
        if any(character < " " or character == "\x7f" for character in request.name):
            return Refusal(code="bad_message", reason="take_name_not_one_line", values={"found": request.name})
        take.count += 1
        take.recording, take.confirmed = True, False
        take.name = safe_name(request.name) or f"take-{take.count:03d}"
        take.slate = request.name if request.name != take.name else ""
        take.part, take.alarm, take.path = 1, None, ""
        take.files_not_kept.clear()
        take.warnings = ()
        take.asked_frame = take.waits_from = frame
        take.first_frame = -1
    else:
        if not take.recording:
            return Refusal(code="conflict", reason="no_take_is_recording")
        take.recording = take.confirmed = False
    return None


def note_frame(take: TakeState, frame: int) -> None:
    """Notes the first frame after the one in which the take was started: from there on it is recorded."""
    if take.recording and take.first_frame < 0 <= take.asked_frame < frame:
        take.first_frame = frame


def note_report(take: TakeState, report: TakeReport) -> None:
    """Follows the recorder's report: only "recording" confirms a take, a failure ends it.

    A report on an earlier take, or on one that an earlier run left behind, is not about this one.
    """
    if report.count not in (0, take.count):
        return
    match report.state:
        case "recording":
            if take.recording:
                take.confirmed, take.path = True, report.path
                take.first_frame = max(take.first_frame, report.frame)
        case "closed":
            take.path = report.path
        case "failed":
            take.recording = take.confirmed = False
            take.alarm = _alarm("take_failed", report)
        case "gap" | "recorder_lost":
            take.confirmed = False
            take.alarm = _alarm("take_gap", report)
        case "disk_low":
            take.alarm = report.cause
        case "recorder_back":
            take.part = report.part or take.part + 1
        case "recorder_missing":
            take.recorder = report.cause
        case "recorder_there":
            take.recorder = None
        case "folder_unusable":
            take.folder = report.cause
        case "folder_usable":
            take.folder = None
        case "asset_not_kept":
            _note_not_kept(take, report.cause)


def _note_not_kept(take: TakeState, cause: Cause | None) -> None:
    """Remembers why a file is not kept; of more than `MOST_NOT_KEPT` the first ones, so that health stands still."""
    if cause is not None:
        file = str(cause.values.get("file", ""))
        if file in take.files_not_kept or len(take.files_not_kept) < MOST_NOT_KEPT:
            take.files_not_kept[file] = cause


def _alarm(code: str, report: TakeReport) -> Cause:
    """What happened to the take, with the report's own cause inside it."""
    cause = report.cause or Cause(code="unknown_cause")
    return Cause(code=code, values={"take": report.name, "why": cause.code, **cause.values})


def shot_warnings(
    controls: ControlState, tree: ParameterTree, trackers: tuple[TrackerReport, ...], air: AirState
) -> tuple[Cause, ...]:
    """Fades that run, what replaces the picture, trackers that are not on time, worlds that are not there yet."""
    return (
        *_fades(controls),
        *(Cause(code="value_in_force", values=one._asdict()) for one in in_force(overrides_of(tree), controls.values)),
        *(Cause(code=f"tracker_{one.state}", values={"tracker": one.name}) for one in trackers if one.state != "fresh"),
        *_worlds(controls, air),
    )


def _fades(controls: ControlState) -> Iterator[Cause]:
    if controls.fades:
        yield Cause(code="fades_running", values={"count": len(controls.fades), "path": next(iter(controls.fades))})


def _worlds(controls: ControlState, air: AirState) -> Iterator[Cause]:
    if air.dissolve is not None:
        yield Cause(code="dissolve_running", values={"world": air.worlds[air.dissolve.coming].name})
    wanted = controls.values.world.active
    key = key_named(air, wanted)
    if key is not None and not is_ready(air, key):
        yield Cause(code="world_loading", values={"world": wanted})
