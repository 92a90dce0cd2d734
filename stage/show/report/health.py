"""Health as the crew reads it: one line for each thing that is wrong now. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from render.plan.frame import TrackerPlan, WallPlan
from stage.config.records import StageConfig
from stage.show.report.ledger import alarm
from stage.show.report.losses import loss_lines
from stage.show.state import ShowState
from stage.words.sentences import hold_line
from tracking.tracker.state import measured_rate_hz, neighbour_interval_ns

_TRACKER_LINES = {
    "late": "tracker {0} is late: packets are missing, its pose is predicted",
    "lost": "tracker {0} is lost: its last pose is held",
    "never": "tracker {0} has sent nothing yet: check its address with `stage listen`",
}


RATE_TOLERANCE = 0.1
SAMPLES_FOR_A_RATE = 120
LOSSES_TOLD_S = 5
MISSES_TO_TELL = 6.0


def health_of(
    config: StageConfig, state: ShowState, trackers: tuple[TrackerPlan, ...], walls: tuple[WallPlan, ...]
) -> tuple[str, ...]:
    """The present faults, most urgent kind first; empty when all is well."""
    lines = [_TRACKER_LINES[tracker.state].format(tracker.name) for tracker in trackers if tracker.state != "fresh"]
    lines.extend(
        f"wall {wall.name} holds the last possible picture: {hold_line(wall.holds)}" for wall in walls if wall.holds
    )
    lines.extend(_misses(config, state))
    grown = alarm(state.ledger, config.stage.latency_budget_ms)
    if grown:
        lines.append(grown)
    lines.extend(_wrong_rates(config, state, trackers))
    lines.extend(loss_lines(state.losses, state.frame, round(LOSSES_TOLD_S * config.stage.rate())))
    lines.extend(line for line in (state.take.alarm, state.take.recorder) if line)
    return tuple(lines)


def _misses(config: StageConfig, state: ShowState) -> Iterator[str]:
    """A margin that is too small shows the outer picture inside the film frame."""
    for camera in config.cameras:
        margin = state.cameras[camera.name].overscan.margin
        if margin.lately > MISSES_TO_TELL:
            yield (
                f"camera {camera.name} saw beyond its inner picture in {margin.lately:.0f} frames lately: "
                f"set /camera/{camera.name}/overscan_mode to follow, or raise its overscan"
            )


def _wrong_rates(config: StageConfig, state: ShowState, trackers: tuple[TrackerPlan, ...]) -> Iterator[str]:
    """A rate that is told wrongly spoils the time of every sample of a tracker without time stamps.

    Packets that are lost make it seem wrong; then those that come still follow each other at the rate's interval.
    """
    for told, tracker in zip(config.trackers, trackers, strict=True):
        heard = state.trackers[told.name]
        if told.rate_hz is None or tracker.state != "fresh" or heard.accepted < SAMPLES_FOR_A_RATE:
            continue
        rate_hz = measured_rate_hz(heard)
        if abs(rate_hz - told.rate_hz) <= RATE_TOLERANCE * told.rate_hz:
            continue
        told_ns = 1e9 / told.rate_hz
        neighbours_ns = neighbour_interval_ns(heard, told_ns)
        if rate_hz < told.rate_hz and abs(neighbours_ns - told_ns) < abs(neighbours_ns - 1e9 / rate_hz):
            lost = 1.0 - rate_hz / told.rate_hz
            yield f"tracker {told.name} loses {lost:.0%} of its packets: look at its network or cable"
        else:
            yield f"tracker {told.name} sends {rate_hz:.0f} Hz, its rate_hz says {told.rate_hz:g}: correct rate_hz"
