"""The core's end of the recorder: follows the fold's take, never blocks, never raises into the loop.

A frame that the recorder cannot take, or a recorder that gives no sign of life, is a gap: it is reported at once, and
the take goes on in a next part, from a snapshot, as soon as a recorder listens again.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from render.plan.frame import FramePlan
from stage.show.frame.inputs import FrameInputs, TakeReport
from stage.takes.digest import digest_of, encode_plan
from stage.takes.gaps import joined
from stage.takes.pipes import CorePipes
from stage.takes.records import (
    Alive,
    Close,
    Gap,
    Open,
    Parcel,
    PutFrame,
    PutSnapshot,
    TakeHeader,
    TakePart,
    TakeSnapshot,
    Told,
)
from stage.takes.watch import RecorderWatch

SNAPSHOT_S = 5
REOPEN_AFTER_NS = 250_000_000
BACKLOG_BYTES_MAX = 256 * 2**20
NO_RECORDER = "no recorder runs: nothing can be recorded; see what the stage said of it when it ended"
NO_TAKE = -1
OPENINGS_REMEMBERED = 16


class Take(Protocol):
    """What the link reads of the fold's take state; `count` numbers the starts."""

    recording: bool
    name: str
    part: int
    count: int


def recorder_command(endpoint: str, reports: str, directory: Path) -> list[str]:
    """The command line that starts a recorder for a `RecorderLink` on these endpoints; it ends with this process."""
    program = [sys.executable, "-m", "stage.takes.recorder", "--parent", str(os.getpid())]
    return [*program, "--endpoint", endpoint, "--reports", reports, "--directory", str(directory)]


class RecorderLink:
    """Sends what happens to the recorder process, and hears from it.

    `header` is asked for at every opening; `clock_ns` is the host's monotonic clock. `recorded`, `lost` and `gaps`
    count frames handed over, frames lost while a take was wanted, and interruptions.
    """

    def __init__(
        self,
        pipes: CorePipes,
        *,
        header: Callable[[], TakeHeader],
        rate: Fraction,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._pipes = pipes
        self._header = header
        self._clock_ns = clock_ns
        self._interval = max(1, round(SNAPSHOT_S * rate))
        self._session = os.urandom(8).hex()
        self._watch = RecorderWatch(self._session, clock_ns())
        self._openings = 0
        self._opened: dict[int, tuple[int, int]] = {}
        self._take: TakePart | None = None
        self._count = NO_TAKE
        self._key: tuple[str, int] | None = None
        self._broken = ""
        self._gap: Gap | None = None
        self._failed = False
        self._part_begun = False
        self._first_lost = 0
        self._last_frame = -1
        self._retry_ns = 0
        self._reports: list[TakeReport] = []
        self.recorded = 0
        self.lost = 0
        self.gaps = 0

    @property
    def endpoints(self) -> tuple[str, str]:
        """Where the recorder must connect to: for messages, for reports."""
        return self._pipes.endpoints

    @property
    def recorder_lives(self) -> bool:
        """Whether the recorder gave a sign of life within the last second."""
        return self._watch.lives(self._clock_ns())

    def follow(self, take: Take, inputs: FrameInputs, plan: FramePlan, snapshot: Callable[[], bytes]) -> None:
        """Called once a frame, after the step, with the fold's take as the step left it.

        A take that begins in frame n records n + 1 and on, from a snapshot after n; one that ends in frame m
        includes m and a snapshot after it. One that was opened before the first frame is taken over. `snapshot` gives
        the encoded state and is called only where one is due.
        """
        key = (take.name, take.count) if take.recording else None
        if self._take is not None:
            self._record(inputs, plan, snapshot, going_on=key == self._key)
        if key == self._key:
            return
        if self._take is not None:
            if not self._broken and not self._failed:
                self.snapshot(inputs.frame, snapshot())
            self.close()
        if key is not None:
            self.open(TakePart(name=take.name, part=take.part), take.count, inputs.frame, snapshot())

    def open(self, part: TakePart, count: int, frame: int, state: bytes, gap: Gap | None = None) -> None:
        """Begins a take, or a later part of one after a `gap`, with the encoded state after `frame`.

        Where no recorder takes it, it begins as soon as one does.
        """
        self._take, self._count, self._key = part, count, (part.name, count)
        self._broken, self._gap = "", gap
        self._failed = self._part_begun = False
        self._last_frame = frame
        if not self.recorder_lives:
            self._break("recorder_lost", "the recorder does not run", frame + 1)
        elif not self._begin(part, frame, state, gap):
            self._break("gap", "the recorder took no more", frame + 1)

    def put(self, inputs: FrameInputs, plan: bytes, digest: bytes) -> None:
        """Hands over one frame of the open take: its inputs, the encoded plan and that plan's digest."""
        encoded = msgspec.msgpack.encode(inputs)
        body = PutFrame(frame=inputs.frame, present_ns=inputs.present_ns, inputs=encoded, plan=plan, digest=digest)
        if self._send(body):
            self.recorded += 1
        else:
            self._break("gap", "the recorder took no more", inputs.frame)
            self.lost += 1

    def snapshot(self, frame: int, state: bytes) -> None:
        """Hands over the encoded state after `frame`."""
        if not self._send(PutSnapshot(snapshot=TakeSnapshot(frame=frame, state=state))):
            self._break("gap", "the recorder took no more", frame + 1)

    def close(self) -> None:
        """Ends the open take."""
        if self._take is not None and not self._broken and not self._failed:
            self._send(Close())
        self._take, self._key, self._broken = None, None, ""

    def reports(self) -> tuple[TakeReport, ...]:
        """What the recorder said, and what was found out about it, since the last call."""
        for message in self._pipes.receive():
            if isinstance(message, Alive):
                self._watch.hear(message, self._clock_ns())
            else:
                self._hear(message)
        self._look_after_recorder()
        self._look_for_one()
        told, self._reports = tuple(self._reports), []
        return told

    def wait_for_recorder(self, wait_s: float) -> bool:
        """Before the first frame: waits until the recorder lives and takes messages, `wait_s` at most."""
        until_ns = self._clock_ns() + round(wait_s * 1e9)
        while not (self.recorder_lives and self._pipes.connected) and self._clock_ns() < until_ns:
            self._pipes.wait(0.02)
            self._reports.extend(self.reports())
        return self.recorder_lives

    def finish(self, wait_s: float) -> tuple[TakeReport, ...]:
        """After the last frame: ends the take and waits until its file is closed, `wait_s` at most."""
        waiting = self._take is not None and not self._broken and not self._failed
        self.close()
        until_ns = self._clock_ns() + round(wait_s * 1e9)
        told = list(self.reports())
        while waiting and self._clock_ns() < until_ns and not _ended(told):
            self._pipes.wait(0.02)
            told += self.reports()
        return tuple(told)

    def release(self) -> None:
        """Gives the sockets back."""
        self._pipes.release()

    def _record(self, inputs: FrameInputs, plan: FramePlan, snapshot: Callable[[], bytes], *, going_on: bool) -> None:
        if self._failed:
            return
        if self._broken:
            self.lost += 1
            if going_on:
                self._begin_next_part(inputs.frame, snapshot)
            return
        encoded = encode_plan(plan)
        self.put(inputs, encoded, digest_of(encoded))
        due = inputs.frame // self._interval != self._last_frame // self._interval
        if going_on and due and not self._broken:
            self.snapshot(inputs.frame, snapshot())
        self._last_frame = inputs.frame

    def _begin(self, part: TakePart, frame: int, state: bytes, gap: Gap | None) -> bool:
        """Sends the beginning of a part; nothing changes where that fails."""
        self._openings += 1
        self._opened[self._openings] = self._count, part.part
        self._opened.pop(self._openings - OPENINGS_REMEMBERED, None)
        snapshot = TakeSnapshot(frame=frame, state=state)
        opening = Open(header=self._header(), part=part, snapshot=snapshot, gap=gap)
        if not self._send(opening):
            return False
        self._take, self._last_frame, self._part_begun = part, frame, True
        self._gap = gap
        self._watch.begin(self._openings, frame)
        return True

    def _begin_next_part(self, frame: int, snapshot: Callable[[], bytes]) -> None:
        """After a gap, once a recorder lives and has worked off what it was sent."""
        now_ns = self._clock_ns()
        ready = now_ns >= self._retry_ns and self._watch.lives(now_ns) and self._watch.backlog_bytes <= 0
        if self._take is None or not ready:
            return
        self._retry_ns = now_ns + REOPEN_AFTER_NS
        if self._part_begun and self._watch.restarted:
            self._first_lost, self._broken = self._watch.safe_frame + 1, "the recorder died"
        gap = joined(self._gap, Gap(cause=self._broken, lost_from=self._first_lost))
        part = self._take.part + 1 if self._part_begun else self._take.part
        if self._begin(TakePart(name=self._take.name, part=part), frame, snapshot(), gap):
            self._broken = ""
            self._tell("recorder_back", f"the take goes on in part {part}")

    def _hear(self, told: Told) -> None:
        """Passes a report on, with the take that it is of; what it says of the open one counts here too."""
        if told.take != 0 and told.session != self._session:
            return
        present = told.take == self._openings and self._take is not None
        if told.report.state in ("recording", "gap") and (not present or self._broken):
            return  # late: frames of that take are being lost, or another one runs
        count, part = self._opened.get(told.take, (NO_TAKE, 0))
        self._reports.append(msgspec.structs.replace(told.report, count=count, part=part))
        if not present:
            return
        if told.report.state == "recording":
            self._gap = None
        elif told.report.state == "failed":
            self._failed = True
        elif told.report.state == "closed":
            self._break("gap", f"the recorder closed the take: {told.report.detail}", self._watch.safe_frame + 1)

    def _look_after_recorder(self) -> None:
        """Notices a recorder that is gone, or was restarted so quickly that no sign of life was missed."""
        if self._take is None or self._broken or self._failed:
            return
        if not self.recorder_lives:
            self._break("recorder_lost", "the recorder gave no sign of life for 1 s", self._watch.safe_frame + 1)
        elif self._watch.restarted:
            self._break("recorder_lost", "the recorder died", self._watch.safe_frame + 1)

    def _look_for_one(self) -> None:
        """Tells that there is no recorder before anyone wants one, and when there is one again."""
        missing = self._watch.newly_missing(self._clock_ns())
        if missing is not None:
            detail = NO_RECORDER if missing else ""
            self._reports.append(
                TakeReport(name="", state="recorder_missing" if missing else "recorder_there", detail=detail)
            )

    def _break(self, state: Literal["gap", "recorder_lost"], cause: str, first_lost: int) -> None:
        """Notes that frames are being lost. What was handed over before may yet reach the disk; the next part tells."""
        if self._broken:
            return
        self._broken, self._first_lost = cause, first_lost
        self._retry_ns = self._clock_ns() + REOPEN_AFTER_NS
        self.gaps += 1
        are = "are" if first_lost > self._last_frame else "may be"
        self._tell(state, f"frames from {first_lost} on {are} missing: {cause}")

    def _tell(self, state: Literal["gap", "recorder_lost", "recorder_back"], detail: str) -> None:
        if self._take is not None:
            report = TakeReport(
                name=self._take.name, state=state, detail=detail, count=self._count, part=self._take.part
            )
            self._reports.append(report)

    def _send(self, body: Open | PutFrame | PutSnapshot | Close) -> bool:
        position = self._watch.sent_bytes
        encoded = msgspec.msgpack.encode(
            Parcel(session=self._session, take=self._openings, position=position, body=body)
        )
        if self._watch.backlog_bytes > BACKLOG_BYTES_MAX or not self._pipes.send(encoded):
            return False
        self._watch.sent_bytes = position + len(encoded)
        return True


def _ended(told: list[TakeReport]) -> bool:
    return any(report.state in ("closed", "failed") for report in told)
