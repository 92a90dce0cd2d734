"""What the numbers of a depth map mean, and how near the light is that they stand for. Pure.

A map is kept as one number a texel, the larger the nearer: one over metres, or a share from 0, the farthest, to 1, the
nearest. On a sphere depth is the distance from where the picture was taken; of a flat picture it is that along the
picture's axis, as renderers and depth estimators write it.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, get_args

DepthIs = Literal["metres", "inverse", "normalised"]
DepthNear = Literal["bright", "dark"]
DepthKind = Literal["metres", "inverse", "relative", "bright", "dark"]
"""The distance in metres; one over it; one over it as a share of the nearest light's; shares of the range from the
farthest to the nearest light, that are bright where it is near and go with one over the distance, as depth estimators
write them; or dark where it is near and go with the distance, as renderers write them.
"""
DEPTH_ENDINGS = (".exr", ".png")
_MARK = "depth "
_LEAST_APART = 1.001
"""The farthest light is at least so many times as far as the nearest."""


def depth_kind(file: str, depth_is: DepthIs | None, near: DepthNear | None) -> DepthKind:
    """What a file's numbers are, as far as it is told: else EXR holds metres, and PNG shares that are bright near."""
    is_exr = file.lower().endswith(".exr")
    match depth_is or ("metres" if is_exr else "normalised"):
        case "metres":
            return "metres"
        case "inverse":
            return "inverse" if is_exr else "relative"
        case _:
            return near or "bright"


def depth_space(kind: DepthKind) -> str:
    """What stands where a picture has its colour space: with it a depth map is an asset like any other."""
    return f"{_MARK}{kind}"


def depth_kind_in(space: str) -> DepthKind | None:
    """The kind of a depth map by what stands for its colour space; None for a picture."""
    return next((kind for kind in get_args(DepthKind) if space == depth_space(kind)), None)


class DepthScale(NamedTuple):
    """One over the distance in metres of what a map holds: (`start` + `rise` x) / (`under` + `slope` x)."""

    start: float
    rise: float
    under: float = 1.0
    slope: float = 0.0

    def nearness(self, held: float) -> float:
        """One over the metres that a number of the map stands for."""
        return (self.start + self.rise * held) / (self.under + self.slope * held)

    def distance_m(self, held: float) -> float:
        """The metres that a number of the map stands for; inf at infinity."""
        nearness = self.nearness(held)
        return 1.0 / nearness if nearness > 0.0 else math.inf


def depth_scale(kind: DepthKind, near_m: float, far_m: float) -> DepthScale:
    """How a map's numbers become one over metres. `near_m` and `far_m` count only for shares."""
    far_m = max(far_m, _LEAST_APART * near_m)
    match kind:
        case "relative":
            return DepthScale(0.0, 1.0 / near_m)
        case "bright":
            return DepthScale(1.0 / far_m, 1.0 / near_m - 1.0 / far_m)
        case "dark":
            return DepthScale(1.0, 0.0, far_m, near_m - far_m)
        case _:
            return DepthScale(0.0, 1.0)
