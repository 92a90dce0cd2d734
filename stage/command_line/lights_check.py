"""`stage lights check`: says what a fixture's file or a stage's lights are, channel by channel."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

import typer

from stage.command_line.options import JsonOption, print_json
from stage.doctor.fixture_sheet import (
    FixtureReport,
    LightsReport,
    fixture_lines,
    fixture_report,
    lights_lines,
    lights_report,
)
from stage.fixture_files.reading import FIXTURE_SUFFIXES
from stage.loading.files import load_config
from stage.loading.fixtures import read_fixture
from tracking.records import ConfigError


def check(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A fixture (.toml, .gdtf, .json), or a configuration (TOML).")
    ],
    *,
    as_json: JsonOption = False,
) -> None:
    """Say what each channel does, what of a fixture is not driven, and what the lights cost on the wire.

    Reads a fixture's profile, a GDTF file or one of the Open Fixture Library; or a configuration, with the fixtures
    that its lights use. Exits 1 if it cannot be used.

    Example: stage lights check hw_configs/fixtures/generic_cct_16bit.toml
    """
    if not file.exists():
        raise ConfigError(f"{file}: no such file; give the path of a fixture or of a configuration")
    try:
        report = _report(file)
    except ConfigError as error:
        for finding in error.findings:
            typer.echo(finding, err=True)
        raise typer.Exit(1) from None
    if as_json:
        print_json(report)
    else:
        print("\n".join(fixture_lines(report) if isinstance(report, FixtureReport) else lights_lines(report)))


def _report(file: Path) -> FixtureReport | LightsReport:
    if _is_fixture(file):
        return fixture_report(str(file), read_fixture(file))
    return lights_report(str(file), load_config(file).config)


def _is_fixture(file: Path) -> bool:
    """Whether a file is a fixture's: by its ending, and where it is TOML by its modes."""
    if file.suffix.lower() in FIXTURE_SUFFIXES:
        return True
    try:
        return "modes" in tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
