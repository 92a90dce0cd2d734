"""Touch leases: a value belongs to the client that moves it until it lets go, or falls silent. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

import msgspec

from stage.show.parts.part import Part
from tracking.records import Evolving

LEASE_S = 1.5
"""How long a lease holds after it was taken, renewed or used, in seconds of show time."""
MOST_LEASES = 1024


class Lease(Evolving):
    """A value's lease: the client that holds it, what that is called, and the first frame in which it holds no more.

    All values that one request took have the same `number`: what is moved under it is one drag.
    """

    client: str
    who: str
    number: int
    until_frame: int


class Leases(Part):
    """The leases by path. One that is over may still stand here. `number` is that of the newest."""

    by_path: dict[str, Lease] = msgspec.field(default_factory=dict)
    number: int = 0


def lease_of(leases: Leases, path: str, frame: int) -> Lease | None:
    """The lease that holds on a value in this frame; None where nobody moves it."""
    lease = leases.by_path.get(path)
    return lease if lease is not None and frame < lease.until_frame else None


def lease_of_another(leases: Leases, path: str, client: str, frame: int) -> Lease | None:
    """The lease by which another client holds a value in this frame."""
    lease = lease_of(leases, path, frame)
    return lease if lease is not None and lease.client != client else None


def drag_of(leases: Leases, paths: Iterable[str], client: str, frame: int) -> int:
    """The number of the one lease under which a client moves all of these values; 0 where there is no such lease."""
    if not leases.by_path:
        return 0
    held = [lease_of(leases, path, frame) for path in paths]
    numbers = [lease.number if lease is not None and lease.client == client else 0 for lease in held]
    return numbers[0] if numbers and numbers == [numbers[0]] * len(numbers) else 0


def take_lease(leases: Leases, paths: Iterable[str], client: str, who: str, *, frame: int, rate: Fraction) -> None:
    """Leases values to a client. Leases that are over make room, then those that end first."""
    leases.number += 1
    leases.note_change()
    held = leases.by_path
    for path in paths:
        held.pop(path, None)
        held[path] = Lease(client=client, who=who, number=leases.number, until_frame=_until(frame, rate))
    if len(held) > MOST_LEASES:
        for path in [path for path, lease in held.items() if lease.until_frame <= frame]:
            del held[path]
    while len(held) > MOST_LEASES:
        del held[min(held, key=lambda path: held[path].until_frame)]


def renew_leases(leases: Leases, paths: Iterable[str], client: str, *, frame: int, rate: Fraction) -> None:
    """Lets the leases of a client on these values hold for another 1.5 s; where it has none, nothing happens."""
    if not leases.by_path:
        return
    for path in paths:
        lease = lease_of(leases, path, frame)
        if lease is not None and lease.client == client:
            leases.by_path[path] = msgspec.structs.replace(lease, until_frame=_until(frame, rate))
            leases.note_change()


def drop_leases(leases: Leases, paths: Iterable[str]) -> None:
    """Ends the leases on these values."""
    for path in paths:
        if leases.by_path.pop(path, None) is not None:
            leases.note_change()


def holding(leases: Leases, frame: int) -> Iterator[tuple[str, Lease]]:
    """The leases that hold in this frame, by path."""
    return ((path, lease) for path, lease in leases.by_path.items() if frame < lease.until_frame)


def _until(frame: int, rate: Fraction) -> int:
    return frame + math.ceil(LEASE_S * rate)
