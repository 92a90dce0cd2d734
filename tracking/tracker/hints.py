"""What a tracker's status hints at: why packets cannot be used, and which of their parts are left out.

A hint ends soon after its cause.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracking.protocols.decoder_memory import DecoderMemory
from tracking.protocols.sequence import standing_sequence
from tracking.timing.clock_rate import wrong_speed
from tracking.tracker.state import TrackerState

HINT_NS = 2_000_000_000
"""How long after its newest packet a cause is still reported. Static blocks come about this often."""
_IGNORED_NS = 5_000_000_000
_SOME = 4


def hint_at(state: TrackerState, now_ns: int) -> str:
    """All that is worth a hint at `now_ns`, in one line; "" if there is nothing."""
    return "; ".join(_hints(state, now_ns))


def is_refusing(state: TrackerState, now_ns: int) -> bool:
    """Whether packets that cannot be used still arrive, or a tracker has sent nothing else since the start."""
    return _refuses_now(state, now_ns) or bool(state.refusal.cause and not state.accepted)


def missing_fields(memory: DecoderMemory) -> str:
    """The pose fields that an OSC sender has never sent, with commas between them; "" if none is missing."""
    if not memory.waiting:
        return ""
    return next((", ".join(group.missing) for group in memory.groups.values() if group.missing), "")


def _hints(state: TrackerState, now_ns: int) -> Iterator[str]:
    standing = standing_sequence(state.decoder.sequences)
    if standing:
        yield standing
    speed = wrong_speed(state.time.clock)
    if speed is not None:
        yield f"the time stamps advance {speed:.4g} s a second, so they are not used: check the sender's clock and rate"
    missing = missing_fields(state.decoder)
    if missing:
        yield f"no pose yet: no message has carried {missing}"
    ignored = [name for name, seen_ns in state.decoder.ignored.items() if now_ns - seen_ns <= _IGNORED_NS]
    if ignored:
        more = f" and {len(ignored) - _SOME} more" if len(ignored) > _SOME else ""
        yield f"not used, as of another type, version or range: {', '.join(ignored[:_SOME])}{more}"
    if _refuses_now(state, now_ns):
        yield state.refusal.detail


def _refuses_now(state: TrackerState, now_ns: int) -> bool:
    return bool(state.refusal.cause) and now_ns - state.refusal.received_ns <= HINT_NS
