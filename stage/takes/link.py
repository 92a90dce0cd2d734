"""The core's end of the recorder: follows the fold's take, never blocks, never raises into the loop.

A frame that the recorder cannot accept, or a recorder that sends no heartbeat, is a gap: it is reported at once, and
the take continues in a next part, from a snapshot, as soon as a recorder listens again.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Literal

import msgspec

from render.plan.frame import assets_of
from stage.run.encoded_state import EncodedState
from stage.show.frame.inputs import Cause, FrameInputs, TakeReport
from stage.show.frame.outcome import Outcome
from stage.takes.kept_assets import AssetToKeep
from stage.takes.messages import Gap, Heartbeat, RecorderReport
from stage.takes.open_take import Interruption, OpenTake, Take
from stage.takes.pipes import CorePipes
from stage.takes.records import TakeHeader, TakePart
from stage.takes.sending import Opening, PartSender, new_session
from stage.takes.watch import RecorderWatch

SNAPSHOT_S = 5
ToKeep = Callable[[Sequence[tuple[str, str]]], tuple[AssetToKeep, ...]]
"""Gives the files to be kept for pictures, by hash and colour space."""
Snapshot = Callable[[], EncodedState]
"""Encodes the state of the show as it is now."""
UNKNOWN_OPENING = Opening(take_count=-1, part=0)


def recorder_command(endpoint: str, reports: str, directory: Path) -> list[str]:
    """The command line that starts a recorder for a `RecorderLink` on these endpoints; it ends with this process."""
    program = [sys.executable, "-m", "stage.takes.recorder", "--parent", str(os.getpid())]
    return [*program, "--endpoint", endpoint, "--reports", reports, "--directory", str(directory)]


class RecorderLink:
    """Sends the frames of a take to the recorder process, and receives its reports.

    `header` is asked for at the beginning of every part; `clock_ns` is the host's monotonic clock. `to_keep` says where
    the pictures of a plan are (pairs of hash and colour space), so that the take names them; without it none is named.
    With `keeps_assets` they are kept beside the takes. `recorded`, `lost` and `gaps` count frames handed over, frames
    lost while a take was wanted, and interruptions.
    """

    def __init__(
        self,
        pipes: CorePipes,
        *,
        header: Callable[[], TakeHeader],
        rate: Fraction,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        to_keep: ToKeep | None = None,
        keeps_assets: bool = True,
    ) -> None:
        self._to_keep = to_keep
        self._keeps_assets = keeps_assets
        self._pipes = pipes
        self._clock_ns = clock_ns
        self._interval = max(1, round(SNAPSHOT_S * rate))
        self._session = new_session()
        self._watch = RecorderWatch(self._session, clock_ns())
        self._sender = PartSender(pipes, self._watch, self._session, header)
        self._open: OpenTake | None = None
        self._reports: list[TakeReport] = []
        self._folder: Cause | None = None
        self.recorded = 0
        self.lost = 0
        self.gaps = 0

    @property
    def endpoints(self) -> tuple[str, str]:
        """Where the recorder must connect to: for messages, for reports."""
        return self._pipes.endpoints

    @property
    def recorder_lives(self) -> bool:
        """Whether the recorder sent a heartbeat within the last second."""
        return self._watch.lives(self._clock_ns())

    def follow(self, take: Take, inputs: FrameInputs, outcome: Outcome, snapshot: Snapshot) -> None:
        """Called once a frame, after the step, with the fold's take as the step left it.

        A take that begins in frame n records n + 1 and on, from a snapshot after n; one that ends in frame m
        includes m and a snapshot after it. One that was opened before the first frame is continued. `snapshot` gives
        the encoded state and is called only where one is due.
        """
        present = self._open
        if present is not None:
            continues = present.is_of(take)
            self._record(present, inputs, outcome, snapshot, continues=continues)
            if continues:
                return
            if present.recording:
                self._snapshot(present, inputs.frame, snapshot())
            self.close()
        if take.recording:
            self.open(TakePart(name=take.name, part=take.part, slate=take.slate), take.count, inputs.frame, snapshot())

    def open(self, part: TakePart, count: int, frame: int, state: EncodedState, gap: Gap | None = None) -> None:
        """Begins a take, or a later part of one after a `gap`, with the encoded state after `frame`.

        Where no recorder accepts it, it begins as soon as one does.
        """
        self._open = take = OpenTake(part, count, frame, gap)
        if not self.recorder_lives:
            self._interrupt(take, "recorder_lost", "recorder_not_running", frame + 1)
        elif not self._begin(take, part, frame, state, gap):
            self._interrupt(take, "gap", "recorder_too_slow", frame + 1)

    def close(self) -> None:
        """Ends the open take."""
        if self._open is not None and self._open.recording:
            self._sender.end()
        self._open = None

    def reports(self) -> tuple[TakeReport, ...]:
        """What the recorder reported, and what was found out about it, since the last call."""
        for message in self._pipes.receive():
            if isinstance(message, Heartbeat):
                self._watch.note(message, self._clock_ns())
                self._note_folder(message.folder)
            else:
                self._note(message)
        if self._open is not None and self._open.recording:
            self._look_after_recorder(self._open)
        self._look_for_recorder()
        reports, self._reports = tuple(self._reports), []
        return reports

    def wait_for_recorder(self, wait_s: float) -> bool:
        """Before the first frame: waits until the recorder lives and accepts messages, `wait_s` at most."""
        until_ns = self._clock_ns() + round(wait_s * 1e9)
        while not (self.recorder_lives and self._pipes.connected) and self._clock_ns() < until_ns:
            self._pipes.wait(0.02)
            self._reports = [*self.reports(), *self._reports]
        return self.recorder_lives

    def finish(self, wait_s: float) -> tuple[TakeReport, ...]:
        """After the last frame: ends the take and waits until its file is closed, `wait_s` at most."""
        waiting = self._open is not None and self._open.recording
        self.close()
        until_ns = self._clock_ns() + round(wait_s * 1e9)
        reports = list(self.reports())
        while waiting and self._clock_ns() < until_ns and not _ended(reports):
            self._pipes.wait(0.02)
            reports += self.reports()
        return tuple(reports)

    def release(self) -> None:
        """Closes the sockets."""
        self._pipes.release()

    def _record(
        self, take: OpenTake, inputs: FrameInputs, outcome: Outcome, snapshot: Snapshot, *, continues: bool
    ) -> None:
        if take.failed:
            return
        if take.interruption is not None:
            self.lost += 1
            if continues:
                self._resume(take, take.interruption, inputs.frame, snapshot)
            return
        self._hand_over(take, inputs, outcome)
        due = inputs.frame // self._interval != take.last_frame // self._interval
        if continues and due and take.recording:
            self._snapshot(take, inputs.frame, snapshot())
        take.last_frame = inputs.frame

    def _hand_over(self, take: OpenTake, inputs: FrameInputs, outcome: Outcome) -> None:
        self._name_assets(take, outcome)
        if self._sender.frame(inputs, outcome):
            self.recorded += 1
        else:
            self._interrupt(take, "gap", "recorder_too_slow", inputs.frame)
            self.lost += 1

    def _name_assets(self, take: OpenTake, outcome: Outcome) -> None:
        """Says which pictures and films the frame is the first of the part to name, before the frame itself."""
        if self._to_keep is None:
            return
        fresh = [asset for asset in assets_of(outcome.plan) if asset not in take.named]
        if fresh and self._sender.name(self._to_keep(fresh), keep=self._keeps_assets):
            take.named.update(fresh)
        films = [pair for one in outcome.plates_ahead if (pair := (one.file, one.media)) not in take.named]
        named = tuple(AssetToKeep(file=file, sha256=identity, path="") for file, identity in films)
        if named and self._sender.name(named, keep=False):  # hundreds of GB: they are found again where they are
            take.named.update(films)

    def _snapshot(self, take: OpenTake, frame: int, state: EncodedState) -> None:
        if not self._sender.snapshot(frame, state):
            self._interrupt(take, "gap", "recorder_too_slow", frame + 1)

    def _begin(self, take: OpenTake, part: TakePart, frame: int, state: EncodedState, gap: Gap | None) -> bool:
        """Sends the beginning of a part; the take stays as it is where that fails."""
        if not self._sender.begin(part, take.count, frame, state, gap):
            return False
        take.begin(part, frame, gap)
        return True

    def _resume(self, take: OpenTake, interruption: Interruption, frame: int, snapshot: Snapshot) -> None:
        """Begins the next part after a gap, once a recorder lives and has worked off what it was sent."""
        now_ns = self._clock_ns()
        if not (take.may_resume(now_ns) and self._watch.lives(now_ns) and self._watch.backlog_bytes <= 0):
            return
        take.wait_before_resuming(now_ns)
        if take.begun and self._watch.restarted:
            interruption = Interruption("recorder_died", self._watch.safe_frame + 1)
            take.interruption = interruption
        if self._begin(take, take.next_part(), frame, snapshot(), take.gap_before_next()):
            self._reports.append(take.report("recorder_back"))

    def _note(self, message: RecorderReport) -> None:
        """Passes a report on with the take that it is of; a report on the open take has effects here too."""
        if message.opening != 0 and message.session != self._session:
            return
        report = message.report
        if report.state == "asset_not_kept":
            self._reports.append(report)
            return
        take = self._open if message.opening == self._sender.openings else None
        if report.state in ("recording", "gap") and (take is None or take.interruption is not None):
            return  # late: frames of that take are being lost, or another one is recorded
        count, part = self._sender.opened(message.opening) or UNKNOWN_OPENING
        self._reports.append(msgspec.structs.replace(report, count=count, part=part))
        if take is None:
            return
        if report.state == "recording":
            take.confirm()
        elif report.state == "failed":
            take.failed = True
        elif report.state == "closed":
            self._interrupt(take, "gap", _why_closed(report.cause), self._watch.safe_frame + 1)

    def _note_folder(self, folder: Cause | None) -> None:
        """Reports when the recorder's folder becomes unusable, or usable again."""
        before, self._folder = self._folder, folder
        if folder is not None and (before is None or before.code != folder.code):
            self._reports.append(TakeReport(name="", state="folder_unusable", cause=folder))
        elif folder is None and before is not None:
            self._reports.append(TakeReport(name="", state="folder_usable"))

    def _look_after_recorder(self, take: OpenTake) -> None:
        """Notices a recorder that is gone, or was restarted so quickly that no heartbeat was missed."""
        if not self.recorder_lives:
            self._interrupt(take, "recorder_lost", "recorder_silent", self._watch.safe_frame + 1)
        elif self._watch.restarted:
            self._interrupt(take, "recorder_lost", "recorder_died", self._watch.safe_frame + 1)

    def _look_for_recorder(self) -> None:
        """Reports that there is no recorder before anyone wants one, and when there is one again."""
        missing = self._watch.newly_missing(self._clock_ns())
        if missing is True:
            self._reports.append(TakeReport(name="", state="recorder_missing", cause=Cause(code="recorder_missing")))
        elif missing is False:
            self._reports.append(TakeReport(name="", state="recorder_there"))

    def _interrupt(self, take: OpenTake, state: Literal["gap", "recorder_lost"], cause: str, first_lost: int) -> None:
        report = take.interrupt(state, cause, first_lost, self._clock_ns())
        if report is not None:
            self.gaps += 1
            self._reports.append(report)


def _why_closed(cause: Cause | None) -> str:
    return "recorder_closed_take" if cause is None else f"{cause.code},recorder_closed_take"


def _ended(reports: list[TakeReport]) -> bool:
    return any(report.state in ("closed", "failed") for report in reports)
