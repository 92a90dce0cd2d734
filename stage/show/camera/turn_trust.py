"""How much of the predicted turn to believe: all of it, none (hold the newest rotation), or a share.

Some motion cannot be predicted; then every predicted turn only adds its own error. About each axis of the camera the
share is the one that would have erred least, in the sense of least squares, over about the last ten seconds.
"""

from __future__ import annotations

import math

import msgspec

from tracking.records import Notebook, Quat, Vec3
from tracking.rotation import quat_conjugate, quat_from_rotation_vector, quat_multiply, rotation_vector_from_quat

TRUST_S = 10.0
DOUBT_RAD2 = 1e-3
"""How much evidence, in squared turn, it takes to lose the trust that a prediction starts with."""


class TrustState(Notebook):
    """Decaying sums about right, ahead and up: the true turn times the predicted one, and the predicted one squared."""

    agreed: list[float] = msgspec.field(default_factory=lambda: [DOUBT_RAD2] * 3)
    predicted: list[float] = msgspec.field(default_factory=lambda: [DOUBT_RAD2] * 3)


def turn_between(before: Quat, after: Quat) -> Vec3:
    """The turn from one rotation to another, as a rotation vector in the axes of the first."""
    return rotation_vector_from_quat(quat_multiply(quat_conjugate(before), after))


def shares(state: TrustState) -> Vec3:
    """The share of a predicted turn to believe about each axis, 0 (hold) to 1 (predict)."""
    x, y, z = (
        min(1.0, max(0.0, agreed / predicted)) for agreed, predicted in zip(state.agreed, state.predicted, strict=True)
    )
    return x, y, z


def trusted(state: TrustState, held: Quat, turn: Vec3) -> Quat:
    """The rotation to draw for: the newest one, turned further by the trusted part of `turn`."""
    share = shares(state)
    if share == (1.0, 1.0, 1.0):
        return quat_multiply(held, quat_from_rotation_vector(turn))
    return quat_multiply(held, quat_from_rotation_vector((turn[0] * share[0], turn[1] * share[1], turn[2] * share[2])))


def judge(state: TrustState, held: Quat, turn: Vec3, truth: Quat, kept: float) -> None:
    """Learns from the true rotation; `kept` is the share of the memory that one frame keeps."""
    actual = turn_between(held, truth)
    for axis in range(3):
        state.agreed[axis] = state.agreed[axis] * kept + actual[axis] * turn[axis]
        state.predicted[axis] = max(DOUBT_RAD2 * 1e-3, state.predicted[axis] * kept + turn[axis] * turn[axis])


def kept_each_frame(rate_hz: float) -> float:
    """The share of the memory that one frame keeps, at a frame rate."""
    return math.exp(-1.0 / (TRUST_S * rate_hz))
