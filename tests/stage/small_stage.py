"""A stage small enough for the control tests: the real show and control edge, with a tracker that was heard and is lost."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgpack
import msgspec
import zmq
from msgspec import UnsetType
from running_gate import RunningGate

from stage.config.addresses import parse_endpoint
from stage.control.cue_views import CueShown, CueStatus
from stage.control.light_views import LightStatus
from stage.control.look_views import LookComparison, LookStatus
from stage.control.server import ControlServer
from stage.control.value_places import ValuePlaces
from stage.control.view import ClientChange, LibraryWorld, StageStatus, WorldStatus
from stage.gate.link import Drained
from stage.gate.ports import OpenPorts, open_ports
from stage.live.figures import LoopTimes
from stage.live.view import LiveView
from stage.run.options import BoundPorts
from stage.show.frame.inputs import FrameInputs, Observation, TakeReport
from stage.show.frame.lights import LightsPlan
from stage.show.frame.outcome import Answer, Finding, Outcome
from stage.show.frame.requests import Command, CueRequest, LookRequest
from stage.show.show import Show
from stage.show.state import new_state
from stage.show.values.controls import ControlState
from stage.values.parameters import Refusal
from stage.values.tree import ParameterTree, snapshot_of
from tests.fold.small_show import CALIBRATION, CONFIG, SOURCE
from tracking.datagrams import Datagram
from tracking.dialects import FreeDDialect
from tracking.protocols.freed import encode_freed
from tracking.records import TrackerSample
from tracking.rotation import IDENTITY

RATE = 60
PERIOD_NS = 1_000_000_000 // RATE


def packets(received_ns: int) -> Iterator[Datagram]:
    """A good FreeD packet, and two whose checksum is wrong."""
    good = encode_freed(TrackerSample(position_m=(0.0, 1.0, 1.5), rotation=IDENTITY), 1, FreeDDialect())
    bad = good[:-1] + bytes([good[-1] ^ 0x55])
    for payload in (good, bad, bad):
        yield Datagram(source=SOURCE, sender="127.0.0.1:5", received_ns=received_ns, payload=payload)


def three_free_ports() -> int:
    """A port with two more free ones above it."""
    for _ in range(50):
        with socket.socket() as one, socket.socket() as two, socket.socket() as three:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
                three.bind(("127.0.0.1", port + 2))
            except OSError:
                continue
            return port
    raise AssertionError("no three free ports in a row")


class GatedServer(ControlServer):
    """A control server with a gate of its own, on a thread. `runtime` is the folder that both share."""

    def __init__(self, ports: OpenPorts, gate: RunningGate, **options: Any) -> None:
        super().__init__(gate.runtime, ports.bound, **options)
        self.runtime, self.keys, self.gate, self.told = gate.runtime, gate.keys, gate.gate, gate.told
        self._open_ports, self._gate = ports, gate
        while not self._exchange._gate.send((Drained(messages=0, size=0),)):
            time.sleep(0.0005)

    def close(self) -> None:
        super().close()
        self._gate.close()
        self._open_ports.close()


def gated_server(endpoint: str, **options: Any) -> GatedServer:
    """A control server whose clients come to `endpoint`."""
    ports = open_ports(*parse_endpoint(endpoint, lan=False))
    return GatedServer(ports, RunningGate(ports), **options)


class SmallStage:
    """A control server and its show; `step` is one frame. Its tracker sent packets in frame 0 and is lost since.

    A take that was started is reported on disk in the next frame. It has a gate of its own, on a thread, unless it is
    `behind` one: its folder and ports.
    """

    def __init__(
        self,
        state_directory: Path,
        endpoint: str = "tcp://127.0.0.1:0",
        epoch: int = 7,
        library: Path | None = None,
        behind: tuple[str, BoundPorts] | GatedServer | None = None,
    ) -> None:
        places = ValuePlaces(show=state_directory, stage=state_directory / "stage")
        options = {"values": places, "stage": "Small stage", "library": library}
        if behind is None:
            behind = gated_server(endpoint, **options)
        self.server = behind if isinstance(behind, ControlServer) else ControlServer(*behind, **options)
        self.gate = getattr(self.server, "gate", None)
        self.show = Show(CONFIG, CALIBRATION, new_state(CONFIG))
        self.view = LiveView(self.show, LoopTimes())
        self.epoch = epoch
        self.frame = 0
        self.rate_hz = float(RATE)
        self._step_show((), tuple(packets(PERIOD_NS // 2)))
        self.frame = RATE

    @property
    def controls(self) -> ControlState:
        return self.show.state.controls

    @property
    def values(self) -> dict[str, object]:
        return snapshot_of(self.controls.values)

    @property
    def tree(self) -> ParameterTree:
        return self.show.tree

    @property
    def recording(self) -> str:
        return self.view.recording

    def owner_of(self, session: str) -> str | None:
        return self.view.owner_of(session)

    def worlds(self, first: int, most: int) -> tuple[tuple[WorldStatus, ...], int]:
        return self.view.worlds(first, most)

    def library_world(self, name: str) -> LibraryWorld | Refusal:
        return self.view.library_world(name)

    def lights(self, plan: LightsPlan | UnsetType, first: int, most: int) -> tuple[tuple[LightStatus, ...], int]:
        return self.view.lights(plan, first, most)

    def changes(self, client: str) -> tuple[tuple[ClientChange, ...], tuple[ClientChange, ...]]:
        return self.view.changes(client)

    def looks(self, first: int, most: int, *, takes: bool) -> tuple[tuple[LookStatus, ...], int]:
        return self.view.looks(first, most, takes=takes)

    def look_comparison(self, request: LookRequest, most: int) -> LookComparison | Refusal:
        return self.view.look_comparison(request, most)

    def cues(self, first: int, most: int) -> tuple[tuple[CueStatus, ...], int]:
        return self.view.cues(first, most)

    def shown_cue(self, request: CueRequest, most: int) -> CueShown | Refusal:
        return self.view.shown_cue(request, most)

    def status(self, findings: tuple[Finding, ...]) -> StageStatus:
        return msgspec.structs.replace(self.view.status(findings), rate_hz=self.rate_hz)

    def step(self, frames: int = 1) -> tuple[Command, ...]:
        self.frame += frames
        commands = self.server.drain()
        self.server.publish(self.carried_out(commands), self)
        return commands

    def observing(self, *observations: Observation) -> Outcome:
        """One frame in which the edges report something."""
        self.frame += 1
        outcome = self._step_show(self.server.drain(), (), observations)
        self.server.publish(outcome, self)
        return outcome

    def carried_out(self, commands: tuple[Command, ...]) -> Outcome:
        """The outcome of a step with these commands."""
        return self._step_show(commands, ())

    def answering(self, *senders: str) -> Outcome:
        """The outcome of a step that answers these senders."""
        return msgspec.structs.replace(
            self.carried_out(()), answers=tuple(Answer(sender=sender, id="1") for sender in senders)
        )

    def _step_show(
        self,
        commands: tuple[Command, ...],
        datagrams: tuple[Datagram, ...],
        observations: tuple[Observation, ...] = (),
    ) -> Outcome:
        take = self.show.state.take
        begun = TakeReport(name=take.name, state="recording", count=take.count)
        return self.show.step(
            FrameInputs(
                epoch=self.epoch,
                frame=self.frame,
                present_ns=(self.frame + 2) * PERIOD_NS,
                commands=commands,
                datagrams=datagrams,
                observations=(*observations, begun) if take.recording and not take.confirmed else observations,
            )
        )

    @contextmanager
    def running(self) -> Iterator[SmallStage]:
        """Steps on a thread of its own, as fast as messages are answered comfortably."""
        stop = threading.Event()

        def serve() -> None:
            while not stop.wait(0.001):
                self.step()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()
            self.server.close()


@contextmanager
def connected(stage, kind=zmq.DEALER, port="control", **options):
    with zmq.Context() as context, context.socket(kind) as peer:
        peer.setsockopt(zmq.LINGER, 0)
        for name, value in options.items():
            peer.setsockopt(getattr(zmq, name), value)
        peer.connect(f"tcp://127.0.0.1:{stage.server.ports[port]}")
        yield peer


def send(peer, **message):
    peer.send(msgpack.packb(message))


def step_until(stage, done, seconds=30.0):
    """Steps until `done()` gives something; messages need a moment to cross even the loopback.

    What commands the steps drain is not told: for those there is `first_commands`.
    """
    deadline = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < deadline, "nothing came"
        stage.step()
        time.sleep(0.0005)
    return found


def first_commands(stage, seconds=30.0):
    """Steps until one drains commands, and gives those."""
    deadline = time.monotonic() + seconds
    while not (commands := stage.step()):
        assert time.monotonic() < deadline, "no command came"
        time.sleep(0.0005)
    return commands


def reply(stage, peer):
    return msgpack.unpackb(step_until(stage, lambda: peer.poll(0) and peer.recv_multipart())[-1])


def ask(stage, peer, **message):
    send(peer, **message)
    return reply(stage, peer)
