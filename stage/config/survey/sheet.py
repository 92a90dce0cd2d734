"""The sheet of what was understood of a configuration, as records; its text is made at the edge. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from calibration.cameras import Camera
from calibration.forms import Direction, between, direction_of, distance_of
from calibration.walls import MeshShape
from render.worlds.kinds import Layer
from stage.config.lights import StageLight
from stage.config.records import StageConfig
from stage.config.survey.coverage import WallCoverage, coverage_of
from stage.config.survey.survey import PictureSurvey, Survey, WallSurvey
from tracking.records import Record, Vec3


class WallEntry(Record):
    """One wall: size, pitch across and up, direction it faces, and where it is from the outer eye."""

    name: str
    kind: str
    resolution_px: tuple[int, int]
    size_m: tuple[float, float]
    pitch_mm: tuple[float, float]
    facing: Direction
    distance_m: float
    from_outer_eye: Direction
    latency_ms: float
    signal: str
    peak_nits: float


class TrackerEntry(Record):
    """One tracker: protocol, source, rate, delay, and its origin in the stage."""

    name: str
    protocol: str
    source: str
    rate_hz: float | None
    delay_ms: float
    origin_m: Vec3
    turned_deg: Vec3


class CameraEntry(Record):
    """One camera's rig. Lengths in metres, angle of view in degrees; None where the tracker reports it.

    `longest_latency_ms` is the sum from sample to light on the slowest wall: the tracker's delay, one frame to draw,
    half a frame to the middle of its light, and the wall's latency.
    """

    name: str
    tracker: str | None
    sensor_mm: tuple[float, float]
    resolution_px: tuple[int, int]
    lens: str
    view_deg: tuple[float, float] | None
    entrance_pupil_m: float | None
    marker_offset_m: Vec3
    tracker_origin_m: Vec3 | None
    longest_latency_ms: float


class LayerEntry(Record):
    """One layer of a world: its name, its key in paths, its kind, its file, and the size of its picture."""

    name: str
    key: str
    kind: str
    file: str | None = None
    size_px: tuple[int, int] | None = None


class WorldEntry(Record):
    """A world: its name, its key in paths, and its layers, the farthest first."""

    name: str
    key: str
    layers: tuple[LayerEntry, ...]


class LightEntry(Record):
    """A light: its fixture with mode and cells, its patch (universe, first and last channel), where it stands, how far
    it points and where to, and what it follows.
    """

    name: str
    key: str
    fixture: str
    mode: str
    cells: int
    universe: int
    channels: tuple[int, int]
    position_m: Vec3
    throw_m: float
    towards: Direction
    follow: str
    groups: tuple[str, ...] = ()


class Sheet(Record):
    """What was understood of a configuration. `coverage` is empty if the stage has no windows."""

    stage: str
    frame_rate_hz: float
    frame_ms: float
    outer_eye_m: Vec3
    walls: tuple[WallEntry, ...]
    coverage: tuple[WallCoverage, ...]
    trackers: tuple[TrackerEntry, ...]
    cameras: tuple[CameraEntry, ...]
    worlds: tuple[WorldEntry, ...]
    lights: tuple[LightEntry, ...] = ()


def sheet_of(survey: Survey) -> Sheet:
    """The sheet of a stage."""
    config = survey.config
    return Sheet(
        stage=config.stage.name,
        frame_rate_hz=float(config.stage.rate()),
        frame_ms=survey.period_ms(),
        outer_eye_m=config.stage.outer_eye_m,
        walls=tuple(_wall(one, config.stage.outer_eye_m) for one in survey.walls),
        coverage=coverage_of(config),
        trackers=tuple(
            TrackerEntry(
                name=tracker.name,
                protocol=tracker.protocol,
                source=tracker.source,
                rate_hz=tracker.rate_hz,
                delay_ms=tracker.delay_ms,
                origin_m=tracker.stage_from_tracker.position_m,
                turned_deg=tracker.stage_from_tracker.rotation_deg,
            )
            for tracker in config.trackers
        ),
        cameras=tuple(_camera(survey, camera) for camera in config.cameras),
        worlds=tuple(_worlds(survey)),
        lights=tuple(_light(config, light) for light in config.all_lights()),
    )


def latency_ms(survey: Survey, camera: Camera, wall_latency_ms: float) -> float:
    """The time from a tracker's sample to the light of a wall: delay, one and a half frames, the wall's latency."""
    tracker = survey.tracker_of(camera)
    return (tracker.delay_ms if tracker else 0.0) + 1.5 * survey.period_ms() + wall_latency_ms


def angle_deg(side_mm: float, focal_length_mm: float) -> float:
    """The angle of view over a side of the sensor."""
    return math.degrees(2.0 * math.atan(side_mm / (2.0 * focal_length_mm)))


def _wall(one: WallSurvey, eye_m: Vec3) -> WallEntry:
    wall, form = one.wall, one.form
    return WallEntry(
        name=wall.name,
        kind="mesh" if isinstance(wall.shape, MeshShape) else type(wall.shape).__name__.removesuffix("Shape").lower(),
        resolution_px=wall.resolution_px,
        size_m=(form.width_m, form.height_m),
        pitch_mm=(form.across_m * 1000.0, form.up_m * 1000.0),
        facing=direction_of(form.facing),
        distance_m=distance_of(one.surface, eye_m),
        from_outer_eye=direction_of(between(eye_m, form.centre_m)),
        latency_ms=wall.latency_ms,
        signal=f"gamma {wall.signal.gamma:g}" if wall.signal.curve == "gamma" else wall.signal.curve,
        peak_nits=wall.signal.peak_nits,
    )


def _camera(survey: Survey, camera: Camera) -> CameraEntry:
    tracker = survey.tracker_of(camera)
    pupils = survey.pupils_m.get(camera.name, ())
    slowest = max((one.wall.latency_ms for one in survey.walls), default=0.0)
    view = None
    if camera.focal_length_mm is not None:
        width, height = (angle_deg(side, camera.focal_length_mm) for side in camera.sensor_mm)
        view = (width, height)
    return CameraEntry(
        name=camera.name,
        tracker=camera.tracker,
        sensor_mm=camera.sensor_mm,
        resolution_px=camera.resolution_px,
        lens=_lens(camera),
        view_deg=view,
        entrance_pupil_m=camera.entrance_pupil_m if camera.entrance_pupil_m is not None else next(iter(pupils), None),
        marker_offset_m=camera.marker_from_camera.position_m,
        tracker_origin_m=tracker.stage_from_tracker.position_m if tracker else None,
        longest_latency_ms=latency_ms(survey, camera, slowest),
    )


def _light(config: StageConfig, light: StageLight) -> LightEntry:
    mode = config.mode_of(light)
    throw = between(light.position_m, light.aim_m)
    return LightEntry(
        name=light.name,
        key=light.key or "",
        fixture=light.fixture,
        mode=mode.name,
        cells=mode.cells,
        universe=light.universe,
        channels=(light.address, light.address + mode.slots - 1),
        position_m=light.position_m,
        throw_m=math.hypot(*throw),
        towards=direction_of(throw),
        follow=light.follow,
        groups=light.groups,
    )


def _lens(camera: Camera) -> str:
    if camera.focal_length_mm is not None:
        return f"{camera.focal_length_mm:g} mm"
    if camera.zoom:
        lengths = [row[1] for row in camera.zoom]
        return f"{min(lengths):g}-{max(lengths):g} mm by encoder"
    return camera.lens or "as the tracker reports"


def _worlds(survey: Survey) -> Iterator[WorldEntry]:
    places = iter([place for place, _ in survey.config.layers_by_place()] or [""])
    for world in survey.config.all_worlds():
        layers = tuple(_layer(layer, survey.picture_of(next(places))) for layer in world.layers)
        yield WorldEntry(name=world.name, key=world.key or "", layers=layers)


def _layer(layer: Layer, picture: PictureSurvey | None) -> LayerEntry:
    return LayerEntry(
        name=layer.name,
        key=layer.key or "",
        kind=str(layer.__struct_config__.tag),
        file=layer.file or ", ".join(layer.films()) or None,
        size_px=None if picture is None else picture.size_px,
    )
