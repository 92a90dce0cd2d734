"""`stage bench looks`, `cues`, `journal`, `control`, `pictures`, `crowd`: what people who work with a show cost it."""

from __future__ import annotations

from typing import Annotated

import typer

from stage.command_line.options import JsonOption, print_figures


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


def journal(
    *,
    frames: Annotated[int, typer.Option("--frames", min=100, help="Measured frames of each show.")] = 1000,
    as_json: JsonOption = False,
) -> None:
    """Time what keeping a frame with a command costs: state, checkpoint, journal; with and without 1,000 looks.

    Example: stage bench journal --frames 300
    """
    from stage.bench.journal import measure_journal  # noqa: PLC0415 - each benchmark imports only what it measures

    print_figures(measure_journal(frames), as_json=as_json)


def control(
    *,
    sets: Annotated[int, typer.Option("--sets", min=100, help="How many commands are sent.")] = 10_000,
    rate_hz: Annotated[float, typer.Option("--rate-hz", min=1.0, help="How many a second.")] = 500.0,
    as_json: JsonOption = False,
) -> None:
    """Time the way of commands: from a client over the gate into a frame, and what 1,000 a second add to a frame.

    Example: stage bench control --sets 2000
    """
    from stage.bench.control import measure_control  # noqa: PLC0415

    print_figures({"control": measure_control(sets, rate_hz)}, as_json=as_json)


def pictures(
    *,
    seconds: Annotated[float, typer.Option("--seconds", min=4.0, help="How long the stage is watched.")] = 20.0,
    pairs: Annotated[int, typer.Option("--pairs", min=1, help="Turns with and without a film picture.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Time what live pictures cost the loop, and count how many four clients get beside the valley.

    Example: stage bench pictures --seconds 10
    """
    from stage.bench.crowd import measure_viewers  # noqa: PLC0415
    from stage.bench.pictures import measure_pictures  # noqa: PLC0415

    print_figures({"loop": measure_pictures(pairs), "viewers": measure_viewers(seconds)}, as_json=as_json)


def crowd(
    *,
    pairs: Annotated[int, typer.Option("--pairs", min=1, help="Pairs of turns, alone and with the crowd.")] = 5,
    seconds: Annotated[float, typer.Option("--seconds", min=3.0, help="How long each turn lasts.")] = 20.0,
    clients: Annotated[int, typer.Option("--clients", min=1, max=32, help="Clients with live pictures.")] = 16,
    sets_per_s: Annotated[float, typer.Option("--sets-per-s", min=1.0, help="Values that they set together.")] = 1000.0,
    as_json: JsonOption = False,
) -> None:
    """Compare the frames of one stage alone with its frames under many panel clients that watch and set.

    Example: stage bench crowd --pairs 1 --seconds 5
    """
    from stage.bench.crowd import measure_crowd  # noqa: PLC0415

    print_figures(measure_crowd(pairs, seconds, clients, sets_per_s), as_json=as_json)
