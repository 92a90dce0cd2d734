"""What a monitoring system reads: the newest status and this process's own counts, in the format of Prometheus.

It is made when it is asked for, from what has come with the telemetry. Neither the loop nor the core takes part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

_TAKE_STATES = ("idle", "starting", "recording")
_SEVERITIES = ("note", "warning", "alarm")
_TRACKER_STATES = ("fresh", "late", "lost", "never")
_OWN_COUNTS: tuple[tuple[str, str], ...] = (
    ("refused", "Requests that were refused before they reached the stage."),
    ("connections_ended", "Connections that were turned away or cut off."),
    ("asked", "Requests that were passed on to the stage, and what became of them."),
)


class StageCollector(Collector):
    """Makes the metrics of a stage from its `newest` status and the `load` of its edge.

    `counts` are this process's own, by group and cause; `numbers` by name.
    """

    def __init__(
        self,
        newest: Callable[[], Mapping[str, Any] | None],
        load: Callable[[], Mapping[str, Mapping[str, int]]],
        counts: Callable[[], Mapping[str, Mapping[str, int]]],
        numbers: Callable[[], Mapping[str, float]],
    ) -> None:
        self._newest = newest
        self._load = load
        self._counts = counts
        self._numbers = numbers

    def collect(self) -> Iterator[Metric]:
        """Every metric; those of the stage only while it sends its status."""
        status = self._newest()
        yield _gauge("openstage_up", "Whether the stage sends its status.", status is not None)
        yield from self._own()
        if status is not None:
            yield from _frames(status)
            yield from _trackers(status["trackers"])
            yield from _losses(status)
            yield from _state(status)
            yield from _load(self._load())

    def _own(self) -> Iterator[Metric]:
        for group, meaning in _OWN_COUNTS:
            yield _counted(f"openstage_web_{group}", meaning, ("cause",), _by_cause(self._counts().get(group, {})))
        for name, value in self._numbers().items():
            yield _gauge(f"openstage_web_{name}", f"The web process's {name.replace('_', ' ')} now.", value)


def metrics_of(collector: Collector) -> Callable[[], tuple[bytes, str]]:
    """What makes the text of the metrics, with its media type."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    return lambda: (generate_latest(registry), CONTENT_TYPE_LATEST)


def _frames(status: Mapping[str, Any]) -> Iterator[Metric]:
    yield _counted("openstage_frames", "Frames since the first.", (), [((), status["frame"])])
    yield _counted("openstage_missed_frames", "Frames that came late.", (), [((), status["missed"])])
    yield _gauge("openstage_frame_rate_configured_hertz", "Frames a second as configured.", status["rate_hz"])
    yield _gauge("openstage_frame_rate_hertz", "Frames a second that reach the walls.", status["true_rate_hz"])
    if status["true_rate_hz"] > 0.0:
        yield _gauge("openstage_frame_seconds", "Time between frames on the walls.", 1.0 / status["true_rate_hz"])
    yield _gauge("openstage_frame_lateness_seconds", "How late the newest frame was.", status["lateness_ms"] / 1e3)
    yield _parts(status.get("frame_parts", {}))
    latency = GaugeMetricFamily(
        "openstage_latency_seconds", "Time from a sample to the wall's light.", labels=("stage", "quantile")
    )
    for stage, one in status["latency"].items():
        for quantile, key in (("0.5", "p50_ms"), ("0.99", "p99_ms")):
            if one.get(key) is not None:
                latency.add_metric((stage, quantile), one[key] / 1e3)
    yield latency


def _parts(parts: Mapping[str, Mapping[str, Any]]) -> Metric:
    """How long frames took over each part of them, as a histogram that begins anew with each core."""
    family = HistogramMetricFamily(
        "openstage_frame_part_seconds",
        "Time of the parts of a frame; whole is from the start of its slot until it was presented.",
        labels=("part",),
    )
    for name, one in parts.items():
        bounds = [*(f"{bound / 1e3:g}" for bound in one["bounds_ms"]), "+Inf"]
        family.add_metric((name,), list(zip(bounds, accumulate(one["counts"]), strict=True)), one["sum_ms"] / 1e3)
    return family


def _trackers(trackers: Mapping[str, Mapping[str, Any]]) -> Iterator[Metric]:
    age = GaugeMetricFamily("openstage_tracker_age_seconds", "Age of the newest packet.", labels=("tracker",))
    rate = GaugeMetricFamily("openstage_tracker_rate_hertz", "Packets a second.", labels=("tracker",))
    jitter = GaugeMetricFamily("openstage_tracker_jitter_seconds", "Jitter of the packets.", labels=("tracker",))
    for name, one in trackers.items():
        if one["age_ms"] is not None:
            age.add_metric((name,), one["age_ms"] / 1e3)
        rate.add_metric((name,), one["rate_hz"])
        jitter.add_metric((name,), one["jitter_ms"] / 1e3)
    yield from (age, rate, jitter)
    states = [((name, state), one["state"] == state) for name, one in trackers.items() for state in _TRACKER_STATES]
    yield _flags("openstage_tracker_state", "The tracker's state: one is 1.", ("tracker", "state"), states)
    yield _counted(
        "openstage_tracker_packets",
        "Packets used.",
        ("tracker",),
        [((n,), one["accepted"]) for n, one in trackers.items()],
    )
    rejected = [((name, cause), count) for name, one in trackers.items() for cause, count in one["rejected"].items()]
    yield _counted("openstage_tracker_rejected_packets", "Packets not used.", ("tracker", "cause"), rejected)


def _losses(status: Mapping[str, Any]) -> Iterator[Metric]:
    lost = [((source, cause), n) for source, causes in status["dropped"].items() for cause, n in causes.items()]
    yield _counted("openstage_dropped_inputs", "Inputs lost before anything read them.", ("source", "cause"), lost)
    cameras = status["cameras"].items()
    misses = [((name,), one["missed"]) for name, one in cameras]
    yield _counted("openstage_overscan_missed_frames", "Frames whose overscan was too small.", ("camera",), misses)


def _load(load: Mapping[str, Mapping[str, int]]) -> Iterator[Metric]:
    waiting = _by_cause(load.get("waiting", {}))
    yield _flags("openstage_queue_depth", "Requests that wait in the core.", ("queue",), waiting)
    counts = _by_cause(load.get("counts", {}))
    yield _counted("openstage_control_refused", "Requests that were refused or lost, by code.", ("code",), counts)


def _state(status: Mapping[str, Any]) -> Iterator[Metric]:
    states = [((state,), status["take"]["state"] == state) for state in _TAKE_STATES]
    yield _flags("openstage_take_state", "The take's state: one is 1.", ("state",), states)
    counts = [
        ((severity,), sum(one["severity"] == severity for one in status["health_codes"])) for severity in _SEVERITIES
    ]
    yield _flags("openstage_findings", "What is wrong now.", ("severity",), counts)
    held = [((wall,), one["held"]) for wall, one in status["walls"].items()]
    yield _flags("openstage_wall_held", "Whether a wall holds an earlier picture.", ("wall",), held)


_Rows = Iterable[tuple[tuple[str, ...], float]]


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=float(value))


def _flags(name: str, meaning: str, labels: tuple[str, ...], rows: _Rows) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=labels)
    for row, value in rows:
        family.add_metric(row, float(value))
    return family


def _counted(name: str, meaning: str, labels: tuple[str, ...], rows: _Rows) -> Metric:
    family = CounterMetricFamily(name, meaning, labels=labels)
    for row, value in rows:
        family.add_metric(row, float(value))
    return family


def _by_cause(counts: Mapping[str, int]) -> _Rows:
    return [((cause,), float(count)) for cause, count in counts.items()]
