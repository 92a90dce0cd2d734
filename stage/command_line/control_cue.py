"""`stage control cue`: plays the cues of a running stage, shows what comes, and changes their list."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from stage.command_line.connected import (
    EndpointOption,
    JsonOption,
    WatchOption,
    WatchSecondsOption,
    connected,
    print_out,
)
from stage.command_line.cue_fields import with_fields
from stage.command_line.live_status import print_live
from stage.control.client import DEFAULT_ENDPOINT
from stage.control.cue_client import CueAnswer
from stage.control.cue_tables import cue_outcome, cue_tables, shown_cue_tables
from stage.values.cues import fields_of

app = typer.Typer(
    no_args_is_help=True,
    help="Play cues, show what comes, change their list.\n\nExample: stage control cue list",
)
_BYTES_A_MESSAGE = 48 << 10
NumberArgument = Annotated[str, typer.Argument(metavar="N", help="The cue's number, such as 12 or 1.1.")]


@app.command(name="list")
def list_cues(
    watch: WatchOption = False,
    seconds: WatchSecondsOption = None,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Print every cue, which one is next, and what plays.

    Example: stage control cue list --watch
    """
    with connected(endpoint, as_json=as_json) as stage:
        watched_s = (seconds or math.inf) if watch else 0.0
        print_live(stage.cues, lambda found: cue_tables(**found), watched_s=watched_s, as_json=as_json)


@app.command()
def show(
    number: Annotated[str | None, typer.Argument(metavar="[N]", help="A cue; without it, the next.")] = None,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Print what the next cue would set, or any other, before it is played.

    Example: stage control cue show
    """
    with connected(endpoint, as_json=as_json) as stage:
        found = stage.cue_show(number)
        if as_json:
            print_out(found)
            return
        for part in shown_cue_tables(found):
            print_out(part)


@app.command()
def go(endpoint: EndpointOption = DEFAULT_ENDPOINT, as_json: JsonOption = False) -> None:
    """Play the next cue.

    Example: stage control cue go
    """
    with connected(endpoint, as_json=as_json) as stage:
        _print(stage.cue_go(), "plays", as_json=as_json)


@app.command()
def back(endpoint: EndpointOption = DEFAULT_ENDPOINT, as_json: JsonOption = False) -> None:
    """Return to the values from before the last GO, over its cue's time, and move the pointer back.

    Example: stage control cue back
    """
    with connected(endpoint, as_json=as_json) as stage:
        _print(stage.cue_back(), "is taken back", as_json=as_json)


@app.command()
def goto(number: NumberArgument, endpoint: EndpointOption = DEFAULT_ENDPOINT, as_json: JsonOption = False) -> None:
    """Play one cue alone: none before it, and none that would follow on. The one after it is next.

    Example: stage control cue goto 12
    """
    with connected(endpoint, as_json=as_json) as stage:
        _print(stage.cue_goto(number), "plays", as_json=as_json)


@app.command()
def hold(endpoint: EndpointOption = DEFAULT_ENDPOINT, as_json: JsonOption = False) -> None:
    """Stop every fade that cues have begun where it is, with their delays and what would follow on.

    Example: stage control cue hold
    """
    with connected(endpoint, as_json=as_json) as stage:
        _print(stage.cue_hold(), "are held", as_json=as_json)


@app.command()
def resume(endpoint: EndpointOption = DEFAULT_ENDPOINT, as_json: JsonOption = False) -> None:
    """Let go on what is held.

    Example: stage control cue resume
    """
    with connected(endpoint, as_json=as_json) as stage:
        _print(stage.cue_resume(), "go on", as_json=as_json)


@app.command()
@with_fields
def add(
    number: Annotated[str | None, typer.Argument(metavar="[N]", help="Its number; without it, the next free.")] = None,
    *,
    after: Annotated[str | None, typer.Option("--after", help="Without a number: the cue that it comes after.")] = None,
    fields: dict[str, Any],
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Add a cue: a look, or values.

    Example: stage control cue add 1.1 --look dusk --only sky,light --fade-s 12 --curve ease
    """
    numbered = fields if number is None else {"number": number, **fields}
    with connected(endpoint, as_json=as_json) as stage:
        _print(stage.cue_add([numbered], after), "added", as_json=as_json)


@app.command()
@with_fields
def edit(
    number: NumberArgument,
    *,
    fields: dict[str, Any],
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Change a cue: what is not given stays as it is. Values take the place of all that it has set.

    Example: stage control cue edit 1.1 --fade-s 20
    """
    with connected(endpoint, as_json=as_json) as stage:
        _print(stage.cue_edit(number, **fields), "changed", as_json=as_json)


@app.command()
def delete(
    number: NumberArgument,
    to: Annotated[str | None, typer.Option("--to", help="And all cues up to this number.")] = None,
    *,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Delete a cue, or several.

    Example: stage control cue delete 1.1
    """
    with connected(endpoint, as_json=as_json) as stage:
        answer = stage.cue_delete(number, to)
        _print(answer, "deleted" if answer.count < 2 else f"deleted, {answer.count} in all", as_json=as_json)


@app.command()
def renumber(
    number: Annotated[str | None, typer.Argument(metavar="[N]", help="A cue; without it, all of them.")] = None,
    to: Annotated[str | None, typer.Argument(metavar="[M]", help="Its new number.")] = None,
    *,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Give a cue another number; or all of them 1, 2, 3. The show stays where it is in the list.

    Example: stage control cue renumber 1.1 1.5
    """
    with connected(endpoint, as_json=as_json) as stage:
        _print(stage.cue_renumber(number, to), "renumbered", as_json=as_json)


@app.command(name="import")
def import_cues(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of cues on this machine, as cues.toml.")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="In place of all cues that there are.")] = False,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Give the stage the cues of a file, which is read first. Their numbers must be free, unless all are replaced.

    Example: stage control cue import evening.toml
    """
    from stage.loading.show_files import read_cue_file  # noqa: PLC0415 - no other command reads cues

    cues = [fields_of(cue) for cue in read_cue_file(file).cues]
    with connected(endpoint, as_json=as_json) as stage:
        for place, some in enumerate(_messages(cues)):
            answer = stage.cue_add(some, replace=replace and place == 0)
            _print(answer, "and those before it added", as_json=as_json)


def _messages(cues: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The cues in as few messages as the stage takes: of a usual list all, so that it is added whole or not at all."""
    some: list[dict[str, Any]] = []
    size = 0
    for cue in cues:
        bytes_ = len(msgspec.msgpack.encode(cue))
        if some and size + bytes_ > _BYTES_A_MESSAGE:
            yield some
            some, size = [], 0
        some.append(cue)
        size += bytes_
    if some:
        yield some


def _print(answer: CueAnswer, done: str, *, as_json: bool) -> None:
    if as_json:
        print_out({"ok": True, **msgspec.to_builtins(answer)})
    else:
        print_out("\n".join(cue_outcome(answer, done)))
