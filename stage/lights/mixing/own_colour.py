"""Fixtures that mix by themselves: what their temperature, tint, hue, saturation, x and y channels are to be set to.

Each class takes chromaticities (cells x 2) to physical values (cells x values), and values back to chromaticities.
Limits are those of the cells' channels: cells x values.
"""

from __future__ import annotations

import numpy as np

from render.colour.grade import TINT_UV
from render.colour.primaries import REC709
from stage.lights.mixing.spectra import EmittedLight
from stage.lights.mixing.whites import Numbers, nearest_whites, xy_of_white

NEUTRAL_K = 6500.0
"""The white of fixtures that have a hue and a saturation, and no temperature."""


def white_of(xy: Numbers, least: Numbers, most: Numbers) -> Numbers:
    """Kelvin and tint of the nearest white, within the limits."""
    mired, distance = nearest_whites(xy)
    return np.clip(np.stack((1e6 / mired, -distance / TINT_UV), axis=-1), least, most)


def xy_of(white: Numbers) -> Numbers:
    """Chromaticities of kelvin and tint."""
    return xy_of_white(1e6 / np.maximum(white[:, 0], 1000.0), white[:, 1])


def primaries_of(emitters: tuple[EmittedLight, ...]) -> Numbers:
    """Tristimulus values of a fixture's red, green and blue, as columns: its own where it says them, else Rec.709's.

    They are its reddest, greenest and bluest emitter, if those are three.
    """
    xyz = np.array([one.xyz / one.xyz.sum() for one in emitters]).reshape(-1, 3)
    chosen = {int(number) for number in xyz.argmax(axis=0)} if len(xyz) else set()
    if len(chosen) == 3 and abs(np.linalg.det(xyz[xyz.argmax(axis=0)])) > 1e-3:
        return np.asarray(xyz[xyz.argmax(axis=0)].T)
    return np.array([(x, y, 1.0 - x - y) for x, y in zip(REC709[0:6:2], REC709[1:6:2], strict=True)]).T


class HueCells:
    """Cells with hue and saturation: their white, away from which saturation leads, is that of their temperature."""

    def __init__(self, primaries: Numbers) -> None:
        """`primaries` is cells x 3 x 3, tristimulus values in columns."""
        self._primaries = primaries
        self._amounts = np.linalg.inv(primaries)

    def values_of(self, xy: Numbers, white: Numbers) -> Numbers:
        """Hue in degrees and saturation; the nearest where they cannot give the colour."""
        rgb = np.maximum(self._rgb(xy) / self._rgb(xy_of(white)), 0.0)
        rgb = rgb / np.maximum(rgb.max(axis=1, keepdims=True), 1e-9)
        red, green, blue = rgb.T
        least, most = rgb.min(axis=1), rgb.max(axis=1)
        span = np.maximum(most - least, 1e-9)
        sector = np.where(
            most == red,
            (green - blue) / span,
            np.where(most == green, 2.0 + (blue - red) / span, 4.0 + (red - green) / span),
        )
        return np.stack((sector * 60.0 % 360.0, 1.0 - least), axis=-1)

    def xy_of(self, values: Numbers, white: Numbers) -> Numbers:
        """Chromaticities of hue and saturation."""
        hue, saturation = values[:, :1], values[:, 1:]
        away = np.abs((hue / 60.0 - np.array((0.0, 2.0, 4.0)) + 3.0) % 6.0 - 3.0)
        rgb = 1.0 - saturation * np.clip(away - 1.0, 0.0, 1.0)
        xyz = np.einsum("kij,kj->ki", self._primaries, rgb * self._rgb(xy_of(white)))
        return np.asarray(xyz[:, :2] / xyz.sum(axis=1, keepdims=True))

    def _rgb(self, xy: Numbers) -> Numbers:
        xyz = np.concatenate((xy, 1.0 - xy.sum(axis=1, keepdims=True)), axis=1)
        return np.asarray(np.einsum("kij,kj->ki", self._amounts, xyz))
