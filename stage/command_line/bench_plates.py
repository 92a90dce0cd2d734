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
        Literal["decode", "stage"],
        typer.Option("--part", help="decode: each codec's frames, seeks and levels. stage: films on the demo's stage."),
    ] = "decode",
    frames: Annotated[int, typer.Option("--frames", min=4, help="Frames of each film.")] = 48,
    rows: Annotated[int, typer.Option("--rows", min=36, max=2160, help="Rows of the films, which are 16:9.")] = 1080,
    seconds: Annotated[float, typer.Option("--seconds", min=1.0, help="stage: seconds of each turn.")] = 12.0,
    pairs: Annotated[int, typer.Option("--pairs", min=1, help="stage: turns of a film, and of a still picture.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Time films: frames with all their levels read in order, a frame anywhere, levels beside a bare copy.

    With --part stage, play them on the demo's stage: late frames by cause, missed slots beside a still picture, seeks.

    Example: stage bench plates --frames 8 --rows 180
    """
    from stage.bench.plate_decode import measure_decode  # noqa: PLC0415 - each benchmark imports only what it measures
    from stage.bench.plates_live import measure_plates_live  # noqa: PLC0415

    def progress(text: str) -> None:
        print(text, file=sys.stderr)

    if part == "stage":
        print_figures(measure_plates_live((seconds, pairs), (frames, rows), progress), as_json=as_json)
        return
    columns = rows * 16 // 9 // 2 * 2
    print_figures(measure_decode((columns, rows // 2 * 2), frames, progress), as_json=as_json)
