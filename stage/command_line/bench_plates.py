"""`stage bench plates`: what films behind the walls cost this machine."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from stage.command_line.figures import print_figures
from stage.command_line.options import JsonOption


def plates(
    *,
    part: Annotated[
        Literal["decode"], typer.Option("--part", help="decode: each codec's frames, seeks and levels.")
    ] = "decode",
    frames: Annotated[int, typer.Option("--frames", min=4, help="Frames of each film that are read in order.")] = 48,
    rows: Annotated[int, typer.Option("--rows", min=36, max=2160, help="Rows of the films, which are 16:9.")] = 1080,
    as_json: JsonOption = False,
) -> None:
    """Time films: frames with all their levels read in order, a frame anywhere, levels beside a bare copy.

    Example: stage bench plates --frames 8 --rows 180
    """
    from stage.bench.plate_decode import measure_decode  # noqa: PLC0415 - each benchmark imports only what it measures

    assert part == "decode"
    columns = rows * 16 // 9 // 2 * 2
    figures = measure_decode((columns, rows // 2 * 2), frames, lambda text: print(text, file=sys.stderr))
    print_figures(figures, as_json=as_json)
