"""`stage bench lights`: what stage lights cost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stage.command_line.figures import print_figures
from stage.command_line.options import JsonOption
from tracking.records import ConfigError

_CONFIG = typer.Option("--config", help="With --glow: the stage that is drawn.")


def lights(
    *,
    glow: Annotated[bool, typer.Option("--glow", help="Time measuring the light at 4, 50 and 200 followers.")] = False,
    config: Annotated[Path, _CONFIG] = Path("hw_configs/sim_demo.toml"),
    frames: Annotated[int, typer.Option("--frames", min=20, help="With --glow: measured frames.")] = 120,
    as_json: JsonOption = False,
) -> None:
    """Time what lights that follow the world add to a frame, changed and unchanged, beside the frame without.

    Example: stage bench lights --glow --frames 60
    """
    if not glow:
        raise ConfigError("bench lights: found nothing to time, expected --glow")
    from stage.bench.lights_glow import measure_glow  # noqa: PLC0415

    print_figures(measure_glow(config, frames), as_json=as_json)
