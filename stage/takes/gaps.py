"""Gaps in a take: exactly which frames no part holds, and why. Pure."""

from __future__ import annotations

from stage.show.frame.inputs import Cause
from stage.takes.messages import Gap
from tracking.records import Scalar


def gap_cause(gap: Gap, held: int | None, last_lost: int) -> Cause:
    """The gap before a part whose snapshot is of `last_lost`.

    `held` is the last frame that an earlier part holds, according to its file; one later than `last_lost` is of another
    run. What the core knows is a lower bound: what it sent last may have reached the disk or not.
    """
    known = [] if gap.lost_from is None else [gap.lost_from]
    if held is not None and held <= last_lost:
        known.append(held + 1)
    if not known:
        return Cause(code="frames_missing_up_to", values={"last": last_lost, "cause": gap.cause})
    first = max(known)
    if first > last_lost:
        return Cause(code="no_frame_missing", values={"cause": gap.cause})
    values: dict[str, Scalar] = {"first": first, "last": last_lost, "cause": gap.cause}
    return Cause(code="frame_missing" if first == last_lost else "frames_missing", values=values)


def frames_lost_from(first: int, cause: str, *, certain: bool) -> Cause:
    """A gap that has just begun at the frame `first`. What was sent before may yet reach the disk: then it is not
    certain.
    """
    code = "frames_missing_from" if certain else "frames_may_be_missing_from"
    return Cause(code=code, values={"first": first, "cause": cause})


def joined(earlier: Gap | None, later: Gap) -> Gap:
    """One gap made of two, where no part was recorded between them."""
    if earlier is None:
        return later
    codes = earlier.cause.split(",")
    codes += [code for code in later.cause.split(",") if code not in codes]
    return Gap(cause=",".join(codes), lost_from=earlier.lost_from)
