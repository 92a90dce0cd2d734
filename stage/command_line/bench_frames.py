"""`stage bench frames`: what whole frames take, of a configuration or of walls that are drawn in several ways."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from stage.command_line.options import JsonOption, print_figures
from tracking.records import ConfigError

_AGAINST_BARE = typer.Option(
    "--against-bare",
    help="Time three walls before a panorama beside a bare pass that only looks it up; no configuration.",
)
_PLACED = typer.Option("--placed", help="Time the same walls with the panorama placed in every way; no configuration.")
_WEATHER = typer.Option("--weather", help="Time the same walls with rain, snow, dust, and skies; no configuration.")
_SKIES = typer.Option("--skies", help="Time the same walls with skies at several hours; no configuration.")
_RELIEF = typer.Option("--relief", help="Time the same walls with a panorama's depth map; no configuration.")
_PLATES = typer.Option("--plates", help="Time the same walls with films and a set of them; no configuration.")
_DRAW = typer.Option("--draw", help="How the walls without a configuration are drawn: by ray, or all by raster.")


def frames(
    config: Annotated[Path | None, typer.Argument(help="Configuration file (TOML).")] = None,
    *,
    count: Annotated[int, typer.Option("--frames", min=10, help="Measured frames.")] = 200,
    against_bare: Annotated[bool, _AGAINST_BARE] = False,
    placed: Annotated[bool, _PLACED] = False,
    weather: Annotated[bool, _WEATHER] = False,
    skies: Annotated[bool, _SKIES] = False,
    relief: Annotated[bool, _RELIEF] = False,
    plates: Annotated[bool, _PLATES] = False,
    draw: Annotated[Literal["auto", "raster"], _DRAW] = "auto",
    as_json: JsonOption = False,
) -> None:
    """Time whole frames of a configuration, in ms: step a new pose, draw it, read every wall back.

    Example: stage bench frames hw_configs/sim_arc.toml
    """
    from stage.bench.against_bare import measure_against_bare  # noqa: PLC0415
    from stage.bench.frames import measure_frames  # noqa: PLC0415
    from stage.bench.placed import measure_placed  # noqa: PLC0415
    from stage.bench.plates_drawn import measure_plates_drawn  # noqa: PLC0415
    from stage.bench.relief import measure_relief  # noqa: PLC0415
    from stage.bench.skies import measure_skies  # noqa: PLC0415
    from stage.bench.weathered import measure_weathered  # noqa: PLC0415

    ways = {
        "--against-bare": (against_bare, measure_against_bare),
        "--placed": (placed, measure_placed),
        "--weather": (weather, measure_weathered),
        "--skies": (skies, measure_skies),
        "--relief": (relief, measure_relief),
        "--plates": (plates, measure_plates_drawn),
    }
    chosen = [way for is_wanted, way in ways.values() if is_wanted]
    if len(chosen) + (config is not None) != 1:
        raise ConfigError(f"CONFIG: expected a file or one of {', '.join(ways)}")
    if config is not None:
        print_figures(measure_frames(config, count), as_json=as_json)
    else:
        print_figures(chosen[0](count, draw), as_json=as_json)
