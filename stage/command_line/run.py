"""`stage run`: runs a stage from its configuration, supervised."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stage.command_line.options import ConfigArgument, LookOption
from stage.supervision.launch import LaunchOptions, launch

SECONDS = typer.Option("--seconds", min=0.1, help="End after this many seconds; without it, run until it is stopped.")
HEADLESS = typer.Option("--headless", help="Open no window; everything else runs as usual.")
RECORD = typer.Option("--record", help="Record a take into this folder from the first frame on.")
CONTROL = typer.Option(
    "--control", help="Control endpoint instead of the configuration's, such as tcp://127.0.0.1:0 (any free port)."
)
LAN = typer.Option(
    "--lan", help="Also serve the page to other machines, on this address of this one.", metavar="ADDRESS"
)
INSECURE_LAN = typer.Option(
    "--insecure-lan",
    help="Let anyone on the network control the stage without a key, on --lan's address or the control endpoint's.",
)
SHOW = typer.Option(
    "--show",
    help="The show's folder: looks, cues, saved values, worlds and takes. Default: shows/default beside CONFIG.",
    metavar="FOLDER",
)
STATE = typer.Option(
    "--state", help="Folder for what belongs to the stage itself; without it, one in the user's state folder."
)
STRICT = typer.Option(
    "--strict", help="Refuse to start without every tracker device, monitor, world file and the takes' folder."
)
RESUME = typer.Option(
    "--resume/--fresh",
    help="After a run that did not end cleanly: continue with its last state, or not. Default: the configuration's.",
)
KEEP_ASSETS = typer.Option(
    "--keep-assets/--no-keep-assets",
    help="Keep every file that a take names beside the takes, so that it can be drawn again.",
)
TAKES = typer.Option(
    "--takes", help="Folder for takes that are started while the stage runs. Default: in the show's folder."
)


def command(
    config: ConfigArgument,
    *,
    show: Annotated[Path | None, SHOW] = None,
    seconds: Annotated[float | None, SECONDS] = None,
    headless: Annotated[bool, HEADLESS] = False,
    record: Annotated[Path | None, RECORD] = None,
    control: Annotated[str | None, CONTROL] = None,
    lan: Annotated[str | None, LAN] = None,
    insecure_lan: Annotated[bool, INSECURE_LAN] = False,
    state: Annotated[Path | None, STATE] = None,
    takes: Annotated[Path | None, TAKES] = None,
    look: LookOption = None,
    panel: Annotated[bool, typer.Option(help="Serve the preview page over HTTP.")] = True,
    realtime: Annotated[bool, typer.Option(help="Ask the system for real-time priority.")] = True,
    strict: Annotated[bool, STRICT] = False,
    resume: Annotated[bool | None, RESUME] = None,
    keep_assets: Annotated[bool, KEEP_ASSETS] = True,
) -> None:
    """Run a stage: read trackers, draw walls, serve control, record takes.

    Prints JSON lines: first "ready" with the control endpoint, last "summary". Ctrl-C ends it within a second. A core
    that dies is started again from the last checkpoint and shows the same picture. What is missing at the start is
    reported in health and tried again. Before the first run of a configuration, look at what was understood of it:
    `stage check CONFIG --plan FILE.svg`.

    Example: stage run hw_configs/sim_arc.toml --headless
    """
    options = LaunchOptions(
        config=config,
        show=show,
        seconds=seconds,
        headless=headless,
        record=record,
        control=control,
        lan=lan,
        insecure_lan=insecure_lan,
        state=state,
        takes=takes,
        look=look,
        panel=panel,
        realtime=realtime,
        strict=strict,
        resume=resume,
        keep_assets=keep_assets,
    )
    raise typer.Exit(launch(options))
