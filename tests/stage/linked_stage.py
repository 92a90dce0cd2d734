"""A show, its recorder link and a recorder that works when it is told to, for the tests of the link."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
from recorded_stage import NO_LIMITS, RATE, header, inputs_of, new_show

from stage.run.disk import DiskLimits
from stage.show.frame.inputs import TakeReport
from stage.show.frame.requests import Command, TakeRequest
from stage.show.state import state_in_parts
from stage.takes.desk import Desk
from stage.takes.link import RecorderLink
from stage.takes.pipes import CorePipes, RecorderPipes
from stage.takes.reader import RecordedFrame, TakeReader

PERIOD_NS = 16_666_667
PATIENCE_S = 5.0


class Stage:
    """A show, its link, and a recorder that works only in `work`; time moves a period a frame."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now_ns = 0
        self.show = new_show()
        pipes = CorePipes(f"ipc://{folder}/to", f"ipc://{folder}/from")
        self.link = RecorderLink(pipes, header=header, rate=RATE, clock_ns=lambda: self.now_ns)
        self.frame = 0
        self.reports: list[TakeReport] = []
        self.noted: list[TakeReport] = []
        self.recorder: RecorderPipes | None = None

    def start_recorder(self, instance: str, limits: DiskLimits = NO_LIMITS) -> None:
        self.recorder = RecorderPipes(*self.link.endpoints)
        self._reporter = self.recorder.push()
        self._desk = Desk(
            self.folder / "takes",
            lambda report: self._reporter.send(msgspec.msgpack.encode(report)),
            limits,
            instance=instance,
            clock_ns=lambda: self.now_ns,
        )
        until = time.monotonic() + PATIENCE_S
        while not self.link.recorder_lives and time.monotonic() < until:
            self.work()
            self.collect(0.02)

    def kill_recorder(self) -> None:
        """As kill -9 does: sockets gone, nothing flushed, the lock released."""
        assert self.recorder is not None
        self._reporter.close(linger=0)
        self.recorder.release()
        self.recorder = None
        del self._desk

    def work(self) -> None:
        """The recorder handles all that has arrived, and sends a heartbeat."""
        assert self.recorder is not None
        while (arrived := self.recorder.receive(0.002)) is not None:
            self._desk.receive(*arrived)
        self._desk.tick()
        self.send_heartbeat()

    def send_heartbeat(self) -> None:
        self._reporter.send(msgspec.msgpack.encode(self._desk.heartbeat))

    def collect(self, wait_s: float = 0.0) -> None:
        self.link._pipes.wait(wait_s)
        self.reports += self.link.reports()

    def step(self, action: str = "", name: str = "scene") -> None:
        commands: tuple[Command, ...] = ()
        if action:
            request = TakeRequest(id=f"t{self.frame}", action=action, name=name if action == "start" else "")
            commands = (Command(sender="desk", role="operator", order=0, request=request),)
        inputs = msgspec.structs.replace(inputs_of(self.frame, 7), observations=tuple(self.reports), commands=commands)
        self.noted += self.reports
        self.reports = []
        self.outcome = self.show.step(inputs)
        self.link.follow(self.show.state.take, inputs, self.outcome, lambda: state_in_parts(self.show.state))
        self.frame += 1
        self.now_ns += PERIOD_NS

    def run(self, frames: int) -> None:
        for _ in range(frames):
            self.step()
            if self.recorder is not None:
                self.work()
            self.collect(0.002)

    @property
    def states(self) -> list[str]:
        return [report.state for report in (*self.noted, *self.reports)]

    def takes(self) -> dict[str, list[int]]:
        return {path.name: frames_of(path) for path in sorted((self.folder / "takes").iterdir())}


def frames_of(path: Path) -> list[int]:
    return [entry.message.frame for entry in TakeReader(path).entries() if isinstance(entry, RecordedFrame)]
