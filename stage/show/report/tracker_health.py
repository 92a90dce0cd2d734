"""What is wrong with a tracker: silent, refused, wrongly timed, or at another rate than its configuration says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from stage.show.frame.inputs import Cause, Severity
from stage.show.frame.outcome import TrackerReport
from tracking.records import Scalar
from tracking.settings import Protocol, TrackerConfig
from tracking.timing.clock_rate import wrong_speed
from tracking.tracker.hints import hints_at, is_refusing, missing_fields
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
    """That a tracker which is not fresh gives no samples, and why if its packets come and cannot be used."""
    refused = _refused(configured, heard, now_ns)
    severity: Severity = "warning" if report.state == "late" else "alarm"
    if report.state != "never" or refused is None:
        yield Fault(f"tracker_{report.state}", severity, {"tracker": configured.name})
    if refused is not None:
        yield Fault("tracker_refused", severity, refused)


def tracker_hints(protocol: Protocol, heard: TrackerState, now_ns: int) -> tuple[Cause, ...]:
    """What a tracker's status hints at, as codes with values."""
    packets: dict[str, Scalar] = {"protocol": _PACKETS[protocol]}
    return tuple(Cause(code=hint.code, values=packets | hint.values) for hint in hints_at(heard, now_ns))


def timing_faults(
    trackers: Iterable[TrackerConfig], reports: Iterable[TrackerReport], heard: Mapping[str, TrackerState]
) -> Iterator[Fault]:
    """What spoils the sample times of trackers that send: a wrong clock, whose stamps are not used, or a wrong rate."""
    for configured, report in zip(trackers, reports, strict=True):
        if report.state != "fresh":
            continue
        state, expected_hz = heard[configured.name], configured.rate_hz
        speed = wrong_speed(state.time.clock)
        if speed is not None:
            yield _wrong_clock(configured.name, speed)
        if expected_hz is not None and state.accepted >= SAMPLES_FOR_A_RATE:
            rate_hz = measured_rate_hz(state)
            if abs(rate_hz - expected_hz) > RATE_TOLERANCE * expected_hz:
                yield _wrong_rate(configured.name, state, rate_hz, expected_hz)


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
    return values | {"found": refusal.found, "expected": refusal.expected} if refusal.cause == "id" else values


def _wrong_clock(tracker: str, speed: float) -> Fault:
    unit = not 1.0 / _UNIT_FACTOR < speed < _UNIT_FACTOR
    why = "clock_has_another_unit" if unit else "clock_has_another_rate"
    return Fault("tracker_clock_wrong", "warning", {"tracker": tracker, "speed": speed, "why": why})


def _wrong_rate(tracker: str, heard: TrackerState, rate_hz: float, configured_hz: float) -> Fault:
    """A wrong `rate_hz` spoils the time of every sample of a tracker without time stamps.

    Packets that are lost make it seem wrong; then those that come still follow each other at the rate's interval.
    """
    configured_ns = 1e9 / configured_hz
    neighbours_ns = neighbour_interval_ns(heard, configured_ns)
    nearer = abs(neighbours_ns - configured_ns) < abs(neighbours_ns - 1e9 / rate_hz)
    if rate_hz < configured_hz and nearer:
        lost = 1.0 - rate_hz / configured_hz
        return Fault("tracker_packets_lost", "warning", {"tracker": tracker, "lost": lost})
    values: dict[str, Scalar] = {"tracker": tracker, "rate_hz": rate_hz, "configured_hz": configured_hz}
    return Fault("tracker_rate_wrong", "warning", values)
