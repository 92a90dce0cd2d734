"""The tile governor: in how many tiles inner pictures are drawn, judged by how earlier frames were presented."""

from __future__ import annotations

from stage.show.frame.inputs import Presented
from tracking.records import Notebook

MOST_TILES = 8
LATE_SHARE = 0.1
SMOOTHING = 0.05
FADE = 0.98
LONG = 0.9
ROOMY = 0.4
CALM_FRAMES = 120
LEAST_PATIENCE = 480
MOST_PATIENCE = 36_000


class TileGovernor(Notebook):
    """In how many tiles inner pictures are drawn in mode `auto` (1 is whole), and why.

    `late` is the share of recent frames that drawing made late, `peak` the longest recent drawing over a slot's period,
    `calm` how many frames ago the last one was late. With a display that waits for its own clock the time of drawing
    is hidden, so after `patience` calm frames fewer tiles are tried; each failure doubles the patience.
    """

    tiles: int = 1
    late: float = 0.0
    peak: float = 0.0
    calm: int = 0
    patience: int = LEAST_PATIENCE


def note_presented(governor: TileGovernor, presented: Presented, period_ns: int) -> None:
    """Learns from when one frame was presented."""
    took = (presented.presented_ns - presented.stepped_ns) / period_ns
    late = presented.missed and took > LONG
    governor.peak = took if took > governor.peak * FADE else governor.peak * FADE
    governor.late += SMOOTHING * ((1.0 if late else 0.0) - governor.late)
    governor.calm = 0 if late else governor.calm + 1
    if governor.late > LATE_SHARE and governor.tiles < MOST_TILES:
        _change(governor, governor.tiles * 2)
        governor.patience = min(governor.patience * 2, MOST_PATIENCE)
    elif governor.tiles > 1 and (
        governor.calm >= governor.patience or (governor.calm >= CALM_FRAMES and governor.peak < ROOMY)
    ):
        _change(governor, governor.tiles // 2)
    elif governor.tiles == 1 and governor.calm >= governor.patience > LEAST_PATIENCE:
        governor.calm, governor.patience = 0, governor.patience // 2


def _change(governor: TileGovernor, tiles: int) -> None:
    governor.tiles, governor.late, governor.peak, governor.calm = tiles, 0.0, 0.0, 0
