"""`stage replay`: folds a take again, to verify it, to show what newer code changes, or to draw its pictures."""

from __future__ import annotations

import importlib
import re
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from stage.command_line.replay_lights import See, lights_again, lines_of_sent, progress_of_frames, sent_check
from stage.lights.sent_check import SentFigures
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.outcome import Outcome
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
            help="Compare every frame's plan and outcome, and what was sent to lights, with the recorded ones: equal "
            "digests on the same build and machine, else every number within 1e-9. Needs no asset files.",
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
        typer.Option("--frames", metavar="A:B", help="Frames A up to, not including, B; either may be left out."),
    ] = ":",
    send_lights: Annotated[
        str | None,
        typer.Option("--send-lights", metavar="INTERFACE", help="Send its lights again, in real time, from there."),
    ] = None,
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
    compared, exact = verify or refold, verify and _is_of_here(reader)
    with ExitStack() as stack:
        check = sent_check(reader, exact=exact) if verify else None
        sees = [
            progress_of_frames(stack),
            *(() if check is None else (check.see,)),
            *(() if out is None else (_drawn(reader, out, assets, stack),)),
            *(() if send_lights is None else (lights_again(reader, send_lights, stack),)),
        ]
        replay = partial(Replay, reader, ShowFold, span=_span(frames), compare=compared, exact=exact)
        figures = replay(see=partial(_all, sees)).run()
    _refuse_empty(reader, figures, frames, compared=compared)
    report = report_of(reader, figures, compared=compared, exact=exact)
    sent = SentFigures() if check is None else check.figures
    _print(report, sent, as_json=as_json)
    if report.found_something or sent.different > 0:
        raise typer.Exit(1)


def _is_of_here(reader: TakeReader) -> bool:
    return (reader.header.build, reader.header.machine) == (build_digest(), machine_name())


def _all(sees: list[See], inputs: FrameInputs, outcome: Outcome) -> None:
    for see in sees:
        see(inputs, outcome)


def _drawn(reader: TakeReader, out: Path, assets: Path | None, stack: ExitStack) -> See:
    """What draws every plan. Imported late: verifying needs neither a GPU driver nor its libraries."""
    module = importlib.import_module("stage.takes.redraw")
    redraw: Redraw = module.Redraw(reader, out, assets)
    stack.callback(redraw.close)
    return lambda _inputs, outcome: redraw.draw(outcome.plan)


def _span(text: str) -> Span:
    found = _SPAN.match(text)
    if found is None:
        raise ConfigError(f"replay: --frames: found {text!r}, expected A:B, two frame numbers such as 5000:6000")
    first, last = (int(number) if number else None for number in found.groups())
    return Span(first=first, last=last)


def _refuse_empty(reader: TakeReader, figures: Figures, frames: str, *, compared: bool) -> None:
    if figures.frames == 0 and not (compared and (figures.differences or figures.skipped or reader.spoilt)):
        raise ConfigError(f"{reader.path}: {_why_empty(reader, figures, frames)}")


def _why_empty(reader: TakeReader, figures: Figures, frames: str) -> str:
    if figures.differences:
        first = figures.differences[0]
        return f"found no frame that can be folded; frame {first.frame}: {first.path} is {first.recorded}"
    if reader.damage:
        return f"found no whole frame, {reader.damage[0]}"
    if figures.skipped:
        return "found no frame that follows a snapshot"
    return f"found no frame in {frames}; `stage take info` lists the frames that it holds"


def _print(report: ReplayReport, sent: SentFigures, *, as_json: bool) -> None:
    if as_json:
        whole = {**msgspec.to_builtins(report), "sent": msgspec.to_builtins(sent) if sent.ticks else None}
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(whole)).decode() + "\n")
        return
    for line in (*lines_of(report), *lines_of_sent(sent)):
        print(line)
