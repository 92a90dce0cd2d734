"""`stage check`: examines configurations without opening a device."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from stage.config.starting_values import tree_of
from stage.doctor.configuration import examine_config
from tracking.records import Record


class CheckReport(Record):
    """The findings on one configuration, and what it declares."""

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
    """Check configurations: every key, every name that refers to another, every file.

    Opens no device and no port. Reads files whole, as `run` does. Exits 0 if all configurations can be run, 2 if one
    cannot.
    """
    reports = [examine(path) for path in configs]
    for report in reports:
        if as_json:
            print(msgspec.json.encode(report).decode())
        else:
            _print(report)
    if not all(report.ok for report in reports):
        raise typer.Exit(2)


def examine(path: Path) -> CheckReport:
    """Examines a configuration and every file that it names."""
    loaded, findings = examine_config(path)
    if loaded is None or findings:
        return CheckReport(file=str(path), ok=False, errors=findings)
    config = loaded.config
    return CheckReport(
        file=str(path),
        ok=True,
        errors=(),
        walls=len(config.walls),
        trackers=len(config.trackers),
        cameras=len(config.cameras),
        parameters=len(tree_of(config)),
    )


def _print(report: CheckReport) -> None:
    if report.ok:
        print(
            f"{report.file}: good: {report.walls} wall(s), {report.trackers} tracker(s), {report.cameras} camera(s), "
            f"{report.parameters} parameters"
        )
    for error in report.errors:
        typer.echo(error, err=True)
