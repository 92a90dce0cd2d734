"""How long who passes requests on for others waits for the stage, and when it sends them again. Pure."""

from __future__ import annotations

from stage.control.wire import WireRequest

ANSWER_S = 5.0
LONG_ANSWER_S = 12.0
"""How long an answer is waited for that needs a disk: a take's first chunk, a file in the library."""
AGAIN_S = 1.5
"""A request that nobody has answered for so long is sent again: whatever stands between may have been restarted."""
_LONG = frozenset({"take", "worlds", "save", "load", "look", "cue"})


def takes_long(request: WireRequest) -> bool:
    """Whether the answer to a request may take as long as a disk does."""
    return request.__struct_config__.tag in _LONG
