"""`stage service`: the unit that lets systemd run a stage."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command

from stage.command_line import run
from stage.loading.files import load_config
from stage.run.realtime import PRIORITY
from stage.run.show_folder import default_show

ROOT = Path(__file__).resolve().parents[2]
WATCHDOG_S = 30
"""Longer than a core that hangs may take to be found and started again: the run mends itself first."""
_START_S, _STOP_S = 300, 10
_DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR")

app = typer.Typer(
    no_args_is_help=True,
    help="Run a stage as a service of the system.\n\nExample: stage service print --config hw_configs/sim_arc.toml",
)


@app.callback()
def service() -> None:
    """Run a stage as a service of the system.

    Example: stage service print --config hw_configs/sim_arc.toml
    """


@app.command(name="print")
def print_unit(
    run_options: Annotated[
        list[str] | None, typer.Argument(help="Options of `stage run`, behind a --.", metavar="[-- RUN OPTIONS]")
    ] = None,
    *,
    config: Annotated[Path, typer.Option("--config", help="The stage's configuration (TOML).", metavar="FILE")] = Path(
        "stage.toml"
    ),
    show: Annotated[
        Path | None,
        typer.Option("--show", help="The show's folder. Default: shows/default beside FILE.", metavar="FOLDER"),
    ] = None,
    user: Annotated[bool, typer.Option("--user", help="A unit of this user, not of the system.")] = False,
) -> None:
    """Print a systemd unit that runs a stage, starts it again when it fails, and watches that frames are shown.

    Save it as /etc/systemd/system/openstage.service (with --user: ~/.config/systemd/user/openstage.service), then
    systemctl daemon-reload and systemctl enable --now openstage.

    Example: stage service print --config hw_configs/sim_arc.toml -- --headless
    """
    loaded = load_config(config, world_may_be_absent=True)
    folder = (show or default_show(config)).absolute()
    words = [str(config.absolute()), "--show", str(folder), *(run_options or [])]
    runs = typer.Typer(add_completion=False)
    runs.command()(run.command)
    get_command(runs).make_context("stage run", list(words))
    print(unit(loaded.config.stage.name, words, config.absolute().parent, user=user))


def unit(name: str, words: list[str], folder: Path, *, user: bool) -> str:
    """The text of the unit for the stage `name`, which runs in `folder`. `words` are the arguments of `stage run`."""
    environment = {} if _script().exists() else {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    if not user and "--headless" not in words:
        environment |= {name: os.environ[name] for name in _DISPLAY if name in os.environ}
    program = [str(_script())] if _script().exists() else [sys.executable, "-m", "stage"]
    lines = [
        "[Unit]",
        f"Description=OpenStage: {_escaped(name)}",
        "After=graphical-session.target" if user else "After=network-online.target",
        *([] if user else ["Wants=network-online.target"]),
        "StartLimitIntervalSec=300",
        "StartLimitBurst=10",
        "",
        "[Service]",
        "Type=notify",
        "NotifyAccess=main",
        f"ExecStart={' '.join(_quoted(word).replace('$', '$$') for word in (*program, 'run', *words))}",
        f"WorkingDirectory={_escaped(str(folder))}",
        *(f"Environment={_quoted(f'{key}={value}')}" for key, value in environment.items()),
        *([] if user else [f"User={getpass.getuser()}"]),
        "Restart=on-failure",
        "RestartSec=0.5",
        f"TimeoutStartSec={_START_S}",
        f"TimeoutStopSec={_STOP_S}",
        f"WatchdogSec={WATCHDOG_S}",
        "KillMode=mixed",
        f"LimitRTPRIO={PRIORITY}",
        "LimitMEMLOCK=infinity",
        "NoNewPrivileges=yes",
        "",
        "[Install]",
        f"WantedBy={'default.target' if user else 'multi-user.target'}",
    ]
    return "\n".join(lines)


def _script() -> Path:
    """The installed script `stage`, where there is one beside this interpreter."""
    return Path(sys.executable).parent / "stage"


def _escaped(text: str) -> str:
    """Text in which systemd replaces nothing (systemd.unit(5), specifiers)."""
    return text.replace("%", "%%")


def _quoted(word: str) -> str:
    """A word in quotes as systemd reads it back (systemd.syntax(7), quoting). A command has each $ doubled too."""
    plain = word.replace("\\", "\\\\").replace('"', '\\"')
    return _escaped(f'"{plain}"')
