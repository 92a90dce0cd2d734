"""`stage new`: writes a starter configuration."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from calibration.rasters.positions import MAX_WALL_PIXELS
from stage.config.rules import FASTEST_HZ, LONGEST_NAME, SLOWEST_HZ, is_rate
from stage.config.starter import WallKind, starter
from tracking.records import ConfigError
from tracking.settings import Protocol

_PIXEL_LIMITS = (16, 16384)


def command(
    *,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the stage and of its file.")],
    out: Annotated[Path | None, typer.Option(help="Write this file instead of NAME.toml in this folder.")] = None,
    wall: Annotated[WallKind, typer.Option(help="Shape of the wall.")] = "arc",
    resolution: Annotated[str, typer.Option(metavar="WxH", help="Width and height of the wall, in LEDs.")] = "1024x320",
    tracker: Annotated[Protocol, typer.Option(help="Protocol of the camera's tracker.")] = "freed",
    rate: Annotated[str, typer.Option(metavar="HZ", help="Frame rate of the wall, in Hz: 60, 50, 24000/1001.")] = "60",
    tracker_rate: Annotated[
        float, typer.Option(min=1.0, max=1000.0, metavar="HZ", help="Samples of the tracker a second.")
    ] = 60.0,
) -> None:
    """Write a commented starter configuration that runs as it is. No file is overwritten.

    Example: stage new "Studio 2" --tracker opentrackio --resolution 2816x704 --rate 24000/1001
    """
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise ConfigError(f"NAME: found {name[:40]!r}, expected 1 to {LONGEST_NAME} printable characters")
    path = out if out is not None else Path(f"{_file_stem(name)}.toml")
    text = starter(
        name,
        wall=wall,
        tracker=tracker,
        resolution_px=_resolution(resolution),
        rate_hz=_rate(rate),
        tracker_rate_hz=tracker_rate,
    )
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ConfigError(
            f"{path}: found a file, expected none; choose another with --out, or move that file"
        ) from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror}); choose another place with --out") from error
    print(f"{path} is written. Next: stage check {path} --plan {path.with_suffix('.svg')}; stage run {path}")


def _file_stem(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "stage"


def _resolution(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text)
    lowest, highest = _PIXEL_LIMITS
    if not found or not all(lowest <= int(count) <= highest for count in found.groups()):
        raise ConfigError(f"--resolution: found {text!r}, expected WxH, each from {lowest} to {highest}: 1024x320")
    columns, rows = int(found[1]), int(found[2])
    if columns * rows > MAX_WALL_PIXELS:
        raise ConfigError(f"--resolution: found {text!r}, expected at most {MAX_WALL_PIXELS} pixels in all")
    return columns, rows


def _rate(text: str) -> str:
    if is_rate(text):
        return text
    span = f"{SLOWEST_HZ} to {FASTEST_HZ}"
    raise ConfigError(f"--rate: found {text!r}, expected frames a second from {span}: 60 or 24000/1001")
