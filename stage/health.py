"""Health as the crew reads it: one line for each thing that is wrong now. Pure."""

from __future__ import annotations

from render.plan import TrackerPlan, WallPlan
from stage.state import ShowState

_TRACKER_LINES = {
    "late": "tracker {0} is late: packets are missing, its pose is predicted",
    "lost": "tracker {0} is lost: its last pose is held",
    "never": "tracker {0} has sent nothing yet: check its address with `stage listen`",
}


def health_of(state: ShowState, trackers: tuple[TrackerPlan, ...], walls: tuple[WallPlan, ...]) -> tuple[str, ...]:
    """The present faults, most urgent kind first; empty when all is well."""
    lines = [_TRACKER_LINES[tracker.state].format(tracker.name) for tracker in trackers if tracker.state != "fresh"]
    lines.extend(f"wall {wall.name} holds its last picture: {wall.hold}" for wall in walls if wall.hold)
    if state.take.alarm:
        lines.append(state.take.alarm)
    return tuple(lines)
