"""How a predictor learns from its own forecasts: they are kept until the motion has shown how right they were.

Each forecast whose time has come adds one equation to a least-squares problem for corrections of the weights. Old
equations fade with a time constant, and a ridge pulls the corrections towards zero where the errors are no larger than
the usual ones (recursive least squares with forgetting: Haykin, Adaptive Filter Theory, chapter 9). A second,
one-dimensional fit decides how much to trust the learned forecast and how much the plain line.
"""

from __future__ import annotations

import math

import msgspec

from tracking.prediction.motion import Moment
from tracking.prediction.motion_shape import Six, Three, point_of, turn_between
from tracking.records import Evolving, Notebook, Quat, Vec3

MEMORY_S = 4.0
TRUST_MEMORY_S = 1.0
MOST_FORECASTS = 64
LONGEST_NS = 400_000_000
WIDEST_STEP_NS = 90_000_000

# How much operators and rigs differ: the standard deviation of each weight that the ridge assumes.
SPREAD: Three = (0.3, 0.3, 0.1)
FARTHEST: Three = (1.5, 1.5, 0.5)
# Errors below a micrometre or a microradian are ignored.
_NEGLIGIBLE = 1e-12
_TRUST_RIDGE = 0.02


class Forecast(Evolving):
    """What was predicted for `target_ns` when the sample of `origin_ns` was the newest.

    `line` is relative to the origin. `bends` are the whole contribution of each bend, degree by degree. `learned` are
    the weights that the forecast was made with, `prior` those without corrections, each for position, then rotation.
    `plain` is the line's own weight of the first bend.
    """

    target_ns: int
    origin_ns: int
    pupil_m: Vec3
    origin_m: Vec3
    origin_rotation: Quat
    line: Six
    bends: tuple[Six, Six, Six]
    prior: tuple[Three, Three]
    learned: tuple[Three, Three]
    plain: float


class Lesson(Notebook):
    """Fading sums of one least-squares problem for three corrections, and its solution.

    `products` is the upper triangle of the normal matrix and `pulls` the right side. `spread` and `count` are the sum
    and number of squared errors without corrections. `apart` sums the squares of the learned forecast's distance from
    the line, `along` its product with the line's error, and `line` that error's square. `trust` (0 to 1) follows from
    these three.
    """

    products: tuple[float, float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    pulls: Three = (0.0, 0.0, 0.0)
    spread: float = 0.0
    count: float = 0.0
    apart: float = 0.0
    along: float = 0.0
    line: float = 0.0
    corrections: Three = (0.0, 0.0, 0.0)
    trust: float = 1.0


class Adaptation(Notebook):
    """What a learning predictor remembers besides the motion: forecasts not yet judged, and what it has learned.

    `settled_ns` is the target of the newest judged forecast.
    """

    forecasts: list[Forecast] = msgspec.field(default_factory=list)
    position: Lesson = msgspec.field(default_factory=Lesson)
    rotation: Lesson = msgspec.field(default_factory=Lesson)
    settled_ns: int | None = None


def note(adaptation: Adaptation, forecast: Forecast) -> None:
    """Keep a forecast until its time. Of several from one sample, the one farthest ahead is kept."""
    forecasts = adaptation.forecasts
    if forecasts and forecasts[-1].origin_ns >= forecast.origin_ns:
        if forecasts[-1].origin_ns == forecast.origin_ns and forecasts[-1].target_ns < forecast.target_ns:
            forecasts[-1] = forecast
        return
    forecasts.append(forecast)
    if len(forecasts) > MOST_FORECASTS:
        del forecasts[0]


def settle(adaptation: Adaptation, moments: list[Moment]) -> None:
    """Judge every forecast whose time is within the known motion, and learn from it."""
    forecasts = adaptation.forecasts
    newest_ns = moments[-1].sample_ns
    if not forecasts or forecasts[0].target_ns > newest_ns:
        if forecasts and forecasts[0].origin_ns > newest_ns:
            forecasts.clear()
        return
    waiting = []
    learned = False
    for forecast in forecasts:
        if forecast.target_ns > newest_ns:
            if forecast.origin_ns <= newest_ns:
                waiting.append(forecast)
            continue
        truth = _truth(forecast, moments)
        if truth is not None:
            _judge(adaptation, forecast, truth)
            learned = True
    adaptation.forecasts = waiting
    if learned:
        _conclude(adaptation.position)
        _conclude(adaptation.rotation)


def _truth(forecast: Forecast, moments: list[Moment]) -> Six | None:
    """Where the pupil really was, relative to the forecast's origin; None if the motion has a gap there."""
    index = len(moments) - 1
    while index > 0 and moments[index - 1].sample_ns >= forecast.target_ns:
        index -= 1
    if index == 0:
        return None
    before, after = moments[index - 1], moments[index]
    step_ns = after.sample_ns - before.sample_ns
    if step_ns > WIDEST_STEP_NS:
        return None
    share = (forecast.target_ns - before.sample_ns) / step_ns
    x, y, z = forecast.origin_m
    ax, ay, az = point_of(before, forecast.pupil_m)
    bx, by, bz = point_of(after, forecast.pupil_m)
    au, av, aw = turn_between(forecast.origin_rotation, before.rotation)
    bu, bv, bw = turn_between(forecast.origin_rotation, after.rotation)
    return (
        ax - x + share * (bx - ax),
        ay - y + share * (by - ay),
        az - z + share * (bz - az),
        au + share * (bu - au),
        av + share * (bv - av),
        aw + share * (bw - aw),
    )


def _judge(adaptation: Adaptation, forecast: Forecast, truth: Six) -> None:
    """Learn from one forecast. What was learned earlier fades by the time since the forecast before."""
    elapsed_ns = forecast.target_ns - adaptation.settled_ns if adaptation.settled_ns is not None else 0
    adaptation.settled_ns = forecast.target_ns
    elapsed_s = min(max(elapsed_ns, 0), LONGEST_NS) * 1e-9
    kept, trusted = math.exp(-elapsed_s / MEMORY_S), math.exp(-elapsed_s / TRUST_MEMORY_S)
    line, bends = forecast.line, forecast.bends
    tx, ty, tz, tu, tv, tw = truth
    lx, ly, lz, lu, lv, lw = line
    first, second, third = bends
    for lesson, kind, errors, ways in (
        (adaptation.position, 0, (tx - lx, ty - ly, tz - lz), (first[:3], second[:3], third[:3])),
        (adaptation.rotation, 1, (tu - lu, tv - lv, tw - lw), (first[3:], second[3:], third[3:])),
    ):
        _learn(lesson, errors, ways, forecast.prior[kind], kept=kept)
        _compare(lesson, errors, ways, forecast.learned[kind], forecast.plain, kept=trusted)


def _learn(lesson: Lesson, errors: Vec3, ways: tuple[Vec3, Vec3, Vec3], prior: Three, *, kept: float) -> None:
    """Add one equation in three coordinates: the errors without corrections, against the motion's bends."""
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = ways
    first, second, third = prior
    ex = errors[0] - first * ax - second * bx - third * cx
    ey = errors[1] - first * ay - second * by - third * cy
    ez = errors[2] - first * az - second * bz - third * cz
    aa, ab, ac, bb, bc, cc = lesson.products
    lesson.products = (
        kept * aa + ax * ax + ay * ay + az * az,
        kept * ab + ax * bx + ay * by + az * bz,
        kept * ac + ax * cx + ay * cy + az * cz,
        kept * bb + bx * bx + by * by + bz * bz,
        kept * bc + bx * cx + by * cy + bz * cz,
        kept * cc + cx * cx + cy * cy + cz * cz,
    )
    a, b, c = lesson.pulls
    lesson.pulls = (
        kept * a + ax * ex + ay * ey + az * ez,
        kept * b + bx * ex + by * ey + bz * ez,
        kept * c + cx * ex + cy * ey + cz * ez,
    )
    lesson.spread = kept * lesson.spread + ex * ex + ey * ey + ez * ez
    lesson.count = kept * lesson.count + 3.0


def _compare(
    lesson: Lesson, errors: Vec3, ways: tuple[Vec3, Vec3, Vec3], learned: Three, plain: float, *, kept: float
) -> None:
    """Add one comparison of the learned forecast with the plain line."""
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = ways
    _, second, third = learned
    first = learned[0] - plain
    dx = first * ax + second * bx + third * cx
    dy = first * ay + second * by + third * cy
    dz = first * az + second * bz + third * cz
    ex, ey, ez = errors[0] - plain * ax, errors[1] - plain * ay, errors[2] - plain * az
    lesson.apart = kept * lesson.apart + dx * dx + dy * dy + dz * dz
    lesson.along = kept * lesson.along + dx * ex + dy * ey + dz * ez
    lesson.line = kept * lesson.line + ex * ex + ey * ey + ez * ez


def _conclude(lesson: Lesson) -> None:
    """Solve for the corrections (normal equations with a ridge, by cofactors) and for the trust."""
    ridge = lesson.spread / lesson.count + _NEGLIGIBLE
    aa, ab, ac, bb, bc, cc = lesson.products
    a, b, c = lesson.pulls
    aa, bb, cc = aa + ridge / SPREAD[0] ** 2, bb + ridge / SPREAD[1] ** 2, cc + ridge / SPREAD[2] ** 2
    faa, fab, fac = bb * cc - bc * bc, ac * bc - ab * cc, ab * bc - ac * bb
    fbb, fbc, fcc = aa * cc - ac * ac, ab * ac - aa * bc, aa * bb - ab * ab
    scale = 1.0 / (aa * faa + ab * fab + ac * fac)
    lesson.corrections = (
        _within((faa * a + fab * b + fac * c) * scale, FARTHEST[0]),
        _within((fab * a + fbb * b + fbc * c) * scale, FARTHEST[1]),
        _within((fac * a + fbc * b + fcc * c) * scale, FARTHEST[2]),
    )
    doubt = _TRUST_RIDGE * lesson.line + _NEGLIGIBLE
    lesson.trust = min(1.0, max(0.0, (lesson.along + doubt) / (lesson.apart + doubt)))


def _within(value: float, limit: float) -> float:
    return min(limit, max(-limit, value))
