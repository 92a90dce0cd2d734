"""`stage check`: everything that can be said of a configuration without opening a device."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from render.pictures import probe
from stage.config_files import LoadedConfig, load_config, load_geometry
from stage.parameters import declare
from tracking.records import ConfigError, Record


class CheckReport(Record):
    """What was found in a configuration."""

    file: str
    ok: bool
    errors: tuple[str, ...]
    walls: int = 0
    trackers: int = 0
    cameras: int = 0
    parameters: int = 0


def command(
    configs: Annotated[list[Path], typer.Argument(help="Configurations to check (TOML).", metavar="CONFIG...")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON report for each.")] = False,
) -> None:
    """Check configurations: every key, every name that refers to another, every file that is named.

    Opens no device and no port. Exits 0 when all are good, 2 when one cannot be run.
    """
    reports = [examine(path) for path in configs]
    for report in reports:
        if as_json:
            print(msgspec.json.encode(report).decode())
        else:
            _tell(report)
    if not all(report.ok for report in reports):
        raise typer.Exit(2)


def examine(path: Path) -> CheckReport:
    """Reads a configuration with its meshes and the header of its world's picture."""
    try:
        loaded = load_config(path)
        load_geometry(loaded)
        _check_world(loaded)
    except ConfigError as error:
        return CheckReport(file=str(path), ok=False, errors=error.findings)
    config = loaded.config
    return CheckReport(
        file=str(path),
        ok=True,
        errors=(),
        walls=len(config.walls),
        trackers=len(config.trackers),
        cameras=len(config.cameras),
        parameters=len(declare(config)),
    )


def _check_world(loaded: LoadedConfig) -> None:
    world = loaded.config.world
    if world.file is not None:
        probe(loaded.path_of(world.file))


def _tell(report: CheckReport) -> None:
    if report.ok:
        print(
            f"{report.file}: good: {report.walls} wall(s), {report.trackers} tracker(s), {report.cameras} camera(s), "
            f"{report.parameters} parameters"
        )
    for error in report.errors:
        typer.echo(error, err=True)
