"""What an examination of a film found."""

from __future__ import annotations

from dataclasses import dataclass

from render.media.faults import MediaFinding
from render.worlds.shared.media import MediaFacts

MOST_FRAME_BYTES = 1 << 30
"""A frame with all its levels is at most so large."""


@dataclass(frozen=True, kw_only=True)
class ExaminedMedia:
    """What a film is; by what its content is known; what is odd about it; a small JPEG of its middle frame, or none."""

    facts: MediaFacts
    identity: str
    notes: tuple[MediaFinding, ...]
    thumbnail: bytes
