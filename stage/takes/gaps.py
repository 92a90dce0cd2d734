"""How a gap between two parts of a take is told: exactly the frames that no part holds. Pure."""

from __future__ import annotations

from stage.takes.records import Gap


def gap_text(gap: Gap, held: int | None, last_lost: int) -> str:
    """The gap before a part whose snapshot is of `last_lost`.

    `held` is the last frame that an earlier part holds, as its file tells; a later one than `last_lost` is of another
    run. The core's own knowledge is a lower bound: what it sent last may have reached the disk or not.
    """
    known = [] if gap.lost_from is None else [gap.lost_from]
    if held is not None and held <= last_lost:
        known.append(held + 1)
    if not known:
        return f"frames up to {last_lost} are missing: {gap.cause}"
    first = max(known)
    if first > last_lost:
        return f"no frame is missing, but the take was interrupted: {gap.cause}"
    frames = f"frame {first} is" if first == last_lost else f"frames {first} to {last_lost} are"
    return f"{frames} missing: {gap.cause}"


def joined(earlier: Gap | None, later: Gap) -> Gap:
    """One gap of two, where no part was recorded between them."""
    if earlier is None:
        return later
    causes = [earlier.cause] if later.cause in earlier.cause else [earlier.cause, later.cause]
    return Gap(cause=", then ".join(causes), lost_from=earlier.lost_from)
