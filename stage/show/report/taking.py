"""Takes in the fold: what was asked for, and what the recorder said of it. Pure."""

from __future__ import annotations

from render.plan.frame import Acknowledgement
from stage.show.frame.inputs import Command, TakeReport, TakeRequest
from stage.show.state import TakeState


def ask_for_take(take: TakeState, request: TakeRequest, command: Command) -> Acknowledgement:
    """Starts or stops the take. Starting a running take, or stopping none, is a conflict and says so."""
    if request.action == "start":
        if take.recording:
            return _refused(command, f"take {take.name!r} is already recording: stop it first")
        take.count += 1
        take.recording, take.confirmed = True, False
        take.name = request.name or f"take-{take.count:03d}"
        take.part, take.alarm, take.path = 1, "", ""
    else:
        if not take.recording:
            return _refused(command, "no take is recording")
        take.recording = take.confirmed = False
    return Acknowledgement(client=command.client, id=command.id, value=take.name)


def note_report(take: TakeState, report: TakeReport) -> None:
    """Takes over the recorder's word: only "recording" makes a take confirmed, a failure ends it.

    What it says of an earlier take, or of one that an earlier run left behind, is not about this one.
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
            take.alarm = f"take {report.name} failed: {report.detail}"
        case "gap" | "recorder_lost":
            take.confirmed = False
            take.alarm = f"take {report.name}: {report.detail}"
        case "disk_low":
            take.alarm = report.detail
        case "recorder_back":
            take.part = report.part or take.part + 1
        case "recorder_missing":
            take.recorder = report.detail
        case "recorder_there":
            take.recorder = ""


def _refused(command: Command, detail: str) -> Acknowledgement:
    return Acknowledgement(client=command.client, id=command.id, error="conflict", detail=detail)
