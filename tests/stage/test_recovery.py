"""A core that died, hangs, or dies again and again: its clients find it where it was, and the show goes on."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import zmq
from running_stage import (
    ROOT,
    children_of,
    configuration,
    is_alive,
    running,
    wait_for,
)

from stage.run.checkpoint import LastLook
from stage.supervision.core_watch import LONGEST_STEP_S, SILENT_S, CoreWatch
from stage.takes.overview import overview


def ports_of(stage):
    stage.client.timeout_s = 0.5
    return wait_for(lambda: stage.until_status(lambda status: True) and stage.client.hello()["ports"])


def kill_until(stage, condition):
    """Kills each core as soon as it serves, until `condition` of its client holds; returns how many were killed."""
    for killed in range(10):
        if condition():
            return killed
        stage.kill_core()
        stage.event("ready")
    raise AssertionError(stage.stderr)


def test_a_restarted_core_has_all_its_ports_again_and_subscribers_hear_it(tmp_path):
    with running(tmp_path, configuration()) as stage, stage.client.subscriber("telemetry") as telemetry:
        before = ports_of(stage)
        assert telemetry.poll(5000)
        stage.kill_core()
        stage.event("ready")
        assert ports_of(stage) == before
        while telemetry.poll(0):
            telemetry.recv_multipart()
        assert telemetry.poll(10_000)
        assert stage.end()[0] == 0


def test_a_port_that_was_taken_meanwhile_ends_no_stage_and_is_had_again_once_it_is_free(tmp_path):
    with running(tmp_path, configuration()) as stage, stage.client.subscriber("state") as updates:
        before = ports_of(stage)
        stage.kill_core()
        with socket.socket() as taker:
            taker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            wait_for(lambda: _bound(taker, before["state"]))
            taker.listen()
            stage.event("ready")
            assert ports_of(stage) == before
            assert stage.stderr.count(f"port {before['state']} was taken") == 1
            while updates.poll(0):
                updates.recv_multipart()
        stage.client.set("/grade/tint", 0.5)
        assert updates.poll(10_000, zmq.POLLIN)
        assert stage.end()[0] == 0


def _bound(taker, port):
    try:
        taker.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def test_a_look_with_which_cores_die_is_not_gone_on_with_but_the_take_is(tmp_path):
    with running(tmp_path, configuration(), "--record", str(tmp_path / "takes")) as stage:
        stage.client.set("/grade/tint", 0.5)
        stage.client.save()
        stage.client.set("/grade/tint", 0.75)
        epoch = stage.client.hello()["epoch"]
        assert kill_until(stage, lambda: stage.client.get("/grade/tint") == 0.5) == 3
        status = stage.until_status(lambda status: status["take"]["state"] == "recording")
        assert status["take"]["name"] == "take-001"
        assert stage.client.hello()["epoch"] == epoch + 3
        stage.kill_core()
        stage.event("ready")
        assert stage.client.get("/grade/tint") == 0.0
        assert stage.end()[0] == 0
        assert stage.stderr.count("started again from its last look") == 2
        assert "started again from the saved values, in case its last look is what ends it" in stage.stderr
        assert "started again from the defaults" in stage.stderr
    first_frames = sorted(overview(take).first_frame or 0 for take in (tmp_path / "takes").glob("*.mcap"))
    assert first_frames == sorted(set(first_frames))


def test_a_stage_that_is_given_up_on_says_how_it_went(tmp_path):
    with running(tmp_path, configuration()) as stage:
        killed = set()
        while stage.process.poll() is None:
            for pid, words in children_of(stage.process.pid).items():
                if "stage.live.core" in words and pid not in killed:
                    killed.add(pid)
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        assert stage.wait(5.0) == 1
        summary = json.loads(stage.lines[-1])
        assert summary["event"] == "summary"
        assert set(summary) >= {"frames", "seconds", "missed", "skipped_causes", "cpu_ms", "packets", "take"}
        assert summary["lateness_ms"] == {"p50": None, "p99": None, "max": None}


def test_a_core_that_hangs_is_ended_and_started_again(tmp_path):
    with running(tmp_path, configuration()) as stage:
        stage.client.set("/grade/tint", 0.5)
        stage.until_status(lambda status: status["frame"] > 5)
        hung = stage.ready["pid"]
        os.kill(hung, signal.SIGSTOP)
        assert stage.event("ready")["pid"] != hung
        assert stage.client.get("/grade/tint") == 0.5
        assert stage.end()[0] == 0
        assert "the core hangs" in stage.stderr


class Watched:
    """A last look that beats when told, watched on a clock that moves when told."""

    def __init__(self, folder):
        self.look = LastLook(folder / "look")
        self.watch = CoreWatch(folder / "look")
        self.now_s = 100.0

    def passes(self, seconds, *, beats_every_s=None):
        """Whether the core was ever said to hang while this much time passed."""
        hung = False
        last_s, end_s = self.now_s, self.now_s + seconds
        while self.now_s < end_s:
            self.now_s += 0.05
            if beats_every_s is not None and self.now_s - last_s >= beats_every_s:
                self.look.beat()
                last_s = self.now_s
            hung |= self.watch.hangs(self.now_s)
        return hung


@pytest.fixture
def watched(tmp_path):
    made = Watched(tmp_path)
    yield made
    made.look.close()


def test_a_slow_start_is_no_hang(watched):
    assert not watched.passes(100.0)
    assert not watched.passes(20.0, beats_every_s=0.02)
    watched.watch.begin()
    assert not watched.passes(100.0)


def test_silence_after_beats_is_a_hang_after_its_time(watched):
    assert not watched.passes(3.0, beats_every_s=0.05)
    assert not watched.passes(SILENT_S - 0.2)
    assert watched.passes(0.5)


def test_a_stage_of_slow_frames_is_given_more_time(watched):
    assert not watched.passes(30.0, beats_every_s=3.0)
    assert not watched.passes(10.0)
    assert watched.passes(10.0)


def test_cores_that_hang_one_after_the_other_are_given_ever_more_time(watched):
    """What holds them up may be the display: five deaths within a minute would end the stage."""
    lasted = []
    for _ in range(4):
        watched.watch.begin()
        assert not watched.passes(1.0, beats_every_s=0.05)
        begun_s = watched.now_s
        while not watched.passes(0.05):
            continue
        lasted.append(round(watched.now_s - begun_s))
    assert lasted == [5, 10, 20, 40]
    watched.watch.begin()
    assert not watched.passes(70.0, beats_every_s=0.05)
    assert watched.passes(6.0)


def test_time_in_which_nobody_watched_does_not_count(watched):
    assert not watched.passes(3.0, beats_every_s=0.05)
    watched.now_s += 3600.0
    assert not watched.watch.hangs(watched.now_s)
    assert not watched.passes(SILENT_S - LONGEST_STEP_S - 0.2)


def test_a_preview_page_that_is_started_again_is_where_it_was(tmp_path):
    more = '[panel]\nbind = "127.0.0.1:0"\n'
    with running(tmp_path, configuration(more=more), "--panel") as stage:
        host, port = stage.ready["panel"].removeprefix("http://").split(":")
        page = stage.helper("stage.panel")
        os.kill(page, signal.SIGKILL)

        def answers():
            connection = http.client.HTTPConnection(host, int(port), timeout=5)
            try:
                connection.request("GET", "/")
                return connection.getresponse().status == 200
            except OSError:
                return False
            finally:
                connection.close()

        assert wait_for(lambda: page not in children_of(stage.process.pid) and answers(), 20.0)
        assert stage.end()[0] == 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_any_moment_of_the_start_ends_it_quietly_and_well(tmp_path, how):
    config = tmp_path / "stage.toml"
    config.write_text(configuration())
    words = ["run", str(config), "--headless", "--no-panel", "--no-realtime", "--control", "tcp://127.0.0.1:0"]
    words += ["--state", str(tmp_path / "state"), "--takes", str(tmp_path / "takes")]
    for delay_s in (0.1, 0.2, 0.35, 0.6):
        with subprocess.Popen(
            [sys.executable, "-m", "stage", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            wait_for(lambda number=process.pid: _is_ours(number))
            time.sleep(delay_s)
            process.send_signal(how)
            _, told = process.communicate(timeout=20.0)
        assert (process.returncode, told) == (0, ""), delay_s


def _is_ours(pid):
    """Whether a started interpreter has come as far as our own code: before that no program can catch a signal."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        caught = next(line for line in lines if line.startswith("SigCgt"))
    except OSError:
        return False
    return bool(int(caught.split()[1], 16) & 1 << (signal.SIGTERM - 1))


def test_a_core_whose_supervisor_is_gone_ends_quietly(tmp_path):
    with running(tmp_path, configuration()) as stage:
        parts = children_of(stage.process.pid)
        os.kill(stage.process.pid, signal.SIGKILL)
        wait_for(lambda: not any(is_alive(pid) for pid in parts), 10.0, "their end")
        assert stage.stderr == ""


def test_a_reader_that_left_ends_no_stage(tmp_path):
    config = tmp_path / "stage.toml"
    config.write_text(configuration())
    words = f"run {config} --headless --no-panel --no-realtime --control tcp://127.0.0.1:0 --seconds 1"
    words += f" --state {tmp_path}/state --takes {tmp_path}/takes"
    ended = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m stage {words} | head -n 1; exit ${{PIPESTATUS[0]}}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout)["event"] == "ready"
