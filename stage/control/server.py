"""The control edge: requests in before the step, answers and changes out after it. The loop polls it, never waits.

Commands become part of the frame's inputs and are answered from the plan that they took effect in. Queries are
answered after the step, a bounded number a frame. ROUTER takes messages from its peers in turn, so a flood from one
client delays the others by one message each, not by the flood.
"""

from __future__ import annotations

from collections import Counter, deque
from pathlib import Path

import msgspec
import zmq

from render.plan.frame import Acknowledgement, FramePlan
from stage.config.addresses import parse_endpoint
from stage.control.answers import Greeting, Moment, acknowledged, answer_query, refused
from stage.control.keeper import Keeper, KeeperJob, KeeperResult, fitting
from stage.control.peers import Peer, lower_role, peer_named, role_of
from stage.control.sockets import BoundPorts, ControlSockets
from stage.control.view import ShowView
from stage.control.wire import (
    STATE_TOPIC,
    TELEMETRY_TOPIC,
    Load,
    MessageError,
    Query,
    Reply,
    Save,
    SavedReply,
    StateUpdate,
    Telemetry,
    decode_request,
    encode_message,
    stage_request,
)
from stage.show.frame.inputs import BatchRequest, Command, Request, SetRequest, Value
from stage.values.parameters import ErrorCode, ParameterTree, Role

_BYTES_A_DRAIN = 256 * 1024
_FRAMES_A_MESSAGE = 4
_ANSWERS_A_FRAME = 16
_WAITING_QUERIES = 256
_WAITING_QUERIES_OF_ONE = 16
_REMEMBERED_NOTES = 64
_TELEMETRY_HZ = 10.0
_SIGN_OF_LIFE_S = 1.0
_DRAINS_A_TRY = 32


class ControlServer:
    """The bound control ports of one running show.

    `endpoint` is `tcp://ADDRESS:PORT`; state and telemetry take the next two ports, with port 0 three free ones.
    Saved values live in `state_directory`. Peers on this machine are admins, those beyond it (only with `lan`)
    operators. `again` are the ports of a core that died, to be bound instead. Raises ConfigError for a bad endpoint
    or a port in use.
    """

    def __init__(
        self,
        endpoint: str,
        tree: ParameterTree,
        *,
        state_directory: Path,
        stage: str = "Stage",
        lan: bool = False,
        again: BoundPorts | None = None,
    ) -> None:
        host, port = parse_endpoint(endpoint, lan=lan)
        self._sockets = ControlSockets(host, port, again)
        self._drains = 0
        self._keeper = Keeper(state_directory, stage)
        self._tree = tree
        self._stage = stage
        self._moment = Moment(frame=-1, epoch=0, seq=0)
        self._queries: deque[tuple[Peer, Role, Query]] = deque()
        self._waiting: Counter[str] = Counter()
        self._finished: deque[KeeperResult] = deque()
        self._notes: dict[tuple[str, str | int], str] = {}
        self._frames: list[zmq.Frame] = []
        self._order = 0
        self._last_state = -1
        self._last_telemetry = -1
        self.counts: Counter[str] = Counter()

    @property
    def endpoint(self) -> str:
        """Where requests are taken, with the port that is really bound."""
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
        """Finish saving, then let go of the ports."""
        self._keeper.close()
        self._sockets.close()

    def drain(self, budget: int = 64) -> tuple[Command, ...]:
        """The commands that have arrived, from about `budget` messages and 256 KiB. Never waits, never raises.

        Counted by frame, since one message may have any number of them: the surplus is dropped, here or next time.
        """
        commands: list[Command] = []
        self._drains += 1
        if self._sockets.incomplete and self._drains % _DRAINS_A_TRY == 0:
            self._sockets.try_again()
        self._collect_kept(commands)
        taken_bytes = 0
        for _ in range(budget * _FRAMES_A_MESSAGE):
            frame = self._receive() if taken_bytes < _BYTES_A_DRAIN else None
            if frame is None:
                break
            taken_bytes += len(frame)
            if len(self._frames) < _FRAMES_A_MESSAGE:
                self._frames.append(frame)
            if not frame.more:
                frames, self._frames = self._frames, []
                self._take_in(frames, commands)
        return tuple(commands)

    def publish(self, plan: FramePlan, view: ShowView) -> None:
        """Everything that goes out after a step: acknowledgements, answers, changed values, telemetry."""
        self._moment = Moment(frame=plan.frame, epoch=plan.epoch, seq=view.controls.sequence)
        for acknowledgement in plan.acknowledgements:
            self._answer_command(acknowledgement)
        self._answer_kept()
        self._answer_queries(view)
        self._publish_state(view)
        self._publish_telemetry(view)

    def _receive(self) -> zmq.Frame | None:
        try:
            return self._sockets.requests.recv(zmq.NOBLOCK, copy=False)
        except zmq.Again:
            return None
        except zmq.ZMQError:
            self.counts["receive_failed"] += 1
            return None

    def _take_in(self, frames: list[zmq.Frame], commands: list[Command]) -> None:
        delimited = len(frames) == 3 and not len(frames[1])
        peer = Peer(frames[0].bytes, delimited=delimited)
        if len(frames) != 2 + delimited:
            self._refuse(peer, "", "bad_message", f"{len(frames) - 1} frames, expected one body")
            return
        try:
            request = decode_request(frames[-1].bytes)
        except MessageError as error:
            self._refuse(peer, error.request_id, error.code, str(error))
            return
        role = lower_role(role_of(frames[-1]), request.role or None)
        if isinstance(request, Query):
            self._queue(peer, role, request)
        else:
            command = self._command(peer.name, request.id, role, stage_request(request))
            commands.append(msgspec.structs.replace(command, name=request.client or ""))

    def _command(self, client: str, request_id: str | int, role: Role, request: Request) -> Command:
        self._order += 1
        return Command(id=request_id, client=client, role=role, order=self._order, request=request)

    def _queue(self, peer: Peer, role: Role, query: Query) -> None:
        if self._waiting[peer.name] >= _WAITING_QUERIES_OF_ONE or len(self._queries) >= _WAITING_QUERIES:
            self._refuse(peer, query.id, "busy", "too many questions wait for an answer; ask again later")
            return
        self._waiting[peer.name] += 1
        self._queries.append((peer, role, query))

    def _refuse(self, peer: Peer, request_id: str | int, code: ErrorCode, detail: str) -> None:
        self.counts[code] += 1
        self._send(peer, refused(self._moment, request_id, code, detail))

    def _send(self, peer: Peer, reply: Reply) -> None:
        """A peer that is gone or does not read loses its answer; the show does not wait for it."""
        try:
            self._sockets.requests.send_multipart([*peer.envelope, encode_message(reply)], zmq.NOBLOCK)
        except zmq.ZMQError:
            self.counts["answers_lost"] += 1

    def _answer_command(self, acknowledgement: Acknowledgement) -> None:
        peer = peer_named(acknowledgement.client)
        if peer is not None:
            note = self._notes.pop((acknowledgement.client, acknowledgement.id), "")
            self._send(peer, acknowledged(self._moment, acknowledgement, note))

    def _answer_queries(self, view: ShowView) -> None:
        for _ in range(min(len(self._queries), _ANSWERS_A_FRAME)):
            peer, role, query = self._queries.popleft()
            self._waiting[peer.name] -= 1
            if not self._waiting[peer.name]:
                del self._waiting[peer.name]
            if isinstance(query, Save | Load):
                self._ask_keeper(peer, role, query, view)
            else:
                greeting = Greeting(stage=self._stage, role=role, ports=self.ports)
                self._send(peer, answer_query(self._moment, query, self._tree, view, greeting))

    def _ask_keeper(self, peer: Peer, role: Role, query: Save | Load, view: ShowView) -> None:
        values: dict[str, Value] | None = None
        if isinstance(query, Save):
            present = view.controls.values
            values = {one.path: present[one.path] for one in self._tree if present[one.path] != one.default}
        job = KeeperJob(client=peer.name, id=query.id, role=role, name=query.name, values=values)
        if not self._keeper.ask(job):
            self._refuse(peer, query.id, "busy", "too many files are being written; ask again later")

    def _collect_kept(self, commands: list[Command]) -> None:
        """Loaded values come back as a command, so that they take effect in a frame like any other change."""
        for result in self._keeper.results():
            if result.job.values is not None or result.error:
                self._finished.append(result)
            else:
                commands.append(self._loaded(result))

    def _loaded(self, result: KeeperResult) -> Command:
        values, findings = fitting(self._tree, result.values)
        items = tuple(SetRequest(path=one.path, value=values.get(one.path, one.default)) for one in self._tree)
        if findings and len(self._notes) < _REMEMBERED_NOTES:
            self._notes[result.job.client, result.job.id] = "; ".join(findings)[:1000]
        return self._command(result.job.client, result.job.id, result.job.role, BatchRequest(items=items))

    def _answer_kept(self) -> None:
        while self._finished:
            result = self._finished.popleft()
            peer = peer_named(result.job.client)
            if peer is None:
                continue
            if result.error:
                self._refuse(peer, result.job.id, result.error, result.detail)
            else:
                told = self._moment.fields(result.job.id)
                self._send(peer, SavedReply(**told, name=result.job.name, count=len(result.values)))

    def _publish_state(self, view: ShowView) -> None:
        """Changed values, or a sign of life each second by which subscribers notice what they missed."""
        moment, controls = self._moment, view.controls
        changed = controls.changed if controls.frame == moment.frame else ()
        if not changed and 0 <= moment.frame - self._last_state < view.rate_hz * _SIGN_OF_LIFE_S:
            return
        self._last_state = moment.frame
        values = {path: controls.values[path] for path in changed}
        self._broadcast(
            self._sockets.state,
            STATE_TOPIC,
            StateUpdate(epoch=moment.epoch, seq=moment.seq, frame=moment.frame, values=values),
        )

    def _publish_telemetry(self, view: ShowView) -> None:
        moment = self._moment
        if 0 <= moment.frame - self._last_telemetry < view.rate_hz / _TELEMETRY_HZ:
            return
        self._last_telemetry = moment.frame
        self._broadcast(
            self._sockets.telemetry,
            TELEMETRY_TOPIC,
            Telemetry(epoch=moment.epoch, seq=moment.seq, frame=moment.frame, status=view.status()),
        )

    def _broadcast(self, socket: zmq.Socket[bytes], topic: bytes, message: StateUpdate | Telemetry) -> None:
        try:
            socket.send_multipart([topic, encode_message(message)], zmq.NOBLOCK)
        except zmq.ZMQError:
            self.counts["publications_lost"] += 1
