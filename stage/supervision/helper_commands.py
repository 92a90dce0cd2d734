"""The commands of the processes that help the core: gate, loader, preview page, OSC, lights, films."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from stage.config.addresses import is_loopback, is_panel_address
from stage.config.records import OscSection, PanelSection
from stage.gate.gate import gate_command
from stage.gate.ports import OpenPorts, own_addresses_text
from stage.lights.service import NAME as LIGHTS
from stage.lights.service import STAND_IN
from stage.loading.files import LoadedConfig
from stage.run.options import CoreOptions
from stage.run.show_folder import CUES, LOOKS
from tracking.records import ConfigError


def helper_commands(
    core: CoreOptions, loaded: LoadedConfig, ports: OpenPorts, *, panel: bool, library_may_be_absent: bool
) -> dict[str, Sequence[str]]:
    """The helpers of a run by name, in the order in which they are started. Raises ConfigError."""
    found: dict[str, Sequence[str]] = {
        "gate": gate_command(core, ports),
        "loader": _loader(core, loaded, library_may_be_absent=library_may_be_absent),
    }
    if panel:
        found["panel"] = _panel(core, loaded, library_may_be_absent=library_may_be_absent)
    if loaded.config.osc is not None:
        found["osc"] = _osc(core, loaded.config.osc)
    if loaded.config.lights and loaded.config.dmx is not None and loaded.config.dmx.sends:
        found[LIGHTS] = _lights(core, LIGHTS)
    return found


def commands_when_wanted(core: CoreOptions, loaded: LoadedConfig) -> dict[str, Sequence[str]]:
    """The helpers of a run that are started only once the core wants them: few stages have films.

    It wants a stand-in of the lights once it serves: nothing may hold up the start.
    """
    words = ["--runtime", core.runtime, "--mib", str(loaded.config.library.plates_mib)]
    words += ["--realtime"] if core.realtime else []
    return {"plates": [sys.executable, "-m", "stage.plates.service", *words], STAND_IN: _lights(core, STAND_IN)}


def _lights(core: CoreOptions, name: str) -> list[str]:
    """The command of a process that sends to the lights, or stands by while another does."""
    words = ["--runtime", core.runtime, "--state", core.state if core.keeps_state else core.runtime, "--name", name]
    words += ["--realtime"] if core.realtime else []
    return [sys.executable, "-m", "stage.lights.service", *words]


def _loader(core: CoreOptions, loaded: LoadedConfig, *, library_may_be_absent: bool) -> list[str]:
    """The command of the process that decodes pictures and watches the library's folder, once it is there."""
    program = [sys.executable, "-m", "stage.assets.loader", "--parent", str(os.getpid())]
    program += ["--wishes", core.to_loader(), "--answers", core.from_loader(), "--folder", str(core.worlds())]
    program += ["--library", str(loaded.library_folder()), "--looks", str(Path(core.show) / LOOKS)]
    program += ["--cues", str(Path(core.show) / CUES)]
    return [*program, "--library-may-be-absent"] if library_may_be_absent else program


def _panel(core: CoreOptions, loaded: LoadedConfig, *, library_may_be_absent: bool) -> list[str]:
    """The command of the web process. If the default port is taken and was not configured, a free one is used."""
    config = loaded.config
    bind = _panel_address(config.panel.bind, core.lan)
    if config.panel == PanelSection() and not _is_free(bind):
        bind = f"{bind.rpartition(':')[0]}:0"
    command = [sys.executable, "-m", "stage.panel.web", "--bind", bind, "--title", config.stage.name]
    command += ["--pictures", str(core.pictures()), "--config", core.config, "--runtime", core.runtime]
    command += ["--secret", str(core.panel_secret()), "--keys", str(core.keys()), "--takes", core.takes]
    command += ["--library", str(loaded.library_folder())]
    command += ["--library-may-be-made"] if library_may_be_absent else []
    topics = [f"{kind}/{camera.name}" for camera in config.cameras for kind in ("film", "camera")]
    topics += [f"wall/{wall.name}" for wall in config.walls]
    return [*command, *(word for topic in topics for word in ("--topic", topic))]


def _osc(core: CoreOptions, section: OscSection) -> list[str]:
    """The command of the process that serves OSC."""
    words = ["--section", msgspec.json.encode(section).decode()]
    words += ["--runtime", core.runtime, "--secret", str(core.panel_secret())]
    return [sys.executable, "-m", "stage.osc.service", *words]


def _panel_address(bind: str, lan: str | None) -> str:
    """Where the page listens: on the network only with `lan`, like the control endpoint."""
    host, _, port = bind.rpartition(":")
    if lan is not None and lan != "*" and not is_panel_address(f"{lan}:{port}"):
        raise ConfigError(
            f"--lan: found {lan!r}, expected {own_addresses_text()}; without an address it is all of them"
        )
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
        except OSError as error:
            return error.errno != errno.EADDRINUSE
        return True
