"""Marks on a camera's inner region for the crew and for post-production: chroma-key patch, its crosses, outline."""

from __future__ import annotations

from msgspec.structs import replace

from render.gpu.passes import Uniform
from render.plan.inner import InnerPlan
from render.plan.key import KeyPlan, MarkerKind
from render.views.edges import Tangents

_MARKER_NUMBERS: dict[MarkerKind, int] = {"off": 0, "stage": 1, "frame": 2}
"""As the shader knows them."""
_EVERYWHERE = (-1e9, -1e9, 1e9, 1e9)
_NO_KEY: dict[str, Uniform] = {
    "key_edges": (1.0, 1.0, -1.0, -1.0),
    "key_light": (0.0, 0.0, 0.0),
    "marker_kind": 0,
    "marker_light": (0.0, 0.0, 0.0),
    "marker_eye": (0.0, 0.0, 0.0),
    "marker_spacing": 1.0,
    "marker_reach": 1.0,
}
NO_MARKS: dict[str, Uniform] = {**_NO_KEY, "frame": (0.0, 0.0, 0.0, 0.0), "outline": 0.0}
"""The uniforms of a camera without any."""


def is_marked(inner: InnerPlan) -> bool:
    """Whether this camera has a key or an outline to draw."""
    return inner.key is not None or inner.outline


def without_marks(inner: InnerPlan) -> InnerPlan:
    """The camera's view without its key and outline."""
    return replace(inner, key=None, outline=False) if is_marked(inner) else inner


def marks_uniforms(inner: InnerPlan) -> dict[str, Uniform]:
    """One camera's rows of the uniforms of `common/marks.glsl`."""
    key = _NO_KEY if inner.key is None else _key_uniforms(inner.key, inner.frame)
    return {**key, "frame": _edges(inner.frame), "outline": float(inner.outline)}


def _key_uniforms(key: KeyPlan, frame: Tangents) -> dict[str, Uniform]:
    return {
        "key_edges": _edges(frame) if key.region == "frame" else _EVERYWHERE,
        "key_light": key.light,
        "marker_kind": _MARKER_NUMBERS[key.markers],
        "marker_light": key.marker_light,
        "marker_eye": key.marker_eye_m,
        "marker_spacing": key.spacing_rad,
        "marker_reach": 0.5 * key.size_rad,
    }


def _edges(edges: Tangents) -> tuple[float, float, float, float]:
    return (edges.left, edges.bottom, edges.right, edges.top)
