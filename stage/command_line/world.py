"""`stage world`: examines a picture that could be a world."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from render.worlds.shared.formats import FORMAT_NAMES
from stage.command_line.options import JsonOption, print_json
from stage.doctor.world_file import WorldFileReport, world_check, world_info

app = typer.Typer(
    no_args_is_help=True,
    help="Examine a picture that could be a world.\n\nExample: stage world check hw_configs/worlds/valley.jpg",
)

FileArgument = Annotated[Path, typer.Argument(help=f"A picture: {FORMAT_NAMES}.", metavar="FILE")]


@app.command()
def info(file: FileArgument, *, as_json: JsonOption = False) -> None:
    """Say what the header of a file says: kind, size, the memory that it takes, what of it is not shown.

    Example: stage world info hw_configs/worlds/valley.jpg
    """
    _print(world_info(file), as_json=as_json)


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
        if not report.errors:
            print(
                f"{report.file}: {report.kind}, {report.columns} x {report.rows} pixels, {report.gpu_mib:g} MiB of "
                f"graphics memory, {report.cpu_mib:g} MiB in the run's folder"
            )
        for part in report.ignored:
            print(f"not shown: {part}")
    if report.errors:
        raise typer.Exit(1)
