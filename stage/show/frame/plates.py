"""What the edges report of films and folders of numbered frames. Pure."""

from __future__ import annotations

from typing import NamedTuple

from render.worlds.shared.media import MediaFacts
from stage.show.frame.conditions import Cause
from tracking.records import Evolving


class MediaReady(Evolving, tag="media_ready"):
    """A film was examined, and can be played: what it is, and by what its content is known.

    `file` is its name in the configuration, `identity` 64 hexadecimal digits that tell its content from any other's.
    `notes` say what is not as one would expect. `thumbnail` is the path of a small JPEG of its middle frame, "" for
    none. `version` is that of the library's file, "" for any other.
    """

    file: str
    identity: str
    facts: MediaFacts
    notes: tuple[Cause, ...] = ()
    version: str = ""
    thumbnail: str = ""


class MediaFailed(Evolving, tag="media_failed"):
    """A film cannot be played, and why. What is on the walls of it stays there."""

    file: str
    cause: Cause
    version: str = ""


class PlateShown(NamedTuple):
    """A film in a frame: which of its frames was planned, which one was shown (-1 for none), and why they differ.

    `cause` is one of `LateCause` in `stage/plates/causes.py`; "" where nothing differs.
    """

    media: str
    planned: int
    shown: int
    cause: str = ""


class PlatesShown(Evolving, tag="plates_shown"):
    """What `frame` has shown of films where that was not the plan; and once a second all that it has shown of them."""

    frame: int
    shown: tuple[PlateShown, ...]
