"""Why frames of a film are late: what goes on, and for a while after what has just been. Pure."""

from __future__ import annotations

from typing import Literal, get_args

LateCause = Literal[
    "failed",
    "decoder_lost",
    "decoder_stands",
    "no_room",
    "too_heavy",
    "disk",
    "opening",
    "seek",
    "not_decoded",
    "not_uploaded",
    "set",
]
"""It cannot be read; the process that reads it has ended, or stands still; there is no memory for its frames; no
machine of so many processors reads it as fast as it plays; its disk does not deliver; it is being opened, or was sent
elsewhere; it was not read in time, or not uploaded; or it is there, and another film of its set is not.
"""
GRAVEST_FIRST: tuple[LateCause, ...] = get_args(LateCause)
"""A set waits for the film that is worst off."""
AFTER_S = 1.0
"""So long a film that comes late after one of these is late because of it, until it is in time again."""
_LINGER: frozenset[LateCause] = frozenset(("decoder_lost", "decoder_stands", "disk", "opening", "seek"))


class Blame:
    """What one film's late frames are due to. Times are seconds on any clock that grows."""

    def __init__(self) -> None:
        self._after: LateCause | None = None
        self._until_s = 0.0

    def begin(self, cause: LateCause, now_s: float) -> None:
        """That has just happened to the film."""
        self._after, self._until_s = cause, now_s + AFTER_S

    @property
    def is_sought(self) -> bool:
        """Whether the film was sent elsewhere, and is not there yet."""
        return self._after == "seek"

    def expire(self, now_s: float) -> None:
        """Time passes: what was so long ago is to blame no more."""
        if now_s >= self._until_s:
            self._after = None

    def is_over(self) -> None:
        """The film is in time."""
        self._after = None

    def of(self, now: LateCause, now_s: float) -> LateCause:
        """What a frame is late of, where nothing was before it would be `now`. What was is to blame only where nothing
        graver goes on.
        """
        if now in _LINGER:
            self.begin(now, now_s)
        elif self._after is not None and now_s < self._until_s:
            return min(now, self._after, key=GRAVEST_FIRST.index)
        return now
