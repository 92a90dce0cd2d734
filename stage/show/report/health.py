"""Health: a finding for each thing that is wrong now, most urgent kind first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from render.plan.frame import FramePlan
from stage.config.records import StageConfig
from stage.show.air.state import AirState
from stage.show.camera.margin import MarginState
from stage.show.frame.inputs import Cause
from stage.show.frame.outcome import Finding, TrackerReport
from stage.show.report.conditions import Conditions, acknowledge_lasting, standing_faults, subject_key
from stage.show.report.edges import edge_faults
from stage.show.report.ledger import LedgerState, alarm
from stage.show.report.losses import Losses, recent_losses
from stage.show.report.pace import PaceState, pace_faults
from stage.show.report.steadiness import Shown
from stage.show.report.take import TakeState
from stage.show.report.tracker_health import Fault, silence_faults, timing_faults
from stage.show.report.worlds import world_faults
from tracking.records import Notebook
from tracking.tracker.state import TrackerState

LOSSES_SHOWN_S = 5
MISSES_TO_REPORT = 6.0


class HealthState(Notebook):
    """Since which frame each present finding has been there, by code and subject, and which were acknowledged.

    `started_with` are the paths of what was in force when the core started (`stage.show.report.in_force`), `shown` what
    is kept from flickering (`stage.show.report.steadiness`).
    """

    since: dict[str, int] = msgspec.field(default_factory=dict)
    acknowledged: list[str] = msgspec.field(default_factory=list)
    started_with: list[str] = msgspec.field(default_factory=list)
    shown: dict[str, Shown] = msgspec.field(default_factory=dict)


class Signs(NamedTuple):
    """What health is judged by."""

    trackers: tuple[TrackerReport, ...]
    heard: dict[str, TrackerState]
    now_ns: int
    plan: FramePlan
    margins: dict[str, MarginState]
    ledger: LedgerState
    losses: Losses
    take: TakeState
    pace: PaceState
    conditions: Conditions
    air: AirState


def find_faults(config: StageConfig, signs: Signs, frame: int) -> Iterator[Fault]:
    """Everything that is wrong in this frame; nothing when all is well."""
    yield from standing_faults(signs.conditions)
    for configured, tracker in zip(config.trackers, signs.trackers, strict=True):
        if tracker.state != "fresh":
            yield from silence_faults(configured, tracker, signs.heard[configured.name], signs.now_ns)
    yield from world_faults(signs.air)
    yield from edge_faults(signs.plan, signs.air)
    for wall in signs.plan.walls:
        for hold in wall.holds:
            yield Fault("wall_held", "alarm", {**hold.values, "wall": wall.name, "why": hold.reason})
    for camera, margin in signs.margins.items():
        if margin.lately > MISSES_TO_REPORT:
            yield Fault("overscan_missed", "warning", {"camera": camera, "frames": margin.lately})
    yield from pace_faults(signs.pace, float(config.stage.rate()))
    grown = alarm(signs.ledger, config.stage.latency_budget_ms)
    if grown is not None:
        yield Fault(grown.code, "warning", grown.values)
    yield from timing_faults(config.trackers, signs.trackers, signs.heard)
    for loss in recent_losses(signs.losses, frame, round(LOSSES_SHOWN_S * config.stage.rate())):
        yield Fault(loss.code, "warning", loss.values)
    yield from _take_faults(signs.take)


def findings_of(state: HealthState, faults: Iterable[Fault], frame: int) -> tuple[Finding, ...]:
    """This frame's faults with the frame since which each has been there without a break."""
    since: dict[str, int] = {}
    findings = []
    for code, severity, values in faults:
        key = subject_key(code, values)
        since[key] = state.since.get(key, frame)
        acknowledged = key in state.acknowledged
        findings.append(
            Finding(code=code, severity=severity, values=values, since_frame=since[key], acknowledged=acknowledged)
        )
    state.since = since
    if state.acknowledged:
        state.acknowledged = [key for key in state.acknowledged if key in since]
    return tuple(findings)


def acknowledge(state: HealthState, conditions: Conditions, code: str) -> bool:
    """Acknowledges every finding of this code that the last frame had. Returns whether there was one.

    A lasting condition is over with that; any other finding is marked until it ends by itself.
    """
    ended = acknowledge_lasting(conditions, code)
    present = [key for key in state.since if key.partition("\n")[0] == code]
    if not ended:
        state.acknowledged.extend(key for key in present if key not in state.acknowledged)
    return ended or bool(present)


def _take_faults(take: TakeState) -> Iterator[Fault]:
    causes: tuple[Cause | None, ...] = (take.alarm, take.recorder)
    yield from (Fault(cause.code, "alarm", cause.values) for cause in causes if cause is not None)
    for cause in take.files_not_kept.values():
        yield Fault(cause.code, "warning", cause.values)
    if take.folder is not None:
        yield Fault("takes_unusable", "warning", {**take.folder.values, "why": take.folder.code})
