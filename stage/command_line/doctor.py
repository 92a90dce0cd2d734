"""`stage doctor`: examines this machine."""

from __future__ import annotations

import json
import sys
from itertools import chain
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from stage.doctor.machine import examine_machine
from stage.doctor.records import Finding, State
from stage.doctor.site import examine_site

_STYLES: dict[State, str] = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def command(
    *,
    config: Annotated[
        Path | None,
        typer.Argument(
            metavar="CONFIG", help="Also examine the files, values, ports, devices and monitors of this configuration."
        ),
    ] = None,
    takes: Annotated[Path, typer.Option(help="Folder for takes, whose disk is measured.")] = Path(),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print {findings: [{name, state, found, cure}]} as JSON.")
    ] = False,
) -> None:
    """Examine this machine (software, graphics, processors, clocks, ports, serial lines, disk) and name the cures.

    Exits 1 where something fails; a warning is something that a show can live with. It takes a few seconds. To measure
    the disk it writes a file of 64 MB and removes it.

    Example: stage doctor
    """
    findings = []
    for finding in chain(examine_machine(), examine_site(config, takes)):
        findings.append(finding)
        if sys.stderr.isatty():
            print(f"\r{finding.name:<30}", end="\r", file=sys.stderr, flush=True)
    if as_json:
        print(json.dumps({"findings": msgspec.to_builtins(findings)}))
    else:
        Console(soft_wrap=True).print(_lines(findings), end="")
    if any(finding.state == "fail" for finding in findings):
        raise typer.Exit(1)


def _lines(findings: list[Finding]) -> Text:
    """One line for each finding, its cure below it."""
    text = Text()
    for finding in findings:
        text.append(f"{finding.state:<5}", style=_STYLES[finding.state])
        text.append(f"{finding.name:<20}", style="bold")
        text.append(f"{finding.found}\n")
        if finding.cure:
            text.append(f"{'':<25}-> {finding.cure}\n", style="cyan")
    return text
