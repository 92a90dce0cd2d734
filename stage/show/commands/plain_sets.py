"""Sets that only put a value in force, in half the time of the general way: faders and desks send hundreds a second.

`stage.show.commands.set_values` says what a set does; a test holds that both ways leave the same state and give the
same answers. Of a plain one nothing is faded, followed, refused, kept from anybody or owed.
"""

from __future__ import annotations

from msgspec import UNSET
from msgspec.structs import replace

from stage.show.commands.answered import AnswerMemory, ClientAnswers, answered, request_digest
from stage.show.commands.kinds import Hands
from stage.show.commands.set_values import LEADERS
from stage.show.frame.outcome import NO_ANSWER, Answer
from stage.show.frame.requests import Command, SetRequest
from stage.show.plan.scene import place_cards_anew
from stage.show.values.changes import NO_CHANGE, Change, add_changes
from stage.values.parameters import Parameter, Refusal
from tracking.settable import ROLES, Role, Value


class PlainSets:
    """The plain sets of one frame. Those of one client that follow each other are a run, which is remembered at its end
    as a whole.
    """

    def __init__(self, hands: Hands, memory: AnswerMemory, frame: int) -> None:
        self._hands = hands
        self._clients = memory.by_client
        self._frame = frame
        self._client = ""
        self._known: ClientAnswers | None = None
        self._answers: dict[str, bytes] = {}
        self._changes: list[Change] = []

    def carry_out(self, command: Command) -> Answer | None:
        """The answer to a plain set by a client that is known, the first under its id. None for any other command, of
        which nothing was done: the run has ended before it.
        """
        request = command.request
        if type(request) is SetRequest and self._are_possible():
            client = request.session or command.sender
            if client != self._client:
                self._begin(client)
            parameter = self._hands.controls.tree.get(request.path)
            if self._is_first(command) and parameter is not None and self._is_plain(request, parameter, command.role):
                value = parameter.check(request.value)
                if not isinstance(value, Refusal):
                    return self._put(command, request, value)
        self.end()
        return None

    def end(self) -> None:
        """Ends the run: its changes can be taken back from now on, and its answers are given again to who asks."""
        if self._changes:
            controls = self._hands.controls
            add_changes(controls.state.history, self._client, self._changes, controls.frames_a_second)
            self._changes = []
        if self._known is not None and self._answers:
            self._known.put(self._answers)
            self._answers = {}
        self._client, self._known = "", None

    def _begin(self, client: str) -> None:
        self.end()
        known = self._clients.pop(client, None)
        if known is not None:
            self._clients[client] = known  # who was silent longest stays first
            self._client, self._known = client, known

    def _are_possible(self) -> bool:
        hands = self._hands
        take = hands.take
        busy = take.recording or take.owed is not None or hands.leases.by_path or hands.lights.asked
        return not busy and not hands.controls.state.delayed

    def _is_first(self, command: Command) -> bool:
        known, key = self._known, repr(command.request.id)
        return (
            known is not None and known.owner == command.owner and key not in self._answers and known.find(key) is None
        )

    def _is_plain(self, request: SetRequest, parameter: Parameter, role: Role) -> bool:
        """Whether a request puts its value in force at once, whatever it was before; and may."""
        path = request.path
        return (
            request.fade_s == 0.0
            and request.if_seq is request.force is request.way is UNSET
            and not (parameter.calls or parameter.fade == "dissolve" or path.startswith(LEADERS))
            and path not in self._hands.controls.state.fades
            and (role == parameter.role or ROLES.index(role) >= ROLES.index(parameter.role))
        )

    def _put(self, command: Command, request: SetRequest, value: Value) -> Answer:
        hands, path = self._hands, request.path
        before = hands.controls.put_alone(path, value, command.person or request.client or "")
        if before != value:
            change = replace(NO_CHANGE, frame=self._frame, before={path: before}, after={path: value})
            self._changes.append(change)
        if hands.pictures.card_eyes:
            place_cards_anew(hands.pictures.card_eyes, (path,))
        sequence = hands.controls.state.sequence
        answer = replace(NO_ANSWER, sender=command.sender, id=request.id, path=path, value=value, sequence=sequence)
        self._answers[repr(request.id)] = answered(request_digest(command), answer, self._frame)
        return answer
