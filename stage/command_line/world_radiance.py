"""`stage world radiance`: what light a world gives from given directions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stage.command_line.options import ConfigArgument, JsonOption, print_json, setting_of
from stage.stills.directions import read_directions
from stage.stills.radiance import RadianceRequest, radiance_of

SettingOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Set a parameter first, such as /sky/haze=0.3; may be repeated."),
]


def radiance(
    config: ConfigArgument,
    *,
    directions: Annotated[
        Path, typer.Option("--directions", help="File with rows azimuth_deg,elevation_deg.", metavar="FILE")
    ],
    world: Annotated[
        str | None, typer.Option("--world", help="Name of the world; without it, the one that is shown first.")
    ] = None,
    settings: SettingOption = None,
    linear_rec709: Annotated[
        bool, typer.Option("--linear-rec709", help="Answer in linear Rec.709 instead of ACEScg.")
    ] = False,
    no_sun_disc: Annotated[
        bool, typer.Option("--no-sun-disc", help="Leave out the sun's disc, but none of the light that it gives.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what scene-linear light comes from each direction, as the renderer draws it for the walls, before the grade.

    Directions are of the stage, as seen from the outer eye: 0,0 is straight ahead, azimuth + to the left.

    Example: stage world radiance hw_configs/sim_demo.toml --directions directions.csv --json
    """
    request = RadianceRequest(
        world=world,
        settings=tuple(setting_of(text) for text in settings or ()),
        linear_rec709=linear_rec709,
        sun_disc=not no_sun_disc,
    )
    report = radiance_of(config, read_directions(directions), request)
    if as_json:
        print_json(report)
    else:
        for red, green, blue in report.radiance:
            print(f"{red:.6g},{green:.6g},{blue:.6g}")
