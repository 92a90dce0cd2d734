"""`stage control light`: has a light keep by hand what it would follow."""

from __future__ import annotations

from typing import Annotated

import typer

from stage.command_line.connected import EndpointOption, JsonOption, connected, print_out
from stage.control.client import DEFAULT_ENDPOINT

app = typer.Typer(
    no_args_is_help=True,
    help="Have a light take its light from the world now, and keep it.\n\nExample: stage control light take key",
)


@app.callback()
def light() -> None:
    """Work on a stage light."""


@app.command()
def take(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The light's name, or its key.")],
    follow: Annotated[
        str,
        typer.Option(
            "--follow", help="What it takes: world, sun, wall or clipped; else what it follows or is configured to."
        ),
    ] = "",
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Take from the world now: a light gives by hand what it would follow at this moment. `undo` takes it back.

    Example: stage control light take key
    """
    with connected(endpoint, as_json=as_json) as stage:
        reply = stage.light_take(name, follow)
        if as_json:
            fields = {field: reply[field] for field in ("frame", "path", "value", "epoch", "seq", "before")}
            print_out({"ok": True, **fields})
        else:
            print_out(f"{name} gives {reply['value']:.3g} of its light by hand (frame {reply['frame']})")
