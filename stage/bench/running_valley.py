"""The valley's running stage, with worlds whose files come while it runs, as its benchmarks drive it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import msgspec

from stage.bench.loop import free_ports, resident_bytes
from stage.control.client import Client, ControlError
from stage.loading.demo import VALLEY, valley_text
from stage.run.events import ReadyEvent, SummaryEvent
from tracking.records import ConfigError

KINDS = ("exr", "png", "jpg")
SCENE = "glb"
SETTLED_S = 3.0
MOVED_BYTES = 1_000_000
ON_WALL_WITHIN_S = 120.0
STILL_WORLD = "Picture"
"""A still panorama, whose frames leave the processor time: before the valley's sky two cores have none to spare."""
_STILL = VALLEY.parent / "worlds" / "valley.jpg"
_CHECKPOINT_S = 1.0
_ASKS_FOR_S = 0.05
_ASKS_EVERY_S = 0.005
_LOOKS_EVERY_S = 0.05
_EVENT = msgspec.json.Decoder(ReadyEvent | SummaryEvent)


class RunningValley:
    """The valley's stage with a world of each kind, whose files are not there until they are `asked` for."""

    def __init__(self, folder: Path, seconds: float | None, gpu_mib: int = 2048) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._worlds = Path(self._stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        words = valley_words(self._worlds, self._stack, lambda text: _with_worlds(text, self._worlds, gpu_mib))
        seconds_words = [] if seconds is None else ["--seconds", str(seconds)]
        self._stage = _start(self._stack, [*words, "--no-panel", *seconds_words])
        ready = self._event()
        if not isinstance(ready, ReadyEvent):
            self.close()
            raise ConfigError("bench worlds: found no ready stage; see its messages above")
        self.pid = ready.pid
        self._client = self._stack.enter_context(Client(ready.control, timeout_s=10.0))

    def bring(self, kind: str) -> Path:
        """Puts a world's file in its place."""
        place = self._worlds / f"{kind}.{kind}"
        if not place.exists():
            place.hardlink_to(self._folder / f"away.{kind}")
        return place

    def show(self, world: str) -> float:
        """Asks for a world, and waits until it is on the wall: the seconds that this took."""
        begun = time.monotonic()
        self._client.set("/world/active", world)
        while self._on_air() != world:
            if time.monotonic() - begun > ON_WALL_WITHIN_S:
                raise ConfigError(f"bench worlds: {world} was not on the wall within {ON_WALL_WITHIN_S:.0f} s")
            time.sleep(_ASKS_EVERY_S)
        return time.monotonic() - begun

    def wait_ready(self, world: str) -> float:
        """Waits until a world is loaded that is configured, and whose file is there now: the seconds that it took."""
        begun = time.monotonic()
        while self._state_of(world) != "ready":
            if time.monotonic() - begun > ON_WALL_WITHIN_S:
                raise ConfigError(f"bench worlds: {world} was not loaded within {ON_WALL_WITHIN_S:.0f} s")
            time.sleep(_LOOKS_EVERY_S)
        return time.monotonic() - begun

    def ask(self, seconds: float, *, as_often: Literal["show", "wait_ready"] = "show") -> None:
        """Asks what `show` or `wait_ready` asks, and as often, for nothing: that alone costs the core time."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            if as_often == "show":
                self._on_air()
                time.sleep(_ASKS_EVERY_S)
            else:
                self._state_of("")
                time.sleep(_LOOKS_EVERY_S)

    def kill_core(self) -> float:
        """Kills the core as a crash does: the seconds until the next one shows frames of the same world.

        The checkpoint is written twice a second: what has just come on air may not be in it yet.
        """
        time.sleep(_CHECKPOINT_S)
        before = self._client.status()
        begun = time.monotonic()
        os.kill(self.pid, signal.SIGKILL)
        with Client(self._client.endpoint, timeout_s=_ASKS_FOR_S) as client:
            while (status := _status(client)) is None or status["frame"] <= before["frame"]:
                if time.monotonic() - begun > ON_WALL_WITHIN_S:
                    raise ConfigError(f"bench worlds: no core came back within {ON_WALL_WITHIN_S:.0f} s")
        if status["world"]["on_air"] != before["world"]["on_air"]:
            raise ConfigError(f"bench worlds: found another world after a restart: {status['world']['on_air']}")
        return time.monotonic() - begun

    def settled_bytes(self) -> int:
        """The core's resident memory, once it has not changed for as long as a picture's upload may stand still."""
        present, since = resident_bytes(self.pid), time.monotonic()
        while time.monotonic() - since < SETTLED_S:
            time.sleep(0.2)
            before, present = present, resident_bytes(self.pid)
            if abs(present - before) > MOVED_BYTES:
                since = time.monotonic()
        return present

    def summary(self) -> SummaryEvent:
        """Waits for the end of the run."""
        event = self._event()
        assert isinstance(event, SummaryEvent)
        return event

    def close(self) -> None:
        """Ends everything."""
        self._stack.close()

    def _on_air(self) -> str:
        status = _status(self._client)
        return "" if status is None else str(status["world"]["on_air"])

    def _state_of(self, world: str) -> str:
        with contextlib.suppress(ControlError):
            return next((str(one["state"]) for one in self._client.worlds() if one["name"] == world), "")
        return ""

    def _event(self) -> object:
        assert self._stage.stdout is not None
        return _EVENT.decode(self._stage.stdout.readline() or b"null")


def valley_words(folder: Path, stack: ExitStack, changed: Callable[[str], str] = str) -> list[str]:
    """Starts the tracker of the valley's stage until `stack` ends. Returns the words of the command that runs it.

    `changed` makes its configuration of the shipped one; all its files are in `folder`.
    """
    (port,) = free_ports(1)
    config = folder / "valley.toml"
    config.write_text(changed(valley_text(port)), encoding="utf-8")
    send = ["send", "--protocol", "freed", "--to", f"udp://127.0.0.1:{port}", "--motion", "orbit"]
    _start(stack, [*send, "--rate-hz", "60", "--id", "1", "--loop", "--quiet"])
    words = ["run", str(config), "--headless", "--control", "tcp://127.0.0.1:0"]
    return [*words, "--state", str(folder / "state"), "--takes", str(folder / "takes")]


def _start(stack: ExitStack, words: list[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "stage", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    stack.callback(_end, process)
    return process


def _status(client: Client) -> dict[str, Any] | None:
    """The status; None where the core does not answer."""
    try:
        return client.status()
    except ControlError:
        return None


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait()


def _with_worlds(text: str, folder: Path, gpu_mib: int) -> str:
    """The valley's configuration with a still panorama and a world of each kind beside its own."""
    worlds = f'[[worlds]]\nname = "{STILL_WORLD}"\n[[worlds.layers]]\nkind = "panorama"\nfile = "{_STILL.as_posix()}"\n'
    for kind in (*KINDS, SCENE):
        layer = f'kind = "{"model" if kind == SCENE else "panorama"}"\nfile = "{folder.as_posix()}/{kind}.{kind}"\n'
        worlds += f'[[worlds]]\nname = "{kind}"\n[[worlds.layers]]\n{layer}'
    text = text.replace("[stage]\n", f'[stage]\nworld = "{STILL_WORLD}"\n', 1)
    return f"{text}\n{worlds}[library]\ngpu_mib = {gpu_mib}\n"


@contextlib.contextmanager
def running_valley(folder: Path, seconds: float | None, gpu_mib: int = 2048) -> Iterator[RunningValley]:
    """A stage that runs for so long, or until it is left."""
    valley = RunningValley(folder, seconds, gpu_mib)
    try:
        yield valley
    finally:
        valley.close()
