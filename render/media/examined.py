"""What an examination of a film found, as it may cross from one process to another."""

from __future__ import annotations

from render.worlds.shared.media import MediaFacts
from tracking.records import Evolving, Scalar

MOST_FRAME_BYTES = 1 << 30
"""A frame with all its levels is at most so large."""


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
