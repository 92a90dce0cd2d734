"""Which of a frame's datagrams are read: all, unless decoding them would take a good part of the frame.

The gather bounds datagrams and bytes. What they hold is bounded here, in the fold, so that a take replays the choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stage.show.frame.inputs import Dropped
from tracking.datagrams import Datagram
from tracking.protocols.decoders import UNITS_PER_OSC_MESSAGE, work_of
from tracking.settings import TrackerConfig

OSC_MESSAGES_PER_SOURCE = 512
"""The most OSC messages of one source that are read in a frame, counted once for each tracker that reads them."""
WORK_PER_SOURCE = OSC_MESSAGES_PER_SOURCE * UNITS_PER_OSC_MESSAGE
_ALWAYS_READ_BYTES = 2048

Readers = Mapping[str, tuple[TrackerConfig, ...]]
"""The trackers that read a source."""


def readable(datagrams: Sequence[Datagram], readers: Readers) -> tuple[Sequence[Datagram], tuple[Dropped, ...]]:
    """The datagrams to read, in order, and how many of each source are not.

    Of a source that is over its budget the newest are read, and always the very newest one.
    """
    if sum(len(datagram.payload) for datagram in datagrams) <= _ALWAYS_READ_BYTES:
        return datagrams, ()
    spent: dict[str, int] = {}
    dropped: dict[str, int] = {}
    kept: list[Datagram] = []
    for datagram in reversed(datagrams):
        source = datagram.source
        if source not in dropped:
            work = sum(work_of(reader.protocol, datagram.payload) for reader in readers.get(source, ()))
            if source not in spent or spent[source] + work <= WORK_PER_SOURCE:
                spent[source] = spent.get(source, 0) + work
                kept.append(datagram)
                continue
        dropped[source] = dropped.get(source, 0) + 1
    kept.reverse()
    losses = tuple(Dropped(source=source, count=count, cause="over_work") for source, count in dropped.items())
    return kept, losses
