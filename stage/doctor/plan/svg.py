"""A small writer of SVG (W3C Scalable Vector Graphics 1.1): the few shapes that a plan needs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

Point = tuple[float, float]

INK, FAINT, PAPER = "#1f2933", "#d9dee4", "#ffffff"
_FONT = "Helvetica, Arial, 'DejaVu Sans', sans-serif"
_HEAD_PX = 8.0


class Svg:
    """Shapes in the order in which they are painted; lengths in pixels, Y downwards."""

    def __init__(self) -> None:
        self._shapes: list[str] = []

    def line(self, points: Iterable[Point], colour: str, width: float = 1.0, dash: str = "") -> None:
        """An open line through points."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._add(
            f'<polyline points="{_points(points)}" fill="none" stroke="{colour}" stroke-width="{width:g}"'
            f'{dashed} stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def area(self, points: Iterable[Point], colour: str, opacity: float) -> None:
        """A filled area without an outline."""
        self._add(f'<polygon points="{_points(points)}" fill="{colour}" fill-opacity="{opacity:g}"/>')

    def box(self, corner: Point, size: Point, colour: str, *, opacity: float = 0.0, outline: str = INK) -> None:
        """A rectangle from its upper left corner."""
        self._add(
            f'<rect x="{corner[0]:.2f}" y="{corner[1]:.2f}" width="{size[0]:.2f}" height="{size[1]:.2f}" '
            f'fill="{colour}" fill-opacity="{opacity:g}" stroke="{outline}"/>'
        )

    def circle(self, middle: Point, radius: float, colour: str, *, filled: bool = True) -> None:
        """A disc, or a ring filled with the paper's colour."""
        fill = colour if filled else PAPER
        self._add(
            f'<circle cx="{middle[0]:.2f}" cy="{middle[1]:.2f}" r="{radius:g}" fill="{fill}" stroke="{colour}" '
            'stroke-width="1.6"/>'
        )

    def arrow(self, start: Point, end: Point, colour: str, width: float = 1.8) -> None:
        """A line with a head at its end."""
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        wings = [
            (end[0] - _HEAD_PX * math.cos(angle + side), end[1] - _HEAD_PX * math.sin(angle + side))
            for side in (0.42, -0.42)
        ]
        self.line([start, end], colour, width)
        self.area([end, *wings], colour, 1.0)

    def text(self, place: Point, words: str, *, size: float = 12.0, colour: str = INK, anchor: str = "start") -> None:
        """A line of text with a halo, so that it can be read over lines."""
        self._add(
            f'<text x="{place[0]:.2f}" y="{place[1]:.2f}" font-size="{size:g}" fill="{colour}" text-anchor="{anchor}" '
            f'stroke="{PAPER}" stroke-width="3" paint-order="stroke">{escape(words)}</text>'
        )

    def document(self, size: Point, title: str) -> str:
        """The whole file."""
        width, height = size
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" font-family={quoteattr(_FONT)}>'
        )
        paper = f'<rect width="100%" height="100%" fill="{PAPER}"/>'
        return "\n".join([head, f"<title>{escape(title)}</title>", paper, *self._shapes, "</svg>", ""])

    def _add(self, shape: str) -> None:
        self._shapes.append(shape)


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
