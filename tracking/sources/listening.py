"""Reports what arrives at a source, by sender and body: protocol, rate, jitter and pose."""

from __future__ import annotations

import itertools
import json
import re
from collections import deque

from tracking.datagrams import Datagram
from tracking.protocols.decoders import Decoder, new_memory
from tracking.protocols.guess import UNKNOWN, Guess
from tracking.records import Reading, Record, TrackerSample, Vec3
from tracking.rotation import pan_tilt_roll_from_quat
from tracking.settings import Protocol, TrackerConfig
from tracking.sources.bodies import Body, DatagramSorter, LineSorter, Part

MAX_STREAMS = 64
_KEPT_TIMES = 2000
_SHOWN_BYTES = 64
_SHOWN_CHARACTERS = 200
_SOURCE_NUMBERS = range(1, 201)
_LARGEST_ID = 255
_OWN_ADDRESS = re.compile(r"/tracker/([A-Za-z0-9_-]{1,64})")
_MESSAGES = "udp://"
"""The source of messages that are already whole, as in datagrams, whichever wire carried them."""
_SUPPORTED: dict[str, Protocol] = {"freed": "freed", "opentrackio": "opentrackio", "osc": "osc"}
_USUAL_RATES_HZ = (
    *(23.976, 24.0, 25.0, 29.97, 30.0, 47.952, 48.0, 50.0, 59.94, 60.0),
    *(90.0, 100.0, 119.88, 120.0, 180.0, 200.0, 240.0),
)


class StreamReport(Record):
    """One sender's stream for one body. The pose is in the tracker's own frame.

    `packets` counts datagrams, or messages where several bodies share a datagram or a line. `rate_hz` counts samples if
    they can be decoded, otherwise packets. `jitter_ms` is the 95th percentile of the intervals' distance from their
    median. `camera_id` is the number that a configuration gives the body, `address` the OSC address that its messages
    begin with.
    """

    sender: str
    protocol: str
    kind: str
    supported: bool
    camera_id: int | None
    address: str | None
    packets: int
    size_bytes: tuple[int, int]
    samples: int
    rate_hz: float | None
    jitter_ms: float | None
    longest_gap_ms: float | None
    position_m: Vec3 | None
    rotation_deg: Vec3 | None
    timecode: str | None
    rejected: dict[str, int]
    last_rejection: str
    last_bytes: str


class Stream:
    """Everything known about one stream, in bounded memory."""

    def __init__(self, sender: str, guess: Guess, body: Body, decoder: Decoder | None) -> None:
        self._sender = sender
        self._body = body
        self._guess = guess
        self._decoder = decoder
        self._packets = self._samples = 0
        self._sizes = (1 << 30, 0)
        self._times: deque[int] = deque(maxlen=_KEPT_TIMES)
        self._newest: TrackerSample | None = None
        self._rejected: dict[str, int] = {}
        self._rejection = ""
        self._tail = b""

    def feed(self, datagram: Datagram, guess: Guess) -> None:
        """Count and decode one datagram, or one chunk of a serial line."""
        self._guess = guess if guess is not UNKNOWN else self._guess
        self._packets += 1
        size = len(datagram.payload)
        self._sizes = (min(self._sizes[0], size), max(self._sizes[1], size))
        self._tail = datagram.payload[:_SHOWN_BYTES]
        if self._decoder is None:
            self._times.append(datagram.received_ns)
            return
        for reading in self._decoder.feed(datagram):
            self.note(reading, datagram.received_ns)

    def note(self, reading: Reading, received_ns: int) -> None:
        """Count one reading that was decoded from a datagram."""
        if isinstance(reading, TrackerSample):
            self._samples += 1
            self._newest = reading
            self._times.append(reading.received_ns or received_ns)
        else:
            self._rejected[reading.cause] = self._rejected.get(reading.cause, 0) + 1
            self._rejection = reading.detail

    def report(self) -> StreamReport:
        """The stream so far."""
        rate_hz, jitter_ms, longest_ms = rhythm(tuple(self._times))
        newest = self._newest
        return StreamReport(
            sender=self._sender,
            protocol=self._guess.protocol,
            kind=self._guess.kind,
            supported=self._guess.protocol in _SUPPORTED,
            camera_id=_camera_id(self._guess.protocol, self._body),
            address=_printable(self._body) if isinstance(self._body, str) else None,
            packets=self._packets,
            size_bytes=self._sizes,
            samples=self._samples,
            rate_hz=rate_hz,
            jitter_ms=jitter_ms,
            longest_gap_ms=longest_ms,
            position_m=newest.position_m if newest else None,
            rotation_deg=pan_tilt_roll_from_quat(newest.rotation) if newest else None,
            timecode=_printable(newest.timecode) if newest and newest.timecode else None,
            rejected=dict(self._rejected),
            last_rejection=_printable(self._rejection),
            last_bytes=self._tail.hex(" "),
        )


class Listening:
    """Sorts the datagrams of one source into streams: one for each sender, protocol and body."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._serial = source.startswith("serial:")
        self._sorter = LineSorter(source) if self._serial else DatagramSorter()
        self._streams: dict[tuple[str, str, Body], Stream] = {}
        self.unsorted = 0

    def feed(self, datagram: Datagram) -> None:
        """Add one datagram. Beyond `MAX_STREAMS` streams, those of new ones are only counted in `unsorted`."""
        for part in self._sorter.parts(datagram):
            stream = self._stream(datagram.sender, part)
            if stream is None:
                self.unsorted += 1
                continue
            for rejection in part.rejected:
                stream.note(rejection, datagram.received_ns)
            if part.datagram is not None:
                stream.feed(part.datagram, part.guess)

    def reports(self) -> tuple[StreamReport, ...]:
        """All streams, in the order in which they first appeared."""
        return tuple(stream.report() for stream in self._streams.values())

    def _stream(self, sender: str, part: Part) -> Stream | None:
        protocol = "" if self._serial else part.guess.protocol
        key = (sender, protocol, part.body)
        stream = self._streams.get(key)
        if stream is None and len(self._streams) < MAX_STREAMS:
            if self._serial and part.body is not None:
                # From now on the line is reported body by body, no longer as a whole.
                self._streams.pop((sender, protocol, None), None)
            decoder = _decoder_for(self._source if part.body is None else _MESSAGES, part.guess)
            stream = self._streams[key] = Stream(sender, part.guess, part.body, decoder)
        return stream


def rhythm(times_ns: tuple[int, ...]) -> tuple[float | None, float | None, float | None]:
    """Rate in Hz, jitter and longest gap in milliseconds of arrival times; None if there are too few."""
    if len(times_ns) < 3 or times_ns[-1] <= times_ns[0]:
        return None, None, None
    steps = sorted((b - a) / 1e6 for a, b in itertools.pairwise(times_ns))
    median = steps[len(steps) // 2]
    strays = sorted(abs(step - median) for step in steps)
    rate_hz = (len(times_ns) - 1) * 1e9 / (times_ns[-1] - times_ns[0])
    return rate_hz, strays[min(len(strays) - 1, int(0.95 * len(strays)))], steps[-1]


def usual_rate_hz(rate_hz: float, intervals: int) -> float:
    """The usual tracker rate that was most likely measured as `rate_hz` over so many intervals.

    Rates that differ by less than one packet over the whole measurement cannot be distinguished. Then a whole number is
    preferred to 59.94 and the like. A rate near no usual one is returned as it is, rounded.
    """
    tolerance = max(1.0 / max(1, intervals), 5e-4)
    near = [usual for usual in _USUAL_RATES_HZ if abs(usual - rate_hz) <= tolerance * usual]
    return min(near, key=lambda usual: (not usual.is_integer(), abs(usual - rate_hz)), default=round(rate_hz, 2))


def configuration_for(report: StreamReport, source: str, number: int) -> str:
    """The `[[trackers]]` table to write for a stream, as TOML text; "" if its protocol is not supported."""
    if not report.supported:
        return ""
    own = _OWN_ADDRESS.fullmatch(report.address or "")
    name = own[1] if own and report.camera_id is None else f"tracker-{number}"
    lines = [
        "[[trackers]]",
        f'name = "{name}"',
        f'protocol = "{report.protocol}"',
        f"source = {json.dumps(source)}",
    ]
    if report.address is not None and not report.samples:
        lines.append('# preset = "..." or a map: its addresses are not OpenStage\'s own')
    if report.camera_id is not None:
        lines.append(f"camera_id = {report.camera_id}")
    if report.rate_hz is not None:
        intervals = (report.samples or report.packets) - 1
        lines.append(f"rate_hz = {usual_rate_hz(report.rate_hz, min(intervals, _KEPT_TIMES)):g}")
    return "\n".join(lines) + "\n"


def _camera_id(protocol: str, body: Body) -> int | None:
    """The `camera_id` of a tracker's table for this body, if its protocol has such a number."""
    if isinstance(body, str):
        own = _OWN_ADDRESS.fullmatch(body)
        return int(own[1]) if own and own[1].isdecimal() and int(own[1]) <= _LARGEST_ID else None
    return None if protocol == "opentrackio" and body not in _SOURCE_NUMBERS else body


def _printable(text: str) -> str:
    """Text from a sender, safe to print on a terminal: control characters become question marks."""
    return "".join(character if character.isprintable() else "?" for character in text[:_SHOWN_CHARACTERS])


def _decoder_for(source: str, guess: Guess) -> Decoder | None:
    """A decoder if the protocol is supported. A serial line carries only FreeD."""
    protocol: Protocol | None = "freed" if source.startswith("serial:") else _SUPPORTED.get(guess.protocol)
    if protocol is None:
        return None
    config = TrackerConfig(name="listening", protocol=protocol, source=source)
    return Decoder(config, new_memory(config))
