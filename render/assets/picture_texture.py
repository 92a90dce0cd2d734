"""How fine a picture is, and whether its gradients are steps: from whole rows and columns of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.float32]

_REACH = 8
"""Pixels over which an edge is looked at: one that is wider is not told from a gradient."""
_CONTRAST = 0.08
_SHARPEST = 0.2
_ENOUGH_EDGES = 50
_LONG, _LONGEST = 4, 0.25
"""Pixels of one value, and share of a line, that are a band."""
_STEP = (0.004, 0.08)
_BLACK = 0.002


def finest_detail_px(across: Pixels, down: Pixels) -> float:
    """How many pixels wide the sharpest edges are, from lines of light (lines, pixels); 0 where there are no edges."""
    widths = np.concatenate([_edge_widths(across), _edge_widths(down)])
    return float(np.quantile(widths, _SHARPEST)) if len(widths) >= _ENOUGH_EDGES else 0.0


def _edge_widths(lines: Pixels) -> Pixels:
    """How far the light of each strong edge would take to change at its steepest pace."""
    if lines.shape[1] <= _REACH:
        return np.zeros(0, dtype=np.float32)
    codes = np.sqrt(np.clip(lines, 0.0, 1.0))
    change = np.abs(codes[:, _REACH:] - codes[:, :-_REACH])
    pace = np.abs(np.diff(codes, axis=1))
    steepest = np.lib.stride_tricks.sliding_window_view(pace, _REACH, axis=1).max(-1)
    strong = change >= max(_CONTRAST, float(np.quantile(change, 0.98)))
    return np.asarray(change[strong] / np.maximum(steepest[strong], 1e-6), dtype=np.float32)


def bands_share(lines: Pixels) -> float:
    """The share of lines of light (lines, pixels) that lies in runs of one value between small steps."""
    banded = sum(_banded(line) for line in lines)
    return banded / max(lines.size, 1)


def _banded(line: Pixels) -> int:
    """How many pixels of a line are in bands."""
    ends = np.flatnonzero(np.diff(line))
    if len(ends) < 2:
        return 0
    lengths = np.diff(ends)
    before, at, after = line[ends[:-1]], line[ends[1:]], line[np.minimum(ends[1:] + 1, len(line) - 1)]
    small = [(np.abs(at - other) / np.maximum(at, _BLACK)) for other in (before, after)]
    is_band = (lengths >= _LONG) & (lengths <= _LONGEST * len(line)) & (at > _BLACK)
    for step in small:
        is_band &= (step >= _STEP[0]) & (step <= _STEP[1])
    return int(lengths[is_band].sum())
