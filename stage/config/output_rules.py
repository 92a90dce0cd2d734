"""Rules for outputs: each region is inside its wall and its canvas, and none overlaps another. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from render.outputs.canvas import plan_canvas
from render.outputs.records import Output, Region
from stage.config.findings import Finding
from stage.config.records import StageConfig
from tracking.records import ConfigError


def broken_output_rules(config: StageConfig) -> Iterator[Finding]:
    """Yields every region outside its wall or canvas, and every canvas that cannot hold its walls."""
    for index, output in enumerate(config.outputs):
        found = [
            finding
            for number, region in enumerate(output.regions)
            for finding in _region(f"outputs[{index}].regions[{number}]", region, output, config)
        ]
        yield from found or _canvas(index, output, config)


def _region(where: str, region: Region, output: Output, config: StageConfig) -> Iterator[Finding]:
    sizes = {wall.name: wall.resolution_px for wall in config.walls}
    if region.wall not in sizes:
        yield Finding(f"{where}.wall", f"found {region.wall!r}, expected one of {list(sizes)}", _rasters(config))
        return
    whole = sizes[region.wall]
    size = region.size_px or whole
    if any(region.from_px[axis] + size[axis] > whole[axis] for axis in (0, 1)):
        found = f"found {list(size)} from {list(region.from_px)}"
        wanted = f"expected to be inside wall {region.wall!r} of {list(whole)} px"
        yield Finding(f"{where}.size_px", f"{found}, {wanted}", (f"{where}.from_px", *_rasters(config)))
    elif output.size_px and any(region.at_px[axis] + size[axis] > output.size_px[axis] for axis in (0, 1)):
        found = f"found {list(region.at_px)} for {list(size)} px"
        wanted = f"expected to be inside the canvas of {list(output.size_px)} px"
        about = (f"{where}.size_px", f"{where.partition('.')[0]}.size_px", *_rasters(config))
        yield Finding(f"{where}.at_px", f"{found}, {wanted}", about)


def _canvas(index: int, output: Output, config: StageConfig) -> Iterator[Finding]:
    """Faults of a window's canvas as a whole, judged once each of its regions is right by itself."""
    if output.kind != "window" or not config.walls:
        return
    try:
        plan_canvas(index, output, config.walls)
    except ConfigError as error:
        for line in error.findings:
            where, _, text = line.partition(": ")
            yield Finding(where, text, (f"outputs[{index}]", *_rasters(config)))


def _rasters(config: StageConfig) -> tuple[str, ...]:
    """The keys that define the walls' names and sizes."""
    rows = range(len(config.walls))
    return ("walls.name", *(f"walls[{row}].{key}" for row in rows for key in ("name", "resolution_px")))
