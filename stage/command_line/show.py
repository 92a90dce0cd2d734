"""`stage show`: lists shows, makes one, archives one for handing it over, and checks one against a stage."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from stage.command_line.options import JsonOption, print_json
from stage.control.tables import plain_table
from stage.doctor.show_folder import PARTS, ShowContent, ShowReport, content_of, examine_show, is_show
from stage.loading.files import load_config
from stage.loading.show_archive import archive_show
from stage.run.show_folder import LOOKS, SHOWS, WORLDS
from stage.words.sentences import counted
from tracking.records import ConfigError, Record

app = typer.Typer(
    no_args_is_help=True,
    help="List shows, make one, archive one to hand it over, check one against a stage.\n\n"
    "A show is a folder: looks, cues, saved values, worlds and takes. `stage run CONFIG --show FOLDER` runs it.\n\n"
    "Example: stage show list",
)

ShowArgument = Annotated[Path, typer.Argument(help="The show's folder.", metavar="FOLDER")]
MEGABYTE = 1e6
_LONGEST_NAME = 64


class ArchiveReport(Record):
    """The archive that was written, what it holds, and what was left out."""

    file: str
    files: int
    bytes: int
    left_out: tuple[str, ...]


@app.command(name="list")
def list_shows(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that holds shows.")] = Path(SHOWS),
    *,
    as_json: JsonOption = False,
) -> None:
    """List the shows of a folder, with how much there is in each.

    Example: stage show list shows
    """
    try:
        found = [content_of(folder) for folder in sorted(directory.iterdir()) if folder.is_dir() and is_show(folder)]
    except OSError as error:
        raise ConfigError(
            f"{directory}: cannot be read: {error.strerror}; give the folder that holds the shows"
        ) from None
    if as_json:
        print(msgspec.json.encode(found).decode())
        return
    table = plain_table("show", "looks", "cues", "saved", "worlds", "takes", "MB")
    for show in found:
        table.add_row(*_row(show))
    Console().print(table)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the show and of its folder.", metavar="NAME")],
    *,
    beside: Annotated[
        Path | None,
        typer.Option("--config", help="Make it beside this configuration, not in this folder.", metavar="STAGE"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make an empty show, in `shows` of this folder. No folder is overwritten.

    Example: stage show new "Episode 12"
    """
    if not (0 < len(name) <= _LONGEST_NAME and name.isprintable() and "/" not in name and not name.startswith(".")):
        wanted = f"expected 1 to {_LONGEST_NAME} printable characters without / and with no dot in front"
        raise ConfigError(f"NAME: found {name[:80]!r}, {wanted}")
    folder = (Path() if beside is None else beside.parent) / SHOWS / name
    try:
        folder.mkdir(parents=True)
        for part in (LOOKS, WORLDS):
            (folder / part).mkdir()
    except FileExistsError:
        raise ConfigError(f"{folder}: found a folder, expected none; choose another name") from None
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be made: {error.strerror}") from None
    if as_json:
        print_json(content_of(folder))
    else:
        print(f"{folder} is made. Next: stage run CONFIG --show {folder}")


@app.command()
def archive(
    folder: ShowArgument,
    *,
    to: Annotated[Path | None, typer.Option(help="Write this file. Default: FOLDER.tar.", metavar="FILE.tar")] = None,
    takes: Annotated[bool, typer.Option("--takes/--no-takes", help="With the takes, or without.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Write a show into one tar file, to hand it over or to keep it. No file is overwritten.

    Links, hidden files and takes that are being written are left out. Unpacked anywhere, the folder is a show again.

    Example: stage show archive shows/default --to monday.tar
    """
    _refuse_others(folder)
    file = to or folder.with_name(f"{folder.absolute().name}.tar")
    try:
        done = archive_show(folder, file, takes=takes)
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be read: {error.strerror or error}") from None
    if as_json:
        print_json(ArchiveReport(file=str(file), files=done.files, bytes=done.bytes, left_out=done.left_out))
        return
    for line in done.left_out:
        print(f"left out: {line}", file=sys.stderr)
    print(f"{file}: {done.files} files, {done.bytes / MEGABYTE:.1f} MB")


@app.command()
def check(
    folder: ShowArgument,
    *,
    config: Annotated[
        Path | None, typer.Option("--config", help="The stage that should run it (TOML).", metavar="STAGE")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read every file of a show, and say what of it does not fit a stage. Exits 1 if a file cannot be read.

    What does not fit is no fault of the show: the stage passes it over, and the files keep it.

    Example: stage show check shows/default --config my_stage.toml
    """
    _refuse_others(folder)
    loaded = None if config is None else load_config(config, world_may_be_absent=True)
    try:
        report = examine_show(folder, loaded)
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be read: {error.strerror or error}") from None
    if as_json:
        print_json(report)
    else:
        _print(report)
    if not report.ok:
        raise typer.Exit(1)


def _refuse_others(folder: Path) -> None:
    if not folder.is_dir():
        raise ConfigError(f"{folder}: found no such folder, expected that of a show; `stage show list` names them")
    if not is_show(folder):
        parts = ", ".join(PARTS)
        raise ConfigError(f"{folder}: found none of {parts}: this is no show; `stage show list` names them")


def _print(report: ShowReport) -> None:
    for warning in report.warnings:
        print(warning)
    for error in report.errors:
        typer.echo(error, err=True)
    show = report.content
    verdict = "good" if not report.warnings else "can be run"
    if report.errors:
        verdict = counted(len(report.errors), "error")
    files = f"{counted(show.values, 'file')} of values, {counted(show.worlds, 'file')} of worlds"
    content = f"{counted(show.looks, 'look')}, {counted(show.cues, 'cue')}, {files}, {counted(show.takes, 'take')}"
    print(f"{show.folder}: {verdict}: {content}")


def _row(show: ShowContent) -> tuple[str, ...]:
    counts = (show.looks, show.cues, show.values, show.worlds, show.takes)
    return Path(show.folder).name, *(str(count) for count in counts), f"{show.bytes / MEGABYTE:.1f}"
