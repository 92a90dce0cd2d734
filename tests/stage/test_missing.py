"""What is missing around a stage ends none: it is held, reported in health, and used once it is there."""

import contextlib
import os
import pty
import shutil
import signal
import socket
import subprocess
import time
import tty

import numpy as np
import pytest
from PIL import Image
from running_stage import RunningStage, children_of, configuration, free_udp_port, running, sending, wait_for

from stage.live.missing import Changes
from stage.run.encoded_state import EncodedState
from stage.run.runtime_folder import runtime_folder, sweep_left_folders
from stage.run.state_file import LAST_STATE, read_state, running_mark, write_state
from stage.show.frame.inputs import Condition
from stage.show.report.conditions import Conditions, note_condition, standing_faults
from stage.supervision.run_record import start_after

ABSENT = "192.0.2.77"
"""An address for documents, which no machine has (RFC 5737)."""


def codes_of(status):
    return {finding["code"]: finding for finding in status["health_codes"]}


def until(stage, code, *, present=True):
    """The status once health has the code, or has it no more."""
    status = stage.until_status(lambda status: (code in codes_of(status)) == present)
    assert not [line for line in status["health"] if line.partition(",")[0] in codes_of(status)]
    return status


def missing_sources(status):
    """Why each source is missing, by its address."""
    found = [finding["values"] for finding in status["health_codes"] if finding["code"] == "source_missing"]
    return {values["source"]: values["why"] for values in found}


def a_picture(path, seed=1):
    Image.fromarray(np.random.default_rng(seed).integers(50, 256, (32, 64, 3), dtype=np.uint8)).save(path)
    return path


@contextlib.contextmanager
def serial_device(link):
    """A pseudo-terminal under a name of the test's own, as udev gives one to a device that is plugged in."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    fresh = link.with_suffix(".new")
    fresh.symlink_to(os.ttyname(slave))
    fresh.replace(link)
    try:
        yield master
    finally:
        link.unlink()
        os.close(slave)
        os.close(master)


@contextlib.contextmanager
def starting(folder, toml, *options):
    """A stage that is not ready yet, and is gone afterwards."""
    stage = RunningStage(folder, toml, *options)
    try:
        yield stage
    finally:
        stage.close()


def test_everything_that_is_missing_at_the_start_is_held_and_each_is_used_once_it_is_there(tmp_path):
    device, takes = tmp_path / "ttyTRACKER", tmp_path / "disk" / "takes"
    (tmp_path / "disk").write_text("not mounted")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taker:
        taker.bind(("127.0.0.1", 0))
        port = taker.getsockname()[1]
        toml = configuration(
            ("f", "freed", f"udp://127.0.0.1:{port}", 1),
            ("s", "freed", f"serial://{device}", 2),
            ("n", "freed", f"udp://{ABSENT}:{free_udp_port()}", 3),
            world='kind = "panorama"\nfile = "world.png"',
        )
        with running(tmp_path, toml, "--record", str(takes)) as stage:
            status = until(stage, "takes_folder_missing")
            assert f"--record: no take can be begun in {takes}" in stage.stderr
            assert sorted(missing_sources(status).values()) == ["address_absent", "device_absent", "in_use"]
            assert codes_of(status)["world_unreadable"]["values"]["file"] == "world.png"
            assert status["take"]["state"] == "idle"
            taker.close()
            a_picture(tmp_path / "world.png")
            (tmp_path / "disk").unlink()
            with serial_device(device), sending("freed", f"udp://127.0.0.1:{port}"):
                stage.until_status(lambda status: status["trackers"]["f"]["accepted"] > 10)
                until(stage, "world_unreadable", present=False)
                stage.until_status(lambda status: status["take"]["state"] == "recording")
                stage.until_status(lambda status: list(missing_sources(status).values()) == ["address_absent"])
            assert stage.end()[0] == 0
    assert len(list(takes.glob("*.mcap"))) == 1


def test_a_restarted_core_holds_what_was_lost_meanwhile_and_keeps_every_value(tmp_path):
    device, world = tmp_path / "ttyTRACKER", a_picture(tmp_path / "world.png")
    toml = configuration(("s", "freed", f"serial://{device}", 2), world='kind = "panorama"\nfile = "world.png"')
    with contextlib.ExitStack() as plugged:
        plugged.enter_context(serial_device(device))
        begun = time.monotonic()
        with running(tmp_path, toml) as stage:
            start_s = (
                time.monotonic() - begun
            )  # with all that it needs: three times what a restart takes, on any machine
            stage.client.set("/wall/main/latency_ms", 33.0)
            stage.client.set("/tracker/s/offset/pan_deg", 12.5)
            plugged.close()
            world.unlink()
            (tmp_path / "stage.toml").write_text("[stage\nname = nonsense")
            begun = time.monotonic()
            stage.kill_core()
            stage.event("ready")
            assert time.monotonic() - begun < start_s
            status = until(stage, "core_restarted")
            codes = codes_of(status)
            assert codes["source_missing"]["values"]["why"] == "device_absent"
            assert "world_unreadable" not in codes
            assert codes["world_from_copy"]["severity"] == "warning"
            values = stage.client.snapshot()["values"]
            assert (values["/wall/main/latency_ms"], values["/tracker/s/offset/pan_deg"]) == (33.0, 12.5)
            with serial_device(device):
                until(stage, "source_missing", present=False)
            assert stage.end()[0] == 0
            assert stage.stderr.count("the core ended") == 1


def test_the_run_after_a_killed_one_resumes_every_value_that_still_fits_and_lists_the_others(tmp_path):
    with running(tmp_path, configuration(("f", "freed", f"udp://127.0.0.1:{free_udp_port()}", 1))) as stage:
        stage.client.batch({"/camera/A/parked": True, "/grade/tint": 0.75})
        for pid in (stage.process.pid, *children_of(stage.process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        stage.process.wait()
    with running(tmp_path, configuration()) as stage:
        assert "did not end cleanly: resuming it" in stage.stderr
        assert "/camera/A/parked: no longer fits" in stage.stderr
        assert stage.client.get("/grade/tint") == 0.75
        codes = codes_of(stage.client.status())
        assert {"stage_resumed", "values_reset"} <= set(codes)
        assert "/camera/A/" in codes["values_reset"]["values"]["paths"]
        endpoint, gate = stage.ready["control"], stage.helper("stage.gate.gate")
        os.kill(gate, signal.SIGSTOP)
        os.kill(stage.process.pid, signal.SIGKILL)
        with starting(tmp_path, configuration(), "--fresh", "--control", endpoint) as next_stage:
            wait_for(lambda: "its gate may still be ending" in next_stage.stderr)
            os.kill(gate, signal.SIGCONT)
            next_stage.event("ready")
            assert next_stage.client.get("/grade/tint") == 0.0
            assert next_stage.end()[0] == 0
    assert start_after(tmp_path / "state", "last", tmp_path, is_default=True) == "fresh"


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """The machine's folder for temporary files, as this test alone has it."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_folders_of_killed_runs_are_swept_and_those_that_are_held_stay(temporary):
    with runtime_folder() as held:
        left = temporary / "openstage-left"
        shutil.copytree(held, left)
        (left / "world.half").write_bytes(bytes(1000))
        strange = temporary / "openstage-without-lock"
        strange.mkdir()
        (temporary / "openstage-link").symlink_to(temporary)
        assert sweep_left_folders() == 1
        assert not left.exists()
        assert (held / "lock").is_file()
        assert strange.is_dir()
    assert not held.exists()


def test_a_state_folder_that_is_missing_is_held_and_used_once_it_can_be_made(tmp_path):
    (tmp_path / "state").write_text("a file in the folder's place")
    with running(tmp_path, configuration()) as stage:
        finding = codes_of(until(stage, "state_not_kept"))["state_not_kept"]
        assert finding["values"]["file"] == str(tmp_path / "state")
        (tmp_path / "state").unlink()
        until(stage, "state_not_kept", present=False)
        stage.client.save("look")
        wait_for(lambda: running_mark(tmp_path / "state"), what="the note of this run")
        assert read_state(tmp_path / "state")
        assert stage.end()[0] == 0


def test_the_state_on_disk_is_whole_or_not_there(tmp_path):
    assert read_state(tmp_path) is None
    write_state(tmp_path, EncodedState((b"state",)))
    assert read_state(tmp_path) == b"state"
    whole = (tmp_path / LAST_STATE).read_bytes()
    for length in range(len(whole)):
        (tmp_path / LAST_STATE).write_bytes(whole[:length])
        assert read_state(tmp_path) is None


FULL = """
set -e
mount -t tmpfs -o size=2m none "$1"
export TMPDIR="$1"
shift
exec "$@"
"""


@pytest.mark.skipif(
    subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True).returncode != 0,
    reason="needs a mount namespace of its own",
)
def test_a_full_temporary_folder_costs_the_checkpoint_and_not_the_stage(tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    program = ("unshare", "-rm", "bash", "-c", FULL, "full", str(small))
    with running(tmp_path, configuration(), before=program) as stage:
        status = until(stage, "checkpoint_missing")
        assert codes_of(status)["checkpoint_missing"]["values"]["found"] == "system_enospc"
        stage.client.set("/grade/tint", 0.5)
        wait_for(lambda: (read_state(tmp_path / "state") or b"").count(b"tint"))
        time.sleep(1.2)  # the state is on disk once a second
        stage.kill_core()
        stage.event("ready")
        assert stage.ask(lambda: stage.client.get("/grade/tint")) == 0.5
        assert stage.end()[0] == 0


def test_a_condition_whose_reason_becomes_another_stands_once():
    present, standing = {}, Conditions()
    changes = Changes(lambda: present)
    for code in ("media_replaced", "media_not_a_film", "media_replaced", None):
        present = {} if code is None else {"film": Condition(code=code, values={"file": "street.mov"})}
        for report in changes.reports():
            note_condition(standing, report)
        assert [fault.code for fault in standing_faults(standing)] == [one for one in (code,) if one]
