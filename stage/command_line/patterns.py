"""`stage patterns`: wall test patterns, as files or on a running stage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from stage.config.records import StageConfig
from stage.control.client import Client, ControlError
from stage.loading.files import load_config
from stage.stills.pattern_pictures import draw_patterns
from tracking.records import ConfigError

PatternName = Literal["grid", "bars", "ramp", "counter", "edge"]
PatternChoice = Literal["grid", "bars", "ramp", "counter", "edge", "off", "all"]
EVERY: tuple[PatternName, ...] = ("grid", "bars", "ramp", "counter", "edge")


def command(
    config: Annotated[Path, typer.Argument(help="The stage's configuration (TOML).", metavar="CONFIG")],
    *,
    pattern: Annotated[PatternChoice, typer.Option(help="Which pattern; `off` ends it, `all` is for files.")] = "grid",
    wall: Annotated[list[str] | None, typer.Option(help="Only this wall. May be repeated.")] = None,
    out: Annotated[Path | None, typer.Option(help="Draw into PNG files in this folder.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Put it on the walls of the running stage.")] = False,
    endpoint: Annotated[
        str | None,
        typer.Option(metavar="URL", help="That stage's control, if not the configuration's. Implies --show."),
    ] = None,
    frame: Annotated[int, typer.Option(help="Display slot for counter and edge in files.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print {files} or {frame, walls} as JSON.")] = False,
) -> None:
    """Draw wall patterns: grid (names, pixel origin, squares of 64 px), bars, ramp, frame counter, moving edge.

    Files hold the walls' code values as sent, past grade and wall colour. On a running stage a pattern stays until
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
        raise ConfigError("--pattern: found 'off' with --out, expected a pattern to draw; `off` goes with --show")
    files = draw_patterns(loaded, walls, EVERY if pattern == "all" else (pattern,), frame, out)
    names = [str(file) for file in files]
    print(json.dumps({"files": names}) if as_json else "\n".join(names))


def _walls(config: StageConfig, asked: list[str]) -> tuple[str, ...]:
    known = [wall.name for wall in config.walls]
    for name in asked:
        if name not in known:
            raise ConfigError(f"--wall: found {name!r}, expected one of {known}")
    return tuple(name for name in known if not asked or name in asked)


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
