"""Are the times plausible: of walls, of trackers, and their sum? Pure."""

from __future__ import annotations

from collections.abc import Iterator

from stage.config.findings import Finding
from stage.config.survey.sheet import latency_ms
from stage.config.survey.survey import Survey

SHORTEST_WALL_MS = 1.0
SHORTEST_DELAY_MS = 0.25
SHORTEST_BUDGET_MS = 2.0
LONGEST_MS = 500.0


def wall_latencies(survey: Survey) -> Iterator[Finding]:
    """A wall faster than any processor, or slower."""
    for one in survey.walls:
        yield from _judged(f"{one.key}.latency_ms", one.wall.latency_ms, SHORTEST_WALL_MS)


def tracker_delays(survey: Survey) -> Iterator[Finding]:
    """A tracker faster than a packet's way, or slower than one can work with."""
    for key, tracker in survey.trackers():
        yield from _judged(f"{key}.delay_ms", tracker.delay_ms, SHORTEST_DELAY_MS)


def budget_too_small(survey: Survey) -> Iterator[Finding]:
    """A budget in seconds, or one that the configured times exceed already."""
    budget = survey.config.stage.latency_budget_ms
    if budget is None:
        return
    if budget < SHORTEST_BUDGET_MS:
        cure = f"written in seconds? In milliseconds it is {budget * 1000.0:g}"
        yield Finding("stage.latency_budget_ms", f"found {budget:g} ms: {cure}")
        return
    plausible = [one.wall for one in survey.walls if one.wall.latency_ms <= LONGEST_MS]
    cameras = [camera for camera in survey.config.cameras if camera.tracker is not None and not camera.parked]
    sums = [
        (latency_ms(survey, camera, wall.latency_ms), camera.name, wall.name)
        for camera in cameras
        for wall in plausible
    ]
    longest, camera, wall = max(sums, default=(0.0, "", ""))
    if budget < longest <= LONGEST_MS:
        found = f"found {budget:g} ms, but camera {camera!r} on wall {wall!r} needs {longest:.1f} ms"
        yield Finding("stage.latency_budget_ms", f"{found}: health would warn from the start")


def _judged(key: str, found_ms: float, shortest_ms: float) -> Iterator[Finding]:
    if 0.0 < found_ms < shortest_ms:
        cure = f"written in seconds? In milliseconds it is {found_ms * 1000.0:g}"
        yield Finding(key, f"found {found_ms:g} ms, shorter than any device: {cure}")
    elif found_ms > LONGEST_MS:
        cure = (
            f"written in microseconds? In milliseconds it is {found_ms / 1000.0:g}"
            if found_ms >= 1000.0
            else "measure it"
        )
        yield Finding(key, f"found {found_ms:g} ms, more than {LONGEST_MS:g}: {cure}")


LATENCY_RULES = (wall_latencies, tracker_delays, budget_too_small)
