"""What the crew must know of a picture that is not what it seems: a parked camera, a held wall."""

from __future__ import annotations

import time
from collections.abc import Mapping

from stage.panel.newest import NewestPicture
from stage.run.preview_records import PictureHeader

PARKED = "parked"
_LIVE_NS = 2_000_000_000


def note_of(topic: str, newest: Mapping[str, NewestPicture]) -> str:
    """The note on a picture, "" where there is nothing to say; told by what came in the last moments.

    A wall is held for a reason. A camera is parked where no moving wall was drawn for it; what it sees may be held.
    """
    kind, _, name = topic.partition("/")
    walls = live_walls(newest)
    if kind == "wall":
        return f"held: {walls[name].hold}" if name in walls and walls[name].hold else ""
    moving = [header for header in walls.values() if not header.hold]
    if moving and not any(header.sight_of(name) for header in moving):
        return PARKED
    held = {wall: header.hold for wall, header in walls.items() if header.hold}
    if not moving and len(set(held.values())) == 1:
        return f"held: {next(iter(held.values()))}"
    return "; ".join(f"wall {wall} held: {hold}" for wall, hold in held.items())


def live_walls(newest: Mapping[str, NewestPicture]) -> dict[str, PictureHeader]:
    """The headers of the walls' pictures that came lately, by wall."""
    since_ns = time.monotonic_ns() - _LIVE_NS
    return {
        topic.partition("/")[2]: picture.header
        for topic, picture in newest.items()
        if topic.startswith("wall/") and picture.received_ns > since_ns
    }
