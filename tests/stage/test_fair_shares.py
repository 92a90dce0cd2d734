"""An OSC fader, an HTTP client and a flood of a third client at one stage: each gets its share of every frame.

On a busy machine the stage's own processes wait for a processor. What they lose by that is no unfairness of theirs, so each
bound is as much wider.
"""

from __future__ import annotations

import http.client
import json
import math
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import NamedTuple, cast
from urllib.parse import urlsplit

import msgpack
import pytest
import zmq
from pythonosc.osc_message_builder import OscMessageBuilder
from running_stage import PATIENCE_S, RunningStage, configuration, free_udp_port, running

OSC_HZ, HTTP_HZ = 200, 100
CONNECTIONS = 4
"""An answer comes with a frame, so that one connection alone could not ask so often."""
OSC_PATH, HTTP_PATH, FLOOD_PATH = "/grade/tint", "/grade/saturation", "/grade/exposure_stops"
OSC_WAY = ("fader", "stage.osc.service", "stage.gate.gate")
HTTP_WAY = ("stage.panel.web", "stage.gate.gate", "stage.live.core")
"""The processes that a set goes through. That the core is late takes no frame from the fader."""
pytestmark = pytest.mark.gl


class Shared(NamedTuple):
    stage: RunningStage
    osc_port: int


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    port = free_udp_port()
    toml = configuration(rate="60", more=f'[osc]\nbind = "127.0.0.1:{port}"\n[panel]\nbind = "127.0.0.1:0"\n')
    with running(tmp_path_factory.mktemp("shares"), toml, "--panel") as stage:
        yield Shared(stage, port)
        assert stage.end()[0] == 0


def at_rate(rate_hz: float, seconds: float, work: Callable[[int], None]) -> None:
    """Works so many times a second, catching up where it was kept waiting."""
    begun, count = time.monotonic(), 0
    while (passed := time.monotonic() - begun) < seconds:
        while count < passed * rate_hz:
            work(count)
            count += 1
        time.sleep(0.001)


def fader(port: int, seconds: float, together: Barrier) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:

        def send(number: int) -> None:
            message = OscMessageBuilder(OSC_PATH)
            message.add_arg((number % 200) / 200.0)
            wire.sendto(message.build().dgram, ("127.0.0.1", port))

        together.wait(PATIENCE_S)
        at_rate(OSC_HZ, seconds, send)


def browser(page: str, seconds: float, took_ms: list[float]) -> None:
    """Sets a value over one kept connection, each after the answer to the one before."""
    connection = http.client.HTTPConnection(urlsplit(page).netloc, timeout=20.0)

    def post(number: int) -> None:
        body = json.dumps({"type": "set", "path": HTTP_PATH, "value": 0.5 + (number % 100) / 200.0})
        begun = time.monotonic()
        connection.request("POST", "/api/v1/command", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert json.loads(answer.read())["type"] == "ok"
        took_ms.append((time.monotonic() - begun) * 1e3)

    at_rate(HTTP_HZ / CONNECTIONS, seconds, post)
    connection.close()


def flood(endpoint: str, seconds: float, together: Barrier, answered: Queue[int]) -> None:
    """Sets a value as fast as the connection takes it. Tells how many of the sets were carried out."""
    count = 0
    with zmq.Context() as context, context.socket(zmq.DEALER) as peer:
        peer.setsockopt(zmq.LINGER, 0)
        peer.connect(endpoint)
        together.wait(PATIENCE_S)
        begun, number = time.monotonic(), 0
        while time.monotonic() - begun < seconds:
            if peer.poll(0, zmq.POLLOUT):
                request = {"type": "set", "id": number, "path": FLOOD_PATH, "value": (number % 100) / 100.0}
                peer.send(msgpack.packb(request))
                number += 1
            while peer.poll(0):
                count += msgpack.unpackb(peer.recv())["type"] == "ok"
    answered.put(count)


def waited_s(processes: dict[str, int]) -> dict[str, float]:
    """How long the main thread of each process was ready to run and had no processor, so far."""
    return {name: int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9 for name, pid in processes.items()}


def shares(shared: Shared, seconds: float) -> dict[str, float]:
    """What each of the three got within so many seconds, and how much of the time both ways had a processor."""
    stage, took_ms = shared.stage, list[float]()
    apart = get_context("spawn")
    answered: Queue[int] = apart.Queue()
    together = apart.Barrier(3)
    others = (
        apart.Process(target=flood, args=(stage.ready["control"], seconds, together, answered)),
        apart.Process(target=fader, args=(shared.osc_port, seconds, together)),
    )
    with stage.client.subscriber("state") as updates:
        for process in others:
            process.start()
        processes = {name: stage.helper(name) for name in {*OSC_WAY, *HTTP_WAY} - {"fader"}}
        processes["fader"] = cast(int, others[1].pid)
        together.wait(PATIENCE_S)
        before_s, begun, first = waited_s(processes), time.monotonic(), stage.client.status()["frame"]
        two = (stage.ready["panel"], seconds, took_ms)
        pages = [threading.Thread(target=browser, args=two) for _ in range(CONNECTIONS)]
        for page in pages:
            page.start()
        for page in pages:
            page.join()
        passed, took_s = stage.client.status()["frame"] - first, time.monotonic() - begun
        after_s = waited_s(processes)
        flooded = answered.get(timeout=PATIENCE_S)
        for process in others:
            process.join()
        moved, changed = changed_in(updates, OSC_PATH)
    had = {name: max(0.0, 1.0 - (after_s[name] - before_s[name]) / took_s) for name in before_s}
    return {
        "frames_a_second": passed / took_s,
        "changed_a_second": changed / seconds,
        "http_a_second": len(took_ms) / took_s,
        "http_median_ms": statistics.median(took_ms),
        "http_p99_ms": sorted(took_ms)[int(len(took_ms) * 0.99)],
        "http_had_processor": math.prod(had[name] for name in HTTP_WAY),
        "osc_moved_a_second": moved / seconds,
        "osc_had_processor": math.prod(had[name] for name in OSC_WAY),
        "flood_a_second": flooded / seconds,
    }


def changed_in(updates: zmq.Socket[bytes], path: str) -> tuple[int, int]:
    """In how many of the frames that have come a value changed, and in how many any did."""
    found = in_all = 0
    while updates.poll(50):
        _, body = updates.recv_multipart()
        values = msgpack.unpackb(body).get("values", {})
        found += path in values
        in_all += bool(values)
    return found, in_all


@pytest.mark.parametrize("seconds", [4.0, pytest.param(60.0, marks=pytest.mark.soak)])
def test_a_fader_a_browser_and_a_flood_each_get_their_share(shared: Shared, seconds: float) -> None:
    found = shares(shared, seconds)
    print(json.dumps({"shares": found}))
    frame_ms = 1e3 / found["frames_a_second"]
    most_frames = 0.5 * found["changed_a_second"]
    assert found["osc_moved_a_second"] >= found["osc_had_processor"] * most_frames, "the fader moved in most frames"
    assert found["http_median_ms"] * found["http_had_processor"] <= 4.0 * frame_ms
    assert found["flood_a_second"] >= found["frames_a_second"], "nobody is shut out"
