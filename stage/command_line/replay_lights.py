"""What `stage replay` does with a take's lights: it checks what was sent, and sends it again where that is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import msgspec
from rich.console import Console
from rich.progress import Progress, TextColumn

from stage.config.records import StageConfig
from stage.lights.replayed import replayed_lights, settings_to
from stage.lights.sender import settings_of
from stage.lights.sent_check import SentCheck, SentFigures
from stage.lights.stage_rig import rig_of_stage
from stage.lights.ways import open_way
from stage.run.terminal import print_notice
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.outcome import Outcome
from stage.takes.reader import TakeReader
from stage.takes.refold import config_of
from tracking.records import ConfigError

See = Callable[[FrameInputs, Outcome], None]
"""What is done with each frame of a take and what it was folded to."""


def progress_of_frames(stack: ExitStack) -> See:
    """Shows on a terminal how far a replay is."""
    console = Console(stderr=True)
    columns = (TextColumn("frame {task.fields[frame]}"), TextColumn("{task.completed} done"))
    progress = stack.enter_context(Progress(*columns, console=console, transient=True, disable=not console.is_terminal))
    task = progress.add_task("", total=None, frame="")
    return lambda _inputs, outcome: progress.update(task, advance=1, frame=outcome.frame)


def sent_check(reader: TakeReader, *, exact: bool) -> SentCheck | None:
    """What checks that what was sent is what the take's targets are mixed to; None where the stage has no lights.

    The take has the profiles of its fixtures. Where this version cannot mix them, that is said and nothing is checked.
    """
    config = config_of(reader.path, reader.header)
    if not config.lights:
        return None
    try:
        return SentCheck(rig_of_stage(config), _numbers(config), exact=exact)
    except ConfigError as error:
        print_notice(f"{reader.path}: what was sent to the lights is not checked: {error}")
        return None


def _numbers(config: StageConfig) -> range:
    return open_way(settings_of(config), bytes(16), lambda _report: None).framing.numbers


def lights_again(reader: TakeReader, place: str, stack: ExitStack) -> See:
    """What sends the lights of each frame when they are due, until the stack is closed.

    Raises ConfigError for a take without lights, and for an interface or device that cannot be used.
    """
    config = config_of(reader.path, reader.header)
    if not config.lights:
        raise ConfigError(f"{reader.path}: --send-lights: found no lights, expected a take of a stage with [[lights]]")
    settings = settings_to(settings_of(config), place)
    lights = stack.enter_context(replayed_lights(rig_of_stage(config), settings, print_notice))

    def see(_inputs: FrameInputs, outcome: Outcome) -> None:
        if not isinstance(outcome.lights, msgspec.UnsetType):
            lights.show(outcome.lights)

    return see


def lines_of_sent(sent: SentFigures) -> Iterator[str]:
    """What the check found, for people."""
    if not sent.ticks:
        return
    rest = []
    if sent.settling:
        rest.append(f"{sent.settling} at the beginning, before what they depend on is known")
    if sent.other:
        rest.append(f"{sent.other} not made of this take's frames alone")
    more = f" ({', '.join(rest)})" if rest else ""
    yield f"lights: {sent.ticks} ticks on the wire, {sent.equal} as mixed again{more}"
    first = sent.first_difference
    if first is not None:
        yield (
            f"lights: {sent.different} ticks differ, first at frame {first.at_frame:.2f}: universe {first.universe} "
            f"slot {first.slot}: sent {first.recorded}, mixed again {first.mixed}"
        )
