"""The control server: requests in before the step, answers and changes out after it. The loop polls it, never waits.

Commands become part of the frame's inputs and are answered from the outcome of the step that carried them out. What
the edge answers itself is answered after the step, a bounded number a frame. For these, which never come to the show,
a session belongs to whoever used it first.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path
from typing import cast

from stage.control.calls import ReceivedCommand, Routes, WaitingCalls, WaitingCommands, read_message
from stage.control.descriptions import Descriptions
from stage.control.edge_commands import Call, EdgeHands, Present, answer_call, refused_call
from stage.control.exchange import Exchange
from stage.control.gate_reports import GateReports
from stage.control.keeper import Keeper
from stage.control.publishing import Publisher
from stage.control.replies import ErrorReply, Moment, Reply, answer_reply, encode_message, error_reply
from stage.control.requests import EdgeRequest
from stage.control.saving import Saving
from stage.control.show_view import ShowView
from stage.control.value_places import ValuePlaces
from stage.control.wire import MessageError
from stage.gate.link import Handed
from stage.gate.who import Who
from stage.run.options import BoundPorts
from stage.show.commands.answered import session_of_another
from stage.show.commands.table import kind_of
from stage.show.frame.entries import RefusedCall
from stage.show.frame.inputs import Condition, Dropped
from stage.show.frame.outcome import Outcome
from stage.show.frame.requests import Command, ShowRequest
from stage.values.parameters import Refusal
from stage.values.tree import ParameterTree
from tracking.settable import Role

MOST_SESSIONS = 256

OwnerOf = Callable[[str], str | None]
"""Whose session it is by the show's commands; None where no command has named it."""
MESSAGES_A_DRAIN = 1024
MESSAGES_AHEAD = 64
ANSWERED_BYTES_A_SLOT = 256 * 1024
"""So many bytes of answers to calls are sent a slot, and the answer that goes beyond them: the others wait. To copy a
description of everything takes longer than to make a hundred small answers.
"""
MOST_REFUSED = 256


class SessionOwners:
    """What the show knows of sessions, and those that have only asked questions so far, by their owner.

    Of these at most `MOST_SESSIONS` are remembered; the one that was silent longest is forgotten first.
    """

    def __init__(self) -> None:
        self._asking: dict[str, str] = {}
        self.in_show: OwnerOf = lambda _session: None

    def belongs(self, session: str, owner: str) -> bool:
        """Whether `owner` (see `Command.owner`) may speak for this session, which is theirs if nobody has used it."""
        known = self.in_show(session)
        if known is not None:
            return known == owner
        first = self._asking.pop(session, owner)
        self._asking[session] = first
        if len(self._asking) > MOST_SESSIONS:
            del self._asking[next(iter(self._asking))]
        return first == owner


class ControlServer:
    """The control edge of one running show, behind the gate of the run in the folder `runtime`.

    `ports` are the gate's. Saved values are files at `values`. Files of worlds are written into `library`, a folder
    that is made if it `makes_library`. Raises ConfigError where another core serves the gate.

    `counts` has the refusals by code, and what could not be sent.
    """

    def __init__(
        self,
        runtime: str,
        ports: BoundPorts,
        *,
        values: ValuePlaces,
        stage: str = "Stage",
        library: Path | None = None,
        makes_library: bool = False,
        journal: Path | None = None,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._bound = ports
        self._exchange = Exchange(runtime, self.counts)
        self._saving = Saving(Keeper(values, stage, library, makes_library=makes_library))
        self._refused: deque[RefusedCall] = deque(maxlen=MOST_REFUSED)
        self._gate_reports = GateReports(self._refused.append)
        self._hands = EdgeHands(stage, self.ports, self._saving, str(journal or ""), self._refused, Descriptions())
        self._tree = ParameterTree()
        self._waiting = WaitingCalls()
        self._commands = WaitingCommands()
        self._routes = Routes()
        self._publisher = Publisher(self._exchange)
        self._sessions = SessionOwners()
        self._moment = Moment(frame=-1, epoch=0, seq=0)
        self._order = 0
        self._reads = False

    @property
    def endpoint(self) -> str:
        """Where clients send requests."""
        return self._bound.endpoint

    @property
    def ports(self) -> dict[str, int]:
        """The gate's ports: control, state, telemetry."""
        return self._bound.by_name

    def close(self) -> None:
        """Finishes saving, then leaves the gate."""
        self._saving.close()
        self._exchange.close()

    def read_ahead(self) -> None:
        """Reads a few of the messages that have arrived. What comes of them is for the frame of the next drain."""
        self._begin_to_read()
        for message in self._exchange.receive(MESSAGES_AHEAD):
            self._receive(message)

    def drain(self, budget: int = 64) -> tuple[Command, ...]:
        """The commands of this frame: loaded values, and `budget` of those that have arrived. Never waits or raises.

        Everything that has arrived is read, within bounds. What a frame has no room for waits for the next one, and
        what the queue has no room for is answered `busy` at once.
        """
        self._begin_to_read()
        self._reads = False
        loaded = self._saving.loaded(self._tree)
        commands = [self._command(*one) for one in loaded]
        for message in self._exchange.receive(MESSAGES_A_DRAIN):
            self._receive(message)
        commands += [self._command(*received) for received in self._commands.due(budget)]
        return tuple(commands)

    def _begin_to_read(self) -> None:
        """Sends what could not be sent before. From now on everything that is said waits until the frame is kept."""
        if not self._reads:
            self._exchange.flush()
        self._reads = True

    def reports(self) -> tuple[Dropped | Condition, ...]:
        """Whom the gate has sent away since the last call."""
        return tuple(self._gate_reports.observations(self._exchange.turned()))

    def refused_calls(self) -> tuple[RefusedCall, ...]:
        """What was refused since the last call for who sent it, before it came to the show."""
        found = tuple(self._refused)
        self._refused.clear()
        return found

    def publish(self, outcome: Outcome, view: ShowView) -> None:
        """Sends everything that goes out after a step: answers, changed values, telemetry."""
        present = Present(outcome, view)
        slots = outcome.frame - self._moment.frame
        self._moment, self._tree, self._sessions.in_show = present.moment, view.tree, view.owner_of
        for answer in outcome.answers:
            note = self._saving.take_note(answer.sender, answer.id)
            self._reply(answer.sender, answer_reply(self._moment, answer, note))
        for sender, reply in self._saving.finished(self._moment):
            self._reply(sender, reply)
        room = ANSWERED_BYTES_A_SLOT * max(1, slots)
        for call in self._waiting.due(slots):
            answered = answer_call(self._hands, present, call)
            room -= 0 if answered is None else self._reply(call.sender, answered)
            if room <= 0:
                break
        waiting = {"commands": len(self._commands), "calls": len(self._waiting)}
        self._publisher.publish(present, waiting, self.counts)
        self._exchange.flush()

    def _receive(self, message: Handed) -> None:
        """Reads one message: a command waits for its frame, a call for the step, anything else is refused."""
        sender = message.connection
        try:
            _, role, request, who = read_message(message)
        except MessageError as error:
            self._routes.keep(sender, error.request_id, message.route)
            self._refuse(sender, error.request_id, error.refusal)
            return
        self._routes.keep(sender, request.id, message.route)
        if isinstance(request.session, str) and not self._sessions.belongs(request.session, who.owner):
            refusal: Refusal | None = session_of_another()
            call = Call(sender, role, cast(EdgeRequest, request), who)
            self._refused.append(refused_call(call, session_of_another()))
        elif kind_of(request) is not None:
            refusal = self._commands.add(ReceivedCommand(sender, role, cast(ShowRequest, request), who))
        else:
            refusal = self._waiting.add(Call(sender, role, cast(EdgeRequest, request), who))
        if refusal is not None:
            self._refuse(sender, request.id, refusal)

    def _command(self, sender: str, role: Role, request: ShowRequest, who: Who) -> Command:
        self._order += 1
        return Command(
            sender=sender,
            role=role,
            order=self._order,
            request=request,
            owner=who.owner,
            person=who.person,
            origin=who.origin,
        )

    def _refuse(self, sender: str, request_id: str | int, refusal: Refusal) -> None:
        self._reply(sender, error_reply(self._moment.fields(request_id), refusal))

    def _reply(self, sender: str, reply: Reply) -> int:
        """Sends a reply. Returns how many bytes it has."""
        if isinstance(reply, ErrorReply):
            self.counts[reply.code] += 1
        body = encode_message(reply)
        self._exchange.reply(sender, body, self._routes.take(sender, reply.id))
        return len(body)
