"""`stage run`: a stage from its configuration, supervised."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stage.supervision.launch import LaunchOptions, launch

SECONDS = typer.Option("--seconds", min=0.1, help="End after this many seconds. Without it, run until Ctrl-C.")
HEADLESS = typer.Option("--headless", help="Open no windows; everything else runs as on the stage.")
RECORD = typer.Option("--record", help="Record a take into this folder, from the first frame on.")
CONTROL = typer.Option("--control", help="Control endpoint in place of the configured one, such as tcp://127.0.0.1:0.")
LAN = typer.Option("--lan", help="Accept clients from the network, on this address of the machine.", metavar="ADDRESS")
STATE = typer.Option("--state", help="Folder of saved values. Without it, one in the user's state folder.")
TAKES = typer.Option("--takes", help="Folder of takes that are started during the run. [default: ./takes]")


def command(
    config: Annotated[Path, typer.Argument(help="The stage's configuration (TOML).", metavar="CONFIG")],
    *,
    seconds: Annotated[float | None, SECONDS] = None,
    headless: Annotated[bool, HEADLESS] = False,
    record: Annotated[Path | None, RECORD] = None,
    control: Annotated[str | None, CONTROL] = None,
    lan: Annotated[str | None, LAN] = None,
    state: Annotated[Path | None, STATE] = None,
    takes: Annotated[Path | None, TAKES] = None,
    panel: Annotated[bool, typer.Option(help="Serve the preview page.")] = True,
    realtime: Annotated[bool, typer.Option(help="Ask for real-time priority.")] = True,
) -> None:
    """Run a stage: trackers in, walls out, control and takes.

    Prints JSON lines: first "ready" with the control endpoint, last "summary". Ctrl-C ends the stage within a second.
    A core that dies is restarted from its checkpoint.
    """
    options = LaunchOptions(
        config=config,
        seconds=seconds,
        headless=headless,
        record=record,
        control=control,
        lan=lan,
        state=state,
        takes=takes,
        panel=panel,
        realtime=realtime,
    )
    raise typer.Exit(launch(options))
