"""`stage patterns`: draws wall test patterns into files, or shows them on a running stage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from stage.command_line.options import ConfigArgument
from stage.config.records import StageConfig
from stage.control.client import Client, ControlError
from stage.loading.files import load_config
from stage.stills.pattern_pictures import draw_patterns
from tracking.records import ConfigError

PatternName = Literal["grid", "bars", "ramp", "counter", "edge"]
PatternChoice = Literal["grid", "bars", "ramp", "counter", "edge", "off", "all"]
EVERY: tuple[PatternName, ...] = ("grid", "bars", "ramp", "counter", "edge")


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
    as_json: Annotated[bool, typer.Option("--json", help="Print {files} or {frame, walls} as JSON.")] = False,
) -> None:
    """Draw wall patterns: grid (names, pixel origin, squares of 64 px), bars, ramp, frame counter, moving edge.

    Patterns are code values as sent: grade and wall colour do not apply. On a running stage a pattern stays until
    `--pattern off`.

    Example: stage patterns hw_configs/sim_arc.toml --pattern all --out patterns
    """
    loaded = load_config(config)
    walls = _walls(loaded.config, wall or [])
    if (out is None) == (not show and endpoint is None):
        raise ConfigError("patterns: found both or neither of --out DIR and --show, expected one of them")
    if out is None:
        _show(endpoint or loaded.config.control.endpoint, walls, pattern, as_json=as_json)
        return
    if pattern == "off":
        raise ConfigError("--pattern: found 'off' with --out, expected a pattern to draw; use `off` with --show")
    files = draw_patterns(loaded, walls, EVERY if pattern == "all" else (pattern,), frame, out)
    names = [str(file) for file in files]
    print(json.dumps({"files": names}) if as_json else "\n".join(names))


def _walls(config: StageConfig, names: list[str]) -> tuple[str, ...]:
    known = [wall.name for wall in config.walls]
    for name in names:
        if name not in known:
            raise ConfigError(f"--wall: found {name!r}, expected one of {known}")
    return tuple(name for name in known if not names or name in names)


def _show(endpoint: str, walls: tuple[str, ...], pattern: PatternChoice, *, as_json: bool) -> None:
    if pattern == "all":
        raise ConfigError("--pattern: found 'all' with --show, expected one pattern")
    try:
        with Client(endpoint) as client:
            answer = client.batch({f"/wall/{wall}/pattern": pattern for wall in walls})
    except ControlError as error:
        raise ConfigError(f"{endpoint}: {error.detail}") from error
    report = {"frame": answer.frame, "walls": list(walls), "pattern": pattern}
    print(json.dumps(report) if as_json else f"{pattern} on {', '.join(walls)} since frame {answer.frame}")
