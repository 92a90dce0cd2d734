"""Films a street at night from a car, with five cameras around: plates that show how a rig is patched.

`python hw_configs/worlds/make_drive.py OUT_FOLDER` writes `front.mp4`, `left.mp4`, `right.mp4`, `back_left.mp4` and
`back_right.mp4`. The street repeats itself after as long a way as the car goes in a film, so each film loops without a
cut. Made by formula: planes of asphalt, pavement and facades that the rays of a pinhole camera meet, and lamps.
"""

from __future__ import annotations

import argparse
import importlib
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from make_valley import Field

CAMERAS = {"front": 0.0, "left": 72.0, "right": -72.0, "back_left": 144.0, "back_right": -144.0}
"""Where each camera looks, degrees, + left."""
WIDTH_DEG = 84.0
SIZE = (640, 384)
RATE = 24
FRAMES = 96
SPEED_M_S = 12.0
PERIOD_M = SPEED_M_S * FRAMES / RATE
EYE_M = 1.3
_HOUSES_M = 9.0
_KERB_M = 4.5
_LAMP_EVERY_M = 24.0
_LAMP_M = (5.2, 6.0)
_SHUTTER = (-0.125, 0.125)
"""Moments of a half-open shutter, in frames."""
_LAMP_LIGHT = np.array([1.0, 0.68, 0.34])


class Seen(NamedTuple):
    """What each pixel of a camera sees, whatever the time: which surface, the place on it, and how far it is."""

    surface: Field
    along_m: Field
    aside_m: Field
    up_m: Field
    far_m: Field
    units: Field


def seen_by(turn_deg: float) -> Seen:
    """The surfaces that the rays of one camera meet: 0 sky, 1 ground, 2 houses."""
    columns, rows = SIZE
    focal = columns / 2 / np.tan(np.radians(WIDTH_DEG) / 2)
    right = (np.arange(columns) + 0.5 - columns / 2) / focal
    up = (rows / 2 - np.arange(rows) - 0.5) / focal
    x, z = np.meshgrid(right, up)
    rays = np.stack([x, np.ones_like(x), z], axis=-1)
    turn = np.radians(turn_deg)
    rays = rays @ np.array([[np.cos(turn), np.sin(turn), 0.0], [-np.sin(turn), np.cos(turn), 0.0], [0.0, 0.0, 1.0]])
    with np.errstate(divide="ignore"):
        to_ground = np.where(rays[..., 2] < 0.0, -EYE_M / rays[..., 2], np.inf)
        to_houses = np.where(rays[..., 0] == 0.0, np.inf, _HOUSES_M / np.abs(rays[..., 0]))
    lengths = np.minimum(to_ground, to_houses)
    lengths = np.where(lengths > 400.0, np.inf, lengths)
    finite = np.where(np.isfinite(lengths), lengths, 0.0)
    place = rays * finite[..., None]
    height = place[..., 2] + EYE_M
    is_house = (to_houses < to_ground) & (height < _roof_m(place[..., 1]))
    surface = np.where(~np.isfinite(lengths), 0, np.where(to_ground <= to_houses, 1, np.where(is_house, 2, 0)))
    single = (place[..., 1], place[..., 0], height, np.linalg.norm(place, axis=-1))
    units = rays / np.linalg.norm(rays, axis=-1, keepdims=True)
    return Seen(surface, *(field.astype(np.float32) for field in (*single, units)))


def frame_of(seen: Seen, frame: int) -> Field:
    """One frame: 8-bit sRGB codes (rows, columns, 3)."""
    light = sum(_light(seen, (frame + moment) * SPEED_M_S / RATE) for moment in _SHUTTER) / len(_SHUTTER)
    light = 1.0 - np.exp(-1.6 * light)
    codes = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 0.0031308) ** (1 / 2.4) - 0.055)
    return np.round(255.0 * codes).astype(np.uint8)


def _light(seen: Seen, driven_m: float) -> Field:
    along = seen.along_m + driven_m
    low = np.exp(-9.0 * np.clip(seen.units[..., 2], 0.0, 1.0))
    sky = np.array([0.030, 0.036, 0.062]) + low[..., None] * np.array([0.10, 0.055, 0.030])
    light = np.where((seen.surface == 1)[..., None], _ground(seen, along), sky)
    light = np.where((seen.surface == 2)[..., None], _houses(seen, along), light)
    haze = np.exp(-seen.far_m / 120.0)[..., None]
    light = np.where((seen.surface > 0)[..., None], haze * light + (1.0 - haze) * np.array([0.05, 0.04, 0.04]), light)
    return light + _lamps(seen, driven_m)


def _ground(seen: Seen, along: Field) -> Field:
    """Asphalt with a broken line in the middle, kerbs and pavements, lit by the lamps above."""
    aside = np.abs(seen.aside_m)
    fade = 1.0 / (1.0 + (seen.far_m / 60.0) ** 2)
    grain = 0.9 + 0.1 * np.sin(37.0 * seen.aside_m) * _wave(along, 61) * fade
    line = (np.abs(seen.aside_m + 1.6) < 0.08) & (np.mod(along, 6.0) < 3.0)
    albedo = np.where(aside > _KERB_M, 0.22, 0.08) * grain
    albedo = np.where(line, 0.6, albedo)
    albedo = np.where(np.abs(aside - _KERB_M) < 0.12, 0.35, albedo)
    under = np.mod(along + 0.5 * _LAMP_EVERY_M, _LAMP_EVERY_M) - 0.5 * _LAMP_EVERY_M
    square = under**2 + (aside - _LAMP_M[0]) ** 2 + _LAMP_M[1] ** 2
    lit = 30.0 * _LAMP_M[1] / square**1.5
    return (albedo * (lit + 0.12))[..., None] * (0.25 + 0.75 * _LAMP_LIGHT)


def _houses(seen: Seen, along: Field) -> Field:
    """Facades with windows, some of them lit, and shops at the pavement. Each side has windows of its own."""
    side = np.where(seen.aside_m > 0.0, 1.0, 2.0)
    house, floor = np.floor(along / 8.0), np.floor(seen.up_m / 3.2)
    bay = np.floor(along / 2.0)
    wall = 0.05 + 0.08 * _chance(np.mod(house, PERIOD_M / 8.0), side)
    in_bay, in_floor = np.mod(along, 2.0) / 2.0, np.mod(seen.up_m, 3.2) / 3.2
    is_window = (np.abs(in_bay - 0.5) < 0.3) & (np.abs(in_floor - 0.52) < 0.26) & (floor >= 1.0)
    is_shop = (floor < 1.0) & (np.abs(np.mod(along, 8.0) - 4.0) < 3.2) & (np.abs(in_floor - 0.45) < 0.33)
    key = np.mod(bay, PERIOD_M / 2.0) + 31.0 * floor
    is_lit = _chance(key, side) > 0.62
    warm = _chance(key + 7.0, side)[..., None]
    inside = (0.35 + 0.9 * warm) * (warm * np.array([1.0, 0.72, 0.42]) + (1.0 - warm) * np.array([0.75, 0.86, 1.0]))
    shop_hue = _chance(np.mod(house, PERIOD_M / 8.0) + 90.0, side)[..., None]
    shop = 1.1 * (shop_hue * np.array([1.0, 0.35, 0.45]) + (1.0 - shop_hue) * np.array([0.35, 0.9, 1.0]))
    under = np.mod(along + 0.5 * _LAMP_EVERY_M, _LAMP_EVERY_M) - 0.5 * _LAMP_EVERY_M
    lit = 18.0 / (under**2 + (_HOUSES_M - _LAMP_M[0]) ** 2 + (seen.up_m - _LAMP_M[1]) ** 2)
    light = (wall * (lit + 0.10))[..., None] * (0.4 + 0.6 * _LAMP_LIGHT)
    light = np.where(is_window[..., None], np.where(is_lit[..., None], inside, 0.02), light)
    return np.where(is_shop[..., None], shop, light)


def _lamps(seen: Seen, driven_m: float) -> Field:
    """The lamps themselves and the glow around them, before houses and sky."""
    first = -np.mod(driven_m, _LAMP_EVERY_M)
    found = np.zeros(seen.units.shape[:2], np.float32)
    for number in range(-5, 7):
        for side in (-1.0, 1.0):
            to = np.array([side * _LAMP_M[0], first + number * _LAMP_EVERY_M, _LAMP_M[1] - EYE_M])
            far = float(np.linalg.norm(to))
            towards = seen.units @ (to / far).astype(np.float32)
            size = np.float32((0.16 / far) ** 2)
            off = np.maximum(np.float32(1.0) - towards, np.float32(0.0)) / size
            glow = np.float32(1.0) / (np.float32(1.0) + off / np.float32(12.0))
            found += np.float32(0.5) * glow * np.sqrt(glow)
            near = off < 12.0
            found[near] += 8.0 * np.exp(-off[near])
    return found[..., None] * _LAMP_LIGHT


def _roof_m(along: Field) -> Field:
    house = np.mod(np.floor(along / 8.0), PERIOD_M / 8.0)
    return 10.0 + 9.0 * _chance(house, np.ones_like(house))


def _wave(along: Field, cycles: int) -> Field:
    return np.sin(2.0 * np.pi * cycles * along / PERIOD_M)


def _chance(number: Field, side: Field) -> Field:
    """A number from 0 to 1 that looks like chance, the same for the same number and side."""
    mixed = np.sin(number * 12.9898 + side * 78.233) * 43758.5453
    return mixed - np.floor(mixed)


def write_film(file: Path, turn_deg: float) -> None:
    """One camera's film: H.264, 4:2:0, video range, BT.709, tagged so."""
    av: Any = importlib.import_module("av")
    seen = seen_by(turn_deg)
    with av.open(str(file), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "24", "preset": "slow", "g": "24"})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, RATE)
        stream.codec_context.color_primaries = stream.codec_context.color_trc = stream.codec_context.colorspace = 1
        stream.codec_context.color_range = 1
        for number in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(frame_of(seen, number), format="rgb24")
            frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, turn in CAMERAS.items():
        write_film(folder / f"{name}.mp4", turn)
        print(f"{folder / name}.mp4: {FRAMES} frames")
