"""A core that died, hangs, or dies again and again: its clients find it where it was, and the show continues."""

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
    PATIENCE_S,
    ROOT,
    children_of,
    command_here,
    configuration,
    running,
    wait_for,
)

from stage.live.core import SLOW_START
from stage.run.checkpoint import Checkpoint
from stage.supervision.core_watch import LONGEST_STEP_S, SILENT_S, CoreWatch
from stage.takes.overview import overview

PATIENCE_MS = int(PATIENCE_S * 1000)
GREETING_LINES = 3
"""Where to look, where takes go, and how to end."""


def complaints(stderr):
    """What a stage has said on the way but its greeting, and that a start takes long where it does."""
    return [line for line in stderr.splitlines() if SLOW_START not in line][GREETING_LINES:]


def ports_of(stage):
    return stage.ask(lambda: stage.client.hello()["ports"])


def tint_of(stage):
    return stage.ask(lambda: stage.client.get("/grade/tint"))


def restart_core(stage):
    stage.kill_core()
    stage.event("ready")


def test_nobody_can_take_a_port_while_the_core_is_away_and_subscribers_stay(tmp_path):
    with (
        running(tmp_path, configuration()) as stage,
        stage.client.subscriber("state") as updates,
        stage.client.subscriber("telemetry") as telemetry,
    ):
        before = ports_of(stage)
        assert telemetry.poll(PATIENCE_MS)
        os.kill(stage.process.pid, signal.SIGSTOP)
        stage.kill_core()
        with socket.socket() as taker:
            taker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            assert not _bound(taker, before["state"])
        os.kill(stage.process.pid, signal.SIGCONT)
        stage.event("ready")
        assert ports_of(stage) == before
        for subscriber in (updates, telemetry):
            while subscriber.poll(0):
                subscriber.recv_multipart()
        assert telemetry.poll(PATIENCE_MS)
        stage.client.set("/grade/tint", 0.5)
        assert updates.poll(PATIENCE_MS, zmq.POLLIN)
        assert stage.end()[0] == 0


def _bound(taker, port):
    try:
        taker.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def test_values_outlive_any_number_of_deaths_but_the_newest_change_is_taken_back_and_the_take_continues(tmp_path):
    with running(tmp_path, configuration(), "--record", str(tmp_path / "takes")) as stage:
        stage.client.set("/grade/tint", 0.5)
        stage.client.set("/grade/exposure_stops", 1.0)
        stage.client.set("/output/blackout", value=True)
        epoch = stage.client.hello()["epoch"]
        for _ in range(3):
            restart_core(stage)
        assert stage.ask(lambda: stage.client.snapshot()["values"]["/grade/exposure_stops"]) == 1.0
        restart_core(stage)
        values = stage.ask(lambda: stage.client.snapshot()["values"])
        assert (values["/grade/exposure_stops"], values["/grade/tint"]) == (0.0, 0.5)
        restart_core(stage)
        values = stage.ask(lambda: stage.client.snapshot()["values"])
        assert (values["/grade/exposure_stops"], values["/grade/tint"]) == (0.0, 0.0)
        assert values["/output/blackout"] is True
        assert stage.ask(stage.client.hello)["epoch"] == epoch + 5
        status = stage.until_status(lambda status: status["take"]["state"] == "recording")
        found = {(finding["code"], finding["values"].get("path")): finding for finding in status["health_codes"]}
        assert found["core_restarted", None]["values"]["count"] == 5
        assert {("change_taken_back", "/grade/exposure_stops"), ("change_taken_back", "/grade/tint")} <= set(found)
        assert status["take"]["name"] == "take-001"
        assert stage.end()[0] == 0
        assert stage.stderr.count("restarted from its checkpoint") == 2
        assert "restarted from the values in its checkpoint" in stage.stderr
    # A part whose core was killed before its first chunk was on disk holds no frame.
    parts = [overview(take) for take in (tmp_path / "takes").glob("*.mcap")]
    first_frames = [part.first_frame for part in parts if part.first_frame is not None]
    assert len(first_frames) == len(set(first_frames)) >= 2


def test_a_restart_stands_in_health_until_it_is_acknowledged_and_the_summary_counts_both_cores(tmp_path):
    with running(tmp_path, configuration(rate="60")) as stage:
        before = stage.until_status(lambda status: status["frame"] > 50)["frame"]
        restart_core(stage)
        status = stage.until_status(lambda status: status["health_codes"] != [])
        (finding,) = [finding for finding in status["health_codes"] if finding["code"] == "core_restarted"]
        assert (finding["acknowledged"], finding["values"]) == (False, {"count": 1, "exit": "signal 9"})
        acknowledgement = ("control", "ack", "core_restarted", "--endpoint", stage.ready["control"])
        assert command_here(*acknowledgement).returncode == 0
        status = stage.client.status()
        assert "core_restarted" not in [finding["code"] for finding in status["health_codes"]]
        refused = command_here(*acknowledgement)
        assert (refused.returncode, "core_restarted" in refused.stderr) == (1, True)
        wait_for(lambda: "core_restarted was acknowledged by" in stage.stderr)
        assert stage.end()[0] == 0
        summary = stage.event("summary")
    skipped = summary["skipped_causes"]
    assert status["frame"] <= summary["frames"] + sum(skipped.values()) <= status["frame"] + 60
    assert summary["frames"] + sum(skipped.values()) - skipped["core_died"] > before
    assert summary["seconds"] >= status["frame"] / 60.0
    assert summary["lateness_ms"]["max"] >= summary["lateness_ms"]["p99"] >= summary["lateness_ms"]["p50"] > 0.0


def test_a_core_that_hangs_is_killed_and_restarted(tmp_path):
    with running(tmp_path, configuration()) as stage:
        stage.client.set("/grade/tint", 0.5)
        stage.until_status(lambda status: status["frame"] > 5)
        hung = stage.ready["pid"]
        os.kill(hung, signal.SIGSTOP)
        assert stage.event("ready")["pid"] != hung
        assert tint_of(stage) == 0.5
        assert stage.end()[0] == 0
        assert "the core hangs" in stage.stderr


class Watched:
    """A checkpoint whose heartbeats the test decides, watched on a clock that the test moves."""

    def __init__(self, folder):
        self.checkpoint = Checkpoint(folder / "checkpoint")
        self.watch = CoreWatch(folder / "checkpoint")
        self.now_s = 100.0

    def passes(self, seconds, *, heartbeat_every_s=None):
        """Whether the core was reported to hang at any moment of this time."""
        hung = False
        last_s, end_s = self.now_s, self.now_s + seconds
        while self.now_s < end_s:
            self.now_s += 0.05
            if heartbeat_every_s is not None and self.now_s - last_s >= heartbeat_every_s:
                self.checkpoint.heartbeat()
                last_s = self.now_s
            hung |= self.watch.hangs(self.now_s)
        return hung


@pytest.fixture
def watched(tmp_path):
    made = Watched(tmp_path)
    yield made
    made.checkpoint.close()


def test_a_slow_start_is_not_a_hang(watched):
    assert not watched.passes(100.0)
    assert not watched.passes(20.0, heartbeat_every_s=0.02)
    watched.watch.begin()
    assert not watched.passes(100.0)


def test_silence_after_heartbeats_is_a_hang_after_its_time(watched):
    assert not watched.passes(3.0, heartbeat_every_s=0.05)
    assert not watched.passes(SILENT_S - 0.2)
    assert watched.passes(0.5)


def test_a_stage_of_slow_frames_is_given_more_time(watched):
    assert not watched.passes(30.0, heartbeat_every_s=3.0)
    assert not watched.passes(10.0)
    assert watched.passes(10.0)


def test_cores_that_hang_one_after_the_other_are_given_ever_more_time(watched):
    """What holds them up may be the display: five deaths within a minute would end the stage."""
    lasted = []
    for _ in range(4):
        watched.watch.begin()
        assert not watched.passes(1.0, heartbeat_every_s=0.05)
        begun_s = watched.now_s
        while not watched.passes(0.05):
            continue
        lasted.append(round(watched.now_s - begun_s))
    assert lasted == [5, 10, 20, 40]
    watched.watch.begin()
    assert not watched.passes(70.0, heartbeat_every_s=0.05)
    assert watched.passes(6.0)


def test_time_in_which_nobody_watched_does_not_count(watched):
    assert not watched.passes(3.0, heartbeat_every_s=0.05)
    watched.now_s += 3600.0
    assert not watched.watch.hangs(watched.now_s)
    assert not watched.passes(SILENT_S - LONGEST_STEP_S - 0.2)


def test_a_restarted_preview_page_is_where_it_was(tmp_path):
    more = '[panel]\nbind = "127.0.0.1:0"\n'
    with running(tmp_path, configuration(more=more), "--panel") as stage:
        host, port = stage.ready["panel"].removeprefix("http://").split(":")
        page = stage.helper("stage.panel")
        os.kill(page, signal.SIGKILL)

        def answers():
            connection = http.client.HTTPConnection(host, int(port), timeout=PATIENCE_S)
            try:
                connection.request("GET", "/")
                return connection.getresponse().status == 200
            except OSError:
                return False
            finally:
                connection.close()

        assert wait_for(lambda: page not in children_of(stage.process.pid) and answers())
        assert stage.helper("stage.panel") != page, "one page and no more"
        frame = stage.client.status()["frame"]
        stage.until_status(lambda status: status["frame"] > frame)
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
            _, stderr = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, complaints(stderr)) == (0, []), delay_s


def _is_ours(pid):
    """Whether a started interpreter has come as far as our own code: before that no program can catch a signal."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        caught = next(line for line in lines if line.startswith("SigCgt"))
    except OSError:
        return False
    return bool(int(caught.split()[1], 16) & 1 << (signal.SIGTERM - 1))


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
        timeout=PATIENCE_S,
        check=False,
    )
    assert (ended.returncode, complaints(ended.stderr)) == (0, [])
    assert json.loads(ended.stdout)["event"] == "ready"
