"""Attacks on the control ports below the application: a stage in a process of its own survives each, and keeps its pace.

Each was seen to end the process or to fill its memory with gigabytes before the sockets were guarded.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from raw_client import MORE, PING, RawClient, frame, raw_client
from stage.control.connections import MOST_CONNECTIONS, MOST_GROWTH_BYTES, GrowthLimit
from stage.control.guard import Guard
from stage.control.sockets import ControlSockets

from stage.control.client import Client, ControlError

ROOT = Path(__file__).parents[2]
VICTIM = """
import sys, time, json
from pathlib import Path
sys.path.insert(0, sys.argv[1] + "/tests/stage")
from small_stage import SmallStage
stage = SmallStage(Path(sys.argv[2]))
print(json.dumps(stage.server.ports), flush=True)
slowest, reports = 0.0, []
while True:
    begun = time.thread_time()
    stage.step()
    slowest = max(slowest, time.thread_time() - begun)
    reports += [report.cause for report in stage.server.reports()]
    if stage.frame % 6 == 0:
        print(json.dumps([stage.frame, slowest, reports]), flush=True)
    time.sleep(0.005)
"""


class Victim:
    """A small stage in a process of its own: its ports, the highest memory seen, and what it says of itself."""

    def __init__(self, folder: Path) -> None:
        words = [sys.executable, "-c", VICTIM, str(ROOT), str(folder)]
        self.process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.ports = json.loads(self.process.stdout.readline())
        self.frame, self.slowest_s, self.reports = 0, 0.0, []
        self.first_bytes = self.peak_bytes = self.resident()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def resident(self) -> int:
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def answers(self, seconds=10.0):
        """Whether a new client is answered within the time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.process.stderr.read()
            endpoint = f"tcp://127.0.0.1:{self.ports['control']}"
            with contextlib.suppress(ControlError), Client(endpoint, timeout_s=0.5) as client:
                return client.get("/grade/tint") == 0.0
        return False

    def serve(self, frames):
        """Waits until the stage has served as many further frames."""
        end, deadline = self.frame + frames, time.monotonic() + 10.0
        while self.frame < end:
            assert self.process.poll() is None, "the stage has ended"
            assert time.monotonic() < deadline
            time.sleep(0.005)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        self.process.stdout.close()
        self.process.stderr.close()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.frame, self.slowest_s, self.reports = json.loads(line)
            with contextlib.suppress(OSError, IndexError):
                self.peak_bytes = max(self.peak_bytes, self.resident())


@pytest.fixture
def victim(tmp_path):
    one = Victim(tmp_path)
    yield one
    one.close()


def an_unfinished_message(victim):
    with raw_client(victim.ports["control"], b"DEALER") as client:
        client.push(frame(bytes(60_000), MORE) * 10_000, 1.5)


def many_small_parts(victim):
    with raw_client(victim.ports["control"], b"DEALER") as client:
        client.push(frame(b"", MORE) * 20_000_000, 1.5)


def long_topics(victim):
    with raw_client(victim.ports["state"], b"SUB") as client:
        topics = (frame(b"\1" + struct.pack(">I", number) * 15_000) for number in range(600))
        client.push(b"".join(topics), 1.0)


def many_topics_and_a_close(victim):
    for _ in range(2):
        with raw_client(victim.ports["state"], b"SUB") as client:
            client.push(b"".join(frame(b"\1" + struct.pack(">Q", number)) for number in range(270_000)), 1.0)


def full_connections(victim):
    clients: list[RawClient] = []
    with contextlib.suppress(OSError):
        clients.extend(RawClient(victim.ports["control"], b"DEALER") for _ in range(200))
    for client in clients:
        client.push(frame(bytes(60_000)) * 20, 0.01)
        client.close()


def heartbeats_behind_a_full_queue(victim):
    """A heartbeat is answered where its connection is broken already: the library's assertion."""
    for _ in range(3):
        with raw_client(victim.ports["control"], b"DEALER") as client:
            client.push((frame(b"x") * 300 + PING * 5) * 100, 0.3)
        victim.serve(frames=18)


ATTACKS = (
    an_unfinished_message,
    many_small_parts,
    long_topics,
    many_topics_and_a_close,
    full_connections,
    heartbeats_behind_a_full_queue,
)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_no_client_ends_the_core_or_takes_its_memory_or_its_time(victim, attack):
    attack(victim)
    victim.serve(frames=18)
    assert victim.answers()
    assert victim.peak_bytes - victim.first_bytes < 1.5 * MOST_GROWTH_BYTES
    assert victim.slowest_s < 0.1


def test_what_a_client_made_the_library_hold_is_freed_and_reported(victim):
    an_unfinished_message(victim)
    assert victim.answers()
    deadline = time.monotonic() + 5.0
    while not victim.reports or victim.resident() - victim.first_bytes > 0.2 * MOST_GROWTH_BYTES:
        assert time.monotonic() < deadline, (victim.reports, victim.resident())
        time.sleep(0.02)
    assert set(victim.reports) == {"memory"}


class ManualTime:
    def __init__(self):
        self.ns = 0

    def __call__(self):
        return self.ns


@pytest.fixture
def guarded():
    """Sockets, their guard, its clock, and the memory that it believes."""
    sockets, clock, size = ControlSockets("127.0.0.1", 0), ManualTime(), [0]
    guard = Guard(sockets, GrowthLimit(lambda: size[0]), clock)
    yield sockets, guard, clock, size
    sockets.close()


def stepped_until_bound(sockets, guard, clock):
    """Seconds of show time until the ports are bound again; the library needs a moment of real time for it."""
    begun_ns, deadline = clock.ns, time.monotonic() + 5.0
    while sockets.incomplete:
        assert time.monotonic() < deadline
        clock.ns += 16_666_667
        guard.check()
        time.sleep(0.001)
    return (clock.ns - begun_ns) * 1e-9


def test_ports_that_were_closed_are_bound_again_later_where_it_happens_again(guarded):
    sockets, guard, clock, size = guarded
    ports = sockets.bound
    assert not guard.check()
    waits = []
    for _ in range(2):
        size[0] += MOST_GROWTH_BYTES + 1
        assert guard.check()
        assert sockets.incomplete
        waits.append(stepped_until_bound(sockets, guard, clock))
        assert not guard.check(), "memory that was not freed is not the clients'"
    assert waits[0] >= 0.6
    assert waits[1] >= 2.0
    assert sockets.bound == ports
    assert Counter(report.cause for report in guard.reports()) == {"memory": 2}
    assert guard.reports() == ()


def test_what_the_stage_itself_takes_for_a_world_is_not_held_against_its_clients(guarded):
    _, guard, clock, size = guarded
    assert not guard.check()
    for _ in range(10):  # a picture that is decoded over ten frames, and then stays on the GPU
        guard.settle()
        size[0] += MOST_GROWTH_BYTES
        assert not guard.check()
        clock.ns += 16_666_667
    size[0] += MOST_GROWTH_BYTES
    assert not guard.check()
    clock.ns += 2_000_000_000
    assert not guard.check()
    size[0] += MOST_GROWTH_BYTES + 1
    assert guard.check(), "the limit holds again afterwards"


def test_too_many_connections_are_all_closed_and_reported(guarded):
    sockets, guard, clock, _ = guarded
    guard.check()
    clients = [RawClient(sockets.bound.control, b"DEALER") for _ in range(MOST_CONNECTIONS + 1)]
    deadline = time.monotonic() + 5.0
    while not guard.check():
        assert time.monotonic() < deadline
    assert [report.cause for report in guard.reports()] == ["connections"]
    stepped_until_bound(sockets, guard, clock)
    assert sockets.most_connections() == 0
    for client in clients:
        client.close()


def test_a_client_that_leaves_is_no_longer_counted(guarded):
    sockets, _, _, _ = guarded
    for _ in range(3):
        for client in [RawClient(sockets.bound.state, b"SUB") for _ in range(10)]:
            client.close()
    deadline = time.monotonic() + 5.0
    while sockets.most_connections():
        assert time.monotonic() < deadline
        time.sleep(0.01)
