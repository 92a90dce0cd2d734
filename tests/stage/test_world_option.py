"""`--world FILE`: a panorama in the place of the configured worlds, for demo, still and verify."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from render.images.exr import read_exr, write_exr
from stage.config.reader import parse_config
from stage.loading.demo import demo_text
from stage.loading.files import read_preset
from stage.loading.other_world import world_of
from tests.building import PANORAMA, camera, parsed, stage_text, wall
from tests.fold.show.air_stage import world
from tests.stage.running_stage import command_here

STILL = ("--camera", "A", "--pose", "0 0 1.5 0 0 0", "--no-film", "--out", "out")
DISTANT = PANORAMA + "radius_m = 6.0\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The caller's folder, with a picture in it; the configuration is in another one, and its own picture is missing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "stage.toml").write_text(stage_text(wall(), camera("A"), DISTANT))
    picture = np.zeros((64, 128, 3), dtype=np.float32)
    picture[:, :64] = (0.5, 0.25, 0.125)
    write_exr(tmp_path / "here.exr", picture)
    (tmp_path / "text.exr").write_text("no picture")
    (tmp_path / "cut.exr").write_bytes((tmp_path / "here.exr").read_bytes()[:-400])
    (tmp_path / "folder.exr").mkdir()
    return tmp_path


@pytest.mark.gl
@pytest.mark.parametrize("absolute", [False, True])
def test_a_still_shows_the_file_of_the_callers_folder(folder: Path, absolute: bool) -> None:
    file = str(folder / "here.exr") if absolute else "here.exr"
    done = command_here("still", "configs/stage.toml", *STILL, "--world", file)
    assert done.returncode == 0, done.stderr
    light = read_exr(folder / "out" / "wall-main.exr")
    assert np.allclose(light[10, 5], (0.5, 0.25, 0.125), rtol=2e-3)
    assert not light[10, -5].any()


FAULTS = {
    "absent.exr": "absent.exr: No such file or directory; expected a picture",
    "folder.exr": "folder.exr: is a folder",
    "text.exr": "text.exr: found the first bytes",
    "notes.txt": "notes.txt', expected a file that ends in .exr",
}
COMMANDS = {"demo": (), "still": ("configs/stage.toml", *STILL), "verify": ("configs/stage.toml", "--poses", "1")}


@pytest.mark.gl
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("command", "file", "finding"),
    [
        *((command, file, finding) for command in COMMANDS for file, finding in FAULTS.items()),
        ("still", "cut.exr", "cut.exr"),
        ("verify", "cut.exr", "cut.exr"),
    ],
)
def test_a_file_that_cannot_be_shown_is_named_with_what_was_expected(command: str, file: str, finding: str) -> None:
    done = command_here(command, *COMMANDS[command], "--world", file)
    assert done.returncode == 2
    assert done.stderr.startswith("--world: "), done.stderr
    assert finding in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.gl
@pytest.mark.usefixtures("folder")
def test_a_verification_is_of_light_at_infinity_then() -> None:
    words = ("verify", "configs/stage.toml", "--poses", "1", "--motion", "none", "--world", "here.exr", "--json")
    done = command_here(*words)
    assert done.returncode == 0, done.stderr


def test_the_demos_configuration_has_the_file_as_its_only_world(folder: Path) -> None:
    text = demo_text(40123, world_of(Path("here.exr")))
    (only,) = parse_config(text, "demo.toml", read_preset).all_worlds()
    assert only.layers[0].file == str(folder / "here.exr")
    street, valley, _ = parse_config(demo_text(40123), "demo.toml", read_preset).all_worlds()
    assert street.layers[1].scene == "street"
    assert valley.layers[1].file.endswith("worlds/valley_land.jpg")


@pytest.mark.gl
def test_a_stage_of_several_worlds_is_one_of_one_world_then(folder: Path) -> None:
    assert parsed(stage_text(camera("A"), world("a"), world("b"), world="b")).first_world().name == "b"
    (folder / "configs" / "stage.toml").write_text(stage_text(wall(), camera("A"), world("a"), world("b"), world="b"))
    done = command_here("still", "configs/stage.toml", *STILL, "--world", "here.exr", "--set", "/world/active=world")
    assert done.returncode == 0, done.stderr
