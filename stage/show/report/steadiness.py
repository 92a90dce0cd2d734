"""Keeps a finding that is judged by a threshold from flickering: it stays a while, and does not alternate with another.

People read health a line at a time, and clients ring a bell at each change. A fault of such a kind is shown at once and
goes `ENDS_S` after it was seen last. It gives way to another of its kind `GIVES_WAY_S` after it was seen last, but at
once while the kind is younger than `SETTLES_S`: what was measured across a change says little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stage.show.frame.inputs import Severity
from stage.show.report.conditions import subject_key
from stage.show.report.tracker_health import Fault
from tracking.records import Notebook, Scalar

ENDS_S = 3.0
GIVES_WAY_S = 1.2
SETTLES_S = 2.0

_KINDS = {
    "tracker_rate_wrong": "rate",
    "tracker_packets_lost": "rate",
    "tracker_clock_wrong": "clock",
    "overscan_missed": "overscan",
    "frames_lacking": "pace",
    "frames_late": "pace",
    "latency_grew": "latency",
    "latency_over_budget": "latency",
    "picture_edge_in_frame": "edge",
}


class Shown(Notebook):
    """A fault as it was when it was seen last, in frame `seen`. One of its kind has been shown since frame `since`."""

    code: str
    severity: Severity
    values: dict[str, Scalar]
    since: int
    seen: int


def steadied(shown: dict[str, Shown], faults: Iterable[Fault], frame: int, rate_hz: float) -> Iterator[Fault]:
    """The faults of this frame without flicker. `shown` remembers them, by kind and subject."""
    present: dict[str, None] = {}
    for fault in faults:
        kind = _KINDS.get(fault.code)
        if kind is None:
            yield fault
            continue
        key = subject_key(kind, {name: value for name, value in fault.values.items() if name != "why"})
        present[key] = None
        before = shown.get(key)
        if before is None or _gives_way(before, fault, frame, rate_hz):
            since = frame if before is None else before.since
            before = Shown(code=fault.code, severity=fault.severity, values=fault.values, since=since, seen=frame)
            shown[key] = before
        yield Fault(before.code, before.severity, before.values)
    for key, before in tuple(shown.items()):
        if key in present:
            continue
        if frame - before.seen >= round(ENDS_S * rate_hz):
            del shown[key]
        else:
            yield Fault(before.code, before.severity, before.values)


def _gives_way(before: Shown, fault: Fault, frame: int, rate_hz: float) -> bool:
    """Whether a fault is shown instead of the one before: as its newer form, or as another that has lasted."""
    if (before.code, before.values.get("why")) == (fault.code, fault.values.get("why")):
        return True
    return frame - before.since < round(SETTLES_S * rate_hz) or frame - before.seen >= round(GIVES_WAY_S * rate_hz)
