"""`stage take`: lists takes, describes one, and repairs one that was cut off."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from stage.takes.overview import Overview, Unreadable, overview, overviews
from stage.takes.repair import repair as repair_take
from stage.takes.world_changes import WorldChange
from tracking.records import ConfigError

app = typer.Typer(
    no_args_is_help=True,
    help="List, describe and repair recorded takes (MCAP files).\n\nExample: stage take list takes",
)

TakeArgument = Annotated[Path, typer.Argument(metavar="TAKE", help="A take: .mcap, or .mcap.part if it was cut off.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
MEGABYTE = 1e6


@app.command(name="list")
def list_takes(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that holds takes.")] = Path(),
    as_json: JsonOption = False,
) -> None:
    """List the takes of a folder: frames, seconds of show time, and whether each is complete.

    Example: stage take list takes
    """
    found = overviews(directory)
    if as_json:
        _print_json(found)
        return
    if not found:
        print(f"{directory}: no takes")
        return
    table = Table("take", "frames", "seconds", "MB", "begun", "")
    for take in found:
        table.add_row(*_row(take))
    Console().print(table)


@app.command()
def info(take: TakeArgument, as_json: JsonOption = False) -> None:
    """Describe one take. Exits 1 if it is cut off or damaged (`stage take repair` saves what is whole).

    Example: stage take info takes/take-001.mcap
    """
    found = overview(take)
    if as_json:
        _print_json(found)
    else:
        table = Table(show_header=False)
        shown = {**msgspec.to_builtins(found), "worlds": [_world_line(change) for change in found.worlds]}
        for name, value in shown.items():
            table.add_row(name, _shown(value))
        Console().print(table)
    if not found.complete:
        raise typer.Exit(1)


@app.command()
def repair(take: TakeArgument, as_json: JsonOption = False) -> None:
    """Make a closed, indexed take of everything that is whole in a cut or damaged one.

    NAME.mcap.part becomes NAME.mcap; a damaged NAME.mcap is kept, and NAME-repaired.mcap is written beside it.

    Example: stage take repair takes/take-001.mcap.part
    """
    try:
        mended = repair_take(take)
    except OSError as error:
        raise ConfigError(f"{take}: the repaired take cannot be written: {error.strerror or error}") from error
    if as_json:
        _print_json(mended)
        return
    for damage in mended.damage:
        print(f"left out: {damage}", file=sys.stderr)
    print(f"{mended.file}: {mended.frames} frames, {mended.snapshots} snapshots")


def _row(take: Overview | Unreadable) -> tuple[str, ...]:
    name, size = Path(take.file).name, f"{take.bytes / MEGABYTE:.1f}"
    if isinstance(take, Unreadable):
        return name, "", "", size, "", take.error
    state = "" if take.complete else "cut or damaged"
    return name, str(take.frames), f"{take.seconds:.1f}", size, take.started, state


def _world_line(change: WorldChange) -> str:
    """A change of what is on air, in words."""
    if change.dissolve_s is None:
        how = "dissolve, not over at the end"
    elif change.dissolve_s:
        how = f"dissolve of {change.dissolve_s:.2f} s" + (", turned back" if change.turned_back else "")
    else:
        how = "cut"
    return f"frame {change.frame}: {change.before} to {change.after}, {how}"


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(_shown_stage(name, times) for name, times in value.items())
    return "\n".join(str(item) for item in value) if isinstance(value, list | tuple) else str(value)


def _shown_stage(name: str, times: dict[str, float]) -> str:
    return f"{name.replace('_', ' ')}: p50 {times['p50_ms']:.1f}, p99 {times['p99_ms']:.1f} ms"


def _print_json(found: object) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(found)).decode() + "\n")
