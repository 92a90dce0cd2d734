"""What is done to the light of one layer before it is mixed: softening, expansion, its grade with contrast."""

from __future__ import annotations

import moderngl

from render.colour.grade import REC709_FROM_ACESCG
from render.colour.matrices import Matrix, column_major
from render.colour.shoulder import KNEE, shoulder_rate
from render.compose.air import Mends
from render.gpu.layer_source import LayerSource
from render.gpu.passes import Uniform

MENDED = "MENDED"
"""Chooses the variant of a pass that does all of it."""
FOLLOWS = "FOLLOWS"
"""Chooses the one that only brings the light to that of the hour, at a tenth of the cost."""
_TAPS = 8
_SPREAD, _TAP_WIDTH = 0.56, 0.63
"""How far taps are spread, and how wide each is, over the disc's radius. Together they spread light as far as an even
disc does (root of the mean square), and not even a single bright texel shows them one by one. Levels alone, as one tap
has them, are square and not where they belong.
"""


def mend_uniforms(mends: Mends, grade: Matrix) -> dict[str, Uniform]:
    """The uniforms of `shaders/common/mends.glsl`; `grade` is the layer's own."""
    radius = 0.5 * mends.soften_rad
    return {
        "taps": _TAPS if radius > 0.0 else 1,
        "softening": _SPREAD * radius,
        "tap_softening": _TAP_WIDTH * radius,
        "shoulder_rate": shoulder_rate(mends.expand_stops),
        "knee": KNEE,
        "code_step": mends.code_step,
        "rec709_from_light": column_major(REC709_FROM_ACESCG),
        "layer_from_light": column_major(grade),
        "contrast": mends.contrast,
    }


def gain_textures(source: LayerSource) -> dict[str, moderngl.Texture]:
    """The textures of `shaders/common/mends.glsl` for this layer: what its light is multiplied by."""
    assert source.gain is not None
    return {"follow_gain": source.gain}
