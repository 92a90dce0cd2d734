"""`stage calibrate`: fits what the show needs to know of its stage to recordings of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from calibration.predictor.fit import fit_weights
from stage.bench.held_out import HeldOutFigures, leave_each_out
from tracking.motion_files import MotionTrack
from tracking.prediction.weights import PredictorWeights
from tracking.records import ConfigError, Record
from tracking.sources.motion_reader import read_motion

app = typer.Typer(no_args_is_help=True, help="Fit a predictor to recorded motion.")

DEFAULT_RATES_HZ = [25.0, 30.0, 50.0, 60.0]


class Fitted(Record):
    """What was written, and how the same fit does on recordings that it has not seen (None: there was only one)."""

    out: str
    rows: int
    held_out: HeldOutFigures | None


@app.callback()
def _group() -> None:
    """Keeps `predictor` a word of its own while it is the only one."""


@app.command()
def predictor(
    *,
    motion: Annotated[
        list[Path], typer.Option("--motion", help="Motion file: timestamp_s tx ty tz qx qy qz qw; .gz too. Repeat it.")
    ],
    more: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="More motion files.")] = None,
    rate_hz: Annotated[
        list[float] | None,
        typer.Option("--rate-hz", min=1.0, max=1000.0, help="Tracker rate. Repeat it. Default: 25, 30, 50 and 60."),
    ] = None,
    axes: Annotated[
        Literal["stage", "optical"], typer.Option("--axes", help="optical: x right, y down, z ahead.")
    ] = "stage",
    origin: Annotated[str, typer.Option(help="Where the recordings come from. Default: their file names.")] = "",
    licence: Annotated[str, typer.Option(help="The recordings' licence.")] = "not stated",
    out: Annotated[Path, typer.Option("--out", help="The weights file to write (JSON).")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Fit the predictor "learned" to recorded motion, and tell how it does on motion that it has not seen.

    The figures come from leaving out each recording in turn: errors 60 ms ahead, and their ratios to those of a
    straight line through three samples. Use the file with `predictor = "learned"` and `predictor_weights = "FILE"` in a
    tracker's table.

    Example: stage calibrate predictor --motion walk.txt --motion crane.txt --rate-hz 60 --out mine.json
    """
    rates_hz = rate_hz or DEFAULT_RATES_HZ
    tracks = _tracks([*motion, *(more or [])], axes)
    weights = fit_weights(list(tracks.values()), rates_hz, origin=origin or ", ".join(tracks), licence=licence)
    _write(out, _lines(weights))
    held_out = leave_each_out(tracks, min(rates_hz, key=lambda rate: abs(rate - 60.0)))
    _print(Fitted(out=str(out), rows=len(weights.rows), held_out=held_out), as_json=as_json)


def _tracks(files: list[Path], axes: Literal["stage", "optical"]) -> dict[str, MotionTrack]:
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
    """The weights as JSON, one line a key and one a row."""
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


def _print(fitted: Fitted, *, as_json: bool) -> None:
    if as_json:
        print(msgspec.json.encode(fitted).decode())
        return
    print(f"{fitted.out}: {fitted.rows} rows of weights")
    if fitted.held_out is None:
        print("one recording only: give another, to learn how the fit does on motion that it has not seen")
        return
    print(f"{'left out and judged':40s} {'position mm':>12s} {'rotation deg':>12s}   of a three-sample line's")
    for one in fitted.held_out.motions:
        print(
            f"{one.motion:40s} {one.predict.position_mm:12.3f} {one.predict.rotation_deg:12.4f}   "
            f"{one.position_ratio:.3f} {one.rotation_ratio:.3f}"
        )
    print(f"{'mean':66s}   {fitted.held_out.position_ratio:.3f} {fitted.held_out.rotation_ratio:.3f}")
