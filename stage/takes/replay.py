"""Folds a take again, from its first snapshot over its recorded inputs, and notes where the outcomes differ."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from stage.show.frame.inputs import FrameInputs
from stage.show.frame.outcome import Outcome
from stage.takes.compare import Difference, PathDifference, shown
from stage.takes.frame_check import frame_difference, prefixed, state_difference
from stage.takes.reader import RecordedFrame, TakeReader
from stage.takes.records import FORMAT, TakeSnapshot
from stage.takes.refold import UNFOLDABLE, Fold, OpenFold, cause_of
from stage.takes.seals import broken_seal, seal_of_state
from tracking.records import ConfigError, Notebook, Record

DIFFERENCES_KEPT = 10


class Span(Record):
    """Frame numbers from `first` up to, not including, `last`; None leaves that end open."""

    first: int | None = None
    last: int | None = None

    def holds(self, frame: int) -> bool:
        """Whether `frame` is in the span."""
        return (self.first is None or frame >= self.first) and (self.last is None or frame < self.last)


class Figures(Notebook):
    """What a replay counted. `skipped` frames follow a gap without a snapshot and cannot be folded."""

    frames: int = 0
    equal: int = 0
    skipped: int = 0
    gaps: int = 0
    snapshots: int = 0
    differences: list[Difference] = msgspec.field(default_factory=list)


class Replay:
    """One walk through a take.

    `compare` says whether outcomes, inputs and snapshots are compared with the recorded ones; `exact` asks for equal
    digests and states (same build, same machine) where otherwise numbers may differ by 1e-9. A take of an older format
    is never compared exactly. `see` is called with every outcome of the span. After `run`, `figures` has the result.
    """

    def __init__(
        self,
        reader: TakeReader,
        open_fold: OpenFold,
        *,
        span: Span,
        compare: bool,
        exact: bool,
        see: Callable[[FrameInputs, Outcome], None],
    ) -> None:
        self._reader = reader
        self._open_fold = open_fold
        self._span = span
        self._compare = compare
        self._exact = exact and reader.header.format == FORMAT
        self._see = see
        self._fold: Fold | None = None
        self._at = -1
        self.figures = Figures()

    def run(self) -> Figures:
        """Walks the take once. Raises ConfigError where its configuration cannot be read by this version.

        Whatever else of it cannot be read or folded is a difference, named by frame and path.
        """
        start = last_snapshot_before(self._reader, self._span.first)
        for entry in self._reader.entries():
            if isinstance(entry, TakeSnapshot):
                if start is None or entry.frame >= start:
                    self._pass_snapshot(entry)
            elif self._span.last is not None and entry.message.frame >= self._span.last:
                break
            elif start is None or entry.message.frame > start:
                self._pass_frame(entry)
        return self.figures

    def _pass_snapshot(self, snapshot: TakeSnapshot) -> None:
        if self._fold is not None and snapshot.frame != self._at:
            self._lose_track()
        difference = None
        if self._fold is None:
            self._fold, self._at = self._opened(snapshot), snapshot.frame
        elif self._compare and self._exact:
            difference = state_difference(snapshot, self._fold)
        if difference is None and self._compare and snapshot.seal not in (b"", seal_of_state(snapshot)):
            difference = ("", "as sealed", "changed after recording")
        if difference is not None:
            self._note(snapshot.frame, prefixed("snapshot", difference))
        self.figures.snapshots += 1

    def _pass_frame(self, entry: RecordedFrame) -> None:
        follows = self._fold is not None and entry.message.previous == self._at
        step = self._stepped(entry) if follows else None
        if step is None:
            self._lose_track()
            self.figures.skipped += 1
            return
        inputs, outcome = step
        self._at = entry.message.frame
        if self._span.holds(self._at):
            self.figures.frames += 1
            if self._compare:
                self._compare_frame(entry, outcome)
            self._see(inputs, outcome)

    def _stepped(self, entry: RecordedFrame) -> tuple[FrameInputs, Outcome] | None:
        """The frame's inputs and its outcome; None, and noted, where the recorded inputs cannot be read or folded."""
        assert self._fold is not None
        try:
            inputs = self._fold.read(entry.inputs)
            return inputs, self._fold.step(inputs)
        except UNFOLDABLE as error:
            changed = broken_seal(entry.message.seal, entry.inputs)
            path, value = changed if changed is not None else ("inputs", "as sealed")
            difference = (path, "as sealed", f"{shown(value)}, which cannot be folded: {cause_of(error)}")
            self._note(entry.message.frame, difference, changed=path if changed is not None else "")
            return None

    def _compare_frame(self, entry: RecordedFrame, outcome: Outcome) -> None:
        message = entry.message
        difference = frame_difference(entry, outcome, self._reader.header.format, exact=self._exact)
        changed = broken_seal(message.seal, entry.inputs)
        if difference is None and changed is not None:
            difference = (changed[0], "as sealed", changed[1])
        if difference is None:
            self.figures.equal += 1
        else:
            self._note(message.frame, difference, changed=changed[0] if changed is not None else "")

    def _note(self, frame: int, difference: PathDifference, *, changed: str = "") -> None:
        if len(self.figures.differences) >= DIFFERENCES_KEPT:
            return
        path, recorded, replayed = difference
        self.figures.differences.append(
            Difference(frame=frame, path=path, recorded=shown(recorded), replayed=shown(replayed), input=changed)
        )

    def _lose_track(self) -> None:
        """A frame or snapshot that does not follow the one before: nothing can be folded until the next snapshot."""
        if self._fold is not None:
            self.figures.gaps += 1
        self._fold = None

    def _opened(self, snapshot: TakeSnapshot) -> Fold | None:
        """A fold from a snapshot; None, and noted, where this version cannot resume from it."""
        try:
            return self._open_fold(self._reader.header, snapshot.state)
        except ConfigError as error:
            raise ConfigError(f"{self._reader.path}: {error}") from error
        except UNFOLDABLE as error:
            version = self._reader.header.version or "unknown"
            recorded = f"unreadable, written by version {version}: {cause_of(error)}"
            self._note(snapshot.frame, ("snapshot", recorded, "a readable state"))
            return None


def last_snapshot_before(reader: TakeReader, frame: int | None) -> int | None:
    """The frame of the last snapshot from which `frame` can be folded; None where it is the take's first one."""
    if frame is None:
        return None
    found = None
    for entry in reader.entries():
        if isinstance(entry, TakeSnapshot):
            if entry.frame >= frame:
                break
            found = entry.frame
    return found
