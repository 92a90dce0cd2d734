"""`stage check`: examines configurations without opening a device."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from stage.config.starting_values import tree_of
from stage.config.survey.sheet import Sheet, sheet_of
from stage.config.survey.survey import Survey
from stage.doctor.configuration import examine_stage
from stage.doctor.plan.stage_plan import stage_plan
from stage.doctor.sheet_text import sheet_text
from stage.loading.show_files import look_file, stage_look
from stage.words.sentences import counted
from tracking.records import ConfigError, Record


class CheckReport(Record):
    """What was found in one configuration, what it declares, and the sheet of what was understood."""

    file: str
    ok: bool
    errors: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    walls: int = 0
    trackers: int = 0
    cameras: int = 0
    lights: int = 0
    parameters: int = 0
    sheet: Sheet | None = None


def command(
    configs: Annotated[list[Path], typer.Argument(help="Configurations to check (TOML).", metavar="CONFIG")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON report for each.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for warnings too.")] = False,
    look: Annotated[
        str | None,
        typer.Option("--look", help="Also check a look for each stage: its file, or a shipped name.", metavar="FILE"),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(help="Draw the stage from above and from the side into this file.", metavar="FILE.svg"),
    ] = None,
) -> None:
    """Check configurations, and print what was understood: sizes, facings, coverage, rigs, latencies.

    Checks every key, every name that refers to another, every file. Warns of what can be run but is hardly meant, such
    as millimetres in place of metres. Opens no device and no port. Reads files whole, as `run` does. Exits 1 if a
    configuration cannot be run, with --strict also for warnings.

    Example: stage check hw_configs/sim_arc.toml
    """
    if plan is not None and len(configs) != 1:
        raise ConfigError(f"--plan: found {len(configs)} configurations, expected one for a plan")
    found = [_examined(path) for path in configs]
    if look is not None:
        file = look_file(look)
        found = [(report if survey is None else _with_look(report, file, survey), survey) for report, survey in found]
    for report, _ in found:
        if as_json:
            print(msgspec.json.encode(report).decode())
        else:
            _print(report)
    if plan is not None and found[0][1] is not None:
        _draw(found[0][1], plan, announce=not as_json)
    if not all(report.ok and not (strict and report.warnings) for report, _ in found):
        raise typer.Exit(1)


def examine(path: Path) -> CheckReport:
    """Examines a configuration and every file that it names."""
    return _examined(path)[0]


def _examined(path: Path) -> tuple[CheckReport, Survey | None]:
    found = examine_stage(path)
    if found.survey is None:
        return CheckReport(file=str(path), ok=False, errors=found.errors, warnings=found.warnings), None
    config = found.survey.config
    report = CheckReport(
        file=str(path),
        ok=True,
        errors=(),
        warnings=found.warnings,
        walls=len(config.walls),
        trackers=len(config.trackers),
        cameras=len(config.cameras),
        lights=len(config.lights),
        parameters=len(tree_of(config)),
        sheet=sheet_of(found.survey),
    )
    return report, found.survey


def _with_look(report: CheckReport, file: Path, survey: Survey) -> CheckReport:
    """The report with what a look's file brings up on this stage."""
    try:
        found = stage_look(file, tree_of(survey.config))
    except ConfigError as error:
        return msgspec.structs.replace(report, ok=False, errors=(*report.errors, *error.findings))
    return msgspec.structs.replace(report, warnings=(*report.warnings, *found.warnings))


def _print(report: CheckReport) -> None:
    """Warnings first, since they must be seen; then the sheet. Errors go to standard error."""
    for warning in report.warnings:
        print(warning)
    for error in report.errors:
        typer.echo(error, err=True)
    if report.sheet is not None and report.ok:
        verdict = f"can be run, {counted(len(report.warnings), 'warning')}" if report.warnings else "good"
        counts = [(report.walls, "wall"), (report.trackers, "tracker"), (report.cameras, "camera")]
        counts += [(report.lights, "light")] if report.lights else []
        things = ", ".join(counted(*each) for each in [*counts, (report.parameters, "parameter")])
        print(f"{report.file}: {verdict}: {things}")
        print(sheet_text(report.sheet))


def _draw(survey: Survey, plan: Path, *, announce: bool) -> None:
    try:
        plan.write_text(stage_plan(survey), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{plan}: cannot be written ({error.strerror}); choose another place with --plan") from error
    if announce:
        print(f"{plan} is drawn: the stage from above and from the side")
