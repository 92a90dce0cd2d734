"""Measures how the running loop keeps its slots: real processes, real packets, a take being recorded."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import msgspec

from stage.bench.stages import TRACKER_RATE_HZ, TRACKERS, benchmark_stage
from stage.run.events import ReadyEvent, Spread, SummaryEvent
from stage.run.realtime import take_priority
from tracking.records import ConfigError, Record

_EVENT = msgspec.json.Decoder(ReadyEvent | SummaryEvent)
_MEGABYTE = 1_000_000
SETTLE_SHARE = 0.25
"""Memory is first read after this share of the run, when buffers have reached their full size."""


class LoopFigures(Record):
    """One run: missed frames and skipped slots by cause, lateness and processor time of a frame, growth of memory."""

    missed: int
    frames: int
    causes: dict[str, int]
    skipped_causes: dict[str, int]
    lateness_ms: Spread
    cpu_ms: Spread
    memory_growth_mb: float


class LoopReport(Record):
    """The run with and the run without real-time priority; None where this user is not granted the priority."""

    with_priority: LoopFigures | None
    without_priority: LoopFigures


def measure_loop(seconds: float) -> LoopReport:
    """Runs the benchmark's stage for `seconds` with and without real-time priority.

    Raises ConfigError where the stage does not start.
    """
    return LoopReport(
        with_priority=_run(seconds, priority=True) if priority_is_granted() else None,
        without_priority=_run(seconds, priority=False),
    )


def priority_is_granted() -> bool:
    """Tries it in another process, so that this one keeps its priority."""
    trial = f"import sys; from {take_priority.__module__} import take_priority; sys.exit(not take_priority())"
    return subprocess.run([sys.executable, "-c", trial], check=False).returncode == 0


def _run(seconds: float, *, priority: bool) -> LoopFigures:
    with benchmark_run(seconds, priority=priority) as stage:
        return _figures(stage, seconds)


@contextmanager
def benchmark_run(seconds: float, *, priority: bool, more: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """The benchmark's stage with `more` tables and senders for its trackers, in a run of so many seconds."""
    ports = free_ports(TRACKERS)
    loaded = benchmark_stage("freed", ports, more)
    with tempfile.TemporaryDirectory(prefix="openstage-bench-") as folder, ExitStack() as stack:
        config = Path(folder) / "bench.toml"
        config.write_text(loaded.text, encoding="utf-8")
        for index, port in enumerate(ports):
            words = f"send --protocol freed --to udp://127.0.0.1:{port} --motion orbit --loop"
            _start(stack, [*words.split(), "--rate-hz", str(TRACKER_RATE_HZ), "--id", str(index + 1)])
        command = ["run", str(config), "--headless", "--seconds", str(seconds), "--control", "tcp://127.0.0.1:0"]
        command += ["--no-panel", "--record", f"{folder}/takes", "--state", f"{folder}/state"]
        command += ["--realtime" if priority else "--no-realtime"]
        yield _start(stack, command)


def next_event(stage: subprocess.Popen[bytes]) -> ReadyEvent | SummaryEvent:
    """What the run says next. Raises ConfigError where it ends without a word."""
    assert stage.stdout is not None
    line = stage.stdout.readline()
    if not line:
        raise ConfigError("bench: found no running stage; see its messages above")
    event: ReadyEvent | SummaryEvent = _EVENT.decode(line)
    return event


def _figures(stage: subprocess.Popen[bytes], seconds: float) -> LoopFigures:
    """Reads the core's memory early and late in the run, then its summary."""
    ready = next_event(stage)
    assert isinstance(ready, ReadyEvent)
    time.sleep(seconds * SETTLE_SHARE)
    early = resident_bytes(ready.pid)
    time.sleep(seconds * (1.0 - SETTLE_SHARE) * 0.9)
    late = resident_bytes(ready.pid)
    summary = next_event(stage)
    assert isinstance(summary, SummaryEvent)
    return LoopFigures(
        missed=summary.missed,
        frames=summary.frames,
        causes=summary.missed_causes,
        skipped_causes=summary.skipped_causes,
        lateness_ms=summary.lateness_ms,
        cpu_ms=summary.cpu_ms,
        memory_growth_mb=(late - early) / _MEGABYTE,
    )


def _start(stack: ExitStack, words: list[str]) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL if words[0] == "send" else None
    process = subprocess.Popen([sys.executable, "-m", "stage", *words], stdout=subprocess.PIPE, stderr=quiet)
    stack.callback(_end, process)
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait()


def resident_bytes(pid: int) -> int:
    """Memory of a process that is in RAM now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def free_ports(count: int) -> tuple[int, ...]:
    """Loopback UDP ports that are free at the moment."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return tuple(int(each.getsockname()[1]) for each in sockets)
