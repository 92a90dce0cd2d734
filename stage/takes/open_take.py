"""The take that is being recorded, as the core knows it: its part, and what of it is being lost."""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

from stage.show.frame.inputs import Cause, TakeReport
from stage.takes.messages import Gap, frames_lost_from, joined
from stage.takes.records import TakePart

RESUME_AFTER_NS = 250_000_000


class Take(Protocol):
    """What is read of the fold's take state; `count` numbers the starts."""

    recording: bool
    name: str
    part: int
    count: int
    slate: str


class Interruption(NamedTuple):
    """Frames are being lost: why (codes with commas between them), and from which one on as far as is known."""

    cause: str
    first_lost: int


class OpenTake:
    """One take from its start in the fold to its end there, through all its parts.

    `last_frame` is the last frame handed over, or the one of the part's snapshot. `begun` says whether the recorder
    was sent the beginning of `part`, `named` are the pictures (hash, colour space) that the part named so far. A take
    that has `failed` is left alone until the fold has ended it.
    """

    def __init__(self, part: TakePart, count: int, frame: int, gap: Gap | None) -> None:
        self.part = part
        self.count = count
        self.last_frame = frame
        self.begun = False
        self.failed = False
        self.interruption: Interruption | None = None
        self.named: set[tuple[str, str]] = set()
        self._gap = gap
        self._resume_ns = 0

    @property
    def recording(self) -> bool:
        """Whether frames go to the recorder."""
        return self.interruption is None and not self.failed

    def is_of(self, take: Take) -> bool:
        """Whether this is the take that the fold wants recorded."""
        return take.recording and (take.name, take.count) == (self.part.name, self.count)

    def begin(self, part: TakePart, frame: int, gap: Gap | None) -> None:
        """The recorder was sent the beginning of `part`, from a snapshot after `frame`."""
        self.part, self.last_frame, self._gap = part, frame, gap
        self.begun, self.interruption = True, None
        self.named.clear()

    def confirm(self) -> None:
        """The recorder has the part on the disk, and so what is missing before it."""
        self._gap = None

    def interrupt(
        self, state: Literal["gap", "recorder_lost"], cause: str, first_lost: int, now_ns: int
    ) -> TakeReport | None:
        """Notes that frames are being lost; None where that is known already.

        What was sent before may yet reach the disk; the next part's gap is exact.
        """
        if self.interruption is not None:
            return None
        self.interruption = Interruption(cause, first_lost)
        self.wait_before_resuming(now_ns)
        return self.report(state, frames_lost_from(first_lost, cause, certain=first_lost > self.last_frame))

    def wait_before_resuming(self, now_ns: int) -> None:
        """The next part is not tried for a quarter of a second."""
        self._resume_ns = now_ns + RESUME_AFTER_NS

    def may_resume(self, now_ns: int) -> bool:
        """Whether a next part may be tried."""
        return self.interruption is not None and now_ns >= self._resume_ns

    def next_part(self) -> TakePart:
        """The part to record after the interruption: this one again, where the recorder never began it."""
        number = self.part.part + 1 if self.begun else self.part.part
        return TakePart(name=self.part.name, part=number, slate=self.part.slate)

    def gap_before_next(self) -> Gap | None:
        """What is missing before the next part."""
        if self.interruption is None:
            return self._gap
        return joined(self._gap, Gap(cause=self.interruption.cause, lost_from=self.interruption.first_lost))

    def report(self, state: Literal["gap", "recorder_lost", "recorder_back"], cause: Cause | None = None) -> TakeReport:
        """A report for the fold on this take."""
        return TakeReport(name=self.part.name, state=state, cause=cause, count=self.count, part=self.part.part)
