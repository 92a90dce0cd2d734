"""A real OLA daemon in a network namespace of its own, with a pair of interfaces: it takes no E1.31 from loopback alone.

It refuses to run as root, so it runs as its own user; to make the namespace this process has to be root.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

ADDRESS = "10.98.0.1"
PORT = 9090
OTHER_PLUGINS = (
    "dummy",
    "espnet",
    "ftdidmx",
    "gpio",
    "karate",
    "kinet",
    "milinst",
    "opendmx",
    "openpixelcontrol",
    "osc",
    "pathport",
    "renard",
    "sandnet",
    "shownet",
    "spi",
    "stageprofi",
    "uartdmx",
    "usbdmx",
    "usbserial",
)
PATIENCE_S = 15.0


def why_not() -> str:
    """What keeps this machine from running it; "" if nothing does."""
    if sys.platform != "linux":
        return "OLA is tested on Linux alone"
    if missing := [
        name
        for name in ("olad", "ola_recorder", "unshare", "nsenter", "setpriv", "ip", "curl")
        if not shutil.which(name)
    ]:
        return f"{', '.join(missing)} not found: apt-get install ola iproute2 util-linux curl"
    if os.geteuid() != 0:
        return "a network namespace for OLA can only be made by root"
    if subprocess.run(["unshare", "--net", "true"], check=False, capture_output=True).returncode:
        return "this machine does not let its root make network namespaces"
    return ""


class Ola:
    """The daemon in the namespace of the process `anchor`."""

    def __init__(self, anchor: int) -> None:
        self._enter = ["nsenter", "--net", f"--target={anchor}"]
        self._net = Path(f"/proc/{anchor}/ns/net")

    def inside(self, *command: str) -> list[str]:
        """The command line that runs a command in the daemon's network."""
        return [*self._enter, *command]

    def call(self, *command: str) -> str:
        ran = subprocess.run(self.inside(*command), check=False, capture_output=True, text=True, timeout=20)
        assert ran.returncode == 0, f"{command}: {ran.stdout} {ran.stderr}"
        return ran.stdout

    def socket(self) -> socket.socket:
        """A UDP socket of this process in the daemon's network: it stays there, and the thread that makes it ends."""
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(self._made_inside).result()

    def _made_inside(self) -> socket.socket:
        with self._net.open("rb") as net:
            entered = ctypes.CDLL(None, use_errno=True).setns(net.fileno(), 0)
        assert entered == 0, os.strerror(ctypes.get_errno())
        return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def patch(self, universe: int, device: int, port: int) -> None:
        self.call("ola_patch", "--input", f"--device={device}", f"--port={port}", f"--universe={universe}")

    def levels(self, universe: int) -> list[int]:
        """What the daemon has in a universe now."""
        answer = self.call("curl", "--silent", f"http://127.0.0.1:{PORT}/get_dmx?u={universe}")
        return list(json.loads(answer)["dmx"])

    @contextmanager
    def recording(self, path: Path, universes: tuple[int, ...]) -> Iterator[None]:
        """Records these universes into a file."""
        numbers = ",".join(str(universe) for universe in universes)
        command = self.inside("ola_recorder", f"--record={path}", f"--universes={numbers}")
        recorder = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            until(path.exists, "ola_recorder writes its file")
            yield
        finally:
            recorder.send_signal(2)
            recorder.wait(10)


def recorded(path: Path) -> dict[int, list[bytes]]:
    """The frames of a recording, by universe."""
    frames: dict[int, list[bytes]] = {}
    for line in path.read_text(encoding="ascii").splitlines()[1:]:
        universe, _, levels = line.partition(" ")
        if levels:
            frames.setdefault(int(universe), []).append(bytes(int(level) for level in levels.split(",")))
    return frames


def until(true: object, what: str, patience_s: float = PATIENCE_S) -> float:
    """Waits until something is true. Returns the seconds that it took."""
    assert callable(true)
    begun_s = time.monotonic()
    while not true():
        assert time.monotonic() - begun_s < patience_s, f"not within {patience_s} s: {what}"
        time.sleep(0.01)
    return time.monotonic() - begun_s


@contextmanager
def ola_daemon() -> Iterator[Ola]:
    """A daemon with eight E1.31 ports as device 2 and four Art-Net ports as device 1."""
    with TemporaryDirectory(prefix="ola") as folder:
        Path(folder).chmod(0o755)
        with _daemon(Path(folder)) as ola:
            yield ola


@contextmanager
def _daemon(folder: Path) -> Iterator[Ola]:
    anchor = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
    daemon = None
    try:
        ola = Ola(anchor.pid)
        until(lambda: _net_of(anchor.pid) != _net_of(os.getpid()), "the network namespace")
        _make_interfaces(ola)
        daemon = subprocess.Popen(
            ola.inside(
                *_as_user("olad", f"--config-dir={_configure(folder)}", f"--interface={ADDRESS}", "--log-level=1")
            ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: _answers(ola), "the daemon answers")
        yield ola
    finally:
        for process in (daemon, anchor):
            if process is not None:
                process.kill()
                process.wait()


def _net_of(pid: int) -> str:
    return str(Path(f"/proc/{pid}/ns/net").readlink())


def _make_interfaces(ola: Ola) -> None:
    ola.call("ip", "link", "add", "lights0", "type", "veth", "peer", "name", "lights1")
    ola.call("ip", "address", "add", f"{ADDRESS}/24", "dev", "lights0")
    for name in ("lights0", "lights1", "lo"):
        ola.call("ip", "link", "set", name, "up")


def _configure(folder: Path) -> Path:
    path = folder / "ola"
    path.mkdir()
    for name in OTHER_PLUGINS:
        (path / f"ola-{name}.conf").write_text("enabled = false\n")
    artnet = f"enabled = true\nip = {ADDRESS}\nuse_loopback = false\nnet = 0\nsubnet = 0\noutput_ports = 4\n"
    (path / "ola-artnet.conf").write_text(artnet)
    e131 = f"enabled = true\nip = {ADDRESS}\ninput_ports = 8\noutput_ports = 0\nignore_preview = true\n"
    (path / "ola-e131.conf").write_text(e131)
    for one in (path, *path.iterdir()):
        shutil.chown(one, "olad")
    return path


def _as_user(*command: str) -> tuple[str, ...]:
    more = ("--no-register-with-dns-sd", "--no-http-quit", f"--http-port={PORT}")
    return ("setpriv", "--reuid=olad", "--regid=nogroup", "--init-groups", *command, *more)


def _answers(ola: Ola) -> bool:
    ran = subprocess.run(ola.inside("ola_dev_info"), check=False, capture_output=True, text=True, timeout=20)
    return "E1.31" in ran.stdout
