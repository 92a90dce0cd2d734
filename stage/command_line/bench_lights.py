"""`stage bench lights`: what stage lights cost, and how exact and smooth their colours are."""

from __future__ import annotations

from typing import Annotated

import typer

from stage.command_line.figures import print_figures
from stage.command_line.options import JsonOption
from tracking.records import ConfigError


def lights(
    *,
    mixing: Annotated[bool, typer.Option("--mixing", help="Mix 200 cells of several kinds of fixtures.")] = False,
    ticks: Annotated[int, typer.Option("--ticks", min=50, help="Measured ticks of the mixing.")] = 2000,
    as_json: JsonOption = False,
) -> None:
    """Time the mixing of 200 cells, and measure errors of white and the steps of drives.

    Example: stage bench lights --mixing --ticks 500
    """
    from stage.bench.lights_mixing import measure_mixing  # noqa: PLC0415 - each benchmark imports what it measures

    if not mixing:
        raise ConfigError("lights: expected --mixing")
    print_figures({"mixing": measure_mixing(ticks)}, as_json=as_json)
