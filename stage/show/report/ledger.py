"""The latency ledger: where the time from a tracker's sample to the wall's light goes, stage by stage.

A frame's account is opened when it is planned (sample, received, light) and closed when it is reported presented
(drained, stepped, drawn, presented). Each stage keeps two spans of ten seconds as histograms, so memory is fixed
and percentiles are those of the last ten to twenty seconds.
"""

from __future__ import annotations

import math

import msgspec

from stage.show.frame.inputs import Cause, Presented
from tracking.records import Evolving, Notebook, Scalar

STAGES = (
    "sample_to_received",
    "received_to_drained",
    "drained_to_stepped",
    "stepped_to_drawn",
    "drawn_to_presented",
    "presented_to_light",
)
TOTAL = "sample_to_light"
FOLLOWED = "light_to_lights"
"""From a wall's light to the lights that follow it: how late what has reached them is known."""

SPAN_S = 10.0
SETTLE_S = 2.0
LATELY_S = 2.0
MOST_ACCOUNTS = 64
_FIRST_BIN_MS = 0.02
_PER_BIN = math.log(1.1)
_BINS = 128
# How far the sum may exceed the usual one before it counts as grown: by a share of it, and by part of a frame.
GROWN_SHARE = 0.25
GROWN_MS = 4.0


class Account(Evolving):
    """A planned frame: when its newest sample was taken and received, when the frame is due, and when its light leaves
    the wall then (host monotonic).
    """

    frame: int
    sample_ns: int
    received_ns: int
    present_ns: int
    light_ns: int


class StageTimes(Notebook):
    """One stage's milliseconds: counts by size over this span and the one before, the mean of the last two seconds,
    and what was usual in the first span (None until then).
    """

    counts: list[int] = msgspec.field(default_factory=lambda: [0] * _BINS)
    before: list[int] = msgspec.field(default_factory=lambda: [0] * _BINS)
    lately_ms: float = 0.0
    usual_ms: float | None = None


class LedgerState(Notebook):
    """The open accounts, and the statistics of the closed ones."""

    open: list[Account] = msgspec.field(default_factory=list)
    stages: dict[str, StageTimes] = msgspec.field(
        default_factory=lambda: {name: StageTimes() for name in (*STAGES, TOTAL)}
    )
    closed: int = 0
    in_span: int = 0


class Percentiles(Evolving):
    """A stage's milliseconds over the last ten to twenty seconds, and what was usual at the beginning."""

    p50_ms: float
    p99_ms: float
    usual_ms: float | None = None


class Ledger:
    """Keeps the accounts of a show at its frame rate."""

    def __init__(self, rate_hz: float) -> None:
        self._span = max(1, round(SPAN_S * rate_hz))
        self._frame_ms = 1000.0 / rate_hz
        self._settle = round(SETTLE_S * rate_hz)
        self._follow = 1.0 - math.exp(-1.0 / (LATELY_S * rate_hz))

    def open(self, state: LedgerState, account: Account) -> None:
        """Opens a frame's account."""
        state.open.append(account)
        if len(state.open) > MOST_ACCOUNTS:
            del state.open[0]

    def close(self, state: LedgerState, seen: Presented) -> None:
        """Closes the account of a frame that was presented; a late one's light is late too.

        Accounts of earlier frames will never be closed. The first two seconds are left out.
        """
        while state.open and state.open[0].frame < seen.frame:
            del state.open[0]
        if not state.open or state.open[0].frame != seen.frame or seen.gathered_ns == 0:
            return
        account = state.open.pop(0)
        late_ns = max(0, seen.presented_ns - account.present_ns)
        light_ns = account.light_ns + late_ns
        marks = (
            account.sample_ns,
            account.received_ns,
            seen.gathered_ns,
            seen.stepped_ns,
            seen.drawn_ns,
            seen.presented_ns,
            light_ns,
        )
        state.closed += 1
        if state.closed <= self._settle:
            return
        self._turn_page(state)
        for index, name in enumerate(STAGES):
            self._note(state.stages[name], (marks[index + 1] - marks[index]) * 1e-6)
        self._note(state.stages[TOTAL], (light_ns - account.sample_ns) * 1e-6)

    def note_followed(self, state: LedgerState, frames: int) -> None:
        """Notes how many frames passed from a wall's light until it was known what of it reaches the lights."""
        self._note(state.stages.setdefault(FOLLOWED, StageTimes()), frames * self._frame_ms)

    def _note(self, times: StageTimes, took_ms: float) -> None:
        times.counts[_bin_of(took_ms)] += 1
        fresh = times.lately_ms == 0.0
        times.lately_ms = took_ms if fresh else times.lately_ms + (took_ms - times.lately_ms) * self._follow

    def _turn_page(self, state: LedgerState) -> None:
        """Begins a new span when one is full; the first one sets what is usual."""
        if state.in_span < self._span:
            state.in_span += 1
            return
        state.in_span = 1
        for times in state.stages.values():
            if times.usual_ms is None:
                times.usual_ms = _percentile(times.counts, times.before, 0.5)
            times.before, times.counts = times.counts, [0] * _BINS


def alarm(state: LedgerState, budget_ms: float | None) -> Cause | None:
    """The alarm when the sum exceeds its budget (None: what was usual at first), with the stage that grew."""
    total = state.stages[TOTAL]
    values: dict[str, Scalar] = {"latency_ms": total.lately_ms}
    if budget_ms is not None:
        if total.lately_ms <= budget_ms:
            return None
        return Cause(code="latency_over_budget", values=values | {"budget_ms": budget_ms, **_grown(state)})
    usual_ms = total.usual_ms
    if usual_ms is None or total.lately_ms <= usual_ms * (1.0 + GROWN_SHARE) + GROWN_MS:
        return None
    return Cause(code="latency_grew", values=values | {"usual_ms": usual_ms, **_grown(state)})


def percentiles(state: LedgerState) -> dict[str, Percentiles]:
    """Median and 99th percentile of each stage and of the sum; empty before any frame was accounted for.

    `FOLLOWED` is no part of the sum, and there from the first light on that has reached a light.
    """
    accounted = any(state.stages[TOTAL].counts) or any(state.stages[TOTAL].before)
    return {
        name: Percentiles(
            p50_ms=_percentile(times.counts, times.before, 0.5),
            p99_ms=_percentile(times.counts, times.before, 0.99),
            usual_ms=times.usual_ms,
        )
        for name, times in state.stages.items()
        if accounted or name == FOLLOWED
    }


def _grown(state: LedgerState) -> dict[str, Scalar]:
    """The stage that grew most since the first span; before its end, the longest."""
    grown, by_ms = STAGES[0], -math.inf
    for name in STAGES:
        times = state.stages[name]
        growth_ms = times.lately_ms - (times.usual_ms or 0.0)
        if growth_ms > by_ms:
            grown, by_ms = name, growth_ms
    times = state.stages[grown]
    values: dict[str, Scalar] = {"stage": grown, "stage_ms": times.lately_ms}
    if times.usual_ms is None:
        return values | {"why": "stage_is_longest"}
    return values | {"why": "stage_grew", "stage_usual_ms": times.usual_ms}


def _bin_of(took_ms: float) -> int:
    """Bins grow by a tenth each; the first holds everything up to 20 microseconds, the last the rest."""
    if took_ms <= _FIRST_BIN_MS:
        return 0
    return min(_BINS - 1, 1 + int(math.log(took_ms / _FIRST_BIN_MS) / _PER_BIN))


def _percentile(counts: list[int], before: list[int], share: float) -> float:
    """The middle of the bin in which this share of all counts is reached, milliseconds."""
    wanted = share * (sum(counts) + sum(before))
    reached = 0
    for index in range(_BINS):
        reached += counts[index] + before[index]
        if reached >= wanted:
            return _FIRST_BIN_MS * math.exp(_PER_BIN * (index - 0.5)) if index else 0.0
    return _FIRST_BIN_MS * math.exp(_PER_BIN * _BINS)
