"""The control server: requests in before the step, answers and changes out after it. The loop polls it, never waits.

Commands become part of the frame's inputs and are answered from the outcome of the step that carried them out. What
the edge answers itself is answered after the step, a bounded number a frame.
"""

from __future__ import annotations

from collections import Counter, deque
from pathlib import Path
from typing import cast

from stage.config.addresses import parse_endpoint
from stage.control.calls import ReceivedCommand, Routes, WaitingCalls, WaitingCommands, read_message
from stage.control.connections import GrowthLimit, ResidentMemory
from stage.control.edge_commands import Call, EdgeHands, Present, answer_call
from stage.control.exchange import Exchange, Message
from stage.control.guard import Guard
from stage.control.keeper import Keeper
from stage.control.publishing import Publisher
from stage.control.replies import ErrorReply, Moment, Reply, answer_reply, encode_message, error_reply
from stage.control.requests import EdgeRequest
from stage.control.saving import Saving
from stage.control.sockets import ControlSockets
from stage.control.value_places import ValuePlaces
from stage.control.view import ShowView
from stage.control.wire import MessageError
from stage.run.options import BoundPorts
from stage.show.commands.table import kind_of
from stage.show.frame.entries import RefusedCall
from stage.show.frame.inputs import Dropped
from stage.show.frame.outcome import Outcome
from stage.show.frame.requests import Command, ShowRequest
from stage.values.parameters import Refusal
from stage.values.tree import ParameterTree
from tracking.settable import Role

MESSAGES_A_DRAIN = 1024
MOST_REFUSED = 256


class ControlServer:
    """The control ports of one running show.

    `endpoint` is `tcp://ADDRESS:PORT`. State and telemetry get the next two ports; with port 0, three free ones.
    Saved values are files at `values`. Clients on this machine are admins, those beyond it (only with `lan`)
    operators. `again` are the ports of a core that died; they are bound instead. Files of worlds are written into
    `library`, a folder that is made if it `makes_library`. Raises ConfigError for a bad endpoint or a port in use.

    `counts` has the refusals by code, and what failed at the sockets.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        values: ValuePlaces,
        stage: str = "Stage",
        lan: bool = False,
        again: BoundPorts | None = None,
        library: Path | None = None,
        makes_library: bool = False,
        journal: Path | None = None,
    ) -> None:
        host, port = parse_endpoint(endpoint, lan=lan)
        self.counts: Counter[str] = Counter()
        self._sockets = ControlSockets(host, port, again)
        self._memory = ResidentMemory()
        self._guard = Guard(self._sockets, GrowthLimit(self._memory.size_bytes))
        self._exchange = Exchange(self._sockets, self._guard, self.counts)
        self._saving = Saving(Keeper(values, stage, library, makes_library=makes_library))
        self._refused: deque[RefusedCall] = deque(maxlen=MOST_REFUSED)
        self._hands = EdgeHands(stage, self.ports, self._saving, str(journal or ""), self._refused)
        self._tree = ParameterTree()
        self._waiting = WaitingCalls()
        self._commands = WaitingCommands()
        self._routes = Routes()
        self._publisher = Publisher(self._exchange)
        self._moment = Moment(frame=-1, epoch=0, seq=0)
        self._order = 0

    @property
    def endpoint(self) -> str:
        """Where requests are received, with the port that is really bound."""
        return self._sockets.bound.endpoint

    @property
    def bound(self) -> BoundPorts:
        """The bound ports, for a core that has to follow this one."""
        return self._sockets.bound

    @property
    def ports(self) -> dict[str, int]:
        """Bound ports: control, state, telemetry."""
        return self._sockets.bound.by_name

    def close(self) -> None:
        """Finishes saving, then releases the ports."""
        self._saving.close()
        self._sockets.close()
        self._memory.close()

    def drain(self, budget: int = 64) -> tuple[Command, ...]:
        """The commands of this frame: loaded values, and `budget` of those that have arrived. Never waits or raises.

        Everything that has arrived is read, within bounds. What a frame has no room for waits for the next one, and
        what the queue has no room for is answered `busy` at once.
        """
        loaded = self._saving.loaded(self._tree)
        commands = [self._command(sender, role, request) for sender, role, request in loaded]
        for message in self._exchange.receive(MESSAGES_A_DRAIN):
            self._receive(message)
        commands += [self._command(*received) for received in self._commands.due(budget)]
        return tuple(commands)

    def reports(self) -> tuple[Dropped, ...]:
        """What had to be dropped since the last call: all connections, where they took too much."""
        return self._guard.reports()

    def settle_memory(self) -> None:
        """To be called while the stage itself needs much more memory, as for a world: clients are not blamed for it."""
        self._guard.settle()

    def refused_calls(self) -> tuple[RefusedCall, ...]:
        """The requests that were refused for a role since the last call, before they came to the show."""
        found = tuple(self._refused)
        self._refused.clear()
        return found

    def publish(self, outcome: Outcome, view: ShowView) -> None:
        """Sends everything that goes out after a step: answers, changed values, telemetry."""
        present = Present(outcome, view)
        slots = outcome.frame - self._moment.frame
        self._moment, self._tree = present.moment, view.tree
        for answer in outcome.answers:
            note = self._saving.take_note(answer.sender, answer.id)
            self._reply(answer.sender, answer_reply(self._moment, answer, note))
        for sender, reply in self._saving.finished(self._moment):
            self._reply(sender, reply)
        for call in self._waiting.due(slots):
            answered = answer_call(self._hands, present, call)
            if answered is not None:
                self._reply(call.sender, answered)
        self._publisher.publish(present)

    def _receive(self, message: Message) -> None:
        """Reads one message: a command waits for its frame, a call for the step, anything else is refused."""
        try:
            sender, role, request = read_message(message)
        except MessageError as error:
            self._routes.keep(message.sender, error.request_id, message.route)
            self._refuse(message.sender, error.request_id, error.refusal)
            return
        self._routes.keep(sender, request.id, message.route)
        if kind_of(request) is not None:
            refusal = self._commands.add(ReceivedCommand(sender, role, cast(ShowRequest, request)))
        else:
            refusal = self._waiting.add(Call(sender, role, cast(EdgeRequest, request)))
        if refusal is not None:
            self._refuse(sender, request.id, refusal)

    def _command(self, sender: str, role: Role, request: ShowRequest) -> Command:
        self._order += 1
        return Command(sender=sender, role=role, order=self._order, request=request)

    def _refuse(self, sender: str, request_id: str | int, refusal: Refusal) -> None:
        self._reply(sender, error_reply(self._moment.fields(request_id), refusal))

    def _reply(self, sender: str, reply: Reply) -> None:
        if isinstance(reply, ErrorReply):
            self.counts[reply.code] += 1
        self._exchange.reply(sender, encode_message(reply), self._routes.take(sender, reply.id))
