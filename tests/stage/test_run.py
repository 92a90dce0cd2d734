"""`stage run` as its users meet it: real packets in, pictures and takes out, ended by a signal or by time."""

import contextlib
import itertools
import json
import math
import os
import signal
import threading
import tty
import urllib.request
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from running_stage import (
    PATIENCE_S,
    children_of,
    command_here,
    configuration,
    free_udp_port,
    is_alive,
    on_orbit,
    plans_of,
    running,
    sending,
    stage_command,
    wait_for,
)
from test_replay import changed

from render.compose.patterns import read_counter
from stage.takes.reader import RecordedFrame, TakeReader

ORBIT_TURNS_PER_S = 2.0 * math.pi / 8.0
FIVE_WAYS = ("unicast", "multicast", "cbor", "serial", "osc")


@contextlib.contextmanager
def null_modem():
    """Two pseudo-terminals whose far ends are joined: what is written to one device is read from the other."""
    ends = [os.openpty(), os.openpty()]
    for _, device in ends:
        tty.setraw(device)
    stop = threading.Event()

    def carry():
        while not stop.is_set():
            with contextlib.suppress(BlockingIOError):
                os.write(ends[1][0], os.read(ends[0][0], 4096))
            stop.wait(0.001)

    for master, _ in ends:
        os.set_blocking(master, False)
    thread = threading.Thread(target=carry)
    thread.start()
    try:
        yield os.ttyname(ends[0][1]), os.ttyname(ends[1][1])
    finally:
        stop.set()
        thread.join()
        for master, device in ends:
            os.close(master)
            os.close(device)


def angle_of(position_m):
    return math.atan2(position_m[1], position_m[0])


def all_followed(status):
    """Whether every tracker has been received for a while at its rate, as far as a busy machine lets it be sent."""
    return all(
        tracker["accepted"] > 20 and tracker["state"] == "fresh" and abs(tracker["rate_hz"] - 60.0) < 9.0
        for tracker in status["trackers"].values()
    )


@pytest.fixture(scope="module")
def five_ways(tmp_path_factory):
    """One stage that hears five trackers, each in its own way: two statuses in a row, and a take of it."""
    folder = tmp_path_factory.mktemp("five")
    unicast, multicast, cbor, osc = (free_udp_port() for _ in range(4))
    group = f"udp://239.135.1.1:{multicast}?interface=127.0.0.1"
    with null_modem() as (far, near), contextlib.ExitStack() as senders:
        urls = {
            "unicast": f"udp://127.0.0.1:{unicast}",
            "multicast": group,
            "cbor": f"udp://127.0.0.1:{cbor}",
            "serial": f"serial://{near}?baud=38400&parity=odd",
            "osc": f"udp://127.0.0.1:{osc}",
        }
        spoken = dict(zip(FIVE_WAYS, ("freed", "opentrackio", "opentrackio", "freed", "osc"), strict=True))
        toml = configuration(*((name, spoken[name], urls[name], 1) for name in FIVE_WAYS), rate="60")
        with running(folder, toml) as stage:
            for name in FIVE_WAYS:
                to = f"serial://{far}" if name == "serial" else urls[name]
                more = ("--encoding", "cbor") if name == "cbor" else ()
                senders.enter_context(sending(spoken[name], to, *more))
            early = stage.until_status(all_followed)
            stage.client.take_start("five")
            stage.until_status(lambda status: status["take"]["state"] == "recording")
            late = stage.until_status(lambda status: status["frame"] > early["frame"] + 100 and all_followed(status))
            stage.client.take_stop()
            (take,) = wait_for(lambda: list(stage.takes.glob("*.mcap")))
    return early, late, take


@pytest.mark.parametrize("name", FIVE_WAYS)
def test_run_follows_real_packets(five_ways, name):
    early, late, _ = five_ways
    for status in (early, late):
        tracker = status["trackers"][name]
        assert tracker["state"] == "fresh"
        assert on_orbit(tracker["position_m"])
        pan, tilt, roll = tracker["rotation_deg"]
        assert pan == pytest.approx(20.0 * math.sin(angle_of(tracker["position_m"])), abs=0.3)
        assert (tilt, roll) == pytest.approx((0.0, 0.0), abs=0.1)
        assert sum(tracker["rejected"].values()) <= 2
    assert late["trackers"][name]["rate_hz"] == pytest.approx(60.0, rel=0.15)
    seconds = (late["frame"] - early["frame"]) / 60.0
    seconds -= (late["trackers"][name]["age_ms"] - early["trackers"][name]["age_ms"]) * 1e-3
    turned = angle_of(late["trackers"][name]["position_m"]) - angle_of(early["trackers"][name]["position_m"])
    assert turned % (2.0 * math.pi) == pytest.approx((seconds * ORBIT_TURNS_PER_S) % (2.0 * math.pi), abs=0.05)


@pytest.mark.parametrize("name", FIVE_WAYS)
def test_the_wall_is_drawn_from_where_the_camera_is(five_ways, name):
    plans = plans_of(five_ways[2])
    assert len(plans) > 30
    camera = "ABCDE"[FIVE_WAYS.index(name)]
    eyes = [next(inner.eye_m for inner in plan.inners if inner.camera == camera) for plan in plans]
    assert all(on_orbit(eye, 0.02) for eye in eyes)
    assert all(here != there for here, there in itertools.pairwise(eyes))


def test_a_run_for_some_seconds_prints_ready_first_and_summary_last(tmp_path):
    port = free_udp_port()
    toml = configuration(("f", "freed", f"udp://127.0.0.1:{port}", 1), rate="60")
    recorded = ("--record", str(tmp_path / "takes"))
    with (
        sending("freed", f"udp://127.0.0.1:{port}"),
        running(tmp_path, toml, "--seconds", "1.5", *recorded) as stage,
    ):
        assert set(stage.ready) == {"event", "control", "panel", "pid"}
        assert stage.ready["panel"] is None
        assert "stage.live.core" in children_of(stage.process.pid)[stage.ready["pid"]]
        assert stage.wait(PATIENCE_S) == 0
        summary = stage.event("summary")
    assert len(stage.lines) == 2
    assert set(summary) >= {
        "frames", "seconds", "missed", "missed_causes", "skipped_causes", "lateness_ms", "cpu_ms", "packets", "take",
    }  # fmt: skip
    assert set(summary["lateness_ms"]) == set(summary["cpu_ms"]) == {"p50", "p99", "max"}
    # A busy machine may be late with the last slot, and skip others; no slot is served after the time is over.
    assert summary["frames"] <= 90 <= summary["frames"] + sum(summary["skipped_causes"].values()) + 1
    assert summary["seconds"] > 1.4
    assert summary["packets"]["f"] > 10
    assert Path(summary["take"]).is_file()
    assert not list((tmp_path / "takes").glob("*.part"))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_stage_with_its_take_closed(tmp_path, how):
    with running(tmp_path, configuration(), "--record", str(tmp_path / "takes")) as stage:
        stage.until_status(lambda status: status["take"]["state"] == "recording")
        parts = children_of(stage.process.pid)
        assert stage.end(how)[0] == 0
        assert not any(is_alive(pid) for pid in parts)
        summary = stage.event("summary")
        assert not list((tmp_path / "takes").glob("*.part"))
        assert TakeReader(Path(summary["take"])).part.name == "take-001"
        assert "Traceback" not in stage.stderr


@pytest.fixture(scope="module")
def busy_take(tmp_path_factory):
    """A take started and stopped by `stage control` in a running show: two trackers, 200 commands."""
    folder = tmp_path_factory.mktemp("busy")
    port = free_udp_port()
    url = f"udp://127.0.0.1:{port}"
    toml = configuration(("a", "freed", url, 1), ("b", "freed", url, 2), rate="120")
    with running(folder, toml) as stage, sending("freed", url), sending("freed", url, "--id", "2"):
        stage.until_status(lambda status: all(one["accepted"] > 20 for one in status["trackers"].values()))
        endpoint = stage.ready["control"]
        started = json.loads(
            stage_command("control", "take", "start", "--name", "busy", "--endpoint", endpoint, "--json").stdout
        )
        states = []
        wait_for(lambda: states.append(stage.client.status()["take"]["state"]) or states[-1] == "recording")
        size_when_recording = sum(part.stat().st_size for part in stage.takes.glob("*.part"))
        for number in range(200):
            stage.client.set("/grade/exposure_stops", number / 100.0, 0.2 if number % 3 else 0.0)
        stopped = json.loads(command_here("control", "take", "stop", "--endpoint", endpoint, "--json").stdout)
        (take,) = wait_for(lambda: list(stage.takes.glob("*.mcap")))
    return take, started, stopped, states, size_when_recording


def test_a_take_is_called_recording_once_its_first_chunk_is_on_disk(busy_take):
    _, started, _, states, size = busy_take
    assert (started["ok"], started["value"]) == (True, "busy")
    assert set(states) <= {"starting", "recording"}
    assert size > 0


def test_a_take_of_a_running_show_holds_its_frames_and_verifies(busy_take):
    take, started, stopped, _, _ = busy_take
    result = command_here("replay", str(take), "--verify", "--json")
    report = json.loads(result.stdout)
    assert result.returncode == 0, report
    assert report["frames"] == report["equal"] > 180
    assert report["first_difference"] is None
    frames = [plan.frame for plan in plans_of(take)]
    assert started["frame"] == frames[0]
    assert frames[-1] == stopped["frame"]


def test_a_take_says_where_the_time_went(busy_take):
    report = json.loads(command_here("take", "info", str(busy_take[0]), "--json").stdout)
    stages = report["latency"]
    assert stages["sample_to_light"]["p99_ms"] >= stages["sample_to_light"]["p50_ms"] > 0.0
    assert {"sample_to_received", "presented_to_light"} <= set(stages)
    assert "sample to light: p50" in command_here("take", "info", str(busy_take[0])).stdout


def flip_tracker_byte(inputs):
    payload = bytearray(inputs["datagrams"][0]["payload"])
    payload[9] ^= 4
    inputs["datagrams"][0]["payload"] = bytes(payload)


def change_command(inputs):
    inputs["commands"][0]["request"]["value"] += 0.25


def move_present(inputs):
    inputs["present_ns"] += 1


@pytest.mark.parametrize(
    ("has", "change", "field"),
    [
        ("datagrams", flip_tracker_byte, "inputs.datagrams[0].payload"),
        ("commands", change_command, "inputs.commands[0].request.value"),
        ("present_ns", move_present, "inputs.present_ns"),
    ],
)
def test_one_changed_input_of_a_live_take_is_named(busy_take, tmp_path, has, change, field):
    take = busy_take[0]
    entries = [entry for entry in TakeReader(take).entries() if isinstance(entry, RecordedFrame)]
    frame = next(entry.message.frame for entry in entries[40:] if msgspec.msgpack.decode(entry.inputs)[has])
    copy = changed(take, tmp_path / "changed.mcap", "/inputs", frame, change)
    result = command_here("replay", str(copy), "--verify", "--json")
    assert result.returncode == 1
    difference = json.loads(result.stdout)["first_difference"]
    assert difference["frame"] == frame
    assert difference["input"] == field


def test_every_picture_is_of_its_own_frame_and_replay_draws_the_same(tmp_path):
    """The counter pattern proves it; before the pattern, the pictures follow the tracker."""
    port = free_udp_port()
    live, again = tmp_path / "live", tmp_path / "again"
    more = f'[[outputs]]\nkind = "file"\ndirectory = "{live}"\n'
    toml = configuration(("f", "freed", f"udp://127.0.0.1:{port}", 1), more=more, rate="10")
    with (
        running(tmp_path, toml, "--record", str(tmp_path / "takes")) as stage,
        sending("freed", f"udp://127.0.0.1:{port}"),
    ):
        stage.until_status(lambda status: status["trackers"]["f"]["accepted"] > 20)
        followed = len(list(live.glob("*.png")))
        wait_for(lambda: len(list(live.glob("*.png"))) > followed + 6, what="pictures that follow the tracker")
        counting_from = stage.client.set("/wall/main/pattern", "counter", force=True).frame
        followed = len(list(live.glob("*.png")))
        wait_for(lambda: len(list(live.glob("*.png"))) > followed + 12, what="counted pictures")
        assert stage.end()[0] == 0
        take = stage.event("summary")["take"]
    numbers = []
    for path in sorted(live.glob("wall-main-*.png")):
        frame = int(path.stem.rpartition("-")[2])
        if frame >= counting_from:
            numbers.append(frame)
            assert read_counter(np.asarray(Image.open(path))) == frame
    assert len(numbers) > 10
    result = command_here("replay", take, "--out", str(again), "--json")
    assert result.returncode == 0, result.stderr
    for path in live.glob("*.png"):
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name
    following = [path.read_bytes() for path in sorted(live.glob("*.png"))[-len(numbers) - 6 : -len(numbers)]]
    assert len(set(following)) == len(following) > 2


def test_the_demo_follows_its_own_tracker_and_shows_it_on_a_page(tmp_path):
    options = ("--control", "tcp://127.0.0.1:0", "--seconds", "90", "--record", str(tmp_path / "takes"))
    with running(tmp_path, "", *options, program=("demo",)) as stage:
        with urllib.request.urlopen(stage.ready["panel"]) as page:
            assert page.status == 200
        stage.until_status(lambda status: status["trackers"]["freed-a"]["state"] == "fresh")
        # What came while it started counts as accepted, so frames are waited for.
        stage.until_status(lambda status: status["frame"] > 60 and status["trackers"]["freed-a"]["accepted"] > 80)
        assert stage.end()[0] == 0
        summary = stage.event("summary")
        assert "Traceback" not in stage.stderr
    assert summary["packets"]["freed-a"] > 60
    eyes = [plan.inners[0].eye_m for plan in plans_of(summary["take"])][-40:]
    # On a machine that is busy with other things packets come late and together, and some eyes are a guess.
    assert sum(on_orbit(eye, 0.1) for eye in eyes) >= 30
    assert len(set(eyes)) == len(eyes)
