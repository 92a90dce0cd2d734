"""How the trackers stand in a frame, and which of their samples the frame's light goes back to."""

from __future__ import annotations

from collections.abc import Mapping

from render.plan.frame import FramePlan
from stage.show.camera.mounts import delay_ns
from stage.show.frame.outcome import TrackerReport
from stage.show.report.ledger import Account
from stage.values.stage_wide import ShowValues
from tracking.prediction.estimate import Estimate
from tracking.tracker.tracker import Tracker


def report_trackers(
    trackers: Mapping[str, Tracker], estimates: Mapping[str, Estimate], now_ns: int
) -> tuple[TrackerReport, ...]:
    """Every tracker's state, and how far its pose was carried ahead where it moved a camera."""
    reports = []
    for name, tracker in trackers.items():
        estimate = estimates.get(name)
        reports.append(
            TrackerReport(
                name=name,
                state=tracker.freshness(now_ns),
                horizon_ms=estimate.horizon_ms if estimate else 0.0,
                method=estimate.method if estimate else "none",
            )
        )
    return tuple(reports)


def account_of(
    plan: FramePlan, reports: tuple[TrackerReport, ...], trackers: Mapping[str, Tracker], values: ShowValues
) -> Account | None:
    """The account of this frame: the oldest of the newest samples that moved a camera in it. None where none did."""
    if values.output.freeze:
        return None
    heard = [
        (motion.moments[-1].sample_ns - delay_ns(values.tracker[report.name].delay_ms), motion.received_ns)
        for report in reports
        if report.state == "fresh" and report.method != "none"
        for motion in (trackers[report.name].state.motion,)
    ]
    if not heard:
        return None
    sample_ns, received_ns = min(heard)
    return Account(
        frame=plan.frame,
        sample_ns=sample_ns,
        received_ns=received_ns,
        present_ns=plan.present_ns,
        light_ns=max(wall.light_ns for wall in plan.walls),
    )
