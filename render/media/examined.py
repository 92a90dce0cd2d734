"""What an examination of a film found, as it may cross from one process to another; and how frames are looked for that
cannot be decoded, all over a film of which no frame needs another.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from math import gcd

from render.media.faults import MediaError
from render.worlds.shared.media import MediaFacts
from tracking.records import Evolving, Scalar

MOST_FRAME_BYTES = 1 << 30
"""A frame with all its levels is at most so large."""
_LOOKED_S = 0.5
_GOLDEN = 0.618
"""Multiples of it, less their whole part, are spread as evenly as can be however many there are."""


class MediaFinding(Evolving):
    """What is not as one would expect of a film that can be played: a code with values for its sentence."""

    code: str
    values: dict[str, Scalar]


class ExaminedMedia(Evolving):
    """What a film is; by what its content is known; what is odd about it; a small JPEG of its middle frame, or none."""

    facts: MediaFacts
    identity: str
    notes: tuple[MediaFinding, ...]
    thumbnail: bytes


def finding(code: str, **values: Scalar) -> MediaFinding:
    """A finding of these values."""
    return MediaFinding(code=code, values=values)


def damage_of(read: Callable[[int], object], frames: int) -> list[MediaFinding]:
    """One frame that cannot be read, of as many of a film's `frames` as half a second of the processor is enough for.

    Raises MediaError where the film is replaced meanwhile.
    """
    ends_s = time.process_time() + _LOOKED_S
    for number in _all_over(frames):
        try:
            read(number)
        except MediaError as error:
            if error.code == "media_replaced" or error.is_of_frame:
                raise
            return [finding("media_frame_damaged", frame=number)]
        if time.process_time() > ends_s:
            break
    return []


def _all_over(frames: int) -> Iterator[int]:
    """Every frame once, each as far from those before as there is room: by the golden ratio."""
    stride = max(1, round(_GOLDEN * frames))
    while gcd(stride, frames) > 1:
        stride += 1
    return ((number * stride) % frames for number in range(frames))
