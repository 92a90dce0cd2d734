"""Runs `stage demo` as its users do, and looks at its preview page meanwhile: frames, pictures, processor time."""

from __future__ import annotations

import hashlib
import http.client
import io
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec
from PIL import Image

from stage.bench.running_valley import valley_words
from stage.loading.demo import LOOK
from stage.run.events import ReadyEvent, SummaryEvent
from tracking.records import ConfigError, Record

RUNS = 3
POLL_EVERY_S = 0.05
_PICTURE = "/preview/film/A.jpg"
_EVENT = msgspec.json.Decoder(ReadyEvent | SummaryEvent)


class DemoFigures(Record):
    """Medians over the runs, and every run's frames a second.

    `pictures_per_s` counts the different pictures that one client got which asked for the film picture of camera A
    twenty times a second; `picture_px` is their size. `core_cpu_ms` is the processor time of a frame, of all threads of
    the core, which draw where there is no GPU; it is taken without a client in a run of its own.
    """

    frames_per_s: float
    each_frames_per_s: tuple[float, ...]
    pictures_per_s: float
    picture_px: tuple[int, int]
    core_cpu_ms: float


class _Run(NamedTuple):
    frames_per_s: float
    core_cpu_ms: float


def measure_demo(
    seconds: float, progress: Callable[[str], None], world: Path | None = None, *, valley: bool = False
) -> DemoFigures:
    """Runs the demo three times with a client at its page and once without; before the picture `world`, if given, or
    the valley's stage in its place.

    Raises ConfigError if it does not start.
    """
    watchers, runs = [PageWatcher() for _ in range(RUNS)], []
    for number, watcher in enumerate(watchers):
        progress(f"run {number + 1} of {RUNS + 1}, for {seconds:g} s, with a client at the page")
        runs.append(_run(seconds, watcher, world, valley))
    progress(f"run {RUNS + 1} of {RUNS + 1}, for {seconds:g} s, without one")
    each = tuple(run.frames_per_s for run in runs)
    return DemoFigures(
        frames_per_s=statistics.median(each),
        each_frames_per_s=each,
        pictures_per_s=statistics.median(watcher.pictures_per_s for watcher in watchers),
        picture_px=watchers[0].picture_px,
        core_cpu_ms=_run(seconds, None, world, valley).core_cpu_ms,
    )


class PageWatcher:
    """A client that asks for one picture again and again, on a thread."""

    def __init__(self) -> None:
        self.picture_px = (0, 0)
        self.pictures_per_s = 0.0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(self, page: str) -> None:
        """Begins to ask."""
        self._thread = threading.Thread(target=self._run, args=(urlsplit(page).netloc,), daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Asks no more."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, host: str) -> None:
        begun, count, before = time.monotonic(), 0, b""
        while not self._ended.wait(POLL_EVERY_S):
            content = _fetched(host)
            digest = hashlib.sha256(content).digest()
            if content and digest != before:
                count, before = count + 1, digest
                self.picture_px = self.picture_px if count > 1 else Image.open(io.BytesIO(content)).size
            self.pictures_per_s = count / (time.monotonic() - begun)


def _fetched(host: str) -> bytes:
    """The picture as it is now; nothing where the page has none."""
    connection = http.client.HTTPConnection(host, timeout=5.0)
    try:
        connection.request("GET", _PICTURE)
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException):
        return b""
    else:
        return content if answer.status == http.client.OK else b""
    finally:
        connection.close()


def _run(seconds: float, watcher: PageWatcher | None, world: Path | None, valley: bool) -> _Run:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        words = ["demo", "--control", "tcp://127.0.0.1:0", *([] if world is None else ["--world", str(world)])]
        if valley:
            words = [*valley_words(Path(folder), stack), "--panel", "--look", LOOK]
        return _watched([*words, "--seconds", str(seconds)], seconds, watcher)


def _watched(words: list[str], seconds: float, watcher: PageWatcher | None) -> _Run:
    process = subprocess.Popen(
        [sys.executable, "-m", "stage", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        ready = _event(process)
        if not isinstance(ready, ReadyEvent) or ready.panel is None:
            raise ConfigError("bench demo: found no ready demo with a page, expected both; run stage demo to see why")
        if watcher is not None:
            watcher.watch(ready.panel)
        used = _share_used(ready.pid, 0.8 * seconds)
        if watcher is not None:
            watcher.end()
        summary = _event(process)
        assert isinstance(summary, SummaryEvent)
        frames_per_s = summary.frames / summary.seconds
        return _Run(frames_per_s, 1e3 * used / frames_per_s)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _share_used(pid: int, seconds: float) -> float:
    """How many processors a process uses, on the average of so many seconds."""
    begun, used = time.monotonic(), _cpu_s(pid)
    time.sleep(seconds)
    return (_cpu_s(pid) - used) / (time.monotonic() - begun)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _event(process: subprocess.Popen[bytes]) -> ReadyEvent | SummaryEvent | None:
    assert process.stdout is not None
    line = process.stdout.readline()
    return _EVENT.decode(line) if line else None
