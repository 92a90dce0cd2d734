"""What `stage replay` reports, as a record and in lines for people."""

from __future__ import annotations

from stage.takes.compare import Difference
from stage.takes.reader import TakeReader
from stage.takes.replay import Figures
from tracking.records import Record


class ReplayReport(Record):
    """What a replay found.

    `frames` were folded, `equal` of them gave what was recorded (None where nothing was compared). `exact` means that
    equal digests were asked for, otherwise numbers within 1e-9. `skipped` frames follow a gap and could not be folded.
    `damage` names what could not be read of the file, `spoilt` counts what is not as it was written.
    """

    take: str
    frames: int
    equal: int | None
    exact: bool
    first_difference: Difference | None
    differences: tuple[Difference, ...]
    snapshots: int
    skipped: int
    gaps: int
    complete: bool
    damage: tuple[str, ...]
    spoilt: int

    @property
    def found_something(self) -> bool:
        """Whether a comparison failed, or something that was recorded could not be compared."""
        found = self.first_difference is not None or self.skipped > 0 or self.spoilt > 0
        return self.equal is not None and found


def report_of(reader: TakeReader, figures: Figures, *, compared: bool, exact: bool) -> ReplayReport:
    """What `reader` and the replay found, together."""
    return ReplayReport(
        take=str(reader.path),
        frames=figures.frames,
        equal=figures.equal if compared else None,
        exact=exact,
        first_difference=figures.differences[0] if figures.differences else None,
        differences=tuple(figures.differences),
        snapshots=figures.snapshots,
        skipped=figures.skipped,
        gaps=figures.gaps,
        complete=reader.complete,
        damage=tuple(reader.damage),
        spoilt=reader.spoilt,
    )


def lines_of(report: ReplayReport) -> list[str]:
    """The report for people."""
    if report.equal is None:
        lines = [f"{report.frames} frames folded"]
    else:
        how = "equal digests" if report.exact else "equal within 1e-9"
        lines = [f"{report.frames} frames, {report.equal} {how}"]
    for difference in report.differences:
        changed = f" (input changed after recording: {difference.input})" if difference.input else ""
        lines.append(
            f"frame {difference.frame}: {difference.path}: recorded {difference.recorded}, "
            f"replayed {difference.replayed}{changed}"
        )
    if report.skipped:
        lines.append(f"{report.skipped} frames follow a gap without a snapshot and were left out")
    return lines + [f"file: {damage}" for damage in report.damage]
