"""What was lost at the edges: counted by source and cause, and reported while it is news."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from stage.show.frame.inputs import BYTES_PER_SOURCE, DATAGRAMS_PER_SOURCE, Cause, Dropped
from stage.show.frame.reading import OSC_MESSAGES_PER_SOURCE
from tracking.datagrams import MAX_CHUNKS, MAX_DATAGRAM_BYTES
from tracking.records import Notebook, Scalar

MOST_SOURCES = 64
_LONGEST_CAUSE = 200
_DISCONNECTED = "disconnected"
_OTHER = "other"
_LIMITS = {
    "over_budget": DATAGRAMS_PER_SOURCE,
    "over_bytes": BYTES_PER_SOURCE,
    "over_work": OSC_MESSAGES_PER_SOURCE,
    "too_long": MAX_DATAGRAM_BYTES,
    "overflow": MAX_CHUNKS,
}
_REOPENED = ("memory", "connections")
_TURNED = (
    "turned_connections",
    "turned_flood",
    "turned_frame_too_long",
    "turned_handshake",
    "turned_message_too_long",
    "turned_not_zeromq",
    "turned_slow",
    "turned_wrong_socket",
)
"""Clients of the control API that the gate closed."""
_REFUSED = ("turned_no_key", "turned_unknown_key", "turned_revoked_key", "turned_not_the_panel")
"""Clients that it refused: a condition says who, and here they are only counted."""
_CAUSES = (*_LIMITS, *_REOPENED, *_TURNED, *_REFUSED, "kernel", "socket")


class Loss(Notebook):
    """What one source lost for one cause: how much in all, and the frame of the last report.

    Causes that are not among the known ones are counted together as `other`; `cause` is then the newest of them.
    """

    count: int = 0
    frame: int = 0
    cause: str = ""


class Losses(Notebook):
    """By source, then by cause."""

    by_source: dict[str, dict[str, Loss]] = msgspec.field(default_factory=dict)


def note_loss(losses: Losses, dropped: Dropped, frame: int) -> None:
    """Counts one report of an edge."""
    by_source = losses.by_source
    if dropped.source not in by_source:
        while len(by_source) >= MOST_SOURCES:
            del by_source[next(iter(by_source))]
        by_source[dropped.source] = {}
    known = dropped.cause in _CAUSES or dropped.cause == _DISCONNECTED
    loss = by_source[dropped.source].setdefault(dropped.cause if known else _OTHER, Loss())
    loss.count += dropped.count
    loss.frame = frame
    loss.cause = "" if known else dropped.cause[:_LONGEST_CAUSE]


def recent_losses(losses: Losses, frame: int, recent_frames: int) -> Iterator[Cause]:
    """One for each source and cause with a report in the last frames."""
    for source, causes in losses.by_source.items():
        for cause, loss in causes.items():
            if frame - loss.frame > recent_frames or cause in _REFUSED:
                continue
            if cause == _DISCONNECTED:
                yield _disconnected(source, loss, now=loss.frame == frame)
            elif cause in _REOPENED:
                why: dict[str, Scalar] = {"source": source, "count": loss.count, "why": f"reopened_for_{cause}"}
                yield Cause(code="source_reopened", values=why)
            elif cause in _TURNED:
                yield Cause(code="clients_turned_away", values={"source": source, "count": loss.count, "why": cause})
            else:
                yield Cause(code="input_dropped", values={"source": source, "count": loss.count, **_why(cause, loss)})


def counts(losses: Losses) -> dict[str, dict[str, int]]:
    """How much was lost, by source and cause."""
    return {
        source: {cause: loss.count for cause, loss in causes.items()} for source, causes in losses.by_source.items()
    }


def _why(cause: str, loss: Loss) -> dict[str, Scalar]:
    if cause in _LIMITS:
        return {"why": f"dropped_{cause}", "most": _LIMITS[cause]}
    if cause != _OTHER:
        return {"why": f"dropped_{cause}"}
    return {"why": "dropped_other", "found": loss.cause} if loss.cause else {"why": "unknown_cause"}


def _disconnected(source: str, loss: Loss, *, now: bool) -> Cause:
    """A line that is gone is reported in every frame, so one that was not reported just now is back."""
    if now:
        return Cause(code="source_disconnected", values={"source": source})
    return Cause(code="source_back", values={"source": source, "count": loss.count})
