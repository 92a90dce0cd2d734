"""`stage bench lights`: what stage lights cost, and how exact and smooth their colours are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stage.command_line.options import JsonOption, print_figures
from tracking.records import ConfigError

_CONFIG = typer.Option("--config", help="With --glow: the stage that is drawn.")
_TICKS = typer.Option("--ticks", min=50, help="With --mixing: measured ticks.")
_WIRE = typer.Option("--wire", help="Run stages with and without lights in turns, and time the lights process.")
_PAIRS = typer.Option("--pairs", min=1, max=50, help="With --wire: pairs of runs.")
_SECONDS = typer.Option("--seconds", min=5.0, max=600.0, help="With --wire: how long each run lasts.")


def lights(
    *,
    steps: Annotated[int, typer.Option("--steps", min=100, help="Measured steps of each show.")] = 2000,
    followers: Annotated[int, typer.Option("--followers", min=1, max=500, help="Lights that follow the world.")] = 200,
    glow: Annotated[bool, typer.Option("--glow", help="Time measuring the light at 4, 50 and 200 followers.")] = False,
    mixing: Annotated[bool, typer.Option("--mixing", help="Mix 200 cells of several kinds of fixtures.")] = False,
    wire: Annotated[bool, _WIRE] = False,
    config: Annotated[Path, _CONFIG] = Path("hw_configs/sim_valley.toml"),
    frames: Annotated[int, typer.Option("--frames", min=20, help="With --glow: measured frames.")] = 120,
    ticks: Annotated[int, _TICKS] = 2000,
    pairs: Annotated[int, _PAIRS] = 3,
    seconds: Annotated[float, _SECONDS] = 15.0,
    as_json: JsonOption = False,
) -> None:
    """Time what followers add to a step of the fold or to drawing; the mixing, with errors of white; or a stage's wire.

    Example: stage bench lights --steps 500
    """
    if glow + mixing + wire > 1:
        raise ConfigError("bench lights: found too much to time, expected at most one of --glow, --mixing and --wire")
    if wire:
        from stage.bench.lights_delay import measure_delay  # noqa: PLC0415
        from stage.bench.lights_wire import measure_wire  # noqa: PLC0415

        figures = {"delay": measure_delay(followers, seconds), "wire": measure_wire(pairs, seconds)}
        print_figures(figures, as_json=as_json)
    elif mixing:
        from stage.bench.lights_mixing import measure_mixing  # noqa: PLC0415

        print_figures({"mixing": measure_mixing(ticks)}, as_json=as_json)
    elif glow:
        from stage.bench.lights_glow import measure_glow  # noqa: PLC0415

        print_figures(measure_glow(config, frames), as_json=as_json)
    else:
        from stage.bench.lights_step import measure_lights_step  # noqa: PLC0415

        print_figures({"step": measure_lights_step(steps, followers)}, as_json=as_json)
