"""Examines a file that could be a world, or a part of one: from its header, or by decoding all of it.

A picture, a 3D scene or a film is told to people: what it is, and what of it is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from render.assets.decode import open_picture
from render.assets.levels import levels_bytes
from render.assets.pieces import PictureShape
from render.images.exr_header import MAX_HEADER, read_exr_parts
from render.images.exr_layers import read_exr_header
from render.images.pictures import Probe, probe
from render.models.describe import ModelFacts, describe_model
from render.models.read import read_model
from render.worlds.model.record import is_model_path
from render.worlds.shared.file_names import WORLD_ENDING, is_world_file
from stage.control.world_views import WorldFinding, finding_of
from stage.doctor.film_file import FilmReport, film_file, is_film_path
from stage.doctor.world_findings import findings_on
from stage.loading.files import LoadedConfig, load_config
from stage.loading.world_files import read_world_file
from stage.show.air.remark import Remark
from tracking.records import ConfigError, Record, Scalar
from tracking.sources.ordinary_files import open_ordinary

_MIB = 1 << 20
_ON_FLOOR_M, _ON_FLOOR_SHARE = 0.02, 0.01
_TALLEST_M = 10.0
"""Figures that are taller are rarely meant."""
_EXPECTED = f"a picture, a film, a folder of numbered frames, a 3D scene or the file of a world, NAME{WORLD_ENDING}"


class WorldFileReport(Record):
    """What a file is. `bytes` is its size, `cpu_mib` what the run's folder keeps of it, `gpu_mib` its graphics memory.

    `ignored` are parts of it that are not shown, `errors` what keeps it from being shown. `layers` are the kind and the
    files of each layer that the file of a world has, the farthest first.
    """

    file: str
    kind: str
    columns: int
    rows: int
    bytes: int
    cpu_mib: float
    gpu_mib: float
    ignored: tuple[str, ...]
    errors: tuple[str, ...]
    findings: tuple[WorldFinding, ...] = ()
    film: FilmReport | None = None
    model: ModelFacts | None = None
    layers: tuple[str, ...] = ()


def world_info(path: Path) -> WorldFileReport:
    """What the header of a file says; of all but pictures the whole file. Raises ConfigError where there is none."""
    if not path.exists():
        raise ConfigError(f"FILE: found {str(path)!r}, but there is no such file, expected {_EXPECTED}")
    if is_world_file(path.name):
        return _world(path)
    if path.suffix == ".toml":
        return _unreadable(path, f"{path}: found a TOML file that is no world's, expected {_EXPECTED}")
    if is_film_path(path):
        return _film(path)
    if is_model_path(path.name):
        return _model(path)
    try:
        found = probe(path)
        ignored = tuple(_ignored(path, found))
    except (ConfigError, ValueError) as error:
        return _unreadable(path, str(error))
    return _report(path, found, found.rows, found.columns, 3, ignored=ignored)


def world_check(path: Path, config: Path | None = None) -> WorldFileReport:
    """Decodes the whole file and says what is wrong with it, also on the stage of `config`. Raises ConfigError."""
    info = world_info(path)
    loaded = None if config is None else load_config(config, world_may_be_absent=True)
    if info.errors or info.film is not None or info.layers:
        return info
    if info.model is not None:
        short = _too_large(path, info.gpu_mib, loaded)
        return msgspec.structs.replace(info, findings=(*info.findings, *short))
    try:
        picture = open_picture(path)
        picture.examine()
    except ConfigError as error:
        return _unreadable(path, str(error))
    findings = [finding_of(Remark(one.code, one.values)) for one in picture.findings()]
    gpu_mib = _gpu_mib(picture.rows, picture.columns)
    findings += _too_large(path, gpu_mib, loaded)
    findings += findings_on(path, picture.facts(), loaded)
    found = probe(path)
    return _report(
        path,
        found,
        picture.rows,
        picture.columns,
        picture.channels,
        ignored=info.ignored,
        findings=tuple(findings),
    )


def _too_large(path: Path, gpu_mib: float, loaded: LoadedConfig | None) -> Iterator[WorldFinding]:
    """What is said of a file that needs more graphics memory than the stage gives its worlds."""
    if loaded is not None and gpu_mib > loaded.config.library.gpu_mib:
        budget_mib = loaded.config.library.gpu_mib
        values: dict[str, Scalar] = {"file": path.name, "needed": gpu_mib, "budget": budget_mib, "in_use": 0.0}
        yield finding_of(Remark("asset_no_gpu_room", values))


def _world(path: Path) -> WorldFileReport:
    """The file of a world has layers, whose files are looked for beside it and not opened."""
    try:
        world = read_world_file(path)
    except ConfigError as error:
        return _unreadable(path, *error.findings)
    missing = tuple(
        f"{path.name}: layers[{index}].{key}: found {file!r}, which is not there, expected a file beside this one"
        for index, layer in enumerate(world.layers)
        for key, file in layer.named_files()
        if not (path.parent / file).exists()
    )
    layers = []
    for layer in world.layers:
        files = (file for _, file in layer.named_files())
        layers.append(" ".join((str(layer.__struct_config__.tag), *files)))
    return msgspec.structs.replace(_unreadable(path, *missing), kind="world", layers=tuple(layers))


def _model(path: Path) -> WorldFileReport:
    """A 3D scene has no pixels; all of it is read."""
    try:
        facts, findings = model_file(path)
    except ConfigError as error:
        return _unreadable(path, str(error))
    return WorldFileReport(
        file=str(path),
        kind="model",
        columns=0,
        rows=0,
        bytes=path.stat().st_size,
        cpu_mib=facts.pictures_mib,
        gpu_mib=facts.gpu_mib,
        ignored=(),
        errors=(),
        findings=findings,
        model=facts,
    )


def _film(path: Path) -> WorldFileReport:
    """A film has no memory in the run's folder, and on the GPU some frames: the figure is of one."""
    facts, film, findings, error = film_file(path)
    if facts is None or film is None:
        return _unreadable(path, error)
    size = sum(one.stat().st_size for one in path.iterdir() if one.is_file()) if path.is_dir() else path.stat().st_size
    return WorldFileReport(
        file=str(path),
        kind="plate",
        columns=facts.columns,
        rows=facts.rows,
        bytes=size,
        cpu_mib=0.0,
        gpu_mib=film.frame_mib,
        ignored=(),
        errors=(),
        findings=findings,
        film=film,
    )


def _report(
    path: Path,
    found: Probe,
    rows: int,
    columns: int,
    channels: int,
    *,
    ignored: tuple[str, ...],
    findings: tuple[WorldFinding, ...] = (),
) -> WorldFileReport:
    return WorldFileReport(
        file=str(path),
        kind=found.kind,
        columns=columns,
        rows=rows,
        bytes=found.bytes,
        cpu_mib=round(levels_bytes(rows, columns, channels) / _MIB, 1),
        gpu_mib=_gpu_mib(rows, columns),
        ignored=ignored,
        errors=(),
        findings=findings,
    )


def _gpu_mib(rows: int, columns: int) -> float:
    return round(PictureShape(rows, columns, 4).gpu_bytes / _MIB, 1)


def _ignored(path: Path, found: Probe) -> Iterator[str]:
    """Layers of an EXR file that are not its picture."""
    if found.kind != "exr":
        return
    with open_ordinary(path) as file:
        start = file.read(MAX_HEADER)
    header = read_exr_header(start)
    shown = {(header.part, name) for name in (*header.channels, header.alpha)}
    for part in read_exr_parts(start):
        for channel in part.channels:
            if (part.index, channel.name) not in shown:
                yield f"channel {channel.name}" + (f" of part {part.name}" if part.name else "")


def _unreadable(path: Path, *errors: str) -> WorldFileReport:
    size = path.stat().st_size if path.is_file() else 0
    return WorldFileReport(
        file=str(path), kind="", columns=0, rows=0, bytes=size, cpu_mib=0.0, gpu_mib=0.0, ignored=(), errors=errors
    )


def model_file(path: Path) -> tuple[ModelFacts, tuple[WorldFinding, ...]]:
    """Reads a scene: its facts, and what of it is ignored. Raises ConfigError for what cannot be shown."""
    model = read_model(path)
    notes = (finding_of(Remark(note.code, {"file": path.name, **note.values})) for note in model.notes)
    return describe_model(model), tuple(notes)


def model_lines(facts: ModelFacts) -> Iterator[str]:
    """The facts in a few lines, for a terminal."""
    wide, high, deep = facts.size_m
    yield (
        f"  {facts.drawn_triangles} triangles of {_count(facts.parts, 'mesh', 'meshes')} and "
        f"{_count(facts.materials, 'material', 'materials')}, "
        f"{_count(facts.pictures, 'picture', 'pictures')} of {facts.pictures_mib:g} MiB"
    )
    yield f"  {_short(wide)} m wide, {_short(deep)} m deep, {_short(high)} m high; {_lowest(facts.low_m[1], high)}"
    if facts.joints and high > _TALLEST_M:
        yield f"  a figure with joints, {_short(high)} m high: if that is in centimetres, its layer needs scale = 0.01"
    for movement in facts.movements:
        yield f'  movement "{movement.name}": {movement.duration_s:g} s'


def _count(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _short(metres: float) -> str:
    return f"{float(f'{metres:.3g}'):g}"


def _lowest(low_m: float, high_m: float) -> str:
    if abs(low_m) < max(_ON_FLOOR_M, _ON_FLOOR_SHARE * high_m):
        return "it stands on its floor"
    side = "below" if low_m < 0.0 else "above"
    to_floor = f"with floor_m = {_short(-low_m)} it is on the stage's"
    return f"its lowest point is {_short(abs(low_m))} m {side} its floor: {to_floor}"
