"""An OSC fader, an HTTP client and a flood of a third client at one stage: each gets its share of every frame."""

from __future__ import annotations

import http.client
import json
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.queues import Queue
from typing import NamedTuple
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
pytestmark = pytest.mark.gl


class Shared(NamedTuple):
    stage: RunningStage
    osc_port: int


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    port = free_udp_port()
    toml = configuration(more=f'[osc]\nbind = "127.0.0.1:{port}"\n[panel]\nbind = "127.0.0.1:0"\n')
    with running(tmp_path_factory.mktemp("shares"), toml, "--panel") as stage:
        yield Shared(stage, port)
        assert stage.end()[0] == 0


def at_rate(rate_hz: float, seconds: float, work: Callable[[int], None]) -> int:
    """Works so many times a second, catching up where it was kept waiting. How often it worked."""
    begun, count = time.monotonic(), 0
    while (passed := time.monotonic() - begun) < seconds:
        while count < passed * rate_hz:
            work(count)
            count += 1
        time.sleep(0.001)
    return count


def fader(port: int, seconds: float) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:

        def send(number: int) -> None:
            message = OscMessageBuilder(OSC_PATH)
            message.add_arg((number % 200) / 200.0)
            wire.sendto(message.build().dgram, ("127.0.0.1", port))

        return at_rate(OSC_HZ, seconds, send)


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


def flood(endpoint: str, seconds: float, answered: Queue[int]) -> None:
    """Sets a value as fast as the connection takes it. Tells how many of the sets were carried out."""
    count = 0
    with zmq.Context() as context, context.socket(zmq.DEALER) as peer:
        peer.setsockopt(zmq.LINGER, 0)
        peer.connect(endpoint)
        begun, number = time.monotonic(), 0
        while time.monotonic() - begun < seconds:
            if peer.poll(0, zmq.POLLOUT):
                request = {"type": "set", "id": number, "path": FLOOD_PATH, "value": (number % 100) / 100.0}
                peer.send(msgpack.packb(request))
                number += 1
            while peer.poll(0):
                count += msgpack.unpackb(peer.recv())["type"] == "ok"
    answered.put(count)


def shares(shared: Shared, seconds: float) -> dict[str, float]:
    """What each of the three got within so many seconds."""
    stage, took_ms = shared.stage, list[float]()
    apart = get_context("spawn")
    answered: Queue[int] = apart.Queue()
    others = (
        apart.Process(target=flood, args=(stage.ready["control"], seconds, answered)),
        apart.Process(target=fader, args=(shared.osc_port, seconds)),
    )
    with stage.client.subscriber("state") as updates:
        for process in others:
            process.start()
        time.sleep(1.0)
        begun, first = time.monotonic(), stage.client.status()["frame"]
        two = (stage.ready["panel"], seconds - 1.0, took_ms)
        pages = [threading.Thread(target=browser, args=two) for _ in range(CONNECTIONS)]
        for page in pages:
            page.start()
        for page in pages:
            page.join()
        passed, took_s = stage.client.status()["frame"] - first, time.monotonic() - begun
        flooded = answered.get(timeout=PATIENCE_S)
        for process in others:
            process.join()
        moved = changed_in(updates, OSC_PATH)
    return {
        "frames_a_second": passed / took_s,
        "http_a_second": len(took_ms) / took_s,
        "http_median_ms": statistics.median(took_ms),
        "http_p99_ms": sorted(took_ms)[int(len(took_ms) * 0.99)],
        "osc_moved_a_second": moved / seconds,
        "flood_a_second": flooded / seconds,
    }


def changed_in(updates: zmq.Socket[bytes], path: str) -> int:
    """In how many of the frames that have come a value changed."""
    found = 0
    while updates.poll(50):
        _, body = updates.recv_multipart()
        found += path in msgpack.unpackb(body).get("values", {})
    return found


@pytest.mark.parametrize("seconds", [4.0, pytest.param(60.0, marks=pytest.mark.soak)])
def test_a_fader_a_browser_and_a_flood_each_get_their_share(shared: Shared, seconds: float) -> None:
    found = shares(shared, seconds)
    print(json.dumps({"shares": found}))
    frame_ms = 1e3 / found["frames_a_second"]
    assert found["osc_moved_a_second"] >= 0.5 * found["frames_a_second"], "the fader moved in most frames"
    assert found["http_median_ms"] <= 4.0 * frame_ms
    assert found["flood_a_second"] >= found["frames_a_second"], "nobody is shut out"
