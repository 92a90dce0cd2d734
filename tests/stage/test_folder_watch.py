"""The library's folder as real files come, change, move and go: what is listed, when, and what never is."""

from __future__ import annotations

import os
import re
import shutil
import time
from pathlib import Path

import pytest

from render.worlds.shared.keys import is_shown
from stage.assets.folder_thread import described_world
from stage.assets.folder_watch import FolderWatch
from stage.config.world_reader import fault_of_name
from stage.run.whole_files import put_whole
from stage.words.languages import LANGUAGES
from stage.words.sentences import sentence

PICTURE = b"\x89PNG\r\n\x1a\n and more"


class Watched:
    """A watch of a folder, with a clock that only the test moves."""

    def __init__(self, folder: Path, *, notifies: bool = True) -> None:
        self.now_s = 100.0
        self.watch = FolderWatch(folder, world_of=described_world, notifies=notifies, clock_s=lambda: self.now_s)

    def after(self, seconds: float = 0.0) -> tuple[list, list[str]]:
        """What is new after so long: the files that are listed, and the names of those that are gone."""
        self.now_s += seconds
        self.watch.step()
        listed, gone = self.watch.take_news(10_000)
        return list(listed), sorted(gone)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "library"
    made.mkdir()
    return made


@pytest.fixture(params=[True, False], ids=["inotify", "looking"])
def watched(request, folder):
    watched = Watched(folder, notifies=request.param)
    yield watched
    watched.watch.close()


def old(path: Path, seed: int = 0) -> Path:
    """A picture that has stood still for long."""
    path.write_bytes(PICTURE + bytes([seed]))
    os.utime(path, (time.time() - 100.0 + seed,) * 2)
    return path


def files(found) -> list[str]:
    return [file.file for file in found[0]]


def test_what_was_there_before_is_listed_at_once_the_newest_first(watched, folder):
    for seed, name in enumerate(["a.png", "b.JPG", "c.exr", "d.webp", "e.avif"]):
        old(folder / name, seed)
    assert files(watched.after()) == ["e.avif", "d.webp", "c.exr", "b.JPG", "a.png"]
    assert watched.after(60.0) == ([], [])


def test_a_file_that_is_copied_is_listed_once_it_is_whole(watched, folder):
    watched.after()
    with (folder / "new.png").open("wb", buffering=0) as file:
        for _ in range(4):
            file.write(PICTURE)
            assert watched.after(0.6) == ([], [])
    (found,) = [one for _ in range(4) for one in watched.after(0.6)[0]]
    assert (found.file, found.stem, found.suffix, found.cause) == ("new.png", "new", ".png", None)
    assert watched.after(20.0) == ([], [])


def test_a_half_copied_file_that_stalls_waits_for_its_end(folder):
    watched = Watched(folder)
    watched.after()
    with (folder / "new.png").open("wb", buffering=0) as file:
        file.write(PICTURE)
        assert watched.after(5.0) == ([], [])
    assert files(watched.after()) == ["new.png"]


def test_a_file_that_is_moved_in_linked_or_replaced_is_listed_at_once(folder, tmp_path):
    watched = Watched(folder)
    watched.after()
    old(tmp_path / "x.png").rename(folder / "moved.png")
    (folder / "linked.png").hardlink_to(old(tmp_path / "y.png", 1))
    assert sorted(files(watched.after())) == ["linked.png", "moved.png"]
    old(tmp_path / "z.png", 2).replace(folder / "moved.png")
    assert files(watched.after()) == ["moved.png"]


def test_names_that_are_hidden_unfinished_or_of_something_else_are_passed_over(watched, folder):
    names = [
        "..png",
        "...",
        ".a.png",
        "a.png.part",
        "a.png~",
        "~$a.png",
        "a.tmp",
        "a.crdownload",
        "a.txt",
        "a",
        "Thumbs.db",
    ]
    for name in [*names, "a.mask.png"]:
        old(folder / name)
    (folder / "folder.png").mkdir()
    assert watched.after() == ([], [])
    assert watched.after(60.0) == ([], [])


@pytest.mark.parametrize("name", ["IMG_1.HEIC", "a.tiff", "b.psd", "c.gif", "d.tga", "e.fbx", "f.m4a", "g.flv"])
def test_what_is_not_read_is_listed_with_what_to_do_in_the_language_of_the_page(folder, name):
    old(folder / name)
    ((found,), _) = Watched(folder).after()
    said = sentence(found.cause.code, found.cause.values)
    assert re.match(rf"{name}: found an? .*, expected EXR, HDR, .*: (save|export|sound)", said)
    assert sentence(found.cause.code, found.cause.values, LANGUAGES["zh"]).startswith(f"{name}：是")


def test_a_new_file_that_was_given_its_name_by_a_link_need_not_be_waited_for(folder):
    watched = Watched(folder)
    watched.after()
    put_whole(folder / "new.png", PICTURE, new=True)
    found = files(watched.after()) + files(watched.after(0.5)) + files(watched.after(0.7))
    assert found == ["new.png"]
    watched.watch.close()


def test_links_are_followed_within_the_folder_alone(folder, tmp_path):
    old(folder / "a.png")
    (folder / "inside.png").symlink_to("a.png")
    (folder / "outside.png").symlink_to(old(tmp_path / "secret.png", 1))
    (folder / "broken.png").symlink_to("nothing.png")
    (folder / "around.png").symlink_to("around.png")
    os.mkfifo(folder / "pipe.png")
    causes = {one.file: one.cause and one.cause.code for one in Watched(folder).after(0.0)[0]}
    watched = Watched(folder)
    watched.after()
    causes |= {one.file: one.cause and one.cause.code for one in watched.after(2.0)[0]}
    assert causes == {
        "a.png": None,
        "inside.png": None,
        "outside.png": "library_link_outside",
        "broken.png": "library_link_broken",
        "around.png": "library_link_broken",
        "pipe.png": "library_not_a_file",
    }


def test_names_of_any_unicode_are_listed_and_those_that_are_no_text_say_so(folder):
    names = ["caf\u00e9.png", "cafe\u0301.png", "\U0001f468\u200d\U0001f469.png", "\u202egnp.png", "x" * 240 + ".png"]
    for name in names:
        old(folder / name)
    for raw in (b"\xff\xfe.png", b"line\nbreak.png"):
        old(Path(os.fsdecode(os.fsencode(folder) + b"/" + raw)))
    found = {one.file: one for one in Watched(folder).after()[0]}
    assert len(found) == 7
    assert found.keys() >= {*names, "\\xff\\xfe.png", "line\\x0abreak.png"}
    assert all(is_shown(one.stem) and 0 < len(one.stem) <= 90 for one in found.values())
    unusable = [file for file, one in found.items() if one.cause is not None]
    assert sorted(unusable) == ["\\xff\\xfe.png", "line\\x0abreak.png"]
    assert found["cafe\u0301.png"].stem == "caf\u00e9"
    assert found["\U0001f468\u200d\U0001f469.png"].stem == "\U0001f468\u200d\U0001f469"
    assert found["\u202egnp.png"].stem == "\N{REPLACEMENT CHARACTER}gnp"


@pytest.mark.parametrize(
    "stem", ["\u8857\u9053\u3000\u591c", "at 3.45\u202fPM", "\u0645\u06cc\u200c\u062e", "a\u00a0b"]
)
def test_spaces_and_joiners_of_any_script_stand_in_names_as_they_are(folder, stem):
    old(folder / f"{stem}.png")
    (one,), _ = Watched(folder).after()
    assert (one.stem, one.cause, fault_of_name(one.file)) == (stem, None, None)


@pytest.mark.parametrize("stem", [" ", "\u3000", "\u200d", " \u200c"])
def test_a_name_of_which_nothing_is_seen_is_that_of_its_ending(folder, stem):
    old(folder / f"{stem}.png")
    (one,), _ = Watched(folder).after()
    assert (one.stem, one.suffix, one.cause) == (".png", "", None)


def test_a_renamed_file_is_told_as_the_same_one(watched, folder):
    old(folder / "a.png")
    ((before,), _) = watched.after()
    (folder / "a.png").rename(folder / "b.png")
    watched.after(0.6)
    (folder / "b.png").rename(folder / "c.png")
    told = [one for _ in range(3) for one in watched.after(0.6)[0]]
    assert [(one.file, one.version) for one in told][-1] == ("c.png", before.version)
    assert {one.was for one in told} <= {"a.png", "b.png"}
    assert watched.after(20.0) == ([], [])


def test_a_rename_that_nobody_was_told_of_is_told_from_the_name_that_is_known(folder):
    old(folder / "a.png")
    watched = Watched(folder)
    watched.after()
    (folder / "a.png").rename(folder / "b.png")
    watched.watch.step()
    (folder / "b.png").rename(folder / "c.png")
    (((found), *more), gone) = watched.after()
    assert (found.file, found.was, more, gone) == ("c.png", "a.png", [], [])


def test_a_file_that_is_renamed_again_and_again_is_the_same_one_and_never_gone(folder):
    watched = Watched(folder)
    old(folder / "a.png")
    watched.after()
    for _ in range(5):
        (folder / "a.png").rename(folder / "b.png")
        (folder / "b.png").rename(folder / "a.png")
    assert [watched.after(0.2) for _ in range(4)] == [([], [])] * 4
    (folder / "a.png").rename(folder / "b.png")
    (folder / "b.png").rename(folder / "c.png")
    ((found,), gone) = watched.after()
    assert (found.file, found.was, gone) == ("c.png", "a.png", [])
    assert [watched.after(0.2) for _ in range(4)] == [([], [])] * 4
    watched.watch.close()


def test_a_stick_that_goes_and_leaves_its_empty_mount_point_takes_no_file_off_the_list(folder, tmp_path):
    watched = Watched(folder)
    old(folder / "a.png")
    watched.after()
    folder.rename(tmp_path / "away")
    assert watched.after(1.0) == ([], [])
    folder.mkdir()
    assert [watched.after(1.0) for _ in range(3)] == [([], [])] * 3
    assert watched.watch.missing is not None
    watched.watch.close()


def test_new_content_has_another_version_and_what_goes_is_told_once(watched, folder):
    old(folder / "a.png")
    ((before,), _) = watched.after()
    old(folder / "a.png", 1)
    told = [one for _ in range(4) for one in watched.after(0.6)[0]]
    assert told[-1].version != before.version
    (folder / "a.png").unlink()
    assert [watched.after(0.6)[1] for _ in range(2)] in ([["a.png"], []], [[], ["a.png"]])
    assert watched.after(20.0) == ([], [])


def test_a_mask_is_part_of_its_picture(watched, folder):
    old(folder / "a.png")
    ((before,), _) = watched.after()
    old(folder / "a.mask.png", 1)
    ((after,), _) = next(found for found in (watched.after(1.1) for _ in range(12)) if found[0])
    assert (after.file, after.version != before.version) == ("a.png", True)


@pytest.mark.parametrize("how", ["moved", "deleted", "emptied"])
def test_a_folder_that_vanishes_and_comes_back(watched, folder, tmp_path, how):
    old(folder / "a.png")
    ((before,), _) = watched.after()
    kept = shutil.copytree(folder, tmp_path / "kept", copy_function=shutil.copy2)
    folder.rename(tmp_path / "away")
    if how == "deleted":
        shutil.rmtree(tmp_path / "away")
    elif how == "emptied":
        folder.mkdir()
    for _ in range(3):
        assert watched.after(1.0) == ([], [])
        assert watched.watch.missing is not None
    if folder.exists():
        folder.rmdir()
    (tmp_path / "away").rename(folder) if how != "deleted" else kept.rename(folder)
    found = [one for _ in range(4) for one in watched.after(0.6)[0]]
    assert watched.watch.missing is None
    assert [one.file for one in found] == ([] if how != "deleted" else ["a.png"])
    old(folder / "b.png")
    assert "b.png" in [one.file for _ in range(4) for one in watched.after(0.6)[0]]
    assert before.file == "a.png"


def test_another_folder_in_its_place_is_found_at_once(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    watched = Watched(tmp_path / "link")
    assert watched.after() == ([], [])
    (tmp_path / "stick").mkdir()
    old(tmp_path / "stick" / "a.png")
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to(tmp_path / "stick")
    assert files(watched.after(0.6)) == ["a.png"]


def test_a_folder_that_is_not_there_at_the_start_is_listed_once_it_is(tmp_path):
    watched = Watched(tmp_path / "later")
    assert watched.after() == ([], [])
    assert watched.watch.missing.values["found"] == "system_enoent"
    (tmp_path / "later").mkdir()
    old(tmp_path / "later" / "a.png")
    assert files(watched.after(1.0)) == ["a.png"]


def test_a_file_that_describes_a_world_is_read_and_a_broken_one_says_why(folder):
    old(folder / "a.png")
    text = '[[layers]]\nkind = "panorama"\nfile = "a.png"\n'
    (folder / "scene.world.toml").write_text(text)
    (folder / "bad.world.toml").write_text('[[layers]]\nkind = "panorama"\nfile = "../a.png"\n')
    watched = Watched(folder)
    watched.after()
    found = {one.file: one for one in watched.after(1.1)[0]}
    assert found["scene.world.toml"].world.layers[0].file == "a.png"
    cause = found["bad.world.toml"].cause
    assert sentence(cause.code, cause.values) == (
        "bad.world.toml: layers[0].file: found '../a.png', expected the name of a picture in the same folder, without a path"
    )
    chinese = sentence(cause.code, cause.values, LANGUAGES["zh"])
    assert chinese == "bad.world.toml：layers[0].file：是 '../a.png'，应为同一文件夹中图片的名称，不带路径"


def test_of_too_many_files_the_newest_are_listed_and_the_others_counted(folder, monkeypatch):
    monkeypatch.setattr("stage.assets.folder_watch.MOST_LISTED", 5)
    for seed in range(8):
        old(folder / f"{seed}.png", seed)
    watched = Watched(folder)
    assert files(watched.after()) == ["7.png", "6.png", "5.png", "4.png", "3.png"]
    assert watched.watch.left_out == 3
