"""Commands on cues: they are played, taken back, held, and their list is changed."""

from __future__ import annotations

from stage.show.commands.kinds import CommandKind, Effect, Hands
from stage.show.cues.edit import add, delete, edit, number_of, renumber
from stage.show.cues.playing import back, go, go_to, hold, resume
from stage.show.frame.requests import Command, CueRequest
from stage.values.parameters import Refusal


def _go(hands: Hands, _command: Command) -> Effect:
    return go(hands)


def _back(hands: Hands, _command: Command) -> Effect:
    return back(hands)


def _goto(hands: Hands, command: Command) -> Effect:
    number = number_of(_asked(command).number)
    return Effect(refusal=number) if isinstance(number, Refusal) else go_to(hands, number)


def _hold(hands: Hands, _command: Command) -> Effect:
    return hold(hands)


def _resume(hands: Hands, _command: Command) -> Effect:
    return resume(hands)


def _add(hands: Hands, command: Command) -> Effect:
    return add(hands, _asked(command))


def _edit(hands: Hands, command: Command) -> Effect:
    return edit(hands, _asked(command))


def _delete(hands: Hands, command: Command) -> Effect:
    return delete(hands, _asked(command))


def _renumber(hands: Hands, command: Command) -> Effect:
    return renumber(hands, _asked(command))


def _asked(command: Command) -> CueRequest:
    assert isinstance(command.request, CueRequest)
    return command.request


CUE_COMMANDS = (
    CommandKind(CueRequest, "director", _go, "go"),
    CommandKind(CueRequest, "director", _back, "back"),
    CommandKind(CueRequest, "director", _goto, "goto"),
    CommandKind(CueRequest, "director", _hold, "hold"),
    CommandKind(CueRequest, "director", _resume, "resume"),
    CommandKind(CueRequest, "director", _add, "add"),
    CommandKind(CueRequest, "director", _edit, "edit"),
    CommandKind(CueRequest, "director", _delete, "delete"),
    CommandKind(CueRequest, "director", _renumber, "renumber"),
)
