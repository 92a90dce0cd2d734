"""A stage small enough for the control tests: the real values and control edge, with nothing behind them."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import msgpack
import zmq
from stage.show.commands.controls import Controls, ControlState, new_control_state

from calibration.cameras import Camera
from calibration.walls import PlaneShape, Wall
from render.plan.frame import Acknowledgement, FramePlan, GradePlan, OuterPlan
from render.worlds.coordinates.record import CoordinatesPlan
from stage.config.records import StageConfig
from stage.control.server import ControlServer
from stage.control.view import StageStatus, TrackerStatus
from stage.show.frame.inputs import BatchRequest, Command, SetRequest
from stage.values.parameters import ParameterTree, declare
from tracking.settings import TrackerConfig

RATE = Fraction(60)
WALL = Wall(
    name="main",
    resolution_px=(64, 32),
    latency_ms=16.0,
    shape=PlaneShape(lower_left_m=(-1.0, 2.0, 0.0), lower_right_m=(1.0, 2.0, 0.0), upper_left_m=(-1.0, 2.0, 1.0)),
)
CONFIG = StageConfig(
    walls=(WALL,),
    cameras=(Camera(name="A", tracker="freed-a", focal_length_mm=35.0), Camera(name="B", focal_length_mm=50.0)),
    trackers=(TrackerConfig(name="freed-a", protocol="freed", source="udp://127.0.0.1:0", delay_ms=4.0),),
)
TREE = ParameterTree(declare(CONFIG))
LOST = TrackerStatus(
    state="lost",
    rate_hz=59.9,
    age_ms=812.0,
    jitter_ms=0.31,
    accepted=1200,
    rejected={"checksum": 2, "length": 0},
    position_m=(0.0, 1.0, 1.5),
    rotation_deg=(10.0, 0.0, 0.0),
)


def new_controls(state: ControlState | None = None, rate: Fraction = RATE) -> Controls:
    return Controls(TREE, new_control_state(TREE) if state is None else state, rate)


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


class SmallStage:
    """A control server and the values it steers; `step` is one frame."""

    def __init__(self, state_directory: Path, endpoint: str = "tcp://127.0.0.1:0", epoch: int = 7) -> None:
        self.server = ControlServer(endpoint, TREE, state_directory=state_directory, stage="Small stage")
        self.hands = new_controls()
        self.epoch = epoch
        self.frame = 0
        self.rate_hz = float(RATE)

    @property
    def controls(self) -> ControlState:
        return self.hands.state

    def status(self) -> StageStatus:
        health = ("tracker freed-a is lost: its last pose is held",)
        return StageStatus(frame=self.frame, rate_hz=self.rate_hz, trackers={"freed-a": LOST}, health=health)

    def step(self, frames: int = 1) -> tuple[Command, ...]:
        self.frame += frames
        commands = self.server.drain()
        answers = tuple(self._apply(command) for command in commands)
        self.hands.advance(self.frame)
        self.server.publish(self._plan(answers), self)
        return commands

    def _apply(self, command: Command) -> Acknowledgement:
        if isinstance(command.request, SetRequest | BatchRequest):
            return self.hands.apply(command, self.frame)
        return Acknowledgement(client=command.client, id=command.id, value="take-001")

    def _plan(self, answers: tuple[Acknowledgement, ...]) -> FramePlan:
        return FramePlan(
            epoch=self.epoch,
            frame=self.frame,
            present_ns=0,
            world=CoordinatesPlan(),
            outer=OuterPlan(eye_m=(0.0, 0.0, 1.5), face_px=16),
            inners=(),
            walls=(),
            grade=GradePlan(),
            blackout=False,
            acknowledgements=answers,
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


def step_until(stage, done, seconds=5.0):
    """Steps until `done()` gives something; messages need a moment to cross even the loopback."""
    deadline = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < deadline, "nothing came"
        stage.step()
        time.sleep(0.0005)
    return found


def reply(stage, peer):
    return msgpack.unpackb(step_until(stage, lambda: peer.poll(0) and peer.recv_multipart())[-1])


def ask(stage, peer, **message):
    send(peer, **message)
    return reply(stage, peer)
