"""The canvas that a window shows: rectangles of walls and where they go. Row 0 is always the top."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import NamedTuple

from calibration.walls import Wall
from render.outputs.records import Output, Region
from tracking.records import ConfigError

Size = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Patch:
    """A rectangle inside a wall's raster and its place inside the canvas, in pixels."""

    wall: str
    from_px: Size
    size_px: Size
    at_px: Size


@dataclass(frozen=True, kw_only=True)
class Canvas:
    """Patches that do not overlap. `size_px` is the configured size, else the smallest that holds them."""

    patches: tuple[Patch, ...]
    size_px: Size


class PlacedPatch(NamedTuple):
    """A patch with the canvas that it is on, for people: the output's number and name, and its size in pixels."""

    canvas: str
    canvas_px: Size
    patch: Patch


def placed_patches(outputs: tuple[Output, ...], walls: tuple[Wall, ...]) -> tuple[PlacedPatch, ...]:
    """Every rectangle of a wall that an output shows, the outputs in their order.

    Windows always have a canvas, other outputs only if they have regions. Raises ConfigError for a region that does not
    fit its wall.
    """
    placed = []
    for index, output in enumerate(outputs):
        if output.kind == "window" or output.regions:
            patches = _patches(f"outputs[{index}]", output, walls)
            name = f"{index + 1}: {output.monitor or output.kind}"
            placed += [PlacedPatch(name, output.size_px or _smallest(patches), patch) for patch in patches]
    return tuple(placed)


def plan_canvas(index: int, output: Output, walls: tuple[Wall, ...]) -> Canvas:
    """The canvas of `outputs[index]`. Without regions all walls are side by side from the upper left corner.

    Raises ConfigError that names a region that does not fit its wall or the canvas, or that overlaps another.
    """
    key = f"outputs[{index}]"
    patches = _patches(key, output, walls)
    columns, rows = _smallest(patches)
    size = output.size_px or (columns, rows)
    if columns > size[0] or rows > size[1]:
        raise ConfigError(
            f"{key}.size_px: found a canvas of {size[0]} x {size[1]}, expected {columns} x {rows} or more for its walls"
        )
    _refuse_overlap(key, patches)
    return Canvas(patches=patches, size_px=size)


def _patches(key: str, output: Output, walls: tuple[Wall, ...]) -> tuple[Patch, ...]:
    if not output.regions:
        return _side_by_side(walls)
    sizes = {wall.name: wall.resolution_px for wall in walls}
    return tuple(_patch(f"{key}.regions[{number}]", region, sizes) for number, region in enumerate(output.regions))


def _smallest(patches: tuple[Patch, ...]) -> Size:
    """The smallest canvas that holds these patches."""
    return (
        max(patch.at_px[0] + patch.size_px[0] for patch in patches),
        max(patch.at_px[1] + patch.size_px[1] for patch in patches),
    )


def _patch(key: str, region: Region, sizes: dict[str, Size]) -> Patch:
    if region.wall not in sizes:
        near = difflib.get_close_matches(region.wall, sizes, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(sizes)}"
        raise ConfigError(f"{key}.wall: found {region.wall!r}, which is not a wall; {hint}")
    columns, rows = sizes[region.wall]
    left, top = region.from_px
    size = region.size_px or (columns - left, rows - top)
    if min(size) < 1 or left + size[0] > columns or top + size[1] > rows:
        raise ConfigError(
            f"{key}: found {size[0]} x {size[1]} pixels from {list(region.from_px)}, "
            f"expected a rectangle within the wall's {columns} x {rows}"
        )
    return Patch(wall=region.wall, from_px=region.from_px, size_px=size, at_px=region.at_px)


def _side_by_side(walls: tuple[Wall, ...]) -> tuple[Patch, ...]:
    patches: list[Patch] = []
    left = 0
    for wall in walls:
        patches.append(Patch(wall=wall.name, from_px=(0, 0), size_px=wall.resolution_px, at_px=(left, 0)))
        left += wall.resolution_px[0]
    return tuple(patches)


def _refuse_overlap(key: str, patches: tuple[Patch, ...]) -> None:
    for number, patch in enumerate(patches):
        for earlier in range(number):
            if _overlap(patch, patches[earlier]):
                raise ConfigError(
                    f"{key}.regions[{number}].at_px: found a region over regions[{earlier}], expected them side by side"
                )


def _overlap(a: Patch, b: Patch) -> bool:
    return all(
        a.at_px[axis] < b.at_px[axis] + b.size_px[axis] and b.at_px[axis] < a.at_px[axis] + a.size_px[axis]
        for axis in (0, 1)
    )
