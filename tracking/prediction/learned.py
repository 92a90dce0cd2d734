"""The learned predictor: the least-squares line, plus as much of every bend as has proved right.

Its weights are fitted by ridge regression on recorded motion, corrected while it runs, and mixed with those of the
plain line according to which of the two has had the smaller errors. A steady motion has no bends, so it is continued
exactly, whatever the weights.
"""

from __future__ import annotations

from typing import NamedTuple

from tracking.prediction import adaptation as learning
from tracking.prediction.adaptation import Adaptation, Forecast, Lesson
from tracking.prediction.motion import Moment
from tracking.prediction.motion_shape import Shape, Six, Three, shape_of, usual_period_ns, window_of
from tracking.prediction.weights import PredictorWeights, WeightTable
from tracking.records import Pose, Quat, Vec3
from tracking.rotation import quat_from_rotation_vector, quat_multiply, quat_normalise

BEND_CAP_S = 0.15
"""No bend is continued for longer. After that the forecast is straight."""

LINE_RIDGE = 0.22
IN_FORCE = 0.5


class Reach(NamedTuple):
    """How far ahead to predict, in seconds: positions, turns, and the bends of both."""

    position_s: float
    rotation_s: float
    bend_s: float


class LearnedPredictor:
    """Predicts a motion. `adaptation` is the only thing it changes."""

    def __init__(self, weights: PredictorWeights, adaptation: Adaptation) -> None:
        self._table = WeightTable(weights)
        self.adaptation = adaptation

    def in_force(self) -> bool:
        """Whether positions are now predicted by the learned weights rather than by the line."""
        return self.adaptation.position.trust >= IN_FORCE

    def settle(self, moments: list[Moment]) -> None:
        """Learn from the forecasts that the newest moments have overtaken."""
        learning.settle(self.adaptation, moments)

    def pose(self, moments: list[Moment], reach: Reach, pupil: Pose, *, period_ns: int, note: bool) -> Pose | None:
        """The pupil's pose ahead of the newest moment, in the tracker's frame; None if the motion is too young.

        `pupil` is the pupil in the body's frame. With `note` the forecast is remembered, to learn from it later.
        """
        period_ns = usual_period_ns(moments, period_ns)
        window = window_of(moments, period_ns)
        if not window:
            return None
        shape = shape_of(window, pupil.position_m)
        line = _line(shape, reach)
        bends = bends_of(shape, reach.bend_s)
        plain = shape.norms[2] / (shape.norms[2] + LINE_RIDGE * shape.norms[0])
        prior = self._table.at(period_ns, reach.bend_s)
        memory = self.adaptation
        learned = (_corrected(prior.position, memory.position), _corrected(prior.rotation, memory.rotation))
        if note:
            forecast = Forecast(
                target_ns=window[0].sample_ns + round(reach.bend_s * 1e9),
                origin_ns=window[0].sample_ns,
                pupil_m=pupil.position_m,
                origin_m=shape.newest_m,
                origin_rotation=window[0].rotation,
                line=line,
                bends=bends,
                prior=prior,
                learned=learned,
                plain=plain,
            )
            learning.note(memory, forecast)
        position = _mixed(learned[0], plain, memory.position.trust)
        rotation = _mixed(learned[1], plain, memory.rotation.trust)
        return _posed(window[0], shape.newest_m, _ahead(line, bends, position, rotation), pupil.rotation)


def _corrected(prior: Three, lesson: Lesson) -> Three:
    a, b, c = lesson.corrections
    return (prior[0] + a, prior[1] + b, prior[2] + c)


def _mixed(learned: Three, plain: float, trust: float) -> Three:
    """The weights of the bends: the learned ones as far as they are trusted, the line's for the rest."""
    first, second, third = learned
    return (plain + trust * (first - plain), trust * second, trust * third)


def _line(shape: Shape, reach: Reach) -> Six:
    line = shape.line_at(reach.position_s)
    return line if reach.rotation_s == reach.position_s else (*line[:3], *shape.line_at(reach.rotation_s)[3:])


def bends_of(shape: Shape, ahead_s: float) -> tuple[Six, Six, Six]:
    """The whole contribution of each bend to the line, `ahead_s` after the newest moment."""
    values = shape.bends_at(min(ahead_s, BEND_CAP_S))
    first, second, third = (
        (x * value, y * value, z * value, u * value, v * value, w * value)
        for value, (x, y, z, u, v, w) in zip(values, shape.coefficients[2:], strict=True)
    )
    return (first, second, third)


def _ahead(line: Six, bends: tuple[Six, Six, Six], position: Three, rotation: Three) -> Six:
    """Displacement and turn since the newest moment."""
    lx, ly, lz, lu, lv, lw = line
    (ax, ay, az, au, av, aw), (bx, by, bz, bu, bv, bw), (cx, cy, cz, cu, cv, cw) = bends
    i, j, k = position
    p, q, r = rotation
    return (
        lx + i * ax + j * bx + k * cx,
        ly + i * ay + j * by + k * cy,
        lz + i * az + j * bz + k * cz,
        lu + p * au + q * bu + r * cu,
        lv + p * av + q * bv + r * cv,
        lw + p * aw + q * bw + r * cw,
    )


def _posed(newest: Moment, newest_m: Vec3, ahead: Six, marker_from_pupil: Quat) -> Pose:
    x, y, z = newest_m
    dx, dy, dz, u, v, w = ahead
    turned = quat_multiply(newest.rotation, quat_from_rotation_vector((u, v, w)))
    return Pose(position_m=(x + dx, y + dy, z + dz), rotation=quat_normalise(quat_multiply(turned, marker_from_pupil)))
