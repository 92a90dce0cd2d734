"""The recorder's desk: takes in what the core sends, one take at a time, and says what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from stage.run.disk import MEGABYTE, DiskLimits, free_bytes, is_low, must_stop, why_not_begin
from stage.show.frame.inputs import TakeReport
from stage.takes.gaps import gap_text
from stage.takes.names import safe_name
from stage.takes.recording import Recording
from stage.takes.records import UNDECODABLE, Alive, Close, Open, Parcel, PutFrame, PutSnapshot, TakePart, Told

SILENT_NS = 5_000_000_000


class Desk:
    """Writes takes into `directory`; `tell` carries reports to the core.

    Nothing that the disk or the core does raises out of here: a take that cannot go on is closed with what is
    whole, and reported as failed. `alive` is the sign of life: replaced, never changed, so another thread may send it.
    """

    def __init__(
        self,
        directory: Path,
        tell: Callable[[Told], None],
        limits: DiskLimits,
        *,
        instance: str = "",
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._directory = directory
        self._tell = tell
        self._limits = limits
        self._clock_ns = clock_ns
        self._recording: Recording | None = None
        self._bytes_per_second = 0.0
        self._held: dict[str, int] = {}
        self.alive = Alive(instance=instance)
        self.strays = 0
        """Messages that belong to no open take, or that no core would send."""

    def take_in(self, parcel: Parcel, length: int) -> None:
        """Handles one message of `length` bytes."""
        if isinstance(parcel.body, Open):
            self.end("the next take began")
            self.alive = Alive(instance=self.alive.instance, session=parcel.session, take=parcel.take)
            self._begin(parcel.body)
        elif self._recording is None or (parcel.session, parcel.take) != (self.alive.session, self.alive.take):
            self.strays += 1
        else:
            self._write(parcel.body, self._recording)
        if parcel.session == self.alive.session:
            self.alive = msgspec.structs.replace(self.alive, position=parcel.position + length)

    def remember(self, name: str, last_frame: int) -> None:
        """The last frame that a closed file holds of a take: what its next part lacks begins after it."""
        self._held[name] = last_frame

    def tick(self) -> None:
        """Called at least ten times a second: flushes, looks after the disk, ends a take whose core fell silent."""
        recording, now_ns = self._recording, self._clock_ns()
        if recording is None:
            return
        try:
            if recording.flush_if_due(now_ns):
                self._bytes_per_second = recording.bytes_per_second(now_ns)
                self._look_after_room(recording)
        except OSError as error:
            self._fail(recording, error)
        if self._recording is not None and now_ns - recording.heard_ns > SILENT_NS:
            self.end("the core fell silent")
        self._note_disk()

    def end(self, reason: str = "") -> None:
        """Closes the open take, if any, and reports it closed, or failed."""
        recording = self._recording
        if recording is not None:
            path = self._close(recording)
            if path is not None:
                self._report(recording.part.name, "closed", reason or f"{recording.frames} frames", str(path))

    def _close(self, recording: Recording) -> Path | None:
        try:
            path = recording.close()
        except OSError as error:
            self._fail(recording, error)
            return None
        if recording.last_frame is not None:
            self.remember(recording.part.name, recording.last_frame)
        self._note_disk()
        self._recording = None
        return path

    def _begin(self, opening: Open) -> None:
        started = datetime.now().astimezone()
        name = safe_name(opening.part.name) or started.strftime("take-%Y-%m-%d_%H-%M-%S")
        if opening.part.part == 1:
            self._held.clear()
        gap = gap_text(opening.gap, self._held.get(name), opening.snapshot.frame) if opening.gap is not None else ""
        part = TakePart(name=name, part=opening.part.part, gap=gap, started=started.isoformat(timespec="milliseconds"))
        recording = None
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            refusal = why_not_begin(free_bytes(self._directory), self._bytes_per_second, self._limits)
            if refusal:
                self._report(name, "failed", refusal)
                return
            recording = Recording(self._directory, opening, part, self._clock_ns())
            recording.begin()
        except OSError as error:
            if recording is None:
                self._report(name, "failed", _reason(error))
            else:
                self._fail(recording, error)
            return
        self._recording = recording
        if gap:
            self._report(name, "gap", gap)
        self._report(name, "recording", f"part {part.part}", str(recording.paths.closed))

    def _write(self, body: PutFrame | PutSnapshot | Close | Open, recording: Recording) -> None:
        recording.heard_ns = self._clock_ns()
        try:
            if isinstance(body, PutFrame):
                recording.add_frame(body)
            elif isinstance(body, PutSnapshot):
                recording.add_snapshot(body.snapshot)
            else:
                self.end()
        except OSError as error:
            self._fail(recording, error)
        except UNDECODABLE:
            self.strays += 1

    def _look_after_room(self, recording: Recording) -> None:
        free = free_bytes(self._directory)
        if must_stop(free, self._bytes_per_second, self._limits):
            path = self._close(recording)
            if path is not None:
                detail = f"{free / MEGABYTE:.0f} MB are free: the take was closed in time"
                self._report(recording.part.name, "failed", detail, str(path))
        elif is_low(free, self._bytes_per_second, self._limits) and not recording.told_low:
            recording.told_low = True
            self._report(recording.part.name, "disk_low", f"{free / MEGABYTE:.0f} MB are free on the takes' disk")

    def _fail(self, recording: Recording, error: OSError) -> None:
        self._recording = None
        path = recording.abandon()
        self._report(recording.part.name, "failed", f"{_reason(error)}; what was whole is kept", str(path))

    def _report(
        self, name: str, state: Literal["recording", "gap", "closed", "failed", "disk_low"], detail: str, path: str = ""
    ) -> None:
        report = TakeReport(name=name, state=state, detail=detail, path=path)
        self._tell(Told(session=self.alive.session, take=self.alive.take, report=report))

    def _note_disk(self) -> None:
        if self._recording is not None and self.alive.on_disk_frame != self._recording.on_disk_frame:
            self.alive = msgspec.structs.replace(self.alive, on_disk_frame=self._recording.on_disk_frame)


def _reason(error: OSError) -> str:
    return f"the take cannot be written: {error.strerror or error}"
