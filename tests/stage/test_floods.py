"""Floods of garbage on the tracker's and the control port: counted by cause, and no more than that."""

import contextlib
import math
import os
import socket
import threading
import time
from pathlib import Path

import msgspec
import numpy as np
import zmq
from running_stage import PATIENCE_S, configuration, free_udp_port, on_orbit, plans_of, running, sending

from stage.show.frame.outcome import Report
from stage.takes.reader import RecordedFrame, TakeReader

PERIOD_MS = 1000.0 / 60.0
ORBIT_RAD_S = 2.0 * math.pi / 8.0


def flood(port, stop, packets_per_s=20_000):
    """Random and mutated packets in bursts, from this process; how many were sent."""
    random = np.random.default_rng(7)
    real = bytes.fromhex("d101") + bytes(26) + bytes(1)
    noise = [random.bytes(int(size)) for size in random.integers(0, 200, 400)]
    noise += [
        bytes(byte ^ int(flip) for byte, flip in zip(real, random.integers(0, 256, 29), strict=True))
        for _ in range(200)
    ]
    noise += [real[: int(size)] for size in random.integers(0, 29, 100)]
    noise += [b"\xd1\x01" + random.bytes(27) for _ in range(100)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        begun, sent = time.monotonic(), 0
        while not stop.is_set():
            due = int((time.monotonic() - begun) * packets_per_s)
            while sent < due:
                wire.sendto(noise[sent % len(noise)], ("127.0.0.1", port))
                sent += 1
            stop.wait(0.002)
    return sent


def pester(endpoint, stop):
    """Random bytes on the control port: on the bare connection, and as messages."""
    random = np.random.default_rng(8)
    host, _, port = endpoint.removeprefix("tcp://").rpartition(":")
    with zmq.Context() as context, context.socket(zmq.DEALER) as peer:
        peer.setsockopt(zmq.LINGER, 0)
        peer.connect(endpoint)
        while not stop.is_set():
            with contextlib.suppress(OSError), socket.create_connection((host, int(port)), 0.5) as bare:
                bare.sendall(random.bytes(300))
            for _ in range(20):
                with contextlib.suppress(zmq.Again):
                    peer.send(random.bytes(100), zmq.NOBLOCK)
            stop.wait(0.01)


def resident_mb(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def has_come_through(statuses):
    """Whether frames were served and the real packets arrived while more than a thousand of each bad kind did."""
    if len(statuses) < 2:
        return False
    first, last = (status["trackers"]["f"] for status in (statuses[0], statuses[-1]))
    rejected = last["rejected"]
    flooded = rejected.get("length", 0) > 1000 and rejected.get("checksum", 0) > 1000
    served = statuses[-1]["frame"] - statuses[0]["frame"] > 120
    return flooded and served and last["state"] == "fresh" and last["accepted"] - first["accepted"] > 120


def longest_horizon_s(take):
    """How far a pose was carried ahead at most, in a line: as far as packets were late, which other programs decide too."""
    frames = [entry for entry in TakeReader(Path(take)).entries() if isinstance(entry, RecordedFrame)]
    reports = [msgspec.msgpack.decode(frame.report, type=Report) for frame in frames]
    return max(tracker.horizon_ms for report in reports for tracker in report.trackers) * 1e-3


def test_floods_of_garbage_neither_stop_the_loop_nor_bend_the_picture(tmp_path):
    port = free_udp_port()
    toml = configuration(("f", "freed", f"udp://127.0.0.1:{port}", 1), rate="60")
    stop = threading.Event()
    with (
        running(tmp_path, toml, "--record", str(tmp_path / "takes")) as stage,
        sending("freed", f"udp://127.0.0.1:{port}"),
    ):
        stage.until_status(lambda status: status["trackers"]["f"]["accepted"] > 20)
        before = resident_mb(stage.ready["pid"])
        attackers = [
            threading.Thread(target=flood, args=(port, stop)),
            threading.Thread(target=pester, args=(stage.ready["control"], stop)),
        ]
        for attacker in attackers:
            attacker.start()
        begun, statuses = time.monotonic(), []
        while time.monotonic() < begun + 3.0 or not has_come_through(statuses):
            assert time.monotonic() < begun + PATIENCE_S, statuses[-1]
            statuses.append(stage.client.status())
            time.sleep(0.05)
        stop.set()
        for attacker in attackers:
            attacker.join()
        after = resident_mb(stage.ready["pid"])
        assert stage.end()[0] == 0
        summary = stage.event("summary")
        assert "Traceback" not in stage.stderr
    trackers = [status["trackers"]["f"] for status in statuses]
    assert all(on_orbit(tracker["position_m"]) for tracker in trackers)
    assert after - before < 40.0, (before, after)
    flooded = [plan for plan in plans_of(summary["take"]) if plan.frame > statuses[0]["frame"]]
    # Not how many frames there were in a second, which other programs decide too, but what the loop itself takes: a frame
    # reads what has come since the one before.
    slots = (flooded[-1].frame - flooded[0].frame) / (len(flooded) - 1)
    assert summary["cpu_ms"]["p50"] < 0.5 * slots * PERIOD_MS
    leaves_m = 0.02 + (ORBIT_RAD_S * longest_horizon_s(summary["take"])) ** 2 / 2.0
    assert all(on_orbit(plan.inners[0].eye_m, leaves_m) for plan in flooded)
