"""Turns what the user typed into a supervised run: folders, options, helper processes."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from stage.config.addresses import is_loopback, parse_endpoint
from stage.config.records import StageConfig
from stage.gate.keys import KeyFolder
from stage.gate.ports import OpenPorts, open_ports
from stage.loading.files import LoadedConfig, load_config
from stage.loading.run_copy import make_run_copy
from stage.loading.show_files import called_look
from stage.run.disk import why_unwritable
from stage.run.options import KEYS, CoreOptions
from stage.run.runtime_folder import runtime_folder, sweep_left_folders
from stage.run.show_folder import TAKES, WORLDS, default_show, only_run_of
from stage.run.state_file import running_mark
from stage.run.terminal import print_notice
from stage.run.whole_files import put_whole
from stage.supervision.announcement import why_no_take
from stage.supervision.helper_commands import commands_when_wanted, helper_commands
from stage.supervision.run_record import Resume, RunRecord, is_in_use, start_after
from stage.supervision.supervisor import PREDECESSOR_ENDS_S, Supervisor
from tracking.records import ConfigError, Record


class LaunchOptions(Record):
    """The options that `run` and `demo` share. `record` is the folder of a take that starts with the first frame.

    `show` is the folder of the show, `shows/default` beside the configuration without it.

    With `strict` whatever is missing is refused. `resume` decides for a stage that did not end cleanly; None leaves it
    to the configuration. `look` is the file or the name of the look that it begins with.
    """

    config: Path
    show: Path | None = None
    seconds: float | None = None
    headless: bool = False
    record: Path | None = None
    takes: Path | None = None
    state: Path | None = None
    control: str | None = None
    lan: str | None = None
    insecure_lan: bool = False
    panel: bool = True
    realtime: bool = True
    strict: bool = False
    resume: bool | None = None
    keep_assets: bool = True
    look: str | None = None


def launch(options: LaunchOptions, helpers: dict[str, Sequence[str]] | None = None) -> int:
    """Runs a stage under supervision until it ends. Returns the exit code. Raises ConfigError before the first frame.

    `helpers` are further processes by name, which end with the stage.
    """
    show = show_folder(options)
    loaded = load_config(options.config, world_may_be_absent=not options.strict)
    with only_run_of(show):
        return _launch(options, show, loaded, helpers or {})


def _launch(options: LaunchOptions, show: Path, loaded: LoadedConfig, helpers: dict[str, Sequence[str]]) -> int:
    has_library = loaded.config.library.folder is not None
    loaded = loaded.with_library(show / WORLDS)
    state = (options.state or state_directory(loaded.config)).absolute()
    takes = (options.record or options.takes or show / TAKES).absolute()
    look = called_look(options.look, loaded.config)
    _prepare_folders(options, show, takes, state)
    keeps_state = not is_in_use(state)
    if not keeps_state:
        print_notice(f"{state} is used by a running stage: this one keeps no state there; give another with --state")
    sweep_left_folders()
    patience_s = PREDECESSOR_ENDS_S if keeps_state and running_mark(state) is not None else 0.0
    with (
        closing(open_control_ports(options, loaded, patience_s=patience_s)) as ports,
        runtime_folder(state=state if keeps_state else None) as folder,
    ):
        _copy(loaded, folder)
        is_default = show == default_show(options.config).absolute()
        wanted = _wanted(options, loaded.config)
        start = start_after(state, wanted, show, is_default=is_default) if keeps_state else "fresh"
        core = CoreOptions(
            config=str(options.config.absolute()),
            runtime=str(folder),
            takes=str(takes),
            state=str(state),
            seconds=options.seconds,
            headless=options.headless,
            record=options.record is not None,
            lan=options.lan,
            insecure_lan=options.insecure_lan,
            ports=ports.bound,
            realtime=options.realtime,
            strict=options.strict,
            keeps_state=keeps_state,
            keeps_assets=options.keep_assets,
            show=str(show),
            adopts_old_values=is_default,
            start=start,
            look=look,
        )
        put_whole(core.panel_secret(), secrets.token_hex(32).encode())
        core.ports_file().write_bytes(msgspec.json.encode(ports.bound))
        own = helper_commands(core, loaded, ports, panel=options.panel, library_may_be_absent=not has_library)
        record = RunRecord(state if keeps_state else None, folder, show)
        later = commands_when_wanted(core, loaded)
        return Supervisor(core, {**own, **helpers}, record, {"gate": ports.descriptors()}, later).run()


def _prepare_folders(options: LaunchOptions, show: Path, takes: Path, state: Path) -> None:
    """Makes the folders where nothing may be missing; else says what cannot be kept."""
    if not options.strict:
        _tell_unwritable(show)
        if options.record is not None:
            _tell_no_take(takes)
        return
    if options.record is not None:
        _make_folder(takes, "--record")
    _make_folder(state, "--state")
    _make_folder(show, "--show")


def open_control_ports(options: LaunchOptions, loaded: LoadedConfig, *, patience_s: float) -> OpenPorts:
    """Opens the ports of the control API. Raises ConfigError.

    Beyond this machine only clients with keys are let in, unless the user said --insecure-lan; then the ports are on
    the address of --lan.
    """
    endpoint = options.control or loaded.config.control.endpoint
    if options.insecure_lan and options.lan is not None:
        endpoint = f"tcp://{options.lan}:{endpoint.rpartition(':')[2]}"
    with loaded.naming_places() if endpoint == loaded.config.control.endpoint else _naming_option(options):
        state = (options.state or state_directory(loaded.config)).absolute()
        has_keys = any(not one.revoked for one in KeyFolder(state / KEYS).holders())
        host, port = parse_endpoint(endpoint, lan=options.insecure_lan or has_keys)
        if options.insecure_lan and options.lan is None and is_loopback(host):
            raise ConfigError(
                f"--insecure-lan: the control endpoint is {endpoint}, which only this machine reaches: "
                "name the address that clients on the network use, --lan ADDRESS"
            )
        return open_ports(host, port, patience_s=patience_s)


@contextmanager
def _naming_option(options: LaunchOptions) -> Iterator[None]:
    """Names the option that gave the endpoint, and not the configuration's key, in what is wrong with it."""
    try:
        yield
    except ConfigError as error:
        option = "--lan" if options.control is None else "--control"
        lines = (line.removeprefix("control.endpoint: ") for line in error.findings)
        raise ConfigError(*(f"{option}: {line}" for line in lines)) from error


def show_folder(options: LaunchOptions) -> Path:
    """The absolute folder of the show. Raises ConfigError where that is a file."""
    show = (options.show or default_show(options.config)).absolute()
    if options.show is not None and show.exists() and not show.is_dir():
        raise ConfigError(f"--show: found {options.show}, which is no folder, expected the folder of a show")
    return show


def _tell_unwritable(show: Path) -> None:
    """Says at the start what could only fail much later: that nothing can be kept in the show's folder."""
    try:
        problem = why_unwritable(show)
    except OSError as error:
        problem = error.strerror or str(error)
    if problem:
        print_notice(f"{show}: {problem}: looks, cues and values cannot be kept there; give another folder with --show")


def _tell_no_take(takes: Path) -> None:
    """Says at the start that the take that is wanted now cannot be begun: health alone would say it."""
    problem = why_no_take(takes)
    if problem:
        print_notice(f"--record: no take can be begun in {takes}: {problem}; it is tried again while the stage runs")


def _wanted(options: LaunchOptions, config: StageConfig) -> Resume:
    """What this start does about a run that did not end cleanly."""
    return config.stage.resume if options.resume is None else "last" if options.resume else "fresh"


def _copy(loaded: LoadedConfig, runtime: Path) -> None:
    """Keeps the run's own copy of what was checked. Without room for it, a restarted core reads the originals."""
    try:
        make_run_copy(loaded, runtime)
    except OSError as error:
        print_notice(f"{runtime}: no room for a copy of the configuration ({error.strerror}): leave the files alone")


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
