"""`stage bench looks` and `stage bench cues`: what a show with hundreds of them costs."""

from __future__ import annotations

from typing import Annotated

import typer

from stage.command_line.figures import print_figures
from stage.command_line.options import JsonOption


def looks(
    *,
    count: Annotated[int, typer.Option("--count", min=60, help="Recalls that are timed.")] = 600,
    as_json: JsonOption = False,
) -> None:
    """Time recalling a look of 200 values and listing 500 of them, and what 500 add to a step and to a command.

    Example: stage bench looks --count 120
    """
    from stage.bench.looks import measure_looks  # noqa: PLC0415

    print_figures(measure_looks(count), as_json=as_json)


def cues(
    *,
    steps: Annotated[int, typer.Option("--steps", min=60, help="Measured steps of each show.")] = 2000,
    as_json: JsonOption = False,
) -> None:
    """Time what 500 cues and 500 looks of 200 values cost: step, GO, fade, encoding, and the answers of their lists.

    Example: stage bench cues --steps 500
    """
    from stage.bench.cues import measure_cues  # noqa: PLC0415

    print_figures(measure_cues(steps), as_json=as_json)
