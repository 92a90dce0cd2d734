"""Runs stages as their users do, with people who look and set: what each of them gets, and what it costs the frames."""

from __future__ import annotations

import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from stage.bench.crowd_clients import Crowd, CrowdCounts
from stage.bench.running_valley import valley_words
from stage.control.client import Client
from stage.loading.demo import LOOK
from stage.run.events import ReadyEvent
from tracking.records import ConfigError, Record

CLIENTS = 16
SETS_PER_S = 1000.0
_LOOKS_EVERY_S = 0.15
_NEWEST_FRAMES = 16
_READY = msgspec.json.Decoder(ReadyEvent)
_SMALL_STAGE = """
[stage]
name = "Crowd"
frame_rate_hz = 60

[[walls]]
name = "main"
resolution_px = [128, 40]
shape = { kind = "arc", radius_m = 4.0, sweep_deg = 120.0, height_m = 2.6 }

[[outputs]]
kind = "headless"

[[trackers]]
name = "t"
protocol = "freed"
source = "udp://127.0.0.1:0"
camera_id = 1

[[cameras]]
name = "A"
tracker = "t"
focal_length_mm = 35.0

[panel]
bind = "127.0.0.1:0"

[world]
kind = "coordinates"
"""


class CrowdFigures(Record):
    """Frames of one stage, alone and with a crowd, in turns of so many seconds. `alone_p99_ms` and `crowd_p99_ms` are
    of the time from the start of a frame's slot until it is presented, one for each pair of turns, and `grows_ms` the
    median of their differences. `alone_missed` and `crowd_missed` are the frames that came late in all turns of a kind.

    The crowd is `clients` at the panel with live pictures of 640 px, who set `sets_per_s` values a second together:
    as many as were answered. `pictures_per_s` is the least that any client got in any turn.
    """

    clients: int
    sets_per_s: float
    pictures_per_s: float
    alone_p99_ms: tuple[float, ...]
    crowd_p99_ms: tuple[float, ...]
    grows_ms: float
    alone_missed: int
    crowd_missed: int
    frames: int


class ViewersFigures(Record):
    """Pictures a second that each client got of the valley's film camera, their size, and the valley's frames a second.

    One further client stands still: it watches the same and never shows a picture.
    """

    pictures_per_s: tuple[float, ...]
    picture_px: tuple[int, int]
    frames_per_s: float


class _Frames(threading.Thread):
    """Notes how long each frame takes, from the status, on a thread."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(daemon=True)
        self._endpoint = endpoint
        self._ended = threading.Event()
        self.took_ms: list[float] = []
        self.missed = self.frames = 0
        self.rate_hz = 0.0

    def run(self) -> None:
        newest, first, missed = -1, -1, -1
        with Client(self._endpoint) as client:
            while not self._ended.wait(_LOOKS_EVERY_S):
                status = client.status()
                if newest >= 0:
                    fresh = min(status["frames"] - newest, _NEWEST_FRAMES, len(status["took_ms"]))
                    self.took_ms += status["took_ms"][-fresh:] if fresh > 0 else []
                else:
                    first, missed = status["frames"], status["missed"]
                newest = status["frames"]
                self.missed, self.frames = status["missed"] - missed, newest - first
                self.rate_hz = status["true_rate_hz"]

    def end(self) -> None:
        self._ended.set()
        self.join()

    def p99_ms(self) -> float:
        return float(np.quantile(self.took_ms, 0.99)) if self.took_ms else 0.0


def measure_crowd(pairs: int, seconds: float, clients: int = CLIENTS, sets_per_s: float = SETS_PER_S) -> CrowdFigures:
    """Runs a small stage and compares its frames in pairs of turns, alone and with a crowd.

    It has real-time priority where the system grants it. Raises ConfigError where it does not start.
    """
    alone: list[_Frames] = []
    crowd: list[_Frames] = []
    counts: list[CrowdCounts] = []
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "crowd.toml"
        config.write_text(_SMALL_STAGE, encoding="utf-8")
        command = ["run", str(config), "--panel", "--headless", "--control", "tcp://127.0.0.1:0"]
        with _running([*command, "--takes", folder, "--show", folder]) as ready:
            for _ in range(pairs):
                alone.append(_watched(ready, partial(time.sleep, seconds)))
                many = Crowd(url=str(ready.panel), clients=clients, seconds=seconds, sets_per_s=sets_per_s)
                crowd.append(_watched(ready, partial(_await, many, counts)))
    return CrowdFigures(
        clients=clients,
        sets_per_s=statistics.median(count.sets_per_s for count in counts),
        pictures_per_s=min(rate for count in counts for rate in count.pictures_per_s),
        alone_p99_ms=tuple(frames.p99_ms() for frames in alone),
        crowd_p99_ms=tuple(frames.p99_ms() for frames in crowd),
        grows_ms=statistics.median(b.p99_ms() - a.p99_ms() for a, b in zip(alone, crowd, strict=True)),
        alone_missed=sum(frames.missed for frames in alone),
        crowd_missed=sum(frames.missed for frames in crowd),
        frames=sum(frames.frames for frames in crowd),
    )


def measure_viewers(seconds: float, clients: int = 4) -> ViewersFigures:
    """Runs the valley's stage with so many clients that watch its film picture, and one that stands still."""
    counts: list[CrowdCounts] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        ExitStack() as stack,
        _running([*valley_words(Path(folder), stack), "--panel", "--look", LOOK]) as ready,
    ):
        few = Crowd(url=str(ready.panel), clients=clients + 1, seconds=seconds, stalled=1)
        frames = _watched(ready, partial(_await, few, counts))
    return ViewersFigures(
        pictures_per_s=counts[0].pictures_per_s, picture_px=counts[0].size_px, frames_per_s=frames.rate_hz
    )


def _watched(ready: ReadyEvent, work: Callable[[], object]) -> _Frames:
    """The frames of a stage while something is done."""
    frames = _Frames(ready.control)
    frames.start()
    work()
    frames.end()
    return frames


def _await(crowd: Crowd, counts: list[CrowdCounts]) -> None:
    """Adds what a crowd got to `counts`, once it has gone. It leads a session, since Linux may weigh those alike."""
    command = [sys.executable, "-m", "stage.bench.crowd_clients", msgspec.json.encode(crowd).decode()]
    found = subprocess.run(
        command, stdout=subprocess.PIPE, timeout=10 * crowd.seconds + 60.0, check=True, start_new_session=True
    )
    counts.append(msgspec.json.decode(found.stdout, type=CrowdCounts))


@contextmanager
def _running(words: list[str]) -> Iterator[ReadyEvent]:
    """A stage that runs, until the block ends. Raises ConfigError where it does not start."""
    command = [sys.executable, "-m", "stage", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        ready = _READY.decode(line) if line else None
        if ready is None or ready.panel is None:
            raise ConfigError("bench: found no ready stage with a page, expected both; run stage demo to see why")
        yield ready
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
