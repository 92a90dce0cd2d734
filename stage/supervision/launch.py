"""Turns what the user typed into a supervised run: folders, options, helper processes."""

from __future__ import annotations

import os
import re
import socket
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from stage.config.addresses import is_loopback
from stage.config.records import PanelSection, StageConfig
from stage.loading.files import load_config
from stage.run.options import CoreOptions
from stage.supervision.supervisor import Supervisor
from tracking.records import ConfigError, Record


class LaunchOptions(Record):
    """The options that `run` and `demo` share. `record` is the folder of a take that starts with the first frame."""

    config: Path
    seconds: float | None = None
    headless: bool = False
    record: Path | None = None
    takes: Path | None = None
    state: Path | None = None
    control: str | None = None
    lan: str | None = None
    panel: bool = True
    realtime: bool = True


def launch(options: LaunchOptions, helpers: dict[str, Sequence[str]] | None = None) -> int:
    """Runs a stage under supervision until it ends. Returns the exit code. Raises ConfigError before the first frame.

    `helpers` are further processes by name, which end with the stage.
    """
    config = load_config(options.config).config
    takes = (options.record or options.takes or Path("takes")).absolute()
    state = (options.state or state_directory(config)).absolute()
    if options.record is not None:
        _make_folder(takes, "--record")
    _make_folder(state, "--state")
    with tempfile.TemporaryDirectory(prefix="openstage-") as runtime:
        core = CoreOptions(
            config=str(options.config.absolute()),
            runtime=runtime,
            takes=str(takes),
            state=str(state),
            seconds=options.seconds,
            headless=options.headless,
            record=options.record is not None,
            control=options.control,
            lan=options.lan,
            realtime=options.realtime,
        )
        panel = {"panel": panel_command(core, config)} if options.panel else {}
        return Supervisor(core, {**panel, **(helpers or {})}).run()


def panel_command(core: CoreOptions, config: StageConfig) -> list[str]:
    """The command of the preview page. If the default port is taken and was not configured, a free one is used."""
    bind = _panel_address(config.panel.bind, core.lan)
    if config.panel == PanelSection() and not _is_free(bind):
        bind = f"{bind.rpartition(':')[0]}:0"
    command = [sys.executable, "-m", "stage.panel.preview", "--bind", bind, "--title", config.stage.name]
    command += ["--pictures", core.pictures(), "--config", core.config]
    topics = [f"camera/{camera.name}" for camera in config.cameras] + [f"wall/{wall.name}" for wall in config.walls]
    return [*command, *(word for topic in topics for word in ("--topic", topic))]


def _panel_address(bind: str, lan: str | None) -> str:
    """Where the page listens: on the network only with `lan`, like the control endpoint."""
    host, _, port = bind.rpartition(":")
    if lan is not None:
        return f"{'0.0.0.0' if lan == '*' else lan}:{port}"  # noqa: S104 - the user said --lan
    if host != "localhost" and not is_loopback(host):
        raise ConfigError(
            f"panel.bind: found {bind!r}, which can be reached from the network, expected a loopback address; "
            "anyone there could watch the stage: add --lan if you mean that"
        )
    return bind


def _is_free(bind: str) -> bool:
    host, _, port = bind.rpartition(":")
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError:
            return False
        return True


def state_directory(config: StageConfig) -> Path:
    """The folder of a stage's saved values: in the user's state folder (XDG base directories), by the stage's name."""
    home = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(home) / "openstage" / (re.sub(r"[^A-Za-z0-9_-]+", "-", config.stage.name).strip("-").lower() or "stage")


def _make_folder(path: Path, flag: str) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{flag}: {path} cannot be created: {error.strerror}; give a folder that you may write to"
        ) from error
    if not os.access(path, os.W_OK):
        raise ConfigError(f"{flag}: {path} may not be written to by this user; give another folder")
