"""Measures how a folder with many files is listed: how long the start and the list take, and how much memory."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from PIL import Image

from stage.bench.loop import free_ports, resident_bytes
from stage.control.client import Client
from stage.loading.demo import valley_text
from stage.run.events import ReadyEvent, SummaryEvent
from tracking.records import ConfigError, Record

LISTED_WITHIN_S = 60.0
SETTLES_S = 2.0
_MIB = 1 << 20
_EVENT = msgspec.json.Decoder(ReadyEvent | SummaryEvent)


class ListingFigures(Record):
    """A stage whose library has so many `files`, against the same one with an empty folder.

    `ready_s` is from the command to the first frame, `listed_s` from there until every file is listed,
    `answer_s` how long a client then waits for the whole list. `memory_mib` is what core, loader and decoder take more.
    `missed` and `skipped` are late frames and skipped slots until all were listed and the list was asked for.
    """

    files: int
    ready_s: float
    ready_empty_s: float
    listed_s: float
    answer_s: float
    memory_mib: float
    missed: int
    skipped: int
    missed_empty: int
    skipped_empty: int


class _Run(Record):
    ready_s: float
    listed_s: float
    answer_s: float
    bytes: int
    missed: int
    skipped: int


def measure_listing(files: int, progress: Callable[[str], None]) -> ListingFigures:
    """Starts the valley's stage beside an empty folder, then beside one with so many small pictures.

    Raises ConfigError where the stage does not start or does not list them.
    """
    with tempfile.TemporaryDirectory(prefix="openstage-bench-") as name:
        folder = Path(name)
        progress("a stage with an empty folder")
        empty = _run(folder / "empty", 0)
        progress(f"a stage with {files} files")
        full = _run(folder / "full", files)
    return ListingFigures(
        files=files,
        ready_s=full.ready_s,
        ready_empty_s=empty.ready_s,
        listed_s=full.listed_s,
        answer_s=full.answer_s,
        memory_mib=(full.bytes - empty.bytes) / _MIB,
        missed=full.missed,
        skipped=full.skipped,
        missed_empty=empty.missed,
        skipped_empty=empty.skipped,
    )


def make_files(folder: Path, count: int) -> None:
    """Writes so many small pictures, an hour old, each a second younger than the one before."""
    folder.mkdir(parents=True)
    buffer = io.BytesIO()
    Image.fromarray(np.zeros((4, 8, 3), dtype=np.uint8)).save(buffer, "PNG")
    for number in range(count):
        path = folder / f"picture {number:05d}.png"
        path.write_bytes(buffer.getvalue())
        os.utime(path, (time.time() - 3600.0 - count + number,) * 2)


def _run(folder: Path, files: int) -> _Run:
    make_files(folder / "library", files)
    (port,) = free_ports(1)
    config = folder / "demo.toml"
    config.write_text(f'{valley_text(port)}\n[library]\nfolder = "library"\n', encoding="utf-8")
    words = ["run", str(config), "--headless", "--no-panel", "--control", "tcp://127.0.0.1:0"]
    words += ["--state", str(folder / "state"), "--takes", str(folder / "takes")]
    command = [sys.executable, "-m", "stage", *words]
    with ExitStack() as stack:
        begun = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        stack.callback(_end, process)
        ready = _event(process)
        if not isinstance(ready, ReadyEvent):
            raise ConfigError("bench worlds: found no ready stage")
        ready_s = time.monotonic() - begun
        client = stack.enter_context(Client(ready.control, timeout_s=10.0))
        while _listed(client) < files:
            if time.monotonic() - begun > LISTED_WITHIN_S:
                raise ConfigError(f"bench worlds: the files were not listed within {LISTED_WITHIN_S:.0f} s")
            time.sleep(0.02)
        listed_s = time.monotonic() - begun - ready_s
        asked = time.monotonic()
        client.worlds()
        answer_s = time.monotonic() - asked
        time.sleep(SETTLES_S)
        taken = sum(resident_bytes(pid) for pid in _worked(process.pid))
        process.send_signal(signal.SIGTERM)
        summary = _event(process)
        assert isinstance(summary, SummaryEvent)
    skipped = sum(summary.skipped_causes.values())
    return _Run(
        ready_s=ready_s, listed_s=listed_s, answer_s=answer_s, bytes=taken, missed=summary.missed, skipped=skipped
    )


def _listed(client: Client) -> int:
    """How many of the library's files are listed: all but the stage's own world."""
    status: dict[str, Any] = client.describe("/world/active")[0]
    return len(status["choices"]) - 1


def _event(process: subprocess.Popen[bytes]) -> object:
    assert process.stdout is not None
    return _EVENT.decode(process.stdout.readline() or b"null")


def _worked(supervisor: int) -> list[int]:
    """The processes that have to do with worlds: the core, the loader and its decoder."""
    found = []
    waiting = [supervisor]
    while waiting:
        pid = waiting.pop()
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
            waiting += [int(child) for child in children]
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if any(word in words for word in (b"stage.live.core", b"stage.assets.loader", b"stage.assets.decoder")):
                found.append(pid)
    return found


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait()
