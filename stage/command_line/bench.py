"""`stage bench`: the project's figures, each printed by one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from stage.command_line.bench_content import models, plates
from stage.command_line.bench_frames import frames
from stage.command_line.bench_lights import lights
from stage.command_line.bench_show import control, crowd, cues, journal, looks, pictures
from stage.command_line.options import (
    MOTION_FILE,
    AxesOption,
    ConfigArgument,
    JsonOption,
    print_figures,
    tell_progress,
)
from tracking.records import ConfigError

app = typer.Typer(
    no_args_is_help=True,
    help="Measure this program on this machine: each figure by one command.\n\nExample: stage bench step --steps 1000",
)

for command in (looks, cues, control, journal, pictures, crowd, lights, plates, models, frames):
    app.command()(command)

PlayedOption = Annotated[str, typer.Option("--motion", help="dolly, crane, whip, handheld, or a motion file.")]
LATENCY_HELP = "Time from a sample to its light, in ms."
JITTER_HELP = "Sigma of the packets' extra delay, in ms; the delay is the size of a normal value."
SEED_HELP = "Seed of the random numbers; the same seed gives the same figures."


@app.command()
def step(
    *,
    steps: Annotated[int, typer.Option("--steps", min=100, help="Measured steps for each protocol.")] = 10_000,
    as_json: JsonOption = False,
) -> None:
    """Time one step of the fold: one camera, three walls, four 120 Hz trackers, one packet in fifty damaged.

    Example: stage bench step --steps 1000
    """
    from stage.bench.step import measure_step  # noqa: PLC0415 - each benchmark imports only what it measures

    print_figures({protocol: measure_step(protocol, steps) for protocol in ("freed", "opentrackio")}, as_json=as_json)


@app.command()
def sky(
    *,
    steps: Annotated[int, typer.Option("--steps", min=100, help="Measured steps of each show.")] = 2000,
    as_json: JsonOption = False,
) -> None:
    """Time what a sky whose hour and clouds fade costs the loop: step, plan and drawing, over those without a sky.

    Example: stage bench sky --steps 500
    """
    from stage.bench.sky import measure_sky  # noqa: PLC0415

    print_figures(measure_sky(steps), as_json=as_json)


@app.command()
def decode(
    *,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, help="Time for all four protocols, in s.")] = 4.0,
    as_json: JsonOption = False,
) -> None:
    """Count packets decoded a second, from bytes to sample: each is different, with dialect and checksum.

    Example: stage bench decode
    """
    from stage.bench.decode import measure  # noqa: PLC0415

    print_figures(measure(seconds), as_json=as_json)


@app.command()
def predict(
    *,
    motion: Annotated[Path, typer.Option("--motion", help=MOTION_FILE)],
    rate_hz: Annotated[float, typer.Option("--rate-hz", min=1.0, help="Samples of the tracker a second.")] = 60.0,
    horizon_ms: Annotated[
        float, typer.Option("--horizon-ms", min=0.0, help="How far ahead of the newest sample to predict, in ms.")
    ] = 60.0,
    noise_mm: Annotated[
        float, typer.Option("--noise-mm", min=0.0, help="Sigma of white noise in position on each axis, in mm.")
    ] = 0.2,
    noise_deg: Annotated[
        float, typer.Option("--noise-deg", min=0.0, help="Sigma of white noise in rotation on each axis, in degrees.")
    ] = 0.02,
    seed: Annotated[int, typer.Option("--seed", min=0, help=SEED_HELP)] = 1,
    predictor: Annotated[
        Literal["line", "learned", "hold"], typer.Option("--predictor", help="Which predictor to measure.")
    ] = "line",
    weights: Annotated[
        Path | None,
        typer.Option("--weights", help="Weights that `learned` starts with; without it, the shipped ones."),
    ] = None,
    dump: Annotated[Path | None, typer.Option("--dump", help="Write every forecast to this CSV file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare predictions with the truth of a recorded motion: RMS of the length of the 3-D error.

    Beside the prediction it measures `hold`, the newest pose held, and `line3`, a straight line through the last three
    samples. The ratios are the prediction's errors over those of `line3`.

    Example: stage bench predict --motion walk.txt --rate-hz 60
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
    print_figures(figures, as_json=as_json)


@app.command()
def margin(
    config: ConfigArgument,
    *,
    motion: PlayedOption,
    axes: AxesOption = "stage",
    rate_hz: Annotated[float, typer.Option("--rate-hz", min=1.0, help="Samples of the tracker a second.")] = 60.0,
    latency_ms: Annotated[float, typer.Option("--latency-ms", min=0.0, help=LATENCY_HELP)] = 60.0,
    jitter_ms: Annotated[float, typer.Option("--jitter-ms", min=0.0, help=JITTER_HELP)] = 5.0,
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=3.0, help="Cut the motion after this long, in s.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help=SEED_HELP)] = 1,
    as_json: JsonOption = False,
) -> None:
    """Compare adaptive with fixed overscan: how many frames miss the inner picture, and how large it is.

    Example: stage bench margin hw_configs/sim_arc.toml --motion handheld
    """
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
    print_figures({"follow": follow, "fixed": fixed}, as_json=as_json)


@app.command()
def loop(
    *,
    seconds: Annotated[float, typer.Option("--seconds", min=4.0, help="Length of each of the two runs, in s.")] = 60.0,
    as_json: JsonOption = False,
) -> None:
    """Run the loop at 60 Hz with small walls, four trackers and a take, with and without real-time priority.

    Example: stage bench loop --seconds 10
    """
    from stage.bench.loop import measure_loop  # noqa: PLC0415

    print_figures(measure_loop(seconds), as_json=as_json)


@app.command()
def render(
    *,
    rounds: Annotated[int, typer.Option("--rounds", min=5, help="Measured rounds.")] = 40,
    as_json: JsonOption = False,
) -> None:
    """Time outer, inner, compose and read-back in ms a megapixel, and compare compose with a bare pass.

    Example: stage bench render
    """
    from stage.bench.render import measure  # noqa: PLC0415

    print_figures(measure(rounds), as_json=as_json)


@app.command("late-pose")
def late_pose(
    config: ConfigArgument,
    *,
    motion: PlayedOption = "dolly",
    axes: AxesOption = "stage",
    every: Annotated[
        Literal["2", "4", "8"], typer.Option("--every", help="Frames that an inner picture lasts, or its tiles.")
    ] = "4",
    seconds: Annotated[float, typer.Option("--seconds", min=2.5, help="Cut the motion after this long, in s.")] = 12.0,
    latency_ms: Annotated[float, typer.Option("--latency-ms", min=34.0, help=LATENCY_HELP)] = 60.0,
    jitter_ms: Annotated[float, typer.Option("--jitter-ms", min=0.0, help=JITTER_HELP)] = 5.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help=SEED_HELP)] = 1,
    near: Annotated[
        bool, typer.Option("--near", help="Before a 3D scene whose walls are close behind the LEDs.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure reprojection: registration errors on film, in px, with inner pictures drawn every few frames.

    Example: stage bench late-pose hw_configs/sim_arc.toml --motion dolly
    """
    from stage.bench.late_pose import measure_late_pose  # noqa: PLC0415
    from stage.verify.settings import VerifySettings  # noqa: PLC0415

    settings = VerifySettings(
        motions=(motion,),
        axes=axes,
        latency_ms=latency_ms,
        jitter_ms=jitter_ms,
        seconds=seconds,
        seed=seed,
        poses=0,
        near=near,
    )
    print_figures(measure_late_pose(config, settings, every, progress=lambda: None), as_json=as_json)


@app.command()
def worlds(
    *,
    rows: Annotated[int, typer.Option("--rows", min=64, help="Rows of the EXR; the PNG and JPEG have half.")] = 4096,
    pairs: Annotated[int, typer.Option("--pairs", min=0, help="Pairs of runs with and without loading.")] = 1,
    seconds: Annotated[float, typer.Option("--seconds", min=5.0, help="Length of each run of a pair, in s.")] = 15.0,
    files: Annotated[
        int | None, typer.Option("--files", min=1, max=4000, help="Instead, list a library of so many files.")
    ] = None,
    scene: Annotated[
        int | None, typer.Option("--scene", min=1, max=20, help="Instead, load a 3D scene of so many parts of 25 MB.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Load worlds beside the running valley, against a bare decode and upload; late frames, memory; draw skies.

    With `--files` it measures a library of many files: the start, the time until all are listed, the memory. With
    `--scene` pairs of runs alone, in one of which a 3D scene is loaded.

    Example: stage bench worlds --pairs 5 --seconds 60
    """
    from stage.bench.library_files import measure_listing  # noqa: PLC0415
    from stage.bench.loaded_scene import measure_loaded_scene  # noqa: PLC0415
    from stage.bench.worlds import measure_worlds  # noqa: PLC0415

    if files is not None:
        print_figures(measure_listing(files, tell_progress), as_json=as_json)
        return
    if scene is not None:
        print_figures(measure_loaded_scene(scene, pairs, seconds, tell_progress), as_json=as_json)
        return
    print_figures(measure_worlds(rows=rows, pairs=pairs, seconds=seconds, progress=tell_progress), as_json=as_json)


@app.command()
def demo(
    *,
    seconds: Annotated[float, typer.Option("--seconds", min=5.0, help="Length of each of four runs, in s.")] = 15.0,
    world: Annotated[Path | None, typer.Option("--world", help="A picture in place of the demo's own world.")] = None,
    valley: Annotated[
        bool, typer.Option("--valley", help="The stage of hw_configs/sim_valley.toml in place of the demo.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Run the demo with a client at its preview page: frames and pictures a second, processor time of a frame.

    Runs of 15 s tell a build from another; of 60 s, what the demo's day does to them.

    Example: stage bench demo --seconds 20
    """
    from stage.bench.demo import measure_demo  # noqa: PLC0415

    if valley and world is not None:
        raise ConfigError("bench demo: found both --valley and --world, expected one of them")
    print_figures(measure_demo(seconds, tell_progress, world, valley=valley), as_json=as_json)
