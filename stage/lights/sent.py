"""What is told of the wire's ticks: worked out for several of them at once, a little later.

After each wait code and data are cold: what is done once for five ticks costs a third of what it costs in each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from stage.lights.moments import Between
from stage.show.frame.lights import SentTick, SentUniverse

_ENCODER = msgspec.msgpack.Encoder()


class Sent(NamedTuple):
    """A tick as it was sent: the levels of all universes, the numbers of those that changed, and clipped cells.

    `betweens` are what it was mixed from, for each latency; empty where no plan alone says what was sent.
    """

    betweens: Sequence[Between]
    levels: Mapping[int, bytes]
    changed: Sequence[int]
    clipped: tuple[int, ...]


class Telling:
    """Tells ticks, in their order."""

    def __init__(self) -> None:
        self._levels: Mapping[int, bytes] = {}
        self._digest = ""

    def told(self, sent: Sent) -> SentTick:
        """What a take records of a tick."""
        if sent.levels != self._levels or not self._digest:
            self._levels, self._digest = sent.levels, digest_of(sent.levels)
        betweens = sent.betweens
        return SentTick(
            at_frame=betweens[0].at_frame if betweens else -1.0,
            digest=self._digest,
            changed=tuple([SentUniverse(number, sent.levels[number].rstrip(b"\0")) for number in sent.changed]),
            clipped=sent.clipped,
            between=tuple([(one.first.frame, one.second.frame, one.share) for one in betweens]),
        )


def digest_of(levels: Mapping[int, bytes]) -> str:
    """Of the levels of all universes, rising, to compare."""
    return hashlib.blake2b(_ENCODER.encode(levels), digest_size=8).hexdigest()
