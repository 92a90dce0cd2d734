"""The lights of a running stage on the wire: what is sent, and what stays there when core or lights process die."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from stage.dmx.sacn_in import SacnData, read_sacn
from stage.dmx.universes import SACN_PORT
from stage.loading.files import load_config
from stage.loading.run_copy import make_run_copy
from stage.run.realtime import DRAWING_PRIORITY, READING_PRIORITY, SENDING_PRIORITY
from tests.stage.running_stage import RunningStage, children_of, configuration, wait_for

LIGHTS = """
[[lights]]
name = "Left"
fixture = "generic_dimmer"
universe = 1
address = 1
position_m = [-2.0, 0.0, 3.0]
aim_m = [0.0, 1.0, 1.5]
intensity = 0.8

[[lights]]
name = "Right"
fixture = "generic_dimmer"
universe = 2
address = 10
position_m = [2.0, 0.0, 3.0]
aim_m = [0.0, 1.0, 1.5]
intensity = 0.4

[dmx]
interface = "127.0.0.1"
multicast = false
nodes = ["127.0.0.1"]
"""
SILENT_S = 0.1
PATIENCE = 5.0
"""So many times longer may all take here than alone: the tests beside take the processors."""


class Ears:
    """Hears E1.31 on this machine, on a thread of its own, so that it misses nothing."""

    def __init__(self):
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self.udp.bind(("127.0.0.1", SACN_PORT))
        except OSError as error:
            self.udp.close()
            pytest.skip(f"port {SACN_PORT} is in use on this machine: {error.strerror}")
        self.udp.settimeout(0.1)
        self.heard: list[tuple[float, SacnData]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        while not self._over.is_set():
            try:
                packet = read_sacn(self.udp.recv(2048))
            except TimeoutError:
                continue
            if isinstance(packet, SacnData):
                self.heard.append((time.monotonic(), packet))

    def of(self, universe, since_s=0.0):
        return [(at, one) for at, one in tuple(self.heard) if one.universe == universe and at >= since_s]

    def level(self, universe, address):
        newest = self.of(universe)
        return newest[-1][1].slots[address - 1] if newest else None

    def longest_silence_s(self, universe, since_s):
        times = [at for at, _ in self.of(universe, since_s)]
        return max(later - earlier for earlier, later in pairwise(times))

    def close(self):
        self._over.set()
        self._thread.join()
        self.udp.close()


def lights_processes(stage):
    """Which of the two is on the wire, and which waits for its end; None before there are both."""
    locks = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    waiting = {int(words[5]) for words in locks if words[1:3] == ["->", "FLOCK"]}
    pids = {pid for pid, words in children_of(stage.process.pid).items() if "stage.lights.service" in words}
    return [*(pids - waiting), *(pids & waiting)] if len(pids) == 2 and len(pids & waiting) == 1 else None


def test_lights_stay_on_the_wire_whatever_dies(tmp_path):
    ears = Ears()
    stage = RunningStage(tmp_path, configuration(rate="60", more=LIGHTS), "--headless")
    try:
        stage.event("ready")
        wait_for(lambda: (ears.level(1, 1), ears.level(2, 10)) == (204, 102), what="both levels")
        stage.client.set("/lights/master", 0.5)
        wait_for(lambda: (ears.level(1, 1), ears.level(2, 10)) == (102, 51), what="half of both")

        killed_s = time.monotonic()
        stage.kill_core()
        time.sleep(0.5)
        stage.until_status(lambda status: status["frame"] > 0)
        time.sleep(1.0)
        silence_s = max(ears.longest_silence_s(universe, killed_s - 1.0) for universe in (1, 2))
        print(f"core killed: a universe was silent for at most {silence_s * 1e3:.0f} ms")
        assert silence_s < PATIENCE * SILENT_S
        assert {one.slots[0] for _, one in ears.of(1, killed_s)} == {102}
        assert {one.slots[9] for _, one in ears.of(2, killed_s)} == {51}

        sender, _ = wait_for(lambda: lights_processes(stage), what="the stand-in")
        stage.process.send_signal(signal.SIGSTOP)  # so that nobody starts a process: what goes on was there before
        killed_s = time.monotonic()
        os.kill(sender, signal.SIGKILL)
        wait_for(lambda: ears.of(1, killed_s + 0.01), seconds=PATIENCE, what="packets of the stand-in")
        stage.process.send_signal(signal.SIGCONT)
        silence_s = ears.longest_silence_s(1, killed_s - 0.5)
        print(f"lights process killed: silent for {silence_s * 1e3:.0f} ms")
        assert silence_s < PATIENCE * SILENT_S
        assert {one.slots[0] for _, one in ears.of(1, killed_s)} == {102}
        stage.until_status(lambda status: any(one["code"] == "lights_restarted" for one in status["health_codes"]))

        wait_for(lambda: lights_processes(stage), what="the next stand-in")
        ended_s = time.monotonic()
        assert stage.end()[0] == 0
        wait_for(lambda: sum(one.terminated for _, one in ears.of(2, ended_s)) >= 3, what="the streams' end")
        assert ears.of(1)[-1][1].terminated
    finally:
        stage.close()
        ears.close()


@pytest.mark.parametrize("realtime", [True, False])
def test_what_sends_to_lights_comes_before_what_reads_films(tmp_path, realtime):
    file = tmp_path / "stage.toml"
    file.write_text(configuration(more=LIGHTS))
    make_run_copy(load_config(file), tmp_path)
    words = [sys.executable, "-m", "stage.lights.service", "--runtime", str(tmp_path), "--state", str(tmp_path)]
    process = subprocess.Popen(words + ["--realtime"] * realtime, stdout=subprocess.PIPE)
    try:
        assert process.stdout.readline()  # it lives, and so has what it may have
        claim = os.sched_getscheduler(process.pid), os.sched_getparam(process.pid).sched_priority
        if realtime and claim[0] != os.SCHED_RR:
            pytest.skip("this system grants no real-time priority")
        assert claim == ((os.SCHED_RR, SENDING_PRIORITY) if realtime else (os.SCHED_OTHER, 0))
    finally:
        process.terminate()
        process.communicate()
    assert READING_PRIORITY < SENDING_PRIORITY < DRAWING_PRIORITY
