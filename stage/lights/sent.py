"""What is told of the wire's ticks: worked out for several of them at once, a little later.

After each wait code and data are cold: what is done once for five ticks costs a third of what it costs in each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from stage.lights.mixing.records import Span, levels_of
from stage.lights.moments import Between
from stage.lights.steady import Mixed
from stage.show.frame.lights import SentTick, SentUniverse

_ENCODER = msgspec.msgpack.Encoder()


class Sent(NamedTuple):
    """A tick as it was sent: what was mixed, where the slots of the universes that are sent lie in it, and which of
    these changed, by their places.

    `betweens` are what it was mixed from, for each latency; empty where no plan alone says what was sent.
    """

    betweens: Sequence[Between]
    mixed: Mixed
    spans: tuple[Span, ...]
    changed: Sequence[int]


class Telling:
    """Tells ticks, in their order."""

    def __init__(self) -> None:
        self._mixed: Mixed | None = None
        self._spans: tuple[Span, ...] = ()
        self._levels: Mapping[int, bytes] = {}
        self._digest = ""
        self._clipped: tuple[int, ...] = ()

    def told(self, sent: Sent) -> SentTick:
        """What a take records of a tick."""
        betweens, mixed, spans, changed = sent
        if mixed is not self._mixed or spans != self._spans:
            self._mixed, self._spans, self._levels = mixed, spans, levels_of(mixed.slots, spans)
            self._digest, self._clipped = digest_of(self._levels), mixed.clipped
        levels, numbers = self._levels, [spans[row].universe for row in changed]
        return SentTick(
            at_frame=betweens[0].at_frame if betweens else -1.0,
            digest=self._digest,
            changed=tuple([SentUniverse(number, levels[number].rstrip(b"\0")) for number in numbers]),
            clipped=self._clipped,
            between=tuple([(one.first.frame, one.second.frame, one.share) for one in betweens]),
        )


def digest_of(levels: Mapping[int, bytes]) -> str:
    """Of the levels of all universes, rising, to compare."""
    return hashlib.blake2b(_ENCODER.encode(levels), digest_size=8).hexdigest()
