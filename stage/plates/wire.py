"""What the core and the plates process tell each other, and the link that carries it and the memory of films.

A slot is the process's until it says that it is `Filled`; then the core's until it gives it `back`. All messages of one
direction come in order. Of a process that died while it wrote, no message came: so no torn frame is ever read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from render.worlds.shared.media import MediaFacts
from stage.run.record_link import CoreRecords, ProcessRecords
from stage.show.frame.conditions import Cause
from tracking.records import Evolving

MOST_FILMS = 24
"""Films that are read at a time: two worlds of four layers on air, those that come, and sets among them."""
MOST_FRAMES = 160
"""The most frames of a film that are asked for at a time."""
Identity = Annotated[str, Meta(max_length=128)]
FilePath = Annotated[str, Meta(max_length=4096)]
Count = Annotated[int, Meta(ge=0, le=1 << 40)]
Level = Annotated[int, Meta(ge=0, le=32)]


class Film(Evolving):
    """A film to be read: its identity, where its file or folder is, and what was found when it was examined."""

    media: Identity
    path: FilePath
    facts: MediaFacts

    @property
    def load(self) -> float:
        """How many processors are busy with reading it as fast as it plays."""
        numerator, denominator = self.facts.rate
        return 1e-3 * self.facts.decode_ms * numerator / denominator

    def is_too_heavy(self, processors: int) -> bool:
        """Whether so many processors are all together too few to read it as fast as it plays."""
        return self.load > processors


class WantedFrames(Evolving):
    """Frames of a film that the core wants and has not yet, the most urgent first.

    Of two films' frames the one with the lower `after` is read first: how many others of its film come before. Nobody
    looks at levels of them that are finer than `first`. The film is `sought` while it was sent to where it is and has
    not been seen there.
    """

    media: Identity
    frames: Annotated[tuple[Count, ...], Meta(max_length=MOST_FRAMES)]
    after: Count = 0
    first: Level = 0
    sought: bool = False


class SlotBack(NamedTuple):
    """A slot of a room, which the process may fill again."""

    room: int
    slot: int


class Wishes(Evolving):
    """Core to process. `films` are all that are to be read, the most urgent first, or None for those before.

    `wanted` takes the place of what was wanted of the same films; `back` are slots that were read. Films that are too
    heavy `rest` for so many times as long as a frame of them took, or as before.
    """

    films: Annotated[tuple[Film, ...], Meta(max_length=MOST_FILMS)] | None = None
    wanted: Annotated[tuple[WantedFrames, ...], Meta(max_length=MOST_FILMS)] = ()
    back: Annotated[tuple[SlotBack, ...], Meta(max_length=MOST_FILMS * MOST_FRAMES)] = ()
    rest: Annotated[float, Meta(ge=0.0, le=1000.0)] | None = None


class RoomMade(Evolving, tag="room"):
    """There is memory for a film, whose descriptor comes with this message: `most` slots of `size` bytes.

    `slots` of them may be in use at a time. `room` is no other room's number in the life of this process.
    """

    media: Identity
    room: Count
    size: Count
    most: Count
    slots: Count


class RoomChanged(Evolving, tag="changed"):
    """So many slots may be in use now; 0 where there is no memory: then MiB that it `needs`, and those that it could
    have.
    """

    media: Identity
    slots: Count
    needs_mib: float = 0.0
    has_mib: float = 0.0


class Filled(Evolving, tag="filled"):
    """A frame is in a slot, whole from level `first` on. It `took_ms`, of which the process ran or could have run all
    but `waited_ms`.
    """

    media: Identity
    room: Count
    slot: Count
    frame: Count
    took_ms: float = 0.0
    waited_ms: float = 0.0
    first: Level = 0


class Waits(Evolving, tag="waits"):
    """A frame has been read for long, and the processor has nothing to do with it: disk or network do not deliver."""

    media: Identity
    frame: Count
    since_ms: float


class Lives(Evolving, tag="lives"):
    """The process runs: told all the time while films are wanted, so that one that stands still is told from one that
    reads for long.
    """


class FilmFailed(Evolving, tag="failed"):
    """A frame, or with None the whole film, cannot be read, and why. It is tried again from time to time."""

    media: Identity
    cause: Cause
    frame: Count | None = None


ForFilm = RoomMade | RoomChanged | Filled | Waits | FilmFailed
FromPlates = ForFilm | Lives


SOCKET = "plates"
"""The core's socket in the run's folder."""
MOST_TO_CORE = 1 << 14
MOST_TO_PLATES = 1 << 18
ToPlates = CoreRecords[Wishes, FromPlates]
ToCore = ProcessRecords[FromPlates, Wishes]


def to_plates(runtime: Path) -> ToPlates:
    """The core's end, in the run's folder. Raises OSError where it cannot be."""
    decoder: msgspec.msgpack.Decoder[FromPlates] = msgspec.msgpack.Decoder(FromPlates)
    return ToPlates(runtime / SOCKET, decoder, MOST_TO_CORE, takes_descriptors=True)


def to_core(runtime: Path) -> ToCore:
    """The process's end: it finds the core in the run's folder whenever there is one."""
    return ToCore(runtime / SOCKET, msgspec.msgpack.Decoder(Wishes), MOST_TO_PLATES)
