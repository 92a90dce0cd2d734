"""`stage calibrate`: fits a predictor to recordings of a stage."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from calibration.predictor.fit import fit_weights
from stage.bench.held_out import HeldOutFigures, leave_each_out
from stage.command_line.options import MOTION_FILE, AxesOption, JsonOption, print_json
from tracking.motion_files import Axes, MotionTrack
from tracking.prediction.weights import PredictorWeights
from tracking.records import ConfigError, Record
from tracking.sources.motion_reader import read_motion

app = typer.Typer(
    no_args_is_help=True,
    help="Fit a predictor to recorded motion.\n\n"
    "Example: stage calibrate predictor --motion walk.txt --motion crane.txt --out crane.json",
)

DEFAULT_RATES_HZ = [25.0, 30.0, 50.0, 60.0]


class FitReport(Record):
    """The weights file, and the errors of the same fit on recordings that were left out (None: there is only one)."""

    out: str
    rows: int
    held_out: HeldOutFigures | None


@app.callback()
def _group() -> None:
    """Makes `predictor` a subcommand although it is the only one."""


@app.command()
def predictor(
    *,
    motion: Annotated[list[Path], typer.Option("--motion", help=f"{MOTION_FILE} May be repeated.")],
    more: Annotated[list[Path] | None, typer.Argument(metavar="FILE", help="More motion files.")] = None,
    rate_hz: Annotated[
        list[float] | None,
        typer.Option(
            "--rate-hz",
            min=1.0,
            max=1000.0,
            help="Samples of the tracker a second; may be repeated. Default: 25, 30, 50 and 60.",
        ),
    ] = None,
    axes: AxesOption = "stage",
    origin: Annotated[str, typer.Option(help="Where the recordings come from. Default: their file names.")] = "",
    licence: Annotated[str, typer.Option(help="Licence of the recordings.")] = "not stated",
    out: Annotated[Path, typer.Option("--out", help="Weights file to write (JSON).")],
    as_json: JsonOption = False,
) -> None:
    """Fit the predictor "learned" to recorded motion, and measure it on motion that it was not fitted to.

    Each recording is left out of the fit in turn and then predicted 60 ms ahead. The ratios are the errors over those
    of a straight line through three samples. Use the file with `predictor = "learned"` and
    `predictor_weights = "FILE"` in a tracker's table.

    Example: stage calibrate predictor --motion walk.txt --motion crane.txt --out crane.json
    """
    rates_hz = rate_hz or DEFAULT_RATES_HZ
    tracks = _tracks([*motion, *(more or [])], axes)
    weights = fit_weights(list(tracks.values()), rates_hz, origin=origin or ", ".join(tracks), licence=licence)
    _write(out, _lines(weights))
    held_out = leave_each_out(tracks, min(rates_hz, key=lambda rate: abs(rate - 60.0)))
    _print(FitReport(out=str(out), rows=len(weights.rows), held_out=held_out), as_json=as_json)


def _tracks(files: list[Path], axes: Axes) -> dict[str, MotionTrack]:
    tracks: dict[str, MotionTrack] = {}
    read: list[Path] = []
    for file in files:
        if file.resolve() in read:
            raise ConfigError(f"{file}: motion: given twice, expected each recording once")
        read.append(file.resolve())
        name = file.name if file.name not in tracks else str(file)
        tracks[name] = read_motion(file, axes=axes)
        findings = tracks[name].findings
        if findings:
            print(f"{file}: {findings[0]} ({len(findings)} findings in all)", file=sys.stderr)
    return tracks


def _lines(weights: PredictorWeights) -> str:
    """The weights as JSON, with one line for each key and each row."""
    keys = [
        f'"{name}": {msgspec.json.encode(getattr(weights, name)).decode()}' for name in ("version", "origin", "licence")
    ]
    rows = ",\n".join(f"  {msgspec.json.encode(row).decode()}" for row in weights.rows)
    return "{\n " + ",\n ".join(keys) + f',\n "rows": [\n{rows}\n ]\n}}\n'


def _write(out: Path, content: str) -> None:
    try:
        out.write_text(content, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{out}: out: cannot be written ({error.strerror}); name another file") from error


def _print(fitted: FitReport, *, as_json: bool) -> None:
    if as_json:
        print_json(fitted)
        return
    print(f"{fitted.out}: {fitted.rows} rows of weights")
    if fitted.held_out is None:
        print("found one recording: give a second one to measure the fit on motion that it was not fitted to")
        return
    print(f"{'left out and judged':40s} {'position mm':>12s} {'rotation deg':>12s}   over a three-sample line")
    for one in fitted.held_out.motions:
        print(
            f"{one.motion:40s} {one.predict.position_mm:12.3f} {one.predict.rotation_deg:12.4f}   "
            f"{one.position_ratio:.3f} {one.rotation_ratio:.3f}"
        )
    print(f"{'mean':66s}   {fitted.held_out.position_ratio:.3f} {fitted.held_out.rotation_ratio:.3f}")
