"""`stage listen`: shows who sends, how often, in which protocol, and which pose."""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from stage.command_line.options import stop_on_signals
from tracking.datagrams import MAX_DATAGRAM_BYTES, Budget, Datagram, Drop, Receiver
from tracking.protocols.freed import BROADCAST_ID, FreeDCommand, encode_freed_command
from tracking.records import ConfigError
from tracking.sources.listening import Listening, StreamReport, configuration_for
from tracking.sources.opening import open_receiver
from tracking.sources.udp import UdpReceiver

_POLL_S = 0.004
_REFRESH_S = 0.25
_BUDGET = Budget(datagrams=1024, bytes=1024 * MAX_DATAGRAM_BYTES)


def command(
    *,
    source: Annotated[
        str,
        typer.Argument(
            metavar="URL",
            help="Where to listen: udp://:40000, udp://239.135.1.1:55555?interface=192.0.2.10 or "
            "serial:///dev/ttyUSB0.",
        ),
    ],
    seconds: Annotated[
        float | None, typer.Option(help="Stop after this long, in s; without it, on Ctrl-C.", min=0)
    ] = None,
    start_stream: Annotated[
        bool, typer.Option("--start-stream", help="Serial lines only: first send FreeD's command to start streaming.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a summary as JSON at the end.")] = False,
) -> None:
    """Show what arrives from a tracker (sender, rate, jitter, protocol, pose, bytes) and how to configure it.

    Rates are in Hz, jitter in ms (95 % of intervals are that close to their median), positions in metres and angles in
    degrees, in the tracker's own frame. Exits 1 where nothing arrived.

    Example: stage listen udp://:40000 --seconds 5
    """
    greeting = encode_freed_command(FreeDCommand.START_STREAM, BROADCAST_ID) if start_stream else b""
    try:
        receiver = open_receiver(source, greeting)
    except ValueError as error:
        raise ConfigError(f"URL: {error}") from error
    stop = stop_on_signals()
    session = Session(source, receiver)
    try:
        session.run(stop, seconds, live=sys.stdout.isatty() and not as_json)
    finally:
        receiver.close()
    if as_json:
        print(json.dumps(session.summary()))
    else:
        Console(soft_wrap=True).print(session.picture(), end="")
    if not session.received():
        print(_SILENCE, file=sys.stderr)
        raise typer.Exit(1)


_SILENCE = (
    "nothing arrived: check that the tracker sends to this machine's address and port, and that no firewall blocks it; "
    "for multicast, name the interface (?interface=ADDRESS); on a serial line, check baud, parity and --start-stream"
)


class Session:
    """One listening session: reads the source until it is stopped."""

    def __init__(self, source: str, receiver: Receiver) -> None:
        self._source = source
        self._receiver = receiver
        self._listening = Listening(source)
        self._dropped: dict[str, int] = {}
        self._began_s = time.monotonic()
        self._ended_s = self._began_s

    def run(self, stop: threading.Event, seconds: float | None, *, live: bool) -> None:
        """Reads until `stop` is set or `seconds` have passed; `live` shows the table meanwhile."""
        where = (
            f"{self._source} (port {self._receiver.port})" if isinstance(self._receiver, UdpReceiver) else self._source
        )
        print(f"listening on {where}; Ctrl-C ends it", file=sys.stderr, flush=True)
        with Live(console=Console(quiet=not live), auto_refresh=False, transient=True) as shown:
            refresh_s = 0.0
            while not stop.wait(_POLL_S):
                self.drain()
                if seconds is not None and self._ended_s - self._began_s >= seconds:
                    break
                if live and self._ended_s >= refresh_s:
                    refresh_s = self._ended_s + _REFRESH_S
                    shown.update(self.picture(), refresh=True)
            self.drain()

    def drain(self) -> None:
        """Reads what has arrived since the last call."""
        datagrams: list[Datagram] = []
        drops: list[Drop] = []
        self._receiver.drain(_BUDGET, datagrams, drops)
        for datagram in datagrams:
            self._listening.feed(datagram)
        for drop in drops:
            self._dropped[drop.cause] = self._dropped.get(drop.cause, 0) + drop.count
        self._ended_s = time.monotonic()

    def received(self) -> bool:
        """Whether anything has arrived."""
        return bool(self._listening.reports())

    def summary(self) -> dict[str, Any]:
        """The session as plain values for JSON; `configuration` is the text to write into the stage's file."""
        reports = self._listening.reports()
        return {
            "source": self._source,
            "seconds": round(self._ended_s - self._began_s, 3),
            "streams": msgspec.to_builtins(reports),
            "dropped": self._dropped,
            "unsorted": self._listening.unsorted,
            "configuration": self._configuration(reports),
        }

    def picture(self) -> Text:
        """The session as text: a few lines for each stream, and the configuration to write."""
        reports = self._listening.reports()
        text = Text(f"{self._source}  {self._ended_s - self._began_s:.0f} s\n")
        for report in reports:
            text.append_text(_described(report))
        if self._dropped:
            text.append("dropped at the socket: " + _counts(self._dropped) + "\n", style="yellow")
        if self._listening.unsorted:
            text.append(f"{self._listening.unsorted} packets of more senders are not shown\n", style="yellow")
        return text.append("\n" + self._configuration(reports), style="cyan")

    def _configuration(self, reports: tuple[StreamReport, ...]) -> str:
        tables = (configuration_for(report, self._source, number) for number, report in enumerate(reports, start=1))
        return "\n".join(table for table in tables if table)


def _described(report: StreamReport) -> Text:
    smallest, largest = report.size_bytes
    size = f"{smallest}" if smallest == largest else f"{smallest} to {largest}"
    named = f", source {report.camera_id}" if report.protocol == "opentrackio" and report.camera_id else ""
    what = f"{report.protocol} {report.kind}".rstrip() + named
    text = Text(f"{report.sender or 'serial line'}  {what}", style="bold")
    text.append("\n" if report.supported else "  not decoded by OpenStage\n", style="yellow")
    text.append(
        f"    {_number(report.rate_hz)} Hz   jitter {_number(report.jitter_ms)} ms   longest gap "
        f"{_number(report.longest_gap_ms)} ms   {report.packets} packets of {size} bytes\n",
        style="not bold",
    )
    if report.position_m and report.rotation_deg:
        x, y, z = report.position_m
        pan, tilt, roll = report.rotation_deg
        pose = f"    x {x:.3f}  y {y:.3f}  z {z:.3f} m   pan {pan:.2f}  tilt {tilt:.2f}  roll {roll:.2f} deg"
        text.append(f"{pose}   {report.timecode or ''}".rstrip() + "\n", style="green")
    if report.rejected:
        text.append(f"    refused: {_counts(report.rejected)}; last: {report.last_rejection}\n", style="yellow")
    return text.append(f"    {report.last_bytes}\n", style="dim")


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{cause} {count}" for cause, count in counts.items())


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
