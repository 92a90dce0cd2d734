"""The messages of clients: what leads an answer back to them, and the body."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

_MOST_ROUTE_BYTES = 1024


class Message(NamedTuple):
    """One message. `enveloped` says that an empty delimiter stood before the body, and `route` what stood before that.

    There is one body, or `body` is None and `parts` says how many there were. A REQ socket with REQ_CORRELATE puts a
    number before the delimiter, a proxy the identities of its own clients.
    """

    body: bytes | None
    parts: int
    enveloped: bool = False
    route: tuple[bytes, ...] = ()


def message_of(parts: Sequence[bytes]) -> Message:
    """The message in these parts. A route that is longer than any real one is left out."""
    place = next((place for place, part in enumerate(parts) if not part), None)
    route = () if place is None else tuple(parts[:place])
    after = len(parts) if place is None else len(parts) - place - 1
    body = parts[-1] if after == 1 else None
    kept = route if sum(map(len, route)) <= _MOST_ROUTE_BYTES else ()
    return Message(body, after, place is not None, kept)


def envelope_of(route: tuple[bytes, ...], *, enveloped: bool) -> tuple[bytes, ...]:
    """The parts that lead an answer to its client."""
    return (*route, b"") if enveloped else ()
