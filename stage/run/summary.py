"""The JSON lines that `run` and `demo` print: first "ready", last "summary"."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec

from stage.live.timing import LoopTimes, Spread
from stage.run.checkpoint import read_last_look
from stage.run.console import print_line
from stage.show.state import ShowState, decode_state
from stage.takes.records import UNDECODABLE
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
    print_line(msgspec.json.encode(event).decode())


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


def summary_of_look(path: Path, seconds: float) -> SummaryEvent:
    """What the last look of a core that is no more tells of its run.

    Figures that died with it are not numbers, null in JSON.
    """
    state = _last_state(path)
    unknown = Spread(p50=math.nan, p99=math.nan, max=math.nan)
    return SummaryEvent(
        frames=0 if state is None else state.frame + 1,
        seconds=seconds,
        missed=0 if state is None else state.missed,
        missed_causes={},
        skipped_causes={},
        lateness_ms=unknown,
        cpu_ms=unknown,
        packets={} if state is None else {name: tracker.accepted for name, tracker in state.trackers.items()},
        take=None if state is None else state.take.path or None,
    )


def _last_state(path: Path) -> ShowState | None:
    try:
        encoded = read_last_look(path)
        return None if encoded is None else decode_state(encoded)
    except (OSError, *UNDECODABLE):
        return None
