"""Times the way of a command: from a client over the gate into a frame, and what commands add to a frame's work.

Client, gate and core are processes of their own, as in a run; the core here draws nothing and keeps nothing.
"""

from __future__ import annotations

import bisect
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from stage.bench.control_client import Sent
from stage.bench.stages import FRAME_RATE_HZ, benchmark_stage
from stage.control.server import ControlServer
from stage.control.value_places import ValuePlaces
from stage.gate.link import Handed
from stage.gate.ports import OpenPorts, open_ports
from stage.live.figures import LoopTimes
from stage.live.view import LiveView
from stage.loading.geometry import load_geometry
from stage.run.options import BoundPorts
from stage.run.realtime import without_collector
from stage.run.runtime_folder import runtime_folder
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.requests import Command, SetRequest
from stage.show.show import Show
from stage.show.state import new_state
from tracking.records import Record

PERIOD_NS = 1_000_000_000 // FRAME_RATE_HZ
COMMANDS_A_FRAME = 128
MORE_A_SECOND = 1000
COMPARED_S = 4.0


class ControlFigures(Record):
    """`sets` were sent at `rate_hz`; `first_frame_share` of them were acknowledged in the first frame whose drain began
    after the gate had handed them over, or in one whose drain took them along. Times are from the client's send to that
    hand-over.

    `step_adds_ms` is what 1,000 sets a second add to the median step of the fold, `edge_adds_ms` to draining,
    answering and publishing: processor time of the loop's thread, in frames that come at their slots.
    `step_adds_warm_ms` is the former where steps with as many sets and steps without follow each other without a pause,
    so that the processor still has at hand what they need.
    """

    sets: int
    rate_hz: float
    first_frame_share: float
    send_to_handed_p50_ms: float
    send_to_handed_p99_ms: float
    step_adds_ms: float
    edge_adds_ms: float
    step_adds_warm_ms: float


class _NotingServer(ControlServer):
    """A control server that notes when its messages were handed over."""

    def noting(self, handed_ns: list[int]) -> _NotingServer:
        self._handed_ns = handed_ns
        return self

    def _receive(self, message: Handed) -> None:
        self._handed_ns.append(message.handed_ns)
        super()._receive(message)


class _Core:
    """A show and its control edge, a frame each period. Times of each frame's parts are kept."""

    def __init__(self, server: _NotingServer) -> None:
        loaded = benchmark_stage("freed")
        _, calibration = load_geometry(loaded)
        self.show = Show(loaded.config, calibration, new_state(loaded.config))
        self.drained_ns: list[int] = []
        self.step_ns: list[int] = []
        self.edge_ns: list[int] = []
        self.handed_ns: list[int] = []
        self._server = server.noting(self.handed_ns)
        self._view = LiveView(self.show, LoopTimes())
        self._next_ns = time.monotonic_ns()

    def frame(self) -> None:
        """Waits for the next slot and serves it."""
        self._next_ns = max(self._next_ns + PERIOD_NS, time.monotonic_ns())
        time.sleep(max(0.0, (self._next_ns - time.monotonic_ns()) * 1e-9))
        frame, begun_ns = len(self.drained_ns), time.monotonic_ns()
        begun = time.thread_time_ns()
        commands = self._server.drain(COMMANDS_A_FRAME)
        drained = time.thread_time_ns()
        outcome = self.show.step(FrameInputs(epoch=1, frame=frame, present_ns=begun_ns, commands=commands))
        stepped = time.thread_time_ns()
        self._server.publish(outcome, self._view)
        self.drained_ns.append(begun_ns)
        self.step_ns.append(stepped - drained)
        self.edge_ns.append(time.thread_time_ns() - stepped + drained - begun)

    def step_alone(self, sets: int) -> int:
        """Processor time of the next step, with so many sets of the same client, in ns."""
        frame = len(self.drained_ns)
        self.drained_ns.append(time.monotonic_ns())
        first = frame * sets
        commands = tuple(_set_number(number) for number in range(first, first + sets))
        inputs = FrameInputs(epoch=1, frame=frame, present_ns=self.drained_ns[-1], commands=commands)
        begun = time.thread_time_ns()
        self.show.step(inputs)
        return time.thread_time_ns() - begun


def _set_number(number: int) -> Command:
    request = SetRequest(id=f"warm {number}", path="/grade/exposure_stops", value=(number % 97) / 97.0)
    return Command(sender="bench", role="admin", order=number, request=request)


def measure_control(sets: int, rate_hz: float) -> ControlFigures:
    """Sends `sets` commands at `rate_hz` through a gate, then compares frames with 1,000 a second to frames without."""
    with _gate() as (ports, server), without_collector():
        core = _Core(server)
        for _ in range(FRAME_RATE_HZ):
            core.frame()
        sent_ns, frames = _sent(core, ports.bound, sets, rate_hz)
        figures = _first_frames(core, sent_ns, frames)
        idle = len(core.step_ns)
        for _ in range(round(COMPARED_S * FRAME_RATE_HZ)):
            core.frame()
        busy = len(core.step_ns)
        _sent(core, ports.bound, round(COMPARED_S * MORE_A_SECOND), MORE_A_SECOND)
        return ControlFigures(
            sets=sets,
            rate_hz=rate_hz,
            **figures,
            step_adds_ms=_more_ms(core.step_ns, idle, busy),
            edge_adds_ms=_more_ms(core.edge_ns, idle, busy),
            step_adds_warm_ms=_warm_ms(core, round(COMPARED_S * FRAME_RATE_HZ)),
        )


def _warm_ms(core: _Core, steps: int) -> float:
    """What as many sets as come in a frame add to a step, of steps with and without in turns."""
    sets = round(MORE_A_SECOND / FRAME_RATE_HZ)
    turns = [(core.step_alone(sets), core.step_alone(0)) for _ in range(steps)]
    return (statistics.median(one for one, _ in turns) - statistics.median(one for _, one in turns)) * 1e-6


def _first_frames(core: _Core, sent_ns: list[int], frames: list[int]) -> dict[str, float]:
    """One client's messages come in the order in which it sent them."""
    handed_ns = core.handed_ns[-len(sent_ns) :]
    first = [bisect.bisect_left(core.drained_ns, handed) for handed in handed_ns]
    # What is handed over while a drain runs may be taken along by it: then it is a frame earlier.
    in_time = sum(0 <= frame <= by for by, frame in zip(first, frames, strict=True))
    ways_ms = sorted((handed - sent) * 1e-6 for sent, handed in zip(sent_ns, handed_ns, strict=True))
    return {
        "first_frame_share": in_time / len(frames),
        "send_to_handed_p50_ms": ways_ms[len(ways_ms) // 2],
        "send_to_handed_p99_ms": ways_ms[int(0.99 * len(ways_ms))],
    }


def _more_ms(all_ns: list[int], idle: int, busy: int) -> float:
    def median(part: list[int]) -> float:
        return sorted(part)[len(part) // 2] * 1e-6

    return median(all_ns[busy + FRAME_RATE_HZ // 2 :]) - median(all_ns[idle:busy])


@contextmanager
def _gate() -> Iterator[tuple[OpenPorts, _NotingServer]]:
    ports = open_ports("127.0.0.1", 0)
    with runtime_folder("openstage-bench-") as folder:
        secret = folder / "panel-secret"
        secret.write_text("nobody passes anything on", encoding="ascii")
        words = ["--runtime", str(folder), "--secret", str(secret), "--keys", str(folder / "keys"), *ports.words()]
        gate = subprocess.Popen(
            [sys.executable, "-m", "stage.gate.gate", *words],
            pass_fds=ports.descriptors(),
            stdout=subprocess.DEVNULL,
        )
        places = ValuePlaces(show=folder / "show", stage=folder / "stage")
        server = _NotingServer(str(folder), ports.bound, values=places)
        try:
            yield ports, server
        finally:
            server.close()
            gate.terminate()
            gate.wait()
            ports.close()


def _sent(core: _Core, ports: BoundPorts, sets: int, rate_hz: float) -> tuple[list[int], list[int]]:
    """When each command was sent, and the frame that acknowledged it."""
    words = [sys.executable, "-m", "stage.bench.control_client", ports.endpoint, str(sets), str(rate_hz)]
    with tempfile.TemporaryFile() as said:
        client = subprocess.Popen(words, stdout=said)
        while client.poll() is None:
            core.frame()
        said.seek(0)
        found = msgspec.json.decode(said.read(), type=Sent)
    return found.sent_ns, found.frames
