"""Looks: the shipped ones fit a stage with a sky; `run`, `demo` and `still` begin with one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from running_stage import command_here, configuration, running

from stage.config.starting_values import tree_of
from stage.live.recovery import first_state
from stage.loading.show_files import LOOKS, look_file, read_look_file, stage_look
from stage.run.checkpoint import Checkpoint
from stage.run.options import CoreOptions
from stage.show.state import state_in_parts
from stage.values.tree import put_value
from tests.building import parsed
from tracking.records import ConfigError

SKY = configuration(world='kind = "sky"', more='[[cameras]]\nname = "A"\n')
SHIPPED = sorted(file.stem for file in LOOKS.glob("*.toml"))
RUNS = "day"
"""The look whose sun goes with the hour."""
STILL = ("--camera", "A", "--pose", "0 0 1.5 0 0 0", "--no-film", "--out", "out")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The caller's folder with a configuration and a look."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stage.toml").write_text(SKY)
    (tmp_path / "mine.toml").write_text('[values]\n"/grade/tint" = 0.5\n"/world/active" = "beach"\n')
    return tmp_path


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_look_fits_any_stage_with_a_sky(name: str) -> None:
    """It says all of the sky and of the grade, so that nothing is left of the look before it."""
    tree = tree_of(parsed(SKY))
    look = stage_look(look_file(name), tree)
    assert look.warnings == ()
    assert set(look.values) == {one.path for folder in ("/grade", "/sky", "/weather") for one in tree.under(folder)}
    source = "clock" if name == RUNS else "manual"
    assert look.values["/sky/sun/source"] == look.values["/sky/moon/source"] == source
    assert read_look_file(look_file(name)).name.lower().replace(" ", "-") == name


@pytest.mark.parametrize(
    ("write", "finding"),
    [
        (lambda file: file.mkdir(), "is a folder"),
        (os.mkfifo, "pipe"),
        (lambda file: file.write_bytes(b"\xff\xfe"), "is not UTF-8 text"),
        (lambda file: file.write_bytes(b"#" * (65 << 10)), "expected a TOML file of at most 65536 bytes"),
        (lambda file: file.symlink_to("/dev/zero"), "hostile.toml"),
        (lambda file: file.write_text('[values]\n"/place/date" = "2026-01-01"\n'), "/place/date: is not part of any"),
        (lambda file: file.write_text('[values]\n"/sky/hase" = 0\n'), "did you mean /sky/haze?"),
        (lambda file: file.write_text('[values]\n"/sky/haze" = 3\n'), "hostile.toml: /sky/haze: is 3, expected 0 to 1"),
        (lambda file: None, "No such file"),
    ],
)
def test_a_hostile_or_wrong_file_is_refused_with_its_name(tmp_path: Path, write, finding: str) -> None:
    file = tmp_path / "hostile.toml"
    write(file)
    with pytest.raises(ConfigError) as refused:
        stage_look(file, tree_of(parsed(SKY)))
    assert refused.value.findings[0].startswith(str(file))
    assert finding in refused.value.findings[0]


def test_an_unknown_name_is_refused_with_the_shipped_ones() -> None:
    with pytest.raises(ConfigError, match=r"--look: found 'dask', expected a file .*; did you mean 'dusk'"):
        look_file("dask")


def options(folder: Path, start: str) -> CoreOptions:
    words = {name: str(folder / name) for name in ("config", "runtime", "takes", "state", "show")}
    return CoreOptions(**words, start=start, look={"/time/hour": 20.0, "/nowhere": 1.0})


@pytest.mark.parametrize(("start", "hour"), [("fresh", 20.0), ("checkpoint", 7.0), ("values", 7.0)])
def test_a_run_begins_with_its_look_and_a_recovered_core_keeps_what_it_has(
    tmp_path: Path, start: str, hour: float
) -> None:
    config = parsed(SKY)
    before = first_state(config, options(tmp_path, "fresh"), None)
    put_value(before.controls.values, "/time/hour", 7.0)
    checkpoint = Checkpoint(tmp_path / "checkpoint")
    checkpoint.write(state_in_parts(before))
    state = first_state(config, options(tmp_path, start), checkpoint)
    assert state.controls.values.time.hour == hour
    assert state.controls.fades == {}
    checkpoint.close()


@pytest.mark.gl
def test_a_look_is_over_saved_values_and_under_the_settings_of_a_still(folder: Path) -> None:
    words = ("still", "stage.toml", *STILL, "--look", "mine.toml")
    done = command_here(*words)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines() == ["mine.toml: /world/active: this stage has no such world; passed over"]
    tinted = (folder / "out" / "wall-main.png").read_bytes()
    command_here(*words, "--set", "/grade/tint=0")
    plain = (folder / "out" / "wall-main.png").read_bytes()
    command_here("still", "stage.toml", *STILL)
    assert (folder / "out" / "wall-main.png").read_bytes() == plain != tinted


@pytest.mark.gl
def test_a_stage_runs_from_its_first_frame_with_its_look(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "startup.json").write_text(
        json.dumps({"values": {"/sky/haze": 1.0, "/world/guide": "floor"}})
    )
    with running(tmp_path, SKY, "--look", "dusk") as stage:
        look = read_look_file(look_file("dusk"))
        assert stage.client.get("/sky/haze") == look.values["/sky/haze"]
        assert stage.client.get("/world/guide") == "floor"
        assert stage.end()[0] == 0


@pytest.mark.usefixtures("folder")
def test_check_judges_a_look_for_each_stage() -> None:
    assert "mine.toml: /world/active" in command_here("check", "stage.toml", "--look", "mine.toml").stdout
    assert command_here("check", "stage.toml", "--look", "mine.toml", "--strict").returncode == 1
    done = command_here("check", "stage.toml", "--look", "stage.toml")
    assert done.returncode == 1
    assert "stage.toml: values: missing" in done.stderr


@pytest.mark.gl
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", [("run", "stage.toml"), ("demo",), ("still", "stage.toml", *STILL)])
def test_a_wrong_look_is_refused_before_the_first_frame(command: tuple[str, ...]) -> None:
    Path("wrong.toml").write_text('[values]\n"/sky/haze" = 3\n')
    done = command_here(*command, "--look", "wrong.toml")
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["wrong.toml: /sky/haze: is 3, expected 0 to 1"]
