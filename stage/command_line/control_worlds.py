"""`stage control worlds`: lists the worlds of a running stage, mends them, and writes their files in the library."""

from __future__ import annotations

import math
import shlex
from typing import Annotated

import typer

from stage.command_line.connected import (
    EndpointOption,
    JsonOption,
    WatchOption,
    WatchSecondsOption,
    connected,
    print_out,
)
from stage.command_line.live_status import print_live
from stage.control.client import DEFAULT_ENDPOINT
from stage.control.history_client import Answer
from stage.control.world_tables import world_tables
from tracking.settable import Value

app = typer.Typer(
    invoke_without_command=True,
    help="Print every world: whether it is ready, read, failed or on air, what it takes, and what is found in it.\n\n"
    "Example: stage control worlds",
)
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The world's name, or its key.")]


@app.callback()
def worlds(
    context: typer.Context,
    watch: WatchOption = False,
    seconds: WatchSecondsOption = None,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Print every world; with a command, work on one of them."""
    if context.invoked_subcommand is None:
        with connected(endpoint, as_json=as_json) as stage:
            print_live(stage.worlds, world_tables, watched_s=(seconds or math.inf) if watch else 0.0, as_json=as_json)


@app.command()
def fix(
    name: NameArgument,
    code: Annotated[
        str, typer.Argument(metavar="[CODE]", help="Mend only what has this code; without it, all that can be mended.")
    ] = "",
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Mend what is found in a world: its placement, its horizon, its light. All in one frame, or nothing.

    Prints the commands that take it back.

    Example: stage control worlds fix street
    """
    with connected(endpoint, as_json=as_json) as stage:
        answer = stage.world_fix(name, code)
        if as_json:
            fields = {field: getattr(answer, field) for field in ("frame", "path", "value", "epoch", "seq", "before")}
            print_out({"ok": True, **fields})
        else:
            print_out("\n".join(_fixed(name, answer)))


@app.command()
def save(name: NameArgument, endpoint: EndpointOption = DEFAULT_ENDPOINT, as_json: JsonOption = False) -> None:
    """Save a world's placement and the values of its layers as NAME.world.toml in the library.

    They are its defaults at the next start, and travel with the picture to another stage and to `stage still`.

    Example: stage control worlds save street
    """
    with connected(endpoint, as_json=as_json) as stage:
        saved = stage.world_save(name)
        count = saved["count"]
        written = f"{count} value{'' if count == 1 else 's'} of {saved['name']} saved in the library"
        print_out({"ok": True, **_kept(saved)} if as_json else written)


@app.command()
def make(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the new world is called.")],
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="One to four pictures of the library, the farthest first.")
    ],
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Make a world of several pictures of the library: a foreground with alpha over a plate, say.

    Example: stage control worlds make balcony plate.png foreground.png
    """
    with connected(endpoint, as_json=as_json) as stage:
        made = stage.world_make(name, files)
        print_out({"ok": True, **_kept(made)} if as_json else f"{made['name']} made of {made['count']} pictures")


def _kept(reply: dict[str, object]) -> dict[str, object]:
    """The fields of a reply that say what was written, and when."""
    return {field: reply[field] for field in ("frame", "epoch", "seq", "name", "count")}


def _fixed(name: str, answer: Answer) -> list[str]:
    count = len(answer.before)
    lines = [f"{name}: {count} value{'' if count == 1 else 's'} set (frame {answer.frame}); to take it back:"]
    return [*lines, *(f"  stage control set {path} {_typed(value)}" for path, value in answer.before.items())]


def _typed(value: Value) -> str:
    """A value as one types it, all of it."""
    return ("on" if value else "off") if isinstance(value, bool) else shlex.quote(str(value))
