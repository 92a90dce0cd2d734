"""What was lost at the edges: counted by source and cause, and told in words while it is news. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from stage.show.frame.inputs import DATAGRAMS_PER_SOURCE, Dropped
from tracking.datagrams import MAX_CHUNKS, MAX_DATAGRAM_BYTES
from tracking.records import Notebook

MOST_SOURCES = 64
_LONGEST_CAUSE = 200
_DISCONNECTED = "disconnected"
_OTHER = "other"
_CAUSES = {
    "over_budget": f"flood: more than {DATAGRAMS_PER_SOURCE} packets a frame",
    "too_long": f"longer than {MAX_DATAGRAM_BYTES} bytes",
    "kernel": "the receive buffer was full",
    "socket": "the socket could not be read",
    "overflow": f"more than {MAX_CHUNKS} pieces of a serial line waited",
}


class Loss(Notebook):
    """What one source lost by one cause: how much in all, and the frame in which it was last told.

    `cause` is the newest one in words where it is none of the known ones, which are all counted as `other`.
    """

    count: int = 0
    frame: int = 0
    cause: str = ""


class Losses(Notebook):
    """By source, then by cause."""

    by_source: dict[str, dict[str, Loss]] = msgspec.field(default_factory=dict)


def note_loss(losses: Losses, dropped: Dropped, frame: int) -> None:
    """Takes in one report of the edge."""
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


def loss_lines(losses: Losses, frame: int, recent_frames: int) -> Iterator[str]:
    """One line for each source and cause of which something was told in the last frames."""
    for source, causes in losses.by_source.items():
        for cause, loss in causes.items():
            if frame - loss.frame > recent_frames:
                continue
            if cause == _DISCONNECTED:
                yield _disconnected(source, loss, now=loss.frame == frame)
            else:
                why = _CAUSES.get(cause) or loss.cause or "no cause was told"
                yield f"{source}: {loss.count} dropped since the start, the newest just now ({why})"


def counts(losses: Losses) -> dict[str, dict[str, int]]:
    """How much was lost, by source and cause."""
    return {
        source: {cause: loss.count for cause, loss in causes.items()} for source, causes in losses.by_source.items()
    }


def _disconnected(source: str, loss: Loss, *, now: bool) -> str:
    """A line that is gone is reported in every frame, so what was not told just now is back."""
    if now:
        return f"{source} is disconnected: look at its cable; it is tried again twice a second"
    return f"{source} is back; it was disconnected {loss.count} times since the start"
