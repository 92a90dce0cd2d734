"""Whether a replayed frame is the recorded one, and where it is not."""

from __future__ import annotations

from collections.abc import Callable

from stage.show.frame.outcome import Outcome, encode_plan, encode_report
from stage.takes import format_1, format_2, format_3
from stage.takes.compare import PathDifference, first_difference, tree_of
from stage.takes.reader import RecordedFrame
from stage.takes.records import BEFORE_FORMAT_4, TakeSnapshot
from stage.takes.refold import UNFOLDABLE, Fold, cause_of
from stage.takes.seals import digest_of

TOLERANCE = 1e-9
"""How far a number may be from the recorded one on another machine."""


def frame_difference(
    recorded: RecordedFrame, replayed: Outcome, take_format: str, *, exact: bool
) -> PathDifference | None:
    """The first difference, or None.

    A path of the plan is named as it is (`inners[0].eye_m[1]`), one of the rest of the outcome with `outcome.` before
    it. `exact` asks for equal bytes, otherwise numbers may differ by `TOLERANCE`; a take of an older format is always
    compared by its numbers. The recorded bytes must have the recorded digest in any case.
    """
    message = recorded.message
    plan = bytes(message.plan)
    if take_format not in BEFORE_FORMAT_4:
        difference = _difference(recorded, replayed, 0.0 if exact else TOLERANCE)
    else:
        difference = _difference_from_older(take_format, plan, recorded.report, replayed)
    if difference is not None:
        return difference
    if replayed.frame != message.frame:
        return "frame", message.frame, replayed.frame
    digest = digest_of(plan, recorded.report)
    return None if digest == message.digest else ("digest", message.digest, digest)


def _difference(recorded: RecordedFrame, replayed: Outcome, tolerance: float) -> PathDifference | None:
    """Of the plan, then of the rest."""
    parts: tuple[tuple[str, str, bytes, Callable[[], bytes]], ...] = (
        ("plan", "", bytes(recorded.message.plan), lambda: encode_plan(replayed.plan)),
        ("outcome", "outcome", recorded.report, lambda: encode_report(replayed)),
    )
    for name, prefix, before, encode in parts:
        try:
            after = encode()
            difference = None if before == after else first_difference(tree_of(before), tree_of(after), tolerance)
        except UNFOLDABLE as error:  # a number that was changed in the inputs may be too large to be encoded again
            return name, f"unreadable: {cause_of(error)}", f"a readable {name}"
        if difference is not None:
            return prefixed(prefix, difference)
    return None


def _difference_from_older(take_format: str, plan: bytes, report: bytes, replayed: Outcome) -> PathDifference | None:
    try:
        if take_format == "1":
            recorded, compared_with = format_1.comparable(plan), format_1.compared_with
        else:
            older = format_2 if take_format == "2" else format_3
            recorded, compared_with = older.comparable(plan, report), older.compared_with
        today = compared_with(encode_plan(replayed.plan), encode_report(replayed))
    except UNFOLDABLE as error:
        return "plan", f"unreadable: {cause_of(error)}", "a readable plan"
    return first_difference(recorded, today, TOLERANCE)


def state_difference(snapshot: TakeSnapshot, fold: Fold) -> PathDifference | None:
    """Where the fold's state is not the recorded one, byte for byte."""
    try:
        state = fold.state()
        return None if snapshot.state == state else first_difference(tree_of(snapshot.state), tree_of(state))
    except UNFOLDABLE as error:
        return "", f"unreadable: {cause_of(error)}", "a readable state"


def prefixed(prefix: str, difference: PathDifference) -> PathDifference:
    """The difference with `prefix` before its path."""
    path, recorded, replayed = difference
    return ".".join(part for part in (prefix, path) if part), recorded, replayed
