"""Test pictures for walls. They are code values, so grade, wall colour and dither do not touch them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, get_args

import moderngl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from calibration.walls import Wall
from render.gpu.passes import Pass, Textures, Uniform
from render.plan.frame import Pattern
from tracking.records import ConfigError

PATTERNS: tuple[str, ...] = get_args(Pattern)
COUNTER_BITS = 32
_LABEL_FONT_PX = 20
_DIGIT_FONT_PX = 96


class CounterBlocks(NamedTuple):
    """The first block of the machine-readable row of the `counter` pattern, in wall pixels from the upper left."""

    left: int
    top: int
    width: int
    height: int


def counter_blocks(columns: int, rows: int) -> CounterBlocks:
    """The place of the first block on a wall of this raster; `width` and `height` are one block's.

    Raises ValueError for a wall narrower than its 32 blocks.
    """
    width = columns // COUNTER_BITS
    if width < 1:
        raise ValueError(
            f"found a wall {columns} pixels wide, expected at least {COUNTER_BITS} for the counter's blocks"
        )
    height = max(1, rows // 5)
    return CounterBlocks((columns - width * COUNTER_BITS) // 2, rows - height, width, height)


def read_counter(picture: NDArray[np.uint8]) -> int:
    """The frame number (modulo 2^32) that a wall's picture with the `counter` pattern shows.

    `picture` is (rows, columns, 3), row 0 the top, as sent to the wall. Raises ValueError where it shows none.
    """
    rows, columns = picture.shape[:2]
    left, top, width, height = counter_blocks(columns, rows)
    centres = picture[top + height // 2, left + width // 2 : left + width * COUNTER_BITS : width]
    if not np.isin(centres, (0, 255)).all() or (centres != centres[:, :1]).any():
        raise ValueError("found no counter in the picture, expected blocks that are black or white")
    number = 0
    for white in centres[:, 0].tolist():
        number = number * 2 + int(white == 255)
    return number


class WallPatterns:
    """Draws the patterns of all walls of a stage."""

    def __init__(self, context: moderngl.Context, walls: Sequence[Wall], stage_name: str) -> None:
        self._digits = _ink(context, _digit_row())
        self._labels = {wall.name: _ink(context, _label(stage_name, wall)) for wall in walls}
        self._passes = {
            "grid": Pass(context, "patterns/grid.frag", uniforms=("raster", "label_scale"), textures=("label",)),
            "bars": Pass(context, "patterns/bars.frag", uniforms=("raster",)),
            "ramp": Pass(context, "patterns/ramp.frag", uniforms=("raster",)),
            "counter": Pass(
                context, "patterns/counter.frag", uniforms=("raster", "frame", "blocks"), textures=("digits",)
            ),
            "edge": Pass(context, "patterns/edge.frag", uniforms=("raster", "frame")),
        }

    def draw(self, target: moderngl.Framebuffer, wall: Wall, pattern: str, frame: int) -> None:
        """Covers `target` with the wall's `pattern` in display slot `frame`. Raises ConfigError for an unknown one."""
        if pattern not in self._passes:
            raise ConfigError(f"/wall/{wall.name}/pattern: found {pattern!r}, expected one of {', '.join(PATTERNS)}")
        values: dict[str, Uniform] = {"raster": wall.resolution_px}
        textures: Textures = {}
        if pattern == "grid":
            label = self._labels[wall.name]
            values["label_scale"] = _label_scale(wall, label)
            textures = {"label": label}
        if pattern in {"counter", "edge"}:
            values["frame"] = frame % (1 << COUNTER_BITS)
        if pattern == "counter":
            columns, rows = wall.resolution_px
            values["blocks"] = counter_blocks(max(columns, COUNTER_BITS), rows)
            textures = {"digits": self._digits}
        self._passes[pattern].draw(target, values, textures)


def _label_scale(wall: Wall, label: moderngl.Texture) -> int:
    """The whole factor by which the label fills half the wall's width or a third of its height, at least 1."""
    columns, rows = wall.resolution_px
    return max(1, min(columns // (2 * label.width), rows // (3 * label.height)))


def _ink(context: moderngl.Context, picture: Image.Image) -> moderngl.Texture:
    return context.texture(picture.size, 1, picture.tobytes(), alignment=1)


def _font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size_px)


def _label(stage_name: str, wall: Wall) -> Image.Image:
    """The wall's name, its size and the corner that its pixels are counted from, white on black."""
    columns, rows = wall.resolution_px
    lines = [stage_name, wall.name, f"{columns} x {rows} px", "0, 0 = upper left", "64 px a square"]
    text = "\n".join(line for line in lines if line)
    font = _font(_LABEL_FONT_PX)
    left, top, right, bottom = ImageDraw.Draw(Image.new("L", (1, 1))).multiline_textbbox((0, 0), text, font=font)
    picture = Image.new("L", (int(right - left) + 8, int(bottom - top) + 8))
    ImageDraw.Draw(picture).multiline_text((4 - left, 4 - top), text, fill=255, font=font, align="center")
    return picture


def _digit_row() -> Image.Image:
    """The ten digits side by side in cells of equal width, white on black."""
    font = _font(_DIGIT_FONT_PX)
    boxes = [font.getbbox(str(digit)) for digit in range(10)]
    width = int(max(box[2] - box[0] for box in boxes)) + 8
    height = int(max(box[3] for box in boxes)) + 8
    picture = Image.new("L", (10 * width, height))
    draw = ImageDraw.Draw(picture)
    for digit, box in enumerate(boxes):
        draw.text((digit * width + (width - (box[2] - box[0])) / 2 - box[0], 4), str(digit), fill=255, font=font)
    return picture
