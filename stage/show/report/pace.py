"""How many frames a second really reach the walls, and what keeps the others from them.

Measured over whole seconds of the edges' reports on presented frames, so that a replay finds the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from stage.show.frame.inputs import Presented, Severity
from stage.show.report.tracker_health import Fault
from tracking.records import Notebook, Scalar

SPAN_NS = 1_000_000_000
SLOW_SPANS = 2
"""So many slow seconds in a row are reported: a single one may be a program that started elsewhere."""
SLOW_SHARE = 0.9
ALARMING_SHARE = 0.75
LATE_SHARE = 0.25
_DRAWING_SHARE = 0.8
_STEPPING_SHARE = 0.5


class PaceState(Notebook):
    """The second that is being measured, and the last whole one.

    `begun_ns` is when the second began (host monotonic, 0 before the first report), `frames`, `late`, `stepping_ns` and
    `drawing_ns` are sums over it. `rate_hz`, `late_share`, `step_ms` and `draw_ms` are of the last whole second, `slow`
    the number of slow ones up to it.
    """

    begun_ns: int = 0
    frames: int = 0
    late: int = 0
    stepping_ns: int = 0
    drawing_ns: int = 0
    rate_hz: float = 0.0
    late_share: float = 0.0
    step_ms: float = 0.0
    draw_ms: float = 0.0
    slow: int = 0


def note_pace(pace: PaceState, presented: Presented, configured_hz: float) -> None:
    """Counts one frame that reached the walls."""
    if pace.begun_ns == 0:
        pace.begun_ns = presented.presented_ns
        return
    left_ns = presented.left_ns or presented.stepped_ns
    pace.frames += 1
    pace.late += presented.missed
    pace.drawing_ns += max(0, presented.presented_ns - left_ns)
    pace.stepping_ns += max(0, left_ns - presented.gathered_ns) if presented.gathered_ns else 0
    span_ns = presented.presented_ns - pace.begun_ns
    if span_ns >= SPAN_NS:
        _turn(pace, span_ns, configured_hz)
        pace.begun_ns = presented.presented_ns


def forget_pace(pace: PaceState) -> None:
    """Begins to measure anew: another core presents the frames from here on."""
    pace.begun_ns = pace.frames = pace.late = pace.stepping_ns = pace.drawing_ns = pace.slow = 0


def true_rate_hz(pace: PaceState, now_ns: int) -> float:
    """Frames a second that reach the walls: of the last whole second, or of what has passed of the first one."""
    if pace.rate_hz or not pace.frames:
        return pace.rate_hz
    return pace.frames * 1e9 / max(1, now_ns - pace.begun_ns)


def pace_faults(pace: PaceState, configured_hz: float) -> Iterator[Fault]:
    """What is wrong with the pace: too few frames reach the walls, or too many of them late."""
    if pace.slow < SLOW_SPANS:
        return
    period_ms = 1000.0 / configured_hz
    values: dict[str, Scalar] = {
        "rate_hz": configured_hz,
        "true_rate_hz": pace.rate_hz,
        "late": pace.late_share,
        "period_ms": period_ms,
    }
    severity: Severity = "alarm" if pace.rate_hz < ALARMING_SHARE * configured_hz else "warning"
    code = "frames_lacking" if pace.rate_hz < SLOW_SHARE * configured_hz else "frames_late"
    yield Fault(code, severity, values | _blamed(pace, period_ms))


def _blamed(pace: PaceState, period_ms: float) -> dict[str, Scalar]:
    """The part of a frame that takes too long; where none does, frames begin late."""
    if pace.draw_ms >= _DRAWING_SHARE * period_ms and pace.draw_ms >= pace.step_ms:
        return {"why": "drawing_takes", "took_ms": pace.draw_ms}
    if pace.step_ms >= _STEPPING_SHARE * period_ms:
        return {"why": "stepping_takes", "took_ms": pace.step_ms}
    return {"why": "frames_begin_late"}


def _turn(pace: PaceState, span_ns: int, configured_hz: float) -> None:
    """Ends a second."""
    frames = pace.frames
    pace.rate_hz = frames * 1e9 / span_ns
    pace.late_share = pace.late / frames
    pace.step_ms, pace.draw_ms = pace.stepping_ns * 1e-6 / frames, pace.drawing_ns * 1e-6 / frames
    is_slow = pace.rate_hz < SLOW_SHARE * configured_hz or pace.late_share > LATE_SHARE
    pace.slow = pace.slow + 1 if is_slow else 0
    pace.frames = pace.late = pace.stepping_ns = pace.drawing_ns = 0
