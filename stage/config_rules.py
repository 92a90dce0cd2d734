"""Rules that no single key can break: names, references, sharing. Pure; each broken rule is one finding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from render.plan import MOST_CARDS
from stage.config import StageConfig
from tracking.endpoints import parse_endpoint

SLOWEST_HZ, FASTEST_HZ = 1, 500
_ADDRESS = re.compile(r"^\d{1,3}(\.\d{1,3}){3}$")
_PICTURE_KINDS = (".exr", ".hdr", ".png", ".jpg", ".jpeg")


def broken_rules(config: StageConfig) -> Iterator[str]:
    """Yields `path.to.key: found, expected` for everything in `config` that contradicts itself."""
    yield from _frame_rate(config)
    for section in ("walls", "trackers", "cameras", "cards"):
        yield from _repeated_names(config, section)
    if not config.walls:
        yield "walls: found none, expected at least one [[walls]] table"
    yield from _trackers(config)
    yield from _cameras(config)
    if len(config.cards) > MOST_CARDS:
        yield f"cards: found {len(config.cards)}, expected at most {MOST_CARDS}"
    yield from _outputs(config)
    yield from _world(config)
    yield from _panel(config)
    yield from _verify(config)


def _frame_rate(config: StageConfig) -> Iterator[str]:
    found = config.stage.frame_rate_hz
    try:
        rate = Fraction(found)
    except (ValueError, ZeroDivisionError, OverflowError):
        yield f'stage.frame_rate_hz: found {found!r}, expected a number or a fraction such as "24000/1001"'
        return
    if not SLOWEST_HZ <= rate <= FASTEST_HZ:
        yield f"stage.frame_rate_hz: found {found!r}, expected {SLOWEST_HZ} to {FASTEST_HZ} frames per second"


def _repeated_names(config: StageConfig, section: str) -> Iterator[str]:
    seen: dict[str, int] = {}
    for index, row in enumerate(getattr(config, section)):
        if row.name in seen:
            yield f"{section}[{index}].name: found {row.name!r} again, {section}[{seen[row.name]}] already has it"
        seen.setdefault(row.name, index)


def _trackers(config: StageConfig) -> Iterator[str]:
    first_on: dict[str, int] = {}
    for index, tracker in enumerate(config.trackers):
        where = f"trackers[{index}]"
        try:
            parse_endpoint(tracker.source)
        except ValueError as error:
            yield f"{where}.source: {error}"
        other_index = first_on.setdefault(tracker.source, index)
        other = config.trackers[other_index]
        if other is tracker:
            continue
        if other.protocol != tracker.protocol:
            yield (
                f"{where}.protocol: found {tracker.protocol!r}, but trackers[{other_index}] reads the same source "
                f"as {other.protocol!r}: give each protocol a port of its own"
            )
        elif tracker.protocol != "osc" and (tracker.camera_id is None or tracker.camera_id == other.camera_id):
            yield (
                f"{where}.camera_id: found {tracker.camera_id!r}, expected an id of its own: it shares its source "
                f"with trackers[{other_index}]"
            )


def _cameras(config: StageConfig) -> Iterator[str]:
    names = [tracker.name for tracker in config.trackers]
    for index, camera in enumerate(config.cameras):
        where = f"cameras[{index}]"
        if camera.tracker is not None and camera.tracker not in names:
            yield f"{where}.tracker: found {camera.tracker!r}, expected one of {names}"
        told = [name for name in ("focal_length_mm", "zoom", "lens") if getattr(camera, name) is not None]
        if len(told) > 1:
            yield f"{where}.{told[1]}: found beside {told[0]}, expected only one of focal_length_mm, zoom and lens"
        if camera.overscan_floor_deg > camera.overscan_ceiling_deg:
            yield (
                f"{where}.overscan_floor_deg: found {camera.overscan_floor_deg:g} above overscan_ceiling_deg = "
                f"{camera.overscan_ceiling_deg:g}, expected at most that"
            )
        if camera.zoom is not None and len({row[0] for row in camera.zoom}) < 2:
            yield f"{where}.zoom: found {len(camera.zoom)} row(s), expected two or more different raw values"


def _outputs(config: StageConfig) -> Iterator[str]:
    sizes = {wall.name: wall.resolution_px for wall in config.walls}
    for index, output in enumerate(config.outputs):
        for number, region in enumerate(output.regions):
            where = f"outputs[{index}].regions[{number}]"
            if region.wall not in sizes:
                yield f"{where}.wall: found {region.wall!r}, expected one of {list(sizes)}"
                continue
            size = region.size_px or sizes[region.wall]
            for axis in (0, 1):
                if region.from_px[axis] + size[axis] > sizes[region.wall][axis]:
                    yield (
                        f"{where}.size_px: found {list(size)} from {list(region.from_px)}, expected to lie inside "
                        f"wall {region.wall!r} of {list(sizes[region.wall])} px"
                    )
                    break
                if output.size_px and region.at_px[axis] + size[axis] > output.size_px[axis]:
                    yield (
                        f"{where}.at_px: found {list(region.at_px)} for {list(size)} px, expected to lie inside "
                        f"the canvas of {list(output.size_px)} px"
                    )
                    break


def _world(config: StageConfig) -> Iterator[str]:
    world = config.world
    if world.kind != "panorama":
        return
    if world.file is None:
        yield "world.file: missing, expected the panorama's picture file"
    elif not world.file.lower().endswith(_PICTURE_KINDS):
        yield f"world.file: found {world.file!r}, expected a file that ends in {', '.join(_PICTURE_KINDS)}"


def _verify(config: StageConfig) -> Iterator[str]:
    """Limits that no measurement can keep as they are written: each figure is at least as large as the one before."""
    ladder = ("still_median_px", "still_p99_px", "motion_median_px", "motion_p99_px")
    given = [(name, limit) for name in ladder if (limit := getattr(config.verify, name)) is not None]
    for (smaller, below), (larger, above) in pairwise(given):
        if above < below:
            yield (
                f"verify.{larger}: found {above:g} with {smaller} = {below:g}, expected at least that: "
                "these limits contradict each other"
            )
    if not any(camera.tracker for camera in config.cameras):
        for name in ("motion_median_px", "motion_p99_px", "motion_over_hold"):
            if getattr(config.verify, name) is not None:
                yield f"verify.{name}: found a limit on motion, but no camera has a tracker that could move it"


def _panel(config: StageConfig) -> Iterator[str]:
    host, colon, port = config.panel.bind.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        yield f"panel.bind: found {config.panel.bind!r}, expected ADDRESS:PORT such as 127.0.0.1:7780"
    elif host != "localhost" and not _ADDRESS.match(host):
        yield f"panel.bind: found {config.panel.bind!r}, expected a numeric address such as 127.0.0.1:7780"
