"""What dies is restarted, its checkpoint and its take continued, for as long as the stage runs."""

import os
import signal
import socket
import time
from pathlib import Path

import pytest
from running_stage import (
    PATIENCE_S,
    RunningStage,
    children_of,
    command_here,
    configuration,
    free_udp_port,
    is_alive,
    running,
    sending,
    wait_for,
)

from stage.control.client import ControlError
from stage.live.core import SLOW_START
from stage.takes.overview import overview
from stage.takes.reader import TakeReader

BACK_WITHIN_S = 2.0
GREETING_LINES = 3
"""Where to look, where takes go, and how to end."""
SLOWER_THAN_FIRST = 1.5


def kill(pid):
    os.kill(pid, signal.SIGKILL)


def verified(take):
    result = command_here("replay", str(take), "--verify")
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def seconds_until(answers):
    begun = time.monotonic()

    def found():
        try:
            return answers()
        except ControlError:
            return False

    wait_for(found, what="an answer")
    return time.monotonic() - begun


def test_a_killed_core_is_back_with_its_checkpoint_its_fades_and_a_new_part_of_the_take(tmp_path):
    port = free_udp_port()
    begun = time.monotonic()
    toml = configuration(("f", "freed", f"udp://127.0.0.1:{port}", 1), rate="60")
    with (
        running(tmp_path, toml, "--record", str(tmp_path / "takes")) as stage,
        sending("freed", f"udp://127.0.0.1:{port}"),
    ):
        started_s = time.monotonic() - begun
        stage.until_status(lambda status: status["trackers"]["f"]["accepted"] > 30)
        stage.client.batch({"/grade/tint": 0.25, "/sky/sun/source": "manual", "/output/blackout": True})
        fade = stage.client.set("/grade/exposure_stops", 8.0, fade_s=80.0)
        first = stage.ready
        kill(first["pid"])
        stage.client.timeout_s = 0.3
        seconds = seconds_until(lambda: stage.client.get("/grade/tint") == 0.25)
        stage.client.timeout_s = PATIENCE_S
        again = stage.event("ready")
        # Two seconds are promised on a quiet machine. On a busy one the first start was slow as well.
        assert seconds < max(BACK_WITHIN_S, SLOWER_THAN_FIRST * started_s)
        assert again["control"] == first["control"]
        assert again["pid"] != first["pid"]
        snapshot = stage.client.snapshot()
        assert snapshot["epoch"] == fade.epoch + 1
        assert snapshot["values"]["/sky/sun/source"] == "manual"
        assert snapshot["values"]["/output/blackout"] is True
        faded = (snapshot["frame"] - fade.frame) / 600.0
        assert snapshot["values"]["/grade/exposure_stops"] == pytest.approx(faded, abs=0.002)
        status = stage.until_status(lambda status: status["take"]["state"] == "recording")
        assert any("take-001" in line and "the core died" in line for line in status["health"])
        later = stage.client.snapshot()
        assert later["values"]["/grade/exposure_stops"] > snapshot["values"]["/grade/exposure_stops"]
        assert stage.end()[0] == 0
    takes = sorted((tmp_path / "takes").iterdir())
    assert [take.suffix for take in takes] == [".mcap", ".mcap"]
    parts = sorted((TakeReader(take).part for take in takes), key=lambda part: part.part)
    assert [(part.name, part.part) for part in parts] == [("take-001", 1), ("take-001", 2)]
    held = [overview(take) for take in takes]
    last = next(one.last_frame for one in held if one.part == 1)
    next_first = next(one.first_frame for one in held if one.part == 2)
    assert parts[1].gap == f"frames {last + 1} to {next_first - 1} are missing: the core died"
    assert any(parts[1].gap in line for line in status["health"])
    for take in takes:
        verified(take)


def test_a_killed_recorder_leaves_a_named_gap_and_the_take_continues_in_a_next_part(tmp_path):
    with running(tmp_path, configuration(), "--record", str(tmp_path / "takes")) as stage:
        stage.until_status(lambda status: status["take"]["state"] == "recording" and status["frame"] > 20)
        kill(stage.helper("stage.takes.recorder"))
        stage.until_status(lambda status: any("missing" in line for line in status["health"]))
        status = stage.until_status(lambda status: status["take"]["state"] == "recording")
        (line,) = [line for line in status["health"] if "are missing" in line]
        assert "take-001" in line
        stage.until_status(lambda now: now["frame"] > status["frame"] + 10)
        assert stage.end()[0] == 0
        assert "recorder ended (signal 9): restarted" in stage.stderr
    takes = sorted((tmp_path / "takes").iterdir())
    assert [take.suffix for take in takes] == [".mcap", ".mcap"]
    parts = {TakeReader(take).part.part: TakeReader(take).part for take in takes}
    assert set(parts) == {1, 2}
    assert "are missing: the recorder died" in parts[2].gap
    held = {one.part: one for one in map(overview, takes)}
    missing = f"frames {held[1].last_frame + 1} to {held[2].first_frame - 1} are missing"
    assert parts[2].gap.startswith(missing)
    assert missing in line
    for take in takes:
        verified(take)


def test_a_killed_supervisor_leaves_nothing_behind_and_its_core_ends_quietly(tmp_path):
    with running(tmp_path, configuration(), "--panel", "--record", str(tmp_path / "takes")) as stage:
        stage.until_status(lambda status: status["take"]["state"] == "recording")
        parts = children_of(stage.process.pid)
        assert len(parts) >= 2
        kill(stage.process.pid)
        wait_for(lambda: not any(is_alive(pid) for pid in parts), what="their end")
        (take,) = wait_for(lambda: list((tmp_path / "takes").glob("*.mcap")))
        told = [line for line in stage.stderr.splitlines() if SLOW_START not in line]
        assert told[GREETING_LINES:] == []
    verified(take)


def test_a_killed_demo_leaves_no_tracker_behind(tmp_path):
    stage = RunningStage(tmp_path, "", "--control", "tcp://127.0.0.1:0", program=("demo",))
    try:
        parts = wait_for(lambda: with_tracker(children_of(stage.process.pid)), what="the tracker")
        kill(stage.process.pid)
        wait_for(lambda: not any(is_alive(pid) for pid in parts), what="their end")
    finally:
        stage.close()


def with_tracker(parts):
    """These processes of a demo, once core and tracker are among them."""
    words = " ".join(parts.values())
    return parts if "stage send" in words and "stage.live.core" in words else None


def test_a_core_that_dies_again_and_again_is_started_again_and_a_stopped_one_does_not_hold_up_the_end(tmp_path):
    with running(tmp_path, configuration()) as stage:
        stage.client.set("/output/blackout", value=True)
        stage.kill_cores(6)
        stage.event("ready")
        assert stage.ask(lambda: stage.client.get("/output/blackout")) is True
        assert "giving up" not in stage.stderr
        assert "Traceback" not in stage.stderr
        os.kill(stage.helper("stage.live.core"), signal.SIGSTOP)
        assert stage.end(signal.SIGINT)[0] == 0, "a stopped core holds nothing up"


def test_a_stage_that_recovers_to_black_is_black_with_its_values_after_its_core_died(tmp_path):
    toml = configuration().replace("[stage]", '[stage]\nrecovery = "black"')
    with running(tmp_path, toml) as stage:
        stage.client.set("/grade/tint", 0.5)
        kill(stage.ready["pid"])
        stage.event("ready")
        assert stage.client.get("/output/blackout") is True
        assert stage.client.get("/grade/tint") == 0.5
        assert stage.client.status()["take"]["state"] == "idle"
        assert stage.end()[0] == 0
    assert not list((tmp_path / "takes").glob("*"))


def test_a_run_leaves_nothing_but_its_saved_values_which_the_next_one_restores(tmp_path):
    with running(tmp_path, configuration()) as stage:
        stage.client.set("/grade/tint", -0.5)
        stage.client.save()
        words = children_of(stage.process.pid)[stage.ready["pid"]]
        folder = Path(words.partition('"runtime":"')[2].partition('"')[0])
        assert folder.is_dir()
        assert stage.end()[0] == 0
        assert not folder.exists()
    with running(tmp_path, configuration()) as stage:
        assert stage.client.get("/grade/tint") == -0.5


def test_a_page_address_that_is_taken_is_reported_and_used_once_it_is_free(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with running(tmp_path, configuration(more=f'[panel]\nbind = "127.0.0.1:{port}"\n'), "--panel") as stage:
            assert stage.ready["panel"] is None
            status = stage.until_status(lambda status: "panel_missing" in codes_of(status))
            assert any(f"127.0.0.1:{port}" in line for line in status["health"])
            assert f"the page at 127.0.0.1:{port}: cannot be used" in stage.stderr
            taken.close()
            stage.until_status(lambda status: "panel_missing" not in codes_of(status))
            assert f"see the walls at http://127.0.0.1:{port}" in stage.stderr
            assert stage.end()[0] == 0


def codes_of(status):
    return [finding["code"] for finding in status["health_codes"]]


def test_a_run_that_is_ended_before_it_is_ready_ends_well(tmp_path):
    stage = RunningStage(tmp_path, configuration())
    try:
        wait_for(lambda: any("stage.live.core" in words for words in children_of(stage.process.pid).values()))
        assert stage.end(signal.SIGTERM)[0] == 0
        assert "Traceback" not in stage.stderr
    finally:
        stage.close()
