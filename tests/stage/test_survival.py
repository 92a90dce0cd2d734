"""What a running stage survives: short forms with every run of the tests, the long ones by hand (`pytest -m soak -s`).

The long forms print the figures of docs/benchmarks.md as one line of JSON each.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import socket
import threading
import time
import urllib.request
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from raw_client import MORE, frame, raw_client
from running_stage import children_of, configuration, free_udp_port, on_orbit, running, sending
from test_floods import resident_mb

from stage.control.client import Client, ControlError
from tracking.protocols.osc import encode_osc_pose
from tracking.records import TrackerSample
from tracking.rotation import IDENTITY

EXPOSURE = "/grade/exposure_stops"
HOSTILE_PACKETS = 300_000
HOSTILE_RATE_HZ = 10_000
KILLS = 60
SOAK_S = 720.0


def port_of(url):
    return int(url.rpartition(":")[2])


def hostile_packets():
    """Random bytes, mutated FreeD, OSC bundles, broken OpenTrackIO, and the largest datagrams; the same ones each time."""
    random = np.random.default_rng(11)
    good = bytes.fromhex("d101") + bytes(26) + bytes(1)
    osc = encode_osc_pose(TrackerSample(position_m=(9.0, 9.0, 9.0), rotation=IDENTITY), "f", 1.0)
    packets = [random.bytes(int(size)) for size in random.integers(0, 1500, 300)]
    packets += [
        bytes(byte ^ int(flip) for byte, flip in zip(good, random.integers(0, 256, 29), strict=True))
        for _ in range(200)
    ]
    packets += [osc[: int(size)] for size in random.integers(0, len(osc), 100)]
    packets += [b"#bundle\0" + bytes(8) + (len(osc).to_bytes(4, "big") + osc) * 140] * 4
    packets += [b"OTrk" + random.bytes(60) for _ in range(100)]
    packets += [b"{" * 5000, b"[" * 9000, bytes(9000), random.bytes(9000)]
    return packets


def send_hostile(ports, count, rate_hz=HOSTILE_RATE_HZ):
    """Sends `count` hostile packets to the ports in turn, at an even rate."""
    packets, targets = hostile_packets(), itertools.cycle([("127.0.0.1", port) for port in ports])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        begun = time.monotonic()
        for number in range(count):
            wire.sendto(packets[number % len(packets)], next(targets))
            if number % 20 == 0:
                time.sleep(max(0.0, begun + number / rate_hz - time.monotonic()))


def two_trackers():
    """TOML of a FreeD and an OSC tracker, and their ports."""
    ports = free_udp_port(), free_udp_port()
    rows = [("f", "freed", f"udp://127.0.0.1:{ports[0]}", 1), ("o", "osc", f"udp://127.0.0.1:{ports[1]}", 2)]
    return configuration(*rows, rate="60"), ports


def survives_hostile_packets(folder, count):
    """The summary of a run through which `count` hostile packets were sent, and its last status."""
    toml, ports = two_trackers()
    with running(folder, toml) as stage, sending("freed", f"udp://127.0.0.1:{ports[0]}"):
        stage.until_status(lambda status: status["trackers"]["f"]["accepted"] > 20)
        send_hostile(ports, count)
        status = stage.client.status()
        assert stage.end()[0] == 0
        assert "Traceback" not in stage.stderr
        return stage.event("summary"), status


def test_hostile_packets_of_every_kind_disturb_no_tracker_beside_them(tmp_path):
    summary, status = survives_hostile_packets(tmp_path, 5000)
    tracker = status["trackers"]["f"]
    assert tracker["state"] == "fresh"
    assert on_orbit(tracker["position_m"])
    assert sum(tracker["rejected"].values()) > 500
    assert summary["cpu_ms"]["p50"] < 8.0


def test_a_flooding_client_has_a_line_in_health_and_the_others_are_answered(tmp_path):
    with running(tmp_path, configuration()) as stage:
        before = resident_mb(stage.ready["pid"])
        with raw_client(port_of(stage.ready["control"]), b"DEALER") as flood:
            flood.push(frame(bytes(60_000), MORE) * 10_000, 2.0)
        status = stage.ask(stage.client.status)
        (line,) = [line for line in status["health"] if "connections closed" in line]
        assert "since the start: 1," in line
        assert resident_mb(stage.ready["pid"]) - before < 350.0
        assert stage.end()[0] == 0


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_three_hundred_thousand_hostile_packets(tmp_path):
    summary, status = survives_hostile_packets(tmp_path, HOSTILE_PACKETS)
    lost = sum(summary["skipped_causes"].values()) + summary["missed"]
    report("hostile_packets", sent=HOSTILE_PACKETS, frames=summary["frames"], lost=lost, cpu_ms=summary["cpu_ms"])
    assert on_orbit(status["trackers"]["f"]["position_m"])
    assert summary["cpu_ms"]["p99"] < 16.0
    assert lost < 0.02 * summary["frames"]


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_sixty_kills(tmp_path):
    """Core, recorder and preview page in turn, as a crash ends them; a value that was acknowledged is never lost."""
    toml, ports = two_trackers()
    with (
        running(tmp_path, toml, "--panel", "--record", str(tmp_path / "takes")) as stage,
        sending("freed", f"udp://127.0.0.1:{ports[0]}"),
    ):
        worst_s = 0.0
        for number, word in zip(range(KILLS), itertools.cycle(["live.core", "takes.recorder", "panel"]), strict=False):
            value = round(-4.0 + 0.1 * number, 1)
            stage.ask(partial(stage.client.set, EXPOSURE, value))
            os.kill(stage.helper(word), signal.SIGKILL)
            begun = time.monotonic()
            assert stage.ask(lambda: stage.client.get(EXPOSURE)) == pytest.approx(value)
            worst_s = max(worst_s, time.monotonic() - begun)
            time.sleep(max(0.0, begun + 5.3 - time.monotonic()))  # beyond two short lives in a row, pauses grow
        status = stage.until_status(lambda status: status["trackers"]["f"]["state"] == "fresh")
        assert stage.end()[0] == 0
        report("kills", killed=KILLS, longest_without_answer_s=round(worst_s, 2), frame=status["frame"])


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_twelve_minutes_without_a_leak(tmp_path):
    """Trackers, clients that come and go, a watched page, takes that start and stop, and hostile packets meanwhile."""
    toml, ports = two_trackers()
    with running(tmp_path, toml, "--panel") as stage, sending("freed", f"udp://127.0.0.1:{ports[0]}"):
        stop = threading.Event()
        workers = [
            threading.Thread(target=come_and_go, args=(stage.ready["control"], stop)),
            threading.Thread(target=watch_page, args=(stage.ready["panel"], stop)),
            threading.Thread(target=send_now_and_then, args=(ports, stop)),
        ]
        for worker in workers:
            worker.start()
        begun, early = time.monotonic(), {}
        while (passed_s := time.monotonic() - begun) < SOAK_S:
            if not early and passed_s > 0.25 * SOAK_S:
                early = sizes(stage)
            time.sleep(1.0)
        late = sizes(stage)
        stop.set()
        for worker in workers:
            worker.join()
        assert stage.end()[0] == 0
        summary = stage.event("summary")
    assert "Traceback" not in stage.stderr
    growth = {name: round(late[name][0] - early[name][0], 1) for name in late}
    opened = {name: late[name][1] - early[name][1] for name in late}
    lost = sum(summary["skipped_causes"].values()) + summary["missed"]
    report(
        "soak", seconds=SOAK_S, growth_mb=growth, descriptors=opened, frames=summary["frames"], lost=lost,
        cpu_ms=summary["cpu_ms"],
    )  # fmt: skip
    assert all(grown < 12.0 for grown in growth.values())
    assert all(more < 12 for more in opened.values())


def come_and_go(endpoint, stop):
    """A client a second: it reads, sets, saves, and starts or stops a take."""
    for number in itertools.count():
        if stop.wait(0.5):
            return
        with contextlib.suppress(ControlError), Client(endpoint) as client:
            client.status()
            client.set(EXPOSURE, 0.01 * (number % 100))
            client.save("look")
            client.load("look")
            if number % 20 == 0:
                client.take_start(f"Sc 1/{number} Tk 1")
            elif number % 20 == 10:
                client.take_stop()


def watch_page(url, stop):
    while not stop.wait(0.5):
        for path in ("/", "/preview/wall/main.png", "/preview/camera/A.jpg"):
            with contextlib.suppress(OSError), urllib.request.urlopen(url.rstrip("/") + path, timeout=5.0) as page:
                page.read()


def send_now_and_then(ports, stop):
    while not stop.wait(5.0):
        send_hostile(ports, 1000)


def sizes(stage):
    """Resident megabytes and open descriptors of each process of the stage."""
    found = {}
    for pid, words in children_of(stage.process.pid).items():
        name = next((name for name in ("core", "recorder", "preview") if name in words), None)
        if name is not None:
            found[name] = resident_mb(pid), len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return found


def report(name, **figures):
    print(json.dumps({"survives": name, **figures}))
