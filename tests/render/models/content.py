"""Models with references of their own, where OPENSTAGE_DATA names a folder that holds them, and views of them."""

import os
from pathlib import Path

import numpy as np
import pytest

from render.models.placing import raster_view
from render.views.edges import Tangents
from render.views.view import View

CONTENT = Path(os.environ.get("OPENSTAGE_DATA", "/nowhere")) / "content" / "gltf"
needs_content = pytest.mark.skipif(not CONTENT.is_dir(), reason="OPENSTAGE_DATA names no folder with content")


def front_view(middle, half, size_px, away=20.0):
    """A view from the front, in the axes of glTF: its middle, half its height there, and from how many halves away.

    Also the pixels' rays (rows, columns, 3) in these axes, and the eye.
    """
    eye = np.array((middle[0], middle[1], middle[2] + away * half))
    across, tangent = size_px[0] / size_px[1] / away, 1.0 / away
    edges = Tangents(left=-across, right=across, bottom=-tangent, top=tangent)
    view = View(
        eye_m=(float(eye[0]), float(-eye[2]), float(eye[1])),
        right=(1.0, 0.0, 0.0),
        ahead=(0.0, 1.0, 0.0),
        up=(0.0, 0.0, 1.0),
        edges=edges,
        size_px=size_px,
    )
    columns = ((np.arange(size_px[0]) + 0.5) / size_px[0] * 2.0 - 1.0) * across
    rows = (1.0 - (np.arange(size_px[1]) + 0.5) / size_px[1] * 2.0) * tangent
    x, y = np.meshgrid(columns, rows)
    return raster_view(view, 0.05 * half), np.stack([x, y, -np.ones_like(x)], axis=-1), eye
