"""The take in the fold: what was asked for, and what the recorder reported of it."""

from __future__ import annotations

import re

from stage.show.frame.inputs import Cause, TakeReport
from stage.show.frame.requests import TakeRequest
from stage.values.parameters import Refusal
from tracking.records import Notebook


class TakeState(Notebook):
    """What the show wants recorded (`recording`, `name`, `part`) and what the recorder reported last.

    `confirmed` is true once the first chunk is on disk: only then is the take called recording. `count` numbers the
    takes; `alarm` says what went wrong with the newest one, `recorder` why none could be recorded now. `name` is a safe
    file name, `slate` the name as it was given where that is another one.
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


_NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9._ -]")
NAME_LENGTH_MAX = 100


def safe_name(name: str) -> str:
    """A name that stays inside its folder on any file system; "" where nothing of it can be kept."""
    return _NOT_IN_FILE_NAMES.sub("_", name)[:NAME_LENGTH_MAX].strip(" .")


def ask_for_take(take: TakeState, request: TakeRequest) -> Refusal | None:
    """Starts or stops the take. Starting a running take, or stopping none, is a conflict."""
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
    else:
        if not take.recording:
            return Refusal(code="conflict", reason="no_take_is_recording")
        take.recording = take.confirmed = False
    return None


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


def _alarm(code: str, report: TakeReport) -> Cause:
    """What happened to the take, with the report's own cause inside it."""
    cause = report.cause or Cause(code="unknown_cause")
    return Cause(code=code, values={"take": report.name, "why": cause.code, **cause.values})
