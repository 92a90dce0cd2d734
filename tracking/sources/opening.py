"""Opens the tracker sources of a configuration, each once, and drains them in a fixed order."""

from __future__ import annotations

import errno
from collections.abc import Sequence

from tracking.datagrams import USUAL_BUDGET, Budget, Datagram, Drop, Receiver
from tracking.endpoints import SerialEndpoint, parse_endpoint
from tracking.protocols.freed import BROADCAST_ID, FreeDCommand, encode_freed_command
from tracking.records import ConfigError
from tracking.settings import TrackerConfig
from tracking.sources import serial_line as serial_source
from tracking.sources import udp as udp_source
from tracking.sources.serial_line import SerialReceiver
from tracking.sources.udp import UdpReceiver


class Sources:
    """The open sources: every distinct address once, in the order of the configuration."""

    def __init__(self, receivers: Sequence[Receiver]) -> None:
        self._receivers = tuple(receivers)

    def drain(self, budget_per_source: Budget = USUAL_BUDGET) -> tuple[list[Datagram], list[Drop]]:
        """What arrived since the last call, source by source, oldest first, and what was lost.

        Never blocks and never raises. Reads at most `budget_per_source` from each source.
        """
        datagrams: list[Datagram] = []
        drops: list[Drop] = []
        for receiver in self._receivers:
            receiver.drain(budget_per_source, datagrams, drops)
        return datagrams, drops

    def missing(self) -> dict[str, OSError]:
        """The sources that cannot be opened or reached now, with the newest reason. They are tried again."""
        failures = ((receiver.source, receiver.failure) for receiver in self._receivers)
        return {source: failure for source, failure in failures if failure is not None}

    def port_of(self, source: str) -> int:
        """The UDP port that `source` listens on, even if the system chose it. Raises KeyError for any other source."""
        for receiver in self._receivers:
            if receiver.source == source and isinstance(receiver, UdpReceiver):
                return receiver.port
        raise KeyError(source)

    def close(self) -> None:
        """Close every socket and device."""
        for receiver in self._receivers:
            receiver.close()


def open_sources(trackers: Sequence[TrackerConfig], *, strict: bool = True, more: Sequence[Receiver] = ()) -> Sources:
    """Open the sources of `trackers`. Trackers that name the same address share one source.

    Raises ConfigError with one line for each source that cannot be opened: what is wrong and what to do. In that case
    none is left open. With `strict` false such a source is tried again until it opens, and `Sources.missing` names it.
    `more` are other receivers, which are drained after them.
    """
    receivers: dict[str, Receiver] = {}
    findings: list[str] = []
    for tracker in trackers:
        if tracker.source in receivers:
            continue
        try:
            receiver = _receiver(tracker.source, _greeting(tracker.source, trackers))
        except ValueError as error:
            findings.append(f"trackers.{tracker.name}.source: {error}")
            continue
        receivers[tracker.source] = receiver
        if strict and receiver.failure is not None:
            findings.append(f"trackers.{tracker.name}.source: {_why_not_open(receiver, receiver.failure)}")
    if findings:
        Sources(tuple(receivers.values())).close()
        raise ConfigError(*findings)
    return Sources((*receivers.values(), *more))


def open_receiver(source: str, greeting: bytes = b"") -> Receiver:
    """Open one source. Raises ValueError that says in one line what is wrong and what to do."""
    receiver = _receiver(source, greeting)
    failure = receiver.failure
    if failure is not None:
        receiver.close()
        raise ValueError(_why_not_open(receiver, failure)) from failure
    return receiver


def reason_code(error: OSError) -> str:
    """The reason why a source cannot be opened, as a code for health."""
    return _REASONS.get(error.errno or 0, "cannot_open")


_REASONS = {
    errno.ENOENT: "device_absent",
    errno.ENXIO: "device_absent",
    errno.EACCES: "no_permission",
    errno.EPERM: "no_permission",
    errno.EBUSY: "in_use",
    errno.EAGAIN: "in_use",
    errno.EADDRINUSE: "in_use",
    errno.EADDRNOTAVAIL: "address_absent",
    errno.ENODEV: "interface_absent",
    errno.ENETUNREACH: "interface_absent",
    errno.ENETDOWN: "interface_down",
}


def _receiver(source: str, greeting: bytes) -> SerialReceiver | UdpReceiver:
    """One source, open or tried again. Raises ValueError for an address that cannot be parsed."""
    endpoint = parse_endpoint(source)
    if isinstance(endpoint, SerialEndpoint):
        return SerialReceiver(source, endpoint, greeting)
    return UdpReceiver(source, endpoint)


def _why_not_open(receiver: SerialReceiver | UdpReceiver, error: OSError) -> str:
    endpoint = parse_endpoint(receiver.source)
    if isinstance(endpoint, SerialEndpoint):
        return serial_source.open_failure(endpoint, error)
    return udp_source.open_failure(endpoint, error)


def _greeting(source: str, trackers: Sequence[TrackerConfig]) -> bytes:
    """The commands that start the stream of every tracker on a serial line. FreeD units power up in another mode.

    One command for each camera id, or a single broadcast if a tracker's id is not known (Vinten free-d manual V1.4.4,
    appendix A).
    """
    camera_ids = {tracker.camera_id: None for tracker in trackers if tracker.source == source}
    addressed = (
        [BROADCAST_ID] if None in camera_ids else [camera_id for camera_id in camera_ids if camera_id is not None]
    )
    return b"".join(encode_freed_command(FreeDCommand.START_STREAM, camera_id) for camera_id in addressed)
