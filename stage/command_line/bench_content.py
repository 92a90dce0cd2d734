"""`stage bench plates` and `stage bench models`: what films and 3D models behind the walls cost this machine."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from stage.command_line.options import JsonOption, print_figures, tell_progress


def plates(
    *,
    part: Annotated[
        Literal["decode", "stage"],
        typer.Option(
            "--part", help="decode: each codec's frames, seeks and levels. stage: films on the valley's stage."
        ),
    ] = "decode",
    frames: Annotated[int, typer.Option("--frames", min=4, help="Frames of each film.")] = 48,
    rows: Annotated[int, typer.Option("--rows", min=36, max=2160, help="Rows of the films, which are 16:9.")] = 1080,
    seconds: Annotated[float, typer.Option("--seconds", min=1.0, help="stage: seconds of each turn.")] = 5.0,
    pairs: Annotated[int, typer.Option("--pairs", min=1, help="stage: turns of a film, and of a still picture.")] = 2,
    rate_hz: Annotated[
        int, typer.Option("--rate-hz", min=10, max=120, help="stage: frames a second of the wall.")
    ] = 60,
    as_json: JsonOption = False,
) -> None:
    """Time films: frames with all their levels read in order, a frame anywhere, levels beside a bare copy.

    With --part stage, play them before the valley's wall: late frames by cause, missed slots beside a still, seeks.
    That takes three minutes, or ten with --seconds 12 --pairs 5, which also finds what is late once in a minute. Where
    drawing alone nearly fills a slot of this machine, a lower --rate-hz tells what films hold up.

    Example: stage bench plates --frames 8 --rows 180
    """
    from stage.bench.plate_decode import measure_decode  # noqa: PLC0415 - each benchmark imports only what it measures
    from stage.bench.plates_live import measure_plates_live  # noqa: PLC0415

    if part == "stage":
        print_figures(measure_plates_live((seconds, pairs), (frames, rows), rate_hz, tell_progress), as_json=as_json)
        return
    columns = rows * 16 // 9 // 2 * 2
    print_figures(measure_decode((columns, rows // 2 * 2), frames, tell_progress), as_json=as_json)


def models(
    *,
    count: Annotated[int, typer.Option("--frames", min=10, help="Measured frames of each.")] = 100,
    crowds: Annotated[bool, typer.Option("--crowds", help="Crowds of 100 and of 10,000 figures instead.")] = False,
    street: Annotated[bool, typer.Option("--street", help="The built-in street with its people instead.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Time 200 textured boxes as a model beside a bare program, in turns, in ms; every picture is read back.

    Example: stage bench models --frames 20
    """
    from stage.bench.crowds import measure_crowds  # noqa: PLC0415 - each benchmark imports only what it measures
    from stage.bench.models import measure_models  # noqa: PLC0415
    from stage.bench.street import measure_street  # noqa: PLC0415

    if crowds:
        print_figures(measure_crowds(count), as_json=as_json)
    elif street:
        print_figures(measure_street(count), as_json=as_json)
    else:
        print_figures(measure_models(count), as_json=as_json)
