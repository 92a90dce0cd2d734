"""`stage control look`: lists, saves, recalls, compares and changes the looks of a running stage."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from stage.command_line.connected import EndpointOption, JsonOption, connected, print_out
from stage.control.client import DEFAULT_ENDPOINT
from stage.control.look_client import LookAnswer
from stage.control.look_tables import look_changes, look_tables, outcome_lines
from stage.values.looks import LOOK_PARTS
from tracking.records import ConfigError

app = typer.Typer(
    no_args_is_help=True,
    help="Keep looks and recall them: sky, light, grade, time and world.\n\nExample: stage control look list",
)
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="What the look is called.")]
OnlyOption = Annotated[
    str | None,
    typer.Option("--only", metavar="PARTS", help="Only some parts, with commas: sky, light, grade, time, world."),
]
TakesOption = Annotated[bool, typer.Option("--takes", help="Of the looks that are kept of takes.")]


@app.command(name="list")
def list_looks(
    takes: TakesOption = False, endpoint: EndpointOption = DEFAULT_ENDPOINT, as_json: JsonOption = False
) -> None:
    """Print every look: what it holds, and whether its world is ready.

    Example: stage control look list
    """
    with connected(endpoint, as_json=as_json) as stage:
        looks = stage.looks(takes=takes)
        if as_json:
            print_out(looks)
            return
        for part in look_tables(looks):
            print_out(part)


@app.command()
def save(
    name: NameArgument,
    only: OnlyOption = None,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Save the present values as a new look.

    Example: stage control look save "before lunch"
    """
    parts = parts_of(only)
    with connected(endpoint, as_json=as_json) as stage:
        _print(stage.look_save(name, parts), "saved", as_json=as_json)


@app.command()
def update(
    name: NameArgument,
    only: OnlyOption = None,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Put the present values into a look; what it has of other parts stays.

    Example: stage control look update "before lunch" --only light
    """
    parts = parts_of(only)
    with connected(endpoint, as_json=as_json) as stage:
        _print(stage.look_update(name, parts), "updated", as_json=as_json)


@app.command()
def recall(
    name: NameArgument,
    fade_s: Annotated[
        float, typer.Option("--fade-s", help="Seconds until it is there; 0 is at once.", min=0.0, max=3600.0)
    ] = 0.0,
    only: OnlyOption = None,
    *,
    takes: TakesOption = False,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Recall a look, in one frame or over a time. What cannot be set is printed, and the rest is set.

    Example: stage control look recall dusk --fade-s 5
    """
    parts = parts_of(only)
    with connected(endpoint, as_json=as_json) as stage:
        _print(stage.look_recall(name, fade_s, parts, takes=takes), "recalled", as_json=as_json)


@app.command()
def diff(
    name: NameArgument,
    only: OnlyOption = None,
    *,
    takes: TakesOption = False,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Print what a look would change.

    Example: stage control look diff dusk
    """
    parts = parts_of(only)
    with connected(endpoint, as_json=as_json) as stage:
        compared = stage.look_diff(name, parts, takes=takes)
        if as_json:
            print_out(compared)
            return
        for part in look_changes(compared):
            print_out(part)


@app.command()
def rename(
    name: NameArgument,
    new_name: Annotated[str, typer.Argument(metavar="NEW", help="What it is called from now on.")],
    *,
    takes: TakesOption = False,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Give a look another name. One of a take is kept from then on, whatever other takes come.

    Example: stage control look rename "before lunch" dawn-1
    """
    with connected(endpoint, as_json=as_json) as stage:
        _print(stage.look_rename(name, new_name, takes=takes), "renamed", as_json=as_json)


@app.command()
def delete(
    name: NameArgument,
    *,
    takes: TakesOption = False,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Delete a look, with its file.

    Example: stage control look delete "before lunch"
    """
    with connected(endpoint, as_json=as_json) as stage:
        _print(stage.look_delete(name, takes=takes), "deleted", as_json=as_json)


@app.command(name="import")
def import_looks(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files of looks on this machine (TOML).")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Also over looks of the same names.")] = False,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Give the stage looks from files. All files are read before the first one is sent.

    Example: stage control look import storm.toml
    """
    from stage.loading.show_files import read_look_file  # noqa: PLC0415 - no other command reads configurations

    looks = [read_look_file(file) for file in files]
    with connected(endpoint, as_json=as_json) as stage:
        for look in looks:
            _print(stage.look_import(look.name, look.values, replace=replace), "imported", as_json=as_json)


def parts_of(only: str | None) -> tuple[str, ...]:
    """The parts that `--only` names; none without it. Raises ConfigError."""
    parts = tuple(filter(None, (part.strip() for part in (only or "").split(","))))
    for part in parts:
        if part not in LOOK_PARTS:
            raise ConfigError(f"--only: found {part!r}, expected some of {', '.join(LOOK_PARTS)}")
    return parts


def _print(answer: LookAnswer, done: str, *, as_json: bool) -> None:
    if as_json:
        print_out({"ok": True, **msgspec.to_builtins(answer)})
    else:
        print_out("\n".join(outcome_lines(answer, done)))
