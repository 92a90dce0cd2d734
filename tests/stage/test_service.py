"""A stage as a service: the unit is one that systemd takes, and ready and alive are said of frames that were shown."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from running_stage import PATIENCE_S, ROOT, children_of, command_here, configuration, wait_for

from stage.run.checkpoint import Checkpoint
from stage.supervision.service_notices import TELLS_EVERY_S, ServiceNotices, SystemNotices


class System:
    """The end of systemd: a datagram socket that is told things."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self.heard: list[str] = []

    def listen(self, seconds: float = 0.0) -> list[str]:
        """What has come since the last call, and within so many seconds."""
        until_s, came = time.monotonic() + seconds, len(self.heard)
        while True:
            self._socket.settimeout(max(0.001, until_s - time.monotonic()))
            try:
                self.heard.append(self._socket.recv(4096).decode())
            except TimeoutError:
                return self.heard[came:]

    def until(self, wanted: Callable[[str], bool]) -> None:
        """Waits for something that has not been heard before."""
        wait_for(lambda: any(wanted(state) for state in self.listen(0.05)), what="a notice")

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    system = System(tmp_path)
    yield system
    system.close()


def printed(*words: str) -> str:
    done = command_here("service", "print", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("words", [(), ("--user",), ("--", "--headless", "--lan", "192.0.2.1")])
def test_the_printed_unit_is_one_that_systemd_takes(tmp_path: Path, words: tuple[str, ...]) -> None:
    folder = tmp_path / 'a "show" of 100% $HOME'
    folder.mkdir()
    (folder / "stage.toml").write_text(configuration())
    unit = printed("--config", str(folder / "stage.toml"), *words)
    for line in ("Type=notify", "WatchdogSec=30", "LimitRTPRIO=20", "LimitMEMLOCK=infinity", "Restart=on-failure"):
        assert line in unit.splitlines()
    assert ("User=" in unit) != ("--user" in words)
    assert command_of(unit)[-len(words[1:]) :] == list(words[1:]) or "--user" in words or not words
    assert str(folder / "shows" / "default") in command_of(unit)
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not here")
    (tmp_path / "openstage.service").write_text(unit)
    checked = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / "openstage.service")], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr.count("openstage.service")) == (0, 0), checked.stderr


def command_of(unit: str) -> list[str]:
    """The command line of a unit, as systemd reads it."""
    line = next(line for line in unit.splitlines() if line.startswith("ExecStart="))
    return [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(line.removeprefix("ExecStart="))]


def test_options_that_run_does_not_have_are_refused_when_the_unit_is_printed(tmp_path: Path) -> None:
    (tmp_path / "stage.toml").write_text(configuration())
    config = ("--config", str(tmp_path / "stage.toml"))
    assert command_here("service", "print", *config, "--", "--headles").returncode == 2
    assert command_here("service", "print", "--config", str(tmp_path / "none.toml")).returncode == 2


def test_ready_and_alive_are_said_of_frames_that_were_shown(tmp_path: Path, system: System) -> None:
    checkpoint = Checkpoint(tmp_path / "checkpoint")
    notices = ServiceNotices(tmp_path / "checkpoint", SystemNotices({"NOTIFY_SOCKET": system.address}))

    def told_at(now_s: float, *, serves: bool = True, ends: bool = False) -> list[str]:
        notices.tick(now_s, serves=serves, ends=ends)
        return system.listen(0.01)

    assert told_at(0.0) == []
    checkpoint.heartbeat()
    assert told_at(1.0) == [], "a step is no frame that anybody has seen"
    checkpoint.presented()
    assert told_at(2.0, serves=False) == []
    assert told_at(2.0) == ["READY=1", "WATCHDOG=1"]
    checkpoint.presented()
    assert told_at(2.0 + 0.5 * TELLS_EVERY_S) == []
    assert told_at(3.0) == ["WATCHDOG=1"]
    assert told_at(4.0) == []
    notices.say("the core ended\nand is started again")
    assert system.listen(0.01) == ["STATUS=the core ended and is started again"]
    assert told_at(5.0, ends=True) == ["STOPPING=1"]
    assert told_at(6.0, ends=True) == []
    checkpoint.close()


def test_without_a_checkpoint_a_core_that_serves_is_alive(tmp_path: Path, system: System) -> None:
    notices = ServiceNotices(tmp_path / "none", SystemNotices({"NOTIFY_SOCKET": system.address}))
    notices.tick(0.0, serves=False, ends=False)
    notices.tick(1.0, serves=True, ends=False)
    notices.tick(2.0, serves=True, ends=False)
    assert system.listen(0.01) == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]


def test_a_socket_that_is_gone_or_no_socket_at_all_stops_nothing(tmp_path: Path) -> None:
    for environment in ({}, {"NOTIFY_SOCKET": str(tmp_path / "gone")}, {"NOTIFY_SOCKET": "@nobody-listens-here"}):
        SystemNotices(environment).tell("READY=1")


@pytest.mark.gl
def test_the_unit_runs_a_stage_whose_watchdog_starves_when_no_frames_are_shown(tmp_path: Path, system: System) -> None:
    (tmp_path / "stage.toml").write_text(configuration())
    options = ("--headless", "--no-panel", "--control", "tcp://127.0.0.1:0", "--state", str(tmp_path / "state"))
    command = command_of(printed("--config", str(tmp_path / "stage.toml"), "--", *options))
    environment = {**os.environ, "NOTIFY_SOCKET": system.address, "WATCHDOG_USEC": "400000", "PYTHONPATH": str(ROOT)}
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            system.until(lambda state: state == "READY=1")
            system.until(lambda state: state == "WATCHDOG=1")
            assert any(f"show {tmp_path / 'shows' / 'default'}" in state for state in system.heard)
            (core,) = [pid for pid, words in children_of(process.pid).items() if "stage.live.core" in words]
            os.kill(core, signal.SIGSTOP)
            system.listen(0.3)
            assert "WATCHDOG=1" not in system.listen(0.5)
            os.kill(core, signal.SIGKILL)
            system.until(lambda state: state.startswith("STATUS=the core ended (signal 9)"))
            system.until(lambda state: state == "WATCHDOG=1")
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
            assert "STOPPING=1" in system.listen(0.05)
        finally:
            process.kill()
    assert system.heard.count("READY=1") == 1
