"""`stage replay`: folds a take again, to verify it, to show what newer code changes, or to draw its pictures."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress, TextColumn

from render.plan.frame import FramePlan
from stage.show.frame.inputs import FrameInputs
from stage.takes.identity import build_digest, machine_name
from stage.takes.reader import TakeReader
from stage.takes.refold import ShowFold
from stage.takes.replay import Figures, Replay, Span
from stage.takes.replay_report import ReplayReport, lines_of, report_of
from tracking.records import ConfigError

if TYPE_CHECKING:
    from stage.takes.redraw import Redraw

_SPAN = re.compile(r"^(\d*):(\d*)$")


def command(
    take: Annotated[Path, typer.Argument(metavar="TAKE", help="A take: .mcap, or .mcap.part if it was cut off.")],
    *,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Compare every frame's plan and outcome with the recorded ones: equal digests on the same build and "
            "machine, otherwise every number within 1e-9. Names the first difference. Needs no asset files.",
        ),
    ] = False,
    refold: Annotated[
        bool,
        typer.Option("--refold", help="Run this version on the take's inputs and report what it plans differently."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Draw every frame: the wall pictures as they were sent, as PNG."),
    ] = None,
    frames: Annotated[
        str,
        typer.Option(
            "--frames", metavar="A:B", help="Frame numbers A up to, not including, B; either may be left out."
        ),
    ] = ":",
    assets: Annotated[
        Path | None,
        typer.Option("--assets", metavar="DIR", help="Folder in which the take's files are looked for, by their hash."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")] = False,
) -> None:
    """Fold a recorded take again from its first snapshot. Exits 1 if something differs or is damaged.

    Example: stage replay takes/take-001.mcap --verify
    """
    if verify and refold:
        raise ConfigError("replay: found --verify and --refold, expected one of them")
    reader = TakeReader(take)
    span = _span(frames)
    with _seen(reader, out, assets) as see:
        exact = verify and (reader.header.build, reader.header.machine) == (build_digest(), machine_name())
        replay = Replay(reader, ShowFold, span=span, compare=verify or refold, exact=exact, see=see)
        figures = replay.run()
    compared = verify or refold
    found = figures.differences or figures.skipped or reader.spoilt
    if figures.frames == 0 and not (compared and found):
        raise ConfigError(f"{take}: {_why_empty(reader, figures, frames)}")
    report = report_of(reader, figures, compared=compared, exact=exact)
    _print(report, as_json=as_json)
    if report.found_something:
        raise typer.Exit(1)


@contextmanager
def _seen(
    reader: TakeReader, out: Path | None, assets: Path | None
) -> Iterator[Callable[[FrameInputs, FramePlan], None]]:
    """What to do with every plan: show the progress, and draw it where pictures were asked for."""
    console = Console(stderr=True)
    columns = (TextColumn("frame {task.fields[frame]}"), TextColumn("{task.completed} done"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=None, frame="")
        redraw = None if out is None else _redraw(reader, out, assets)

        def see(inputs: FrameInputs, plan: FramePlan) -> None:
            if redraw is not None:
                redraw.see(inputs, plan)
            progress.update(task, advance=1, frame=plan.frame)

        try:
            yield see
        finally:
            if redraw is not None:
                redraw.close()


def _redraw(reader: TakeReader, out: Path, assets: Path | None) -> Redraw:
    """Imported late: verifying needs neither a GPU driver nor its libraries."""
    module = importlib.import_module("stage.takes.redraw")
    redraw: Redraw = module.Redraw(reader, out, assets)
    return redraw


def _span(text: str) -> Span:
    found = _SPAN.match(text)
    if found is None:
        raise ConfigError(f"replay: --frames: found {text!r}, expected A:B, two frame numbers such as 5000:6000")
    first, last = (int(number) if number else None for number in found.groups())
    return Span(first=first, last=last)


def _why_empty(reader: TakeReader, figures: Figures, frames: str) -> str:
    if figures.differences:
        first = figures.differences[0]
        return f"found no frame that can be folded; frame {first.frame}: {first.path} is {first.recorded}"
    if reader.damage:
        return f"found no whole frame, {reader.damage[0]}"
    if figures.skipped:
        return "found no frame that follows a snapshot"
    return f"found no frame in {frames}; `stage take info` lists the frames that it holds"


def _print(report: ReplayReport, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(report)).decode() + "\n")
        return
    for line in lines_of(report):
        print(line)
