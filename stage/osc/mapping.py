"""From OSC messages to requests: a parameter by its path, a command by an address of its own. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec

from stage.osc.arguments import as_meant, is_pressed, value_for
from stage.show.frame.requests import (
    AcknowledgeRequest,
    BatchRequest,
    CueRequest,
    LookRequest,
    SetRequest,
    ShowRequest,
    TakeRequest,
    Target,
    UndoRequest,
)
from stage.values.looks import LONGEST_LOOK_NAME
from stage.values.parameters import Parameter, Refusal
from stage.values.tree import ParameterTree
from tracking.protocols.osc_packet import Argument, OscMessage
from tracking.settable import Value

LOOK = "/look"
REFRESH = "/refresh"
"""Asks for every value once more."""
_LONGEST_FADE_S = 3600.0
_MOST_SHOWN = 3

_LONGEST_NUMBER = 16
_CUE_ACTIONS: dict[str, Literal["go", "back", "hold", "resume"]] = {
    "/cue/go": "go",
    "/cue/back": "back",
    "/cue/hold": "hold",
    "/cue/resume": "resume",
}

Arguments = tuple[Argument, ...]


class OscCommand(NamedTuple):
    """A command by its address. `makes` is the request of the arguments, with an id that is filled in later."""

    address: str
    takes: str
    help: str
    makes: Callable[[str, Arguments], ShowRequest | Refusal]


class Understood(NamedTuple):
    """What the messages of one packet ask for: requests in order, refusals with the address that each is about, and
    whether all values are to be sent. `sets` has what each parameter was set to at once.
    """

    requests: tuple[ShowRequest, ...]
    refused: tuple[tuple[str, Refusal], ...]
    refresh: bool
    sets: dict[str, Value]


def understood(messages: Iterable[OscMessage], tree: ParameterTree) -> Understood:
    """The requests in the messages of one packet. Their ids are still to be given.

    Values that follow each other in a packet become one batch: they take effect in one frame, or none does.
    """
    requests: list[ShowRequest] = []
    refused: list[tuple[str, Refusal]] = []
    targets: list[Target] = []
    refresh = False
    for message in messages:
        address = message.address
        if address == REFRESH:
            refresh |= is_pressed(message.arguments)
            continue
        command = command_at(address)
        found = _target(tree, message) if command is None else _asked(command, message)
        if isinstance(found, Refusal):
            refused.append((address, found))
        elif isinstance(found, Target):
            targets.append(found)
        elif found is not None:
            requests += [*_one_request(targets), found]
            targets = []
    requests += _one_request(targets)
    return Understood(tuple(requests), tuple(refused), refresh, dict(_set_at_once(requests)))


def command_at(address: str) -> OscCommand | None:
    """The command of an address; None where it is a parameter's, or nobody's."""
    return _BY_ADDRESS.get(LOOK if address.startswith(f"{LOOK}/") else address)


def _asked(command: OscCommand, message: OscMessage) -> ShowRequest | Refusal | None:
    """None where a button was let go."""
    return command.makes(message.address, message.arguments) if is_pressed(message.arguments) else None


def _target(tree: ParameterTree, message: OscMessage) -> Target | Refusal:
    parameter = tree.find(message.address)
    if isinstance(parameter, Refusal):
        return parameter
    if not 1 <= len(message.arguments) <= 2:
        return wrong_arguments(message.address, "a value, and perhaps the seconds of a fade", message.arguments)
    value = value_for(parameter, message.arguments[0])
    fade_s = _fade(message.arguments[1:])
    if isinstance(value, Refusal):
        return value
    if fade_s is None:
        return wrong_arguments(message.address, "a fade of 0 to 3600 seconds", message.arguments[1:])
    return Target(path=parameter.path, value=value, fade_s=fade_s)


def _fade(arguments: Arguments) -> float | None:
    """The seconds of a fade, 0 without any; None where they are no such number."""
    if not arguments:
        return 0.0
    (seconds,) = arguments
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0.0 <= seconds <= _LONGEST_FADE_S:
        return None
    return as_meant(float(seconds))


def _one_request(targets: list[Target]) -> Iterator[ShowRequest]:
    if len(targets) == 1:
        (one,) = targets
        yield SetRequest(id="", path=one.path, value=one.value, fade_s=one.fade_s)
    elif targets:
        yield BatchRequest(id="", items=tuple(targets))


def _set_at_once(requests: Iterable[ShowRequest]) -> Iterator[tuple[str, Value]]:
    for request in requests:
        items = request.items if isinstance(request, BatchRequest) else ()
        for one in (request,) if isinstance(request, SetRequest) else items:
            if one.fade_s == 0.0:
                yield one.path, one.value


def address_of(request: ShowRequest) -> str:
    """The address that a request came from; of several values that of the first, of a look without its name."""
    if isinstance(request, SetRequest):
        return request.path
    if isinstance(request, BatchRequest):
        return request.items[0].path
    if isinstance(request, UndoRequest):
        return f"/{request.action}"
    name = f"/{request.__struct_config__.tag}"
    return f"{name}/{request.action}" if isinstance(request, CueRequest | TakeRequest) else name


def with_id(request: ShowRequest, request_id: str, client: str) -> ShowRequest:
    """The request under its id, by somebody who is called `client`."""
    return msgspec.structs.replace(request, id=request_id, client=client)


def wrong_arguments(address: str, takes: str, found: Arguments) -> Refusal:
    """The refusal of arguments that an address does not take."""
    shown = ", ".join("nothing" if one is None else str(one)[:32] for one in found[:_MOST_SHOWN])
    shown += ", ..." if len(found) > _MOST_SHOWN else ""
    values = {"address": address[:128], "takes": takes, "found": shown or "no argument"}
    return Refusal(code="wrong_type", reason="osc_arguments", values=dict(values))


def _start_take(address: str, arguments: Arguments) -> ShowRequest | Refusal:
    name = arguments[0] if arguments and isinstance(arguments[0], str) else ""
    if len(arguments) > 1:
        return wrong_arguments(address, "a name, or nothing", arguments)
    return TakeRequest(id="", action="start", name=name)


def _stop_take(address: str, arguments: Arguments) -> ShowRequest | Refusal:
    return TakeRequest(id="", action="stop") if len(arguments) < 2 else wrong_arguments(address, "nothing", arguments)


def _recall_look(address: str, arguments: Arguments) -> ShowRequest | Refusal:
    """A look by its name, in the address or as the first argument: some programs send no spaces in addresses."""
    name, rest = address.removeprefix(LOOK).removeprefix("/"), arguments
    if not name and arguments and isinstance(arguments[0], str):
        name, rest = arguments[0], arguments[1:]
    fade_s = _fade(rest) if len(rest) < 2 else None
    if not 0 < len(name) <= LONGEST_LOOK_NAME or fade_s is None:
        return wrong_arguments(address, "the name of a look, and perhaps the seconds of a fade", arguments)
    return LookRequest(id="", action="recall", name=name, fade_s=fade_s)


def _cue(address: str, arguments: Arguments) -> ShowRequest | Refusal:
    """What plays the cue list and takes nothing else."""
    if len(arguments) > 1:
        return wrong_arguments(address, "nothing", arguments)
    return CueRequest(id="", action=_CUE_ACTIONS[address])


def _goto_cue(address: str, arguments: Arguments) -> ShowRequest | Refusal:
    """One cue alone, by its number; text for one that a float cannot write, such as "1.101"."""
    (number,) = arguments if len(arguments) == 1 else (None,)
    if isinstance(number, bool) or not isinstance(number, int | float | str) or len(str(number)) > _LONGEST_NUMBER:
        return wrong_arguments(address, "the number of a cue", arguments)
    return CueRequest(id="", action="goto", number=as_meant(number) if isinstance(number, float) else number)


def _undo(address: str, arguments: Arguments) -> ShowRequest | Refusal:
    """Takes back, or puts in force again, the newest change of this sender."""
    if len(arguments) > 1:
        return wrong_arguments(address, "nothing", arguments)
    return UndoRequest(id="", action="redo" if address == "/redo" else "undo")


def _acknowledge(address: str, arguments: Arguments) -> ShowRequest | Refusal:
    if len(arguments) != 1 or not isinstance(arguments[0], str) or not 0 < len(arguments[0]) <= 64:
        return wrong_arguments(address, "the code of a finding", arguments)
    return AcknowledgeRequest(id="", code=arguments[0])


COMMANDS = (
    OscCommand("/cue/go", "", "Plays the next cue.", _cue),
    OscCommand("/cue/back", "", "Returns to the values from before the last GO.", _cue),
    OscCommand("/cue/goto", "number", "Plays one cue alone.", _goto_cue),
    OscCommand("/cue/hold", "", "Stops all fades of cues.", _cue),
    OscCommand("/cue/resume", "", "Lets them go on.", _cue),
    OscCommand(LOOK, "name [f]", "Recalls a look, also by an address of its own: /look/NAME [f].", _recall_look),
    OscCommand("/take/start", "[name]", "Starts a take; without a name the stage numbers it.", _start_take),
    OscCommand("/take/stop", "", "Stops the take.", _stop_take),
    OscCommand("/undo", "", "Takes back this sender's newest change.", _undo),
    OscCommand("/redo", "", "Puts in force again what was taken back.", _undo),
    OscCommand("/acknowledge", "code", "Acknowledges a finding in health.", _acknowledge),
)
"""Every command that OSC has, besides `REFRESH`."""
_BY_ADDRESS = {command.address: command for command in COMMANDS}


def parameter_types(parameter: Parameter) -> str:
    """The OSC type that a parameter is sent and best set with."""
    return {"float": "f", "boolean": "i"}.get(parameter.kind, "s")
