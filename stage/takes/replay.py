"""Folds a take again, from its first snapshot over its recorded inputs, and tells where the plans differ."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from render.plan.frame import FramePlan
from stage.show.frame.inputs import FrameInputs
from stage.takes.compare import Difference, Leaf, first_difference, told, tree_of
from stage.takes.digest import digest_of, encode_plan
from stage.takes.reader import RecordedFrame, TakeReader
from stage.takes.records import TakeFrame, TakeSnapshot
from stage.takes.refold import UNFOLDABLE, Fold, OpenFold, cause_of
from stage.takes.seals import broken_seal
from tracking.records import ConfigError, Notebook, Record

TOLERANCE = 1e-9
"""How far a number of a plan may be from the recorded one on another machine."""
DIFFERENCES_TOLD = 10


class Span(Record):
    """Frame numbers from `first` up to and without `last`; None leaves that end open."""

    first: int | None = None
    last: int | None = None

    def holds(self, frame: int) -> bool:
        return (self.first is None or frame >= self.first) and (self.last is None or frame < self.last)


class Figures(Notebook):
    """What came of a replay. `skipped` frames follow a gap without a snapshot and cannot be folded."""

    frames: int = 0
    equal: int = 0
    skipped: int = 0
    gaps: int = 0
    snapshots: int = 0
    differences: list[Difference] = msgspec.field(default_factory=list)


class Replay:
    """One walk through a take.

    `compare` says whether plans, inputs and snapshots are held against the recorded ones; `exact` asks for equal
    digests and states (same build, same machine) where otherwise numbers may differ by `TOLERANCE`. `see` is called
    with every plan of the span. After `run`, `figures` tells what came of it.
    """

    def __init__(
        self,
        reader: TakeReader,
        open_fold: OpenFold,
        *,
        span: Span,
        compare: bool,
        exact: bool,
        see: Callable[[FrameInputs, FramePlan], None],
    ) -> None:
        self._reader = reader
        self._open_fold = open_fold
        self._span = span
        self._compare = compare
        self._exact = exact
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
                    self._meet_snapshot(entry)
            elif self._span.last is not None and entry.message.frame >= self._span.last:
                break
            elif start is None or entry.message.frame > start:
                self._meet_frame(entry)
        return self.figures

    def _meet_snapshot(self, snapshot: TakeSnapshot) -> None:
        if self._fold is not None and snapshot.frame != self._at:
            self._lose_track()
        difference = None
        if self._fold is None:
            self._fold, self._at = self._opened(snapshot), snapshot.frame
        elif self._compare and self._exact:
            difference = _state_difference(snapshot, self._fold)
        if difference is None and self._compare and snapshot.seal not in (b"", digest_of(snapshot.state)):
            difference = ("", "as sealed", "changed after recording")
        if difference is not None:
            self._note(snapshot.frame, difference, prefix="snapshot")
        self.figures.snapshots += 1

    def _meet_frame(self, entry: RecordedFrame) -> None:
        follows = self._fold is not None and entry.message.previous == self._at
        step = self._stepped(entry) if follows else None
        if step is None:
            self._lose_track()
            self.figures.skipped += 1
            return
        inputs, plan = step
        self._at = entry.message.frame
        if self._span.holds(self._at):
            self.figures.frames += 1
            if self._compare:
                self._hold_against(entry, plan)
            self._see(inputs, plan)

    def _stepped(self, entry: RecordedFrame) -> tuple[FrameInputs, FramePlan] | None:
        """The frame's inputs and its plan; None, and told, where the recorded inputs are none or lead nowhere."""
        assert self._fold is not None
        try:
            inputs = msgspec.msgpack.decode(entry.inputs, type=FrameInputs)
            return inputs, self._fold.step(inputs)
        except UNFOLDABLE as error:
            changed = broken_seal(entry.message.seal, entry.inputs)
            path, value = changed if changed is not None else ("inputs", "as sealed")
            difference = (path, "as sealed", f"{told(value)}, which cannot be folded: {cause_of(error)}")
            self._note(entry.message.frame, difference, changed=path if changed is not None else "")
            return None

    def _hold_against(self, entry: RecordedFrame, plan: FramePlan) -> None:
        message = entry.message
        difference = self._plan_difference(message, plan)
        changed = broken_seal(message.seal, entry.inputs)
        if difference is None and changed is not None:
            difference = (changed[0], "as sealed", changed[1])
        if difference is None:
            self.figures.equal += 1
        else:
            self._note(message.frame, difference, changed=changed[0] if changed is not None else "")

    def _plan_difference(self, message: TakeFrame, plan: FramePlan) -> tuple[str, Leaf, Leaf] | None:
        recorded = bytes(message.plan)
        try:
            replayed = encode_plan(plan)
            if not (self._exact and digest_of(replayed) == message.digest and recorded == replayed):
                tolerance = 0.0 if self._exact else TOLERANCE
                difference = first_difference(tree_of(recorded), tree_of(replayed), tolerance)
                if difference is not None:
                    return difference
        except UNFOLDABLE as error:
            return "plan", f"unreadable: {cause_of(error)}", "a plan"
        if plan.frame != message.frame:
            return "frame", message.frame, plan.frame
        digest = digest_of(recorded)
        return None if digest == message.digest else ("digest", message.digest, digest)

    def _note(self, frame: int, difference: tuple[str, Leaf, Leaf], *, changed: str = "", prefix: str = "") -> None:
        if len(self.figures.differences) >= DIFFERENCES_TOLD:
            return
        path, recorded, replayed = difference
        path = ".".join(part for part in (prefix, path) if part)
        self.figures.differences.append(
            Difference(frame=frame, path=path, recorded=told(recorded), replayed=told(replayed), input=changed)
        )

    def _lose_track(self) -> None:
        """A frame or snapshot that does not follow the one before: nothing can be folded until the next snapshot."""
        if self._fold is not None:
            self.figures.gaps += 1
        self._fold = None

    def _opened(self, snapshot: TakeSnapshot) -> Fold | None:
        """A fold from a snapshot; None, and told, where it is none that this version can go on from."""
        try:
            return self._open_fold(self._reader.header, snapshot.state)
        except ConfigError as error:
            raise ConfigError(f"{self._reader.path}: {error}") from error
        except UNFOLDABLE as error:
            version = self._reader.header.version or "unknown"
            difference = ("", f"unreadable, written by version {version}: {cause_of(error)}", "a state")
            self._note(snapshot.frame, difference, prefix="snapshot")
            return None


def _state_difference(snapshot: TakeSnapshot, fold: Fold) -> tuple[str, Leaf, Leaf] | None:
    try:
        state = fold.state()
        return None if snapshot.state == state else first_difference(tree_of(snapshot.state), tree_of(state))
    except UNFOLDABLE as error:
        return "", f"unreadable: {cause_of(error)}", "a state"


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
