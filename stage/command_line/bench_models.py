"""`stage bench models`: what 3D models cost this machine, beside bare draws of the same boxes."""

from __future__ import annotations

from typing import Annotated

import typer

from stage.command_line.figures import print_figures
from stage.command_line.options import JsonOption


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
