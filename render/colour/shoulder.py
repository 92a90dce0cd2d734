"""The program's own tone curve for pictures of 8 bits, and its inverse, by which a layer's light is expanded. Pure.

Up to the knee light stays as it is. Above it the curve is logarithmic, so that light `stops` beyond 1 ends at 1, with
the slope of 1 at the knee:

    compressed(light) = knee + (1 - knee) log(1 + rate (light - knee) / (1 - knee)) / rate

A logarithm, because then a code value of the picture stands for about the same ratio of light everywhere above the
knee: its inverse makes no step of 8 bits much larger than the others. It is done to the largest of the red, green and
blue of Rec.709, the primaries of such pictures, and scales all three alike: so hues stay, and a red lamp, whose
luminance is low, comes back as bright as a white one.
"""

from __future__ import annotations

import math
from functools import lru_cache

KNEE = 0.5
"""Linear light up to which nothing is compressed: a code value of 188 of 255."""
_NEWTON_STEPS = 12
_LEAST_RATE = 1e-3
"""Below it the curve differs from a straight line by less than 0.1 %, and is one."""


@lru_cache(maxsize=16)
def shoulder_rate(stops: float) -> float:
    """The curve's rate for a shoulder that ends at 1 for light `stops` above 1; 0 where the curve is straight."""
    reach = (2.0**stops - KNEE) / (1.0 - KNEE)
    rate = 2.0 * math.log(max(reach, 1.0))  # never below the root of a convex function: Newton's method falls to it
    if rate < _LEAST_RATE:
        return 0.0
    for _ in range(_NEWTON_STEPS):
        grown = math.expm1(rate) / rate
        rate -= (grown - reach) * rate / (math.exp(rate) - grown)
    return rate if rate >= _LEAST_RATE else 0.0


def compressed(light: float, stops: float) -> float:
    """What the program's pictures of 8 bits hold of linear `light`; 1 for light `stops` above 1, and beyond."""
    rate = shoulder_rate(stops)
    if light <= KNEE or rate == 0.0:
        return min(light, 1.0)
    above = (min(light, 2.0**stops) - KNEE) / (1.0 - KNEE)
    return KNEE + (1.0 - KNEE) * math.log1p(rate * above) / rate


def expanded(held: float, stops: float) -> float:
    """The linear light of which a picture holds `held`; beyond 1 all light is `stops` brighter.

    With `stops` 0 nothing changes. `shaders/common/mends.glsl` has the same curve.
    """
    rate = shoulder_rate(stops)
    if held <= KNEE or rate == 0.0:
        return held
    above = (min(held, 1.0) - KNEE) / (1.0 - KNEE)
    return held * (KNEE + (1.0 - KNEE) * math.expm1(rate * above) / rate) / min(held, 1.0)
