"""`stage send`: sends camera motion as real tracker packets."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from stage.command_line.options import NETWORK_PANEL, AxesOption, RunningLine, point_of, stop_on_signals
from stage.loading.files import read_preset
from stage.run.realtime import take_priority
from tracking.dialects import FreeDDialect
from tracking.motion_files import Axes, MotionTrack, moved_to
from tracking.motions import Motion, Orbit, RecordedMotion
from tracking.protocols.encoders import Encoding, encoder_for
from tracking.records import ConfigError
from tracking.settings import Protocol
from tracking.sources.motion_reader import read_motion
from tracking.sources.schedule import Dispatch, Disturbance, JitterKind, schedule
from tracking.sources.senders import PacketTape, Playback, open_sender, play

_HIGHEST_RATE_HZ = 2000.0


ProtocolOption = Annotated[Protocol, typer.Option(help="Protocol of the packets.")]
TargetOption = Annotated[
    str,
    typer.Option(
        metavar="URL",
        help="Where to send: udp://127.0.0.1:40000, udp://239.135.1.1:55555 or serial:///dev/ttyUSB0.",
    ),
]
MotionOption = Annotated[str, typer.Option(metavar="orbit|FILE", help="The built-in orbit, or a motion file.")]
RateOption = Annotated[float, typer.Option(help="Samples a second.", min=0.1, max=_HIGHEST_RATE_HZ)]
SecondsOption = Annotated[
    float | None, typer.Option(help="Stop after this long, in s; without it, at the file's end.", min=0)
]
LoopOption = Annotated[bool, typer.Option("--loop", help="Start the file again at its end.")]
IdentityOption = Annotated[
    int, typer.Option("--id", help="FreeD camera id, OpenTrackIO source number, or number in the OSC address.", min=0)
]
AtOption = Annotated[
    str | None, typer.Option(metavar='"x y z"', help="Move the motion's mean to this place, in m; without it, keep it.")
]
EncodingOption = Annotated[Encoding, typer.Option(help="Encoding of OpenTrackIO packets.")]
PresetOption = Annotated[
    str | None, typer.Option(help="Send FreeD in the dialect of this preset from hw_configs/trackers.")
]
SeedOption = Annotated[
    int,
    typer.Option(
        help="Seed of the random numbers; the same seed gives the same jitter and losses.",
        rich_help_panel=NETWORK_PANEL,
    ),
]
DelayOption = Annotated[
    float, typer.Option(help="Time from sample to sending, in ms.", min=0, rich_help_panel=NETWORK_PANEL)
]
JitterMsOption = Annotated[
    float,
    typer.Option(
        help="Extra delay of packets, in ms: 0 to this (uniform), the size of a normal value with this sigma (normal), "
        "or this on average (exponential).",
        min=0,
        rich_help_panel=NETWORK_PANEL,
    ),
]
JitterOption = Annotated[JitterKind, typer.Option(help="Distribution of the jitter.", rich_help_panel=NETWORK_PANEL)]
LossOption = Annotated[
    float, typer.Option(help="Share of packets lost, 0 to 1.", min=0, max=1, rich_help_panel=NETWORK_PANEL)
]
ReorderOption = Annotated[
    float,
    typer.Option(help="Share of packets sent after the next one, 0 to 1.", min=0, max=1, rich_help_panel=NETWORK_PANEL),
]
DuplicateOption = Annotated[
    float, typer.Option(help="Share of packets sent twice, 0 to 1.", min=0, max=1, rich_help_panel=NETWORK_PANEL)
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print nothing while packets are sent.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


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
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Send camera motion as real tracker packets over UDP, multicast or a serial line.

    The orbit has a radius of 1 m at a height of 1.5 m, takes 8 s, looks along +Y and pans 20 degrees to and fro.
    Device time stamps are the samples' own times, without delay and jitter. Ends after --seconds, at the file's end,
    or on Ctrl-C.

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
    played = _play(to, schedule(rate_hz, disturbance, count), tape, quiet=quiet)
    if as_json:
        options = {"protocol": protocol, "to": to, "motion": motion, "rate_hz": rate_hz, "seconds": seconds}
        options |= {"loop": loop, "id": identity, "axes": axes, "at": at, "encoding": encoding, "preset": preset}
        print(json.dumps({**msgspec.to_builtins(played), "options": options | network}))


def _play(to: str, dispatches: Iterable[Dispatch], tape: PacketTape, *, quiet: bool) -> Playback:
    stop = stop_on_signals()
    try:
        sender = open_sender(to)
    except ValueError as error:
        raise ConfigError(f"--to: {error}") from error
    if not quiet:
        print(f"sending to {to}; Ctrl-C ends it", file=sys.stderr, flush=True)
    line = RunningLine(0.5)

    def progress(sent: int) -> None:
        if not quiet:
            line.show(f"sent {sent} packets")

    take_priority()  # a tracker is a machine of its own, which no drawing here holds up
    try:
        played = play(dispatches, tape, sender, stop, progress)
    except OSError as error:
        raise ConfigError(f"--to: nothing can be sent to {to}: {error}; check address and interface") from error
    except ValueError as error:
        raise ConfigError(f"--motion: a pose does not fit the protocol: {error}") from error
    finally:
        sender.close()
    if not quiet:
        refused = f", {played.failed} refused by the system" if played.failed else ""
        print(f"sent {played.sent} packets in {played.seconds:.1f} s{refused}", file=sys.stderr)
    return played


def _disturbance(values: dict[str, Any]) -> Disturbance:
    try:
        return msgspec.convert(values, Disturbance)
    except msgspec.ValidationError as error:
        raise ConfigError(f"options: {error}") from error


def _motion(motion: str, axes: Axes, at: str | None, *, loop: bool) -> Motion:
    centre = None if at is None else point_of(at)
    if motion == "orbit":
        return Orbit() if centre is None else Orbit(centre_m=centre)
    track = read_motion(Path(motion), axes=axes)
    _print_findings(track)
    return RecordedMotion(track=track if centre is None else moved_to(track, centre), loop=loop)


def _dialect(preset: str | None, protocol: Protocol) -> FreeDDialect:
    if preset is None:
        return FreeDDialect()
    if protocol != "freed":
        raise ConfigError(f"--preset: found with --protocol {protocol}, expected with --protocol freed; leave it out")
    return msgspec.convert(read_preset(preset).get("dialect", {}), FreeDDialect)


def _count(path: Motion, rate_hz: float, seconds: float | None) -> int | None:
    """How many samples fit into `seconds` and into the motion; None where neither ends."""
    counts = []
    if seconds is not None:
        counts.append(max(1, round(min(seconds, 1e9) * rate_hz)))
    if path.duration_ns is not None:
        counts.append(math.floor(path.duration_ns * rate_hz / 1e9) + 1)
    return min(counts, default=None)


def _print_findings(track: MotionTrack) -> None:
    for finding in track.findings[:3]:
        print(finding, file=sys.stderr)
    if len(track.findings) > 3:
        print(f"... {len(track.findings)} findings, {track.skipped} lines skipped", file=sys.stderr)
