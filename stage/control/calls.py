"""Calls: requests with who sent them. They are read from messages, and wait here: calls for their answer, commands for
their frame.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from stage.control.edge_commands import Call
from stage.control.fairness import FairQueue
from stage.control.wire import MessageError, WireRequest, decode_request
from stage.gate.link import Handed
from stage.gate.who import Who
from stage.show.frame.requests import ShowRequest
from stage.values.parameters import Refusal
from tracking.settable import ROLES, Role

ANSWERS_A_SLOT = 16
MOST_ROUTES = 2048
MOST_WAITING = 256
MOST_WAITING_OF_ONE = 16
FEW_COMMANDS = 64
"""Less than the least that can be too many of anybody."""
MOST_COMMANDS_WAITING = 2048
MOST_COMMANDS_WAITING_OF_ONE = 1024
_TOO_MANY_CALLS = Refusal(code="busy", reason="calls_waiting")
_TOO_MANY_COMMANDS = Refusal(code="busy", reason="commands_waiting")


class ReceivedRequest(NamedTuple):
    """A request with who sent it. The role is the connection's, lowered where the request wants less."""

    sender: str
    role: Role
    request: WireRequest
    who: Who


class ReceivedCommand(NamedTuple):
    """A command for the show, with who gave it and in which role."""

    sender: str
    role: Role
    request: ShowRequest
    who: Who


def read_message(message: Handed) -> ReceivedRequest:
    """The request in a message. Raises MessageError where it is not one body with one request."""
    if message.parts != 1:
        values = {"found": message.parts}
        raise MessageError(Refusal(code="bad_message", reason="not_one_body", values=dict(values)))
    request = decode_request(message.body)
    who = Who(message.owner, message.person or request.client or "", message.role, message.origin)
    role = message.role if request.role is msgspec.UNSET else lower_role(message.role, request.role)
    return ReceivedRequest(message.connection, role, request, who)


def lower_role(held: Role, wanted: Role | None) -> Role:
    """The lesser of the role that a connection has and the one that a request wants."""
    return held if wanted is None or ROLES.index(wanted) > ROLES.index(held) else wanted


class WaitingCalls:
    """Calls that wait for the next step, at most `MOST_WAITING` in all and `MOST_WAITING_OF_ONE` of one client."""

    def __init__(self) -> None:
        self._calls: FairQueue[Call] = FairQueue(MOST_WAITING, MOST_WAITING_OF_ONE)

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, call: Call) -> Refusal | None:
        """Queues a call; a refusal where too many wait."""
        return None if self._calls.add(call.sender, call.request.session or "", call) else _TOO_MANY_CALLS

    def due(self, slots: int = 1) -> Iterator[Call]:
        """The calls to answer in this frame, fair by client: so many a slot that an answer's cost stays small."""
        return self._calls.due(ANSWERS_A_SLOT * max(1, slots))


class WaitingCommands:
    """Commands that wait for a frame, at most `MOST_COMMANDS_WAITING` in all and `MOST_COMMANDS_WAITING_OF_ONE` of one
    client. Every one that was added is carried out.

    Mostly there are so few that the next frame carries out all: these wait in the order in which they came.
    """

    def __init__(self) -> None:
        self._few: list[ReceivedCommand] = []
        self._many: FairQueue[ReceivedCommand] = FairQueue(MOST_COMMANDS_WAITING, MOST_COMMANDS_WAITING_OF_ONE)

    def __len__(self) -> int:
        return len(self._few) + len(self._many)

    def add(self, command: ReceivedCommand) -> Refusal | None:
        """Queues a command; a refusal where too many wait."""
        if len(self._few) < FEW_COMMANDS and not len(self._many):
            self._few.append(command)
            return None
        self._share_out()
        return None if self._take(command) else _TOO_MANY_COMMANDS

    def due(self, budget: int) -> Iterable[ReceivedCommand]:
        """The commands of this frame, fair by client."""
        if self._few and len(self._few) <= budget:
            few, self._few = self._few, []
            return few
        self._share_out()
        return self._many.due(budget)

    def _share_out(self) -> None:
        """From now on one of each client is carried out in turn."""
        for command in self._few:
            self._take(command)
        self._few.clear()

    def _take(self, command: ReceivedCommand) -> bool:
        return self._many.add(command.sender, command.request.session or "", command)


class Routes:
    """The routes of requests that are not answered yet (see `Handed.route`), by sender and request id.

    They are kept apart from the sender's name, so that a request that is sent again with another number is still the
    same one. At most `MOST_ROUTES` wait; the oldest is forgotten first.
    """

    def __init__(self) -> None:
        self._routes: dict[tuple[str, str | int], deque[tuple[bytes, ...]]] = {}

    def keep(self, sender: str, request_id: str | int, route: tuple[bytes, ...]) -> None:
        """Keeps the route of a request until it is answered."""
        if not route:
            return
        while len(self._routes) >= MOST_ROUTES and (sender, request_id) not in self._routes:
            del self._routes[next(iter(self._routes))]
        self._routes.setdefault((sender, request_id), deque(maxlen=MOST_WAITING_OF_ONE)).append(route)

    def take(self, sender: str, request_id: str | int) -> tuple[bytes, ...]:
        """The route of the oldest request with this id that was not answered; empty where it has none."""
        waiting = self._routes.get((sender, request_id))
        if waiting is None:
            return ()
        route = waiting.popleft()
        if not waiting:
            del self._routes[sender, request_id]
        return route
