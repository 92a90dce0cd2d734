"""What is in a take, for `take list` and `take info`."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import msgspec

from stage.show.report.ledger import LedgerState, Percentiles, percentiles
from stage.takes.names import OPEN_SUFFIX, SUFFIX
from stage.takes.reader import RecordedFrame, TakeReader
from stage.takes.records import FORMAT, TakeHeader
from stage.takes.world_changes import WorldChange, WorldChanges
from tracking.records import UNDECODABLE, ConfigError, Evolving


class Overview(Evolving):
    """One take. `seconds` is show time from the first to the last frame; `complete` means closed and undamaged.

    `latency` has the stages from a sample to the wall's light, and their sum, as of the last snapshot. `worlds` are the
    changes of what is on air.
    """

    file: str
    bytes: int
    name: str
    part: int
    gap: str
    started: str
    frame_rate: str
    frames: int
    first_frame: int | None
    last_frame: int | None
    seconds: float
    snapshots: int
    complete: bool
    damage: tuple[str, ...]
    version: str
    build: str
    machine: str
    renderer: str
    quality: str
    assets: tuple[tuple[str, str], ...]
    latency: dict[str, Percentiles]
    format: str = FORMAT
    slate: str = ""
    worlds: tuple[WorldChange, ...] = ()


class Unreadable(Evolving):
    """A file that has the name of a take, and why it is not one."""

    file: str
    bytes: int
    error: str


def overview(path: Path) -> Overview:
    """Reads a whole take. Raises ConfigError where it is not one."""
    reader = TakeReader(path)
    worlds = WorldChanges(rate_of(reader.header))
    first: int | None = None
    last: int | None = None
    frames = snapshots = 0
    state = b""
    for entry in reader.entries():
        if isinstance(entry, RecordedFrame):
            last = entry.message.frame
            first = last if first is None else first
            frames += 1
            worlds.add(entry.report)
        else:
            snapshots += 1
            state = entry.state
    header, part = reader.header, reader.part
    return Overview(
        file=str(path),
        bytes=path.stat().st_size,
        name=part.name,
        part=part.part,
        gap=part.gap,
        started=part.started,
        frame_rate=header.frame_rate,
        frames=frames,
        first_frame=first,
        last_frame=last,
        seconds=_seconds(header, first, last),
        snapshots=snapshots,
        complete=reader.complete,
        damage=tuple(reader.damage),
        version=header.version,
        build=header.build,
        machine=header.machine,
        renderer=header.renderer,
        quality=header.quality,
        assets=reader.assets,
        latency=_latency(state),
        format=header.format,
        slate=part.slate,
        worlds=worlds.found(),
    )


class _AccountedState(Evolving):
    """The part of a snapshot's state that is read here; formats 1 and 2 have it alike."""

    ledger: LedgerState = msgspec.field(default_factory=LedgerState)


def _latency(state: bytes) -> dict[str, Percentiles]:
    """Empty where there is no snapshot that can be read."""
    try:
        return percentiles(msgspec.msgpack.decode(state, type=_AccountedState).ledger) if state else {}
    except UNDECODABLE:
        return {}


def overviews(directory: Path) -> list[Overview | Unreadable]:
    """All takes of a folder, by name, including those that are still open or were left open.

    Raises:
        ConfigError: the folder does not exist.
    """
    if not directory.is_dir():
        raise ConfigError(f"{directory}: found no folder here, expected one that holds takes ({SUFFIX})")
    found: list[Overview | Unreadable] = []
    for path in sorted((*directory.glob("*" + SUFFIX), *directory.glob("*" + OPEN_SUFFIX))):
        try:
            found.append(overview(path))
        except (ConfigError, OSError) as error:
            found.append(
                Unreadable(file=str(path), bytes=path.stat().st_size if path.exists() else 0, error=str(error))
            )
    return found


def _seconds(header: TakeHeader, first: int | None, last: int | None) -> float:
    if first is None or last is None:
        return 0.0
    return float((last - first + 1) / rate_of(header))


def rate_of(header: TakeHeader) -> Fraction:
    """Frames per second. Raises ConfigError where the header holds no rate."""
    try:
        rate = Fraction(header.frame_rate)
    except (ValueError, ZeroDivisionError) as error:
        raise ConfigError(f"frame_rate: found {header.frame_rate!r}, expected a fraction such as 24000/1001") from error
    if not 0 < rate <= 1000:
        raise ConfigError(f"frame_rate: found {header.frame_rate!r}, expected frames per second up to 1000")
    return rate
