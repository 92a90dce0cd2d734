"""A folder of looks as real files come, change and go: what is read, when, and what never is."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from stage.assets.look_watch import STANDS_STILL_S, LookWatch
from stage.run.whole_files import put_whole
from stage.show.frame.inputs import LookFile
from stage.show.looks.shelf import MOST_LOOKS
from stage.words.sentences import sentence

TINT = "/grade/tint"


def text(tint: float, name: str = "") -> bytes:
    return f'{f"name = {name!r}" if name else ""}\n[values]\n"{TINT}" = {tint}\n'.encode()


class Watched:
    """A watch of a folder, with a clock that only the test moves."""

    def __init__(self, folder: Path, *, notifies: bool = True) -> None:
        self.now_s = 100.0
        self.watch = LookWatch(folder, notifies=notifies, clock_s=lambda: self.now_s)

    def after(self, seconds: float = 0.0) -> tuple[list[LookFile], list[str]]:
        """What is new after so long: the files that are listed, and the names of those that are gone."""
        self.now_s += seconds
        self.watch.step()
        listed, gone = self.watch.take_news(10_000)
        return list(listed), sorted(gone)

    def tints(self, seconds: float = 0.0) -> dict[str, object]:
        listed, _ = self.after(seconds)
        return {file.name: file.look.values[TINT] for file in listed if file.look is not None}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "looks"
    made.mkdir()
    return made


@pytest.fixture(params=[True, False], ids=["inotify", "looking"])
def watched(request, folder):
    watched = Watched(folder, notifies=request.param)
    yield watched
    watched.watch.close()


def old(path: Path, content: bytes, seconds: float = 100.0) -> None:
    """A file that has stood still for long."""
    path.write_bytes(content)
    os.utime(path, (time.time() - seconds,) * 2)


def test_what_is_there_is_read_at_once_the_newest_last(watched, folder):
    old(folder / "b.toml", text(0.2), 50.0)
    old(folder / "a.toml", text(0.1, "Evening"), 90.0)
    old(folder / ".hidden.toml", text(0.3))
    old(folder / "picture.jpg", b"jpeg")
    old(folder / "a.jpg", b"jpeg")
    assert list(watched.tints().items()) == [("Evening", 0.1), ("b", 0.2)]
    assert watched.watch.pictures == ("a.toml",)
    assert watched.after(20.0) == ([], [])


def test_a_file_that_is_put_whole_is_read_at_once_where_the_system_tells(folder):
    watched = Watched(folder)
    watched.after()
    put_whole(folder / "dusk.toml", text(0.1))
    assert watched.tints() == {"dusk": 0.1}
    with (folder / "dusk.toml").open("wb") as stream:
        stream.write(text(0.2))
        stream.flush()
        assert watched.after() == ([], [])
    assert watched.tints() == {"dusk": 0.2}
    watched.watch.close()


def test_a_file_is_read_once_it_stands_still_where_nobody_tells(folder):
    watched = Watched(folder, notifies=False)
    watched.after()
    (folder / "dusk.toml").write_bytes(text(0.1))
    assert watched.after(1.0) == ([], [])
    assert watched.tints(STANDS_STILL_S) == {"dusk": 0.1}


def test_what_goes_is_told_and_all_is_told_again_to_who_knows_nothing(watched, folder):
    for name in ("a", "b"):
        old(folder / f"{name}.toml", text(0.1))
    watched.after()
    (folder / "a.toml").unlink()
    assert watched.after(20.0) == ([], ["a.toml"])
    watched.watch.tell_all()
    assert watched.tints() == {"b": 0.1}


def test_a_folder_that_comes_late_or_goes_away_takes_no_look_with_it(tmp_path):
    folder = tmp_path / "late"
    watched = Watched(folder)
    assert watched.after() == ([], [])
    folder.mkdir()
    old(folder / "dusk.toml", text(0.1))
    assert watched.tints(2.0) == {}
    assert watched.tints(2.0) == {"dusk": 0.1}
    folder.rename(tmp_path / "away")
    assert watched.after(20.0) == ([], [])
    watched.watch.close()


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda file: file.write_bytes(b"[values"), "not valid TOML"),
        (lambda file: file.write_bytes(b"name = 3\n[values]\nx = 1\n"), "name: found 3, expected 1 to 64 printable"),
        (lambda file: file.write_bytes(b'[values]\n"/sky/haze" = nan\n'), "/sky/haze: found nan, expected a finite"),
        (lambda file: file.write_bytes(b"a = " + b"[" * 30_000), "not valid TOML"),
        (lambda file: file.write_bytes(b"#" * (65 << 10)), "at most 65536 bytes"),
        (lambda file: file.symlink_to(file.name), "leads nowhere"),
        (lambda file: file.symlink_to("/etc/hostname"), "leads out of the folder"),
        (os.mkfifo, "pipe"),
    ],
    ids=["broken", "name", "nan", "nested", "long", "cyclic", "outside", "pipe"],
)
def test_a_hostile_file_is_named_with_what_is_wrong_and_stops_nobody(watched, folder, make, found):
    make(folder / "hostile.toml")
    old(folder / "good.toml", text(0.1))
    listed, _ = watched.after()
    listed += watched.after(2.0)[0] + watched.after(2.0)[0]
    by_file = {file.file: file for file in listed}
    assert by_file["good.toml"].cause is None
    cause = by_file["hostile.toml"].cause
    told = sentence(cause.code, cause.values)
    assert found in told
    assert str(folder) not in told


def test_a_name_that_is_no_text_is_told_as_it_can_be_written(watched, folder):
    old(folder / os.fsdecode(b"\xff\xfe.toml"), text(0.1))
    ((file,), _) = watched.after()
    assert file.file == "\\udcff\\udcfe.toml"
    assert "not UTF-8" in sentence(file.cause.code, file.cause.values)


def test_of_too_many_files_the_newest_count(folder):
    for number in range(MOST_LOOKS + 3):
        old(folder / f"{number:03}.toml", text(0.1), 10_000.0 - number)
    watched = Watched(folder, notifies=False)
    listed, _ = watched.after()
    assert [file.name for file in listed][:2] == ["003", "004"]
    assert (len(listed), watched.watch.left_out) == (MOST_LOOKS, 3)
