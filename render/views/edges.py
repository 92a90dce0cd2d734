"""The edges of a view as tangents, and how far an angle on each side moves them. Pure."""

from __future__ import annotations

import math

from tracking.records import Evolving

WIDEST_RAD = math.radians(80.0)
"""No edge is moved farther than this from the axis: beyond it a flat picture costs more than it shows."""
_SMALLEST_SPAN = 1e-9


class Tangents(Evolving):
    """A view's edges as tangents of the angles from its axis; left and bottom are negative for a centred view."""

    left: float
    right: float
    bottom: float
    top: float


class Sides(Evolving):
    """An angle on each side of a view, degrees."""

    left: float
    right: float
    bottom: float
    top: float


def all_sides(angle_deg: float) -> Sides:
    """The same angle on every side."""
    return Sides(left=angle_deg, right=angle_deg, bottom=angle_deg, top=angle_deg)


def widen(frame: Tangents, margin: Sides) -> Tangents:
    """`frame` with each edge turned outwards by its margin, at most to 80 degrees from the axis."""
    return Tangents(
        left=-_turned(-frame.left, margin.left),
        right=_turned(frame.right, margin.right),
        bottom=-_turned(-frame.bottom, margin.bottom),
        top=_turned(frame.top, margin.top),
    )


def has_area(edges: Tangents) -> bool:
    """Whether the edges are finite and enclose something."""
    finite = all(math.isfinite(edge) for edge in (edges.left, edges.right, edges.bottom, edges.top))
    return finite and edges.right - edges.left > _SMALLEST_SPAN and edges.top - edges.bottom > _SMALLEST_SPAN


def _turned(tangent: float, margin_deg: float) -> float:
    if margin_deg <= 0.0:
        return tangent
    angle = math.atan(tangent)
    return math.tan(min(max(angle, WIDEST_RAD), angle + math.radians(margin_deg)))
