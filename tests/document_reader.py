"""A reader of the documents, who does what they say in an empty folder, beside a stage where they want one."""

import os
import random
import re
import shutil
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from document_tables import DOCUMENTS, ROOT

from stage.control.client import Client, ControlError

PORTS = (40000, 55555, 7700, 7780)
PORTS_OF_SERVERS = (15000, 32000)
SLOWEST_BLOCK_S = 100
LONGEST_START_S = 90
PROGRAM = f'"{sys.executable}" -m stage'
BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<language>\w+)(?P<how>[^\n]*)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL
)
RESOLUTION = re.compile(r"^(?P<key>resolution_px|inner_px) = \[(?P<width>\d+), (?P<height>\d+)\]", re.MULTILINE)


def blocks(language: str, how: str) -> list:
    """Every fenced block of a kind, as test parameters named by document and line."""
    found = []
    for document in DOCUMENTS:
        text = document.read_text()
        for match in BLOCK.finditer(text):
            if (match["language"], match["how"].strip()) == (language, how):
                line = text[: match.start()].count("\n") + 1
                name = f"{document.name}:{line}"
                found.append(
                    pytest.param(re.sub(f"^{match['indent']}", "", match["text"], flags=re.MULTILINE), id=name)
                )
    return found


def quarter(resolution: re.Match) -> str:
    """Walls, film and pictures of a quarter of the width, and as much of the height: few pixels spare the processor."""
    width, height = (int(resolution[side]) // 4 for side in ("width", "height"))
    return f"{resolution['key']} = [{width}, {height}]"


def three_free_ports(taken: set[int]) -> int:
    """The first of three free TCP ports in a row, which is a free UDP port too: what a stage and a tracker take.

    None of them is in `taken`; all are afterwards. They lie below those that the system gives to clients, which would
    else take one before the stage that waits for its turn does.
    """
    for _ in range(50):
        with socket.socket() as one, socket.socket() as two, socket.socket() as three, udp_socket() as tracker:
            port = random.randrange(*PORTS_OF_SERVERS)
            try:
                one.bind(("127.0.0.1", port))
                two.bind(("127.0.0.1", port + 1))
                three.bind(("127.0.0.1", port + 2))
                tracker.bind(("127.0.0.1", port))
            except OSError:
                continue
            wanted = {port, port + 1, port + 2}
            if wanted.isdisjoint(taken):
                taken |= wanted
                return port
    raise AssertionError("no free ports")


def udp_socket() -> socket.socket:
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


class Reader:
    """Somebody who reads the documents: an empty folder with `./run` and `hw_configs`, and ports of their own."""

    def __init__(self, folder: Path, taken: set[int], program: str = PROGRAM) -> None:
        self.folder = folder
        self.ports = {port: three_free_ports(taken) for port in PORTS}
        shutil.copytree(ROOT / "hw_configs", folder / "hw_configs")
        for config in (folder / "hw_configs").glob("*.toml"):
            text = self.translated(config.read_text())
            if config.stem.startswith(("sim_", "verify_")):
                text = RESOLUTION.sub(quarter, text)
            if config.stem.startswith("verify_"):  # half as many frames to judge, and a quarter of the usual film
                text = text.replace("[stage]\n", "[stage]\nframe_rate_hz = 30\n")
                text = text.replace("[[cameras]]\n", "[[cameras]]\nresolution_px = [480, 270]\n")
            control = f'\n[control]\nendpoint = "{self.control}"\n'
            panel = f'\n[panel]\nbind = "127.0.0.1:{self.ports[7780]}"\n'
            config.write_text(text + ("" if "[control]" in text else control) + ("" if "[panel]" in text else panel))
        run = folder / "run"
        run.write_text(f'#!/bin/sh\ncase "$1" in stage) shift ;; esac\nexec {program} "$@"\n')
        run.chmod(run.stat().st_mode | stat.S_IXUSR)
        python = folder / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(run.stat().st_mode)
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "OPENSTAGE_CONTROL": self.control,
        }

    @property
    def control(self) -> str:
        return f"tcp://127.0.0.1:{self.ports[7700]}"

    def translated(self, text: str) -> str:
        """Text with every documented port exchanged for a free one."""
        for documented, free in self.ports.items():
            text = re.sub(rf":{documented}\b", f":{free}", text)
        return text

    def do(self, command: list[str]) -> subprocess.CompletedProcess:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SLOWEST_BLOCK_S,
            check=False,
        )

    def shell(self, text: str) -> subprocess.CompletedProcess:
        return self.do(["bash", "-eu", "-o", "pipefail", "-c", self.translated(text)])


@contextmanager
def running_stage(folder: Path, taken: set[int], config: str, program: str) -> Iterator[Reader]:
    reader = Reader(folder, taken, program)
    chosen = reader.folder / "hw_configs" / f"{config}.toml"
    chosen.write_text(chosen.read_text().replace("frame_rate_hz = 60", "frame_rate_hz = 10"))  # it spares the processor
    stage = ["run", f"hw_configs/{config}.toml", "--headless", "--takes", "takes"]
    with_panel = config == "sim_arc"
    stage += [] if with_panel else ["--no-panel"]
    tracker = ["send", "--protocol", "freed", "--to", f"udp://127.0.0.1:{reader.ports[40000]}", "--loop"]
    running = []
    with (reader.folder / "log").open("w") as log:
        for words in (stage, tracker):
            command = [sys.executable, "-m", "stage", *words]
            running.append(subprocess.Popen(command, cwd=reader.folder, env=reader.environment, stdout=log, stderr=log))
        try:
            wait_for_tracker(reader, running[0])
            if with_panel:
                wait_for_panel(reader)
            yield reader
        finally:
            for process in reversed(running):
                process.terminate()
            for process in running:
                process.wait(10)


def wait_for_tracker(reader: Reader, stage: subprocess.Popen) -> None:
    deadline = time.monotonic() + LONGEST_START_S
    while time.monotonic() < deadline and stage.poll() is None:
        try:
            with Client(reader.control, timeout_s=0.5) as client:
                if client.status()["trackers"]["freed-a"]["state"] == "fresh":
                    return
        except ControlError:
            continue
    raise AssertionError((reader.folder / "log").read_text())


def wait_for_panel(reader: Reader) -> None:
    deadline = time.monotonic() + LONGEST_START_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(reader.translated("http://127.0.0.1:7780/api/v1/status"), timeout=5.0):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError((reader.folder / "log").read_text())
