"""What is wrong with a tracker: silent, refused, wrongly timed, or at another rate than its configuration says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from stage.show.frame.outcome import Severity, TrackerReport
from tracking.records import Scalar
from tracking.settings import Protocol, TrackerConfig
from tracking.timing.clock_rate import wrong_speed
from tracking.tracker.hints import is_refusing, missing_fields
from tracking.tracker.state import TrackerState, measured_rate_hz, neighbour_interval_ns

RATE_TOLERANCE = 0.1
SAMPLES_FOR_A_RATE = 120
_UNIT_FACTOR = 5.0
"""A clock that is wrong by more than this counts in another unit."""
_PACKETS: dict[Protocol, str] = {"freed": "FreeD D1", "opentrackio": "OpenTrackIO", "osc": "OSC"}


class Fault(NamedTuple):
    """Something that is wrong in this frame."""

    code: str
    severity: Severity
    values: dict[str, Scalar]


def silence_faults(
    configured: TrackerConfig, report: TrackerReport, heard: TrackerState, now_ns: int
) -> Iterator[Fault]:
    """That a tracker gives no samples at `now_ns`, and why if its packets come and cannot be used."""
    if report.state == "fresh":
        return
    refused = _refused(configured, heard, now_ns)
    severity: Severity = "warning" if report.state == "late" else "alarm"
    if report.state != "never" or refused is None:
        yield Fault(f"tracker_{report.state}", severity, {"tracker": configured.name})
    if refused is not None:
        yield Fault("tracker_refused", severity, refused)


def timing_faults(configured: TrackerConfig, heard: TrackerState) -> Iterator[Fault]:
    """What spoils the sample times of a tracker that sends: its clock, or its rate."""
    yield from _wrong_clock(configured, heard)
    yield from _wrong_rate(configured, heard)


def _refused(configured: TrackerConfig, heard: TrackerState, now_ns: int) -> dict[str, Scalar] | None:
    """The values of the fault if packets come that cannot be used; None if none come."""
    refusal = heard.refusal
    values: dict[str, Scalar] = {"tracker": configured.name, "protocol": _PACKETS[configured.protocol]}
    missing = missing_fields(heard.decoder)
    if missing and not heard.accepted:
        return values | {"count": heard.decoder.waiting, "why": "refused_incomplete", "missing": missing}
    if not refusal.since_sample or not is_refusing(heard, now_ns):
        return None
    values |= {"count": refusal.since_sample, "why": f"refused_{refusal.cause}"}
    return values | {"found": refusal.found, "expected": refusal.expected} if refusal.found else values


def _wrong_clock(configured: TrackerConfig, heard: TrackerState) -> Iterator[Fault]:
    """Time stamps that do not advance as time does are not used, and the tracker is timed less well."""
    speed = wrong_speed(heard.time.clock)
    if speed is None:
        return
    unit = not 1.0 / _UNIT_FACTOR < speed < _UNIT_FACTOR
    why = "clock_has_another_unit" if unit else "clock_has_another_rate"
    yield Fault("tracker_clock_wrong", "warning", {"tracker": configured.name, "speed": speed, "why": why})


def _wrong_rate(configured: TrackerConfig, heard: TrackerState) -> Iterator[Fault]:
    """A wrong `rate_hz` spoils the time of every sample of a tracker without time stamps.

    Packets that are lost make it seem wrong; then those that come still follow each other at the rate's interval.
    """
    if configured.rate_hz is None or heard.accepted < SAMPLES_FOR_A_RATE:
        return
    rate_hz = measured_rate_hz(heard)
    if abs(rate_hz - configured.rate_hz) <= RATE_TOLERANCE * configured.rate_hz:
        return
    configured_ns = 1e9 / configured.rate_hz
    neighbours_ns = neighbour_interval_ns(heard, configured_ns)
    nearer = abs(neighbours_ns - configured_ns) < abs(neighbours_ns - 1e9 / rate_hz)
    values: dict[str, Scalar] = {"tracker": configured.name}
    if rate_hz < configured.rate_hz and nearer:
        yield Fault("tracker_packets_lost", "warning", values | {"lost": 1.0 - rate_hz / configured.rate_hz})
    else:
        values |= {"rate_hz": rate_hz, "configured_hz": configured.rate_hz}
        yield Fault("tracker_rate_wrong", "warning", values)
