"""`stage world make-test-plate`: makes a film or numbered frames that say of each frame which one it is."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from stage.command_line.options import JsonOption, RunningLine, print_json
from tracking.records import ConfigError, Record

if TYPE_CHECKING:
    from render.media.made_plate import PlateSettings

PlateCodecName = Literal[
    "prores422",
    "prores422hq",
    "prores4444",
    "dnxhr",
    "dnxhr_hqx",
    "dnxhr_444",
    "h264",
    "h265",
    "mjpeg",
    "png",
    "png16",
    "jpeg",
    "exr",
]
_ENDING = {"h264": ".mp4", "h265": ".mp4", "png": "", "png16": "", "jpeg": "", "exr": ""}
_RATE = re.compile(r"(\d{1,6})(?:/(\d{1,6}))?|(\d{1,3}\.\d{1,6})")
_SIZE = re.compile(r"(\d{1,5})[x×](\d{1,5})")
_TIME_CODE = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d[:;](\d\d)")
_MOST_SECONDS = 24.0 * 3600.0


class MadePlate(Record):
    """What was made. `rate` is numerator and denominator in frames a second; the first frame says `first`."""

    path: str
    codec: str
    columns: int
    rows: int
    rate: tuple[int, int]
    frames: int
    first: int
    bytes: int


def make_test_plate(
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="The film, or the folder of numbered frames. Default: test_plate.", metavar="PATH"),
    ] = None,
    codec: Annotated[PlateCodecName, typer.Option("--codec", help="What it is encoded with.")] = "prores422",
    size: Annotated[str, typer.Option("--size", help="Columns and rows.")] = "1920x1080",
    rate: Annotated[str, typer.Option("--rate", help="Frames a second: 25, 23.976 or 24000/1001.")] = "24",
    seconds: Annotated[float, typer.Option("--seconds", min=0.0, help="How long it is, in s.")] = 10.0,
    number: Annotated[int, typer.Option("--number", min=0, help="The number that its first frame says.")] = 0,
    start: Annotated[
        str, typer.Option("--start", help="Time code of its first frame, such as 01:00:00:00.", metavar="TIMECODE")
    ] = "",
    group: Annotated[
        int | None,
        typer.Option("--group", min=1, max=1000, help="Most frames from key frame to key frame, of h264 and h265."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a test plate: bars, a ramp that moves, and each frame's number for the eye and for a machine.

    The number stands in the row of cells at the bottom: which frame a wall shows can be read from its pixels.

    Example: stage world make-test-plate --rate 24000/1001 --seconds 2 --size 640x360 --out plate.mov
    """
    from render.media.made_plate import PlateSettings  # noqa: PLC0415 - only what makes plates needs FFmpeg
    from render.media.made_plate import make_test_plate as make  # noqa: PLC0415

    columns, rows = _size_of(size)
    exact = rate_of(rate)
    if start:
        _check_start(start, exact)
    if seconds > _MOST_SECONDS:
        raise ConfigError(f"--seconds: found {seconds:g}, expected at most {_MOST_SECONDS:g}")
    path = out or Path(f"test_plate{_ENDING.get(codec, '.mov')}")
    settings = PlateSettings(
        codec=codec,
        columns=columns,
        rows=rows,
        rate=exact,
        frames=max(1, round(seconds * exact)),
        first=number,
        group=group,
        start=start,
    )
    line = RunningLine(0.2)
    make(path, settings, lambda done, of: line.show(f"{path.name}: {done} of {of} frames"))
    if as_json:
        print_json(_made(path, settings))
    else:
        print(f"{path}: {codec}, {columns} x {rows}, {settings.frames} frames at {rate}, from number {number}")


def _made(path: Path, settings: PlateSettings) -> MadePlate:
    return MadePlate(
        path=str(path),
        codec=settings.codec,
        columns=settings.columns,
        rows=settings.rows,
        rate=(settings.rate.numerator, settings.rate.denominator),
        frames=settings.frames,
        first=settings.first,
        bytes=sum(one.stat().st_size for one in (path.iterdir() if path.is_dir() else (path,))),
    )


def rate_of(text: str) -> Fraction:
    """Reads a rate: 25, 23.976 (which is 24000/1001) or 24000/1001. Raises ConfigError."""
    from render.media.timeline import standard_rate  # noqa: PLC0415

    found = _RATE.fullmatch(text.strip())
    if found is None or found[2] == "0" or Fraction(text.strip()) <= 0:
        raise ConfigError(f"--rate: found {text!r}, expected frames a second such as 25, 23.976 or 24000/1001")
    return standard_rate(Fraction(text.strip()))


def _check_start(start: str, rate: Fraction) -> None:
    """Raises ConfigError for what is no time code at a rate."""
    found = _TIME_CODE.fullmatch(start)
    if found is None:
        raise ConfigError(f"--start: found {start!r}, expected hours:minutes:seconds:frames such as 01:00:00:00")
    if int(found[1]) >= rate:
        raise ConfigError(f"--start: found frame {found[1]} of a second, expected one below {float(rate):g}")


def _size_of(text: str) -> tuple[int, int]:
    found = _SIZE.fullmatch(text.strip().lower())
    if found is None:
        raise ConfigError(f"--size: found {text!r}, expected columns and rows such as 1920x1080")
    return int(found[1]), int(found[2])
