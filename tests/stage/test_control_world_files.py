"""Worlds saved and made over real sockets: their files are whole, or the answer says what to do."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgpack
import pytest
from small_stage import SmallStage, ask, connected

from render.worlds.configured import World
from render.worlds.panorama.record import PanoramaLayer
from stage.control.world_saving import WorldJob, WorldValues, not_written, write_world
from stage.loading.world_files import read_world_file
from stage.run.whole_files import put_whole
from stage.show.frame.inputs import WorldListed
from stage.values.parameters import Refusal
from stage.words.sentences import refusal_line

STREET = World(name="Stra\u00dfe", layers=(PanoramaLayer(file="worlds/Stra\u00dfe.png"),))
PICTURES = ("far.png", "near.png", "Stra\u00dfe.png")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "worlds"
    folder.mkdir()
    for name in PICTURES:
        (folder / name).write_bytes(b"a picture")
    return folder


@pytest.fixture
def small(tmp_path: Path, library: Path) -> Iterator[SmallStage]:
    stage = SmallStage(tmp_path / "state", library=library)
    stage.observing(WorldListed(world=STREET))
    yield stage
    stage.server.close()


def asked(small: SmallStage, action: str, name: str, **fields: Any) -> dict[str, Any]:
    with connected(small) as peer:
        return dict(ask(small, peer, type="worlds", id="1", action=action, name=name, **fields))


def set_values(small: SmallStage, values: dict[str, object]) -> None:
    with connected(small) as peer:
        items = [{"path": path, "value": value} for path, value in values.items()]
        assert ask(small, peer, type="batch", id="2", items=items)["type"] == "ok"


def test_the_values_of_a_world_are_saved_beside_its_picture(small: SmallStage, library: Path) -> None:
    set_values(small, {"/worlds/stra-e/turn_deg": 90.0, "/layer/stra-e/opacity": 0.5, "/grade/tint": 0.5})
    assert asked(small, "save", "Stra\u00dfe")["type"] == "ok"
    file = library / "Stra\u00dfe.world.toml"
    world = read_world_file(file)
    assert (world.name, world.turn_deg, world.key) == ("Stra\u00dfe", 90.0, None)
    (layer,) = world.layers
    assert (layer.file, layer.opacity, layer.key, layer.name) == ("Stra\u00dfe.png", 0.5, None, "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert sorted(one.name for one in library.iterdir()) == sorted([*PICTURES, file.name])


def test_what_else_a_worlds_file_says_is_kept(small: SmallStage, library: Path) -> None:
    file = library / "Stra\u00dfe.world.toml"
    declared = 'licence = "ours"\nturn_deg = 10.0\n[[layers]]\nkind = "panorama"\nname = "sky"\nfile = "far.png"\n'
    file.write_text(declared)
    set_values(small, {"/layer/stra-e/opacity": 0.25})
    assert asked(small, "save", "stra-e")["count"] == 1
    assert file.read_text() == (
        'licence = "ours"\n\n[[layers]]\nkind = "panorama"\nname = "sky"\nfile = "far.png"\nopacity = 0.25\n'
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("layers = 3", "world_file_broken"),
        ('[[layers]]\nkind = "panorama"\nfile = "far.png"\n' * 2, "world_file_changed"),
    ],
)
def test_a_file_that_does_not_fit_is_left_as_it_is(small: SmallStage, library: Path, content: str, reason: str) -> None:
    file = library / "Stra\u00dfe.world.toml"
    file.write_text(content)
    reply = asked(small, "save", "Stra\u00dfe")
    assert (reply["code"], reply["reason"]) == ("conflict", reason)
    assert file.read_text() == content


def test_configured_and_unknown_worlds_are_not_saved(small: SmallStage, library: Path) -> None:
    reply = asked(small, "save", "world")
    assert reply["reason"] == "world_configured"
    assert "stands in the configuration" in reply["detail"]
    assert asked(small, "save", "none")["reason"] == "no_world"
    assert len(list(library.iterdir())) == len(PICTURES)


@pytest.mark.parametrize("name", [".png", "~$a"])
def test_a_world_whose_file_would_be_hidden_is_not_saved(small: SmallStage, library: Path, name: str) -> None:
    """Of ` .png` nothing is left but its ending; nobody would read `.png.world.toml`."""
    small.observing(WorldListed(world=World(name=name, layers=(PanoramaLayer(file="worlds/ .png"),))))
    reply = asked(small, "save", name)
    assert (reply["type"], reply["reason"]) == ("error", "world_file_hidden")
    assert sorted(one.name for one in library.iterdir()) == sorted(PICTURES)


def test_a_picture_that_no_file_could_name_is_to_be_renamed(small: SmallStage, library: Path) -> None:
    picture = PanoramaLayer(file="worlds/\u202eevil.png")
    small.observing(WorldListed(world=World(name="evil", layers=(picture,))))
    reply = asked(small, "save", "evil")
    assert reply["reason"] == "not_a_library_name"
    assert reply["detail"].endswith("printable, and no dot first; rename it first")
    assert sorted(one.name for one in library.iterdir()) == sorted(PICTURES)


def test_a_world_is_made_of_pictures_of_the_library(small: SmallStage, library: Path) -> None:
    reply = asked(small, "make", "Balkon 2", files=["far.png", "near.png"])
    assert (reply["type"], reply["name"], reply["count"]) == ("ok", "Balkon 2", 2)
    world = read_world_file(library / "Balkon 2.world.toml")
    assert (world.name, [layer.file for layer in world.layers]) == ("Balkon 2", ["far.png", "near.png"])


@pytest.mark.parametrize(
    ("name", "files", "reason"),
    [
        ("STRASSE", ["far.png"], "world_name_taken"),
        ("world", ["far.png"], "world_name_taken"),
        ("old", ["far.png"], "world_name_taken"),
        ("new", [], "not_so_many_pictures"),
        ("new", ["far.png"] * 5, "not_so_many_pictures"),
        ("new", ["none.png"], "library_picture_absent"),
        ("new", ["../startup.png"], "not_a_library_picture"),
        ("new", ["old.world.toml"], "not_a_library_picture"),
        ("new", ["far.mask.png"], "not_a_library_picture"),
        ("new", ["outside.png"], "not_a_library_picture"),
        ("new", ["words.txt"], "world_file_broken"),
        ("a/b", ["far.png"], "not_a_world_name"),
        (".new", ["far.png"], "not_a_world_name"),
        ("~$new", ["far.png"], "not_a_world_name"),
        ("..", ["far.png"], "not_a_world_name"),
        ("", ["far.png"], "not_a_world_name"),
        ("x\ny", ["far.png"], "not_a_world_name"),
        ("\u4e16" * 90, ["far.png"], "not_a_world_name"),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_written(
    small: SmallStage, library: Path, name: str, files: list[str], reason: str
) -> None:
    (library / "old.world.toml").write_text("")
    (library / "words.txt").write_text("words")
    (library / "outside.png").symlink_to("/etc/hostname")
    before = {one.name: one.lstat().st_mtime_ns for one in library.iterdir()}
    reply = asked(small, "make", name, files=files)
    assert reply["reason"] == reason, reply
    assert {one.name: one.lstat().st_mtime_ns for one in library.iterdir()} == before


def test_a_stage_without_a_library_says_so(tmp_path: Path) -> None:
    stage = SmallStage(tmp_path / "state")
    stage.observing(WorldListed(world=STREET))
    assert asked(stage, "save", "Stra\u00dfe")["reason"] == "no_library"
    stage.server.close()


@pytest.mark.parametrize("folder", ["gone", "worlds/far.png"])
def test_a_folder_that_is_not_there_is_named_with_what_to_do(tmp_path: Path, library: Path, folder: str) -> None:
    plain = World(name="far", layers=(PanoramaLayer(file="far.png"),))
    values = WorldValues(file="far.world.toml", plain=plain, look={}, layers=({},))
    job = WorldJob(sender="a", id="1", role="director", name="far", saved=values)
    done = write_world(tmp_path / folder, job)
    assert isinstance(done, Refusal)
    assert (done.reason, done.values["why"]) == ("world_not_written", "library_folder_gone")
    assert "connect its disk" in refusal_line(done)
    assert len(list(library.iterdir())) == len(PICTURES)


@pytest.mark.parametrize("found", [errno.EROFS, errno.EACCES, errno.ENOSPC, errno.EIO])
def test_whatever_a_disk_says_has_a_sentence(found: int) -> None:
    refusal = not_written("far", Path("/media/stick"), OSError(found, os.strerror(found)))
    line = refusal_line(refusal)
    assert line.startswith("world far is not written in /media/stick: ")
    assert "library_" not in line


def test_a_new_file_replaces_none_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    place = tmp_path / "new.world.toml"
    put_whole(place, b"whole", new=True)
    with pytest.raises(FileExistsError):
        put_whole(place, b"other", new=True)
    assert place.read_bytes() == b"whole"
    put_whole(place, b"newer")
    assert place.read_bytes() == b"newer"
    assert [one.name for one in tmp_path.iterdir()] == ["new.world.toml"]


def test_a_mended_world_answers_what_it_was(small: SmallStage) -> None:
    reply = asked(small, "fix", "Stra\u00dfe")
    assert (reply["code"], reply["reason"]) == ("conflict", "nothing_to_fix")
    assert b"before" not in msgpack.packb(reply)
