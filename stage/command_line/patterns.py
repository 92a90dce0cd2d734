"""`stage patterns`: draws wall test patterns into files, or shows them on a running stage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal, get_args

import typer

from render.plan.frame import GREY_LEVEL, Pattern
from stage.command_line.options import ConfigArgument
from stage.config.records import StageConfig
from stage.control.client import Client, ControlError
from stage.loading.files import load_config
from stage.stills.pattern_pictures import draw_patterns
from tracking.records import ConfigError
from tracking.settable import Value

PatternChoice = Literal[Pattern, "all"]
EVERY: tuple[Pattern, ...] = tuple(pattern for pattern in get_args(Pattern) if pattern != "off")


def command(
    config: ConfigArgument,
    *,
    pattern: Annotated[
        PatternChoice,
        typer.Option(help="Which pattern; `off` (with --show) ends it, `all` (with --out) draws every one."),
    ] = "grid",
    wall: Annotated[list[str] | None, typer.Option(help="Only this wall; may be repeated. Default: all walls.")] = None,
    out: Annotated[Path | None, typer.Option(help="Draw PNG files into this folder.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Show the pattern on the walls of the running stage.")] = False,
    endpoint: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Control endpoint of that stage, if not the configuration's; implies --show."),
    ] = None,
    frame: Annotated[int, typer.Option(help="Number of the frame that counter and edge show in files.", min=0)] = 0,
    level: Annotated[
        float, typer.Option("--level", help="Code value of the pattern grey; 1 is the highest.", min=0.0, max=1.0)
    ] = GREY_LEVEL,
    as_json: Annotated[bool, typer.Option("--json", help="Print {files} or {frame, walls} as JSON.")] = False,
) -> None:
    """Draw test patterns for walls, or show one on a running stage until `--pattern off`.

    grid: squares of 64 px, and for each region its wall, canvas, place and corners, and which way is up.

    lines: one-pixel lines every 16 px; any scaling blurs them. white, red, green, blue, grey: flat fields.

    bars: colour bars. ramp: every code. counter: the frame's number. edge: an edge that moves one pixel a frame.

    Patterns are code values as sent: neither the grade nor the wall's colour changes them.

    Example: stage patterns hw_configs/sim_arc.toml --pattern all --out patterns
    """
    loaded = load_config(config)
    walls = _walls(loaded.config, wall or [])
    if (out is None) == (not show and endpoint is None):
        raise ConfigError("patterns: found both or neither of --out DIR and --show, expected one of them")
    if out is None:
        _show(endpoint or loaded.config.control.endpoint, walls, pattern, level, as_json=as_json)
        return
    if pattern == "off":
        raise ConfigError("--pattern: found 'off' with --out, expected a pattern to draw; use `off` with --show")
    files = draw_patterns(loaded, walls, EVERY if pattern == "all" else (pattern,), out, frame=frame, grey_level=level)
    names = [str(file) for file in files]
    print(json.dumps({"files": names}) if as_json else "\n".join(names))


def _walls(config: StageConfig, names: list[str]) -> tuple[str, ...]:
    known = [wall.name for wall in config.walls]
    for name in names:
        if name not in known:
            raise ConfigError(f"--wall: found {name!r}, expected one of {known}")
    return tuple(name for name in known if not names or name in names)


def _show(endpoint: str, walls: tuple[str, ...], pattern: PatternChoice, level: float, *, as_json: bool) -> None:
    if pattern == "all":
        raise ConfigError("--pattern: found 'all' with --show, expected one pattern")
    try:
        with Client(endpoint) as client:
            answer = client.batch(
                {f"/wall/{wall}/{name}": value for wall in walls for name, value in _values(pattern, level).items()}
            )
    except ControlError as error:
        raise ConfigError(f"{endpoint}: {error.detail}") from error
    report = {"frame": answer.frame, "walls": list(walls), "pattern": pattern}
    print(json.dumps(report) if as_json else f"{pattern} on {', '.join(walls)} since frame {answer.frame}")


def _values(pattern: PatternChoice, level: float) -> dict[str, Value]:
    return {"grey_level": level, "pattern": pattern} if pattern == "grey" else {"pattern": pattern}
