"""`stage world`: examines what could be a world, copies files into a library, and asks the almanac."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from render.worlds.shared.formats import FORMAT_NAMES
from stage.assets.folder_add import add_to_library, check_addable
from stage.command_line.options import JsonOption, print_json
from stage.command_line.world_radiance import radiance
from stage.command_line.world_sun import sun
from stage.command_line.world_test_model import make_test_model
from stage.command_line.world_test_plate import make_test_plate
from stage.doctor.world_file import WorldFileReport, model_lines, world_check, world_info
from stage.loading.files import load_config
from stage.run.show_folder import WORLDS, default_show
from stage.words.sentences import counted
from tracking.records import ConfigError, Record

app = typer.Typer(
    no_args_is_help=True,
    help="Examine a picture, film, 3D scene or file of a world; add it to a stage; make a test plate or model; "
    "ask for the sun.\n\n"
    "Example: stage world check hw_configs/worlds/valley.jpg",
)
app.command()(sun)
app.command()(radiance)
app.command("make-test-plate")(make_test_plate)
app.command("make-test-model")(make_test_model)

FileArgument = Annotated[
    Path,
    typer.Argument(
        help=f"A picture ({FORMAT_NAMES}), a film, a folder of numbered frames, a 3D scene (.glb, .gltf), "
        "or the file of a world (NAME.world.toml).",
        metavar="FILE",
    ),
]


@app.command()
def info(file: FileArgument, *, as_json: JsonOption = False) -> None:
    """Say what the header of a file says: kind, size, the memory that it takes, what of it is not shown.

    Example: stage world info hw_configs/worlds/valley.jpg
    """
    _print(world_info(file), as_json=as_json)


@app.command()
def add(
    files: Annotated[
        list[Path], typer.Argument(help="Pictures, or files that describe worlds (NAME.world.toml).", metavar="FILE")
    ],
    *,
    config: Annotated[
        Path | None, typer.Option("--config", help="The stage whose library they go to (TOML).", metavar="STAGE")
    ] = None,
    show: Annotated[
        Path | None,
        typer.Option(
            "--show",
            help="The show whose worlds they become, if STAGE names no folder. Default: shows/default beside it.",
            metavar="FOLDER",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Copy files into the folder of a stage's library, where a running stage lists them as worlds at once.

    Each appears there whole, with a mask that lies beside it. Nothing is replaced: where a name is taken, the copy has
    a number. Exits 2 before anything is copied if one of the files could be no world.

    Example: stage world add hw_configs/worlds/valley.jpg --config my_stage.toml
    """
    for file in files:
        check_addable(file)
    folder = library_of(config, show)
    places = [add_to_library(file, folder) for file in files]
    if as_json:
        print_json(Added(added=tuple(str(place) for place in places)))
    else:
        print("\n".join(str(place) for place in places))


class Added(Record):
    """Where the files are now that were copied."""

    added: tuple[str, ...]


def library_of(config: Path | None, show: Path | None) -> Path:
    """The folder of a stage's library, or of the worlds of its show, whose own folder is made.

    Raises ConfigError where nothing names one, or the show's folder cannot be made.
    """
    if config is None:
        if show is None:
            raise ConfigError(
                "--config: missing, expected the configuration of the stage whose library the files go to"
            )
        return _made(show) / WORLDS
    library = load_config(config, world_may_be_absent=True).library_folder()
    return _made(show or default_show(config)).absolute() / WORLDS if library is None else library


def _made(show: Path) -> Path:
    try:
        show.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{show}: cannot be made: {error.strerror}; give the show's folder with --show") from None
    return show


@app.command()
def check(
    file: FileArgument,
    *,
    config: Annotated[
        Path | None, typer.Option("--config", help="The stage that should show it (TOML).", metavar="STAGE")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Decode a file and say what keeps it from being shown, and what is odd about it. Exits 1 if it cannot be shown.

    Example: stage world check hw_configs/worlds/valley.jpg
    """
    _print(world_check(file, config), as_json=as_json)


def _print(report: WorldFileReport, *, as_json: bool) -> None:
    if as_json:
        print_json(report)
    else:
        for error in report.errors:
            typer.echo(error, err=True)
        for finding in report.findings:
            print(finding.text)
        if report.film is not None:
            print(
                f"{report.file}: {report.kind}, {report.columns} x {report.rows} pixels, {report.gpu_mib:g} MiB a frame"
            )
            print(report.film.text())
        elif report.layers:
            print(f"{report.file}: a world of {counted(len(report.layers), 'layer')}: {', '.join(report.layers)}")
        elif report.model is not None:
            print(f"{report.file}: {report.kind}, {report.gpu_mib:g} MiB of graphics memory")
            print("\n".join(model_lines(report.model)))
        elif not report.errors:
            print(
                f"{report.file}: {report.kind}, {report.columns} x {report.rows} pixels, {report.gpu_mib:g} MiB of "
                f"graphics memory, {report.cpu_mib:g} MiB in the run's folder"
            )
        for part in report.ignored:
            print(f"not shown: {part}")
    if report.errors:
        raise typer.Exit(1)
