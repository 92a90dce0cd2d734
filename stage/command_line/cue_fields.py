"""What a cue holds, as options of the commands that make and change one: each is declared here, once."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from stage.command_line.control_look import OnlyOption, parts_of
from stage.command_line.options import setting_of
from tracking.settable import Curve, Way

Command = Callable[..., None]
_FIELDS = "fields"
_OPTIONS: dict[str, Any] = {
    "look": Annotated[str | None, typer.Option("--look", help="The look that it recalls.")],
    "only": OnlyOption,
    "values": Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="A value that it sets; may be repeated.")
    ],
    "fade_s": Annotated[float | None, typer.Option("--fade-s", help="Seconds until it is there.", min=0.0, max=3600.0)],
    "delay_s": Annotated[
        float | None, typer.Option("--delay-s", help="Seconds that it waits first.", min=0.0, max=3600.0)
    ],
    "curve": Annotated[Curve | None, typer.Option("--curve", help="How it gets there: evenly, or softly.")],
    "way": Annotated[Way | None, typer.Option("--way", help="Which way round hours and angles go.")],
    "follow_on": Annotated[
        bool | None, typer.Option("--follow-on/--no-follow-on", help="Whether the next cue follows by itself.")
    ],
    "name": Annotated[str | None, typer.Option("--name", help="A name for people.")],
}
"""By the field of `CueFields`, whose number is an argument of the commands."""


def with_fields(command: Command) -> Command:
    """Gives a command an option for each field of a cue, where it has the parameter `fields`: those that were given."""

    @functools.wraps(command)
    def called(**given: Any) -> None:
        options = {name: given.pop(name) for name in _OPTIONS}
        command(**given, **{_FIELDS: _read(options)})

    parameters: list[inspect.Parameter] = []
    for own in inspect.signature(command, eval_str=True).parameters.values():
        options = _OPTIONS.items() if own.name == _FIELDS else ()
        parameters += [own.replace(name=name, annotation=option, default=None) for name, option in options] or [own]
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {one.name: one.annotation for one in parameters}
    return called


def _read(options: dict[str, Any]) -> dict[str, Any]:
    """The fields that were given, as the wire has them. Raises ConfigError."""
    fields = {name: value for name, value in options.items() if value is not None}
    if "values" in fields:
        fields["values"] = dict(setting_of(text) for text in fields["values"])
    if "only" in fields:
        fields["only"] = list(parts_of(fields["only"]))
    return fields
