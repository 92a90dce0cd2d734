"""Reads what a configuration's geometry needs: LED positions, meshes, lenses, predictor weights."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from calibration.cameras import prime_mm
from calibration.files.loading import load_lens, load_mesh, load_predictor, shipped_predictor
from calibration.lens_frame import check_lens
from calibration.lens_records import Lens
from calibration.rasters.meshes import Mesh
from calibration.rasters.positions import wall_positions, wall_surface
from calibration.records import Calibration
from calibration.walls import MeshShape, Wall, WallSurface
from render.film.scene import FilmWall, film_wall
from render.worlds.plate.sets import WIDEST_DEG
from stage.config.findings import Findings
from stage.config.wording import about_named_file
from stage.loading.files import LoadedConfig, film_lenses, is_absent
from stage.words.sentences import sentence
from tracking.prediction.weights import PredictorWeights
from tracking.records import ConfigError, ViewError

Size = tuple[float, float]
_USUAL_HEIGHT = 9.0 / 16.0


def load_geometry(
    loaded: LoadedConfig, meshes: dict[str, Mesh] | None = None
) -> tuple[Mapping[str, np.ndarray], Calibration]:
    """LED positions of every wall (rows, columns, 3; metres in the stage), and the planner's view of the geometry.

    The mesh of every mesh wall is left in `meshes`, if given, for who needs its triangles too: reading one takes long.
    Raises ConfigError with all findings on walls, lenses and predictor weights.
    """
    findings = Findings(loaded.file)
    positions, calibration = read_geometry(loaded, findings, meshes)
    findings.refuse()
    return positions, calibration


def read_geometry(
    loaded: LoadedConfig, findings: Findings, meshes: dict[str, Mesh] | None = None
) -> tuple[Mapping[str, np.ndarray], Calibration]:
    """The same as far as it can be read, with its faults in `findings`; skips what they mark as unreliable."""
    positions: dict[str, np.ndarray] = {}
    surfaces: list[WallSurface] = []
    for index, wall in enumerate(loaded.config.walls):
        where = f"walls[{index}]"
        if findings.is_unreliable(f"{where}.shape", f"{where}.resolution_px"):
            continue
        try:
            mesh = _mesh(loaded, wall)
            positions[wall.name] = wall_positions(wall, mesh)
            if mesh is not None and meshes is not None:
                meshes[wall.name] = mesh
            surfaces.append(wall_surface(wall, positions[wall.name]))
        except ConfigError as error:
            _report_wall(loaded, where, wall, error, findings)
    calibration = Calibration(
        surfaces=tuple(surfaces),
        lenses=_lenses(loaded, findings),
        lens_files=_lens_files(loaded, findings),
        predictors=_predictors(loaded, findings),
        film_lenses=_film_lenses(loaded, findings),
    )
    return positions, calibration


def film_walls(loaded: LoadedConfig) -> tuple[FilmWall, ...]:
    """All configured walls as the film camera sees them. Raises ConfigError if a mesh file cannot be read."""
    return tuple(film_wall(wall, _mesh(loaded, wall)) for wall in loaded.config.walls)


def _mesh(loaded: LoadedConfig, wall: Wall) -> Mesh | None:
    return load_mesh(loaded.path_of(wall.shape.file)) if isinstance(wall.shape, MeshShape) else None


def _report_wall(loaded: LoadedConfig, where: str, wall: Wall, error: ConfigError, findings: Findings) -> None:
    """Reports faults of a wall's own keys, or of its mesh file."""
    own = f"walls.{wall.name}."
    for finding in error.findings:
        if isinstance(wall.shape, MeshShape) and not finding.startswith(own):
            _report_file(loaded, f"{where}.shape.file", wall.shape.file, finding, findings)
        else:
            key, _, text = finding.removeprefix(own).partition(": ")
            findings.report(f"{where}.{key}", text)


def _report_file(loaded: LoadedConfig, where: str, file: str, finding: str, findings: Findings) -> None:
    findings.report(where, about_named_file(finding, str(loaded.path_of(file)), file))


def _predictors(loaded: LoadedConfig, findings: Findings) -> dict[str, PredictorWeights]:
    """The weights of every tracker with a learned predictor."""
    predictors = {}
    for index, tracker in enumerate(loaded.config.trackers):
        where, file = f"trackers[{index}].predictor_weights", tracker.predictor_weights
        if tracker.predictor != "learned" or findings.is_unreliable(where):
            continue
        try:
            predictors[tracker.name] = load_predictor(loaded.path_of(file)) if file else shipped_predictor()
        except ConfigError as error:
            _report_file(loaded, where, file or "", str(error), findings)
    return predictors


def _lenses(loaded: LoadedConfig, findings: Findings) -> dict[str, Lens]:
    """The lens of every camera that names a lens file, if the lens fits the camera's sensor."""
    lenses = {}
    for index, camera in enumerate(loaded.config.cameras):
        where = f"cameras[{index}]"
        if camera.lens is None or findings.is_unreliable(f"{where}.lens", f"{where}.sensor_mm"):
            continue
        lens = _lens(loaded, f"{where}.lens", camera.lens, camera.sensor_mm, findings)
        if lens is not None:
            lenses[camera.name] = lens
    return lenses


def _lens_files(loaded: LoadedConfig, findings: Findings) -> dict[str, Lens]:
    """The lens files that cameras change between, by name; each fits the sensor of every camera that lists it."""
    lenses = {}
    for index, camera in enumerate(loaded.config.cameras):
        for place, file in enumerate(camera.lenses):
            where = f"cameras[{index}].lenses[{place}]"
            if prime_mm(file) is not None or findings.is_unreliable(where, f"cameras[{index}].sensor_mm"):
                continue
            lens = _lens(loaded, where, file, camera.sensor_mm, findings)
            if lens is not None:
                lenses[file] = lens
    return lenses


def _film_lenses(loaded: LoadedConfig, findings: Findings) -> dict[str, Lens]:
    """The lenses of films of sets, by file. How high a film is, is not known yet: it is taken for 16:9."""
    lenses = {}
    for where, film in film_lenses(loaded.config):
        file = film.lens or ""
        if findings.is_unreliable(where) or is_absent(loaded.path_of(file)):
            continue
        wide = 2.0 * math.tan(math.radians(0.5 * min(film.width_deg, WIDEST_DEG)))
        lens = _film_lens(loaded, where, file, wide, findings)
        if lens is not None:
            lenses[file] = lens
    return lenses


def _film_lens(loaded: LoadedConfig, where: str, file: str, wide: float, findings: Findings) -> Lens | None:
    """A lens file as read, if it shows a film that is `wide` focal lengths wide and 9/16 of that high."""
    try:
        focal_mm = load_lens(loaded.path_of(file)).nodes[0].focal_length_mm
    except ConfigError as error:
        _report_file(loaded, where, file, str(error), findings)
        return None
    return _lens(loaded, where, file, (wide * focal_mm, wide * focal_mm * _USUAL_HEIGHT), findings)


def _lens(loaded: LoadedConfig, where: str, file: str, sensor_mm: Size, findings: Findings) -> Lens | None:
    """A lens file as read, if the lens fits a sensor; None after reporting why not."""
    try:
        lens = load_lens(loaded.path_of(file))
        check_lens(lens, sensor_mm)
    except ConfigError as error:
        _report_file(loaded, where, file, str(error), findings)
    except ViewError as error:
        sensor = f"a sensor of {sensor_mm[0]:.4g} x {sensor_mm[1]:.4g} mm"
        findings.report(
            where,
            f"found {file!r}, with which {sentence(error.reason, error.values)} on {sensor}, "
            "expected a lens that shows every place once: check model, units and sensor_mm",
        )
    else:
        return lens
    return None
