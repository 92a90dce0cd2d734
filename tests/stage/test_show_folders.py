"""`stage show`: a show is listed, made, archived and checked; an unpacked archive is the same show."""

from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path

import numpy as np
import pytest
from running_stage import command_here, configuration

from render.images.coded import write_png
from stage.control.saved_values import SavedValues, write_values

LOOK = 'name = "Dusk"\n[values]\n"/grade/tint" = 0.25\n"/card/flag/enabled" = true\n'


@pytest.fixture
def show(tmp_path: Path) -> Path:
    """A small show with one of everything."""
    folder = tmp_path / "shows" / "monday"
    for part in ("looks", "worlds", "takes"):
        (folder / part).mkdir(parents=True)
    (folder / "looks" / "dusk.toml").write_text(LOOK)
    (folder / "cues.toml").write_text('[[cues]]\nnumber = 1.1\nlook = "Dawning"\n')
    write_values(folder / "values" / "startup.json", SavedValues(values={"/grade/tint": 0.5}))
    write_png(folder / "worlds" / "beach.png", np.full((16, 32, 3), 128, np.uint8))
    (folder / "takes" / "scene.mcap").write_bytes(b"take")
    return folder


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "stage.toml"
    file.write_text(configuration())
    return file


def reported(*words: str) -> dict[str, object]:
    done = command_here("show", *words, "--json")
    return {"code": done.returncode, **json.loads(done.stdout)}


def test_shows_are_listed_with_what_is_in_each(show: Path) -> None:
    (show.parent / "no show").mkdir()
    (one,) = json.loads(command_here("show", "list", str(show.parent), "--json").stdout)
    counts = {name: one[name] for name in ("looks", "cues", "values", "worlds", "takes")}
    assert counts == dict.fromkeys(counts, 1)
    assert "monday" in command_here("show", "list", str(show.parent)).stdout
    done = command_here("show", "list", str(show / "nowhere"))
    assert (done.returncode, "cannot be read" in done.stderr) == (2, True)


def test_a_new_show_is_empty_and_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "--show shows/Folge 12" in command_here("show", "new", "Folge 12").stdout
    assert reported("new", "b", "--config", str(config))["folder"] == str(tmp_path / "shows" / "b")
    assert command_here("show", "new", "b").returncode == 2
    for name in ("../up", ".hidden", "", "a\nb", "x" * 65):
        assert command_here("show", "new", name).returncode == 2
    assert sorted(path.name for path in (tmp_path / "shows").iterdir()) == ["Folge 12", "b"]
    assert reported("check", "shows/b", "--config", str(config))["code"] == 0


def test_an_archive_unpacked_elsewhere_is_the_same_show(show: Path, tmp_path: Path) -> None:
    (show / "looks" / ".openstage-half").write_text("hidden")
    (show / "worlds" / "passwd.png").symlink_to("/etc/passwd")
    (show / "takes" / "under way.mcap.part").write_bytes(b"half")
    os.mkfifo(show / "takes" / "pipe.mcap")
    done = reported("archive", str(show), "--to", str(tmp_path / "out.tar"))
    assert (done["code"], done["files"]) == (0, 5)
    assert len(list(done["left_out"])) == 3  # type: ignore[call-overload]
    with tarfile.open(tmp_path / "out.tar") as archive:
        assert {one.uid for one in archive} == {0}
        archive.extractall(tmp_path / "there", filter="data")
    copy = tmp_path / "there" / "monday"
    files = {path.relative_to(copy): path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    assert len(files) == 5
    assert all((show / name).read_bytes() == content for name, content in files.items())
    again = command_here("show", "archive", str(show), "--to", str(tmp_path / "out.tar"))
    assert (again.returncode, "found a file, expected none" in again.stderr) == (2, True)
    assert reported("archive", str(show), "--no-takes")["files"] == 4
    assert (show.parent / "monday.tar").exists()


@pytest.mark.parametrize("command", ["check", "archive"])
def test_a_folder_that_holds_nothing_of_a_show_is_refused(tmp_path: Path, command: str) -> None:
    (tmp_path / "letters.txt").write_text("no show")
    done = command_here("show", command, str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "found none of looks, cues.toml, values, worlds, takes" in done.stderr


def test_a_check_names_what_does_not_fit_a_stage_and_what_cannot_be_read(show: Path, config: Path) -> None:
    fit = {
        "/worlds/beach/exposure_stops": 1.0,
        "/world/active": "beach",
        "/wall/main/latency_ms": 1.0,
        "/gone": 1.0,
    }
    write_values(show / "values" / "lunch.json", SavedValues(values=fit))
    done = command_here("show", "check", str(show), "--config", str(config))
    assert done.returncode == 0, done.stderr
    assert "/card/flag/enabled: this stage has no such card" in done.stdout
    assert "cue 1.1: found no look 'Dawning'" in done.stdout
    assert "/wall/main/latency_ms belongs to the stage itself" in done.stdout
    assert "'/gone'" in done.stdout
    assert "no such choice" not in done.stdout
    assert "beach" not in done.stdout, "a world of the show is there on any stage"
    (show / "looks" / "broken.toml").write_text("[values")
    (show / "values" / "broken.json").write_bytes(b'{"values": ' + b"[" * 100_000)
    (show / "cues.toml").write_text("[[cues")
    (show / "worlds" / "film.tiff").write_bytes(b"II*\0")
    report = reported("check", str(show), "--config", str(config))
    assert report["code"] == 1
    named = ("broken.toml", "broken.json", "cues.toml", "film.tiff")
    assert [any(name in line for line in list(report["errors"])) for name in named] == [True] * 4  # type: ignore[call-overload]
    assert command_here("show", "check", str(show / "nowhere")).returncode == 2


@pytest.mark.parametrize("with_stage", [False, True])
def test_a_check_names_paths_that_no_stage_knows(show: Path, config: Path, *, with_stage: bool) -> None:
    (show / "looks" / "typo.toml").write_text('[values]\n"/grade/tnit" = 0.5\n"/card/any/opacity" = 0.5\n')
    (show / "cues.toml").write_text(
        "[[cues]]\nnumber = 1\n"
        'values = { "/grade/tint" = 0.5, "/layer/sea/opacty" = 0.5, "/card/none/opacity" = 0.5, "/wall/main/latency_ms" = 1 }\n'
    )
    write_values(show / "values" / "startup.json", SavedValues(values={"/gone/value": 0.5}))
    report = reported("check", str(show), *(["--config", str(config)] if with_stage else []))
    assert report["code"] == 1
    errors, warnings = "\n".join(report["errors"]), "\n".join(report["warnings"])  # type: ignore[call-overload]
    assert "typo.toml: /grade/tnit: " in errors
    assert "cues.toml: cue 1: /layer/sea/opacty: no stage has such a value" in errors
    assert "/gone/value" in warnings
    assert "any" not in errors
    assert [one in warnings for one in ("/card/none: this stage has no such card", "latency_ms")] == [with_stage] * 2
