"""Rules for trackers: their sources, who may share one, and settings of another protocol. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from stage.config.findings import Finding
from stage.config.records import StageConfig
from tracking.dialects import FreeDDialect, OscMap
from tracking.endpoints import Endpoint, SerialEndpoint, UdpEndpoint, parse_endpoint
from tracking.settings import TrackerConfig

EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - how the system writes it


def broken_tracker_rules(config: StageConfig) -> Iterator[Finding]:
    """Yields every source that cannot be opened or shared, and every setting of another protocol."""
    for index, tracker in enumerate(config.trackers):
        yield from _foreign_settings(f"trackers[{index}]", tracker)
        yield from _shared_source(config, index)
    yield from _sources(config)
    names = [tracker.name for tracker in config.trackers]
    if config.stage.timecode is not None and config.stage.timecode not in names:
        wanted = f"expected one of {names}" if names else "expected none: there are no [[trackers]]"
        yield Finding("stage.timecode", f"found {config.stage.timecode!r}, {wanted}", ("trackers.name",))


def _foreign_settings(where: str, tracker: TrackerConfig) -> Iterator[Finding]:
    """A dialect or map of another protocol, which nothing would read."""
    protocol = (f"{where}.protocol",)
    if tracker.protocol != "freed" and tracker.dialect != FreeDDialect():
        found = f'found one with protocol = "{tracker.protocol}", expected none: a dialect is for freed'
        yield Finding(f"{where}.dialect", found, protocol)
    if tracker.protocol != "osc" and tracker.map != OscMap():
        found = f'found one with protocol = "{tracker.protocol}", expected none: a map is for osc'
        yield Finding(f"{where}.map", found, protocol)


def _shared_source(config: StageConfig, index: int) -> Iterator[Finding]:
    """Two trackers on one source need the same protocol and different ids."""
    tracker, where = config.trackers[index], f"trackers[{index}]"
    first = next(row for row, other in enumerate(config.trackers) if other.source == tracker.source)
    if first == index:
        return
    other, there = config.trackers[first], f"trackers[{first}]"
    about = tuple(f"{row}.{key}" for row in (where, there) for key in ("source", "protocol", "camera_id"))
    if other.protocol != tracker.protocol:
        yield Finding(
            f"{where}.protocol",
            f"found {tracker.protocol!r}, expected {other.protocol!r}, since {there} reads the same source with it: "
            "give each protocol its own port",
            about,
        )
    elif tracker.protocol != "osc" and (tracker.camera_id is None or tracker.camera_id == other.camera_id):
        yield Finding(
            f"{where}.camera_id",
            f"found {tracker.camera_id!r}, expected an id of its own: it shares its source with {there}",
            about,
        )


def _sources(config: StageConfig) -> Iterator[Finding]:
    opened: list[tuple[str, str, Endpoint]] = []
    for index, tracker in enumerate(config.trackers):
        where = f"trackers[{index}].source"
        if any(tracker.source == source for _, source, _ in opened):
            continue
        try:
            endpoint = parse_endpoint(tracker.source)
        except ValueError as error:
            yield Finding(where, str(error))
            continue
        for there, source, other in opened:
            if clash := _clash(endpoint, other):
                yield Finding(where, f"found {tracker.source!r}, {clash}: {there} = {source!r}", (there,))
                break
        opened.append((where, tracker.source, endpoint))


def _clash(one: Endpoint, other: Endpoint) -> str:
    """Why two sources that are written differently cannot both be opened; "" if they can."""
    if isinstance(one, SerialEndpoint) and isinstance(other, SerialEndpoint):
        same = posixpath.normpath(one.device) == posixpath.normpath(other.device)
        return "expected the same spelling as the source that reads it already" if same else ""
    if not (isinstance(one, UdpEndpoint) and isinstance(other, UdpEndpoint)) or one.port != other.port or not one.port:
        return ""
    if one == other:
        return "expected the same spelling as the source that reads it already"
    if EVERY_ADDRESS in (one.host, other.host):
        return "expected another port, since this one is read already"
    return ""
