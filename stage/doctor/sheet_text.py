"""The sheet of what was understood of a configuration, as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from calibration.forms import Direction
from stage.config.records import ONLY_WORLD
from stage.config.survey.coverage import WallCoverage
from stage.config.survey.sheet import CameraEntry, LayerEntry, LightEntry, Sheet, TrackerEntry, WallEntry, WorldEntry
from tracking.records import Vec3

_COVERAGE_HEAD = ("", "covered", "twice", "none")


def sheet_text(sheet: Sheet) -> str:
    """The sheet as indented lines."""
    return "\n".join(f"  {line}" for line in _lines(sheet))


def _lines(sheet: Sheet) -> Iterator[str]:
    yield (
        f'stage "{sheet.stage}": {sheet.frame_rate_hz:.6g} frames a second ({sheet.frame_ms:.2f} ms), '
        f"outer eye at {_place(sheet.outer_eye_m)}"
    )
    for wall in sheet.walls:
        yield from _wall(wall)
    yield from _coverage(sheet.coverage)
    for tracker in sheet.trackers:
        yield from _tracker(tracker)
    for camera in sheet.cameras:
        yield from _camera(camera)
    for world in sheet.worlds:
        yield _world(world)
    for light in sheet.lights:
        yield from _light(light)


def _wall(wall: WallEntry) -> Iterator[str]:
    (width, height), (across, up) = wall.size_m, wall.pitch_mm
    columns, rows = wall.resolution_px
    yield (
        f"wall {wall.name} ({wall.kind}): {width:.2f} x {height:.2f} m, {columns} x {rows} LEDs, "
        f"pitch {across:.2f} x {up:.2f} mm"
    )
    yield (
        f"    faces {_direction(wall.facing)}; {wall.distance_m:.2f} m from the outer eye, "
        f"its middle {_direction(wall.from_outer_eye)}"
    )
    yield f"    latency {wall.latency_ms:g} ms, {wall.signal} to {wall.peak_nits:g} nits"


def _coverage(coverage: tuple[WallCoverage, ...]) -> Iterator[str]:
    """A table of how much of each wall the windows show."""
    if not coverage:
        yield "LEDs on canvases: no windows"
        return
    width = max(len("LEDs on canvases"), *(len(one.wall) + 4 for one in coverage))
    yield f"{'LEDs on canvases':<{width}}" + "".join(f"{head:>9}" for head in _COVERAGE_HEAD[1:])
    for one in coverage:
        shares = (one.covered_percent, one.twice_percent, one.none_percent)
        yield f"{'    ' + one.wall:<{width}}" + "".join(f"{share:>7.1f} %" for share in shares)


def _tracker(tracker: TrackerEntry) -> Iterator[str]:
    rate = "rate as reported" if tracker.rate_hz is None else f"{tracker.rate_hz:g} Hz"
    pan, tilt, roll = tracker.turned_deg
    yield f"tracker {tracker.name}: {tracker.protocol} from {tracker.source}, {rate}, delay {tracker.delay_ms:g} ms"
    yield f"    origin at {_place(tracker.origin_m)}, turned pan {pan:g}, tilt {tilt:g}, roll {roll:g} deg"


def _camera(camera: CameraEntry) -> Iterator[str]:
    follows = "driven by hand" if camera.tracker is None else f"follows {camera.tracker}"
    (width, height), (columns, rows) = camera.sensor_mm, camera.resolution_px
    view = "" if camera.view_deg is None else f" ({camera.view_deg[0]:.1f} x {camera.view_deg[1]:.1f} deg)"
    yield (
        f"camera {camera.name}: {follows}, sensor {width:g} x {height:g} mm for {columns} x {rows} px, "
        f"lens {camera.lens}{view}"
    )
    pupil = "as reported, or 0" if camera.entrance_pupil_m is None else f"{camera.entrance_pupil_m:g} m"
    yield f"    marker to sensor {_place(camera.marker_offset_m)}, entrance pupil {pupil}" + (
        "" if camera.tracker_origin_m is None else f", tracker's origin {_place(camera.tracker_origin_m)}"
    )
    yield f"    from sample to light at most {camera.longest_latency_ms:.1f} ms: delay + 1.5 frames + slowest wall"


def _light(light: LightEntry) -> Iterator[str]:
    first, last = light.channels
    cells = "" if light.cells == 1 else f", {light.cells} cells"
    patch = f"universe {light.universe}, channels {first} to {last}"
    yield f'light "{light.name}": {light.fixture}, {light.mode}{cells}, {patch}'
    follows = "set by hand" if light.follow == "off" else f"follows {light.follow}"
    groups = "" if not light.groups else f", in {', '.join(light.groups)}"
    points = f"points {_direction(light.towards)} over {light.throw_m:.2f} m"
    yield f"    at {_place(light.position_m)}, {points}, {follows}{groups}"


def _world(world: WorldEntry) -> str:
    name = "world" if world.name == ONLY_WORLD else f'world "{world.name}"'
    return f"{name}: " + "; over it ".join(_layer(layer) for layer in world.layers)


def _layer(layer: LayerEntry) -> str:
    size = "" if layer.size_px is None else f", {layer.size_px[0]} x {layer.size_px[1]} px"
    return layer.kind + ("" if layer.file is None else f" {layer.file}{size}")


def _direction(one: Direction) -> str:
    """A direction in words and degrees; rounding leaves no minus before a zero."""
    return f"{one.words} (pan {round(one.pan_deg) + 0:d}, tilt {round(one.tilt_deg) + 0:d} deg)"


def _place(place: Vec3) -> str:
    return "[" + ", ".join(f"{one:g}" for one in place) + "] m"
