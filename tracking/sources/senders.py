"""Sends a motion as real packets: over UDP unicast, broadcast and multicast, and over serial lines."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Protocol

import serial

from tracking.endpoints import SerialEndpoint, UdpEndpoint, parse_endpoint
from tracking.motions import Motion
from tracking.protocols.encoders import Encoder
from tracking.records import Record, TrackerSample
from tracking.sources import serial_line as serial_source
from tracking.sources import udp as udp_source
from tracking.sources.interfaces import interface_request
from tracking.sources.schedule import Dispatch, sampled_ns

_KEPT_SAMPLES = 8
_MULTICAST_HOPS = 1


class Sender(Protocol):
    """An open socket or device to send to."""

    def send(self, payload: bytes) -> None:
        """Send one packet. Raises OSError."""
        ...

    def close(self) -> None:
        """Close the socket or device."""
        ...


class UdpSender:
    """Sends datagrams to one address. Multicast stays on the local network. Raises OSError."""

    def __init__(self, endpoint: UdpEndpoint) -> None:
        self._address = (endpoint.host, endpoint.port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if endpoint.multicast:
            self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, _MULTICAST_HOPS)
        if endpoint.interface:
            request = interface_request(endpoint.host, endpoint.interface)
            self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, request)

    def send(self, payload: bytes) -> None:
        """Send one datagram."""
        self._socket.sendto(payload, self._address)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


class SerialSender:
    """Writes packets to a serial line. Raises OSError if it cannot be opened, and for a write to a full line."""

    def __init__(self, endpoint: SerialEndpoint) -> None:
        self._line: serial.Serial = serial_source.open_line(endpoint)

    def send(self, payload: bytes) -> None:
        """Write one packet."""
        self._line.write(payload)

    def close(self) -> None:
        """Close the device."""
        self._line.close()


def open_sender(target: str) -> Sender:
    """Open a sender to `target`. Raises ValueError that says in one line what is wrong and what to do."""
    endpoint = parse_endpoint(target)
    try:
        if isinstance(endpoint, SerialEndpoint):
            return SerialSender(endpoint)
        if not endpoint.port or endpoint.host == "0.0.0.0":  # noqa: S104  refused, not bound
            raise ValueError(f"found {target!r}, expected the receiver's address and a port from 1 to 65535")
        return UdpSender(endpoint)
    except OSError as error:
        raise ValueError(open_failure(endpoint, error)) from error


def open_failure(endpoint: UdpEndpoint | SerialEndpoint, error: OSError) -> str:
    """Why nothing can be sent to `endpoint`, and what to do, in one line."""
    if isinstance(endpoint, SerialEndpoint):
        return serial_source.open_failure(endpoint, error)
    return udp_source.open_failure(endpoint, error)


class PacketTape:
    """The packets of each sample of a motion, encoded once and in order, whatever happens to them later.

    So a lost sample still uses its sequence number, and a duplicate repeats its bytes. Device time is `epoch_ns` plus
    the sample's own time. Only the last few samples are kept.
    """

    def __init__(self, motion: Motion, encoder: Encoder, rate_hz: float, epoch_ns: int) -> None:
        self._motion = motion
        self._encoder = encoder
        self._rate_hz = rate_hz
        self._epoch_ns = epoch_ns
        self._kept: dict[int, tuple[bytes, ...]] = {}
        self._next = 0

    def packets_of(self, index: int) -> tuple[bytes, ...]:
        """The packets of sample `index`. Raises ValueError if the protocol cannot hold its pose."""
        while self._next <= index:
            self._kept[self._next] = self._encoder.encode(self._sample(self._next))
            self._kept.pop(self._next - _KEPT_SAMPLES, None)
            self._next += 1
        return self._kept[index]

    def _sample(self, index: int) -> TrackerSample:
        elapsed_ns = sampled_ns(index, self._rate_hz)
        pose = self._motion.pose_at(elapsed_ns)
        return TrackerSample(
            position_m=pose.position_m,
            rotation=pose.rotation,
            device_ns=self._epoch_ns + elapsed_ns,
            sequence=index,
            rate_hz=self._rate_hz,
        )


class Playback(Record):
    """What was sent: packets (counting every repetition and segment), bytes, and packets that the system refused."""

    sent: int
    sent_bytes: int
    failed: int
    seconds: float


def play(
    dispatches: Iterable[Dispatch],
    tape: PacketTape,
    sender: Sender,
    stop: threading.Event,
    progress: Callable[[int], None] = lambda _sent: None,
) -> Playback:
    """Send each dispatch at its time from now, until the dispatches end or `stop` is set.

    Waits aim at absolute times, so lateness does not accumulate. `progress` is called with the count of packets sent so
    far. Raises OSError if not even the first packet can be sent, ValueError if a pose cannot be encoded.
    """
    start_ns = time.monotonic_ns()
    sent = sent_bytes = failed = 0
    for dispatch in dispatches:
        packets = tape.packets_of(dispatch.sample)
        if stop.wait(max(0.0, (start_ns + dispatch.send_ns - time.monotonic_ns()) / 1e9)):
            break
        for packet in packets:
            try:
                sender.send(packet)
            except OSError:
                if not sent:
                    raise
                failed += 1
                continue
            sent += 1
            sent_bytes += len(packet)
        progress(sent)
    seconds = (time.monotonic_ns() - start_ns) / 1e9
    return Playback(sent=sent, sent_bytes=sent_bytes, failed=failed, seconds=seconds)
