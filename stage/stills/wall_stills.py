"""Draws one frame for a given camera pose through the same fold and renderer as a running stage."""

from __future__ import annotations

from pathlib import Path

import msgspec

from render.film.scene import Picture
from render.images.coded import write_png
from render.images.exr import write_exr
from render.outputs.opened import open_outputs
from render.plan.frame import FramePlan
from render.probes.light import FINE
from render.renderer import Renderer
from stage.assets.folder_worlds import with_world_of_library
from stage.assets.worlds import load_worlds
from stage.config.records import StageConfig
from stage.loading.files import LoadedConfig
from stage.loading.geometry import film_walls, load_geometry
from stage.loading.other_world import load_config_with_world, naming_option
from stage.loading.show_files import called_look
from stage.plates.exact import examine_films, films_found, load_exactly
from stage.show.frame.inputs import FrameInputs, Observation
from stage.show.frame.outcome import Outcome
from stage.show.frame.requests import Target, setting_command
from stage.show.show import Show
from stage.show.state import new_state
from stage.stills.film_lamps import film_lamps, lights_given
from stage.stills.film_stills import write_film
from stage.stills.grey_sphere import LitSphere, SphereReport, lit_sphere
from stage.values.stage_wide import ACTIVE_WORLD
from stage.words.sentences import hold_line, refuse_if_refused
from tracking.records import ConfigError, Record, Vec3
from tracking.settable import Value


class StillRequest(Record):
    """A camera, where its entrance pupil is (metres; pan, tilt, roll in degrees), and what else to set.

    With `film` the film camera photographs the walls as well, and a grey sphere at `grey_sphere_m`: x, y, z, nothing
    for the outer eye, None for no sphere.
    """

    camera: str
    position_m: tuple[float, ...]
    rotation_deg: tuple[float, ...]
    focal_length_mm: float | None = None
    overscan_deg: float | None = None
    feather: bool = True
    film: bool = True
    grey_sphere_m: tuple[float, ...] | None = None
    settings: tuple[tuple[str, Value], ...] = ()


class StillCamera(Record):
    """A camera as the still was drawn for it; `overscan` is in degrees on every side."""

    position_m: tuple[float, ...]
    rotation_deg: tuple[float, ...]
    focal_length_mm: float
    sensor_mm: tuple[float, float]
    overscan: float
    feather_px: float


class StillReport(Record):
    """The contents of `still.json`."""

    cameras: dict[str, StillCamera]
    renderer: str
    held: dict[str, str]
    files: tuple[str, ...]
    grey_sphere: SphereReport | None = None


def draw_still(
    config_path: Path, request: StillRequest, out: Path, *, world: Path | None = None, look: str | None = None
) -> StillReport:
    """Draws the still and writes its files into `out`. Raises ConfigError for what cannot be drawn.

    `world` is a panorama's picture file in the place of the configured worlds. Without it, `/world/active` may also be
    set to a world of the library's folder. `look` is the file or the name of a look that it begins with.
    """
    loaded = load_config_with_world(config_path, world)
    wanted = dict(request.settings).get(ACTIVE_WORLD)
    if world is None and isinstance(wanted, str):
        loaded = with_world_of_library(loaded, wanted)
    if request.camera not in [camera.name for camera in loaded.config.cameras]:
        known = ", ".join(camera.name for camera in loaded.config.cameras)
        raise ConfigError(f"--camera: found {request.camera!r}, expected one of {known}")
    if request.focal_length_mm is not None and request.focal_length_mm <= 0.0:
        raise ConfigError(f"--focal-mm: found {request.focal_length_mm:g}, expected a focal length of 1 to 5000 mm")
    loaded = _with_one_camera(loaded, request.camera)
    begins_with = called_look(look, loaded.config)
    positions, calibration = load_geometry(loaded)
    outputs = open_outputs((), loaded.config.walls, headless=True)
    try:
        renderer = Renderer(
            outputs.context,
            loaded.config.walls,
            positions,
            loaded.config.stage.name,
            loaded.config.outputs,
            draw=loaded.config.stage.draw,
            quality=loaded.config.stage.quality,
        )
        show = Show(loaded.config, calibration, new_state(loaded.config, begins_with))
        with naming_option(loaded, world):
            assets = load_worlds(loaded, renderer)
        if loaded.config.lights and request.grey_sphere_m is not None:
            renderer.measure_at_probes(positions, FINE)
        films = examine_films(loaded)
        outcome = step_still(show, request, (*assets, *films))
        load_exactly(renderer, films_found(loaded, films), outcome.plan)
        renderer.draw(outcome.plan)
        return _write(loaded, request, out, renderer=renderer, show=show, outcome=outcome)
    finally:
        outputs.close()


def _with_one_camera(loaded: LoadedConfig, name: str) -> LoadedConfig:
    """A configuration without the other cameras, whose views would cover the requested one."""
    cameras = tuple(camera for camera in loaded.config.cameras if camera.name == name)
    return LoadedConfig(
        msgspec.structs.replace(loaded.config, cameras=cameras), loaded.text, loaded.directory, loaded.file
    )


def step_still(show: Show, request: StillRequest, assets: tuple[Observation, ...]) -> Outcome:
    """One step of the fold with the camera driven by hand. Raises ConfigError where a value is refused."""
    command = setting_command("still", _targets(request))
    outcome = show.step(FrameInputs(epoch=0, frame=0, present_ns=0, commands=(command,), observations=assets))
    refuse_if_refused(outcome, dict(request.settings))
    return outcome


def _targets(request: StillRequest) -> tuple[Target, ...]:
    prefix = f"/camera/{request.camera}"
    names = ("x_m", "y_m", "z_m", "pan_deg", "tilt_deg", "roll_deg")
    values: dict[str, Value] = {f"{prefix}/source": "manual"}
    numbers = (*request.position_m, *request.rotation_deg)
    values.update({f"{prefix}/manual/{name}": number for name, number in zip(names, numbers, strict=True)})
    if request.focal_length_mm is not None:
        values[f"{prefix}/focal_length_mm"] = request.focal_length_mm
    if request.overscan_deg is not None:
        values[f"{prefix}/overscan_deg"] = request.overscan_deg
    if not request.feather:
        values[f"{prefix}/feather_px"] = 0.0
    values.update(request.settings)
    return tuple(Target(path=path, value=value) for path, value in values.items())


def _write(
    loaded: LoadedConfig, request: StillRequest, out: Path, *, renderer: Renderer, show: Show, outcome: Outcome
) -> StillReport:
    config, plan = loaded.config, outcome.plan
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"--out: {out} cannot be created: {error.strerror}; give a folder that you may write to"
        ) from error
    files = []
    light = {wall.name: renderer.read_wall_linear(wall.name) for wall in plan.walls}
    for wall in plan.walls:
        write_exr(out / f"wall-{wall.name}.exr", light[wall.name])
        write_png(out / f"wall-{wall.name}.png", renderer.read_wall(wall.name))
        files += [f"wall-{wall.name}.exr", f"wall-{wall.name}.png"]
    sphere = _sphere(loaded, request, plan, light)
    if sphere is not None and (given := lights_given(show, renderer, outcome)) is not None:
        sphere = sphere._replace(lamps=film_lamps(config, show.state.controls.values, given))
    if request.film:
        files += _film(loaded, request, show, light, out, sphere=sphere)
    report = StillReport(
        cameras={camera.name: _camera(config, show, camera.name) for camera in config.cameras},
        renderer=renderer.name,
        held={wall.name: hold_line(wall.holds) for wall in plan.walls if wall.holds},
        files=(*files, "still.json"),
        grey_sphere=None if sphere is None else sphere.report(_pupil(request)),
    )
    (out / "still.json").write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    return report


def _sphere(
    loaded: LoadedConfig, request: StillRequest, plan: FramePlan, light: dict[str, Picture]
) -> LitSphere | None:
    place = request.grey_sphere_m
    if place is None:
        return None
    if plan.air.raw:
        raise ConfigError("--grey-sphere: the world on air is no light but numbers, leave the sphere out")
    x, y, z = place or plan.outer.eye_m
    return lit_sphere((x, y, z), loaded.config.walls, film_walls(loaded), light, ())


def _pupil(request: StillRequest) -> Vec3:
    x, y, z = request.position_m
    return (x, y, z)


def _film(
    loaded: LoadedConfig,
    request: StillRequest,
    show: Show,
    light: dict[str, Picture],
    out: Path,
    *,
    sphere: LitSphere | None,
) -> tuple[str, ...]:
    (configured,) = loaded.config.cameras
    camera = configured.fitted(show.state.cameras[configured.name].lens.lens)
    own_mm = None if camera.lens is not None else _camera(loaded.config, show, camera.name).focal_length_mm
    pose = (*request.position_m, *request.rotation_deg)
    focal_mm = request.focal_length_mm or own_mm
    return write_film(loaded, camera, light, out, pose=pose, focal_length_mm=focal_mm, sphere=sphere)


def _camera(config: StageConfig, show: Show, name: str) -> StillCamera:
    values = show.state.controls.values.camera[name]
    camera = next(camera for camera in config.cameras if camera.name == name)
    manual = values.manual
    return StillCamera(
        position_m=(manual.x_m, manual.y_m, manual.z_m),
        rotation_deg=(manual.pan_deg, manual.tilt_deg, manual.roll_deg),
        focal_length_mm=values.focal_length_mm or show.state.cameras[name].lens.focal_length_mm,
        sensor_mm=camera.sensor_mm,
        overscan=values.overscan_deg,
        feather_px=values.feather_px,
    )
