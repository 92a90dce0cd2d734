"""Draws landscapes as a camera takes them, with a horizon that is known: for trying what finds and levels horizons.

`python hw_configs/worlds/make_landscapes.py OUT.png --kind plain --horizon 0.38 --roll 5` draws one. `--seed` varies
sky, land and what stands on it. `OUT.jpg` is coded by JPEG. Made by formula, by the geometry of a pinhole camera:
nothing of this is shared with what looks for the horizon.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from make_valley import Field, blend, fractal
from PIL import Image

Kind = Literal["sea", "plain", "desert", "hills", "mountains", "trees", "town", "haze", "dusk", "noise", "snow"]
KINDS: tuple[Kind, ...] = get_args(Kind)
EYE_M = 1.6
_FARTHEST_M = 2e4
_SKIES = {
    "clear": ((0.75, 0.85, 1.0), (0.10, 0.25, 0.65)),
    "pale": ((0.85, 0.88, 0.92), (0.45, 0.58, 0.78)),
    "grey": ((0.62, 0.64, 0.67), (0.42, 0.44, 0.48)),
    "dusk": ((0.95, 0.42, 0.14), (0.05, 0.07, 0.18)),
}


@dataclass(frozen=True, kw_only=True)
class Shot:
    """How a landscape is taken.

    `horizon` is the row of eye height in the middle column as a share of the height, `roll_deg` + where it falls to the
    right, `width_deg` the horizontal angle of view.
    """

    kind: Kind = "plain"
    seed: int = 1
    size: tuple[int, int] = (1920, 1080)
    horizon: float = 0.5
    roll_deg: float = 0.0
    width_deg: float = 60.0


@dataclass(frozen=True, kw_only=True)
class Air:
    """The light of the air at the horizon, and over how many metres what lies behind it takes that light."""

    light: Field
    haze_m: float


class View:
    """The rays of a shot: azimuth (+ right) and elevation of every pixel's centre in radians, and their tangents."""

    def __init__(self, shot: Shot) -> None:
        columns, rows = shot.size
        focal = columns / 2 / np.tan(np.radians(shot.width_deg) / 2)
        x, y = np.meshgrid(np.arange(columns) + 0.5 - columns / 2, np.arange(rows) + 0.5 - rows / 2)
        roll = np.radians(shot.roll_deg)
        right, down = x * np.cos(roll) + y * np.sin(roll), y * np.cos(roll) - x * np.sin(roll)
        pitch = np.arctan((shot.horizon - 0.5) * rows * np.cos(roll) / focal)
        ahead = focal * np.cos(pitch) + down * np.sin(pitch)
        up = focal * np.sin(pitch) - down * np.cos(pitch)
        self.azimuth = np.arctan2(right, ahead)
        self.elevation = np.arctan2(up, np.hypot(right, ahead))
        self.tangent = up / np.hypot(right, ahead)
        self.pixel = 1.0 / focal


def landscape(shot: Shot) -> Field:
    """Linear light, (rows, columns, 3)."""
    view, dice = View(shot), np.random.default_rng(1000 * KINDS.index(shot.kind) + shot.seed)
    name = {"dusk": "dusk", "haze": "pale", "snow": "grey"}.get(shot.kind) or dice.choice(["clear", "pale", "grey"])
    light = sky(view, *_SKIES[str(name)], dice)
    haze_m = {"haze": 250.0, "dusk": 2500.0}.get(shot.kind, float(dice.uniform(1500.0, 8000.0)))
    air = Air(light=np.array(_SKIES[str(name)][0]), haze_m=haze_m)
    light = _land(light, view, shot, air, dice)
    if shot.kind in {"hills", "mountains", "trees", "town", "dusk"} or (shot.kind != "sea" and dice.random() < 0.4):
        _stand(light, view, shot, air, dice)
    if shot.kind == "noise":
        light *= 0.35
    return np.clip(light, 0.0, None)


def sky(view: View, low: tuple[float, ...], high: tuple[float, ...], dice: np.random.Generator) -> Field:
    """A gradient from the horizon up, clouds in a layer, and perhaps the sun's glow."""
    height = np.clip(view.elevation / np.radians(60.0), 0.0, 1.0) ** float(dice.uniform(0.4, 0.8))
    light = blend(low, high, height)
    cover, seed = float(dice.uniform(0.0, 0.9)), int(dice.integers(1000))
    far = 1.0 / np.maximum(view.tangent + 0.06, 0.06)
    cloud = fractal((far * np.sin(view.azimuth) + 40.0) % 64, (far * np.cos(view.azimuth)) % 64, 6, seed)
    share = cover * np.clip((cloud - 0.48) * 5.0, 0.0, 1.0) * np.clip(view.elevation / 0.10, 0.0, 1.0)
    light = light * (1 - share[..., None]) + share[..., None] * (0.55 * np.array(low) + 0.4)
    glow = np.hypot(view.azimuth - dice.uniform(-0.5, 0.5), view.elevation - dice.uniform(0.05, 0.5))
    strength = float(dice.uniform(0.0, 1.0))
    return light + strength * (np.exp(-glow / 0.12) + 4.0 * (glow < 0.02))[..., None] * np.array(low)


def _land(light: Field, view: View, shot: Shot, air: Air, dice: np.random.Generator) -> Field:
    """The ground below the horizon: its texture by distance, paler the farther it is."""
    away = np.minimum(EYE_M / np.maximum(-view.tangent, 1e-9), _FARTHEST_M)
    x, y = away * np.sin(view.azimuth), away * np.cos(view.azimuth)
    seed = int(dice.integers(1000))
    if shot.kind == "sea":
        ripple = fractal((x * 0.7) % 64, (y * 2.0) % 64, 4, seed)
        base = blend((0.02, 0.06, 0.10), (0.16, 0.24, 0.30), ripple * np.clip(1.5 - away / 200.0, 0.4, 1.0))
    else:
        colours = {"desert": (0.42, 0.30, 0.17), "snow": (0.70, 0.72, 0.78), "town": (0.16, 0.15, 0.15)}
        colour = np.array(colours.get(shot.kind, (0.10, 0.14, 0.05))) * dice.uniform(0.6, 1.4)
        grain = fractal((x * 3.0) % 64, (y * 3.0) % 64, 5, seed)
        patch = fractal((x * 0.03 + 7.0) % 64, (y * 0.03) % 64, 3, seed + 9)
        fade = np.clip(1.0 - away / 120.0, 0.0, 1.0)
        base = colour * ((1.0 + (grain - 0.5) * 1.2 * fade) * (0.7 + 0.6 * patch))[..., None]
        if dice.random() < 0.35:
            base = np.where((np.abs(x - 1.0) < 2.5)[..., None], 0.11 + 0.03 * grain[..., None], base)
    paler = (1.0 - np.exp(-away / air.haze_m))[..., None] * (1.0 if shot.kind == "haze" else 0.8)
    base = base * (1 - paler) + 0.85 * air.light * paler
    edge = np.clip(0.5 - view.tangent / view.pixel, 0.0, 1.0)[..., None]
    return light * (1 - edge) + base * edge


def _stand(light: Field, view: View, shot: Shot, air: Air, dice: np.random.Generator) -> None:
    """What stands on the ground and breaks the horizon: ridges, trees or houses, over all or a part of the width."""
    kind = shot.kind if shot.kind in {"hills", "mountains", "trees", "town"} else dice.choice(["hills", "trees"])
    turn = view.azimuth * 4.0 + 32.0
    away_m = {"mountains": 6000.0, "hills": 1500.0, "trees": 800.0, "town": 500.0}[str(kind)]
    if kind == "town":
        cell = np.floor(turn * 4.0)
        heights = dice.uniform(-2.0, 9.0, 512)[cell.astype(int) % 512]
        top = np.radians(np.maximum(heights, 0.0))
        shade = np.array((0.20, 0.18, 0.17)) * dice.uniform(0.3, 1.6, 512)[cell.astype(int) % 512][..., None]
    else:
        most = {"mountains": 9.0, "hills": 3.0, "trees": 2.5}[str(kind)]
        shape = fractal(turn * (6.0 if kind == "trees" else 1.0) % 64, np.full_like(turn, dice.uniform(0, 60)), 6, 7)
        wide = fractal(turn * 0.7 % 64, np.full_like(turn, dice.uniform(0, 60)), 2, 8)
        top = np.radians(most * np.clip(shape * 1.6 - 0.5 + (wide - 0.45) * 1.5, 0.0, None))
        shade = np.array((0.06, 0.09, 0.04) if kind != "mountains" else (0.16, 0.16, 0.19)) * (
            0.7 + 0.6 * shape[..., None]
        )
    foot = -np.arctan(EYE_M / away_m)
    paler = (1.0 - np.exp(-away_m / air.haze_m)) * 0.85
    shade = shade * (1 - paler) + 0.85 * air.light * paler
    soft = np.clip((top - view.elevation) / view.pixel, 0.0, 1.0) * (view.elevation > foot) * (top > -foot)
    light[:] = light * (1 - soft[..., None]) + shade * soft[..., None]


def coded(shot: Shot, light: Field) -> Image.Image:
    """Linear light as an 8-bit sRGB picture, with the noise of a sensor where that belongs to the kind."""
    light = light * (1 + light / 6.25) / (1 + light) * 1.4
    dice = np.random.default_rng(shot.seed)
    if shot.kind in {"noise", "dusk"}:
        light = light + dice.normal(0.0, 0.02 if shot.kind == "noise" else 0.004, light.shape)
    light = np.clip(light, 0.0, 1.0)
    code = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return Image.fromarray(np.round(code * 255).astype(np.uint8))


def drawn(shot: Shot) -> Image.Image:
    """The picture of a shot."""
    return coded(shot, landscape(shot))


def _size(text: str) -> tuple[int, int]:
    columns, rows = text.lower().split("x")
    return int(columns), int(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draws a landscape whose horizon is known.")
    parser.add_argument("out", type=Path, help="PNG or JPEG file to write")
    parser.add_argument("--kind", choices=KINDS, default="plain")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=_size, default=(1920, 1080), help="COLUMNSxROWS")
    parser.add_argument("--horizon", type=float, default=0.5, help="row of eye height, 0 the top, 1 the bottom")
    parser.add_argument("--roll", type=float, default=0.0, help="degrees, + where the horizon falls to the right")
    parser.add_argument("--width-deg", type=float, default=60.0, help="horizontal angle of view")
    given = parser.parse_args()
    shot = Shot(
        kind=given.kind,
        seed=given.seed,
        size=given.size,
        horizon=given.horizon,
        roll_deg=given.roll,
        width_deg=given.width_deg,
    )
    drawn(shot).save(given.out, quality=88)


if __name__ == "__main__":
    main()
