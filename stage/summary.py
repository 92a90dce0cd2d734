"""The JSON lines that `run` and `demo` print: first "ready", last "summary"."""

from __future__ import annotations

import sys

import msgspec

from stage.timing import LoopTimes, Spread
from tracking.records import Record


class ReadyEvent(Record, tag="ready", tag_field="event"):
    """The stage serves: where to control it, where to look at it, and the core's process id."""

    control: str
    panel: str | None
    pid: int


class SummaryEvent(Record, tag="summary", tag_field="event"):
    """How a run went. `missed` frames were presented later than their slot plus a period (`missed_causes`);
    `skipped_causes` counts the slots that were not served at all. Causes are the part of the loop that took the time.
    """

    frames: int
    seconds: float
    missed: int
    missed_causes: dict[str, int]
    skipped_causes: dict[str, int]
    lateness_ms: Spread
    cpu_ms: Spread
    packets: dict[str, int]
    take: str | None


class PanelEvent(Record, tag="panel", tag_field="event"):
    """The preview page serves."""

    url: str


Event = ReadyEvent | SummaryEvent | PanelEvent


def print_event(event: Event) -> None:
    """One JSON line on standard output, at once."""
    sys.stdout.write(msgspec.json.encode(event).decode() + "\n")
    sys.stdout.flush()


def summary_of(times: LoopTimes, *, seconds: float, packets: dict[str, int], take: str | None) -> SummaryEvent:
    """The figures of a finished run."""
    return SummaryEvent(
        frames=times.frames,
        seconds=seconds,
        missed=times.missed,
        missed_causes=times.missed_causes,
        skipped_causes=times.skipped_causes,
        lateness_ms=times.lateness(),
        cpu_ms=times.cpu(),
        packets=packets,
        take=take,
    )
