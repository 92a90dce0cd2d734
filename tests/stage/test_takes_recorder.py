"""The recorder process: killed, stopped, ended, out of room. Real processes, real sockets, real disks."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_recorder import PATIENCE_S, ROOT, Core, frames_of, recorder

from stage.takes.overview import overview, overviews
from stage.takes.reader import TakeReader
from stage.takes.refold import ShowFold
from stage.takes.replay import Replay, Span


@pytest.fixture
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    running = Core(tmp_path_factory.mktemp("c"))
    yield running
    running.link.release()


def all_equal(path: Path) -> bool:
    figures = Replay(
        TakeReader(path), ShowFold, span=Span(), compare=True, exact=True, see=lambda _inputs, _plan: None
    ).run()
    return figures.frames == figures.equal


def test_a_take_of_a_live_show_is_closed_and_replays_equal(core: Core, tmp_path: Path) -> None:
    with recorder(core, tmp_path):
        core.run(10)
        core.start("live")
        core.run(700)
        core.reports += core.link.finish(PATIENCE_S)
        path = tmp_path / "live.mcap"
        assert [report.state for report in core.reports] == ["recording", "closed"]
        assert core.reports[-1].path == str(path)
    assert frames_of(path) == list(range(11, 710))
    assert overview(path).complete
    assert overview(path).snapshots == 3
    assert all_equal(path)


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_recorder_loses_at_most_what_it_had_not_flushed(core: Core, tmp_path: Path, seed: int) -> None:
    at_random = random.Random(seed)
    with recorder(core, tmp_path) as first:
        core.start("killed")
        core.run(at_random.randrange(30, 200), pause_s=0.004)
        core.wait_for_state("recording")
        safe = core.link._watch.safe_frame
        first.kill()
        first.wait()
        core.run(10, pause_s=0.004)
        with recorder(core, tmp_path):
            core.wait_for_state("closed")
            core.wait_for(lambda: core.link._watch.restarted or core.link.gaps > 0)
            until = time.monotonic() + PATIENCE_S
            while "recorder_back" not in [report.state for report in core.reports] and time.monotonic() < until:
                core.run(5, pause_s=0.01)
            core.run(30)
            core.reports += core.link.finish(PATIENCE_S)
    takes = overviews(tmp_path)
    assert sorted(Path(take.file).name for take in takes) == ["killed-part2.mcap", "killed.mcap"]
    assert all(all_equal(Path(take.file)) for take in takes)
    kept = frames_of(tmp_path / "killed.mcap")
    assert kept == list(range(1, len(kept) + 1))
    assert len(kept) >= safe
    part2 = tmp_path / "killed-part2.mcap"
    missing = f"frames {len(kept) + 1} to {frames_of(part2)[0] - 1} are missing: the recorder died"
    assert TakeReader(part2).part.gap == missing


def test_a_stopped_recorder_is_noticed_within_a_second_and_a_half(core: Core, tmp_path: Path) -> None:
    with recorder(core, tmp_path) as process:
        core.start("stopped")
        core.run(50, pause_s=0.004)
        process.send_signal(signal.SIGSTOP)
        begun = time.monotonic()
        while "recorder_lost" not in [report.state for report in core.reports] and time.monotonic() - begun < 5.0:
            core.run(1, pause_s=0.01)
        assert time.monotonic() - begun < 1.5
        process.send_signal(signal.SIGCONT)
        while "recorder_back" not in [report.state for report in core.reports] and time.monotonic() - begun < 30.0:
            core.run(1, pause_s=0.01)
        assert "recorder_back" in [report.state for report in core.reports]
        core.run(20)
        core.reports += core.link.finish(PATIENCE_S)
    assert frames_of(tmp_path / "stopped-part2.mcap")
    assert all(all_equal(path) for path in tmp_path.glob("*.mcap"))


def test_files_with_the_name_of_an_open_take_that_are_not_takes_end_no_recording(core: Core, tmp_path: Path) -> None:
    (tmp_path / "a folder.mcap.part").mkdir()
    (tmp_path / "dangling.mcap.part").symlink_to(tmp_path / "nothing")
    (tmp_path / "text.mcap.part").write_text("not a take")
    os.mkfifo(tmp_path / "pipe.mcap.part")
    with recorder(core, tmp_path):
        core.start("dangling")
        core.run(30)
        core.wait_for_state("recording")
        core.reports += core.link.finish(PATIENCE_S)
    assert frames_of(tmp_path / "dangling-2.mcap") == list(range(1, 30))
    left = {"a folder.mcap.part", "dangling.mcap.part", "text.mcap.part", "pipe.mcap.part"}
    assert {path.name for path in tmp_path.glob("*.part")} == left


def test_an_ended_recorder_closes_its_take_and_reports_it(core: Core, tmp_path: Path) -> None:
    with recorder(core, tmp_path) as process:
        core.start("ended")
        core.run(100)
        core.wait_for(lambda: core.link._watch.backlog_bytes == 0)
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
        core.wait_for_state("closed")
    assert frames_of(tmp_path / "ended.mcap") == list(range(1, 100))
    assert overview(tmp_path / "ended.mcap").complete


def test_a_file_that_may_not_grow_keeps_what_is_whole(core: Core, tmp_path: Path) -> None:
    with recorder(core, tmp_path, file_bytes=150_000):
        core.start("quota")
        core.run(900, pause_s=0.001)
        core.wait_for_state("failed")
    failed = core.reports[-1]
    assert failed.cause is not None
    assert (failed.cause.code, failed.cause.values) == ("take_cut_short", {"error": "system_efbig"})
    assert failed.path == str(tmp_path / "quota.mcap")
    kept = frames_of(tmp_path / "quota.mcap")
    assert len(kept) > 20
    assert kept == list(range(1, len(kept) + 1))
    assert all_equal(tmp_path / "quota.mcap")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=192k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a small tmpfs")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_keeps_what_is_whole(core: Core, small_disk: Path) -> None:
    with recorder(core, small_disk):
        core.start("full")
        core.run(1200, pause_s=0.001)
        core.wait_for_state("failed")
        assert core.reports[-1].cause is not None
        assert core.reports[-1].cause.values["error"] == "system_enospc"
        path = Path(core.reports[-1].path)
        kept = frames_of(path)
        assert len(kept) > 50
        assert all_equal(path)


def test_a_take_is_not_begun_without_room(core: Core, tmp_path: Path) -> None:
    with recorder(core, tmp_path, "--begin-mb", "1000000000000"):
        core.start("none")
        core.run(2)
        core.wait_for_state("failed")
    assert list(tmp_path.iterdir()) == []


def test_the_recorder_ends_with_the_process_that_started_it(core: Core, tmp_path: Path) -> None:
    to, reports = core.link.endpoints
    starter = (
        "import pathlib, subprocess, time; from stage.takes.link import recorder_command; "
        f"command = recorder_command({to!r}, {reports!r}, pathlib.Path({str(tmp_path)!r})); "
        "print(subprocess.Popen(command).pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout is not None
        number = int(parent.stdout.readline())
        assert core.link.wait_for_recorder(PATIENCE_S)
        parent.kill()
    core.wait_for(lambda: not _runs(number))


def _runs(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        os.kill(number, 0)
    except OSError:
        return False
    return state != "Z"
