"""`stage verify`: compares what the film camera sees on the walls with what it would see in the world."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from stage.command_line.options import (
    NETWORK_PANEL,
    AxesOption,
    ConfigArgument,
    JsonOption,
    RunningLine,
    WorldOption,
    point_of,
    print_json,
)
from stage.verify.page import write_page
from stage.verify.report import CameraFigures, MotionComparison, StillFigures, VerifyReport
from stage.verify.run import verify
from stage.verify.settings import BUILT_IN, VerifySettings
from tracking.records import ConfigError
from tracking.settings import Protocol
from tracking.sources.schedule import JitterKind

_FARTHEST_M = 1000.0
_MOTION = "|".join((*BUILT_IN, "none", "FILE"))

_FAULT = re.compile(
    r"Expected `(?P<kind>[^`]+)`(?: (?P<sign>[<>]=?) (?P<bound>\S+))?(?:, got `\w+`)? - at `\$\.(?P<name>\w+)`"
)
_BOUNDS = {">=": "of at least", "<=": "of at most", ">": "above", "<": "below"}
_KINDS = {"float": "a number", "int": "a whole number"}

MotionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--motion", metavar=_MOTION, help="Built-in motion or motion file; may be repeated. Default: all four."
    ),
]
AtOption = Annotated[
    str | None,
    typer.Option(metavar='"x y z"', help="Mean position of a motion, in m. Default: the stage's outer eye."),
]
SecondsOption = Annotated[
    float | None,
    typer.Option(help="Cut every motion after this long, in s. Default: all of it (built-in motions: 8 s).", min=0),
]
PosesOption = Annotated[int, typer.Option(help="Still poses for each camera; 0 leaves them out.", min=0)]
SubFramesOption = Annotated[
    int,
    typer.Option(
        help="Film every motion with a shutter: the mean of 1 to 32 moments of a camera's shutter_deg at its "
        "film_rate_hz; 1 is the instant at which a wall frame's light leaves.",
        min=1,
        max=32,
    ),
]
ProtocolOption = Annotated[
    Protocol | None,
    typer.Option(help="Protocol of all trackers. Default: as configured.", rich_help_panel=NETWORK_PANEL),
]
RateOption = Annotated[
    float | None,
    typer.Option(help="Samples of every tracker a second. Default: as configured.", rich_help_panel=NETWORK_PANEL),
]
DelayOption = Annotated[
    float | None,
    typer.Option(help="Time from sample to arrival, in ms. Default: as configured.", rich_help_panel=NETWORK_PANEL),
]
LatencyOption = Annotated[
    float | None,
    typer.Option(
        help="Total time from sample to light, in ms: sets the trackers' delay, then the walls' latency. Default: "
        "as configured.",
        rich_help_panel=NETWORK_PANEL,
    ),
]
JitterMsOption = Annotated[
    float,
    typer.Option(
        help="Extra delay of packets, in ms: 0 to this (uniform), the size of a normal value with this sigma (normal), "
        "or this on average (exponential).",
        rich_help_panel=NETWORK_PANEL,
    ),
]
JitterOption = Annotated[JitterKind, typer.Option(help="Distribution of the jitter.", rich_help_panel=NETWORK_PANEL)]
LossOption = Annotated[float, typer.Option(help="Share of packets lost, 0 to 0.9.", rich_help_panel=NETWORK_PANEL)]
SeedOption = Annotated[
    int,
    typer.Option(
        help="Seed of the random numbers; the same seed gives the same figures.", min=0, rich_help_panel=NETWORK_PANEL
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Set a parameter before the first frame; may be repeated."),
]
NearOption = Annotated[
    bool,
    typer.Option("--near", help="Before a 3D scene whose walls are close behind the LEDs, in place of the world."),
]
OutOption = Annotated[
    Path | None, typer.Option(help="Folder for verify.json and verify.html (one self-contained page).")
]


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
    world: WorldOption = None,
    near: NearOption = False,
    values: SetOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare what the film camera sees on the walls with what it would see in the world, in film pixels.

    Still poses compare every film pixel on a wall. Motions run as real packets through the whole chain in virtual
    time, once with held and once with predicted poses. Two runs with the same seed agree exactly. The first 2 s of
    each motion are left out; before a file of less than 3 s the camera stands. Exits 1 when a limit in the
    configuration's section "verify" is broken.

    Example: stage verify hw_configs/sim_arc.toml --motion handheld --jitter-ms 5 --out proof
    """
    named = list(BUILT_IN) if motion is None else [name for name in motion if name != "none"]
    options: dict[str, object] = {
        "motions": named,
        "axes": axes,
        "at_m": None if at is None else point_of(at, _FARTHEST_M),
        "seconds": seconds,
    }
    options |= {"poses": poses, "protocol": protocol, "rate_hz": rate_hz, "delay_ms": delay_ms, "seed": seed}
    options |= {"latency_ms": latency_ms, "jitter_ms": jitter_ms, "jitter": jitter, "loss": loss}
    options |= {"values": values or [], "sub_frames": sub_frames, "near": near}
    progress = _Progress()
    try:
        evidence = verify(config, _settings(options), progress, world=world)
    except ConfigError as error:
        # The reader's message is meant for `stage send`, which can also play an orbit.
        raise ConfigError(str(error).replace(", or `orbit`", f", or {'|'.join(BUILT_IN)}")) from error
    progress.end()
    if out is not None:
        _write(out, config, msgspec.json.encode(evidence.report), write_page(config.name, evidence))
    if as_json:
        print_json(evidence.report)
    else:
        _print_report(evidence.report, out)
    if not evidence.report.ok:
        raise typer.Exit(1)


def _settings(options: dict[str, object]) -> VerifySettings:
    try:
        return msgspec.convert(options, VerifySettings)
    except msgspec.ValidationError as error:
        fault = _FAULT.fullmatch(str(error))
        if fault is None:
            raise ConfigError(f"options: {error}") from error
        name, value = fault["name"], options[fault["name"]]
        found = f"{value:g}" if isinstance(value, float) else f"{value}"
        kind = _KINDS.get(fault["kind"], fault["kind"])
        bound = f" {_BOUNDS[fault['sign']]} {float(fault['bound']):g}" if fault["sign"] else ""
        raise ConfigError(f"--{name.replace('_', '-')}: found {found}, expected {kind}{bound}; see --help") from error


class _Progress:
    """The present task and its count, on standard error: a running line on a terminal, else one line for each task."""

    def __init__(self) -> None:
        self._line = RunningLine(0.2)
        self._task = ""
        self._count = 0
        self._begun_s = 0.0

    def __call__(self, task: str) -> None:
        if task != self._task:
            self.end()
            self._task, self._count, self._begun_s = task, 0, time.monotonic()
        self._count += 1
        self._line.show(f"{task}: {self._count}")

    def end(self) -> None:
        """Finishes the line."""
        if self._task:
            begin = "\r" if self._line.terminal else ""
            rate = self._count / max(time.monotonic() - self._begun_s, 1e-3)
            print(f"{begin}{self._task}: {self._count} done, {rate:.1f}/s", file=sys.stderr, flush=True)


def _write(out: Path, config: Path, encoded: bytes, page: str) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "verify.json").write_bytes(msgspec.json.format(encoded, indent=2) + b"\n")
        (out / "verify.html").write_text(page, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"--out: {out}: the report on {config.name} cannot be written: {error.strerror}; give another folder"
        ) from error


def _print_report(report: VerifyReport, out: Path | None) -> None:
    for line in report.findings[:5]:
        print(line, file=sys.stderr)
    for name in report.parked:
        print(f"{name}: parked, left out")
    for name, camera in report.cameras.items():
        _print_camera(name, camera)
    for limit in report.limits:
        word = "kept" if limit.ok else "BROKEN"
        print(f"limit {limit.name} {limit.limit:g}: {word}, {limit.finding} (camera {limit.camera})")
    if out is not None:
        print(f"wrote {out / 'verify.html'} and {out / 'verify.json'}")


def _print_camera(name: str, camera: CameraFigures) -> None:
    if camera.still is not None:
        _print_still(name, camera.still)
    for motion, comparison in camera.by_motion.items():
        _print_motion(f"{name} {motion}", comparison)
    misses, held = camera.inner_misses, camera.inner_misses_hold
    beside = f"; when holding {held.frames} of {held.of} (worst {held.worst_px:.0f} px)" if held is not None else ""
    print(
        f"{name} inner picture: misses in {misses.frames} of {misses.of} frames (worst {misses.worst_px:.0f} px)"
        f"{beside}, area {camera.inner_area_ratio:.2f} x the frame's"
    )


def _print_still(name: str, still: StillFigures) -> None:
    figures = f"median {still.median_px:.4f} px, p99 {still.p99_px:.4f} px, worst {still.max_px:.3f} px"
    print(
        f"{name} still: {figures if still.pixels_compared else 'nothing measured'}; "
        f"{still.pixels_compared} of {still.pixels_on_wall} pixels on a wall compared"
    )
    if still.held:
        walls = ", ".join(f"{wall} in {count}" for wall, count in still.held_walls.items())
        print(f"{name} still: held in {len(still.held)} of {still.poses} poses ({walls}): {still.held[0]}")


def _print_motion(name: str, comparison: MotionComparison) -> None:
    predict, hold, shutter = comparison.predict, comparison.hold, comparison.shutter
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
