"""`stage still`: draws one frame for a given camera pose into files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from render.views.limits import FARTHEST_M
from stage.command_line.options import ConfigArgument, LookOption, WorldOption, numbers_of, print_json, setting_of
from stage.stills.wall_stills import StillRequest, draw_still
from tracking.records import ConfigError

POSE = typer.Option("--pose", help='Pose of the entrance pupil on the stage: "x y z pan tilt roll" in m and degrees.')
SET = typer.Option(
    "--set", metavar="PATH=VALUE", help="Set a parameter first, such as /grade/exposure_stops=1; may be repeated."
)

SPHERE = typer.Option(
    "--grey-sphere", help='Put an 18 % grey sphere of 0.3 m there, lit by walls and lights: "x y z" in m, or outer.'
)


def command(
    config: ConfigArgument,
    *,
    camera: Annotated[str, typer.Option("--camera", help="Name of the camera.")],
    pose: Annotated[str, POSE],
    out: Annotated[Path, typer.Option("--out", help="Folder for the pictures.")],
    focal_mm: Annotated[
        float | None, typer.Option("--focal-mm", help="Focal length, in mm; without it, as configured.")
    ] = None,
    overscan: Annotated[
        float | None, typer.Option("--overscan", help="Overscan on every side, in degrees; without it, as configured.")
    ] = None,
    feather: Annotated[bool, typer.Option("--feather/--no-feather", help="Soften the inner picture's edge.")] = True,
    film: Annotated[
        bool, typer.Option("--film/--no-film", help="Also photograph the walls with the film camera.")
    ] = True,
    grey_sphere: Annotated[str | None, SPHERE] = None,
    world: WorldOption = None,
    look: LookOption = None,
    settings: Annotated[list[str] | None, SET] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the content of still.json.")] = False,
) -> None:
    """Draw one frame with a camera at a given pose, without prediction.

    Writes wall-NAME.exr (scene-linear ACEScg, before the wall's own colour), wall-NAME.png (as sent) and still.json.
    Also writes what the film camera sees from there through its lens: film-CAMERA.exr (scene-linear) and
    film-CAMERA.png with the frame lines of 16:9 (white), 9:16 (turquoise), 1:1 (amber) and 2.39:1 (pink). A grey
    sphere shows how walls and lights light an actor there, in the film picture and alone in grey-sphere.png.

    Example: stage still hw_configs/sim_demo.toml --camera A --pose "0 0 1.5 10 0 0" --out still
    """
    numbers = _six_numbers(pose)
    request = StillRequest(
        camera=camera,
        position_m=numbers[:3],
        rotation_deg=numbers[3:],
        focal_length_mm=focal_mm,
        overscan_deg=overscan,
        feather=feather,
        film=film,
        grey_sphere_m=None if grey_sphere is None else _sphere_place(grey_sphere),
        settings=tuple(setting_of(text) for text in settings or ()),
    )
    report = draw_still(config, request, out, world=world, look=look)
    for wall, reason in report.held.items():
        typer.echo(f"wall {wall} is drawn without its camera: {reason}", err=True)
    if as_json:
        print_json(report)
    else:
        print(f"wrote {', '.join(report.files)} in {out}")


def _six_numbers(pose: str) -> tuple[float, ...]:
    numbers = numbers_of(pose)
    if len(numbers) != 6:
        raise ConfigError(f'--pose: found {pose!r}, expected six numbers "x y z pan tilt roll" in metres and degrees')
    return numbers


def _sphere_place(text: str) -> tuple[float, ...]:
    """Three numbers, or none for the outer eye."""
    numbers = numbers_of(text)
    if text != "outer" and (len(numbers) != 3 or not all(abs(value) < FARTHEST_M for value in numbers)):
        raise ConfigError(f'--grey-sphere: found {text!r}, expected "x y z" in metres, or outer')
    return numbers
