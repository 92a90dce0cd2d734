"""`stage demo`: runs the whole path on this machine, with a software tracker that sends real packets."""

from __future__ import annotations

import socket
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from stage.command_line.options import LookOption, WorldOption
from stage.command_line.run import CONTROL, INSECURE_LAN, LAN, RECORD, SECONDS
from stage.control.requests import STARTUP
from stage.loading.demo import LOOK, TRACKER_PORT, demo_text
from stage.loading.other_world import world_of
from stage.run.runtime_folder import runtime_folder
from stage.run.show_folder import TAKES, VALUES
from stage.supervision.launch import LaunchOptions, launch

CONTROL_PORT = 7700


def command(
    *,
    seconds: Annotated[float | None, SECONDS] = None,
    headless: Annotated[
        bool, typer.Option("--headless", show_default=False, help="No effect: the demo never opens a window.")
    ] = True,
    show: Annotated[
        Path | None,
        typer.Option(
            "--show",
            help="The show's folder: looks, cues, saved values, worlds and takes. Without it nothing outlasts the demo "
            "but its takes, which go to ./takes.",
            metavar="FOLDER",
        ),
    ] = None,
    record: Annotated[Path | None, RECORD] = None,
    control: Annotated[str | None, CONTROL] = None,
    lan: Annotated[str | None, LAN] = None,
    insecure_lan: Annotated[bool, INSECURE_LAN] = False,
    world: WorldOption = None,
    look: LookOption = None,
) -> None:
    """Show a wall that follows a camera, with no hardware.

    A software tracker sends real FreeD packets, an arc wall of 1024x320 LEDs is drawn, and a page in the browser shows
    the wall and the inner picture of camera A. Dusk falls over a street, whose lamps light up; a day takes 24 minutes,
    and `control set /time/running false` holds it. A valley and the sky alone stand ready. The first lines say where
    the page is and where takes go.

    Example: stage demo
    """
    with runtime_folder("openstage-demo-") as folder:
        port = _free_port(socket.SOCK_DGRAM, TRACKER_PORT)
        if control is None:
            control = f"tcp://127.0.0.1:{_free_port(socket.SOCK_STREAM, CONTROL_PORT)}"
        config = folder / "demo.toml"
        config.write_text(demo_text(port, None if world is None else world_of(world)), encoding="utf-8")
        tracker = [sys.executable, "-m", "stage", "send", "--protocol", "freed", "--to", f"udp://127.0.0.1:{port}"]
        tracker += ["--motion", "orbit", "--rate-hz", "60", "--id", "1", "--loop", "--quiet"]
        options = LaunchOptions(
            config=config,
            show=show,
            seconds=seconds,
            headless=headless,
            record=record,
            control=control,
            lan=lan,
            insecure_lan=insecure_lan,
            state=folder / "state",
            takes=Path(TAKES) if show is None else None,
            look=look if look is not None or world is not None or _has_saved(show) else LOOK,
        )
        raise typer.Exit(launch(options, {"tracker": tracker}))


def _has_saved(show: Path | None) -> bool:
    """Whether a show begins with values of its own."""
    return show is not None and (show / VALUES / f"{STARTUP}.json").exists()


def _free_port(kind: int, wanted: int) -> int:
    """`wanted`, or another free loopback port where it is taken; 0 where there is none."""
    for port in (wanted, 0):
        with closing(socket.socket(socket.AF_INET, kind)) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return 0
