"""A recorder process, and a core that steps a show as fast as it can and records it there."""

from __future__ import annotations

import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from recorded_stage import RATE, header, inputs_of, new_show

from stage.show.frame.inputs import FrameInputs, TakeReport
from stage.show.report.take import TakeState
from stage.show.show import Show
from stage.show.state import state_in_parts
from stage.takes.link import RecorderLink, ToKeep, recorder_command
from stage.takes.pipes import CorePipes
from stage.takes.reader import RecordedFrame, TakeReader

PATIENCE_S = 10.0
ROOT = Path(__file__).resolve().parents[2]


class Core:
    """A core that steps as fast as it can, and collects its recorder's reports.

    `to_keep` and `keeps_assets` are the link's.
    """

    def __init__(
        self,
        folder: Path,
        show: Show | None = None,
        inputs: Callable[[int], FrameInputs] = inputs_of,
        to_keep: ToKeep | None = None,
        *,
        keeps_assets: bool = True,
    ) -> None:
        pipes = CorePipes(f"ipc://{folder}/to", f"ipc://{folder}/from")
        self.link = RecorderLink(pipes, header=header, rate=RATE, to_keep=to_keep, keeps_assets=keeps_assets)
        self.show = show or new_show()
        self.inputs = inputs
        self.take = TakeState()
        self.frame = 0
        self.reports: list[TakeReport] = []

    def start(self, name: str) -> None:
        self.take.recording, self.take.name = True, name
        self.take.count += 1

    def run(self, frames: int, pause_s: float = 0.0) -> None:
        for inputs in map(self.inputs, range(self.frame, self.frame + frames)):
            outcome = self.show.step(inputs)
            self.link.follow(self.take, inputs, outcome, lambda: state_in_parts(self.show.state))
            self.collect()
            time.sleep(pause_s)
        self.frame += frames

    def collect(self) -> None:
        self.reports += self.link.reports()

    def wait_for(self, fulfilled: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_S
        while not fulfilled() and time.monotonic() < until:
            self.link._pipes.wait(0.02)
            self.collect()
        assert fulfilled(), self.reports

    def wait_for_state(self, state: str, times: int = 1) -> None:
        self.wait_for(lambda: [report.state for report in self.reports].count(state) >= times)


@contextmanager
def recorder(
    core: Core, directory: Path, *more: str, file_bytes: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    def limit() -> None:
        if file_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

    room = ("--begin-mb", "0", "--low-mb", "0", "--stop-mb", "0")
    command = [*recorder_command(*core.link.endpoints, directory), *(more or room)]
    process = subprocess.Popen(command, cwd=ROOT, preexec_fn=limit)  # noqa: PLW1509
    try:
        assert core.link.wait_for_recorder(PATIENCE_S)
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(PATIENCE_S)


def frames_of(path: Path) -> list[int]:
    return [entry.message.frame for entry in TakeReader(path).entries() if isinstance(entry, RecordedFrame)]
