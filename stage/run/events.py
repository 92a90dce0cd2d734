"""The JSON lines that `run` and `demo` print, one event a line: "ready" first, "summary" last.

The processes of a run report to their supervisor in the same way.
"""

from __future__ import annotations

import msgspec

from stage.run.terminal import print_line
from tracking.records import Record


class Spread(Record):
    """Median, 99th percentile and maximum of what a run measured in each frame, in milliseconds."""

    p50: float
    p99: float
    max: float


class ReadyEvent(Record, tag="ready", tag_field="event"):
    """The stage is running: its control endpoint, the preview page's address, and the core's process id."""

    control: str
    panel: str | None
    pid: int


class SummaryEvent(Record, tag="summary", tag_field="event"):
    """How a run went.

    `missed` frames were presented later than their slot plus a period; `missed_causes` names the part of the loop that
    took the time. `skipped_causes` does the same for slots that were not served at all. `packets` counts the accepted
    packets of each tracker, `take` is the path of the run's last take.
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
    """The page is being served. `invitation` are lines for the terminal by which a tablet can be paired."""

    url: str
    invitation: str = ""


class NoticeEvent(Record, tag="notice", tag_field="event"):
    """A line for the user, from a process that must not wait for the user's terminal."""

    text: str


class AliveEvent(Record, tag="alive", tag_field="event"):
    """A helper process works and does not hang. Once it has said so, it has to go on saying it."""

    name: str


class WantedEvent(Record, tag="wanted", tag_field="event"):
    """The core wants a helper process that is started only where there is work for it."""

    name: str


Event = ReadyEvent | SummaryEvent | PanelEvent | NoticeEvent | AliveEvent | WantedEvent


def print_event(event: Event) -> None:
    """One JSON line on standard output, at once."""
    print_line(msgspec.json.encode(event).decode())
