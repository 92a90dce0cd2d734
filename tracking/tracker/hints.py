"""What a tracker's status hints at: why packets cannot be used, and which of their parts are left out.

A hint ends soon after its cause.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tracking.protocols.decoder_memory import DecoderMemory
from tracking.protocols.sequence import standing_sequence
from tracking.records import Scalar
from tracking.timing.clock_rate import wrong_speed
from tracking.tracker.state import TrackerState

HINT_NS = 2_000_000_000
"""How long after its newest packet a cause is still reported. Static blocks come about this often."""
_IGNORED_NS = 5_000_000_000
_SOME = 4


HINTS = {
    "hint_sequence_stands": (
        "the sequence number stands still at {number}: it cannot reveal lost and duplicate packets"
    ),
    "hint_clock": (
        "the time stamps advance {speed:.4g} s a second, so they are not used: check the sender's clock and rate"
    ),
    "hint_incomplete": "no pose yet: no message has carried {missing}",
    "hint_ignored": "not used, as of another type, version or range: {names}",
    "hint_ignored_more": "not used, as of another type, version or range: {names} and {more} more",
}
"""By code, the English sentences; and `refused_` with the cause, which health says too."""


class Hint(NamedTuple):
    """A code with the values that its sentence speaks of."""

    code: str
    values: dict[str, Scalar]


def hint_at(state: TrackerState, now_ns: int) -> str:
    """All that is worth a hint at `now_ns`, in one English line; "" if there is nothing."""
    detail = state.refusal.detail
    return "; ".join(
        HINTS[code].format_map(values) if code in HINTS else detail for code, values in hints_at(state, now_ns)
    )


def is_refusing(state: TrackerState, now_ns: int) -> bool:
    """Whether packets that cannot be used still arrive, or a tracker has sent nothing else since the start."""
    return _refuses_now(state, now_ns) or bool(state.refusal.cause and not state.accepted)


def missing_fields(memory: DecoderMemory) -> str:
    """The pose fields that an OSC sender has never sent, with commas between them; "" if none is missing."""
    if not memory.waiting:
        return ""
    return next((", ".join(group.missing) for group in memory.groups.values() if group.missing), "")


def hints_at(state: TrackerState, now_ns: int) -> Iterator[Hint]:
    """All that is worth a hint at `now_ns`, as codes. That packets are refused comes last."""
    standing = standing_sequence(state.decoder.sequences)
    if standing is not None:
        yield Hint("hint_sequence_stands", {"number": standing})
    speed = wrong_speed(state.time.clock)
    if speed is not None:
        yield Hint("hint_clock", {"speed": speed})
    missing = missing_fields(state.decoder)
    if missing:
        yield Hint("hint_incomplete", {"missing": missing})
    ignored = [name for name, seen_ns in state.decoder.ignored.items() if now_ns - seen_ns <= _IGNORED_NS]
    names, more = ", ".join(ignored[:_SOME]), len(ignored) - _SOME
    if more > 0:
        yield Hint("hint_ignored_more", {"names": names, "more": more})
    elif ignored:
        yield Hint("hint_ignored", {"names": names})
    if _refuses_now(state, now_ns):
        refusal = state.refusal
        yield Hint(f"refused_{refusal.cause}", {"found": refusal.found, "expected": refusal.expected})


def _refuses_now(state: TrackerState, now_ns: int) -> bool:
    return bool(state.refusal.cause) and now_ns - state.refusal.received_ns <= HINT_NS
