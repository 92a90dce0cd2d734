"""The drawings of the page: lines and outlines as SVG, maps as PNG, all inline."""

from __future__ import annotations

import base64
import io
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from stage.verify.errors import Errors

Array = npt.NDArray[np.float64]

WIDTH, HEIGHT = 900, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 12, 26, 34
COLOURS = {"hold": "#d1495b", "predict": "#00798c", "still": "#7a5195"}
# From dark blue through green to yellow, each step lighter than the one before, so that it also works in grey.
_SCALE = np.array([[38, 24, 74], [48, 76, 138], [36, 128, 142], [62, 178, 118], [176, 214, 64], [253, 231, 60]])
_NOTHING = (232, 232, 236)
LOWEST_PX, HIGHEST_PX = 1e-5, 1e2
_PAUSE_S = 0.4


class Line(NamedTuple):
    """One series over seconds of motion; `marks_s` are the times of inner misses."""

    name: str
    times_s: list[float]
    values_px: list[float]
    marks_s: list[float]


def over_time(lines: list[Line]) -> str:
    """Errors over time on a logarithmic scale, as SVG. A column with several moments shows the largest error."""
    end_s = max((seconds[-1] for line in lines for seconds in (line.times_s, line.marks_s) if seconds), default=1.0)
    values = np.array([value for line in lines for value in line.values_px if value > 0.0] or [1.0])
    low, high = _decades(float(values.min()), float(values.max()))
    parts = [_decade_lines(low, high), _time_marks(end_s)]
    parts += [_polyline(line, end_s, low, high) for line in lines]
    parts += [_miss_marks(line, end_s, row) for row, line in enumerate(lines)]
    return _svg(parts, [line.name for line in lines], "seconds of motion", "median error, film px")


def distribution(errors: dict[str, Errors]) -> str:
    """The share of film pixels by error, each series as an outline over a logarithmic scale, as SVG."""
    columns = 120
    low, high = np.log10(LOWEST_PX), np.log10(HIGHEST_PX)
    shares = {name: series.distribution(LOWEST_PX, HIGHEST_PX, columns) for name, series in errors.items()}
    tallest = max((share for row in shares.values() for share in row), default=0.0) or 1.0
    parts = []
    for decade in range(round(low), round(high) + 1):
        x = _across((decade - low) / (high - low))
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{HEIGHT - _BOTTOM}"/>')
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - _BOTTOM + 15}" text-anchor="middle">{10.0**decade:g}</text>')
    for name, row in shares.items():
        points = " ".join(
            f"{_across((column + side) / columns):.1f},{_down(share / tallest):.1f}"
            for column, share in enumerate(row)
            for side in (0, 1)
        )
        colour = COLOURS[name]
        parts.append(
            f'<polygon points="{_across(0):.1f},{_down(0):.1f} {points} {_across(1):.1f},{_down(0):.1f}" '
            f'fill="{colour}" fill-opacity="0.25" stroke="{colour}" stroke-width="1.5"/>'
        )
    return _svg(parts, list(shares), "error, film px", "share of film pixels")


def map_picture(means: Array, low_px: float, high_px: float) -> str:
    """A map (rows, columns) as a PNG data URL: errors on a logarithmic colour scale, grey where there are none."""
    known = np.isfinite(means)
    span = np.log10(high_px) - np.log10(low_px)
    share = (np.log10(np.where(known, np.maximum(means, 1e-12), low_px)) - np.log10(low_px)) / span
    pixels = _coloured(np.clip(share, 0.0, 1.0))
    pixels[~known] = _NOTHING
    return _png(pixels)


def scale_picture() -> str:
    """The colours from low to high as a PNG data URL."""
    return _png(_coloured(np.linspace(0.0, 1.0, 128)[None, :]))


def _coloured(share: Array) -> npt.NDArray[np.uint8]:
    place = share * (len(_SCALE) - 1)
    channels = [np.interp(place, np.arange(len(_SCALE)), _SCALE[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def _png(pixels: npt.NDArray[np.uint8]) -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def _decades(smallest: float, largest: float) -> tuple[int, int]:
    low = max(-6, int(np.floor(np.log10(max(smallest, 1e-6)))))
    return low, max(low + 1, int(np.ceil(np.log10(max(largest, 1e-6)))))


def _decade_lines(low: int, high: int) -> str:
    parts = []
    for decade in range(low, high + 1):
        y = _down((decade - low) / (high - low))
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**decade:g}</text>')
    return "".join(parts)


def _time_marks(end_s: float) -> str:
    step = next((step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500) if end_s / step <= 12), 1000)
    return "".join(
        f'<text x="{_across(second / end_s):.1f}" y="{HEIGHT - _BOTTOM + 15}" text-anchor="middle">{second}</text>'
        for second in range(0, int(end_s) + 1, step)
    )


def _miss_marks(line: Line, end_s: float, row: int) -> str:
    """A tick below the upper edge for every column with a miss, with a row for each series."""
    columns = sorted({int(time_s / end_s * (WIDTH - _LEFT - _RIGHT)) for time_s in line.marks_s})
    top = _TOP + 9 * row
    path = "".join(f"M{_LEFT + column} {top}v7" for column in columns)
    return f'<path d="{path}" stroke="{COLOURS[line.name]}" stroke-width="1.6"/>' if path else ""


def _polyline(line: Line, end_s: float, low: int, high: int) -> str:
    """The line, interrupted between motions and where nothing was compared."""
    columns = WIDTH - _LEFT - _RIGHT
    pieces: list[dict[int, float]] = [{}]
    before_s = line.times_s[0] if line.times_s else 0.0
    for time_s, value in zip(line.times_s, line.values_px, strict=True):
        if time_s - before_s > _PAUSE_S:
            pieces.append({})
        column = int(time_s / end_s * columns)
        pieces[-1][column] = max(pieces[-1].get(column, 0.0), value)
        before_s = time_s
    return "".join(
        f'<polyline points="{_points(piece, low, high)}" fill="none" stroke="{COLOURS[line.name]}" stroke-width="1.3"/>'
        for piece in pieces
    )


def _points(piece: dict[int, float], low: int, high: int) -> str:
    shares = {column: (np.log10(max(value, 10.0**low)) - low) / (high - low) for column, value in piece.items()}
    return " ".join(f"{_LEFT + column},{_down(float(share)):.1f}" for column, share in shares.items())


def _across(share: float) -> float:
    return _LEFT + share * (WIDTH - _LEFT - _RIGHT)


def _down(share: float) -> float:
    return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)


def _svg(parts: list[str], names: list[str], across: str, upward: str) -> str:
    legend = "".join(
        f'<rect x="{_LEFT + 90 * place}" y="4" width="12" height="12" fill="{COLOURS[name]}"/>'
        f'<text x="{_LEFT + 17 + 90 * place}" y="14">{name}</text>'
        for place, name in enumerate(names)
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(parts)}'
        f'<text x="{(WIDTH + _LEFT) / 2}" y="{HEIGHT - 3}" text-anchor="middle">{across}</text>'
        f'<text transform="translate(11 {HEIGHT / 2 - 8}) rotate(-90)" text-anchor="middle">{upward}</text>'
        f"{legend}</svg>"
    )
