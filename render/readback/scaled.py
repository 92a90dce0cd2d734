"""What is sent to a wall, smaller: the mean light of the LEDs under each pixel, as a screen's codes."""

from __future__ import annotations

import moderngl

from calibration.walls import Signal
from render.gpu.context import Target
from render.gpu.passes import Pass, Uniform

_PQ_FULL_NITS = 10000.0
_UNIFORMS = ("leds_per_pixel", "light_at_one", "gamma")


class ScaledWalls:
    """The passes that make walls smaller, one for each curve of a wall's signal and each form of pictures."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._passes: dict[tuple[str, ...], Pass] = {}

    def draw(
        self,
        target: Target,
        sent: moderngl.Texture,
        signal: Signal | None,
        leds_per_pixel: tuple[float, float],
    ) -> None:
        """Covers `target` with the wall whose codes are in `sent`, `leds_per_pixel` (across, down) to a pixel.

        Its own full light is white. Without a `signal` the codes are numbers and stay so.
        """
        values: dict[str, Uniform] = {"leds_per_pixel": leds_per_pixel}
        values |= signal_values(signal, 1.0 if signal is None else signal.peak_nits)
        self._pass((curve_of(signal), *form_of(target))).draw(target.framebuffer, values, {"sent": sent})

    def _pass(self, defines: tuple[str, ...]) -> Pass:
        if defines not in self._passes:
            self._passes[defines] = Pass(
                self._context, "readback/scaled.frag", uniforms=_UNIFORMS, textures=("sent",), defines=defines
            )
        return self._passes[defines]


def form_of(target: Target) -> tuple[str, ...]:
    """The shaders' word for the form of a target."""
    return ("PAIRS",) if target.in_pairs else ()


def curve_of(signal: Signal | None) -> str:
    """The shaders' word for a wall's curve; without a signal its codes are numbers."""
    return "AS_NUMBERS" if signal is None else f"CURVE_{signal.curve.upper()}"


def signal_values(signal: Signal | None, full_nits: float) -> dict[str, Uniform]:
    """The uniforms of `wall_code.glsl`: its exponent, and the light of the highest code as a share of full light."""
    if signal is None:
        return {"light_at_one": 1.0, "gamma": 1.0}
    highest = _PQ_FULL_NITS if signal.curve == "pq" else signal.peak_nits
    return {"light_at_one": highest / full_nits, "gamma": signal.gamma}


def fitting(size_px: tuple[int, int], longest_px: int) -> tuple[int, int]:
    """A (width, height) scaled down so that no side is longer than `longest_px`, in its own proportions. The width is
    even, since pixels come in pairs.
    """
    share = min(1.0, longest_px / max(size_px))
    width, height = (side * share for side in size_px)
    return max(1, round(width / 2)) * 2, max(1, round(height))
