"""The recorder process: `python -m stage.takes.recorder`. It outlives the core, and the core outlives it."""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import zmq

from stage.run.disk import MEGABYTE, DiskLimits
from stage.run.realtime import keep_loaded
from stage.run.terminal import print_notice
from stage.show.frame.inputs import Cause, TakeReport
from stage.takes.desk import Desk
from stage.takes.kept_assets import AssetKeeper, AssetStore
from stage.takes.messages import FromRecorder, Heartbeat, RecorderReport
from stage.takes.names import OPEN_SUFFIX
from stage.takes.pipes import RecorderPipes
from stage.takes.repair import is_written, left_open, repair
from tracking.records import ConfigError

HEARTBEAT_S = 0.25
TICK_S = 0.05
KEEP_AT_END_S = 0.4


class Reporter:
    """Sends reports and heartbeats to the core from a thread of its own, so that a slow disk never looks like a dead
    recorder.
    """

    def __init__(self, pipes: RecorderPipes, heartbeat: Heartbeat) -> None:
        self._reports: queue.SimpleQueue[RecorderReport | None] = queue.SimpleQueue()
        self.heartbeat = heartbeat
        self._socket = pipes.push()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._thread.start()

    def report(self, report: RecorderReport) -> None:
        """Sends a report at once."""
        self._reports.put(report)

    def end(self) -> None:
        """Sends what is left, then closes the socket."""
        self._reports.put(None)
        self._thread.join()

    def _run(self) -> None:
        """A report is sent at once, and a heartbeat after it and whenever a quarter of a second has passed."""
        self._send(self.heartbeat)
        while True:
            try:
                report = self._reports.get(timeout=HEARTBEAT_S)
            except queue.Empty:
                report = None
            else:
                if report is None:
                    self._socket.close()
                    return
            if report is not None:
                self._send(report)
            self._send(self.heartbeat)

    def _send(self, message: FromRecorder) -> None:
        """A core that does not listen loses messages; it never delays the recorder."""
        with contextlib.suppress(zmq.ZMQError):
            self._socket.send(msgspec.msgpack.encode(message), zmq.NOBLOCK)


def mend_left_behind(directory: Path, reporter: Reporter, desk: Desk) -> None:
    """Repairs what an earlier recorder left open in `directory`, and reports it; other files are left alone."""
    for path in left_open(directory):
        try:
            if is_written(path):
                continue
            if path.stat().st_size == 0:
                path.unlink()
                continue
            mended = repair(path)
        except (OSError, ConfigError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else error
            print_notice(f"recorder: {path.name}: left as it is: {why}")
            continue
        if mended.last_frame is not None:
            desk.remember(mended.name, mended.last_frame)
        cause = Cause(code="take_repaired", values={"frames": mended.frames})
        report = TakeReport(name=path.name.removesuffix(OPEN_SUFFIX), state="closed", cause=cause, path=mended.file)
        reporter.report(RecorderReport(session="", opening=0, report=report))


def serve(pipes: RecorderPipes, directory: Path, limits: DiskLimits, ended: Callable[[], bool]) -> None:
    """Records until `ended()` is true; then closes the open take."""
    instance = f"{os.getpid()}-{os.urandom(4).hex()}"
    reporter = Reporter(pipes, Heartbeat(instance=instance))
    store = AssetStore(directory, spare_bytes=limits.begin_bytes)
    store.sweep()
    keeper = AssetKeeper(store, lambda cause: reporter.report(_not_kept(cause)))
    desk = Desk(directory, reporter.report, limits, instance=instance, keep_assets=keeper.keep)
    mend_left_behind(directory, reporter, desk)
    while not ended():
        arrived = pipes.receive(TICK_S)
        if arrived is not None:
            desk.receive(*arrived)
        desk.tick()
        reporter.heartbeat = desk.heartbeat
    desk.end("recorder_ended")
    for file in keeper.end(KEEP_AT_END_S):
        print_notice(f"recorder: {file} is not kept beside the takes: the run ended first; leave the file as it is")
    reporter.end()


def _not_kept(cause: Cause) -> RecorderReport:
    report = TakeReport(name="", state="asset_not_kept", cause=cause)
    return RecorderReport(session="", opening=0, report=report)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the recorder until SIGTERM or SIGINT, or until the process that started it is gone."""
    keep_loaded()
    options = _options().parse_args(arguments)
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: over.set())
    limits = DiskLimits(
        begin_bytes=options.begin_mb * MEGABYTE,
        low_bytes=options.low_mb * MEGABYTE,
        stop_bytes=options.stop_mb * MEGABYTE,
    )
    pipes = RecorderPipes(options.endpoint, options.reports)
    serve(pipes, options.directory, limits, lambda: over.is_set() or os.getppid() != options.parent)
    pipes.release()
    return 0


def _options() -> argparse.ArgumentParser:
    usual = DiskLimits()
    parser = argparse.ArgumentParser(prog="recorder", description="Records takes for a running stage.")
    parser.add_argument("--endpoint", required=True, help="where the core sends frames (ZeroMQ URL)")
    parser.add_argument("--reports", required=True, help="where the core receives reports (ZeroMQ URL)")
    parser.add_argument("--parent", type=int, default=os.getppid(), help="process id to end with")
    parser.add_argument("--directory", required=True, type=Path, help="folder for takes")
    for name, value, what in (
        ("begin", usual.begin_bytes, "free space needed to begin a take"),
        ("low", usual.low_bytes, "free space below which the core is warned"),
        ("stop", usual.stop_bytes, "free space at which a take is closed"),
    ):
        parser.add_argument(f"--{name}-mb", type=int, default=value // MEGABYTE, help=f"{what}, megabytes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
