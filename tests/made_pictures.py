"""Pictures of which it is known what is wrong with them, and what is found of them: for tests and for rates."""

import functools
import importlib
import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from render.assets.facts import PictureMeasure

WORLDS = Path(__file__).resolve().parent.parent / "hw_configs" / "worlds"
SIZES = ((480, 270), (270, 480), (440, 330), (480, 240), (560, 240))


@functools.cache
def landscapes():
    """The module that draws landscapes with a known horizon."""
    sys.path.insert(0, str(WORLDS))
    try:
        return importlib.import_module("make_landscapes")
    finally:
        sys.path.remove(str(WORLDS))


def linear(codes):
    """Linear light of sRGB codes, 8 bits: of greys, so that no colour space has to be told."""
    code = np.asarray(codes, np.float32) / np.float32(255.0)
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4).astype(np.float32)


def facts_of(light):
    """What is measured of light (rows, columns, 3), taken in bands."""
    light = np.ascontiguousarray(light, np.float32)
    measure = PictureMeasure(*light.shape[:2])
    for top in range(0, len(light), 64):
        measure.add(top, light[top : top + 64])
    return measure.facts(None)


def shots(count, *, level=False):
    """`count` ways of taking a landscape, of all kinds in turn: rolled and cropped, or level with the eye in the middle."""
    made, dice = landscapes(), np.random.default_rng(7 + level)
    for index in range(count):
        size = SIZES[int(dice.integers(len(SIZES)))]
        horizon, roll = (0.5, 0.0) if level else (float(dice.uniform(0.25, 0.7)), float(dice.uniform(-7.0, 7.0)))
        width = float(dice.uniform(45.0, 90.0) if size[0] > size[1] else dice.uniform(25.0, 45.0))
        kind = made.KINDS[index % len(made.KINDS)]
        yield made.Shot(kind=kind, seed=index + 1, size=size, horizon=horizon, roll_deg=roll, width_deg=width)


def light_of(shot, *, as_jpeg=False):
    """The light of a landscape's 8-bit picture."""
    picture = landscapes().drawn(shot)
    if as_jpeg:
        content = io.BytesIO()
        picture.save(content, "JPEG", quality=80)
        picture = Image.open(content)
    return linear(picture)


def errors_deg(shot, facts):
    """How far a found horizon is off in height and in roll, in degrees of the view in which the picture was taken."""
    focal = shot.size[0] / 2.0 / np.tan(np.radians(shot.width_deg / 2.0))
    rows = abs(facts.horizon - shot.horizon) * shot.size[1]
    return float(np.degrees(np.arctan(rows / focal))), abs(facts.roll_deg - shot.roll_deg)


def sphere(rows=256, seed=1, noise=0.01, waves=(2.0, 5.0, 11.0, 23.0, 40.0)):
    """Light on a whole sphere by sums of waves in space: it meets itself at its edges and in its poles."""
    dice = np.random.default_rng(seed)
    azimuth = ((np.arange(2 * rows) + 0.5) / rows - 1.0) * np.pi
    elevation = (0.5 - (np.arange(rows) + 0.5) / rows)[:, None] * np.pi
    ray = np.stack(
        [np.cos(elevation) * np.sin(azimuth), np.cos(elevation) * np.cos(azimuth), np.sin(elevation) + 0 * azimuth], -1
    )
    light = np.full((rows, 2 * rows), 0.3)
    for frequency in waves:
        way = dice.normal(size=3)
        wave = np.sin(ray @ (way / np.linalg.norm(way)) * frequency + dice.uniform(0, 6.0))
        light = light * (1.0 + 0.25 * wave)
    light = light * (1.0 + noise * dice.normal(size=light.shape))
    return np.repeat(np.clip(light, 0.0, None)[..., None], 3, axis=2)


def with_sun(light, elevation_deg, share):
    """A sphere of light with a sun ahead, whose light on what faces it is `share` of the sky's on level ground."""
    rows, columns = light.shape[:2]
    azimuth = ((np.arange(columns) + 0.5) / columns - 0.5) * 2.0 * np.pi
    elevation = (0.5 - (np.arange(rows) + 0.5) / rows)[:, None] * np.pi
    high = np.radians(elevation_deg)
    cosine = np.sin(elevation) * np.sin(high) + np.cos(elevation) * np.cos(high) * np.cos(azimuth)
    disc = np.exp((cosine - 1.0) / np.radians(0.5) ** 2)
    area = np.cos(elevation) * 2.0 * (np.pi / rows) ** 2 / 2.0 * np.ones_like(azimuth)
    sky = (light[..., 0] * area * np.sin(elevation))[elevation[:, 0] > 0.0].sum()
    return light + (share * sky / (disc * area).sum() * disc)[..., None]


def tilted(light, tilt_deg, roll_deg):
    """Light of a level sphere as a tilted camera takes it: its horizon falls by so much ahead, and to the right."""
    rows, columns = light.shape[:2]
    azimuth = ((np.arange(columns) + 0.5) / columns - 0.5) * 2.0 * np.pi
    elevation = (0.5 - (np.arange(rows) + 0.5) / rows)[:, None] * np.pi
    flat = np.cos(elevation)
    ray = np.stack([flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(elevation) + 0.0 * azimuth], -1)
    aside = np.tan(np.radians(roll_deg))
    up = np.array((aside, np.tan(np.radians(tilt_deg)) * np.hypot(aside, 1.0), 1.0))
    up /= np.linalg.norm(up)
    ahead = np.array((0.0, 1.0, 0.0)) - up * up[1]
    ahead /= np.linalg.norm(ahead)
    x, y, z = ray @ np.cross(ahead, up), ray @ ahead, np.clip(ray @ up, -1.0, 1.0)
    row = ((0.5 - np.arcsin(z) / np.pi) * rows).astype(int).clip(0, rows - 1)
    return light[row, ((np.arctan2(x, y) / (2.0 * np.pi) + 0.5) * columns).astype(int) % columns]


def seen(sphere_light, pan_deg, tilt_deg, width_deg=70.0, size=(480, 270)):
    """What a camera in the middle of a sphere of light sees, and the row of its horizon as a share of the height."""
    columns, rows = size
    focal = columns / 2.0 / np.tan(np.radians(width_deg / 2.0))
    x, y = np.meshgrid(np.arange(columns) + 0.5 - columns / 2.0, np.arange(rows) + 0.5 - rows / 2.0)
    tilt = np.radians(tilt_deg)
    ahead, up = focal * np.cos(tilt) + y * np.sin(tilt), focal * np.sin(tilt) - y * np.cos(tilt)
    high, wide = sphere_light.shape[:2]
    row = (0.5 - np.arctan2(up, np.hypot(x, ahead)) / np.pi) * high
    column = ((np.arctan2(x, ahead) + np.radians(pan_deg)) / (2.0 * np.pi) + 0.5) * wide
    light = sphere_light[row.astype(int).clip(0, high - 1), column.astype(int) % wide]
    return light, 0.5 + np.tan(tilt) * focal / rows
