"""Measures how worlds are loaded beside the running demo: time to the wall, late frames, memory."""

from __future__ import annotations

import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from PIL import Image

from render.images.exr import write_exr
from stage.bench.loop import free_ports, resident_bytes
from stage.bench.skies import SkiesFigures, measure_skies
from stage.control.client import Client, ControlError
from stage.loading.demo import DEMO, demo_text
from stage.run.events import ReadyEvent, SummaryEvent
from tracking.records import ConfigError, Record

KINDS = ("exr", "png", "jpg")
SWAPS = 10
SETTLED_S = 3.0
MOVED_BYTES = 1_000_000
ON_WALL_WITHIN_S = 120.0
_CHECKPOINT_S = 1.0
_DEMO = "Picture"
"""A still panorama, whose frames leave the processor time: before the sky of the demo two cores have none to spare."""
_STILL = DEMO.parent / "worlds" / "valley.jpg"
_TRIES = 3
_SKY_FRAMES = 60
_ASKS_FOR_S = 0.05
_EVENT = msgspec.json.Decoder(ReadyEvent | SummaryEvent)


class LoadFigures(Record):
    """Seconds from the request to the wall, medians, beside the running demo. `pixels` is columns by rows.

    `bare_s` is what a process that is as nice needs beside the same demo to decode the file with its library and to
    upload it with `glGenerateMipmap`; `ratio` compares them.
    """

    pixels: tuple[int, int]
    on_wall_s: float
    bare_s: float
    ratio: float


class PairFigures(Record):
    """Missed frames and skipped slots of the demo in equal times: while worlds are loaded, and without."""

    missed_loading: int
    skipped_loading: int
    missed_alone: int
    skipped_alone: int


class WorldFigures(Record):
    """`loads` by kind of file. `memory_ratio` is the core's resident memory after ten swaps over that before them.

    `restart_s` is the median time from the core's death, with the EXR on the wall, until the next core answers. It has
    put the picture on the GPU before that. `skies` are frames before the live sky, without the demo.
    """

    loads: dict[str, LoadFigures]
    skies: SkiesFigures
    restart_s: float
    pairs: tuple[PairFigures, ...]
    memory_mb: float
    memory_ratio: float


def measure_worlds(*, rows: int, pairs: int, seconds: float, progress: Callable[[str], None]) -> WorldFigures:
    """Loads an EXR of `rows` by twice as many, and a PNG and a JPEG of half that, while the demo runs; draws skies.

    Each pair is two runs of so many seconds. Raises ConfigError where the stage does not start or shows no world.
    """
    with tempfile.TemporaryDirectory(prefix="openstage-bench-") as name:
        folder = Path(name)
        progress("making the pictures")
        sizes = make_pictures(folder, rows)
        progress("loading each beside the demo, and bare")
        loads = _loads(folder, sizes)
        progress("drawing skies")
        skies = measure_skies(_SKY_FRAMES, "auto")
        progress("killing cores")
        restart_s = _restart_s(folder)
        progress("swapping worlds")
        before, after = _swapped_memory(folder)
        found = []
        for pair in range(pairs):
            progress(f"pair {pair + 1} of {pairs}")
            loading, alone = _lost(folder, seconds, load=True), _lost(folder, seconds, load=False)
            found.append(
                PairFigures(
                    missed_loading=loading[0],
                    skipped_loading=loading[1],
                    missed_alone=alone[0],
                    skipped_alone=alone[1],
                )
            )
    return WorldFigures(
        loads=loads,
        skies=skies,
        restart_s=restart_s,
        pairs=tuple(found),
        memory_mb=after,
        memory_ratio=after / before,
    )


def make_pictures(folder: Path, rows: int) -> dict[str, tuple[int, int]]:
    """Writes the pictures under `away.KIND`, as no stage looks for them. Returns columns and rows by kind."""
    row, column = np.mgrid[0:rows, 0 : 2 * rows].astype(np.float32)
    picture = np.empty((rows, 2 * rows, 3), dtype=np.float32)
    picture[..., 0] = 0.6 + 0.4 * np.sin(column * 0.01) * np.cos(row * 0.013)
    picture[..., 1] = 0.5 + 0.5 * np.sin(column * 0.05 + row * 0.02)
    picture[..., 2] = 0.3 + 0.2 * np.cos(row * 0.04)
    picture *= 1.0 + 0.05 * np.random.default_rng(1).random((rows, 2 * rows, 1), dtype=np.float32)
    write_exr(folder / "away.exr", picture)
    codes = (picture[::2, ::2].clip(0.0, 1.0) * 255.0).astype(np.uint8)
    Image.fromarray(codes).save(folder / "away.png", "PNG")
    Image.fromarray(codes).save(folder / "away.jpg", "JPEG", quality=92)
    return {"exr": (2 * rows, rows), "png": (rows, rows // 2), "jpg": (rows, rows // 2)}


class RunningDemo:
    """The demo with a world of each kind, whose files are not there until they are `asked` for."""

    def __init__(self, folder: Path, seconds: float | None, gpu_mib: int = 2048) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._worlds = Path(self._stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        (port,) = free_ports(1)
        config = self._worlds / "demo.toml"
        config.write_text(_with_worlds(demo_text(port), self._worlds, gpu_mib), encoding="utf-8")
        send = ["send", "--protocol", "freed", "--to", f"udp://127.0.0.1:{port}", "--motion", "orbit"]
        self._start([*send, "--rate-hz", "60", "--id", "1", "--loop", "--quiet"])
        run = ["run", str(config), "--headless", "--no-panel", "--control", "tcp://127.0.0.1:0"]
        run += ["--state", str(self._worlds / "state"), "--takes", str(self._worlds / "takes")]
        self._stage = self._start([*run, *([] if seconds is None else ["--seconds", str(seconds)])])
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
            time.sleep(0.005)
        return time.monotonic() - begun

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

    def _event(self) -> object:
        assert self._stage.stdout is not None
        return _EVENT.decode(self._stage.stdout.readline() or b"null")

    def _start(self, words: list[str]) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "stage", *words]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._stack.callback(_end, process)
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
    """The demo's configuration with a still panorama and a world of each kind beside its own."""
    worlds = f'[[worlds]]\nname = "{_DEMO}"\n[[worlds.layers]]\nkind = "panorama"\nfile = "{_STILL.as_posix()}"\n'
    for kind in KINDS:
        layer = f'kind = "panorama"\nfile = "{folder.as_posix()}/{kind}.{kind}"\n'
        worlds += f'[[worlds]]\nname = "{kind}"\n[[worlds.layers]]\n{layer}'
    text = text.replace("[stage]\n", f'[stage]\nworld = "{_DEMO}"\n', 1)
    return f"{text}\n{worlds}[library]\ngpu_mib = {gpu_mib}\n"


@contextlib.contextmanager
def _demo(folder: Path, seconds: float | None, gpu_mib: int = 2048) -> Iterator[RunningDemo]:
    demo = RunningDemo(folder, seconds, gpu_mib)
    try:
        yield demo
    finally:
        demo.close()


def _loads(folder: Path, sizes: dict[str, tuple[int, int]]) -> dict[str, LoadFigures]:
    """Each file several times, in a stage of its own, with the bare way before it in the same stage."""
    ours: dict[str, list[float]] = {kind: [] for kind in KINDS}
    bare: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(_TRIES):
        with _demo(folder, None) as demo:
            for kind in KINDS:
                bare[kind].append(_bare_s(folder / f"away.{kind}"))
                demo.bring(kind)
                ours[kind].append(demo.show(kind))
                demo.show(_DEMO)
    found = {}
    for kind in KINDS:
        on_wall_s, bare_s = statistics.median(ours[kind]), statistics.median(bare[kind])
        found[kind] = LoadFigures(pixels=sizes[kind], on_wall_s=on_wall_s, bare_s=bare_s, ratio=on_wall_s / bare_s)
    return found


def _bare_s(path: Path) -> float:
    command = [sys.executable, "-m", "stage.bench.bare_picture", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, start_new_session=True)
    return float(done.stdout)


def _restart_s(folder: Path) -> float:
    """The median time of restarts, each of a stage of its own, with the EXR on the wall."""
    found = []
    for _ in range(_TRIES):
        with _demo(folder, None) as demo:
            demo.bring("exr")
            demo.show("exr")
            found.append(demo.kill_core())
    return statistics.median(found)


def _swapped_memory(folder: Path) -> tuple[float, float]:
    """The core's resident memory before and after the swaps, in MB: with room for the EXR and one other."""
    with _demo(folder, None, gpu_mib=512) as demo:
        for kind in KINDS:
            demo.bring(kind)
        for world in ("png", "jpg", "exr", _DEMO):
            demo.show(world)
        before = demo.settled_bytes()
        for number in range(SWAPS):
            demo.show("exr" if number % 2 == 0 else ("png", "jpg")[number % 4 // 2])
        demo.show("exr")
        demo.show(_DEMO)
        return before / 1e6, demo.settled_bytes() / 1e6


def _lost(folder: Path, seconds: float, *, load: bool) -> tuple[int, int]:
    """Missed frames and skipped slots of a run."""
    with _demo(folder, seconds) as demo:
        if load:
            demo.bring("exr")
            demo.show("exr")
        summary = demo.summary()
        return summary.missed, sum(summary.skipped_causes.values())
