"""The shape of the motion so far: its place, its speed and how it bends, over the last quarter of a second.

Position and turn are expanded in polynomials that are orthogonal on the moments' own, irregular times (Forsythe,
Journal of SIAM 5, 1957), weighted towards the newest moments. The first two coefficients are the least-squares line.
The others are exactly zero for steady motion, whatever the times: with any weights a predictor stays exact for it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from tracking.prediction.motion import Moment
from tracking.records import Quat, Vec3
from tracking.rotation import quat_rotate, rotation_vector_from_quat

MEMORY_S = 0.05
BENDS = 3
"""How many coefficients beyond the line: bend, its change, and the change of that."""

SPAN_NS = 260_000_000
LEAST_SPAN_NS = 165_000_000
USUAL_NS = 16_666_667
# Dense near the newest moment, every third one before that: a quarter of a second at 60 Hz.
PICKS = (0, 1, 2, 3, 4, 5, 6, 9, 12, 15)
LEAST_MOMENTS = 6
KEPT_FOR_SHAPE = 72
"""This many moments of a tracker of up to 250 Hz span the window."""
_WIDEST_PICK = 3
_GAP_PERIODS = 1.2
_LATELY = 17

# Moments close together say little about a bend; without a ridge their noise would be amplified.
_NORM_RIDGE = 0.02
_LEAST_NORM = 1e-12
_SHORT_TURN = 0.1
_PER_MEMORY = 1e-9 / MEMORY_S

Six = tuple[float, float, float, float, float, float]
"""Position in metres, then turn from the newest rotation as a rotation vector in radians."""
Three = tuple[float, float, float]


class Shape(NamedTuple):
    """A motion expanded about its newest moment.

    `coefficients`, `centres` and `norms` are indexed by degree. Time is in units of the memory, 0 at the newest moment.
    """

    newest_m: Vec3
    coefficients: list[Six]
    centres: list[float]
    norms: list[float]

    def line_at(self, ahead_s: float) -> Six:
        """Position (relative to `newest_m`) and turn on the least-squares line, `ahead_s` after the newest moment."""
        reach = ahead_s / MEMORY_S - self.centres[0]
        x, y, z, u, v, w = self.coefficients[0]
        dx, dy, dz, du, dv, dw = self.coefficients[1]
        return (x + reach * dx, y + reach * dy, z + reach * dz, u + reach * du, v + reach * dv, w + reach * dw)

    def bends_at(self, ahead_s: float) -> Three:
        """The values of the polynomials of degree 2, 3 and 4, `ahead_s` after the newest moment."""
        ahead = ahead_s / MEMORY_S
        c0, c1, c2, c3, _ = self.centres
        n0, n1, n2, n3, _ = self.norms
        first = ahead - c0
        second = (ahead - c1) * first - n1 / n0
        third = (ahead - c2) * second - n2 / n1 * first
        return (second, third, (ahead - c3) * third - n3 / n2 * second)


def stride_of(period_ns: int) -> int:
    """The step between the moments used, so that those of a fast tracker are about 17 ms apart."""
    return max(1, (2 * USUAL_NS + period_ns) // (2 * period_ns))


def usual_period_ns(moments: list[Moment], period_ns: int) -> int:
    """The recent time between samples if that is longer than the expected `period_ns`, else `period_ns`."""
    lately = moments[-_LATELY:]
    return max(period_ns, (lately[-1].sample_ns - lately[0].sample_ns) // max(1, len(lately) - 1))


def window_of(moments: list[Moment], period_ns: int) -> list[Moment]:
    """The moments that a shape is computed from, newest first; empty if the motion is too young or has a gap."""
    stride = stride_of(period_ns)
    newest_ns = before_ns = moments[-1].sample_ns
    widest_ns = int((_WIDEST_PICK * stride + _GAP_PERIODS) * period_ns)
    last = len(moments) - 1
    window = []
    for pick in PICKS:
        index = last - pick * stride
        if index < 0:
            break
        moment = moments[index]
        time_ns = moment.sample_ns
        if newest_ns - time_ns > SPAN_NS:
            break
        if before_ns - time_ns > widest_ns:
            return []
        before_ns = time_ns
        window.append(moment)
    return window if len(window) >= LEAST_MOMENTS and newest_ns - before_ns >= LEAST_SPAN_NS else []


def shape_of(window: list[Moment], pupil_m: Vec3) -> Shape:
    """The shape of the motion of the point at `pupil_m` in the body's frame (metres)."""
    newest = window[0]
    newest_m = point_of(newest, pupil_m)
    times = [(moment.sample_ns - newest.sample_ns) * _PER_MEMORY for moment in window]
    places = _places(window, newest_m, pupil_m)
    weights = [math.exp(time) for time in times]
    before, values = [0.0] * len(times), [1.0] * len(times)
    shape = Shape(newest_m=newest_m, coefficients=[], centres=[], norms=[])
    for degree in range(2 + BENDS):
        if degree:
            before, values = values, _next_values(times, values, before, shape)
        norm = middle = x = y = z = u = v = w = 0.0
        for value, weight, time, (px, py, pz, pu, pv, pw) in zip(values, weights, times, places, strict=True):
            share = weight * value
            square = share * value
            norm, middle = norm + square, middle + square * time
            x, y, z = x + share * px, y + share * py, z + share * pz
            u, v, w = u + share * pu, v + share * pv, w + share * pw
        norm = max(norm, _LEAST_NORM)
        scale = 1.0 / (norm if degree < 2 else norm + _NORM_RIDGE * shape.norms[0])
        shape.coefficients.append((x * scale, y * scale, z * scale, u * scale, v * scale, w * scale))
        shape.centres.append(middle / norm)
        shape.norms.append(norm)
    return shape


def _next_values(times: list[float], values: list[float], before: list[float], shape: Shape) -> list[float]:
    """The polynomial of the next degree at `times`, by the three-term recurrence from the two before."""
    centre = shape.centres[-1]
    drag = shape.norms[-1] / shape.norms[-2] if len(shape.norms) > 1 else 0.0
    return [
        (time - centre) * value - drag * earlier for time, value, earlier in zip(times, values, before, strict=True)
    ]


def point_of(moment: Moment, pupil_m: Vec3) -> Vec3:
    """The place of a point of the body in the tracker's frame."""
    if pupil_m == (0.0, 0.0, 0.0):
        return moment.position_m
    x, y, z = moment.position_m
    dx, dy, dz = quat_rotate(moment.rotation, pupil_m)
    return (x + dx, y + dy, z + dz)


def turn_between(origin: Quat, rotation: Quat) -> Vec3:
    """The rotation vector from `origin` to `rotation`, in the body's axes, by the shorter way.

    It is 2 asin(s)/s times the vector part of the turn's quaternion, where s is that part's length: a short series for
    turns up to 37 degrees, the logarithm itself beyond that.
    """
    ox, oy, oz, ow = origin
    qx, qy, qz, qw = rotation
    u = ow * qx - ox * qw - oy * qz + oz * qy
    v = ow * qy + ox * qz - oy * qw - oz * qx
    w = ow * qz - ox * qy + oy * qx - oz * qw
    cosine = ox * qx + oy * qy + oz * qz + ow * qw
    square = u * u + v * v + w * w
    if square >= _SHORT_TURN:
        return rotation_vector_from_quat((u, v, w, cosine))
    scale = 2.0 + square * (1.0 / 3.0 + square * (0.15 + square * (5.0 / 56.0)))
    if cosine < 0.0:
        scale = -scale
    return (u * scale, v * scale, w * scale)


def _places(window: list[Moment], newest_m: Vec3, pupil_m: Vec3) -> list[Six]:
    nx, ny, nz = newest_m
    newest = window[0].rotation
    places = []
    for moment in window:
        x, y, z = point_of(moment, pupil_m)
        u, v, w = turn_between(newest, moment.rotation)
        places.append((x - nx, y - ny, z - nz, u, v, w))
    return places
