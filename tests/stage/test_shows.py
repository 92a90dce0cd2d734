"""A show is a folder: another show is another folder, and what belongs to the stage itself goes with neither."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from running_stage import ROOT, WALL, configuration, running, stage_command, wait_for

from render.images.coded import write_png
from stage.control.saved_values import SavedValues, write_values
from stage.control.value_places import ValuePlaces, keep_values, kept_values, values_at_start
from stage.live.recovery import first_state
from stage.run.encoded_state import EncodedState
from stage.run.options import CoreOptions
from stage.run.show_folder import only_run_of
from stage.run.state_file import RunMark, mark_running, write_state
from stage.show.state import state_in_parts
from stage.supervision.run_record import start_after
from stage.values.rigging import is_rigged
from stage.values.tree import put_value, value_at
from tests.building import parsed
from tests.fold.small_show import TREE
from tracking.records import ConfigError

LATENCY, TINT, OFFSET = "/wall/main/latency_ms", "/grade/tint", "/tracker/freed-a/offset/pan_deg"
SAVED = {TINT: 0.25, LATENCY: 20.0, OFFSET: 3.0}


def places(folder: Path, show: str = "a", *, adopts: bool = False) -> ValuePlaces:
    return ValuePlaces(folder / show / "values", folder / "state" / "values", old=folder / "state", adopts=adopts)


def values_in(file: Path) -> dict[str, object]:
    return dict(json.loads(file.read_text())["values"])


def test_no_look_holds_what_belongs_to_the_stage_itself() -> None:
    rigged = [one for one in TREE if is_rigged(one.path)]
    assert {LATENCY, OFFSET, "/camera/A/priority"} <= {one.path for one in rigged}
    assert not [one.path for one in rigged if one.in_looks]


def test_a_show_keeps_its_own_values_and_the_stage_its_own(tmp_path: Path) -> None:
    keep_values(places(tmp_path), "lunch", SavedValues(values=SAVED))
    assert values_in(tmp_path / "a" / "values" / "lunch.json") == {TINT: 0.25}
    assert values_in(tmp_path / "a" / "values" / "startup.json") == {TINT: 0.25}
    assert values_in(tmp_path / "state" / "values" / "startup.json") == {LATENCY: 20.0, OFFSET: 3.0}
    assert values_at_start(places(tmp_path), TREE) == (SAVED, ())
    assert values_at_start(places(tmp_path, "b"), TREE) == ({LATENCY: 20.0, OFFSET: 3.0}, ())
    assert kept_values(places(tmp_path), "lunch").values == {TINT: 0.25}
    with pytest.raises(FileNotFoundError):
        kept_values(places(tmp_path, "b"), "lunch")


def test_values_of_an_earlier_version_are_read_and_said_until_they_are_saved_anew(tmp_path: Path) -> None:
    write_values(tmp_path / "state" / "startup.json", SavedValues(values=SAVED))
    values, (one, other) = values_at_start(places(tmp_path, adopts=True), TREE)
    assert values == SAVED
    assert all(
        "kept by an earlier version" in line and str(tmp_path / "state/startup.json") in line for line in (one, other)
    )
    assert kept_values(places(tmp_path, adopts=True), "startup").values == SAVED
    values, _ = values_at_start(places(tmp_path, "b"), TREE)
    assert values == {LATENCY: 20.0, OFFSET: 3.0}, "a show that is not the default one has none of the former's"
    keep_values(places(tmp_path, adopts=True), "startup", SavedValues(values={TINT: 0.5}))
    assert values_at_start(places(tmp_path, adopts=True), TREE) == ({TINT: 0.5}, ())


def test_what_does_not_belong_in_a_folder_of_values_is_named_and_passed_over(tmp_path: Path) -> None:
    write_values(tmp_path / "a" / "values" / "startup.json", SavedValues(values={**SAVED, "/worlds/gone/haze": 1.0}))
    write_values(tmp_path / "state" / "values" / "startup.json", SavedValues(values={TINT: 1.0}))
    values, findings = values_at_start(places(tmp_path), TREE)
    assert values == {TINT: 0.25}
    assert sum("belongs to the stage itself; skipped" in line for line in findings) == 2
    assert sum("/grade/tint belongs to a show; skipped" in line for line in findings) == 1
    assert sum("/worlds/gone/haze" in line for line in findings) == 1


@pytest.mark.parametrize(
    ("of", "is_default", "wanted", "start"),
    [
        ("/shows/a", False, "last", "resume"),
        ("/shows/a", False, "fresh", "fresh"),
        ("/shows/b", True, "ask", "rig"),
        ("/shows/b", False, "fresh", "fresh"),
        ("", True, "last", "resume"),
        ("", False, "last", "rig"),
    ],
)
def test_a_run_of_another_show_is_not_resumed(
    tmp_path: Path, of: str, *, is_default: bool, wanted: str, start: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_state(tmp_path, EncodedState((b"state",), ()))
    mark_running(tmp_path, RunMark(runtime="/gone", show=of))
    assert start_after(tmp_path, wanted, Path("/shows/a"), is_default=is_default) == start
    assert ("walls, cameras and trackers" in capsys.readouterr().err) == (start == "rig")


def test_of_the_state_of_another_show_only_the_stages_own_values_are_taken_over(tmp_path: Path) -> None:
    config = parsed(configuration())
    words = {name: str(tmp_path / name) for name in ("config", "runtime", "takes", "state", "show")}
    former = first_state(config, CoreOptions(**words), None)
    for path, value in ((TINT, 0.75), (LATENCY, 12.0)):
        put_value(former.controls.values, path, value)
    former.frame, former.take.recording, former.take.count = 1000, True, 1
    (tmp_path / "state").mkdir()
    write_state(tmp_path / "state", state_in_parts(former))
    state = first_state(config, CoreOptions(**words, start="rig"), None)
    assert (value_at(state.controls.values, TINT), value_at(state.controls.values, LATENCY)) == (0.0, 12.0)
    assert (state.frame, state.take.recording, state.take.count) == (-1, False, 0)


def test_a_show_is_run_by_one_stage_and_free_when_that_is_killed(tmp_path: Path) -> None:
    hold = "import sys, pathlib, stage.run.show_folder as s\nwith s.only_run_of(pathlib.Path(sys.argv[1])): print(flush=True); input()"
    show, link = tmp_path / "show", tmp_path / "link"
    link.symlink_to(show)
    words = [sys.executable, "-c", hold, str(show)]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with only_run_of(tmp_path / "another"):
            pass
        with pytest.raises(ConfigError, match="another stage"), only_run_of(link):
            pass
        other.kill()
        other.wait()
        with only_run_of(link):
            pass


@pytest.mark.gl
def test_a_show_is_a_folder_that_another_stage_runs_too(tmp_path: Path) -> None:
    """One show is saved and killed; then another runs on this stage, and a copy of the first on another one."""
    first, second = tmp_path / "shows" / "default", tmp_path / "second"
    with running(tmp_path, configuration()) as stage:
        assert not first.exists(), "a folder is made when something is kept there"
        again = ("run", str(tmp_path / "stage.toml"), "--control", "tcp://127.0.0.1:0", "--state", str(tmp_path / "b"))
        refused = stage_command(*again)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert f"{first}: another stage on this machine runs this show" in refused.stderr
        assert "--show" in refused.stderr
        for path, value in ((TINT, 0.25), (LATENCY, 20.0)):
            stage.client.set(path, value)
        stage.client.save()
        (first / "worlds").mkdir()
        write_png(first / "worlds" / "beach.png", np.full((16, 32, 3), 128, np.uint8))
        wait_for(lambda: "beach" in [one["name"] for one in stage.client.worlds()])
        stage.client.set("/world/active", "beach")
        stage.client.set("/worlds/beach/exposure_stops", 0.5)
        stage.client.save()
        stage.client.set(LATENCY, 18.0)
        stage.client.set(TINT, 0.5)
        stage.until_status(lambda status: status["frame"] > 10)
        wait_for((tmp_path / "state" / "running.json").exists)
        os.kill(stage.process.pid, signal.SIGKILL)
        stage.process.wait()
    with running(tmp_path, configuration(), "--show", str(second), "--record", str(second / "takes")) as stage:
        assert f"of the show {first}," in stage.stderr
        values = stage.client.snapshot()["values"]
        assert (values[TINT], values[LATENCY], values["/world/active"]) == (0.0, 18.0, "world")
        stage.kill_core()
        stage.event("ready")
        stage.client.save()
        assert (second / "values" / "startup.json").exists()
        assert stage.end()[0] == 0
    assert list((second / "takes").glob("take-001*.mcap"))
    elsewhere, copy = tmp_path / "elsewhere", tmp_path / "elsewhere" / "copy"
    shutil.copytree(first, copy)
    with running(elsewhere, f'[stage]\nname = "Other"\n{WALL.replace("main", "left")}', "--show", str(copy)) as stage:
        values = stage.client.snapshot()["values"]
        assert (values["/world/active"], values["/worlds/beach/exposure_stops"], values[TINT]) == ("beach", 0.5, 0.25)
        assert stage.client.status()["world"]["on_air"] == "beach"
        assert "skipped" not in stage.stderr
        assert LATENCY not in stage.stderr
        assert stage.end()[0] == 0
