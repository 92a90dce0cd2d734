"""A whole stage in its own processes, as its users start it: configuration, packets on the wire, control, takes."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from render.plan.frame import FramePlan
from stage.cli import main
from stage.control.client import Client, ControlError
from stage.takes.reader import RecordedFrame, TakeReader

Found = TypeVar("Found")
ROOT = Path(__file__).parents[2]
STARTS_WITHIN_S = 180.0
PATIENCE_S = 60.0
"""How long conditions are waited for: far longer than they take, since the machine may be busy with other things."""

WALL = """
[[walls]]
name = "main"
resolution_px = [128, 40]
latency_ms = 16.0
shape = { kind = "arc", radius_m = 4.0, sweep_deg = 120.0, height_m = 2.6 }
"""
CAMERA = """
[[cameras]]
name = "{camera}"
tracker = "{tracker}"
focal_length_mm = 35.0
inner_px = [128, 72]
"""
TRACKER = """
[[trackers]]
name = "{name}"
protocol = "{protocol}"
source = "{source}"
camera_id = {camera_id}
rate_hz = 60
"""


def free_udp_port() -> int:
    """A loopback port that is free at the moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configuration(
    *trackers: tuple[str, str, str, int], rate: str = "25", world: str = 'kind = "coordinates"', more: str = ""
) -> str:
    """TOML with a small arc wall; `trackers` are name, protocol, source and id, each with a camera after it.

    Its rate spares the processor; what judges timing names one of its own.
    """
    parts = [f'[stage]\nname = "Under test"\nframe_rate_hz = {rate}\n', WALL]
    for letter, (name, protocol, source, number) in zip("ABCDEF", trackers, strict=False):
        parts.append(TRACKER.format(name=name, protocol=protocol, source=source, camera_id=number))
        parts.append(CAMERA.format(camera=letter, tracker=name))
    return "".join(parts) + f"[world]\n{world}\n" + more


def children_of(pid: int) -> dict[int, str]:
    """Living processes started by `pid`: their numbers and command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(parent) == pid and state != "Z":
            found[int(folder.name)] = words
    return found


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]) != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for(found: Callable[[], Found], seconds: float = PATIENCE_S, what: str = "it") -> Found:
    """Asks again until the answer is true. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < deadline, f"{what} did not come within {seconds} s"
        time.sleep(0.01)
    return answer


class RunningStage:
    """One `stage run` with its events and, once it is ready, a client."""

    def __init__(
        self, folder: Path, toml: str, *options: str, program: tuple[str, ...] = ("run",), before: tuple[str, ...] = ()
    ) -> None:
        self.folder = folder
        self.takes = folder / "takes"
        words = list(program)
        if program == ("run",):
            config = folder / "stage.toml"
            config.write_text(toml)
            words += [str(config), "--control", "tcp://127.0.0.1:0", "--no-realtime"]
            words += ["--state", str(folder / "state"), "--takes", str(self.takes)]
            words += [] if "--panel" in options else ["--no-panel"]
        self._stderr_file = (folder / "stderr.txt").open("w+b")
        self.process = subprocess.Popen(
            [*before, sys.executable, "-m", "stage", *words, *options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=self._stderr_file,
            text=True,
        )
        self.events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._client: Client | None = None
        self.ready: dict[str, Any] = {}

    @property
    def stderr(self) -> str:
        """What the stage has printed for its user."""
        return (self.folder / "stderr.txt").read_text()

    @property
    def client(self) -> Client:
        """A client of the ready stage."""
        if self._client is None:
            self._client = Client(self.ready["control"], timeout_s=PATIENCE_S)
        return self._client

    def event(self, name: str, seconds: float = STARTS_WITHIN_S) -> dict[str, Any]:
        """The next event, which must have that name. Fails if another one comes, or none."""
        deadline = time.monotonic() + seconds
        while self.events.empty():
            ended = not self._reader.is_alive() and self.events.empty()
            assert not ended, f"ended without {name}; stderr: {self.stderr}"
            assert time.monotonic() < deadline, f"no {name} event; stderr: {self.stderr}"
            time.sleep(0.01)
        event = self.events.get()
        assert event.get("event") == name, f"{event}; stderr: {self.stderr}"
        if name == "ready":
            self.ready = event
        return event

    def until_status(self, good: Callable[[dict[str, Any]], bool], seconds: float = PATIENCE_S) -> dict[str, Any]:
        """Asks for the status until it is as wanted. A stage whose core is being restarted may leave a request unanswered."""
        deadline, status = time.monotonic() + seconds, {}
        while time.monotonic() < deadline:
            try:
                status = self.client.status()
            except ControlError:
                continue
            if good(status):
                return status
            time.sleep(0.01)
        raise AssertionError(f"not as wanted after {seconds} s: {status}; stderr: {self.stderr}")

    def ask(self, question: Callable[[], Found], timeout_s: float = 1.0) -> Found:
        """Asks a question of the client until it is answered: a core that is being restarted leaves requests unanswered."""
        self.client.timeout_s = timeout_s
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return question()
            except ControlError:
                assert time.monotonic() < deadline, self.stderr
            finally:
                self.client.timeout_s = PATIENCE_S

    def helper(self, word: str) -> int:
        """The process id of the child whose command line contains `word`, such as stage.takes.recorder."""
        (found,) = [pid for pid, words in children_of(self.process.pid).items() if word in words]
        return found

    def kill_core(self) -> None:
        """Ends the core as a crash does."""
        os.kill(self.helper("stage.live.core"), signal.SIGKILL)

    def kill_cores(self, count: int) -> None:
        """Kills so many cores, each as soon as it appears."""
        killed: set[int] = set()
        while len(killed) < count:
            assert self.process.poll() is None, self.stderr
            for pid, words in children_of(self.process.pid).items():
                if "stage.live.core" in words and pid not in killed:
                    killed.add(pid)
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)

    def end(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Ends the stage by a signal: its exit code, and the seconds that it took."""
        begun = time.monotonic()
        self.process.send_signal(how)
        return self.wait(PATIENCE_S), time.monotonic() - begun

    def wait(self, seconds: float) -> int:
        """Waits until the stage has ended: its exit code."""
        code = self.process.wait(seconds)
        self._reader.join(5.0)
        return code

    def close(self) -> None:
        """Leaves nothing behind, whatever the test did."""
        if self._client is not None:
            self._client.close()
        for pid in (self.process.pid, *children_of(self.process.pid)):
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join(5.0)
        self._stderr_file.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            self.events.put(json.loads(line))


@contextlib.contextmanager
def running(
    folder: Path, toml: str, *options: str, program: tuple[str, ...] = ("run",), before: tuple[str, ...] = ()
) -> Iterator[RunningStage]:
    """A stage that is ready, and is gone afterwards."""
    stage = RunningStage(folder, toml, *options, program=program, before=before)
    try:
        stage.event("ready")
        yield stage
    finally:
        stage.close()


@contextlib.contextmanager
def sending(protocol: str, url: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    """`stage send` playing the orbit until the block ends."""
    words = ["send", "--protocol", protocol, "--to", url, "--rate-hz", "60", *options]
    process = subprocess.Popen(
        [sys.executable, "-m", "stage", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


class CommandResult(NamedTuple):
    """How a command ended and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def stage_command(*words: str, seconds: float = 100.0, env: dict[str, str] | None = None) -> CommandResult:
    """One `stage` command to its end, in a process of its own."""
    ended = subprocess.run(
        [sys.executable, "-m", "stage", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        env={**os.environ, **(env or {})},
    )
    return CommandResult(ended.returncode, ended.stdout, ended.stderr)


def command_here(*words: str) -> CommandResult:
    """One `stage` command to its end in this process, for those that start nothing: it saves an interpreter's start."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(list(words))
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return CommandResult(code, out.getvalue(), err.getvalue())


def plans_of(take: str | Path) -> list[FramePlan]:
    """Every plan of a take, in order."""
    return [
        msgspec.msgpack.decode(entry.message.plan, type=FramePlan)
        for entry in TakeReader(Path(take)).entries()
        if isinstance(entry, RecordedFrame)
    ]


def on_orbit(position_m: tuple[float, float, float], tolerance_m: float = 0.01) -> bool:
    """Whether a place lies on the circle that `stage send` plays."""
    x, y, z = position_m
    return abs(math.hypot(x, y) - 1.0) < tolerance_m and abs(z - 1.5) < tolerance_m
