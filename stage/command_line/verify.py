"""`stage verify`: what the film camera sees on the walls against what it would see in the world."""

from __future__ import annotations

import math
import re
import sys
import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from stage.verify.page import write_page
from stage.verify.report import CameraFigures, Motions, StillFigures, VerifyReport
from stage.verify.run import verify
from stage.verify.settings import BUILT_IN, VerifySettings
from tracking.motion_files import Axes
from tracking.records import ConfigError, Vec3
from tracking.settings import Protocol
from tracking.sources.schedule import JitterKind

_NETWORK = "Tracker and network (repeatable from --seed)"
_MOTION = "|".join((*BUILT_IN, "none", "FILE"))

_FINDING = re.compile(
    r"Expected `(?P<kind>[^`]+)`(?: (?P<sign>[<>]=?) (?P<bound>\S+))?(?:, got `\w+`)? - at `\$\.(?P<name>\w+)`"
)
_BOUNDS = {">=": "of at least", "<=": "of at most", ">": "above", "<": "below"}
_KINDS = {"float": "a number", "int": "a whole number"}

ConfigArgument = Annotated[Path, typer.Argument(help="The stage's configuration (TOML).", metavar="CONFIG")]
MotionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--motion", metavar=_MOTION, help="Built-in motion or motion file; may be repeated. Default: all four."
    ),
]
AxesOption = Annotated[
    Axes, typer.Option(help="Body axes of the file: stage (x right, y ahead) or optical (x right, y down, z ahead).")
]
AtOption = Annotated[
    str | None, typer.Option(metavar='"x y z"', help="Where a motion's mean goes, metres. Default: the outer eye.")
]
SecondsOption = Annotated[
    float | None, typer.Option(help="Cut every motion, s. Default: all of it (built-in motions: 8 s).", min=0)
]
PosesOption = Annotated[int, typer.Option(help="Still poses for each camera; 0 leaves them out.", min=0)]
SubFramesOption = Annotated[
    int,
    typer.Option(
        help="Film every motion with a shutter: the mean of so many moments of a camera's shutter_deg at its "
        "film_rate_hz, 1 to 32. 1: the instant at which a wall frame's light leaves.",
        min=1,
        max=32,
    ),
]
ProtocolOption = Annotated[
    Protocol | None, typer.Option(help="What trackers speak. Default: as configured.", rich_help_panel=_NETWORK)
]
RateOption = Annotated[
    float | None, typer.Option(help="Samples a second. Default: as configured.", rich_help_panel=_NETWORK)
]
DelayOption = Annotated[
    float | None, typer.Option(help="Sample to arrival, ms. Default: as configured.", rich_help_panel=_NETWORK)
]
LatencyOption = Annotated[
    float | None,
    typer.Option(
        help="Sample to light in all, ms: sets the trackers' delay, then the walls' latency. Default: their sum.",
        rich_help_panel=_NETWORK,
    ),
]
JitterMsOption = Annotated[
    float, typer.Option(help="Later by: 0 to this; |normal| of this; this on average, ms.", rich_help_panel=_NETWORK)
]
JitterOption = Annotated[JitterKind, typer.Option(help="Kind of jitter.", rich_help_panel=_NETWORK)]
LossOption = Annotated[float, typer.Option(help="Share of packets lost, 0 to 0.9.", rich_help_panel=_NETWORK)]
SeedOption = Annotated[int, typer.Option(help="Same seed, same figures.", min=0, rich_help_panel=_NETWORK)]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Set a parameter before the first frame. May be repeated."),
]
OutOption = Annotated[
    Path | None, typer.Option(help="Folder for verify.json and verify.html (one self-contained page).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]


def command(
    config: ConfigArgument,
    *,
    motion: MotionOption = None,
    axes: AxesOption = "stage",
    at: AtOption = None,
    seconds: SecondsOption = None,
    poses: PosesOption = 12,
    sub_frames: SubFramesOption = 1,
    protocol: ProtocolOption = None,
    rate_hz: RateOption = None,
    delay_ms: DelayOption = None,
    latency_ms: LatencyOption = None,
    jitter_ms: JitterMsOption = 0.0,
    jitter: JitterOption = "normal",
    loss: LossOption = 0.0,
    seed: SeedOption = 1,
    values: SetOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure, in film pixels, how far what the film camera sees on the walls is from what the world would show.

    Still poses compare every film pixel on a wall. Motions run as real packets through the whole chain in virtual
    time, held and predicted; two runs with the same seed agree exactly. The first 2 s of each motion are left out;
    a file of less than 3 s is led in by a camera that stands.
    Exits 1 when a limit of the configuration (its section "verify") is broken.

    Example: stage verify hw_configs/sim_arc.toml --motion handheld --latency-ms 60 --jitter-ms 5 --out proof
    """
    named = list(BUILT_IN) if motion is None else [name for name in motion if name != "none"]
    options: dict[str, object] = {
        "motions": named,
        "axes": axes,
        "at_m": None if at is None else _place(at),
        "seconds": seconds,
    }
    options |= {"poses": poses, "protocol": protocol, "rate_hz": rate_hz, "delay_ms": delay_ms, "seed": seed}
    options |= {"latency_ms": latency_ms, "jitter_ms": jitter_ms, "jitter": jitter, "loss": loss}
    options |= {"values": values or [], "sub_frames": sub_frames}
    progress = _Progress()
    try:
        evidence = verify(config, _settings(options), progress)
    except ConfigError as error:
        # The reader of motion files serves the sender of packets, too, which can play an orbit.
        raise ConfigError(str(error).replace(", or `orbit`", f", or {'|'.join(BUILT_IN)}")) from error
    progress.end()
    encoded = msgspec.json.encode(evidence.report)
    if out is not None:
        _write(out, config, encoded, write_page(config.name, evidence))
    if as_json:
        print(encoded.decode())
    else:
        _tell(evidence.report, out)
    if not evidence.report.ok:
        raise typer.Exit(1)


def _settings(options: dict[str, object]) -> VerifySettings:
    try:
        return msgspec.convert(options, VerifySettings)
    except msgspec.ValidationError as error:
        told = _FINDING.fullmatch(str(error))
        if told is None:
            raise ConfigError(f"options: {error}") from error
        name, value = told["name"], options[told["name"]]
        found = f"{value:g}" if isinstance(value, float) else f"{value}"
        kind = _KINDS.get(told["kind"], told["kind"])
        bound = f" {_BOUNDS[told['sign']]} {float(told['bound']):g}" if told["sign"] else ""
        raise ConfigError(f"--{name.replace('_', '-')}: found {found}, expected {kind}{bound}; see --help") from error


def _place(text: str) -> Vec3:
    try:
        x, y, z = (float(word) for word in text.replace(",", " ").split())
    except ValueError as error:
        raise ConfigError(f'--at: found {text!r}, expected three numbers in metres: "0 -1 1.5"') from error
    if not all(math.isfinite(value) and abs(value) < 1000.0 for value in (x, y, z)):
        raise ConfigError(f"--at: found {text!r}, expected a place within 1000 m")
    return (x, y, z)


class _Progress:
    """What is being done and how often, on standard error: a running line on a terminal, else one line for each."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._doing = ""
        self._count = 0
        self._begun_s = self._next_s = 0.0

    def __call__(self, doing: str) -> None:
        if doing != self._doing:
            self.end()
            self._doing, self._count, self._begun_s = doing, 0, time.monotonic()
        self._count += 1
        now_s = time.monotonic()
        if self._terminal and now_s >= self._next_s:
            self._next_s = now_s + 0.2
            print(f"\r{doing}: {self._count} ", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Finishes the line."""
        if self._doing:
            begin = "\r" if self._terminal else ""
            rate = self._count / max(time.monotonic() - self._begun_s, 1e-3)
            print(f"{begin}{self._doing}: {self._count} done, {rate:.1f}/s", file=sys.stderr, flush=True)


def _write(out: Path, config: Path, encoded: bytes, page: str) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "verify.json").write_bytes(msgspec.json.format(encoded, indent=2) + b"\n")
        (out / "verify.html").write_text(page, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"--out: {out}: the proof of {config.name} cannot be written: {error.strerror}; give another folder"
        ) from error


def _tell(report: VerifyReport, out: Path | None) -> None:
    for line in report.findings[:5]:
        print(line, file=sys.stderr)
    for name in report.parked:
        print(f"{name}: parked, left out")
    for name, camera in report.cameras.items():
        _tell_camera(name, camera)
    for limit in report.limits:
        word = "kept" if limit.ok else "BROKEN"
        print(f"limit {limit.name} {limit.limit:g}: {word}, {limit.finding} (camera {limit.camera})")
    if out is not None:
        print(f"wrote {out / 'verify.html'} and {out / 'verify.json'}")


def _tell_camera(name: str, camera: CameraFigures) -> None:
    if camera.still is not None:
        _tell_still(name, camera.still)
    for motion, found in camera.by_motion.items():
        _tell_motion(f"{name} {motion}", found)
    misses, held = camera.inner_misses, camera.inner_misses_hold
    beside = f"; when holding {held.frames} of {held.of} (worst {held.worst_px:.0f} px)" if held is not None else ""
    print(
        f"{name} inner picture: misses in {misses.frames} of {misses.of} frames (worst {misses.worst_px:.0f} px)"
        f"{beside}, area {camera.inner_area_ratio:.2f} x the frame's"
    )


def _tell_still(name: str, still: StillFigures) -> None:
    figures = f"median {still.median_px:.4f} px, p99 {still.p99_px:.4f} px, worst {still.max_px:.3f} px"
    print(
        f"{name} still: {figures if still.pixels_compared else 'nothing measured'}; "
        f"{still.pixels_compared} of {still.pixels_on_wall} pixels on a wall compared"
    )
    if still.held:
        walls = ", ".join(f"{wall} in {count}" for wall, count in still.held_walls.items())
        print(f"{name} still: held in {len(still.held)} of {still.poses} poses ({walls}): {still.held[0]}")


def _tell_motion(name: str, found: Motions) -> None:
    predict, hold, shutter = found.predict, found.hold, found.shutter
    exposed = f", {shutter.sub_frames} sub-frames in {shutter.exposure_ms:.1f} ms" if shutter.sub_frames > 1 else ""
    if predict.pixels_compared:
        print(
            f"{name}: median {predict.median_px:.3f} px predicted, {hold.median_px:.3f} px held, "
            f"p99 {predict.p99_px:.2f} and {hold.p99_px:.2f} px{exposed}"
        )
    else:
        covered = f"; {predict.pixels_covered} pixels show other cameras' views" if predict.pixels_covered else ""
        print(f"{name}: nothing measured in {predict.frames} frames{covered}")
    for wall, count in predict.held.items():
        print(f"{name}: view on wall {wall} held in {count} of {predict.frames} frames")
