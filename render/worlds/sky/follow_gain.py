"""What layers that follow the hour are multiplied by, as textures: it never comes back from the GPU in a show."""

from __future__ import annotations

import math
from collections.abc import Callable

import moderngl
import numpy as np

from render.gpu.context import Target, float_texture
from render.gpu.passes import Pass, Uniform
from render.worlds.shared.kept import Kept
from render.worlds.sky.air import NITS_AT_ONE
from render.worlds.sky.daylight import star_lux
from render.worlds.sky.plan import BRIGHTEST_STOPS, DARKEST_STOPS, FollowPlan, SkyPlan

_LIMITS = (math.exp2(DARKEST_STOPS), math.exp2(BRIGHTEST_STOPS))


class FollowGains:
    """The gains of layers that follow. `ground_light` gives the irradiance of level ground under a sky, as a texel."""

    def __init__(self, context: moderngl.Context, ground_light: Callable[[SkyPlan], moderngl.Texture]) -> None:
        self._context = context
        self._ground_light = ground_light
        self._pass: Pass | None = None
        self._kept: Kept[tuple[FollowPlan, float], Target] = Kept()
        self.none = float_texture(context, np.ones((1, 1, 4), np.float32))
        """The gain of a layer that does not follow: 1."""

    def texture(self, following: FollowPlan, share: float) -> moderngl.Texture:
        """One texel: the gain of red, green and blue of a layer that follows by this share, 0 to 1."""
        return self._kept.get((following, share), lambda spare: self._fill(following, share, spare)).texture

    def _fill(self, following: FollowPlan, share: float, spare: Target | None) -> Target:
        target = spare or Target(self._context, (1, 1), "f4")
        grounds = {"ground_now": self._ground_light(following.now), "ground_shot": self._ground_light(following.shot)}
        if self._pass is None:
            names = ("starlight", "adapted", "limits", "share")
            self._pass = Pass(self._context, "sky/follow_gain.frag", uniforms=names, textures=tuple(grounds))
        values: dict[str, Uniform] = {
            "starlight": tuple(star_lux(sky) / NITS_AT_ONE for sky in (following.now, following.shot)),
            "adapted": math.exp2(following.adapted_stops),
            "limits": _LIMITS,
            "share": share,
        }
        self._pass.draw(target.framebuffer, values, grounds)
        return target
