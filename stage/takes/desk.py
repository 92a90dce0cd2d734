"""The recorder's desk: receives what the core sends, writes one take at a time, and reports on it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from stage.run.disk import DiskLimits
from stage.show.frame.inputs import Cause, TakeReport
from stage.show.report.take import safe_name
from stage.takes.disk_room import DiskRoom
from stage.takes.kept_assets import AssetToKeep
from stage.takes.messages import (
    AddFrame,
    AddSnapshot,
    BeginPart,
    Heartbeat,
    NameAssets,
    Parcel,
    RecorderReport,
    ToRecorder,
    gap_cause,
)
from stage.takes.recording import Recording
from stage.takes.records import TakePart
from stage.words.sentences import sentence
from tracking.records import UNDECODABLE
from tracking.system_faults import said_by_system

SILENT_NS = 5_000_000_000
LOOK_NS = 1_000_000_000
"""How often the folder is looked at while no take is open."""


class Desk:
    """Writes takes into `directory`; `report` carries reports to the core, `keep_assets` has files kept beside them.

    Nothing that the disk or the core does raises out of here: a take that cannot continue is closed with what is
    whole, and reported as failed. `heartbeat` is replaced, never changed, so another thread may send it.
    """

    def __init__(
        self,
        directory: Path,
        report: Callable[[RecorderReport], None],
        limits: DiskLimits,
        *,
        instance: str = "",
        keep_assets: Callable[[tuple[AssetToKeep, ...]], None] = lambda _: None,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._directory = directory
        self._send = report
        self._room = DiskRoom(directory, limits)
        self._keep_assets = keep_assets
        self._clock_ns = clock_ns
        self._recording: Recording | None = None
        self._held: dict[str, int] = {}
        self._looked_ns: int | None = None
        self.heartbeat = Heartbeat(instance=instance)
        self.strays = 0
        """Messages that belong to no open take, or that no core would send."""

    def receive(self, parcel: Parcel, length: int) -> None:
        """Handles one message of `length` bytes."""
        if isinstance(parcel.body, BeginPart):
            self.end("next_take_began")
            self.heartbeat = Heartbeat(
                instance=self.heartbeat.instance,
                session=parcel.session,
                opening=parcel.opening,
                folder=self.heartbeat.folder,
            )
            self._begin(parcel.body)
        elif self._recording is None or not self._is_of_open_part(parcel):
            self.strays += 1
        else:
            self._write(parcel.body, self._recording)
        if parcel.session == self.heartbeat.session:
            self.heartbeat = msgspec.structs.replace(self.heartbeat, position=parcel.position + length)

    def remember(self, name: str, last_frame: int) -> None:
        """The last frame that a closed file holds of a take: what its next part lacks begins after it."""
        self._held[name] = last_frame

    def tick(self) -> None:
        """Called at least ten times a second: flushes, watches the disk, ends a take whose core fell silent."""
        recording, now_ns = self._recording, self._clock_ns()
        if recording is None:
            self._look_at_folder(now_ns)
            return
        try:
            if recording.flush_if_due(now_ns):
                self._room.bytes_per_second = recording.bytes_per_second(now_ns)
                self._watch_room(recording)
        except OSError as error:
            self._fail(recording, error)
        if self._recording is not None and now_ns - recording.heard_ns > SILENT_NS:
            self.end("core_silent")
        self._note_disk()

    def end(self, why: str = "take_complete") -> None:
        """Closes the open take, if any, and reports it closed, or failed. `why` is a code."""
        recording = self._recording
        if recording is not None:
            path = self._close(recording)
            if path is not None:
                cause = Cause(code=why, values={"frames": recording.frames})
                self._report(recording.part.name, "closed", cause, str(path))

    def _is_of_open_part(self, parcel: Parcel) -> bool:
        return (parcel.session, parcel.opening) == (self.heartbeat.session, self.heartbeat.opening)

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

    def _begin(self, begin: BeginPart) -> None:
        started = datetime.now().astimezone()
        name = safe_name(begin.part.name) or started.strftime("take-%Y-%m-%d_%H-%M-%S")
        if begin.part.part == 1:
            self._held.clear()
        gap = None if begin.gap is None else gap_cause(begin.gap, self._held.get(name), begin.snapshot.frame)
        part = TakePart(
            name=name,
            part=begin.part.part,
            gap="" if gap is None else sentence(gap.code, gap.values),
            gap_cause=gap,
            started=started.isoformat(timespec="milliseconds"),
            slate=begin.part.slate,
        )
        recording = self._begun(begin, part)
        if recording is None:
            return
        self._recording = recording
        with contextlib.suppress(OSError):  # then there is nothing to say of the disk; what is written shows its fault
            self._warn_of_room(recording)
        if gap is not None:
            self._report(name, "gap", gap)
        self._report(name, "recording", None, str(recording.paths.closed), begin.snapshot.frame + 1)

    def _begun(self, begin: BeginPart, part: TakePart) -> Recording | None:
        """A recording with its first chunk on the disk; None, and reported, where that fails."""
        recording = None
        try:
            refused = self._room.why_not_begin()
            if refused is None:
                recording = Recording(self._directory, begin, part, self._clock_ns())
                recording.begin()
        except OSError as error:
            if recording is None:
                refused = _os_cause("take_not_begun", error)
            else:
                self._fail(recording, error)
                return None
        if refused is not None:
            self._report(part.name, "failed", refused)
            return None
        return recording

    def _write(self, body: ToRecorder, recording: Recording) -> None:
        recording.heard_ns = self._clock_ns()
        try:
            if isinstance(body, AddFrame):
                recording.add_frame(body)
            elif isinstance(body, AddSnapshot):
                recording.add_snapshot(body.snapshot, body.pieces)
            elif isinstance(body, NameAssets):
                recording.add_assets(body.assets)
                if body.keep:
                    self._keep_assets(body.assets)
            else:
                self.end()
        except OSError as error:
            self._fail(recording, error)
        except UNDECODABLE:
            self.strays += 1

    def _look_at_folder(self, now_ns: int) -> None:
        """Looks whether there is room for a take, before anyone wants one."""
        if self._looked_ns is not None and now_ns - self._looked_ns < LOOK_NS:
            return
        self._looked_ns = now_ns
        try:
            found = self._room.why_no_room()
        except OSError:  # the core reports a folder that cannot be used
            found = None
        if found != self.heartbeat.folder:
            self.heartbeat = msgspec.structs.replace(self.heartbeat, folder=found)

    def _watch_room(self, recording: Recording) -> None:
        stop = self._room.why_stop()
        if stop is not None:
            path = self._close(recording)
            if path is not None:
                self._report(recording.part.name, "failed", stop, str(path))
        else:
            self._warn_of_room(recording)

    def _warn_of_room(self, recording: Recording) -> None:
        """Reports once that there is little room: before the take is reported, if that is so when it begins."""
        warning = self._room.why_warn()
        if warning is not None and not recording.warned_of_room:
            recording.warned_of_room = True
            self._report(recording.part.name, "disk_low", warning)

    def _fail(self, recording: Recording, error: OSError) -> None:
        self._recording = None
        path = recording.abandon()
        self._report(recording.part.name, "failed", _os_cause("take_cut_short", error), str(path))

    def _report(
        self,
        name: str,
        state: Literal["recording", "gap", "closed", "failed", "disk_low"],
        cause: Cause | None,
        path: str = "",
        frame: int = -1,
    ) -> None:
        report = TakeReport(name=name, state=state, cause=cause, path=path, frame=frame)
        self._send(RecorderReport(session=self.heartbeat.session, opening=self.heartbeat.opening, report=report))

    def _note_disk(self) -> None:
        if self._recording is not None and self.heartbeat.on_disk_frame != self._recording.on_disk_frame:
            self.heartbeat = msgspec.structs.replace(self.heartbeat, on_disk_frame=self._recording.on_disk_frame)


def _os_cause(code: str, error: OSError) -> Cause:
    """The operating system's own text goes along as a value."""
    return Cause(code=code, values={"error": said_by_system(error)})
