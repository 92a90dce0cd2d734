"""`stage lights learn`: which fader of a lighting desk is to move a parameter."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any, cast

import msgspec
import typer

from stage.command_line.connected import EndpointOption, JsonOption, connected, print_out
from stage.config.desk_reader import read_desk_maps, text_with_row
from stage.config.findings import Findings
from stage.control.client import DEFAULT_ENDPOINT, Client
from stage.loading.texts import text_of
from stage.values.desk import DeskMap, TakeOver
from tracking.records import ConfigError

_ASKS_EVERY_S = 0.1
_STANDS_STILL_S = 0.6
_WORDS = ("jump", "pickup", "always")


def learn(
    path: Annotated[str, typer.Argument(metavar="PATH", help="The parameter, such as /time/hour.")],
    low: Annotated[float | None, typer.Option("--low", help="The value of level 0, in the parameter's unit.")] = None,
    high: Annotated[float | None, typer.Option("--high", help="The value of the highest level.")] = None,
    *,
    wide: Annotated[
        bool, typer.Option("--16-bit", help="The fader is 16 bits wide: the next slot has its fine part.")
    ] = False,
    take_over: Annotated[
        str, typer.Option("--take-over", help="When it moves the value: jump, pickup (once it has passed it), always.")
    ] = "jump",
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="Keep it in this file too, which [dmx] mapping names.")
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", help="How long to wait for the fader.", min=0.1)] = 30.0,
    endpoint: EndpointOption = DEFAULT_ENDPOINT,
    as_json: JsonOption = False,
) -> None:
    """Move one fader of the desk, all the way: from now on it moves this parameter of the running stage.

    Example: stage lights learn /time/hour --mapping desk.toml
    """
    if take_over not in _WORDS:
        raise ConfigError(f"--take-over: found {take_over!r}, expected one of {', '.join(_WORDS)}")
    with connected(endpoint, as_json=as_json) as stage:
        stage.describe(path)
        if not as_json:
            print(f"Move the fader for {path}, all the way up and down ({seconds:g} s) ...")
        universe, address = _moved(stage, seconds)
        row = DeskMap(
            path=path,
            universe=universe,
            address=address,
            bits=16 if wide else 8,
            low=low,
            high=high,
            take_over=cast("TakeOver", take_over),
        )
        stage.map_desk([row])
    if mapping is not None:
        _keep(mapping, row)
    if as_json:
        print_out({"ok": True, "map": msgspec.to_builtins(row), "file": None if mapping is None else str(mapping)})
    else:
        kept = "" if mapping is None else f", kept in {mapping}"
        print(f"{path} is moved by universe {universe}, channel {address}{', 16 bits' if wide else ''}{kept}")


def _moved(stage: Client, seconds: float) -> tuple[int, int]:
    """Universe and address of the slot that is moved from now on, once it stands still.

    Until then a wide fader may be known by its fine part.
    """
    before = newest = _desk(stage)["moved"]
    since_s, until_s = 0.0, time.monotonic() + seconds
    while time.monotonic() < until_s:
        time.sleep(_ASKS_EVERY_S)
        moved = _desk(stage)["moved"]
        if moved != newest:
            newest, since_s = moved, time.monotonic()
        elif newest is not None and newest != before and time.monotonic() - since_s > _STANDS_STILL_S:
            return newest[0], newest[1]
    if newest is not None and newest != before:
        return newest[0], newest[1]
    heard = sum(map(len, _desk(stage)["senders"].values()))
    why = "no desk is heard: see [dmx] in_from and in_universes" if not heard else "no fader has moved"
    raise ConfigError(f"nothing was learned in {seconds:g} s: {why}")


def _desk(stage: Client) -> dict[str, Any]:
    desk: dict[str, Any] | None = stage.status().get("desk")
    if desk is None:
        raise ConfigError("dmx.in_from: this stage listens to no desk; name the desk's address in [dmx] in_from")
    return desk


def _keep(file: Path, row: DeskMap) -> None:
    """Writes the file with this row in it, whole or not at all. Raises ConfigError."""
    findings = Findings(str(file))
    text = text_of(file, findings, what="a desk's mapping") if file.exists() else ""
    rows = () if text is None else read_desk_maps(text, findings)
    findings.refuse()
    fresh = file.with_name(f".{file.name}.new")
    try:
        fresh.write_text(text_with_row(text or "", rows, row), encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        raise ConfigError(
            f"{file}: cannot be written ({error.strerror}): the stage has learned it until it ends"
        ) from error
