"""Looks of a running stage: saved in files with pictures, changed by hand, broken, kept over a crash, of takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from running_stage import RunningStage, configuration, running, wait_for

STAGE = configuration(more='[[cameras]]\nname = "A"\n')
TINT = "/grade/tint"


def named(stage: RunningStage, name: str, **given: bool) -> dict[str, Any]:
    """A look in the list; empty where there is none."""
    return next((one for one in stage.ask(lambda: stage.client.looks(**given)) if one["name"] == name), {})


def tint_of(stage: RunningStage, name: str) -> object:
    """What a look would make of the tint, which is 0."""
    changes = stage.client.look_diff(name, ["grade"])["changes"]
    return next((one["look"] for one in changes if one["path"] == TINT), 0.0)


@pytest.mark.gl
def test_looks_of_a_running_stage(tmp_path: Path) -> None:
    folder = tmp_path / "shows" / "default" / "looks"
    with running(tmp_path, STAGE) as stage:
        client = stage.client
        assert wait_for(lambda: named(stage, "Dusk"))["kind"] == "shipped"

        client.set(TINT, 0.5)
        client.look_save("warm")
        client.set(TINT, 0.0)
        saved = wait_for(lambda: (one := named(stage, "warm")).get("thumbnail") and one)
        assert (saved["saved"], saved["world_state"], saved["file"]) == (True, "ready", "warm.toml")
        assert Path(saved["thumbnail"]).read_bytes().startswith(b"\xff\xd8\xff")
        text = (folder / "warm.toml").read_text()
        assert f'"{TINT}" = 0.5\n' in text

        (folder / "warm.toml").write_text(text.replace(f'"{TINT}" = 0.5', f'"{TINT}" = 0.25'))
        wait_for(lambda: tint_of(stage, "warm") == 0.25, what="the change by hand")
        (folder / "warm.toml").write_text("broken [")
        stage.until_status(lambda status: any("the look in warm.toml is not read" in line for line in status["health"]))
        assert tint_of(stage, "warm") == 0.25

        client.look_rename("warm", "warmer")
        client.look_delete("warmer")
        wait_for(lambda: not list(folder.glob("*.*")), what="its files to go")

        client.take_start("Sc 1/2")
        client.take_stop()
        client.look_save("kept")
        stage.kill_core()
        stage.event("ready")
        assert named(stage, "kept")
        assert named(stage, "Sc 1/2", takes=True)["kind"] == "take"
        assert stage.ask(lambda: client.look_recall("Sc 1/2", takes=True)).absent == ()
        wait_for((folder / "kept.toml").exists, what="the file of a look that a core saved and died")
        assert stage.end()[0] == 0
