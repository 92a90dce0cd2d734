"""The English sentences, by code. Values are named as in the records that carry them."""

from __future__ import annotations

HOLDS = {
    "pose_not_finite": "camera {camera}: its pose is not finite",
    "pose_beyond_stage": (
        "camera {camera}: found at ({x_m:.3f}, {y_m:.3f}, {z_m:.3f}) m, expected a place within {farthest_m:.0f} m"
    ),
    "focal_length_absurd": (
        "camera {camera}: focal length {focal_length_mm:g} mm is not within {shortest_mm:g}-{longest_mm:g} mm"
    ),
    "on_wall": "camera {camera} stands on wall {wall}",
    "behind_wall": "camera {camera} stands behind wall {wall}",
    "lens_folds": "the lens folds over inside its frame",
    "lens_folds_at": "camera {camera}: the lens folds over inside its frame at {focal_length_mm:.4g} mm",
}

ENGLISH = {**HOLDS}
