"""Test pictures for walls. They are code values, so grade, wall colour and dither do not touch them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, get_args

import moderngl
import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from calibration.walls import Wall
from render.compose.labels import label_picture
from render.gpu.passes import Pass, Textures, Uniform
from render.outputs.canvas import PlacedPatch
from render.plan.frame import GREY_LEVEL, Pattern, WallPlan
from tracking.records import ConfigError

PATTERNS: tuple[str, ...] = get_args(Pattern)
COUNTER_BITS = 32
_DIGIT_FONT_PX = 96
_FLAT_COLOURS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {"white": (1.0, 1.0, 1.0), "red": (1.0, 0.0, 0.0), "green": (0.0, 1.0, 0.0), "blue": (0.0, 0.0, 1.0)}
)
FLAT_FIELDS = (*_FLAT_COLOURS, "grey")


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
    """Draws the patterns of all walls of a stage. `placed` are the places of the walls' regions on their canvases."""

    def __init__(
        self,
        context: moderngl.Context,
        walls: Sequence[Wall],
        stage_name: str,
        placed: Sequence[PlacedPatch] = (),
    ) -> None:
        self._digits = _ink(context, _digit_row())
        self._labels = {
            wall.name: _ink(
                context, label_picture(stage_name, wall, [place for place in placed if place.patch.wall == wall.name])
            )
            for wall in walls
        }
        self._passes = {
            "grid": Pass(context, "patterns/grid.frag", uniforms=("raster",), textures=("label",)),
            "lines": Pass(context, "patterns/lines.frag"),
            "flat": Pass(context, "patterns/flat.frag", uniforms=("colour",)),
            "bars": Pass(context, "patterns/bars.frag", uniforms=("raster",)),
            "ramp": Pass(context, "patterns/ramp.frag", uniforms=("raster",)),
            "counter": Pass(
                context, "patterns/counter.frag", uniforms=("raster", "frame", "blocks"), textures=("digits",)
            ),
            "edge": Pass(context, "patterns/edge.frag", uniforms=("raster", "frame")),
        }

    def draw(self, target: moderngl.Framebuffer, wall: Wall, plan: WallPlan, frame: int) -> None:
        """Covers `target` with the wall's pattern in display slot `frame`. Raises ConfigError for an unknown one."""
        pattern = plan.pattern
        if pattern not in PATTERNS or pattern == "off":
            raise ConfigError(f"/wall/{wall.name}/pattern: found {pattern!r}, expected one of {', '.join(PATTERNS)}")
        columns, rows = wall.resolution_px
        values: dict[str, Uniform] = {
            "raster": wall.resolution_px,
            "frame": frame % (1 << COUNTER_BITS),
            "blocks": counter_blocks(max(columns, COUNTER_BITS), rows),
            "colour": _flat_colour(plan),
        }
        textures: Textures = {"label": self._labels[wall.name], "digits": self._digits}
        self._passes["flat" if pattern in FLAT_FIELDS else pattern].draw(target, values, textures)


def _flat_colour(plan: WallPlan) -> tuple[float, float, float]:
    """The code values of a flat field, 1.0 the highest."""
    level = GREY_LEVEL if plan.grey_level is msgspec.UNSET else plan.grey_level
    return _FLAT_COLOURS.get(plan.pattern, (level, level, level))


def _ink(context: moderngl.Context, picture: Image.Image) -> moderngl.Texture:
    return context.texture(picture.size, 1, picture.tobytes(), alignment=1)


def _digit_row() -> Image.Image:
    """The ten digits side by side in cells of equal width, white on black."""
    font = ImageFont.load_default(_DIGIT_FONT_PX)
    boxes = [font.getbbox(str(digit)) for digit in range(10)]
    width = int(max(box[2] - box[0] for box in boxes)) + 8
    height = int(max(box[3] for box in boxes)) + 8
    picture = Image.new("L", (10 * width, height))
    draw = ImageDraw.Draw(picture)
    for digit, box in enumerate(boxes):
        draw.text((digit * width + (width - (box[2] - box[0])) / 2 - box[0], 4), str(digit), fill=255, font=font)
    return picture
