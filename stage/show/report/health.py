"""Health: a finding for each thing that is wrong now, most urgent kind first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from render.plan.frame import WallPlan
from stage.config.records import StageConfig
from stage.show.camera.margin import MarginState
from stage.show.frame.inputs import Cause
from stage.show.frame.outcome import Finding, Severity, TrackerReport
from stage.show.report.ledger import LedgerState, alarm
from stage.show.report.losses import Losses, recent_losses
from stage.show.report.take import TakeState
from tracking.records import Notebook, Scalar
from tracking.tracker.state import TrackerState, measured_rate_hz, neighbour_interval_ns

RATE_TOLERANCE = 0.1
SAMPLES_FOR_A_RATE = 120
LOSSES_SHOWN_S = 5
MISSES_TO_REPORT = 6.0
_SUBJECTS = ("tracker", "camera", "wall", "source", "why", "take")
"""The values that say what a finding is about: with the code, they make it the same one in the next frame."""


class Fault(NamedTuple):
    """Something that is wrong in this frame."""

    code: str
    severity: Severity
    values: dict[str, Scalar]


class HealthState(Notebook):
    """Since which frame each present finding has been there, by code and subject."""

    since: dict[str, int] = msgspec.field(default_factory=dict)


class Signs(NamedTuple):
    """What health is judged by."""

    trackers: tuple[TrackerReport, ...]
    heard: dict[str, TrackerState]
    walls: tuple[WallPlan, ...]
    margins: dict[str, MarginState]
    ledger: LedgerState
    losses: Losses
    take: TakeState


def find_faults(config: StageConfig, signs: Signs, frame: int) -> Iterator[Fault]:
    """Everything that is wrong in this frame; nothing when all is well."""
    for tracker in signs.trackers:
        if tracker.state != "fresh":
            severity: Severity = "warning" if tracker.state == "late" else "alarm"
            yield Fault(f"tracker_{tracker.state}", severity, {"tracker": tracker.name})
    for wall in signs.walls:
        for hold in wall.holds:
            yield Fault("wall_held", "alarm", {**hold.values, "wall": wall.name, "why": hold.reason})
    for camera, margin in signs.margins.items():
        if margin.lately > MISSES_TO_REPORT:
            yield Fault("overscan_missed", "warning", {"camera": camera, "frames": margin.lately})
    grown = alarm(signs.ledger, config.stage.latency_budget_ms)
    if grown is not None:
        yield Fault(grown.code, "warning", grown.values)
    yield from _wrong_rates(config, signs)
    for loss in recent_losses(signs.losses, frame, round(LOSSES_SHOWN_S * config.stage.rate())):
        yield Fault(loss.code, "warning", loss.values)
    yield from _take_faults(signs.take)


def findings_of(state: HealthState, faults: Iterable[Fault], frame: int) -> tuple[Finding, ...]:
    """This frame's faults with the frame since which each has been there without a break."""
    since: dict[str, int] = {}
    findings = []
    for code, severity, values in faults:
        key = "\n".join([code, *(str(values[name]) for name in _SUBJECTS if name in values)])
        since[key] = state.since.get(key, frame)
        findings.append(Finding(code=code, severity=severity, values=values, since_frame=since[key]))
    state.since = since
    return tuple(findings)


def _take_faults(take: TakeState) -> Iterator[Fault]:
    causes: tuple[Cause | None, ...] = (take.alarm, take.recorder)
    yield from (Fault(cause.code, "alarm", cause.values) for cause in causes if cause is not None)
    if take.folder is not None:
        yield Fault("takes_unusable", "warning", {**take.folder.values, "why": take.folder.code})


def _wrong_rates(config: StageConfig, signs: Signs) -> Iterator[Fault]:
    """A wrong `rate_hz` spoils the time of every sample of a tracker without time stamps.

    Packets that are lost make it seem wrong; then those that come still follow each other at the rate's interval.
    """
    for configured, tracker in zip(config.trackers, signs.trackers, strict=True):
        heard = signs.heard[configured.name]
        if configured.rate_hz is None or tracker.state != "fresh" or heard.accepted < SAMPLES_FOR_A_RATE:
            continue
        rate_hz = measured_rate_hz(heard)
        if abs(rate_hz - configured.rate_hz) <= RATE_TOLERANCE * configured.rate_hz:
            continue
        configured_ns = 1e9 / configured.rate_hz
        neighbours_ns = neighbour_interval_ns(heard, configured_ns)
        nearer = abs(neighbours_ns - configured_ns) < abs(neighbours_ns - 1e9 / rate_hz)
        values: dict[str, Scalar] = {"tracker": configured.name}
        if rate_hz < configured.rate_hz and nearer:
            yield Fault("tracker_packets_lost", "warning", values | {"lost": 1.0 - rate_hz / configured.rate_hz})
        else:
            values |= {"rate_hz": rate_hz, "configured_hz": configured.rate_hz}
            yield Fault("tracker_rate_wrong", "warning", values)
