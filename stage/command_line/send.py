"""`stage send`: plays camera motion as real tracker packets."""

from __future__ import annotations

import json
import math
import signal
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from stage.loading.files import read_preset
from tracking.dialects import FreeDDialect
from tracking.motion_files import Axes, MotionTrack, moved_to
from tracking.motions import Motion, Orbit, RecordedMotion
from tracking.protocols.encoders import Encoding, encoder_for
from tracking.records import ConfigError, Vec3
from tracking.settings import Protocol
from tracking.sources.motion_reader import read_motion
from tracking.sources.schedule import Dispatch, Disturbance, JitterKind, schedule
from tracking.sources.senders import PacketTape, Playback, open_sender, play

_HIGHEST_RATE_HZ = 2000.0
_NETWORK = "Network (repeatable from --seed)"


ProtocolOption = Annotated[Protocol, typer.Option(help="What to speak.")]
TargetOption = Annotated[
    str, typer.Option(metavar="URL", help="udp://127.0.0.1:40000, udp://239.135.1.1:55555, serial:///dev/ttyUSB0")
]
MotionOption = Annotated[str, typer.Option(metavar="orbit|FILE", help="Built-in orbit, or a motion file.")]
RateOption = Annotated[float, typer.Option(help="Samples a second.", min=0.1, max=_HIGHEST_RATE_HZ)]
SecondsOption = Annotated[float | None, typer.Option(help="Stop after this long; else at the file's end.", min=0)]
LoopOption = Annotated[bool, typer.Option("--loop", help="Begin the file again at its end.")]
IdentityOption = Annotated[
    int, typer.Option("--id", help="FreeD camera id, OpenTrackIO source number, number in the OSC address.", min=0)
]
AxesOption = Annotated[
    Axes, typer.Option(help="Body axes of the file: stage (x right, y ahead) or optical (x right, y down, z ahead).")
]
AtOption = Annotated[
    str | None, typer.Option(metavar='"x y z"', help="Move the motion's mean there, metres; else as it is.")
]
EncodingOption = Annotated[Encoding, typer.Option(help="How OpenTrackIO is written.")]
PresetOption = Annotated[str | None, typer.Option(help="Speak FreeD as this maker does (hw_configs/trackers).")]
SeedOption = Annotated[int, typer.Option(help="Same seed, same jitter and losses.", rich_help_panel=_NETWORK)]
DelayOption = Annotated[float, typer.Option(help="From sample to sending.", min=0, rich_help_panel=_NETWORK)]
JitterMsOption = Annotated[
    float,
    typer.Option(help="Later by: 0 to this; |normal| of this; this on average.", min=0, rich_help_panel=_NETWORK),
]
JitterOption = Annotated[JitterKind, typer.Option(help="Kind of jitter.", rich_help_panel=_NETWORK)]
LossOption = Annotated[float, typer.Option(help="Share lost.", min=0, max=1, rich_help_panel=_NETWORK)]
ReorderOption = Annotated[
    float, typer.Option(help="Share sent after the next.", min=0, max=1, rich_help_panel=_NETWORK)
]
DuplicateOption = Annotated[float, typer.Option(help="Share sent twice.", min=0, max=1, rich_help_panel=_NETWORK)]
JsonOption = Annotated[bool, typer.Option("--json", help="Report as JSON on standard output.")]


def command(
    *,
    protocol: ProtocolOption,
    to: TargetOption,
    motion: MotionOption = "orbit",
    rate_hz: RateOption = 60.0,
    seconds: SecondsOption = None,
    loop: LoopOption = False,
    identity: IdentityOption = 1,
    axes: AxesOption = "stage",
    at: AtOption = None,
    encoding: EncodingOption = "json",
    preset: PresetOption = None,
    seed: SeedOption = 0,
    delay_ms: DelayOption = 0.0,
    jitter_ms: JitterMsOption = 0.0,
    jitter: JitterOption = "normal",
    loss: LossOption = 0.0,
    reorder: ReorderOption = 0.0,
    duplicate: DuplicateOption = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Play camera motion as real tracker packets over UDP, multicast or a serial port.

    The orbit has a radius of 1 m at a height of 1.5 m, takes 8 s, looks along +Y and pans 20 degrees to and fro.
    Device time stamps are the samples' own times; delay and jitter come after. Ends at --seconds, at the file's
    end, or on Ctrl-C.

    Example: stage send --protocol freed --to udp://127.0.0.1:40000 --motion orbit --rate-hz 60
    """
    network = {"seed": seed, "delay_ms": delay_ms, "jitter_ms": jitter_ms, "jitter": jitter}
    network |= {"loss": loss, "reorder": reorder, "duplicate": duplicate}
    disturbance = _disturbance(network)
    path = _motion(motion, axes, at, loop=loop)
    dialect = _dialect(preset, protocol)
    count = _count(path, rate_hz, seconds)
    try:
        encoder = encoder_for(protocol, identity, rate_hz=rate_hz, encoding=encoding, dialect=dialect)
    except ValueError as error:
        raise ConfigError(f"--id: {error}") from error
    tape = PacketTape(path, encoder, rate_hz, time.time_ns())
    played = _play(to, schedule(rate_hz, disturbance, count), tape)
    if as_json:
        options = {"protocol": protocol, "to": to, "motion": motion, "rate_hz": rate_hz, "seconds": seconds}
        options |= {"loop": loop, "id": identity, "axes": axes, "at": at, "encoding": encoding, "preset": preset}
        print(json.dumps({**msgspec.to_builtins(played), "options": options | network}))


def _play(to: str, dispatches: Iterable[Dispatch], tape: PacketTape) -> Playback:
    stop = threading.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: stop.set())
    try:
        sender = open_sender(to)
    except ValueError as error:
        raise ConfigError(f"--to: {error}") from error
    print(f"sending to {to}, Ctrl-C ends", file=sys.stderr, flush=True)
    try:
        played = play(dispatches, tape, sender, stop, _Progress())
    except OSError as error:
        raise ConfigError(f"--to: nothing can be sent to {to}: {error}; check address and interface") from error
    except ValueError as error:
        raise ConfigError(f"--motion: a pose does not fit the protocol: {error}") from error
    finally:
        sender.close()
    print(
        f"sent {played.sent} packets in {played.seconds:.1f} s, {played.failed} refused by the system", file=sys.stderr
    )
    return played


class _Progress:
    """A line on a terminal's standard error, twice a second."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._next_s = 0.0

    def __call__(self, sent: int) -> None:
        now_s = time.monotonic()
        if self._shown and now_s >= self._next_s:
            self._next_s = now_s + 0.5
            print(f"\rsent {sent} packets ", end="", file=sys.stderr, flush=True)


def _disturbance(values: dict[str, Any]) -> Disturbance:
    try:
        return msgspec.convert(values, Disturbance)
    except msgspec.ValidationError as error:
        raise ConfigError(f"options: {error}") from error


def _motion(motion: str, axes: Axes, at: str | None, *, loop: bool) -> Motion:
    centre = None if at is None else _place(at)
    if motion == "orbit":
        return Orbit() if centre is None else Orbit(centre_m=centre)
    track = read_motion(Path(motion), axes=axes)
    _tell_findings(track)
    return RecordedMotion(track=track if centre is None else moved_to(track, centre), loop=loop)


def _place(text: str) -> Vec3:
    try:
        x, y, z = (float(word) for word in text.replace(",", " ").split())
    except ValueError as error:
        raise ConfigError(f'--at: found {text!r}, expected three numbers in metres: "0 -1 1.5"') from error
    if not all(math.isfinite(value) for value in (x, y, z)):
        raise ConfigError(f"--at: found {text!r}, expected finite numbers")
    return (x, y, z)


def _dialect(preset: str | None, protocol: Protocol) -> FreeDDialect:
    if preset is None:
        return FreeDDialect()
    if protocol != "freed":
        raise ConfigError(f"--preset: found with --protocol {protocol}, expected with freed; leave it out")
    return msgspec.convert(read_preset(preset).get("dialect", {}), FreeDDialect)


def _count(path: Motion, rate_hz: float, seconds: float | None) -> int | None:
    """How many samples fit in the asked time and in the motion; None where neither ends."""
    counts = []
    if seconds is not None:
        counts.append(max(1, round(min(seconds, 1e9) * rate_hz)))
    if path.duration_ns is not None:
        counts.append(math.floor(path.duration_ns * rate_hz / 1e9) + 1)
    return min(counts, default=None)


def _tell_findings(track: MotionTrack) -> None:
    for finding in track.findings[:3]:
        print(finding, file=sys.stderr)
    if len(track.findings) > 3:
        print(f"... {len(track.findings)} findings, {track.skipped} lines skipped", file=sys.stderr)
