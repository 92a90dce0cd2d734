"""`stage bench`: the project's figures, each printed by one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from tracking.motion_files import Axes
from tracking.records import Record

app = typer.Typer(no_args_is_help=True, help="Measure step, decode, predict, loop, render, late pose and frames.")
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def step(
    *,
    steps: Annotated[int, typer.Option("--steps", min=100, help="Measured steps a protocol.")] = 10_000,
    as_json: JsonOption = False,
) -> None:
    """One step of the fold: one camera, three walls, four 120 Hz trackers, one packet in fifty damaged."""
    from stage.bench.step import measure_step  # noqa: PLC0415 - each benchmark imports only what it measures

    _print({protocol: measure_step(protocol, steps) for protocol in ("freed", "opentrackio")}, as_json=as_json)


@app.command()
def decode(
    *,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, help="Time for each protocol, s.")] = 4.0,
    as_json: JsonOption = False,
) -> None:
    """Bytes to finished samples, a second: distinct packets one at a time, dialect and checksum included."""
    from stage.bench.decode import measure  # noqa: PLC0415

    _print(measure(seconds), as_json=as_json)


@app.command()
def predict(
    *,
    motion: Annotated[Path, typer.Option("--motion", help="Motion file: timestamp_s tx ty tz qx qy qz qw; .gz too.")],
    rate_hz: Annotated[float, typer.Option("--rate-hz", min=1.0, help="Tracker rate.")] = 60.0,
    horizon_ms: Annotated[
        float, typer.Option("--horizon-ms", min=0.0, help="How far ahead of the newest sample.")
    ] = 60.0,
    noise_mm: Annotated[float, typer.Option("--noise-mm", min=0.0, help="White noise an axis.")] = 0.2,
    noise_deg: Annotated[float, typer.Option("--noise-deg", min=0.0, help="White noise an axis.")] = 0.02,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Same seed, same noise.")] = 1,
    predictor: Annotated[
        Literal["line", "learned", "hold"], typer.Option("--predictor", help="What predicts.")
    ] = "line",
    weights: Annotated[
        Path | None, typer.Option("--weights", help="What `learned` begins with; default: the shipped weights.")
    ] = None,
    dump: Annotated[Path | None, typer.Option("--dump", help="Write every forecast to this CSV file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Prediction against the truth of a real motion, RMS of the 3-D norm.

    Beside it: the newest pose held, and `line3`, a straight line through the last three samples; the ratios are over
    that line's errors.
    """
    from calibration.files.loading import load_predictor  # noqa: PLC0415
    from calibration.predictor.sampled_motion import Sampling  # noqa: PLC0415
    from stage.bench.predict import measure  # noqa: PLC0415
    from tracking.sources.motion_reader import read_motion  # noqa: PLC0415

    figures = measure(
        read_motion(motion),
        Sampling(rate_hz=rate_hz, noise_mm=noise_mm, noise_deg=noise_deg, seed=seed),
        horizon_ms=horizon_ms,
        predictor=predictor,
        weights=load_predictor(weights) if weights is not None else None,
        dump=dump,
    )
    _print(figures, as_json=as_json)


@app.command()
def margin(
    config: Annotated[Path, typer.Argument(help="The stage's configuration (TOML).", metavar="CONFIG")],
    *,
    motion: Annotated[str, typer.Option("--motion", help="dolly, crane, whip, handheld, or a motion file.")],
    axes: Annotated[Axes, typer.Option("--axes", help="Body axes of the file.")] = "stage",
    rate_hz: Annotated[float, typer.Option("--rate-hz", min=1.0, help="Tracker rate.")] = 60.0,
    latency_ms: Annotated[float, typer.Option("--latency-ms", min=0.0, help="From sample to light.")] = 60.0,
    jitter_ms: Annotated[float, typer.Option("--jitter-ms", min=0.0, help="Normal jitter of packets.")] = 5.0,
    seconds: Annotated[float | None, typer.Option("--seconds", min=3.0, help="Cut the motion.")] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Same seed, same figures.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """The margin that follows, beside the fixed one: frames that missed the inner picture, and its area."""
    from stage.bench.margin import measure_margin  # noqa: PLC0415
    from stage.verify.settings import VerifySettings  # noqa: PLC0415

    settings = VerifySettings(
        motions=(motion,),
        axes=axes,
        rate_hz=rate_hz,
        latency_ms=latency_ms,
        jitter_ms=jitter_ms,
        seconds=seconds,
        seed=seed,
    )
    follow, fixed = (measure_margin(config, settings, follow=follow) for follow in (True, False))
    _print({"follow": follow, "fixed": fixed}, as_json=as_json)


@app.command()
def loop(
    *,
    seconds: Annotated[float, typer.Option("--seconds", min=4.0, help="Length of each of the two runs.")] = 60.0,
    as_json: JsonOption = False,
) -> None:
    """The running loop at 60 Hz with small rasters, four trackers and a take, with and without real-time priority."""
    from stage.bench.loop import measure_loop  # noqa: PLC0415

    _print(measure_loop(seconds), as_json=as_json)


@app.command()
def render(
    *,
    rounds: Annotated[int, typer.Option("--rounds", min=5, help="Measured rounds.")] = 40,
    as_json: JsonOption = False,
) -> None:
    """Milliseconds a megapixel of outer, inner, compose and read-back, and compose over a bare pass."""
    from stage.bench.render import measure  # noqa: PLC0415

    _print(measure(rounds), as_json=as_json)


@app.command("late-pose")
def late_pose(
    config: Annotated[Path, typer.Argument(help="The stage's configuration (TOML).", metavar="CONFIG")],
    *,
    motion: Annotated[str, typer.Option("--motion", help="dolly, crane, whip, handheld or a motion file.")] = "dolly",
    axes: Annotated[Literal["stage", "optical"], typer.Option("--axes", help="Body axes of a motion file.")] = "stage",
    every: Annotated[Literal["2", "4", "8"], typer.Option("--every", help="Frames a picture lasts, or tiles.")] = "4",
    seconds: Annotated[float, typer.Option("--seconds", min=2.5, help="Cut the motion, s.")] = 12.0,
    latency_ms: Annotated[float, typer.Option("--latency-ms", min=34.0, help="Sample to light, ms.")] = 60.0,
    jitter_ms: Annotated[float, typer.Option("--jitter-ms", min=0.0, help="Normal jitter, ms.")] = 5.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Same seed, same figures.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Film registration with inner pictures drawn every few frames, with late pose and without."""
    from stage.bench.late_pose import measure_late_pose  # noqa: PLC0415
    from stage.verify.settings import VerifySettings  # noqa: PLC0415

    settings = VerifySettings(
        motions=(motion,), axes=axes, latency_ms=latency_ms, jitter_ms=jitter_ms, seconds=seconds, seed=seed, poses=0
    )
    _print(measure_late_pose(config, settings, every, progress=lambda: None), as_json=as_json)


@app.command()
def frames(
    config: Annotated[Path, typer.Argument(help="The stage's configuration (TOML).", metavar="CONFIG")],
    *,
    count: Annotated[int, typer.Option("--frames", min=10, help="Measured frames.")] = 200,
    as_json: JsonOption = False,
) -> None:
    """Whole frames of a configuration: step a new pose, draw, read every wall back."""
    from stage.bench.frames import measure_frames  # noqa: PLC0415

    _print(measure_frames(config, count), as_json=as_json)


def _print(figures: Record | dict[str, Record], *, as_json: bool) -> None:
    encoded = msgspec.json.encode(figures)
    if as_json:
        print(encoded.decode())
        return
    for name, value in _flat("", msgspec.json.decode(encoded)):
        print(f"{name:40s} {value:.4g}" if isinstance(value, float) else f"{name:40s} {value}")


def _flat(prefix: str, value: object) -> list[tuple[str, object]]:
    """Nested figures as dotted names."""
    if not isinstance(value, dict):
        return [(prefix, value)]
    return [row for key, inner in value.items() for row in _flat(f"{prefix}.{key}" if prefix else key, inner)]
