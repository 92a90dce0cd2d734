"""Files of worlds on disk: found, bounded, never out of their folder; and shown by commands that draw by themselves."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from render.images.exr import read_exr, write_exr
from stage.config.reader import parse_config
from stage.loading.demo import demo_text
from stage.loading.files import read_preset
from stage.loading.other_world import world_of
from stage.loading.world_files import fault_of_place, read_world_file
from tests.building import PANORAMA, camera, stage_text, wall
from tests.stage.running_stage import command_here
from tracking.records import ConfigError

STILL = ("--camera", "A", "--pose", "0 0 1.5 0 0 0", "--no-film", "--out", "out")


def layer(file: str, **values: float) -> str:
    lines = "".join(f"{name} = {value}\n" for name, value in values.items())
    return f'[[layers]]\nkind = "panorama"\nfile = "{file}"\n{lines}'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The caller's folder; beside it `library` has a red plate, and a green picture over half of which one sees."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stage.toml").write_text(stage_text(wall(), camera("A"), PANORAMA))
    library = tmp_path / "library"
    library.mkdir()
    for name, light in (("plate", (0.5, 0.0, 0.0)), ("top", (0.0, 0.25, 0.0))):
        write_exr(library / f"{name}.exr", np.broadcast_to(np.float32(light), (32, 64, 3)))
    return tmp_path


def findings_of(path: Path) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as refused:
        read_world_file(path)
    return refused.value.findings


def test_a_world_is_called_as_its_file_in_composed_letters(folder: Path) -> None:
    (folder / "Cafe\u0301 2.world.toml").write_text(layer("later.png"))
    world = read_world_file(folder / "Cafe\u0301 2.world.toml")
    assert (world.name, world.layers[0].file) == ("Caf\u00e9 2", "later.png")


def test_what_cannot_be_read_is_named_with_what_was_expected(folder: Path) -> None:
    long = folder / "long.world.toml"
    long.write_text("#" * 70_000)
    assert findings_of(long) == (
        "long.world.toml: found more than 65536 bytes, expected a TOML file of at most 65536 bytes",
    )
    assert findings_of(folder / "none.world.toml")[0].startswith("none.world.toml: cannot be read: No such file")
    os.mkfifo(folder / "pipe.world.toml")
    assert "is a pipe or device" in findings_of(folder / "pipe.world.toml")[0]
    (folder / "latin.world.toml").write_bytes(b'name = "\xe9"')
    assert "is not UTF-8 text" in findings_of(folder / "latin.world.toml")[0]


def test_links_lead_to_files_of_the_folder_or_nowhere(folder: Path) -> None:
    library = folder / "library"
    (library / "inside.exr").symlink_to("plate.exr")
    (library / "outside.exr").symlink_to(folder / "stage.toml")
    (library / "round.exr").symlink_to("round.exr")
    (library / "deep.exr").mkdir()
    assert fault_of_place(library / "inside.exr") is None
    assert fault_of_place(library / "later.exr") is None
    file = library / "all.world.toml"
    file.write_text("".join(map(layer, ("inside.exr", "outside.exr", "deep.exr", "round.exr"))))
    outside, deep, round_ = findings_of(file)
    assert outside == (
        "all.world.toml: layers[1].file: found 'outside.exr', a link out of the folder, expected a file: copy it there"
    )
    assert deep.startswith("all.world.toml: layers[2].file: found 'deep.exr', a folder")
    assert round_.startswith("all.world.toml: layers[3].file: found 'round.exr', expected a readable file")


@pytest.mark.gl
def test_a_still_shows_the_world_of_a_file_with_its_values(folder: Path) -> None:
    text = f"exposure_stops = 1.0\n{layer('plate.exr')}{layer('top.exr', opacity=0.5)}"
    (folder / "library" / "two.world.toml").write_text(text)
    done = command_here("still", "stage.toml", *STILL, "--world", "library/two.world.toml")
    assert done.returncode == 0, done.stderr
    assert np.allclose(read_exr(folder / "out" / "wall-main.exr")[10, 5], (0.5, 0.25, 0.0), atol=2e-3)


@pytest.mark.gl
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("", "--world: two.world.toml: layers: missing, expected a list of 1 to 4"),
        (layer("none.exr"), "--world: layers[0].file: found '"),
        (
            layer("two.world.toml"),
            "--world: two.world.toml: layers[0].file: found 'two.world.toml', the file of a world",
        ),
    ],
)
def test_a_still_names_what_is_wrong_with_the_file_of_a_world(folder: Path, text: str, finding: str) -> None:
    (folder / "two.world.toml").write_text(text)
    done = command_here("still", "stage.toml", *STILL, "--world", "two.world.toml")
    assert done.returncode == 2
    assert done.stderr.startswith(finding), done.stderr


def test_the_demo_can_show_the_world_of_a_file(folder: Path) -> None:
    (folder / "library" / "two.world.toml").write_text(layer("plate.exr") + layer("top.exr", opacity=0.5))
    world = world_of(Path("library/two.world.toml"))
    (only,) = parse_config(demo_text(40123, world), "demo.toml", read_preset).worlds
    assert only == world
    assert [one.file for one in only.layers] == [str(folder / "library" / name) for name in ("plate.exr", "top.exr")]
