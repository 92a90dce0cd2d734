"""How hard drawing is for this machine, told from what became of earlier frames. Part of the fold. Pure."""

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


class DrawLoad(Notebook):
    """In how many parts inner pictures are drawn where the machine decides (`tiles`, 1 is whole), and why.

    `late` is the share of recent frames that drawing made late, `peak` the longest recent drawing over a slot's period,
    `calm` how many frames ago the last one was late. With a display that waits for its own clock, how long drawing
    took cannot be seen, so after `patience` calm frames fewer parts are tried; each time that fails, it is doubled.
    """

    tiles: int = 1
    late: float = 0.0
    peak: float = 0.0
    calm: int = 0
    patience: int = LEAST_PATIENCE


def note_presented(load: DrawLoad, presented: Presented, period_ns: int) -> None:
    """Takes in what became of one frame."""
    took = (presented.presented_ns - presented.stepped_ns) / period_ns
    late = presented.missed and took > LONG
    load.peak = took if took > load.peak * FADE else load.peak * FADE
    load.late += SMOOTHING * ((1.0 if late else 0.0) - load.late)
    load.calm = 0 if late else load.calm + 1
    if load.late > LATE_SHARE and load.tiles < MOST_TILES:
        _change(load, load.tiles * 2)
        load.patience = min(load.patience * 2, MOST_PATIENCE)
    elif load.tiles > 1 and (load.calm >= load.patience or (load.calm >= CALM_FRAMES and load.peak < ROOMY)):
        _change(load, load.tiles // 2)
    elif load.tiles == 1 and load.calm >= load.patience > LEAST_PATIENCE:
        load.calm, load.patience = 0, load.patience // 2


def _change(load: DrawLoad, tiles: int) -> None:
    load.tiles, load.late, load.peak, load.calm = tiles, 0.0, 0.0, 0
